"""Which deliveries are due and who holds them: a claim has a lease and a fence, and is committed before any call."""

import asyncio
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot import inbox
from bot.announcements import traffic
from bot.announcements.tables import AnnouncementRow, ChannelRow, DeliveryRow, PauseRow
from bot.audit import Entry
from bot.desk import Desk, opened
from bot.leases import Owner, is_dead
from bot.protocol.model import State
from bot.protocol.sending import ASK_AGAIN, DeliveryState, Happening, Promise, Rules, after, settled
from bot.services import Services

S, D = State, DeliveryState


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that this worker holds; `fence` tells a later holder apart.

    `began` (the loop's clock) and `since` (the product's) were read before the claim, so that the lease is never
    thought longer than it is.
    """

    row: DeliveryRow
    fence: int
    owner: Owner
    began: float
    since: datetime

    def held(self, services: Services) -> timedelta:
        """How long ago it was claimed, at most: one clock may have stood still while the machine was asleep."""
        ran = timedelta(seconds=asyncio.get_running_loop().time() - self.began)
        return max(ran, services.clock() - self.since)


def rules(services: Services) -> Rules:
    """The figures of the settings."""
    chosen = services.settings.announcements
    return Rules(
        timedelta(seconds=chosen.lease_seconds),
        timedelta(seconds=chosen.settle_seconds),
        timedelta(minutes=chosen.tolerance_minutes),
    )


# A delivery moves only while its announcement wants it to: a held or recalled one is never started.
WANTED: Mapping[DeliveryState, tuple[State, ...]] = {
    D.PENDING: (S.PUBLISHING,),
    D.UNSURE: (S.PUBLISHING, S.RECALLING),
    D.SENT: (S.RECALLING,),
    D.NEEDS_HUMAN: (S.PUBLISHING, S.RECALLING),
    D.ASKED: (S.PUBLISHING, S.PUBLISHED, S.PARTIAL),
    D.REMAINS: (S.RECALL_PARTIAL,),
}
BY_HAND = (D.PENDING, D.SENT, D.ASKED, D.REMAINS)
"""What is done with a delivery in these states when a person posts to its channel is done by asking that person."""

Due = frozenset[tuple[DeliveryState, bool]]
"""What is to be done: states, and whether by hand."""


def _by_hand() -> ColumnElement[bool]:
    return col(DeliveryRow.channel).in_(bindparam("by_hand", expanding=True))


def _first_in_line() -> ColumnElement[bool]:
    """Nothing is paused, and every part before this one is out."""
    lower = aliased(DeliveryRow)
    earlier = exists().where(
        col(lower.announcement) == col(DeliveryRow.announcement),
        col(lower.revision) == col(DeliveryRow.revision),
        col(lower.channel) == col(DeliveryRow.channel),
        col(lower.part) < col(DeliveryRow.part),
        col(lower.state) != D.SENT.value,
    )
    return and_(~earlier, ~exists().where(col(PauseRow.id) == 1))


SHUT = exists().where(col(ChannelRow.name) == col(DeliveryRow.channel), col(ChannelRow.opens) > bindparam("now"))
"""Its channel is away, or was called often enough for now."""

TOO_LATE = and_(
    col(DeliveryRow.permitted) < bindparam("late"),
    or_(col(DeliveryRow.leave).is_(None), col(DeliveryRow.leave) < bindparam("late")),
)
"""It waits for its channel no longer: people are told, or asked."""


def _is_due(state: DeliveryState) -> ColumnElement[bool]:
    wanted = [wanted.value for wanted in WANTED[state]]
    # Nearly every delivery ever made is sent: those that matter are found by their announcement, not by that state.
    stands = col(DeliveryRow.state) + "" if state is D.SENT else col(DeliveryRow.state)
    due = [stands == state.value, col(AnnouncementRow.state).in_(wanted)]
    if state in ASK_AGAIN:
        asked = col(DeliveryRow.asked)
        due.append(or_(asked.is_(None), asked <= bindparam(f"asked_{state.value}")))
    else:
        due.append(or_(col(DeliveryRow.not_before).is_(None), col(DeliveryRow.not_before) <= bindparam("now")))
        due.append(or_(col(DeliveryRow.until).is_(None), col(DeliveryRow.until) <= bindparam("now")))
    if state in {D.PENDING, D.UNSURE}:
        due.append(or_(~SHUT, TOO_LATE))
    if state is D.PENDING:
        # Before a channel is asked at all, what was received is handled: it may take an approval away.
        due += [_first_in_line(), or_(col(DeliveryRow.attempts) > 0, ~inbox.UNREAD)]
    if state is D.REMAINS:
        due.append(_by_hand())
    return and_(*due)


LOST = and_(col(DeliveryRow.state) == D.SENDING.value, col(DeliveryRow.until) <= bindparam("now"))
"""Being sent by a worker whose lease is over."""

JOINED = col(AnnouncementRow.number) == col(DeliveryRow.announcement)

# Built once: putting a statement together costs more than running it, and these are asked for all the time.
FOUND = select(col(DeliveryRow.state), _by_hand()).join(AnnouncementRow, JOINED)
# One question for each state, so that each finds its own way; asked in one go.
DUE = union(FOUND.where(LOST), *(FOUND.where(_is_due(state)) for state in WANTED))


def _oldest(state: DeliveryState, *, by_hand: bool) -> Select[DeliveryRow]:
    found = select(DeliveryRow).join(AnnouncementRow, JOINED).where(_is_due(state))
    query = found.order_by(col(DeliveryRow.id)).limit(1)
    if by_hand:
        return query.where(_by_hand())  # its announcement's row is to be held first
    query = query.where(~_by_hand()) if state in BY_HAND else query
    query = query.where(col(DeliveryRow.channel).not_in(bindparam("busy", (), expanding=True)))
    return query.with_for_update(skip_locked=True, of=DeliveryRow)


# By state, and whether by hand.
NEXT = {(state, by_hand): _oldest(state, by_hand=by_hand) for state in WANTED for by_hand in (True, False)}
ON_SOME = {
    state: NEXT[state, False].where(col(DeliveryRow.channel).in_(bindparam("only", expanding=True)))
    for state in (D.SENT, D.UNSURE, D.PENDING)
}
"""The same for a process that may use some channels only."""

STALE = select(DeliveryRow).where(LOST)
HELD = select(DeliveryRow).where(col(DeliveryRow.owner).is_not(None))


def figures(services: Services, now: datetime) -> dict[str, Any]:
    """What the statements above are to be filled with; `now` is the time of the leases."""
    asked = {f"asked_{state.value}": services.clock() - period for state, period in ASK_AGAIN.items()}
    late = services.clock() - rules(services).tolerance
    return {"now": now, "late": late, "by_hand": sorted(services.settings.by_hand.channels), **asked}


async def due(services: Services) -> Due:
    """What is to be done now."""
    async with services.database.reading() as session:
        now = await services.database.now(session)
        rows = await session.execute(DUE, figures(services, now))
        return frozenset((DeliveryState(state), bool(by_hand)) for state, by_hand in rows)


async def key_before(services: Services, row: DeliveryRow) -> str | None:
    """The key of the part before this one; None for the first."""
    if not row.part:
        return None
    before = select(col(DeliveryRow.key)).where(
        col(DeliveryRow.announcement) == row.announcement,
        col(DeliveryRow.revision) == row.revision,
        col(DeliveryRow.channel) == row.channel,
        col(DeliveryRow.part) == row.part - 1,
    )
    async with services.database.reading() as session:
        return (await session.execute(before)).scalar_one()


async def claim(
    services: Services,
    owner: Owner,
    state: DeliveryState,
    busy: Collection[str] = (),
    only: Collection[str] | None = None,
) -> Held | None:
    """Hold the oldest due delivery in a state, on no `busy` channel; committed before the channel is asked anything.

    `only`: on one of these channels.
    """
    began, since = asyncio.get_running_loop().time(), services.clock()
    async with services.database.writing() as session:
        now = await services.database.now(session)
        filled = figures(services, now) | {"busy": sorted(busy), "only": sorted(only or ())}
        query = NEXT[state, False] if only is None else ON_SOME[state]
        row = (await session.execute(query, filled)).scalar_one_or_none()
        if row is None or not await _may_call(services, session, row, now):
            return None
        row.owner, row.until, row.fence = str(owner), now + rules(services).lease, row.fence + 1
        if state is D.PENDING:
            row.state, row.last_try, row.attempts = after(state, Happening.CLAIMED).value, now, row.attempts + 1
        return Held(row, row.fence, owner, began, since)


async def _may_call(services: Services, session: AsyncSession, row: DeliveryRow, now: datetime) -> bool:
    """Whether its channel may be called now. What must be taken down, and what is late already, waits for nothing."""
    writes = row.state == D.PENDING.value
    if row.channel not in services.publishers or not (writes or row.state == D.UNSURE.value):
        return True
    if max(row.permitted, row.leave or row.permitted) < services.clock() - rules(services).tolerance:
        return True
    return await traffic.begin(services, session, row.channel, now, writes=writes)


def record(desk: Desk, row: DeliveryRow, state: DeliveryState) -> None:
    """One row of evidence for the new state of a delivery."""
    details: dict[str, str | int | None] = {"channel": row.channel, "state": state.value, "attempt": row.attempts}
    if row.part:
        details["part"] = row.part
    desk.record(Entry("delivery", f"announcement:{row.announcement}", "", details))


async def age(services: Services) -> bool:
    """Deliveries whose worker's lease is over become unsure: what it was sending may be out."""
    async with services.database.reading() as session:
        now = await services.database.now(session)
        stale = (await session.execute(STALE, {"now": now})).scalars().all()
    for row in stale:
        async with opened(services, f"delivery/{row.id}/{row.fence}/lost") as desk:
            same = (col(DeliveryRow.id) == row.id) & (col(DeliveryRow.fence) == row.fence)
            still = same & (col(DeliveryRow.state) == D.SENDING.value)
            await _lose(services, desk, row, still)
    return bool(stale)


