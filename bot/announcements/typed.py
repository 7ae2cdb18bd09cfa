"""Votes in words: `approve #12`, for keyboards and screen readers, and wherever there are no buttons."""

import re
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.events import MessageReceived, MessageRef, RoomRef
from bot import outbox
from bot.announcements import standing, store, voting
from bot.desk import Commit
from bot.protocol.model import Role, Source, Vote
from bot.turn import Turn, privately
from bot.wording import say

_REVISION = re.compile(r"r(\d{1,6})\b[\s:,.]*", re.IGNORECASE)


async def vote(turn: Turn, number: int, rest: str, kind: Vote) -> Commit:
    """A typed vote, with its reason after it. It counts in a direct message and under the preview.

    It is about the revision it names, or that of the thread it stands in, or else the one that was current when
    it was typed: what somebody approves is what they could read.
    """
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        places = await standing.places(session, turn.services, stored) if stored else []
        shown = [one.place for one in await standing.previews(session, stored)] if stored else []
        under = await _under(session, turn, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    ref = turn.event.ref
    if not (turn.direct or ref.place in {room for room, _ in places} | {turn.services.comms_room}):
        return privately(turn, say("vote.typed_elsewhere", number=number))
    named = _REVISION.match(rest)
    revision, why = (int(named.group(1)), rest[named.end() :]) if named else (under or _meant(turn, stored), rest)
    if kind in _OF_WHAT_WAS_READ and revision == stored.row.revision and not _may_have_read(turn, shown):
        return privately(turn, say("guarding.not_seen", number=number, revision=revision))
    if kind is Vote.ACKNOWLEDGE and not why:
        return privately(turn, say("reason.ask.acknowledge", number=number))
    return await voting.cast(turn, stored, kind, revision, Source.TYPED, _without_because(why))


_OF_WHAT_WAS_READ = frozenset({Vote.APPROVE, Vote.ACKNOWLEDGE})
"""Stopping something takes no look at it; letting it out does."""


def _may_have_read(turn: Turn, shown: Sequence[RoomRef]) -> bool:
    """Whether a preview stands where this person can see it."""
    return turn.services.comms_room in shown or (bool(shown) and Role.INFORMATION_GOVERNANCE in turn.person.roles)


async def _under(session: AsyncSession, turn: Turn, number: int) -> int | None:
    """The revision under whose preview it was typed, if it was."""
    ref = turn.event.ref
    if ref.thread is None:
        return None
    key = await outbox.key_of(session, MessageRef(ref.platform, ref.room, ref.thread))
    match = re.match(rf"preview/{number}/(\d+)", key or "")
    return int(match.group(1)) if match else None


def _meant(turn: Turn, stored: store.Stored) -> int:
    typed = turn.event.at if isinstance(turn.event, MessageReceived) else turn.now
    return stored.row.revision if typed >= stored.revision.made else stored.row.revision - 1


def _without_because(words: str) -> str:
    return re.sub(r"^(because|as|since)\b[\s:,]*", "", words.strip(), flags=re.IGNORECASE)
