"""A question in, colleagues with reasons out; or a choice, or an honest nobody.

Skills first, then the people who hold them: by level, then by how fresh the level is. Only visible people
and the labels they hold are ever looked at.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import BindParameter, ColumnElement, Date, Integer, Select, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import people, privacy, question
from directory.answers import (
    Answer,
    Choose,
    Contact,
    Found,
    Held,
    Match,
    Nobody,
    NoSuchPerson,
    NoSuchTeam,
    NotAQuestion,
    OnePerson,
    OneTeam,
    SeveralPeople,
    SkillHit,
    Why,
)
from directory.lexical import Hits, Scored, SkillIndex
from directory.models import DirectoryState, PersonRecord, PersonSkill, SkillLabel
from directory.people import CONTACT_COLUMNS
from directory.teams import TeamIndex
from directory.vocabulary import edits_allowed, normal, words

LIMIT = 5
LONGEST_NAME = 100
SKILLS_SHOWN = 5
OPTIONS = 4
# Labels this near to the best one are answered together; nearer still, people are ranked as if they were one.
TOGETHER = 0.8
AS_ONE = 0.95
MANY_SENSES = 3


class Finder:
    """Answers questions; keeps one index of the visible skills in memory, rebuilt when the directory changes."""

    def __init__(self) -> None:
        """Start empty; the first question builds the index."""
        self._key: tuple[int, date] | None = None
        self._skills = SkillIndex(())
        self._teams = TeamIndex(())
        self._building = asyncio.Lock()

    async def answer(self, session: AsyncSession, text: str, today: date, limit: int = LIMIT) -> Found:
        """Who knows about what `text` asks for; at most `limit` people."""
        asked = question.read(text)
        if isinstance(asked, NotAQuestion):
            return asked
        state = await self._fresh(session, today)
        hits = self._skills.search(asked)
        if not hits.good:
            return Nobody(asked.topic, _names(hits.weak), hits.repaired)
        if options := _senses(asked, hits):
            return Choose(asked.topic, _skill_hits(options), hits.repaired)
        return await self._people(session, asked.topic, hits, state, today, limit)

    async def _fresh(self, session: AsyncSession, today: date) -> DirectoryState:
        """The state that is read, with the index that belongs to it."""
        state = await privacy.state(session)
        if self._key != (state.revision, today):
            async with self._building:
                if self._key != (state.revision, today):
                    await self._build(session, state, today)
        return state

    async def _build(self, session: AsyncSession, state: DirectoryState, today: date) -> None:
        seen = privacy.visible(state.generation, today)
        held = select(col(PersonSkill.label_id)).join(PersonRecord, col(PersonRecord.id) == col(PersonSkill.record_id))
        held = held.where(seen, col(PersonSkill.label_id) == col(SkillLabel.id))
        wanted = select(col(SkillLabel.id), col(SkillLabel.label), col(SkillLabel.skill_id)).where(held.exists())
        labels = (await session.execute(wanted.order_by(col(SkillLabel.id)))).all()
        teams = select(col(PersonRecord.team), col(PersonRecord.service)).where(seen).distinct()
        places = (await session.execute(teams)).all()
        # Stems and weights of ten thousand labels take a while: the loop goes on meanwhile.
        self._skills = await asyncio.to_thread(SkillIndex, labels)
        self._teams = await asyncio.to_thread(TeamIndex, places)
        self._key = (state.revision, today)

    async def _people(
        self, session: AsyncSession, topic: str, hits: Hits, state: DirectoryState, today: date, limit: int
    ) -> Answer:
        best = hits.good[0].score
        near = {hit.label.id: hit for hit in hits.good if hit.score >= TOGETHER * best}
        nearest = [number for number, hit in near.items() if hit.score >= AS_ONE * best]
        values = {"generation": state.generation, "today": today, "near": list(near)}
        total = (await session.execute(COUNTED, values)).scalar_one()
        rows = await session.execute(RANKED, {**values, "nearest": nearest, "most": limit * 4})
        matches: dict[int, Match] = {}
        for label, level, reviewed, expires, *contact in rows:
            one = Contact(*contact)
            matches.setdefault(one.person_id, _match(one, near[label], level, reviewed, expires, hits))
        return Answer(topic, _skill_hits(hits.good), tuple(matches.values())[:limit], total, hits.repaired)

    async def who_is(
        self, session: AsyncSession, name: str, today: date, limit: int = LIMIT
    ) -> OnePerson | SeveralPeople | NoSuchPerson:
        """The visible person called `name` (case, accents and apostrophes do not matter), or with that address."""
        state = await privacy.state(session)
        name = name[:LONGEST_NAME]
        key = normal(name)
        conditions = [col(PersonRecord.name_key) == key, people.bears(words(key))]
        if "@" in name:
            conditions = [col(PersonRecord.email) == name.strip().lower()]
        for condition in conditions if key else ():
            found = await people.contacts(session, state.generation, today, condition, max(limit, 2))
            if len(found) == 1:
                return await _one_person(session, state, found[0], today)
            if found:
                return SeveralPeople(
                    tuple(found[:limit]), await people.count(session, state.generation, today, condition)
                )
        return NoSuchPerson(name, await _names_like(session, key, state, today))

    async def team(self, session: AsyncSession, name: str, today: date, limit: int = 20) -> OneTeam | NoSuchTeam:
        """The team or service called `name`, with its visible people."""
        state = await self._fresh(session, today)
        name = name[:LONGEST_NAME]
        found = self._teams.find(name)
        if found is None:
            return NoSuchTeam(name, self._teams.nearest(name))
        column = col(PersonRecord.team) if found.kind == "team" else col(PersonRecord.service)
        condition = column.in_(found.spellings)
        members = await people.contacts(session, state.generation, today, condition, limit)
        total = await people.count(session, state.generation, today, condition)
        return OneTeam(found.name, found.kind, found.service, tuple(members), total)


def _senses(asked: question.Asked, hits: Hits) -> tuple[Scored, ...]:
    """The options, when one word fits several different skills equally: "planning"."""
    best = hits.good[0]
    if best.code == "exact" or len(asked.words) > 1:
        return ()
    rivals = [hit for hit in hits.good if hit.score >= TOGETHER * best.score and hit.evidence == best.evidence]
    skills = {hit.label.skill: hit for hit in reversed(rivals)}
    return tuple(rivals[:OPTIONS]) if len(skills) >= MANY_SENSES else ()


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


def _match(
    one: Contact, hit: Scored, level: int | None, reviewed: date | None, expires: date | None, hits: Hits
) -> Match:
    params = {}
    if hit.code == "repaired":
        params = {"typed": hits.repaired[0][0], "read": hits.repaired[0][1]}
    return Match(one, hit.label.text, level, reviewed, expires, Why(hit.code, params))


def _skill_hits(hits: Sequence[Scored]) -> tuple[SkillHit, ...]:
    return tuple(SkillHit(hit.label.text, round(hit.score, 3)) for hit in hits[:SKILLS_SHOWN])


def _names(hits: Sequence[Scored]) -> tuple[str, ...]:
    return tuple(hit.label.text for hit in hits[:3])


async def _one_person(session: AsyncSession, state: DirectoryState, one: Contact, today: date) -> OnePerson:
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


async def _names_like(session: AsyncSession, key: str, state: DirectoryState, today: date) -> tuple[str, ...]:
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
