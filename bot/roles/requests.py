"""A change that takes two: asked by one, confirmed by another, neither of whom gets anything by confirming."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.access import TABLE, Action, RoleGrant, RoleRequest, Suspension
from bot.announcements.holders import holders
from bot.audit import Entry
from bot.desk import Commit, Desk, nothing, opened
from bot.people import today
from bot.protocol.model import Vote
from bot.roles import notices
from bot.roles.who import name_of
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import say
from directory import people
from directory.people import Staff

LASTS = timedelta(hours=24)
"""How long a request may be confirmed."""

ACTIONS = {"grant": Action.GRANT, "restore": Action.RESTORE}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `until` is the moment a granted role ends (UTC)."""

    kind: str
    person: Staff
    role: str = ""
    until: datetime | None = None


def what(services: Services, kind: str, role: str, name: str, until: datetime | None) -> str:
    """A change in words: "information governance for Dee Pritchard, until the end of 31 March 2026"."""
    if kind == "restore":
        return say("roles.what.restore", name=name)
    if until is None:
        return say("roles.what.grant", role=notices.role_name(role), name=name)
    return say("roles.what.grant_until", role=notices.role_name(role), name=name, day=last_day(services, until))


def last_day(services: Services, until: datetime) -> str:
    """The last whole day before a moment, as people write it: "Tuesday 31 March 2026"."""
    day = (until - timedelta(seconds=1)).astimezone(services.zone)
    return f"{day:%A} {day.day} {day:%B %Y}"


async def ask(turn: Turn, desk: Desk, wish: Wish) -> None:
    """Write the request down and put it to everybody who may confirm it."""
    services, asker, person = turn.services, turn.person.id or 0, wish.person
    waiting = select(RoleRequest).where(
        col(RoleRequest.kind) == wish.kind,
        col(RoleRequest.person_id) == person.person_id,
        col(RoleRequest.role) == wish.role,
        col(RoleRequest.answered).is_(None),
        col(RoleRequest.asked) > desk.now - LASTS,
    )
    standing = (await desk.session.execute(waiting.limit(1))).scalar_one_or_none()
    if standing is not None:
        turn.confide(desk, plain(say("roles.request.waits", number=standing.id)))
        return
    others = await holders(desk.session, services, TABLE[ACTIONS[wish.kind]])
    seconds = frozenset(others) - {asker, person.person_id}
    if not seconds:
        turn.confide(desk, plain(say("roles.request.nobody_grant" if wish.role else "roles.request.nobody_restore")))
        return
    row = RoleRequest(
        kind=wish.kind, person_id=person.person_id, role=wish.role, until=wish.until, asked=desk.now, asked_by=asker
    )
    desk.session.add(row)
    await desk.session.flush()
    change = what(services, wish.kind, wish.role, person.name, wish.until)
    details: dict[str, str | int | None] = {"kind": wish.kind, "role": wish.role, "request": row.id}
    notices.note(turn, desk, "role_asked", person.person_id, person.name, **details)
    turn.confide(desk, plain(say("roles.request.asked", what=change, number=row.id)))
    text = say("roles.request.ask", who=turn.person.name, what=change, number=row.id)
    await notices.ask(desk, services, row.id or 0, text, seconds)


async def answered(turn: Turn, number: int, vote: Vote) -> Commit:
    """✅ or ❌ to a request, by reaction, button or typed."""
    if vote not in {Vote.APPROVE, Vote.REJECT}:
        return nothing

    async def commit(desk: Desk) -> None:
        row = await desk.session.get(RoleRequest, number, with_for_update=True)
        refusal = await _refusal(turn, desk, row, vote)
        if refusal or row is None:
            turn.confide(desk, plain(refusal))
            return
        row.answered, row.answered_by = desk.now, turn.person.id
        name = await name_of(desk.session, turn.services, row.person_id)
        if vote is Vote.REJECT:
            notices.note(turn, desk, "role_refused", row.person_id, name, request=number)
            await _told(turn, desk, row, name, done=False)
        elif row.kind == "restore":
            await _restore(turn, desk, row, name)
        else:
            await _grant(turn, desk, row, name)

    return commit


