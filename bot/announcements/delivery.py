"""The delivery engine: each post visible once; what is unclear is looked up, and in the end a person is asked.

Every decision stands in `bot.protocol.sending`; here are only the calls around them. `sending` is committed before the
one visible write, its outcome in one commit after it, with nothing else in between (PROTOCOL section 5).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, Refused, Unavailable
from adapters.events import Remote
from adapters.ports import Permit, Prepared, Publisher
from bot.announcements import by_hand, holding, lives, outcome, traffic
from bot.announcements.holding import Held, reclaim
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.announcements.traffic import Heard
from bot.desk import Desk, opened
from bot.encoding import load_post
from bot.leases import Owner
from bot.protocol import sending
from bot.protocol.model import State
from bot.protocol.sending import Answer, DeliveryState, Happening, Look, Next, Promise, Removal, Standing
from bot.services import Services
from config import logs

__all__ = ["Crew", "assist", "reclaim", "step"]

log = logs.get("delivery")

D, H = DeliveryState, Happening

Decide = Callable[[Standing], Next]
Work = Callable[[Services, Held], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answered:
    """How the visible write ended: the class of it, where it is, the channel's code, the wait it asked for."""

    answer: Answer
    remote: Remote | None = None
    error: str | None = None
    wait: timedelta | None = None
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """The workers of one process: no two are at one channel, so that one that hangs holds up no other.

    `only`: the channels that this process may use, None when it may use all.
    """

    owner: Owner
    only: frozenset[str] | None = None
    busy: set[str] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


async def step(services: Services, owner: Owner, crew: Crew | None = None) -> bool:
    """Do one thing that is due: send, look up, withdraw or ask somebody. True when something was done."""
    due = await holding.due(services)
    crew = crew or Crew(owner)
    for kind, work in _WORK.items():
        if kind in due and await work(services, crew):
            return True
    return False


async def assist(services: Services, crew: Crew) -> bool:
    """The same for a process that does not lead: it does what is between a delivery and its channel, and nothing else.

    To whom it is told, and what the clock brings, is the matter of whoever leads.
    """
    due = await holding.due(services)
    for state in holding.ON_SOME:
        if (state, MACHINE) in due and await _WORK[state, MACHINE](services, crew):
            return True
    return False


async def _claimed(services: Services, crew: Crew, state: DeliveryState, work: Work) -> bool:
    """Hold the next delivery in a state and do the work on it. False when there is none."""
    async with crew.turn:
        held = await holding.claim(services, crew.owner, state, crew.busy, crew.only)
        if held is None:
            return False
        crew.busy.add(held.row.channel)
    try:
        await work(services, held)
    finally:
        crew.busy.discard(held.row.channel)
    return True


async def _age(services: Services, _crew: Crew) -> bool:
    return await holding.age(services)


async def _send_next(services: Services, crew: Crew) -> bool:
    return await _claimed(services, crew, D.PENDING, _send)


async def _send(services: Services, held: Held) -> None:
    row, rules, now = held.row, holding.rules(services), services.clock()
    publisher = services.publishers.get(row.channel)
    if publisher is None:
        await _note(services, held, lambda _: Next(H.REFUSED, "channel_gone"))
        return
    stop = sending.before_write(_standing(services, row), now, rules, repeat=row.attempts > 1)
    if stop is not None:
        await _note(services, held, lambda _: stop)
        return
    done = await _write(services, publisher, held)

    def decide(standing: Standing) -> Next:
        return sending.after_write(done.answer, standing, services.clock(), rules, wait=done.wait, error=done.error)

    await _note(services, held, decide, done.remote, heard=done.heard)


async def _write(services: Services, publisher: Publisher, held: Held) -> Answered:
    """Prepare, then the one visible write, begun and ended inside the lease. The permit is read from its row again."""
    rules, row = holding.rules(services), held.row
    permit = Permit(row.key, row.digest, row.permitted, await holding.key_before(services, row))
    try:
        async with asyncio.timeout((rules.lease - rules.write_time_out).total_seconds()):
            prepared = await publisher.prepare(load_post(row.post))
    except (Refused, NotAuthenticated) as error:
        return _no(error)
    except (AdapterError, TimeoutError) as error:
        return _not_now(error)  # whatever went wrong, nothing is visible yet
    if not rules.may_write(held.held(services)):
        return Answered(Answer.NOT_BEGUN, error="slow", heard=traffic.SILENT)
    return await _publish(publisher, prepared, permit, rules.write_time_out)


