"""Who is meant, who holds a role now, and how they are reached."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.access import RoleGrant, grants_that_hold
from bot.people import describe_person, short, today
from bot.services import Services, account_ref
from bot.turn import Turn
from bot.wording import say
from directory import people
from directory.answers import OnePerson, SeveralPeople
from directory.people import Staff
from directory.search import Finder

MYSELF = frozenset({"me", "myself"})


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody, or more than one, could be meant; `told` says so and what to do."""

    told: str


async def meant(turn: Turn, finder: Finder, name: str) -> Staff | Unclear:
    """The active person of the directory whom a name, an e-mail address, an account or "me" means."""
    name = name.strip().rstrip(".?!,").strip("“”\"'")
    if not name:
        return Unclear(say("roles.who"))
    async with turn.services.database.reading() as session:
        if name.casefold() in MYSELF:
            found = await people.by_id(session, turn.person.id or 0, today(turn.services))
        elif ":" in name:
            account = account_ref(name)
            found = await people.by_account(session, account.platform.casefold(), account.id, today(turn.services))
        else:
            return await _listed(session, turn.services, finder, name)
    return found if found and found.active else Unclear(say("roles.no_account", name=short(name)))


async def _listed(session: AsyncSession, services: Services, finder: Finder, name: str) -> Staff | Unclear:
    found = await finder.who_is(session, name, today(services))
    if isinstance(found, OnePerson):
        one = found.person
        return Staff(one.person_id, one.name, one.email, active=True)
    if isinstance(found, SeveralPeople):
        lines = [
            say("roles.one_of", name=one.name, address=one.email or say("roles.no_address")) for one in found.people
        ]
        return Unclear("\n".join([say("roles.several", count=found.total), *lines]))
    return Unclear(describe_person(found))


async def granted_to(session: AsyncSession, services: Services, person: int) -> dict[str, RoleGrant]:
    """The grants of a person that hold now, whether suspended or not."""
    query = grants_that_hold(services.clock()).where(col(RoleGrant.person_id) == person)
    return {grant.role: grant for grant in (await session.execute(query)).scalars()}


async def name_of(session: AsyncSession, services: Services, person: int) -> str:
    """The name a person goes by; somebody erased has none."""
    found = await people.by_id(session, person, today(services))
    return found.name if found else say("roles.unknown_person")
