"""People from skills: by level, then by how fresh it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Integer, Select, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import privacy
from directory.answers import Contact, Match, Nobody, Why
from directory.deciding import Chosen
from directory.matching import Scored
from directory.models import PersonRecord, PersonSkill
from directory.narrowing import Narrowing, works_on
from directory.people import CONTACT_COLUMNS, contacts

EVERYBODY = Narrowing()
SENIOR = ("senior", "lead", "head", "manager", "principal", "chief", "director", "consultant", "sister", "matron")
SPREAD, TURNS = 37, 97  # primes: people are scattered, and another is first each day
LOOKED_AT = 4  # rows read for each person wanted: somebody may hold several of the labels


async def matches(
    session: AsyncSession,
    chosen: Chosen,
    repaired: Sequence[tuple[str, str]],
    generation: int,
    today: date,
    limit: int,
    wanted: Narrowing = EVERYBODY,
) -> tuple[tuple[Match, ...], int]:
    """At most `limit` people, best first, and how many there are in all."""
    near = {hit.label.id: hit for hit in chosen.together}
    values = {"generation": generation, "today": today, "near": list(near)}
    ranked, counted = RANKED, COUNTED
    for condition in _conditions(wanted):
        ranked, counted = ranked.where(condition), counted.where(condition)
    total = (await session.execute(counted, values)).scalar_one()
    nearest = [hit.label.id for hit in chosen.as_one]
    most = (wanted.after + limit) * LOOKED_AT
    rows = await session.execute(
        ranked, {**values, "nearest": nearest, "most": most, "turn": today.toordinal() % TURNS}
    )
    found: dict[int, Match] = {}
    for label, level, reviewed, expires, *contact in rows:
        one = Contact(*contact)
        hit = near[label]
        found.setdefault(one.person_id, Match(one, hit.label.text, level, reviewed, expires, _why(hit, repaired)))
    people = list(found.values())
    if wanted.day is not None:  # whoever is not at work that day comes last; who does not say so in between
        people.sort(key=lambda one: _AT_WORK[works_on(one.person.working_days, wanted.day or 0)])
    return tuple(people)[wanted.after : wanted.after + limit], total


async def as_wanted(
    session: AsyncSession,
    chosen: Chosen,
    repaired: Sequence[tuple[str, str]],
    generation: int,
    today: date,
    limit: int,
    wanted: Narrowing,
) -> tuple[str, tuple[Match, ...], int]:
    """Those who are wanted; else anybody there (`senior`); else anybody (`place`): what was given up comes first."""
    tries = [("", wanted)]
    if wanted.senior:
        tries.append(("senior", replace(wanted, senior=False)))
    if wanted.spot:
        tries.append(("place", replace(wanted, spot=None, senior=False)))
    for given_up, those in tries:
        found, total = await matches(session, chosen, repaired, generation, today, limit, those)
        if total:
            return given_up, found, total
    return "", (), 0


_AT_WORK = {True: 0, None: 1, False: 2}


async def with_team(
    session: AsyncSession, nobody: Nobody, labels: Sequence[Scored], generation: int, today: date
) -> Nobody:
    """Where the nearest that is listed is at home, and who manages that."""
    near = [hit for hit in labels if hit.label.text in nobody.nearest[:1]]
    if not near:
        return nobody
    found, _ = await matches(session, Chosen(tuple(near), tuple(near), tuple(near)), (), generation, today, 1)
    if not found or not (found[0].person.team or found[0].person.service):
        return nobody
    one = found[0].person
    boss: list[Contact] = []
    if one.manager_email:
        boss = await contacts(session, generation, today, col(PersonRecord.email) == one.manager_email, 1)
    return replace(nobody, team=one.team or one.service, manager=boss[0] if boss else None)


def _conditions(wanted: Narrowing) -> list[ColumnElement[bool]]:
    """What a record must be like."""
    found: list[ColumnElement[bool]] = []
    if wanted.spot:
        found.append(col(getattr(PersonRecord, wanted.spot.field)).in_(wanted.spot.spellings))
    if wanted.senior:
        title = func.lower(func.coalesce(col(PersonRecord.job_title), ""))
        found.append(or_(*(title.like(f"%{word}%") for word in SENIOR)))
    return found


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
        # Equals take turns, another each day, so that the same name is not always the first.
        (col(PersonRecord.person_id) * SPREAD + bindparam("turn", type_=Integer)) % TURNS,
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