async def _publish(publisher: Publisher, prepared: Prepared, permit: Permit, time_out: timedelta) -> Answered:
    try:
        async with asyncio.timeout(time_out.total_seconds()):
            remote = await publisher.publish(prepared, permit.key, permit)
            return Answered(Answer.ACCEPTED, remote, heard=traffic.ANSWERED)
    except Unavailable as error:
        return _not_now(error)
    except (Refused, NotAuthenticated) as error:
        return _no(error)
    except (OutcomeUnknown, TimeoutError, AdapterError):
        return Answered(Answer.UNKNOWN, heard=traffic.SILENT)


def _no(error: Refused | NotAuthenticated) -> Answered:
    code = error.code if isinstance(error, Refused) else "not_authenticated"
    return Answered(Answer.REFUSED, error=code, heard=traffic.ANSWERED)


def _not_now(error: Exception) -> Answered:
    told = traffic.heard(error)
    return Answered(Answer.NOT_DONE, error=type(error).__name__, wait=told.wait, heard=told)


async def _look_up_next(services: Services, crew: Crew) -> bool:
    return await _claimed(services, crew, D.UNSURE, _look_up)


async def _look_up(services: Services, held: Held) -> None:
    look, remote, told = await _look(services, held)
    async with services.database.reading() as session:
        words = await lives.origin_of(session, held.row)

    def decide(standing: Standing) -> Next:
        known = replace(standing, earlier=words.earlier)
        return sending.after_look(look, known, services.clock(), holding.rules(services))

    await _note(services, held, decide, remote, heard=told)


async def _look(services: Services, held: Held) -> tuple[Look, Remote | None, Heard | None]:
    publisher = services.publishers.get(held.row.channel)
    if publisher is None:
        return Look.ABSENT, None, None  # nobody can look, so only a person's word counts
    try:
        async with asyncio.timeout(holding.rules(services).write_time_out.total_seconds()):
            remote = await publisher.find(held.row.key)
    except (Refused, NotAuthenticated):
        return Look.FAILED, None, traffic.ANSWERED
    except (AdapterError, TimeoutError) as error:
        return Look.FAILED, None, traffic.heard(error)
    return (Look.ABSENT if remote is None else Look.FOUND), remote, traffic.ANSWERED


async def _withdraw_next(services: Services, crew: Crew) -> bool:
    return await _claimed(services, crew, D.SENT, _withdraw)


async def _withdraw(services: Services, held: Held) -> None:
    publisher = services.publishers.get(held.row.channel)
    if publisher is None or held.row.remote_id is None:
        await _note(services, held, lambda _: Next(H.STUCK, "channel_gone"))
        return
    removal = await _remove(services, publisher, held.row, Remote(held.row.remote_id, held.row.url))

    def decide(standing: Standing) -> Next:
        return sending.after_removal(removal, standing, services.clock(), holding.rules(services))

    await _note(services, held, decide)


async def _remove(services: Services, publisher: Publisher, row: DeliveryRow, remote: Remote) -> Removal:
    """Take it down and look whether it is gone."""
    try:
        async with asyncio.timeout(holding.rules(services).write_time_out.total_seconds()):
            await publisher.withdraw(remote)
            return Removal.GONE if await publisher.find(row.key) is None else Removal.STILL_THERE
    except (Refused, NotAuthenticated):
        return Removal.REFUSED
    except (AdapterError, TimeoutError):
        return Removal.AWAY


