"""What came in and is not done yet: each event once, in order within its room, never lost by a crash.

A row is written in the same commit as the platform's checkpoint, so the platform is told "received" only
afterwards. Rooms are leased, so order within a room holds with several workers. The body of an event goes in
the commit that handles it. An event that fails three times is set aside (quarantined) and the room goes on.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, Select, UniqueConstraint, bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from adapters.events import AnyEvent, Connected, Disconnected
from bot.encoding import dump, kind_of, load_event
from bot.leases import LEASE, Owner, is_dead
from config.database import Base, Database, insert_into

AS_IS = {"synchronize_session": False}  # nothing of what these change is held in the session

ATTEMPTS = 3
"""How often an event may fail before it is set aside (PROTOCOL section 9, poison event)."""


class InboxRow(Base, table=True):
    """One event as it arrived; `body` is empty once it is handled."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("platform", "event_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    event_id: str
    room: str = Field(index=True)
    kind: str
    body: str | None
    received: datetime
    state: str = Field(default="waiting", index=True)
    attempts: int = 0
    not_before: datetime | None = None
    reference: str | None = None


class RoomLease(Base, table=True):
    """Who works on a room; `fence` grows with every new holder."""

    __tablename__ = "room_lease"

    room: str = Field(primary_key=True)
    owner: str | None = None
    until: datetime | None = None
    fence: int = 0


class AdapterStateRow(Base, table=True):
    """What an adapter must remember."""

    __tablename__ = "adapter_state"

    platform: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that this worker holds, with its room."""

    id: int
    room: str
    fence: int
    attempts: int
    event: AnyEvent | None  # None when what was stored cannot be read back


def _next() -> Select[int | None, str, str, str | None, int]:
    held = select(col(RoomLease.room)).where(col(RoomLease.owner).is_not(None), col(RoomLease.until) > bindparam("now"))
    older = Base.metadata.tables["inbox"].alias("older")
    return (
        select(col(InboxRow.id), col(InboxRow.room), col(InboxRow.kind), col(InboxRow.body), col(InboxRow.attempts))
        .where(
            col(InboxRow.state) == "waiting",
            col(InboxRow.room).not_in(held),
            or_(col(InboxRow.not_before).is_(None), col(InboxRow.not_before) <= bindparam("now")),
            ~exists().where(older.c.room == InboxRow.room, older.c.state == "waiting", older.c.id < col(InboxRow.id)),
        )
        .order_by(col(InboxRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


# Built once: putting a statement together costs more than running it.
NEXT = _next()
"""The oldest waiting event whose room is free and which has no older waiting event in its room."""

TRIED = update(InboxRow).where(col(InboxRow.id) == bindparam("number")).values(attempts=bindparam("tries"))
HANDLED = (
    update(InboxRow).where(col(InboxRow.id) == bindparam("number")).values(state="done", body=None, not_before=None)
)
HELD = update(RoomLease).where(
    col(RoomLease.room) == bindparam("place"),
    col(RoomLease.owner) == bindparam("holder"),
    col(RoomLease.fence) == bindparam("hold"),
)
FREED = HELD.values(owner=None, until=None).returning(col(RoomLease.room))
RENEWED = HELD.values(until=bindparam("end"))


class LeaseLost(Exception):
    """Another worker has taken over; what was being done must not be committed."""


def room_of(event: AnyEvent) -> str:
    """The room whose order an event keeps; what happens to a connection has a line of its own."""
    if isinstance(event, Connected | Disconnected):
        return f"{event.platform}:"
    return str(event.ref.place)


Guard = Callable[[AsyncSession], Awaitable[None]]
"""Looks whether this process may still write for an account. Raises `LeaseLost`."""


async def receive(
    database: Database, platform: str, batch: Sequence[AnyEvent], checkpoint: str, guard: Guard | None = None
) -> int:
    """Store a batch and the platform's checkpoint in one commit; the number of events that were new.

    Raises `LeaseLost` when `guard` does; nothing is stored then.
    """
    async with database.writing() as session:
        if guard is not None:
            await guard(session)
        new = 0
        now = await database.now(session)
        for event in batch:
            new += await _insert(session, platform, event, now)
        await put_state(session, platform, "checkpoint", checkpoint)
    return new


async def _insert(session: AsyncSession, platform: str, event: AnyEvent, now: datetime) -> int:
    values = {
        "platform": platform,
        "event_id": event.event_id,
        "room": room_of(event),
        "kind": kind_of(event),
        "body": dump(event),
        "received": now,
        "state": "waiting",
        "attempts": 0,
    }
    return int((await session.execute(_new_event(_dialect(session)), values)).first() is not None)


def _dialect(session: AsyncSession) -> str:
    return session.get_bind().dialect.name


@cache
def _new_event(dialect: str) -> Executable:
    table = Base.metadata.tables["inbox"]
    return insert_into(table, dialect).on_conflict_do_nothing().returning(table.c.id)


@cache
def _new_state(dialect: str) -> Executable:
    table = Base.metadata.tables["adapter_state"]
    insert = insert_into(table, dialect)
    return insert.on_conflict_do_update(index_elements=["platform", "key"], set_={"value": insert.excluded.value})


@cache
def _new_hold(dialect: str) -> Executable:
    table = Base.metadata.tables["room_lease"]
    insert = insert_into(table, dialect)
    taken = {"owner": insert.excluded.owner, "until": insert.excluded.until, "fence": table.c.fence + 1}
    free = or_(table.c.owner.is_(None), table.c.until <= bindparam("now", type_=table.c.until.type))
    return insert.on_conflict_do_update(index_elements=["room"], set_=taken, where=free).returning(table.c.fence)


async def put_state(session: AsyncSession, platform: str, key: str, value: str) -> None:
    """Remember `value` for an adapter, within the caller's transaction."""
    values = {"platform": platform, "key": key, "value": value}
    await session.execute(_new_state(_dialect(session)), values)