async def _refusal(turn: Turn, desk: Desk, row: RoleRequest | None, vote: Vote) -> str:
    """Why this answer changes nothing; empty when it does. Roles are looked at in this very transaction."""
    if row is None:
        return say("roles.request.no_such")
    if row.answered is not None:
        return say("roles.request.answered_already", number=row.id)
    if row.asked <= desk.now - LASTS:
        return say("roles.request.ran_out", number=row.id)
    allowed = await holders(desk.session, turn.services, TABLE[ACTIONS[row.kind]])
    if turn.person.id not in allowed:
        return say("roles.request.not_yours_grant" if row.role else "roles.request.not_yours_restore")
    if vote is Vote.REJECT:
        return ""
    if turn.person.id == row.asked_by:
        return say("roles.request.second")
    if turn.person.id == row.person_id:
        return say("roles.request.concerned")
    if row.asked_by not in allowed:
        return say("roles.request.asker_lost")
    return await _too_late(desk, turn.services, row)


async def _too_late(desk: Desk, services: Services, row: RoleRequest) -> str:
    """Whether what was asked for has become pointless meanwhile, and why."""
    person = await people.by_id(desk.session, row.person_id, today(services))
    if person is None or not person.active:
        return say("roles.request.gone")
    if row.until is not None and row.until <= desk.now:
        return say("roles.grant.over", day=last_day(services, row.until))
    return ""


async def _restore(turn: Turn, desk: Desk, row: RoleRequest, name: str) -> None:
    suspension = await desk.session.get(Suspension, row.person_id)
    if suspension is None:
        turn.confide(desk, plain(say("roles.restore.not_suspended", name=name)))
        return
    await desk.session.delete(suspension)
    _evidence(turn, desk, row, name, "restored")
    await _told(turn, desk, row, name, done=True)
    await notices.tell(desk, turn.services, row.person_id, say("roles.restore.you"))


async def _grant(turn: Turn, desk: Desk, row: RoleRequest, name: str) -> None:
    grant = await desk.session.get(RoleGrant, (row.person_id, row.role))
    if grant is None:
        grant = RoleGrant(person_id=row.person_id, role=row.role, granted=desk.now)
        desk.session.add(grant)
    grant.granted, grant.expires = desk.now, row.until
    _evidence(turn, desk, row, name, "role_granted")
    await _told(turn, desk, row, name, done=True)
    change = what(turn.services, row.kind, row.role, name, row.until)
    await notices.tell(desk, turn.services, row.person_id, say("roles.granted.you", what=change))


def _evidence(turn: Turn, desk: Desk, row: RoleRequest, name: str, action: str) -> None:
    details: dict[str, str | int | None] = {
        "request": row.id,
        "role": row.role,
        "until": row.until.isoformat() if row.until else None,
        "asked_by": turn.services.keys.pseudonym(f"person:{row.asked_by}"),
    }
    notices.note(turn, desk, action, row.person_id, name, **details)


async def _told(turn: Turn, desk: Desk, row: RoleRequest, name: str, *, done: bool) -> None:
    """Tell both who decided it, and show it."""
    services = turn.services
    change = what(services, row.kind, row.role, name, row.until)
    asker = await name_of(desk.session, services, row.asked_by)
    code = "roles.request.done" if done else "roles.request.refused"
    text = say(code, what=change, who=turn.person.name, asker=asker, number=row.id)
    both = frozenset({turn.person.id or 0, row.asked_by})
    turn.confide(desk, plain(text))
    if row.asked_by != turn.person.id:
        await notices.tell(desk, services, row.asked_by, text)
    await notices.show(desk, services, text, but=both)


async def give_up_old(services: Services) -> bool:
    """Close requests that nobody confirmed in time, and tell who asked. True when there was one."""
    overdue = select(RoleRequest).where(
        col(RoleRequest.answered).is_(None), col(RoleRequest.asked) <= services.clock() - LASTS
    )
    async with services.database.reading() as session:
        numbers = [row.id or 0 for row in (await session.execute(overdue)).scalars()]
    for number in numbers:
        async with opened(services, f"role-over/{number}") as desk:
            row = await desk.session.get(RoleRequest, number, with_for_update=True)
            if row is not None and row.answered is None:
                row.answered = desk.now
                await _ran_out(services, desk, row)
    return bool(numbers)


async def _ran_out(services: Services, desk: Desk, row: RoleRequest) -> None:
    name = await name_of(desk.session, services, row.person_id)
    subject = notices.subject_of(services, row.person_id)
    desk.record(Entry("role_request_over", subject, "", {"request": row.id, "role": row.role}, {"person": name}))
    change = what(services, row.kind, row.role, name, row.until)
    text = say("roles.request.over", what=change, number=row.id)
    await notices.tell(desk, services, row.asked_by, text)
    await notices.show(desk, services, text, but=frozenset({row.asked_by}))
