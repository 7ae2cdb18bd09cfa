"""The schema steps lead exactly to the tables of the code, on both databases, and back again."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot import migrations
from config.database import Database

pytestmark = pytest.mark.asyncio


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
        await connection.run_sync(lambda sync: command.downgrade(migrations.config(sync), "base"))
        assert await connection.run_sync(_tables) == {"alembic_version"}
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        assert await connection.run_sync(_differences) == []
    await database.close()
