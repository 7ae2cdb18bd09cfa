"""After a backup was put back: the database enters a new life, in which nothing goes out before a person has looked.

What it holds as open may have happened since: said, answered, approved, published. So none of that is done again by
itself, votes and previews of the earlier life count no longer, and people are told what waits for them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import RoomRef
from bot import epochs
from bot.announcements import holding, recalling, store
from bot.announcements.own_accounts import OVERLAP
from bot.announcements.tables import ChannelRow, DeliveryRow, VoteRow
from bot.audit import AuditRow, Entry
from bot.desk import Desk, opened
from bot.inbox import InboxRow, RoomLease
from bot.outbox import OutboxRow
from bot.protocol.model import State, Trigger
from bot.protocol.sending import DeliveryState
from bot.protocol.table import BEFORE_PUBLISHING, OUT, WAITING
from bot.services import Services
from bot.turn import plain
from bot.wording import listed, say
from config.database import Database

LIVE = BEFORE_PUBLISHING | {State.REJECTED, State.EXPIRED}
"""Where a vote could still lead to publishing."""

MANY = 100
"""Announcements dealt with in one statement."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known from the database that was there before: its highest number, and what it had recalled."""

    number: int = 0
    recalled: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Stamped:
    """A new life and what it began with. `of`: when the last change in the backup was made, None without any."""

    epoch: epochs.Epoch
    of: datetime | None
    held: tuple[int, ...] = ()
    recalled: tuple[int, ...] = ()
    unsure: int = 0
    dropped: int = 0
    unanswered: int = 0


async def stamp(services: Services, by: str, earlier: Earlier) -> Stamped:
    """Begin the new life, in one commit; `by` is whoever put the backup back."""
    async with opened(services, f"restored/{services.clock().isoformat()}") as desk:
        session = desk.session
        of = await _last_change(session)
        life = await epochs.begin(session, epochs.RESTORED, desk.now, earlier.number)
        await session.execute(update(RoomLease).values(owner=None, until=None))
        # What went out after the backup is on our accounts and not in it; that is no news to anybody.
        await session.execute(update(ChannelRow).values(watched=desk.now + OVERLAP))
        counts = [await _unsure(desk), await _count(session, DROPPED), await _count(session, UNANSWERED)]
        await _close(desk)
        held = await _in(session, WAITING | {State.HELD})
        for stored in held:
            await _hold(desk, stored)
        recalled = [one for one in await _in(session, OUT) if one.number in earlier.recalled]
        for stored in recalled:
            store.move(desk, stored.row, Trigger.RECALL, reason=epochs.RESTORED)
            await recalling.stop_deliveries(services, desk, stored.number)
        found = Stamped(life, of, _numbers(held), _numbers(recalled), *counts)
        desk.letters.say(services.comms_room, plain(_line(services, found)))
        desk.record(_evidence(found, by))
    return found


async def last_change(database: Database) -> datetime | None:
    """When the last change in a database was made that left evidence; None without any."""
    async with database.reading() as session:
        return await _last_change(session)


async def _last_change(session: AsyncSession) -> datetime | None:
    return (await session.execute(select(func.max(AuditRow.at)))).scalar_one()


# What was to be said may have been said. That is no failure, so it has a state of its own.
DROPPED = (
    update(OutboxRow)
    .where(col(OutboxRow.state).in_(("waiting", "sending")))
    .values(state="dropped", content=None, owner=None, until=None)
)
UNANSWERED = update(InboxRow).where(col(InboxRow.state) == "waiting").values(state="done", body=None, not_before=None)


async def _count(session: AsyncSession, change: Update) -> int:
    return int(getattr(await session.execute(change), "rowcount", 0))


