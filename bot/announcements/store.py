"""Reading announcements whole, and changing their state by compare-and-set."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import AccountRef, MessageRef, Picture
from bot.announcements.tables import (
    AnnouncementRow,
    ContributorRow,
    DeliveryRow,
    PauseRow,
    RevisionRow,
    ToldRow,
    VoteRow,
)
from bot.audit import Entry, history
from bot.desk import Desk
from bot.protocol.model import Facts, State, Trigger
from bot.protocol.table import step
from bot.protocol.timing import wakes
from bot.services import Moved, Services, account_ref
from config.database import insert_for
from config.keys import Keys


@dataclass(frozen=True, slots=True)
class Stored:
    """An announcement with its current revision, contributors and that revision's votes."""

    row: AnnouncementRow
    revision: RevisionRow
    contributors: frozenset[int]
    votes: tuple[VoteRow, ...]

    @property
    def number(self) -> int:
        """Its number, as people say it: `#12`."""
        return self.row.number or 0

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.row.state)

    @property
    def subject(self) -> str:
        """Its name in the audit."""
        return f"announcement:{self.number}"

    @property
    def source(self) -> MessageRef:
        """The message it was drafted in."""
        row = self.row
        return MessageRef(row.source_platform, row.source_room, row.source_message, row.source_thread)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the current revision."""
        return tuple(
            Picture(item["sha256"], item["media_type"], item["alt"]) for item in json.loads(self.revision.pictures)
        )

    @property
    def severities(self) -> tuple[str, ...]:
        """The severities of the current revision's findings."""
        return tuple(item["severity"] for item in json.loads(self.revision.findings))


def preview_key(number: int, revision: int) -> str:
    """The outbox key of a revision's first preview; a reaction is matched to its revision by it."""
    return f"preview/{number}/{revision}"


def preview_keys(number: int, revision: int) -> list[str]:
    """Every key under which a preview of a revision may stand: in the room it is shown in first, and in comms after
    information governance has let it go on.
    """
    first = preview_key(number, revision)
    return [first, f"{first}/comms"]


def receipt_key(number: int, version: int) -> str:
    """The outbox key of the message that tells the outcome, which takes 🚨 as well."""
    return f"receipt/{number}/{version}"


async def load(session: AsyncSession, number: int) -> Stored | None:
    """The announcement `#number`, or None."""
    row = await session.get(AnnouncementRow, number)
    if row is None:
        return None
    revision = await session.get(RevisionRow, (number, row.revision))
    if revision is None:
        raise LookupError(f"announcement {number} has no revision {row.revision}")
    people = select(col(ContributorRow.person)).where(col(ContributorRow.announcement) == number)
    votes = select(VoteRow).where(col(VoteRow.announcement) == number, col(VoteRow.revision) == row.revision)
    return Stored(
        row,
        revision,
        frozenset((await session.execute(people)).scalars()),
        tuple((await session.execute(votes.order_by(col(VoteRow.id)))).scalars()),
    )


