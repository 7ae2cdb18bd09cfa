"""A question in, colleagues with reasons out; or a choice, or an honest nobody.

Skills first, then the people who hold them: by level, then by how fresh the level is. Only visible people
and the labels they hold are ever looked at.
"""

import asyncio
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import encoder, explaining, glossary, holders, people, privacy, question
from directory.answers import (
    Answer,
    Found,
    Nobody,
    NoSuchPerson,
    NoSuchTeam,
    NotAQuestion,
    OnePerson,
    OneTeam,
    SeveralPeople,
)
from directory.deciding import Chosen, decide, told
from directory.explaining import Step
from directory.holders import EVERYBODY
from directory.matching import Label, Matcher, Ranking
from directory.models import DirectoryState, PersonRecord, PersonSkill, SkillLabel
from directory.names import names_like, one_person
from directory.narrowing import Narrowing, Spots, says_nothing_else
from directory.teams import TeamIndex
from directory.thesaurus import general
from directory.vocabulary import normal, words

LIMIT = 5
LONGEST_NAME = 100


class Finder:
    """Answers questions; keeps one index of the visible skills in memory, rebuilt when the directory changes."""

    def __init__(self, model: encoder.Encoder | None = None) -> None:
        """Start empty; the first question builds the index. Without an encoder words alone decide."""
        self._encoder = model
        self._key: tuple[int, date] | None = None
        self._matcher: Matcher | None = None
        self._teams = TeamIndex(())
        self._spots = Spots(())
        self._building = asyncio.Lock()

    def renew(self) -> None:
        """Build the index anew at the next question: there are vectors that were not there before."""
        self._key = None

    async def answer(
        self, session: AsyncSession, text: str, today: date, limit: int = LIMIT, wanted: Narrowing = EVERYBODY
    ) -> Found:
        """Who knows about what `text` asks for; at most `limit` people, of those that are `wanted`."""
        state, matcher = await self._fresh(session, today)
        cleaned, said = self._spots.read(text, today)
        asked = question.read(cleaned)
        if isinstance(asked, NotAQuestion):
            asked = question.read(text)
        if isinstance(asked, NotAQuestion):
            return asked
        wanted = replace(wanted, spot=wanted.spot or said.spot, senior=wanted.senior or said.senior)
        wanted = replace(wanted, day=said.day if wanted.day is None else wanted.day)
        # A vector takes milliseconds to make: the loop goes on meanwhile.
        ranking = await asyncio.to_thread(matcher.match, asked)
        decided = decide(asked, ranking, wanted.skipped)
        if isinstance(decided, Nobody):
            return await holders.with_team(session, decided, ranking.labels, state.generation, today)
        if not isinstance(decided, Chosen):
            return decided
        return await self._people(session, asked, ranking, decided, wanted, state, today, limit)

    async def _people(
        self,
        session: AsyncSession,
        asked: question.Asked,
        ranking: Ranking,
        chosen: Chosen,
        wanted: Narrowing,
        state: DirectoryState,
        today: date,
        limit: int,
    ) -> Answer:
        repaired = ranking.reading.repaired
        relaxed, found, total = await holders.as_wanted(
            session, chosen, repaired, state.generation, today, limit, wanted
        )
        where = wanted.spot.name if wanted.spot else ""
        skills, sense = told(chosen.considered), chosen.together[0].label.text
        return Answer(asked.topic, skills, found, total, repaired, sense, where, relaxed)

    async def explain(self, session: AsyncSession, text: str, today: date) -> list[Step]:
        """How a question is answered, step by step."""
        _, matcher = await self._fresh(session, today)
        cleaned, said = self._spots.read(text, today)
        asked = question.read(cleaned)
        if isinstance(asked, NotAQuestion):
            return [Step("not_asked", {"code": asked.code})]
        ranking = await asyncio.to_thread(matcher.match, asked)
        return explaining.steps(asked, said, ranking, decide(asked, ranking))

    async def narrowed(self, session: AsyncSession, text: str, today: date) -> Narrowing | None:
        """What a line says about the colleague alone, and nothing else: "anyone in Barnstaple?"."""
        await self._fresh(session, today)
        cleaned, said = self._spots.read(text, today)
        return said if said.asks and says_nothing_else(cleaned) else None

    async def _fresh(self, session: AsyncSession, today: date) -> tuple[DirectoryState, Matcher]:
        """The state that is read, with the index that belongs to it."""
        state = await privacy.state(session)
        if self._matcher is None or self._key != (state.revision, today):
            async with self._building:
                if self._matcher is None or self._key != (state.revision, today):
                    self._matcher = await self._build(session, state, today)
                    self._key = (state.revision, today)
        return state, self._matcher

    async def _build(self, session: AsyncSession, state: DirectoryState, today: date) -> Matcher:
        seen = privacy.visible(state.generation, today)
        held = select(col(PersonSkill.label_id)).join(PersonRecord, col(PersonRecord.id) == col(PersonSkill.record_id))
        held = held.where(seen, col(PersonSkill.label_id) == col(SkillLabel.id))
        wanted = select(col(SkillLabel.id), col(SkillLabel.label), col(SkillLabel.skill_id)).where(held.exists())
        labels = [Label(*row) for row in await session.execute(wanted.order_by(col(SkillLabel.id)))]
        at_home = select(col(PersonRecord.location), col(PersonRecord.team), col(PersonRecord.service))
        places = (await session.execute(at_home.where(seen).distinct())).all()
        meaning, right = None, frozenset[str]()
        if self._encoder:
            texts, right = [label.text for label in labels], self._encoder.words
            meaning = await encoder.part("meaning")(session, self._encoder, texts, general())
        # Stems, weights and ties of ten thousand labels take a while: the loop goes on meanwhile.
        self._teams = await asyncio.to_thread(TeamIndex, {(team, service) for _, team, service in places})
        self._spots = Spots(places)
        known = await glossary.agreed(session)
        return await asyncio.to_thread(Matcher, labels, general(), meaning, right, known)

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
                return await one_person(session, state, found[0], today)
            if found:
                return SeveralPeople(
                    tuple(found[:limit]), await people.count(session, state.generation, today, condition)
                )
        return NoSuchPerson(name, await names_like(session, key, state, today))

    async def team(self, session: AsyncSession, name: str, today: date, limit: int = 20) -> OneTeam | NoSuchTeam:
        """The team or service called `name`, with its visible people."""
        state, _ = await self._fresh(session, today)
        name = name[:LONGEST_NAME]
        found = self._teams.find(name)
        if found is None:
            return NoSuchTeam(name, self._teams.nearest(name))
        column = col(PersonRecord.team) if found.kind == "team" else col(PersonRecord.service)
        condition = column.in_(found.spellings)
        members = await people.contacts(session, state.generation, today, condition, limit)
        total = await people.count(session, state.generation, today, condition)
        return OneTeam(found.name, found.kind, found.service, tuple(members), total)
