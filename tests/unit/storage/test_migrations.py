"""The schema steps lead exactly to the tables of the code, on both databases, and back again."""

import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot import migrations
from bot.migrations import steps
from config.database import Database
from tests.process import call

pytestmark = pytest.mark.asyncio
UPGRADE = """
import asyncio, sys
from bot import migrations
from config.database import Database
database = Database(sys.argv[1])
asyncio.run(migrations.upgrade(database))
print("alembic" in sys.modules)
"""


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, migrations.METADATA))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_steps_lead_to_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.run_sync(_tables) == {*migrations.METADATA.tables, "alembic_version"}
    await database.close()


async def test_twice_is_fine(database_url: str) -> None:
    database = Database(database_url)
    await migrations.upgrade(database)
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        assert await connection.run_sync(migrations.is_current)
    await database.close()


async def test_back_and_forth(database_url: str) -> None:
    database = Database(database_url)
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(steps.config(sync), "base"))
        assert await connection.run_sync(_tables) == {"alembic_version"}
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        assert await connection.run_sync(_differences) == []
    await database.close()


async def test_the_last_step_is_the_one_that_is_named(database_url: str) -> None:
    assert ScriptDirectory.from_config(steps.config()).get_heads() == [migrations.NEWEST]
    database = Database(database_url)
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.NewerSchema):
        await migrations.upgrade(database)
    await database.close()


async def test_without_a_step_to_take_alembic_is_not_loaded(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}"
    loaded = [call(tmp_path, url, program=[sys.executable, "-c", UPGRADE]).stdout.strip() for _ in range(2)]
    assert loaded == ["True", "False"]