async def _unsure(desk: Desk) -> int:
    """What was being sent, or was about to be, may be out: it is looked up before anything else is done about it."""
    begun = col(DeliveryRow.state).in_((DeliveryState.PENDING.value, DeliveryState.SENDING.value))
    rows = (await desk.session.execute(select(DeliveryRow).where(begun).order_by(col(DeliveryRow.id)))).scalars().all()
    for row in rows:
        row.state, row.error, row.not_before = DeliveryState.UNSURE.value, None, None
        row.owner, row.until, row.fence = None, None, row.fence + 1
        holding.record(desk, row, DeliveryState.UNSURE)
    return len(rows)


async def _in(session: AsyncSession, states: Collection[State]) -> list[store.Stored]:
    """Every announcement in one of these states, whole."""
    rows = await store.in_state(session, *sorted(states))
    found = [await store.load(session, row.number or 0) for row in rows]
    return [stored for stored in found if stored is not None]


async def _close(desk: Desk) -> None:
    """Votes given so far, and those standing under a preview shown so far, lead to nothing any more.

    Under a preview there may stand what was given after the backup, for words that have long been published.
    """
    live = [row.number or 0 for row in await store.in_state(desk.session, *sorted(LIVE))]
    for at in range(0, len(live), MANY):
        some = live[at : at + MANY]
        given = update(VoteRow).where(col(VoteRow.announcement).in_(some), col(VoteRow.withdrawn).is_(None))
        await desk.session.execute(given.values(void=True, withdrawn=desk.now, withdrawn_by=epochs.RESTORED))
        shown = or_(*(col(OutboxRow.key).startswith(store.preview_key(number, 0).removesuffix("0")) for number in some))
        await desk.session.execute(update(OutboxRow).where(shown).values(state="dropped", content=None))


async def _hold(desk: Desk, stored: store.Stored) -> None:
    """Put one on hold; what stands of its preview becomes a stub, and its author is told."""
    number, revision = stored.number, stored.row.revision
    stub = plain(say("epochs.stub", number=number, revision=revision))
    mine = col(OutboxRow.key).startswith(store.preview_key(number, revision)) & (col(OutboxRow.action) == "send")
    shown = select(OutboxRow).where(mine, col(OutboxRow.message).is_not(None), col(OutboxRow.room).is_not(None))
    for row in (await desk.session.execute(shown)).scalars():
        desk.letters.edit(RoomRef(row.platform, row.room or ""), row.key, stub)
    if stored.state is State.HELD:
        _hold_still(desk, stored)
    else:
        store.move(desk, stored.row, Trigger.HOLD, reason=epochs.RESTORED)
    desk.letters.tell(store.author(stored), plain(say("epochs.held", number=number)))


def _hold_still(desk: Desk, stored: store.Stored) -> None:
    """What was on hold already is so for another reason now, so that it is not taken up together with others."""
    before, stored.row.reason, stored.row.version = stored.row.reason, epochs.RESTORED, stored.row.version + 1
    details: dict[str, str | int | None] = {"before": before, "reason": epochs.RESTORED}
    desk.record(Entry("held_still", stored.subject, "", details))


def _numbers(found: Sequence[store.Stored]) -> tuple[int, ...]:
    return tuple(sorted(stored.number for stored in found))


def told(numbers: Collection[int]) -> str:
    """Announcements as people list them."""
    return listed([f"#{number}" for number in numbers]) or say("epochs.none")


def day(services: Services, moment: datetime | None) -> str:
    """When the backup is from, as people here read a time."""
    if moment is None:
        return say("epochs.empty")
    local = moment.astimezone(services.zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _line(services: Services, found: Stamped) -> str:
    line = say("epochs.comms", day=day(services, found.of), held=told(found.held))
    how = say("epochs.how") if found.held else ""
    return f"{line} {how}".strip()


def _evidence(found: Stamped, by: str) -> Entry:
    details: dict[str, str | int | None] = {
        "epoch": found.epoch.name,
        "first": found.epoch.first,
        "held": len(found.held),
        "recalled": len(found.recalled),
        "unsure": found.unsure,
        "dropped": found.dropped,
        "unanswered": found.unanswered,
    }
    return Entry("database_restored", f"epoch:{found.epoch.name}", by, details, {"who": by})
