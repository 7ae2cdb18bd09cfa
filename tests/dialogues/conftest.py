"""A council for each test, copied from one that was populated once; at the end its evidence must be whole."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.pretend import assemble, populate
from directory import encoder
from tests.dialogues.stage import LONG, Talk, talking


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pretend staff loaded and the roles given."""
    folder = tmp_path_factory.mktemp("town")

    async def make() -> None:
        council = assemble(folder, 0)
        await populate(council)
        if model := encoder.available():
            await encoder.part("preparation")(council.app.services.database, model)
        await council.app.services.database.checkpoint()
        await council.app.services.database.close()

    asyncio.run(make())
    return folder


@pytest.fixture
def folder(town: Path, tmp_path: Path) -> Path:
    """A copy of it, of the test's own."""
    return Path(shutil.copytree(town, tmp_path / "town"))


@pytest_asyncio.fixture
async def talk(folder: Path) -> AsyncIterator[Talk]:
    """A council that publishes as soon as something is approved. Nothing may be left unsaid or set aside at the end."""
    async with talking(folder) as council:
        yield council
        await in_order(council)


@pytest_asyncio.fixture
async def slow(folder: Path) -> AsyncIterator[Talk]:
    """A council that waits after an approval until the test ends the wait."""
    async with talking(folder, LONG) as council:
        yield council
        await in_order(council)


async def in_order(council: Talk) -> None:
    """Everything was handled and said, and the evidence is whole."""
    await council.settle()
    await council.check_evidence()
    assert await council.count("SELECT count(*) FROM inbox WHERE state = 'quarantined'") == 0
    assert await council.count("SELECT count(*) FROM outbox WHERE state = 'failed'") == 0
