"""A large installation moved to PostgreSQL: 100,000 staff, 1,000 announcements. All equal; the old one is over."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic import command

from bot import migrations
from bot.migrations import steps
from tests.bench.load import PEOPLE, load_file, staff_file
from tests.bench.register import measured
from tests.process import call
from tests.real.postgres import Server
from tests.unit.announcements import crowd

ANNOUNCEMENTS = 1_000
PATIENCE = 1_200.0  # seconds, on a machine that is busy with other things

pytestmark = [pytest.mark.real, pytest.mark.soak, pytest.mark.timeout(3600)]


async def _gather(folder: Path) -> None:
    """An installation with so much in it."""
    town = await crowd.gather(folder / "crowd", ANNOUNCEMENTS)
    await crowd.guard(town)  # one goes out, so that there is evidence
    async with town.services.database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.stamp(steps.config(sync), "head"))
    await town.services.database.checkpoint()
    await town.close()
    shutil.move(folder / "crowd/town.db", folder / "switchboard.db")
    shutil.move(folder / "crowd/key", folder / "switchboard.key")
    await load_file(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}", staff_file(PEOPLE))


def _sums(rows: Callable[[str], int]) -> dict[str, int]:
    """Figures that two equal databases have in common, asked in SQL and so not by what moved them."""
    asked = {name: f"SELECT count(*) FROM {name}" for name in migrations.METADATA.tables}
    asked |= {
        "names": "SELECT sum(length(name)) FROM person_record",
        "levels": "SELECT sum(level) FROM person_skill",
        "reviewed": "SELECT count(DISTINCT last_reviewed) FROM person_record",
        "contactable": "SELECT count(*) FROM person_record WHERE contactable",
        "words": "SELECT sum(length(text)) FROM revision",
        "seals": "SELECT count(DISTINCT mac) FROM audit",
        "keys": "SELECT count(DISTINCT key) FROM delivery",
    }
    assert asked
    return {name: rows(query) for name, query in asked.items()}


def test_a_large_installation(tmp_path: Path, postgres: Server, record_property: Callable[[str, object], None]) -> None:
    asyncio.run(_gather(tmp_path))
    with postgres.fresh() as url:
        with contextlib.closing(sqlite3.connect(tmp_path / "switchboard.db")) as old:
            before = _sums(lambda query: int(old.execute(query).fetchone()[0]))
        with measured() as spent:
            done = call(tmp_path, "db", "move", url, patience=PATIENCE)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert "all of them are equal" in done.stdout
        with psycopg.connect(url.replace("+psycopg", "")) as new:
            after = _sums(lambda query: int((new.execute(query.encode()).fetchone() or [0])[0]))
        for evidence in ("audit", "audit_note", "seals"):  # of the move itself
            after[evidence] -= 1
        assert after == before
        assert before["person_record"] >= PEOPLE
        assert before["announcement"] == ANNOUNCEMENTS
        record_property("moved to PostgreSQL", f"{done.stdout.splitlines()[0]} {spent.seconds:.1f} s CPU")
        assert "is not the database any more" in call(tmp_path, "who", "flood mapping").stderr
        env = {"SWITCHBOARD_DATABASE__URL": url}
        asked = call(tmp_path, "who", "who knows about flood mapping?", env=env)
        assert asked.returncode == 0, asked
        verified = call(tmp_path, "audit", "verify", env=env)
        assert "1 row" not in verified.stdout
        assert verified.returncode in {0, 1}, verified
