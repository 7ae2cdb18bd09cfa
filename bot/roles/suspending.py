"""`suspend` and `restore`: an account that may be in wrong hands is stopped by one and trusted again by two."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.access import Action, RoleRequest, Suspension, may
from bot.announcements.standing import act_of, void_votes
from bot.announcements.tables import ToldRow
from bot.desk import Commit, Desk
from bot.roles import notices, requests
from bot.roles.who import Unclear, meant
from bot.turn import Turn, plain, privately
from bot.wording import say
from config.database import insert_for
from directory.people import Staff
from directory.search import Finder

ONE_IN = timedelta(hours=1)
"""How often somebody who is neither in communications nor an admin may suspend a colleague."""


async def suspend(turn: Turn, finder: Finder, name: str) -> Commit:
    """Stop somebody at once: no roles, and no vote that still could count."""
    who = await meant(turn, finder, name)
    if isinstance(who, Unclear):
        return privately(turn, who.told)

    async def commit(desk: Desk) -> None:
        if await _too_many(turn, desk, who):
            turn.confide(desk, plain(say("roles.suspend.too_many")))
            return
        new = insert_for(desk.session)(Suspension).values(person_id=who.person_id, at=desk.now, by=turn.person.id)
        if not getattr(await desk.session.execute(new.on_conflict_do_nothing()), "rowcount", 0):
            turn.confide(desk, plain(say("roles.suspend.already", name=who.name)))
            return
        await _stop(turn, desk, who)

    return commit


async def _too_many(turn: Turn, desk: Desk, who: Staff) -> bool:
    """Whether an ordinary colleague has suspended somebody within the hour; oneself is always possible."""
    if may(turn.person.roles, Action.RESTORE) or who.person_id == turn.person.id:
        return False
    recent = select(func.count()).where(
        col(Suspension.by) == turn.person.id,
        col(Suspension.person_id) != turn.person.id,
        col(Suspension.at) > desk.now - ONE_IN,
    )
    return (await desk.session.execute(recent)).scalar_one() > 0


async def _stop(turn: Turn, desk: Desk, who: Staff) -> None:
    services = turn.services
    notices.note(turn, desk, "suspended", who.person_id, who.name)
    asked = update(RoleRequest).where(col(RoleRequest.asked_by) == who.person_id, col(RoleRequest.answered).is_(None))
    await desk.session.execute(asked.values(answered=desk.now))  # nothing that account asked for is granted later
    await void_votes(desk, who.person_id, act_of(turn.person))
    names = {"name": who.name, "who": turn.person.name}
    own = who.person_id == turn.person.id
    if not own:
        turn.confide(desk, plain(say("roles.suspend.done", name=who.name)))
    await notices.tell(desk, services, who.person_id, say("roles.suspend.own" if own else "roles.suspend.you", **names))
    shown = say("roles.suspend.shown_own" if own else "roles.suspend.shown", **names)
    await notices.show(desk, services, shown, but=frozenset({turn.person.id or 0, who.person_id}))


async def restore(turn: Turn, finder: Finder, name: str) -> Commit:
    """Ask for the end of a suspension; a second person must agree."""
    who = await meant(turn, finder, name)
    if isinstance(who, Unclear):
        return privately(turn, who.told)

    async def commit(desk: Desk) -> None:
        if await desk.session.get(Suspension, who.person_id) is None:
            turn.confide(desk, plain(say("roles.restore.not_suspended", name=who.name)))
            return
        await requests.ask(turn, desk, requests.Wish("restore", who))

    return commit


def told_once(turn: Turn) -> Commit:
    """What a suspended person hears, once for each suspension and account; then silence."""
    topic = f"suspended/{turn.person.suspended}"

    async def commit(desk: Desk) -> None:
        told = {"account": str(turn.person.account), "topic": topic}
        insert = insert_for(desk.session)(ToldRow).values(**told, at=desk.now).on_conflict_do_nothing()
        if getattr(await desk.session.execute(insert), "rowcount", 0):
            turn.confide(desk, plain(say("roles.suspended")))

    return commit
