"""From an account in chat to a person of the organisation; everybody doubtful is an outsider."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.errors import Refused
from adapters.events import AccountRef, Profile
from bot.access import Role, Suspension, roles_of
from bot.services import Services
from directory.models import Account, DirectoryState, PersonRecord

GENERATION = select(col(DirectoryState.generation)).where(col(DirectoryState.id) == 1).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the bot knows them now. `id` is None for outsiders, who have no roles.

    Nor has anybody a role, not even `staff`, who is `suspended` (since when).
    """

    account: AccountRef
    name: str
    id: int | None = None
    roles: frozenset[Role] = frozenset()
    suspended: datetime | None = None

    @property
    def key(self) -> str:
        """The stable id that the protocol and the audit use; outsiders go by their account."""
        return f"person:{self.id}" if self.id is not None else f"account:{self.account}"


async def observe(services: Services, account: AccountRef) -> Profile | None:
    """What the platform says about an account now, or None when it does not know it. Raises `AdapterError`."""
    try:
        return await services.chat(account.platform).profile(account)
    except Refused:
        return None


def trusted(profile: Profile | None) -> bool:
    """Whether the platform vouches for a member of the organisation: no guest, outsider, bot or closed account."""
    return profile is not None and profile.active and not (profile.guest or profile.external or profile.bot)


async def identify(session: AsyncSession, services: Services, account: AccountRef, profile: Profile | None) -> Person:
    """The person behind an account, with the roles held now."""
    name = profile.name if profile else account.id
    if not trusted(profile):
        return Person(account, name)
    now = services.clock()
    record, suspended = await _record(session, account, now.astimezone(services.zone).date())
    if record is None:
        return Person(account, name)
    if suspended is not None:
        return Person(account, record.name, record.person_id, suspended=suspended)
    return Person(account, record.name, record.person_id, await _roles(session, services, account, record, now))


async def _roles(
    session: AsyncSession, services: Services, account: AccountRef, record: PersonRecord, now: datetime
) -> frozenset[Role]:
    roles = await roles_of(session, record.person_id, now) | {Role.STAFF}
    return roles | {Role.ADMIN} if str(account) in services.settings.access.admins else roles


def _holds() -> tuple[ColumnElement[bool], ...]:
    """Account links of the directory as it is read now."""
    return (
        col(Account.platform) == bindparam("platform"),
        col(Account.since) <= GENERATION,
        or_(col(Account.until).is_(None), col(Account.until) > GENERATION),
    )


def _present() -> tuple[ColumnElement[bool], ...]:
    """Current records of people who have not left."""
    return (
        col(PersonRecord.since) <= GENERATION,
        or_(col(PersonRecord.until).is_(None), col(PersonRecord.until) > GENERATION),
        col(PersonRecord.left).is_(False),
        or_(col(PersonRecord.leaving_date).is_(None), col(PersonRecord.leaving_date) >= bindparam("today")),
    )


# Built once: putting a statement together costs more than running it, and these are asked for all the time.
PRESENT = select(col(PersonRecord.person_id)).where(*_present(), col(PersonRecord.person_id) == bindparam("person"))
RECORD = (
    select(PersonRecord, col(Suspension.at))
    .join(Account, col(Account.person_id) == col(PersonRecord.person_id))
    .outerjoin(Suspension, col(Suspension.person_id) == col(PersonRecord.person_id))
    .where(
        *_holds(),
        *_present(),
        col(Account.account) == bindparam("account"),
    )
)


async def is_here(session: AsyncSession, person: int, today: date) -> bool:
    """Whether somebody is in the directory and has not left."""
    return (await session.execute(PRESENT, {"person": person, "today": today})).first() is not None


async def _record(
    session: AsyncSession, account: AccountRef, today: date
) -> tuple[PersonRecord | None, datetime | None]:
    """The current record of whoever holds an account, unless that person has left; and since when suspended."""
    values = {"platform": account.platform, "account": account.id, "today": today}
    row = (await session.execute(RECORD, values)).first()
    return (None, None) if row is None else (row[0], row[1])
