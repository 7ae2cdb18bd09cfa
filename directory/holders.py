"""People from skills: by level, then by how fresh it is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Integer, Select, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import privacy
from directory.answers import Contact, Match, Why
from directory.deciding import Chosen
from directory.matching import Scored
from directory.models import PersonRecord, PersonSkill
from directory.people import CONTACT_COLUMNS

LOOKED_AT = 4  # rows read for each person wanted: somebody may hold several of the labels


async def matches(
    session: AsyncSession,
    chosen: Chosen,
    repaired: Sequence[tuple[str, str]],
    generation: int,
    today: date,
    limit: int,
) -> tuple[tuple[Match, ...], int]:
    """At most `limit` people, best first, and how many there are in all."""
    near = {hit.label.id: hit for hit in chosen.together}
    values = {"generation": generation, "today": today, "near": list(near)}
    total = (await session.execute(COUNTED, values)).scalar_one()
    nearest = [hit.label.id for hit in chosen.as_one]
    rows = await session.execute(RANKED, {**values, "nearest": nearest, "most": limit * LOOKED_AT})
    found: dict[int, Match] = {}
    for label, level, reviewed, expires, *contact in rows:
        one = Contact(*contact)
        hit = near[label]
        found.setdefault(one.person_id, Match(one, hit.label.text, level, reviewed, expires, _why(hit, repaired)))
    return tuple(found.values())[:limit], total


def _why(hit: Scored, repaired: Sequence[tuple[str, str]]) -> Why:
    if hit.code == "repaired" and repaired:
        return Why(hit.code, {"typed": repaired[0][0], "read": repaired[0][1]})
    return Why(hit.code, {"through": hit.through} if hit.through else {})


def _holders() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """How people and skills belong together, and who of them is seen."""
    today: BindParameter[date] = bindparam("today", type_=Date)
    generation: BindParameter[int] = bindparam("generation", type_=Integer)
    near = col(PersonSkill.label_id).in_(bindparam("near", expanding=True))
    return col(PersonRecord.id) == col(PersonSkill.record_id), privacy.visible(generation, today) & near


def _ranked() -> Select[Any]:
    joined, seen = _holders()
    reviewed = func.coalesce(col(PersonSkill.reviewed), col(PersonRecord.last_reviewed))
    order = (
        case((col(PersonSkill.expires) < bindparam("today"), 1), else_=0),
        case((col(PersonSkill.label_id).in_(bindparam("nearest", expanding=True)), 0), else_=1),
        func.coalesce(col(PersonSkill.level), 0).desc(),
        func.coalesce(reviewed, date.min).desc(),
        col(PersonRecord.name),
        col(PersonRecord.id),
    )
    found = (col(PersonSkill.label_id), col(PersonSkill.level), reviewed, col(PersonSkill.expires), *CONTACT_COLUMNS)
    ranked: Select[Any] = select(*found).join(PersonSkill, joined).where(seen).order_by(*order)
    return ranked.limit(bindparam("most", type_=Integer))


def _counted() -> Select[int]:
    joined, seen = _holders()
    return select(func.count(col(PersonRecord.person_id).distinct())).join(PersonSkill, joined).where(seen)


# Built once: putting a statement together costs more than running it.
RANKED, COUNTED = _ranked(), _counted()
