"""The database handle: no update lost, reading changes nothing, times keep their zone, bad addresses are told."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlmodel import col

from bot.access import RoleGrant
from bot.audit import AuditNote
from bot.inbox import AdapterStateRow, get_state, put_state
from config.database import Database, DatabaseUnavailable, is_busy
from tests.unit.storage.stage import AT, rows

TASKS, TIMES = 5, 40


async def count(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(AdapterStateRow))).scalar_one()


@pytest.mark.asyncio
async def test_no_update_is_lost(database: Database) -> None:
    async with database.writing() as session:
        await put_state(session, "web", "count", "0")

    async def add() -> None:
        for _ in range(TIMES):
            async with database.writing() as session:
                row = await session.get(AdapterStateRow, ("web", "count"), with_for_update=True)
                assert row is not None
                before = int(row.value)
                await asyncio.sleep(0)
                row.value = str(before + 1)

    await asyncio.gather(*(add() for _ in range(TASKS)))
    async with database.reading() as session:
        assert await get_state(session, "web", "count") == str(TASKS * TIMES)


@pytest.mark.asyncio
async def test_what_is_changed_while_reading_is_gone(database: Database) -> None:
    async with database.reading() as session:
        await put_state(session, "web", "k", "v")
        await session.flush()
        assert await get_state(session, "web", "k") == "v"
    assert await count(database) == 0


@pytest.mark.asyncio
async def test_reading_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    async with database.reading() as reader:
        await reader.execute(select(AdapterStateRow))
        async with database.writing() as writer:
            await put_state(writer, "web", "k", "v")
        assert (await reader.execute(select(func.count()).select_from(AdapterStateRow))).scalar_one() == 0
    assert await count(database) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["reading", "writing"])
async def test_an_error_takes_the_whole_change_back(database: Database, kind: str) -> None:
    async def fail() -> None:
        async with database.reading() if kind == "reading" else database.writing() as session:
            await put_state(session, "web", "k", "v")
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await count(database) == 0


@pytest.mark.asyncio
async def test_a_note_without_its_row_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(AuditNote(audit_id=1, salt="s", text="{}"))


@pytest.mark.asyncio
async def test_times_come_back_to_the_microsecond_and_in_utc(database: Database) -> None:
    summer = AT.astimezone(timezone(timedelta(hours=5, minutes=45)))
    async with database.writing() as session:
        session.add(RoleGrant(person_id=1, role="comms", granted=summer))
    (grant,) = await rows(database, RoleGrant)
    assert grant.granted == AT
    assert grant.granted.tzinfo is UTC
    async with database.reading() as session:
        found = select(RoleGrant).where(col(RoleGrant.granted) == summer)
        assert (await session.execute(found)).scalar_one().person_id == 1


@pytest.mark.asyncio
async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="timezone"):
        async with database.writing() as session:
            session.add(RoleGrant(person_id=1, role="comms", granted=datetime(2026, 3, 2, 9, 30)))  # noqa: DTZ001


@pytest.mark.asyncio
async def test_its_clock_goes_forward_in_utc_also_within_a_transaction(database: Database) -> None:
    async with database.writing() as session:
        first = await database.now(session)
        await asyncio.sleep(0.001)
        second = await database.now(session)
    assert first < second
    assert first.tzinfo is UTC


@pytest.mark.asyncio
async def test_sqlite_is_set_up_to_survive_a_power_cut_and_to_forget(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    async with database.reading() as session:
        found = {name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in wanted}
    await database.close()
    assert found == wanted


@pytest.mark.asyncio
async def test_a_checkpoint_empties_the_log_of_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    assert database.path == file
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE thing (word TEXT)"))
        await session.execute(text("INSERT INTO thing VALUES ('943-476-5919')"))
    async with database.writing() as session:
        await session.execute(text("DELETE FROM thing"))
    await database.checkpoint()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    await database.close()
    assert kept
    assert b"943-476-5919" not in kept


@pytest.mark.asyncio
async def test_a_checkpoint_of_another_kind_does_nothing(database: Database) -> None:
    await database.checkpoint()
    assert await count(database) == 0
    assert (database.path is None) is not database.is_sqlite


BAD = [
    "", "nonsense", "sqlite:///a.db", "sqlite+pysqlite:///a.db", "postgresql://u:hunter2@h/d", "mysql://u:hunter2@h/d",
    "postgresql+psycopg2://u:hunter2@h/d", "postgresql+nope://u:hunter2@h/d", "https://u:hunter2@h/d",
    "postgresql+psycopg://u:x@hunter2:d", "postgresql+psycopg://u:hunter2@h:port/d", "nonsense hunter2",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_cannot_work_is_told_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnavailable) as told:
        Database(url)
    assert told.value.reason.startswith("database.url ")
    assert "write it as sqlite+aiosqlite:///switchboard.db or postgresql+psycopg://user@host/name" in told.value.reason
    assert "hunter2" not in repr(told.value) + str(told.value) + str(told.value.__cause__)


def test_the_password_may_come_apart_from_the_address() -> None:
    assert Database("postgresql+psycopg://u@h/d", "hunter2").url.password == "hunter2"
    assert Database("postgresql+psycopg://u:old@h/d", "hunter2").url.password == "hunter2"
    assert Database("postgresql+psycopg://u:old@h/d").url.password == "old"
    assert Database("sqlite+aiosqlite:///a.db", "hunter2").url.password is None
    assert Database("sqlite+aiosqlite://").path is None
    assert "hunter2" not in str(Database("postgresql+psycopg://u@h/d", "hunter2").url)


def test_only_a_database_that_somebody_else_writes_to_is_busy() -> None:
    assert is_busy(OperationalError("x", {}, sqlite3.OperationalError("database is locked")))
    assert is_busy(OperationalError("x", {}, sqlite3.OperationalError("database table is locked: inbox")))
    assert is_busy(OperationalError("x", {}, psycopg.errors.DeadlockDetected("deadlock detected")))
    assert not is_busy(OperationalError("x", {}, sqlite3.OperationalError("disk I/O error")))
    assert not is_busy(IntegrityError("x", {}, sqlite3.IntegrityError("UNIQUE constraint failed: block.ed")))