async def reclaim(services: Services, me: Owner) -> int:
    """At start: what processes of this host that are gone held is let go; what they were sending is unsure."""
    async with opened(services, f"reclaim/{me}") as desk:
        rows = (await desk.session.execute(HELD)).scalars()
        dead = [row for row in rows if is_dead(row.owner or "", me)]
        for row in dead:
            held = (col(DeliveryRow.id) == row.id) & (col(DeliveryRow.fence) == row.fence)
            if row.state == D.SENDING.value:
                await _lose(services, desk, row, held)
            else:
                await desk.session.execute(update(DeliveryRow).where(held).values(owner=None, until=None))
        return len(dead)


async def _lose(services: Services, desk: Desk, row: DeliveryRow, still: ColumnElement[bool]) -> None:
    state = after(D.SENDING, Happening.LOST)
    values = {"state": state.value, "owner": None, "until": None, "not_before": look_from(services, row)}
    done = await desk.session.execute(update(DeliveryRow).where(still).values(**values))
    if getattr(done, "rowcount", 0):
        record(desk, row, state)


def look_from(services: Services, row: DeliveryRow) -> datetime | None:
    """When something unsure may be looked up; at once where a repeat changes nothing."""
    publisher = services.publishers.get(row.channel)
    if publisher is not None and Promise(publisher.guarantee) is Promise.IDEMPOTENT:
        return None
    return None if row.last_try is None else settled(row.last_try, rules(services))


def once(name: str) -> str:
    """What begins the keys of letters in a commit that finds its own work: it is made whole or not at all."""
    return f"{name}/{secrets.token_hex(8)}"


async def locked(session: AsyncSession, number: int) -> Sequence[DeliveryRow]:
    """Every delivery of an announcement as it stands now, held for this commit; the announcement's row comes first."""
    query = select(DeliveryRow).where(col(DeliveryRow.announcement) == number).order_by(col(DeliveryRow.id))
    held = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(held)).scalars().all()
