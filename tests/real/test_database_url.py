"""The fixture that most tests of storage stand on gives an empty database that works, on both kinds."""

import pytest
from sqlalchemy import text

from config.database import Database


@pytest.mark.asyncio
async def test_each_test_has_an_empty_database_of_its_own(database_url: str) -> None:
    database = Database(database_url)
    async with database.writing() as session:
        # A table left by another test would make this fail.
        await session.execute(text("CREATE TABLE thing (number INTEGER)"))
        await session.execute(text("INSERT INTO thing VALUES (42)"))
    async with database.reading() as session:
        assert (await session.execute(text("SELECT number FROM thing"))).scalar_one() == 42
    await database.close()


@pytest.mark.asyncio
async def test_and_the_next_test_has_another(database_url: str) -> None:
    await test_each_test_has_an_empty_database_of_its_own(database_url)
