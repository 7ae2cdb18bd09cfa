"""An empty database with all our tables, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest_asyncio
from hypothesis import settings

from config.database import Database
from tests.unit.storage.stage import make_tables

settings.register_profile("untimed", settings(), deadline=None)  # no test looks at the clock
settings.load_profile("untimed")


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with every table and no row."""
    database = Database(database_url)
    await make_tables(database)
    yield database
    await database.close()
