"""People by name, by account and by team, for whoever may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import privacy
from directory.answers import Contact
from directory.models import Account, PersonRecord

CONTACT_FIELDS = ("person_id", *(name for name in Contact.__slots__ if name != "person_id"))
CONTACT_COLUMNS: tuple[Any, ...] = tuple(col(getattr(PersonRecord, name)) for name in CONTACT_FIELDS)


@dataclass(frozen=True, slots=True)
class Staff:
    """A person as the bot knows her, visible in answers or not. `active`: she has not left."""

    person_id: int
    name: str
    email: str | None
    active: bool


async def by_account(session: AsyncSession, platform: str, account: str, today: date) -> Staff | None:
    """Whose account this is, by the platform's immutable id."""
    generation = (await privacy.state(session)).generation
    owner = select(col(Account.person_id)).where(
        privacy.current(Account, generation), col(Account.platform) == platform, col(Account.account) == account
    )
    return await _staff(session, col(PersonRecord.person_id).in_(owner), generation, today)


async def by_id(session: AsyncSession, person_id: int, today: date) -> Staff | None:
    """A person by her stable id."""
    generation = (await privacy.state(session)).generation
    return await _staff(session, col(PersonRecord.person_id) == person_id, generation, today)


async def _staff(session: AsyncSession, condition: Any, generation: int, today: date) -> Staff | None:
    names = ("person_id", "name", "email", "left", "leaving_date")
    wanted = select(*(col(getattr(PersonRecord, name)) for name in names))
    row = (await session.execute(wanted.where(privacy.current(PersonRecord, generation), condition))).one_or_none()
    if row is None:
        return None
    gone = row.left or (row.leaving_date is not None and row.leaving_date < today)
    return Staff(row.person_id, row.name, row.email, not gone)


async def accounts_of(session: AsyncSession, person_id: int) -> list[tuple[str, str]]:
    """The platforms and accounts of a person."""
    generation = (await privacy.state(session)).generation
    wanted = select(col(Account.platform), col(Account.account)).where(
        privacy.current(Account, generation), col(Account.person_id) == person_id
    )
    rows = await session.execute(wanted.order_by(col(Account.platform), col(Account.account)))
    return [(platform, account) for platform, account in rows]


async def contacts(session: AsyncSession, generation: int, today: date, condition: Any, limit: int) -> list[Contact]:
    """Visible people who meet a condition, by name."""
    wanted: Select[Any] = select(*CONTACT_COLUMNS).where(privacy.visible(generation, today), condition)
    rows = await session.execute(wanted.order_by(col(PersonRecord.name), col(PersonRecord.id)).limit(limit))
    return [Contact(*row) for row in rows]


async def count(session: AsyncSession, generation: int, today: date, condition: Any) -> int:
    """How many visible people meet a condition."""
    wanted = select(func.count(col(PersonRecord.id))).where(privacy.visible(generation, today), condition)
    return (await session.execute(wanted)).scalar_one()


def bears(parts: Iterable[str]) -> Any:
    """The condition that a name holds each of these (normal) words."""
    condition: Any = True
    for part in parts:
        key = col(PersonRecord.name_key)
        found = or_(key == part, key.like(f"{part} %"), key.like(f"% {part}"), key.like(f"% {part} %"))
        condition = found if condition is True else condition & found
    return condition
