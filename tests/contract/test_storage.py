"""Storage keeps its promises on every database: each case on SQLite and on PostgreSQL."""

from urllib.parse import urlsplit

import pytest

from config.database import DRIVERS, Database
from tests.contract.storage_suite import CASES, Case
from tests.unit.storage.stage import make_tables


def test_there_are_cases_and_every_kind_of_database_is_here() -> None:
    assert len(CASES) >= 12
    assert len({case.__name__ for case in CASES}) == len(CASES)
    assert set(DRIVERS) == {"sqlite+aiosqlite", "postgresql+psycopg"}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_storage(case: Case, database_url: str) -> None:
    assert urlsplit(database_url).scheme in DRIVERS
    database = Database(database_url)
    await make_tables(database)
    try:
        await case(database)
    finally:
        await database.close()
