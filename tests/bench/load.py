"""Loading 100,000 people against a bare loop that writes the same tables, the inbox meanwhile, and questions."""

import asyncio
import csv
import random
import re
import sqlite3
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from bot import migrations
from config.database import PRAGMAS, Database
from directory import csv_file, load
from directory.search import Finder
from tests.bench.register import Figure, benchmark, measured

PEOPLE = 100_000
STAFF = 10_000
RUNS = 3
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEADINGS = (
    "staff_id,name,email,job_title,service,team,manager_email,location,working_days,pronouns,last_reviewed,"
    "contactable,skills"
)
SUBJECTS = "flood river data map event fleet care tree road tax lease grant noise food youth adult sport music".split()
CRAFTS = "mapping planning audit policy survey training design support appeals licensing repair advice law".split()
FIRST = "Ama Jo Sam Dee Pat Nia Owen Priya Kofi Lena Marek Aoife Zara Tom Siân".split()
LAST = "Mensah Jones O'Neill Patel Kowalski Ng Smith Brown Clarke Évans Price".split()


def staff_file(people: int) -> bytes:
    """A staff file of made-up people, each with four skills."""
    dice = random.Random(1)
    lines = [HEADINGS]
    for n in range(people):
        skills = "; ".join(f"{dice.choice(SUBJECTS)} {dice.choice(CRAFTS)} ({dice.randint(1, 4)})" for _ in range(4))
        lines.append(
            f"{n:06d},{dice.choice(FIRST)} {dice.choice(LAST)},p{n}@b.example,Officer {n % 300},Service {n % 9},"
            f"Team {n % 80},m{n % 5000}@b.example,Site {n % 40},Mon-Wed,,202{n % 6}-0{1 + n % 9}-1{n % 10},yes,{skills}"
        )
    return "\n".join(lines).encode()


def bare_loop(file: Path, folder: Path) -> None:
    """The same rows into the same tables with the same settings: csv, split, executemany, nothing looked at.

    A commit every thousand people, as the load has: in one transaction no inbox could commit meanwhile.
    """
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    dialect = sqlite.dialect()
    for name in ("person", "person_record", "skill", "skill_label", "person_skill"):
        table = migrations.METADATA.tables[name]
        connection.execute(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
    with file.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        _copy(connection, rows)
    connection.close()


def _copy(connection: sqlite3.Connection, rows: Iterable[list[str]]) -> None:
    labels: dict[str, int] = {}
    people: list[tuple[object, ...]] = []
    links: list[tuple[int, int, str]] = []
    connection.execute("BEGIN")
    for number, row in enumerate(rows, 1):
        people.append((number, number, *row[:12]))
        for label, level in re.findall(r"([^;(]+) \((\d)\)", row[12]):
            skill = label.strip()
            if skill not in labels:
                labels[skill] = len(labels) + 1
                connection.execute("INSERT INTO skill VALUES (?, ?)", (labels[skill], skill))
                connection.execute(
                    "INSERT INTO skill_label VALUES (?, ?, ?, '')", (labels[skill], labels[skill], skill)
                )
            links.append((number, labels[skill], level))
        if number % 1000 == 0:
            _write(connection, people, links)
    _write(connection, people, links)
    connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, people: list[tuple[object, ...]], links: list[tuple[int, int, str]]) -> None:
    connection.executemany("INSERT INTO person VALUES (?, 0)", [(row[0],) for row in people])
    connection.executemany(
        "INSERT INTO person_record (id, person_id, since, staff_id, name, name_key, email, job_title, service, team,"
        " manager_email, location, working_days, pronouns, last_reviewed, contactable, left)"
        " VALUES (?, ?, 1, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        people,
    )
    connection.executemany("INSERT OR IGNORE INTO person_skill (record_id, label_id, level) VALUES (?, ?, ?)", links)
    connection.execute("COMMIT")
    connection.execute("BEGIN")
    people.clear()
    links.clear()


async def load_file(url: str, data: bytes) -> None:
    """Read, plan, stage and switch, as the product does."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)
    read = csv_file.read(data)
    async with database.reading() as session:
        plan = await load.plan(session, read, TODAY)
    batch = await load.stage(database, plan, "bench", "staff.csv", NOW)
    async with database.writing() as session:
        await load.switch(session, batch)
    await database.close()


class Inbox:
    """Another writer of the same database: commits a row every few milliseconds and keeps the longest wait."""

    def __init__(self, file: Path) -> None:
        """Write to `file` until stopped."""
        self.longest = 0.0
        self._file = file
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Inbox":
        connection = sqlite3.connect(self._file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE letter (id INTEGER PRIMARY KEY, body TEXT)")
        connection.close()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None, timeout=5)
        connection.execute("PRAGMA synchronous=FULL")
        while not self._stop.wait(0.02):
            begun = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO letter (body) VALUES ('x')")
            connection.execute("COMMIT")
            self.longest = max(self.longest, time.perf_counter() - begun)
        connection.close()


def _once(folder: Path, file: Path, data: bytes) -> tuple[float, float]:
    """CPU seconds of one load and of one bare loop, one after the other."""
    folder.mkdir()
    with measured() as ours:
        asyncio.run(load_file(f"sqlite+aiosqlite:///{folder}/one.db", data))
    with measured() as bare:
        bare_loop(file, folder)
    return ours.seconds, bare.seconds


@benchmark
def loading() -> list[Figure]:
    """A first load of 100,000 people with about 400,000 skills."""
    data = staff_file(PEOPLE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "staff.csv").write_bytes(data)
        ours, bare = zip(*(_once(folder / str(turn), folder / "staff.csv", data) for turn in range(RUNS)), strict=True)
        with Inbox(folder / "two.db") as inbox:
            asyncio.run(load_file(f"sqlite+aiosqlite:///{folder}/two.db", data))
    return [
        Figure("load of 100,000 people, against a bare loop", min(ours) / min(bare), 1.7, "times CPU"),
        Figure("longest wait of an inbox commit meanwhile", inbox.longest, 0.2, "s"),
    ]


@benchmark
def memory_of_a_load() -> list[Figure]:
    """What the Python objects of a load of 100,000 people need at most, the file included."""
    tracemalloc.start()
    data = staff_file(PEOPLE)
    with tempfile.TemporaryDirectory() as name:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0] - len(data)
        asyncio.run(load_file(f"sqlite+aiosqlite:///{name}/one.db", data))
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return [Figure("memory of a load of 100,000 people", peak / 2**20, 100, "MiB")]


@benchmark
def questions() -> list[Figure]:
    """The time from a question to its answer with 10,000 staff: the 95th of a hundred, half of them misspelt."""
    dice = random.Random(2)
    asked = [
        f"who knows about {dice.choice(SUBJECTS)} {dice.choice(CRAFTS)[: dice.choice((20, -1))]}" for _ in range(200)
    ]

    async def ask(url: str) -> list[float]:
        database, finder, times = Database(url), Finder(), []
        async with database.reading() as session:
            await finder.answer(session, "flood mapping", TODAY)
            for question in asked:
                begun = time.perf_counter()
                await finder.answer(session, question, TODAY)
                times.append(time.perf_counter() - begun)
        await database.close()
        return sorted(times)

    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite+aiosqlite:///{name}/one.db"
        asyncio.run(load_file(url, staff_file(STAFF)))
        times = asyncio.run(ask(url))
    return [Figure("a question with 10,000 staff, 95 of 100", times[int(0.95 * len(times))] * 1000, 10, "ms")]
