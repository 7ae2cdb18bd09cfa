"""Somebody by name: her skills and manager, or names that differ by a letter or two."""

import asyncio
from collections.abc import Sequence
from datetime import date

from rapidfuzz.distance import OSA
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import people, privacy
from directory.answers import Contact, Held, OnePerson
from directory.models import DirectoryState, PersonRecord, PersonSkill, SkillLabel
from directory.vocabulary import edits_allowed, words


async def one_person(session: AsyncSession, state: DirectoryState, one: Contact, today: date) -> OnePerson:
    """What colleagues may know about somebody."""
    seen = privacy.visible(state.generation, today)
    reviewed = func.coalesce(col(PersonSkill.reviewed), col(PersonRecord.last_reviewed))
    held = select(col(SkillLabel.label), col(PersonSkill.level), reviewed, col(PersonSkill.expires))
    held = held.join(PersonSkill, col(PersonSkill.label_id) == col(SkillLabel.id))
    held = held.join(PersonRecord, col(PersonRecord.id) == col(PersonSkill.record_id))
    held = held.where(seen, col(PersonRecord.person_id) == one.person_id)
    rows = await session.execute(held.order_by(func.coalesce(col(PersonSkill.level), 0).desc(), col(SkillLabel.label)))
    bosses: list[Contact] = []
    if one.manager_email:
        is_boss = col(PersonRecord.email) == one.manager_email
        bosses = await people.contacts(session, state.generation, today, is_boss, 1)
    return OnePerson(one, tuple(Held(*row) for row in rows), bosses[0].name if bosses else None)


async def names_like(session: AsyncSession, key: str, state: DirectoryState, today: date) -> tuple[str, ...]:
    """Names of visible people in which each word asked for is within its allowed edits."""
    asked = words(key)
    if not asked or not any(edits_allowed(word) for word in asked):
        return ()
    wanted = select(col(PersonRecord.name), col(PersonRecord.name_key)).where(privacy.visible(state.generation, today))
    rows = (await session.execute(wanted.order_by(col(PersonRecord.name)))).all()
    return (await asyncio.to_thread(_near_names, asked, rows))[:3]


def _near_names(asked: list[str], rows: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    near = [
        name
        for name, key in rows
        if all(any(OSA.distance(word, part) <= edits_allowed(word) for part in key.split()) for word in asked)
    ]
    return tuple(dict.fromkeys(near))
