"""The delivery engine: each post visible once; what is unclear is looked up, and in the end a person is asked.

States of a delivery: pending -> sending -> sent, and unsure, needs_human, failed, cancelled; after a recall
withdrawn. `sending` is committed before the one visible write, its outcome in one commit after it (PROTOCOL
section 5).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, Update, and_, or_, select, update
from sqlmodel import col

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Remote
from adapters.ports import Guarantee, Permit, Publisher
from bot.announcements import outcome
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.audit import Entry
from bot.desk import Desk, opened
from bot.encoding import load_post
from bot.leases import Owner, is_dead
from bot.protocol.model import State
from bot.services import Services
from config import logs

log = logs.get("delivery")

T = TypeVar("T")

RETRY_AFTER = timedelta(seconds=30)
"""Wait before trying a channel again that was away and named no time."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker holds until `until`; `fence` tells a later holder apart.

    `wanted` is when its announcement came to where it stands: published or recalled.
    """

    row: DeliveryRow
    fence: int
    until: datetime
    wanted: datetime


async def step(services: Services, owner: Owner) -> bool:
    """Do one thing that is due: send, look up or withdraw. True when something was done."""
    async with services.database.reading() as session:
        now = await services.database.now(session)
        due = or_(_is_lost(now), *(_is_due(state, now) for state in _WANTED))
        states = set((await session.execute(_joined(select(col(DeliveryRow.state)).distinct()).where(due))).scalars())
    return (
        ("sending" in states and await _age(services))
        or ("sent" in states and await _withdraw_next(services, owner))  # what must go is the most urgent
        or ("unsure" in states and await _look_up_next(services, owner))
        or ("pending" in states and await _send_next(services, owner))
    )


async def _claim(services: Services, owner: Owner, state: str, into: str) -> Claimed | None:
    """Hold the oldest due delivery in a state; committed before anything is asked of the channel."""
    lease = timedelta(seconds=services.settings.announcements.lease_seconds)
    async with services.database.writing() as session:
        now = await services.database.now(session)
        oldest = _joined(select(DeliveryRow)).where(_is_due(state, now)).order_by(col(DeliveryRow.id)).limit(1)
        held = oldest.with_for_update(skip_locked=True, of=DeliveryRow)
        row = (await session.execute(held)).scalar_one_or_none()
        if row is None:
            return None
        row.state, row.owner, row.until, row.fence = into, str(owner), now + lease, row.fence + 1
        if state == "pending":
            row.last_try, row.attempts = now, row.attempts + 1
        announcement = await session.get(AnnouncementRow, row.announcement)
        return Claimed(row, row.fence, now + lease, announcement.changed if announcement else now)


def _joined(query: Select[T]) -> Select[T]:
    return query.join(AnnouncementRow, col(AnnouncementRow.number) == col(DeliveryRow.announcement))


def _is_due(state: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(DeliveryRow.state) == state,
        or_(col(DeliveryRow.not_before).is_(None), col(DeliveryRow.not_before) <= now),
        or_(col(DeliveryRow.until).is_(None), col(DeliveryRow.until) <= now),
        col(AnnouncementRow.state).in_(_WANTED[state]),
    )


def _is_lost(now: datetime) -> ColumnElement[bool]:
    """Being sent by a worker whose lease is over."""
    return and_(col(DeliveryRow.state) == "sending", col(DeliveryRow.until) <= now)


# A delivery moves only while its announcement wants it to: a held or recalled one is never started.
_WANTED = {
    "pending": (State.PUBLISHING.value,),
    "unsure": (State.PUBLISHING.value, State.RECALLING.value),
    "sent": (State.RECALLING.value,),
}


async def _send_next(services: Services, owner: Owner) -> bool:
    claimed = await _claim(services, owner, "pending", "sending")
    if claimed is None:
        return False
    row = claimed.row
    publisher = services.publishers.get(row.channel)
    if publisher is None:
        await _settle(services, claimed, owner, "failed", error="channel_gone")
        return True
    if _is_late(services, row.permitted):
        await _settle(services, claimed, owner, "failed", error="missed")
        return True
    try:
        remote = await _publish(services, publisher, claimed)
    except (RateLimited, Unavailable) as error:
        await _wait_or_fail(services, claimed, owner, error)
    except (Refused, NotAuthenticated) as error:
        code = error.code if isinstance(error, Refused) else "not_authenticated"
        await _settle(services, claimed, owner, "failed", error=code)
    except (OutcomeUnknown, TimeoutError, AdapterError):
        settle = timedelta(seconds=services.settings.announcements.settle_seconds)
        await _settle(services, claimed, owner, "unsure", error="unknown", wait=settle)
    else:
        await _settle(services, claimed, owner, "sent", remote=remote)
    return True


def _is_late(services: Services, since: datetime, wait: timedelta = timedelta(0)) -> bool:
    """Whether, after a wait, nothing may start any more that was allowed at `since`: then a person decides."""
    tolerance = timedelta(minutes=services.settings.announcements.tolerance_minutes)
    return services.clock() + wait > since + tolerance


async def _wait_or_fail(services: Services, claimed: Claimed, owner: Owner, error: Unavailable) -> None:
    """Nothing was done there: later again, unless later is too late."""
    wait = timedelta(seconds=error.retry_after) if error.retry_after else RETRY_AFTER
    if _is_late(services, claimed.row.permitted, wait):
        await _settle(services, claimed, owner, "failed", error="away")
    else:
        await _settle(services, claimed, owner, "pending", error=type(error).__name__, wait=wait)


async def _publish(services: Services, publisher: Publisher, claimed: Claimed) -> Remote:
    """Prepare, then the one visible write, inside the lease. The permit is read from its row again."""
    row = claimed.row
    async with asyncio.timeout(services.settings.announcements.lease_seconds * 0.8):
        prepared = await publisher.prepare(load_post(row.post))
        permit = Permit(row.key, row.digest, row.permitted)
        return await publisher.publish(prepared, row.key, permit)


async def _look_up_next(services: Services, owner: Owner) -> bool:
    claimed = await _claim(services, owner, "unsure", "unsure")
    if claimed is None:
        return False
    row = claimed.row
    publisher = services.publishers.get(row.channel)
    if publisher is None:
        await _settle(services, claimed, owner, "needs_human", error="channel_gone")
        return True
    late = _is_late(services, max(row.permitted, claimed.wanted))
    try:
        remote = await publisher.find(row.key)
    except AdapterError:
        if late:
            await _settle(services, claimed, owner, "needs_human", error="cannot_tell")
        else:
            await _settle(services, claimed, owner, "unsure", error="unknown", wait=RETRY_AFTER)
        return True
    if remote is not None:
        await _settle(services, claimed, owner, "sent", remote=remote)
    elif late or publisher.guarantee is Guarantee.READBACK:
        await _settle(services, claimed, owner, "needs_human", error="cannot_tell")
    else:
        await _settle(services, claimed, owner, "pending")
    return True


async def _withdraw_next(services: Services, owner: Owner) -> bool:
    claimed = await _claim(services, owner, "sent", "sent")
    if claimed is None:
        return False
    row = claimed.row
    publisher = services.publishers.get(row.channel)
    if publisher is None or row.remote_id is None:
        await _settle(services, claimed, owner, "remains", error="channel_gone")
        return True
    try:
        await publisher.withdraw(Remote(row.remote_id, row.url))
        gone = await publisher.find(row.key) is None
    except (Refused, NotAuthenticated):
        await _settle(services, claimed, owner, "remains", error="refused")
    except AdapterError:
        if _is_late(services, claimed.wanted):
            await _settle(services, claimed, owner, "remains", error="away")
        else:
            await _settle(services, claimed, owner, "sent", wait=RETRY_AFTER, error="unknown")
    else:
        await _settle(services, claimed, owner, "withdrawn" if gone else "remains")
    return True


async def _settle(
    services: Services,
    claimed: Claimed,
    owner: Owner,
    state: str,
    *,
    remote: Remote | None = None,
    error: str | None = None,
    wait: timedelta | None = None,
) -> None:
    """One commit with the outcome, guarded by the fence; then the announcement, if this was the last of it."""
    row = claimed.row
    async with opened(services, f"delivery/{row.id}/{claimed.fence}") as desk:
        now = await services.database.now(desk.session)
        if await _is_recalled(desk, row.announcement):
            state = _RECALLED.get(state, state)
        values: dict[str, object] = {
            "state": state,
            "owner": None,
            "until": None,
            "error": error,
            "not_before": now + wait if wait else None,
        }
        if remote is not None:
            values |= {"remote_id": remote.id, "url": remote.url}
        done = await desk.session.execute(_mine(claimed, owner).values(**values))
        if not getattr(done, "rowcount", 0):
            log.warning("fenced", number=row.announcement, channel=row.channel)
            return
        details: dict[str, str | int | None] = {"channel": row.channel, "state": state, "attempt": row.attempts}
        desk.record(Entry("delivery", f"announcement:{row.announcement}", "", details))
        if state == "needs_human":
            outcome.ask(services, desk, row, claimed.fence)
        await outcome.conclude(services, desk, row.announcement)
    log.info("delivery", number=row.announcement, channel=row.channel, state=state, attempts=row.attempts)


# What is not there, and what nobody can find, when nobody wants it any more.
_RECALLED = {"pending": "cancelled", "needs_human": "remains"}


async def _is_recalled(desk: Desk, number: int) -> bool:
    """Whether the announcement is being taken back; its row is held from here on, before any delivery's."""
    row = await desk.session.get(AnnouncementRow, number, with_for_update=True)
    return row is not None and State(row.state) is State.RECALLING


