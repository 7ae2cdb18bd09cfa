"""Who may be seen, in one place; and who stays out, over every load and undo, without keeping her name."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory.models import Account, DirectoryState, FormerPerson, Person, PersonRecord, PersonSkill, Suppression

OPTED_OUT = "opted_out"
ERASED = "erased"

Generation = int | BindParameter[int]
"""A generation, or its place in a statement that is built once and used again."""


def current(table: type[PersonRecord] | type[Account], generation: Generation) -> ColumnElement[bool]:
    """The rows that hold in `generation`, visible or not."""
    return (col(table.since) <= generation) & or_(col(table.until).is_(None), col(table.until) > generation)


def visible(generation: Generation, today: date | BindParameter[date]) -> ColumnElement[bool]:
    """The one rule: records in `generation` of people who are here, may be contacted and did not opt out."""
    hidden = select(col(Person.id)).where(col(Person.hidden))
    return (
        current(PersonRecord, generation)
        & ~col(PersonRecord.left)
        & or_(col(PersonRecord.leaving_date).is_(None), col(PersonRecord.leaving_date) >= today)
        & col(PersonRecord.contactable)
        & col(PersonRecord.person_id).not_in(hidden)
    )


async def state(session: AsyncSession) -> DirectoryState:
    """Which generation is read; a fresh, unsaved row for a directory that was never loaded."""
    found = await session.get(DirectoryState, 1)
    return found or DirectoryState(pepper=secrets.token_hex(32))


async def state_for_change(session: AsyncSession) -> DirectoryState:
    """The same row, saved if it is new and locked until the caller's transaction ends."""
    found = await session.get(DirectoryState, 1, with_for_update=True, populate_existing=True)
    if found is None:
        found = DirectoryState(pepper=secrets.token_hex(32))
        session.add(found)
        await session.flush()
    return found


def keyed(pepper: str, kind: str, value: str) -> str:
    """A keyed hash of an address (`mail`), a number (`staff`) or an account (`slack` ...); 32 hexadecimal digits."""
    return hashlib.blake2b(f"{kind}:{value}".encode(), key=pepper.encode(), digest_size=16).hexdigest()


async def suppressed(session: AsyncSession) -> dict[str, str]:
    """Hash to reason, of everybody who must stay out."""
    rows = await session.execute(select(col(Suppression.hash), col(Suppression.reason)))
    return dict(rows.all())


async def suppress(session: AsyncSession, person_id: int, reason: str, at: datetime) -> None:
    """Hide a person (`opted_out`) or erase her (`erased`), at once and over later loads and undo.

    Inside the caller's write transaction. Erasing removes her records, skills and accounts of every
    generation; what stays is hashes that only recognise her in a later file.
    """
    now = await state_for_change(session)
    known = set(await suppressed(session))
    for one in {keyed(now.pepper, kind, value) for kind, value in await _marks(session, person_id)} - known:
        session.add(Suppression(hash=one, reason=reason, at=at))
    await session.execute(update(Person).where(col(Person.id) == person_id).values(hidden=True))
    if reason == ERASED:
        await _erase(session, person_id)
    now.revision += 1
    await session.flush()


async def release(session: AsyncSession, person_id: int) -> None:
    """Let a person who opted out be found again. Inside the caller's write transaction."""
    now = await state_for_change(session)
    hashes = [keyed(now.pepper, kind, value) for kind, value in await _marks(session, person_id)]
    await session.execute(delete(Suppression).where(col(Suppression.hash).in_(hashes)))
    await session.execute(update(Person).where(col(Person.id) == person_id).values(hidden=False))
    now.revision += 1
    await session.flush()


async def _marks(session: AsyncSession, person_id: int) -> set[tuple[str, str]]:
    """What a later file could know her by: addresses, numbers and accounts of every generation."""
    marks: set[tuple[str, str]] = set()
    records = select(col(PersonRecord.email), col(PersonRecord.staff_id)).where(
        col(PersonRecord.person_id) == person_id
    )
    for email, staff_id in await session.execute(records):
        marks |= {(kind, value) for kind, value in (("mail", email), ("staff", staff_id)) if value}
    accounts = select(col(Account.platform), col(Account.account)).where(col(Account.person_id) == person_id)
    marks |= {(platform, account) for platform, account in await session.execute(accounts)}
    return marks


async def _erase(session: AsyncSession, person_id: int) -> None:
    records = select(col(PersonRecord.id)).where(col(PersonRecord.person_id) == person_id)
    steps: tuple[Any, ...] = (
        delete(PersonSkill).where(col(PersonSkill.record_id).in_(records)),
        delete(PersonRecord).where(col(PersonRecord.person_id) == person_id),
        delete(Account).where(col(Account.person_id) == person_id),
        delete(FormerPerson).where(col(FormerPerson.person_id) == person_id),
    )
    for step in steps:
        await session.execute(step)
