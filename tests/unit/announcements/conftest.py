"""The engine with one channel or two, on SQLite alone or on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.ports import Guarantee
from config.database import Database
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.house import House, build


@pytest_asyncio.fixture
async def everywhere(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Two channels, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield await build(database, tmp_path, {name: Channel(name) for name in ("board", "wall")})
    await database.close()


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """One channel that knows its keys, on SQLite."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    yield await build(database, tmp_path, {"board": Channel()})
    await database.close()


@pytest_asyncio.fixture(params=list(Guarantee))
async def each(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """One channel with each of the guarantees, on SQLite."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    yield await build(database, tmp_path, {"board": Channel(guarantee=request.param)})
    await database.close()


@pytest_asyncio.fixture
async def forgetful(tmp_path: Path) -> AsyncIterator[House]:
    """One channel that can only be looked at, on SQLite."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    yield await build(database, tmp_path, {"board": Channel(guarantee=Guarantee.READBACK)})
    await database.close()