async def get_state(session: AsyncSession, platform: str, key: str) -> str | None:
    """What was put for an adapter, or None."""
    query = select(col(AdapterStateRow.value)).where(
        col(AdapterStateRow.platform) == platform, col(AdapterStateRow.key) == key
    )
    return (await session.execute(query)).scalar_one_or_none()


async def take(database: Database, owner: Owner) -> Taken | None:
    """Hold the room whose turn it is and give out its oldest waiting event; None when nothing can be done now."""
    async with database.writing() as session:
        now = await database.now(session)
        row = (await session.execute(NEXT, {"now": now})).first()
        if row is None or row.id is None:
            return None
        fence = await _hold(session, row.room, owner, now)
        if fence is None:
            return None  # taken between the look and the hold: PostgreSQL looks at one moment and holds at another
        attempts = row.attempts + 1
        await session.execute(TRIED, {"number": row.id, "tries": attempts}, execution_options=AS_IS)
        return Taken(row.id, row.room, fence, attempts, _decode(row.kind, row.body))


def _decode(kind: str, body: str | None) -> AnyEvent | None:
    try:
        return load_event(kind, body or "")
    except (KeyError, TypeError, ValueError):
        return None


async def _hold(session: AsyncSession, room: str, owner: Owner, now: datetime) -> int | None:
    """Lease a room that is free; the fence of this hold, or None when somebody else has it."""
    values = {"room": room, "owner": str(owner), "until": now + LEASE, "fence": 1, "now": now}
    return (await session.execute(_new_hold(_dialect(session)), values)).scalar_one_or_none()


async def hold(database: Database, name: str, owner: Owner) -> int | None:
    """Lease something that is no room; the fence of this hold, or None when somebody else has it."""
    async with database.writing() as session:
        return await _hold(session, name, owner, await database.now(session))


async def prolong(database: Database, session: AsyncSession, name: str) -> None:
    """Hold it longer; the caller has looked, in this transaction, that it is theirs."""
    end = await database.now(session) + LEASE
    await session.execute(update(RoomLease).where(col(RoomLease.room) == name).values(until=end))


async def free(database: Database, name: str, owner: Owner, fence: int) -> None:
    """Give it back, unless another has it by now."""
    async with database.writing() as session:
        await session.execute(FREED, {"place": name, "holder": str(owner), "hold": fence}, execution_options=AS_IS)


async def finish(session: AsyncSession, taken: Taken, owner: Owner) -> None:
    """Mark an event handled and give its room back, in the commit that handles it. Raises `LeaseLost`."""
    await session.execute(HANDLED, {"number": taken.id}, execution_options=AS_IS)
    await _release(session, taken, owner)


async def put_back(session: AsyncSession, taken: Taken, owner: Owner, until: datetime, *, counts: bool) -> None:
    """Let an event wait and try again; a wait that is nobody's fault does not count as a failure."""
    attempts = taken.attempts if counts else taken.attempts - 1
    await session.execute(
        update(InboxRow).where(col(InboxRow.id) == taken.id).values(attempts=attempts, not_before=until)
    )
    await _release(session, taken, owner)


async def quarantine(session: AsyncSession, taken: Taken, owner: Owner) -> str:
    """Set an event aside for good, without its words; the reference people are told."""
    reference = secrets.token_hex(4)
    await session.execute(
        update(InboxRow).where(col(InboxRow.id) == taken.id).values(state="quarantined", body=None, reference=reference)
    )
    await _release(session, taken, owner)
    return reference


async def _release(session: AsyncSession, taken: Taken, owner: Owner) -> None:
    """Give the room back. Raises `LeaseLost` when it is no longer ours to give.

    Always after the event's own row: `take` holds the two in that order as well, and the other way round two
    workers on PostgreSQL could wait for each other.
    """
    freed = await session.execute(FREED, _hold_of(taken, owner), execution_options=AS_IS)
    if freed.first() is None:
        raise LeaseLost(taken.room)


def _hold_of(taken: Taken, owner: Owner) -> dict[str, object]:
    return {"place": taken.room, "holder": str(owner), "hold": taken.fence}


UNREAD = exists().where(
    col(InboxRow.state) == "waiting", col(InboxRow.attempts) <= 1, col(InboxRow.kind) != Connected.__name__
)
"""Something was received that nobody has handled yet; what failed before and waits does not count."""


ANY_UNREAD = select(UNREAD)


async def is_unread(session: AsyncSession) -> bool:
    """Whether it is so now."""
    return bool((await session.execute(ANY_UNREAD)).scalar_one())


async def renew(database: Database, taken: Taken, owner: Owner) -> None:
    """Hold a room longer while its event is being worked on."""
    async with database.writing() as session:
        now = await database.now(session)
        end = {"end": now + LEASE}
        await session.execute(RENEWED, _hold_of(taken, owner) | end, execution_options=AS_IS)


async def reclaim(database: Database, me: Owner) -> int:
    """At start: free the rooms held by processes of this host that are gone; how many."""
    async with database.writing() as session:
        leases = (await session.execute(select(RoomLease).where(col(RoomLease.owner).is_not(None)))).scalars()
        dead = [lease for lease in leases if is_dead(lease.owner or "", me)]
        for lease in dead:
            lease.owner = lease.until = None
        return len(dead)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Remove handled events received before a time; their ids were only kept to know repeats."""
    await session.execute(delete(InboxRow).where(col(InboxRow.state) == "done", col(InboxRow.received) < before))