def _standing(services: Services, row: DeliveryRow, announcement: AnnouncementRow | None = None) -> Standing:
    """What is known of it; a recall may have come since it was claimed, which `announcement` tells."""
    recalled = announcement is not None and State(announcement.state) is State.RECALLING
    publisher = services.publishers.get(row.channel)
    return Standing(
        promise=Promise(publisher.guarantee) if publisher else Promise.READBACK,
        permitted=row.permitted,
        wanted=announcement.changed if announcement else row.permitted,
        leave=row.leave,
        tried=row.last_try is not None,
        recalled=recalled,
        key_life=publisher.key_life if publisher else None,
    )


async def _note(
    services: Services, held: Held, decide: Decide, remote: Remote | None = None, heard: Heard | None = None
) -> None:
    """One commit with the outcome, guarded by the fence; then the announcement, if this was the last of it."""
    row = held.row
    async with opened(services, f"delivery/{row.id}/{held.fence}") as desk:
        # Its row is held from here on, before any delivery's; a recall may have come meanwhile.
        announcement = await desk.session.get(AnnouncementRow, row.announcement, with_for_update=True)
        ahead = decide(_standing(services, row, announcement))
        state = sending.after(DeliveryState(row.state), ahead.happening)
        if not await _move(services, desk, held, state, ahead, remote):
            log.warning("fenced", number=row.announcement, channel=row.channel)
            return
        holding.record(desk, row, state)
        if state is D.FAILED:
            await outcome.stop_the_rest(desk, row)
        elif state is D.NEEDS_HUMAN:
            await outcome.ask(services, desk, row, held.fence)
        elif ahead.happening is H.AWAY and row.error is None:
            await outcome.tell_away(services, desk, row)
        await outcome.conclude(services, desk, row.announcement)
        if heard is not None:
            await traffic.note(services, desk, row.channel, heard)
    log.info("delivery", number=row.announcement, channel=row.channel, state=state.value, attempts=row.attempts)


async def _move(
    services: Services, desk: Desk, held: Held, state: DeliveryState, ahead: Next, remote: Remote | None
) -> bool:
    """Write the new state; False when another worker has taken over meanwhile."""
    row = held.row
    waits = (await services.database.now(desk.session)) + ahead.wait if ahead.wait else None
    if ahead.happening is H.UNCLEAR and row.last_try is not None:
        waits = sending.settled(row.last_try, holding.rules(services))
    values = {"state": state.value, "owner": None, "until": None, "error": ahead.error, "not_before": waits}
    if remote is not None:
        values |= {"remote_id": remote.id, "url": remote.url}
    mine = (col(DeliveryRow.id) == row.id) & (col(DeliveryRow.fence) == held.fence)
    still = mine & (col(DeliveryRow.owner) == str(held.owner))
    done = await desk.session.execute(update(DeliveryRow).where(still).values(**values))
    return bool(getattr(done, "rowcount", 0))


async def _ask_again(services: Services, _crew: Crew) -> bool:
    return await outcome.ask_again(services)


async def _hand_over(services: Services, _crew: Crew) -> bool:
    return await by_hand.hand_over(services)


async def _take_down_by_hand(services: Services, _crew: Crew) -> bool:
    return await by_hand.take_down(services)


async def _let_go(services: Services, _crew: Crew) -> bool:
    return await by_hand.let_go(services)


async def _remind(services: Services, _crew: Crew) -> bool:
    return await by_hand.remind(services)


MACHINE, HAND = False, True

# In this order: what must go is the most urgent, and what is unclear comes before what is new.
_WORK: dict[tuple[DeliveryState, bool], Callable[[Services, Crew], Awaitable[bool]]] = {
    (D.SENDING, MACHINE): _age,
    (D.SENDING, HAND): _age,
    (D.SENT, MACHINE): _withdraw_next,
    (D.SENT, HAND): _take_down_by_hand,
    (D.UNSURE, MACHINE): _look_up_next,
    (D.UNSURE, HAND): _look_up_next,
    (D.PENDING, HAND): _hand_over,
    (D.PENDING, MACHINE): _send_next,
    (D.NEEDS_HUMAN, MACHINE): _ask_again,
    (D.NEEDS_HUMAN, HAND): _ask_again,
    (D.ASKED, HAND): _remind,
    (D.ASKED, MACHINE): _let_go,
    (D.REMAINS, HAND): _remind,
}
