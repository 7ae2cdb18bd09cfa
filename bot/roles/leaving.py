"""Roles fall away with the person: at once they mean nothing, and after a week they are gone for good."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.access import RoleGrant
from bot.audit import Entry
from bot.desk import opened
from bot.people import today
from bot.roles import notices
from bot.roles.who import name_of
from bot.services import Services
from bot.wording import say
from directory import privacy
from directory.models import ImportBatch, PersonRecord

KEPT = timedelta(days=7)
"""How long a leaver's roles are kept: a staff file that lists the wrong people as gone can be undone meanwhile."""


async def fall_away(services: Services) -> bool:
    """Take the roles of everybody who left a week ago, so that they are not there when somebody comes back."""
    async with services.database.reading() as session:
        people = (await session.execute(select(col(RoleGrant.person_id)).distinct())).scalars().all()
        gone = [person for person in people if await _is_gone(session, services, person)]
    for person in gone:
        async with opened(services, f"left/{person}/{services.clock().isoformat()}") as desk:
            taken = delete(RoleGrant).where(col(RoleGrant.person_id) == person).returning(col(RoleGrant.role))
            roles = sorted((await desk.session.execute(taken)).scalars())
            if not roles:
                continue  # another process came first
            name = await name_of(desk.session, services, person)
            for role in roles:
                details: dict[str, str | int | None] = {"role": role, "reason": "left"}
                desk.record(Entry("role_revoked", notices.subject_of(services, person), "", details, {"person": name}))
            await notices.show(desk, services, say("roles.left", name=name))
    return bool(gone)


async def _is_gone(session: AsyncSession, services: Services, person: int) -> bool:
    generation = (await privacy.state(session)).generation
    query = select(PersonRecord).where(privacy.current(PersonRecord, generation), col(PersonRecord.person_id) == person)
    record = (await session.execute(query)).scalars().first()
    if record is None:
        return True  # erased
    if record.leaving_date is not None and record.leaving_date < today(services) - KEPT:
        return True
    told = select(col(ImportBatch.at)).where(col(ImportBatch.generation) == record.since)
    since = (await session.execute(told.limit(1))).scalar_one_or_none()
    return record.left and (since is None or since <= services.clock() - KEPT)