def _mine(claimed: Claimed, owner: Owner) -> Update:
    return update(DeliveryRow).where(
        col(DeliveryRow.id) == claimed.row.id,
        col(DeliveryRow.fence) == claimed.fence,
        col(DeliveryRow.owner) == str(owner),
    )


async def _age(services: Services) -> bool:
    """Deliveries whose worker is gone become unsure: what it was sending may be out."""
    settle = timedelta(seconds=services.settings.announcements.settle_seconds)
    async with services.database.reading() as session:
        now = await services.database.now(session)
        stale = (await session.execute(select(DeliveryRow).where(_is_lost(now)))).scalars().all()
    for row in stale:
        async with services.database.writing() as session:
            same = (col(DeliveryRow.id) == row.id) & (col(DeliveryRow.fence) == row.fence)
            lost = update(DeliveryRow).where(same, col(DeliveryRow.state) == "sending")
            await session.execute(lost.values(state="unsure", owner=None, until=None, not_before=now + settle))
    return bool(stale)


async def reclaim(services: Services, me: Owner) -> int:
    """At start: what processes of this host that are gone were sending becomes unsure; how many."""
    async with services.database.writing() as session:
        now = await services.database.now(session)
        rows = (await session.execute(select(DeliveryRow).where(col(DeliveryRow.owner).is_not(None)))).scalars()
        dead = [row for row in rows if is_dead(row.owner or "", me)]
        for row in dead:
            _release(services, row, now)
        return len(dead)


def _release(services: Services, row: DeliveryRow, now: datetime) -> None:
    row.owner = row.until = None
    if row.state != "sending":
        return
    publisher = services.publishers.get(row.channel)
    row.state = "unsure"
    # A channel that knows the key needs no wait: a repeat changes nothing there.
    wait = publisher is None or publisher.guarantee is not Guarantee.IDEMPOTENT
    row.not_before = now + timedelta(seconds=services.settings.announcements.settle_seconds) if wait else None
