"""Who holds a role now, and how they are reached."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import AccountRef
from bot.access import Role, Suspension, grants_that_hold
from bot.services import Services, account_ref
from directory import people


async def holders(session: AsyncSession, services: Services, roles: Iterable[Role]) -> dict[int, str]:
    """Everybody who holds one of `roles` now, by name: in the directory, not gone, not suspended."""
    wanted, now = frozenset(roles), services.clock()
    granted = await session.execute(grants_that_hold(now))
    found = {grant.person_id for grant in granted.scalars() if grant.role in wanted}
    if Role.ADMIN in wanted:
        found |= await named_in_settings(session, services)
    suspended = frozenset((await session.execute(select(col(Suspension.person_id)))).scalars())
    today = now.astimezone(services.zone).date()
    active = [await people.by_id(session, one, today) for one in sorted(found - suspended)]
    return {one.person_id: one.name for one in active if one and one.active}


async def named_in_settings(session: AsyncSession, services: Services) -> set[int]:
    """The people behind the accounts that the settings name as admins."""
    refs = [account_ref(text) for text in services.settings.access.admins]
    today = services.clock().astimezone(services.zone).date()
    found = [await people.by_account(session, one.platform, one.id, today) for one in refs]
    return {one.person_id for one in found if one}


async def accounts(session: AsyncSession, services: Services, person: int) -> list[AccountRef]:
    """A person's accounts on the platforms that are switched on."""
    known = await people.accounts_of(session, person)
    return [AccountRef(platform, account) for platform, account in known if platform in services.chats]
