"""An empty database with all our tables, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest_asyncio

from config.database import Database
from tests.unit.storage.stage import make_tables


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with every table and no row."""
    database = Database(database_url)
    await make_tables(database)
    yield database
    await database.close()
