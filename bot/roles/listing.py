"""`roles`: who holds what, until when, and who is suspended."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.access import Role, RoleGrant, Suspension, grants_that_hold
from bot.announcements.holders import named_in_settings
from bot.desk import Commit
from bot.people import today
from bot.roles import notices
from bot.roles.requests import last_day
from bot.roles.who import Unclear, granted_to, meant, name_of
from bot.services import Services
from bot.turn import Turn, privately
from bot.wording import listed, say
from directory import people
from directory.search import Finder


async def roles(turn: Turn, finder: Finder, name: str) -> Commit:
    """Say who holds which role, or what one person holds."""
    if name.strip():
        return await _of(turn, finder, name)
    services = turn.services
    async with services.database.reading() as session:
        holders = await _everybody(session, services)
        suspended = (await session.execute(select(col(Suspension.person_id)))).scalars().all()
        stopped = sorted([await name_of(session, services, person) for person in suspended])
    lines = [say("roles.list.role", role=notices.role_name(role), people=listed(found)) for role, found in holders]
    if stopped:
        lines.append(say("roles.list.suspended", people=listed(stopped)))
    return privately(turn, "\n".join([say("roles.list.head"), *lines, say("roles.list.how")]))


async def _everybody(session: AsyncSession, services: Services) -> list[tuple[str, list[str]]]:
    """Every role that somebody holds, in the order of the table, with its holders by name."""
    found: dict[str, list[str]] = defaultdict(list)
    for person in await named_in_settings(session, services):
        found[Role.ADMIN].append(say("roles.list.settings", name=await _named(session, services, person)))
    for grant in (await session.execute(grants_that_hold(services.clock()))).scalars():
        found[grant.role].append(_with_end(services, await _named(session, services, grant.person_id), grant))
    return [(role.value, sorted(found[role])) for role in Role if found[role]]


async def _named(session: AsyncSession, services: Services, person: int) -> str:
    """A holder's name; a role of somebody who has left means nothing, and that is said."""
    known = await people.by_id(session, person, today(services))
    if known is None or not known.active:
        return say("roles.list.left", name=known.name if known else say("roles.unknown_person"))
    return known.name


def _with_end(services: Services, words: str, grant: RoleGrant) -> str:
    if grant.expires is None:
        return words
    return say("roles.list.until", name=words, day=last_day(services, grant.expires))


async def _of(turn: Turn, finder: Finder, name: str) -> Commit:
    who = await meant(turn, finder, name)
    if isinstance(who, Unclear):
        return privately(turn, who.told)
    services = turn.services
    async with services.database.reading() as session:
        grants = await granted_to(session, services, who.person_id)
        suspended = await session.get(Suspension, who.person_id)
        by_settings = who.person_id in await named_in_settings(session, services)
    held = [say("roles.list.settings", name=notices.role_name(Role.ADMIN))] if by_settings else []
    known = [role.value for role in Role if role.value in grants]
    held += [_with_end(services, notices.role_name(role), grants[role]) for role in known]
    text = say("roles.list.of", name=who.name, roles=listed(held)) if held else say("roles.list.none", name=who.name)
    if suspended is not None:
        text += "\n" + say("roles.list.is_suspended", name=who.name)
    return privately(turn, text)
