"""What somebody who posts by hand answers: done and where, cannot and why, gone again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.access import Action, may
from bot.announcements import by_hand, holding, judging, outcome, posters, store
from bot.announcements.tables import DeliveryRow
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.protocol.sending import DeliveryState, Happening, NoSuchMove, after
from bot.turn import Turn, plain, privately
from bot.wording import listed, say

D, H = DeliveryState, Happening

LONGEST = 500
"""Characters of an address or a reason that are kept."""

_ADDRESS = re.compile(r"https?://[^\s/@]+\.[^\s/@]+(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: what happened, what was said besides (an address or a reason), and the sentence to pass it on."""

    happening: Happening
    words: str
    code: str


async def done(turn: Turn, number: int, rest: str) -> Commit:
    """`done #12 https://...`, or `done #12 CHANNEL https://...`."""
    words = rest.split()
    address = words.pop() if words else ""
    # The length first: on a very long address the pattern would take seconds, and everybody waits meanwhile.
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address) or len(words) > 1:
        return privately(turn, say("by_hand.needs_address", number=number))
    return await _answered(turn, number, "".join(words), Said(H.DONE, address, "by_hand.done"))


async def cannot(turn: Turn, number: int, rest: str) -> Commit:
    """`cannot #12 REASON`, or `cannot #12 CHANNEL REASON`."""
    first, _, others = rest.partition(" ")
    channel = first.lower() if first.lower() in turn.services.settings.by_hand.channels else ""
    reason = (others if channel else rest).strip()
    if not reason:
        return privately(turn, say("by_hand.needs_reason", number=number))
    # A reason is passed on to a room, so nothing that must not be published may stand in it.
    judged = judging.judge(turn.services, reason[:LONGEST], ())
    if not judged.stopped and any(item["severity"] == "high" for item in judged.findings):
        # What waits for information governance is not redacted; communications must not read it here instead.
        return privately(turn, say("reason.finding"))
    return await _answered(turn, number, channel, Said(H.CANNOT, judged.text, "by_hand.cannot"))


async def gone(turn: Turn, number: int, rest: str) -> Commit:
    """`gone #12`, or `gone #12 CHANNEL`."""
    return await _answered(turn, number, rest.strip(), Said(H.GONE, "", "by_hand.gone"))


async def _answered(turn: Turn, number: int, channel: str, said: Said) -> Commit:
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        rows = await holding.locked(desk.session, number)
        mine = [one for one in rows if channel.lower() in {"", one.channel} and _is_by_hand(turn, one, said.happening)]
        chosen = [one for one in mine if _is_possible(one, said.happening)]
        refusal = _refusal(turn, number, mine, chosen) or await _not_theirs(turn, desk, chosen[0])
        if refusal:
            turn.confide(desk, plain(refusal))
            return
        row.version += 1
        await _apply(turn, desk, chosen[0], said)
        await outcome.conclude(turn.services, desk, number)

    return commit


def _refusal(turn: Turn, number: int, mine: Sequence[DeliveryRow], chosen: Sequence[DeliveryRow]) -> str:
    """Why an answer is about no delivery, or about more than one channel; empty when it is about one."""
    channels_by_hand = sorted(turn.services.settings.by_hand.channels)
    if not mine and channels_by_hand:
        return say("by_hand.no_such", number=number, channels=listed(channels_by_hand))
    if not chosen:
        return say("by_hand.answered", number=number)
    channels = sorted({one.channel for one in chosen})
    return say("by_hand.which", number=number, channels=listed(channels)) if len(channels) > 1 else ""


def _is_by_hand(turn: Turn, row: DeliveryRow, happening: Happening) -> bool:
    """Whether a person posts it, or was asked to before the settings were changed. Anything may be gone by hand."""
    if happening is H.GONE:
        return True
    handed = row.asked is not None and row.last_try is None and row.remote_id is None
    return handed or posters.poster(turn.services, row.channel) is not None


def _is_possible(row: DeliveryRow, happening: Happening) -> bool:
    try:
        after(D(row.state), happening)
    except NoSuchMove:
        return False
    if happening is H.GONE:
        return row.state == D.REMAINS.value  # a person's word takes nothing down that was not recalled
    return row.asked is not None  # only what was asked can be answered


async def _not_theirs(turn: Turn, desk: Desk, row: DeliveryRow) -> str:
    """Why this person may not answer: only whoever posts there, with any account, and communications. Else empty."""
    if may(turn.person.roles, Action.CHANGE_ANY):
        return ""
    holder = await posters.person(desk.session, turn.services, posters.poster(turn.services, row.channel))
    if holder is not None and holder.person_id == turn.person.id:
        return ""
    who = await posters.name(desk.session, turn.services, row.channel)
    return say("by_hand.not_yours", number=row.announcement, channel=row.channel, who=who)


async def _apply(turn: Turn, desk: Desk, row: DeliveryRow, said: Said) -> None:
    row.state, row.error, row.asked = after(D(row.state), said.happening).value, None, desk.now
    if said.happening is H.DONE:
        row.url = said.words
    elif said.happening is H.CANNOT:
        row.error = "not_posted"
        await outcome.stop_the_rest(desk, row)
    details: dict[str, str | int | None] = {"delivery": row.id, "state": row.state}
    note = {"who": turn.person.name, "words": said.words}
    desk.record(Entry("delivery_answered", f"announcement:{row.announcement}", turn.person.key, details, note))
    await desk.session.flush()
    await _tell(turn, desk, row, said)


async def _tell(turn: Turn, desk: Desk, row: DeliveryRow, said: Said) -> None:
    """Communications in a line, and thanks to whoever answered."""
    number, channel = row.announcement, posters.label(row)
    line = say(said.code, number=number, channel=channel, who=turn.person.name, words=said.words)
    desk.letters.say(turn.services.comms_room, plain(line))
    turn.confide(desk, plain(say("by_hand.thanks", number=number)))
    if row.state == D.REMAINS.value:
        row.error = "by_hand"
        await by_hand.ask_to_take_down(turn.services, desk, row)
