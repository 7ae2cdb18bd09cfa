"""Accounts and addresses of people with roles: whoever moves them could act as them, so that takes two admins."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import Content
from bot.access import TABLE, Action, RoleGrant, grants_that_hold
from bot.announcements.holders import accounts, holders, named_in_settings
from bot.announcements.standing import act_of, void_votes
from bot.audit import Entry
from bot.desk import Desk
from bot.roles import notices
from bot.roles.who import name_of
from bot.services import Services, account_ref
from bot.turn import Turn
from bot.wording import listed, say
from directory import people, privacy
from directory.models import Account, ImportBatch, PersonRecord


async def moved(session: AsyncSession, services: Services, before: int, after: int) -> frozenset[int]:
    """People with a role, suspended or not, whose e-mail or accounts differ between two generations."""
    grants = (await session.execute(grants_that_hold(services.clock()).order_by(col(RoleGrant.person_id)))).scalars()
    holding = {grant.person_id for grant in grants} | await named_in_settings(session, services)
    old = await _links(session, holding, before)
    new = await _links(session, holding, after)
    return frozenset(person for person in old if old[person] != new.get(person))


async def _links(session: AsyncSession, holding: set[int], generation: int) -> dict[int, frozenset[str]]:
    """The address and the accounts of each person as one generation has them."""
    found: dict[int, frozenset[str]] = {}
    records = select(col(PersonRecord.person_id), col(PersonRecord.email)).where(
        privacy.current(PersonRecord, generation), col(PersonRecord.person_id).in_(holding)
    )
    for person, email in await session.execute(records):
        found[person] = frozenset({f"mailto:{email}"})
    accounts = select(col(Account.person_id), col(Account.platform), col(Account.account)).where(
        privacy.current(Account, generation), col(Account.person_id).in_(holding)
    )
    for person, platform, account in await session.execute(accounts):
        found[person] = found.get(person, frozenset()) | {f"{platform}:{account}"}
    return found


async def is_own(session: AsyncSession, turn: Turn, batch: ImportBatch) -> bool:
    """Whether the person who answers is the one who brought the file, from whatever account."""
    account = account_ref(batch.by)
    who = await people.by_account(session, account.platform, account.id, turn.now.date())
    return str(turn.person.account) == batch.by or (who is not None and who.person_id == turn.person.id)


async def names_of(session: AsyncSession, services: Services, these: frozenset[int]) -> str:
    """These people as a list to read."""
    return listed(sorted([await name_of(session, services, person) for person in these]))


async def ask_others(desk: Desk, turn: Turn, batch: int, content: Content) -> bool:
    """Put a file to every other admin; False when there is none."""
    others = await holders(desk.session, turn.services, TABLE[Action.LOAD])
    others.pop(turn.person.id or 0, None)
    for person in others:
        for place, account in enumerate(await accounts(desk.session, turn.services, person)):
            desk.letters.tell(account, content, key=f"load/{batch}/{person}/{place}")
    return bool(others)


async def have_moved(desk: Desk, turn: Turn, batch: int, these: frozenset[int]) -> None:
    """What follows once links of people with roles were moved: their votes are void, and it is shown."""
    if not these:
        return
    services = turn.services
    for person in sorted(these):
        name = await name_of(desk.session, services, person)
        note = {"who": turn.person.name, "person": name}
        desk.record(Entry("links_moved", notices.subject_of(services, person), turn.person.key, {"load": batch}, note))
        await void_votes(desk, person, act_of(turn.person))
    names = await names_of(desk.session, services, these)
    await notices.show(desk, services, say("roles.links.shown", who=turn.person.name, people=names))
