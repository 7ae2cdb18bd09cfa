"""Who holds a role now, and how they are reached."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import AccountRef
from bot.access import Role, RoleGrant, Suspension, grants_that_hold
from bot.services import Services
from directory import people


async def holders(session: AsyncSession, services: Services, roles: Iterable[Role]) -> list[int]:
    """Everybody who was granted one of `roles` and holds it now: in the directory, not gone, not suspended."""
    now = services.clock()
    wanted = col(RoleGrant.role).in_([role.value for role in roles])
    granted = {grant.person_id for grant in (await session.execute(grants_that_hold(now).where(wanted))).scalars()}
    suspended = frozenset((await session.execute(select(col(Suspension.person_id)))).scalars())
    today = now.astimezone(services.zone).date()
    found = [await people.by_id(session, one, today) for one in sorted(granted - suspended)]
    return [one.person_id for one in found if one and one.active]


async def accounts(session: AsyncSession, services: Services, person: int) -> list[AccountRef]:
    """A person's accounts on the platforms that are switched on."""
    known = await people.accounts_of(session, person)
    return [AccountRef(platform, account) for platform, account in known if platform in services.chats]
