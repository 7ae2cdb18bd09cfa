"""Writing a plan where nobody reads it yet: many short transactions, each leaving room for the inbox."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from itertools import chain, compress, repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from config.database import Database
from directory import privacy
from directory.bulk import in_pieces, insert_columns, insert_many, touched
from directory.compare import FIELDS, account_platforms, as_left, covered, marks, merged, records
from directory.models import Account, DirectoryState, FormerPerson, Person, PersonRecord, PersonSkill, Skill, SkillLabel
from directory.plans import LoadPlan, LoadRefused
from directory.rows import Row, WrittenSkill
from directory.vocabulary import normal

Progress = Callable[[int, int], None]
Columns = dict[str, Sequence[Any]]

PEOPLE_AT_ONCE = 1000
# Seconds between two transactions: twice what the last one took, within bounds. SQLite does not queue writers:
# one that waits looks again now and then, and must find the door open more often than shut.
PAUSE = (0.01, 0.1)
PAUSE_TIMES = 2

ACCOUNT_COLUMNS = ("id", "person_id", "platform", "account", "since")
LABEL = itemgetter(0)  # of a WrittenSkill


class Staging:
    """One batch being written; a later load that begins meanwhile takes over, and this one stops."""

    def __init__(self, database: Database, plan: LoadPlan, batch_id: int, generation: int) -> None:
        """Prepare to write `plan` as `generation`."""
        self._database = database
        self._plan = plan
        self._batch = batch_id
        self._generation = generation
        self._covers = covered(plan.csv_file)
        self._labels: dict[str, int] = {}
        self._next: dict[type[SQLModel], int] = {}
        self._pepper = ""
        self._suppressed: dict[str, str] = {}
        self._former: dict[str, int] = {}
        self._returned: set[int] = set()

    async def run(self, progress: Progress | None) -> None:
        """Write everything. Raises `LoadRefused("overtaken")`."""
        await self._prepare()
        await self._write_labels()
        steps, done = self._plan.steps, 0
        total = len(steps.added) + len(steps.changed) + len(steps.gone)
        for places in in_pieces(steps.added, PEOPLE_AT_ONCE):
            await self._add(places)
            done = _report(done + len(places), total, progress)
        for changes in in_pieces([*steps.changed, *((None, *one) for one in steps.gone)], PEOPLE_AT_ONCE // 4):
            await self._change(changes)
            done = _report(done + len(changes), total, progress)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        begun = time.monotonic()
        async with self._database.writing() as session:
            await hold(session, self._batch)
            yield session
        if self._database.is_sqlite:
            await asyncio.sleep(min(max(PAUSE[0], PAUSE_TIMES * (time.monotonic() - begun)), PAUSE[1]))

    async def _prepare(self) -> None:
        async with self._database.reading() as session:
            self._pepper = (await privacy.state(session)).pepper
            self._suppressed = await privacy.suppressed(session)
            former = select(col(FormerPerson.key), col(FormerPerson.person_id))
            self._former = dict((await session.execute(former)).all())
            for table in (Person, PersonRecord, Skill, SkillLabel, Account):
                self._next[table] = 1 + ((await session.execute(select(func.max(col(table.id))))).scalar_one() or 0)
            rows = await session.execute(select(col(SkillLabel.label), col(SkillLabel.id)))
            self._labels = dict(rows.all())

    def _numbers(self, table: type[SQLModel], count: int) -> range:
        first = self._next[table]
        self._next[table] = first + count
        return range(first, first + count)

    async def _write_labels(self) -> None:
        """Skills and labels that the directory does not know yet; nobody sees a label that nobody holds."""
        rows, known = self._plan.csv_file.rows, self._labels
        held = chain.from_iterable(rows[place].skills for place in self._plan.steps.places())
        new = sorted(set(map(LABEL, held)) - known.keys())
        async with self._database.reading() as session:
            keys = dict((await session.execute(select(col(Skill.key), col(Skill.id)))).all())
        for piece in in_pieces(new, PEOPLE_AT_ONCE):
            skills, labels = [], []
            for label, number in zip(piece, self._numbers(SkillLabel, len(piece)), strict=True):
                key = normal(label) or label
                if key not in keys:
                    keys[key] = self._numbers(Skill, 1)[0]
                    skills.append((keys[key], key))
                labels.append((number, keys[key], label, "audit"))
                known[label] = number
            async with self._writing() as session:
                await insert_many(session, Skill, ("id", "key"), skills)
                await insert_many(session, SkillLabel, ("id", "skill_id", "label", "source"), labels)

    async def _add(self, places: Sequence[int]) -> None:
        rows = [self._plan.csv_file.rows[place] for place in places]
        known = [self._known_before(row) for row in rows] if self._former else [None] * len(rows)
        numbers = self._numbers(Person, len(rows))
        person_ids = [before or number for before, number in zip(known, numbers, strict=True)]
        hidden = [*map(self._opted_out, rows)] if self._suppressed else [False] * len(rows)
        new = [number in numbers for number in person_ids]
        people: Columns = {"id": [*compress(person_ids, new)], "hidden": [*compress(hidden, new)]}
        columns = [*zip(*rows, strict=True)]
        records_, links = self._records(person_ids, columns[1:15], columns[16])
        accounts = self._accounts(zip(person_ids, rows, strict=True))
        async with self._writing() as session:
            if any(known):
                back = [number for number in known if number]
                await session.execute(delete(FormerPerson).where(col(FormerPerson.person_id).in_(back)))
            await insert_columns(session, Person, people)
            await insert_columns(session, PersonRecord, records_)
            await insert_columns(session, PersonSkill, links)
            await insert_many(session, Account, ACCOUNT_COLUMNS, accounts)

    def _known_before(self, row: Row) -> int | None:
        """The id of somebody whose load was undone and who comes again; each id is given once."""
        for mark in marks(row):
            number = self._former.get(privacy.keyed(self._pepper, *mark))
            if number and number not in self._returned:
                self._returned.add(number)
                return number
        return None

    def _opted_out(self, row: Row) -> bool:
        return any(privacy.keyed(self._pepper, *mark) in self._suppressed for mark in marks(row))

    def _records(
        self, person_ids: Sequence[int], values: Sequence[Sequence[Any]], skills: Sequence[Sequence[WrittenSkill]]
    ) -> tuple[Columns, Columns]:
        """The columns of records and of their skills; `values` are one column for each of FIELDS."""
        numbers = self._numbers(PersonRecord, len(person_ids))
        staff_ids, names, *others = values
        rest = dict(zip(FIELDS[2:], others, strict=True))
        rest |= {name: _iso(rest[name]) for name in ("last_reviewed", "leaving_date")}
        records_ = {
            "id": numbers,
            "person_id": person_ids,
            "since": [self._generation] * len(numbers),
            "staff_id": staff_ids,
            "name": names,
            "name_key": [*map(normal, names)],
            **rest,
        }
        held = [*chain.from_iterable(skills)]
        links: Columns = {
            "record_id": [*chain.from_iterable(map(repeat, numbers, map(len, skills)))],
            "label_id": [self._labels[skill[0]] for skill in held],
            "level": [skill[1] for skill in held],
            "expires": _iso([skill[2] for skill in held]),
        }
        return records_, links

    def _accounts(self, owned: Iterable[tuple[int, Row]]) -> list[tuple[object, ...]]:
        pairs = [(person, one) for person, row in owned for one in row.accounts]
        numbers = self._numbers(Account, len(pairs))
        return [(number, person, *one, self._generation) for number, (person, one) in zip(numbers, pairs, strict=True)]

    async def _change(self, changes: Sequence[tuple[int | None, int, int]]) -> None:
        """People whose record changes; without a row those whom a complete file lacks: they left, the rest stays."""
        ids = [record for _, record, _ in changes]
        async with self._database.reading() as session:
            found = {one.record_id: one for one in await records(session, col(PersonRecord.id).in_(ids))}
        old = [found[record] for _, record, _ in changes]
        rows = [None if place is None else self._plan.csv_file.rows[place] for place, _, _ in changes]
        people = [person for _, _, person in changes]
        both = [*zip(rows, old, strict=True)]
        values = [merged(row, one.values, self._covers) if row else as_left(one.values) for row, one in both]
        told = "skills" in self._plan.csv_file.fields
        held = [row.skills if row and told else tuple(one.skills.values()) for row, one in both]
        records_, links = self._records(people, [*zip(*values, strict=True)], held)
        async with self._writing() as session:
            await session.execute(
                update(PersonRecord).where(col(PersonRecord.id).in_(ids)).values(until=self._generation)
            )
            await insert_columns(session, PersonRecord, records_)
            await insert_columns(session, PersonSkill, links)
            await self._move_accounts(session, {person: row for person, row in zip(people, rows, strict=True) if row})

    async def _move_accounts(self, session: AsyncSession, rows: dict[int, Row]) -> None:
        platforms = account_platforms(self._plan.csv_file)
        if platforms == frozenset():
            return
        wanted = select(col(Account.id), col(Account.person_id), col(Account.platform), col(Account.account))
        wanted = wanted.where(col(Account.person_id).in_(rows), col(Account.until).is_(None))
        kept, closed = set(), []
        for number, person, platform, account in await session.execute(wanted):
            if (platform, account) in rows[person].accounts or (platforms is not None and platform not in platforms):
                kept.add((platform, account))
            else:
                closed.append(number)
        await session.execute(update(Account).where(col(Account.id).in_(closed)).values(until=self._generation))
        new = [
            (person, row._replace(accounts=tuple(one for one in row.accounts if one not in kept)))
            for person, row in rows.items()
        ]
        await insert_many(session, Account, ACCOUNT_COLUMNS, self._accounts(new))


def _report(done: int, total: int, progress: Progress | None) -> int:
    if progress:
        progress(done, total)
    return done


async def hold(session: AsyncSession, batch_id: int) -> None:
    """Make sure this batch is still the one being staged, and keep it so until the transaction ends."""
    mine = update(DirectoryState).where(col(DirectoryState.id) == 1, col(DirectoryState.staging) == batch_id)
    if touched(await session.execute(mine.values(staging=batch_id))) != 1:
        raise LoadRefused("overtaken")


def _iso(days: Sequence[date | None]) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in days]