async def by_source(session: AsyncSession, ref: MessageRef) -> int | None:
    """The number of the announcement drafted in a message, or None."""
    query = (
        select(col(AnnouncementRow.number))
        .where(
            col(AnnouncementRow.source_platform) == ref.platform,
            col(AnnouncementRow.source_room) == ref.room,
            col(AnnouncementRow.source_message) == ref.message,
        )
        .order_by(col(AnnouncementRow.number).desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def in_state(session: AsyncSession, *states: State) -> Sequence[AnnouncementRow]:
    """All announcements in any of the states, oldest first."""
    query = select(AnnouncementRow).where(col(AnnouncementRow.state).in_([state.value for state in states]))
    return (await session.execute(query.order_by(col(AnnouncementRow.number)))).scalars().all()


async def count_open(session: AsyncSession, author: int) -> int:
    """How many announcements of a person wait for an answer."""
    states = (State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.SCHEDULED, State.HELD)
    query = select(func.count()).where(
        col(AnnouncementRow.author) == author, col(AnnouncementRow.state).in_([state.value for state in states])
    )
    return int((await session.execute(query)).scalar_one())


async def lock(session: AsyncSession, number: int, version: int) -> AnnouncementRow:
    """The row, held for this commit. Raises `Moved` when it has changed since it was looked at."""
    row = await session.get(AnnouncementRow, number, with_for_update=True)
    if row is None or row.version != version:
        raise Moved(f"announcement {number}")
    return row


def clock_facts(services: Services, row: AnnouncementRow) -> Facts:
    """What the clock's rules need to know of an announcement: no votes, no contributors."""
    rules = services.settings.announcements
    return Facts(
        number=row.number or 0,
        revision=row.revision,
        state=State(row.state),
        version=row.version,
        digest="",
        contributors=frozenset(),
        changed=row.changed,
        reason=row.reason,
        due=row.due,
        until=row.until,
        starts=row.starts,
        tolerance=timedelta(minutes=rules.tolerance_minutes),
        grace=timedelta(seconds=rules.grace_seconds),
    )


def move(
    desk: Desk, row: AnnouncementRow, trigger: Trigger, *, by: str = "", reason: str = "", note: str = ""
) -> State:
    """Change the state by the transition table, with one row of evidence. Raises `NotAllowed`."""
    before = State(row.state)
    after = step(before, trigger)
    row.state, row.reason, row.changed, row.version = after.value, reason, desk.now, row.version + 1
    row.wake = wakes(clock_facts(desk.services, row), desk.services.zone)
    details: dict[str, str | int | None] = {
        "from": before.value,
        "to": after.value,
        "trigger": trigger.value,
        "revision": row.revision,
        "reason": reason,
    }
    desk.record(Entry(trigger.value, f"announcement:{row.number}", by, details, {"who": note} if note else {}))
    return after


def author(stored: Stored) -> AccountRef:
    """The account it was drafted with."""
    return account_ref(stored.row.author_account)


async def corrections(session: AsyncSession, number: int) -> Sequence[int]:
    """The announcements that put this one right, oldest first."""
    query = select(col(AnnouncementRow.number)).where(col(AnnouncementRow.corrects) == number)
    found = (await session.execute(query.order_by(col(AnnouncementRow.number)))).scalars()
    return [one for one in found if one is not None]


async def deliveries(session: AsyncSession, number: int) -> Sequence[DeliveryRow]:
    """Every delivery of an announcement, oldest first."""
    query = select(DeliveryRow).where(col(DeliveryRow.announcement) == number).order_by(col(DeliveryRow.id))
    return (await session.execute(query)).scalars().all()


async def writers(session: AsyncSession, keys: Keys, stored: Stored) -> list[str]:
    """The names of everybody who wrote part of it, in order, as far as the evidence still holds them."""
    wrote = {keys.pseudonym(f"person:{person}") for person in stored.contributors}
    rows = await history(session, stored.subject)
    named = [row.note["who"] for row in rows if row.row.actor in wrote and "who" in row.note]
    return list(dict.fromkeys(named))


async def forget_words(session: AsyncSession, stored: Stored, text: str, pictures: Sequence[Picture]) -> None:
    """Keep only the redacted form of a revision in which a later check found what must not be kept."""
    row = await session.get(RevisionRow, (stored.number, stored.row.revision))
    if row is None:
        return
    removed = [item["removed"] for item in json.loads(row.pictures)]
    kept = [asdict(one) | {"removed": gone} for one, gone in zip(pictures, removed, strict=True)]
    row.text, row.pictures, row.stopped = text, json.dumps(kept), True


async def is_paused(session: AsyncSession) -> bool:
    """Whether everything is paused."""
    return await session.get(PauseRow, 1) is not None


async def due_now(session: AsyncSession, now: datetime, limit: int) -> Sequence[AnnouncementRow]:
    """At most `limit` announcements that the clock may change, those that have waited longest first."""
    query = select(AnnouncementRow).where(col(AnnouncementRow.wake) <= now)
    return (await session.execute(query.order_by(col(AnnouncementRow.wake)).limit(limit))).scalars().all()


async def first_time(desk: Desk, account: str, topic: str) -> bool:
    """Whether this is the first time that `account` is told about a topic; noted, so that it is the last as well."""
    # Somebody may do a thing in two rooms at once: the second is no fault, it is just not the first.
    told = {"account": account, "topic": topic, "at": desk.now}
    insert = insert_for(desk.session)(ToldRow).values(**told).on_conflict_do_nothing()
    return bool(getattr(await desk.session.execute(insert), "rowcount", 0))
