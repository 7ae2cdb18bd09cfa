"""How connections are doing is kept when it changes, with since when, for another process to tell."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from adapters.ports import Health, HealthState
from bot import health

pytestmark = pytest.mark.asyncio
OK = Health(HealthState.OK)
LATE, DEAF = Health(HealthState.DOWN, "timeout"), Health(HealthState.DOWN, "http_502")
BEGAN = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


class Connection:
    """A chat of which only the health is asked, a state that counts what it is given, and a clock."""

    def __init__(self) -> None:
        self.now, self.looks, self.minutes = OK, 0, 0
        self.rows: dict[str, str] = {}
        self.puts, self.refusals = 0, 0

    def health(self) -> Health:
        self.looks += 1
        return self.now

    def clock(self) -> datetime:
        self.minutes += 1
        return BEGAN + timedelta(minutes=self.minutes)

    async def get(self, key: str) -> str | None:
        return self.rows.get(key)

    async def put(self, key: str, value: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        self.puts += 1
        self.rows[key] = value

    async def is_looked_at(self) -> None:
        """Let whoever watches look some times: each waits for one round of the loop."""
        for _ in range(20):
            await asyncio.sleep(0)
        assert self.looks > 5


@asynccontextmanager
async def watched(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(health, "GLANCE", 0)
    one: Any = Connection()
    task = asyncio.create_task(health.watch({"matrix": one}, {"matrix": one}, one.clock))
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told(one: Connection) -> tuple[Health, int]:
    """What is kept, and the minute since when it is so."""
    found = await health.kept(one)
    assert found
    return found.health, round((found.since - BEGAN).total_seconds() / 60)


async def test_changes_are_kept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(monkeypatch) as one:
        await one.is_looked_at()
        assert (await told(one), one.puts) == ((OK, 1), 1)
        one.now = DEAF
        await one.is_looked_at()
        assert (await told(one), one.puts) == ((DEAF, 2), 2)
        one.now = LATE  # for another reason, but deaf since then
        await one.is_looked_at()
        assert (await told(one), one.puts) == ((LATE, 2), 3)
        one.now = OK
        await one.is_looked_at()
        assert (await told(one), one.puts) == ((OK, 3), 4)


async def test_what_the_database_does_not_take_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(monkeypatch) as one:
        await one.is_looked_at()
        one.now, one.refusals = DEAF, 3
        await one.is_looked_at()
        assert (await told(one))[0] == DEAF


async def test_of_a_platform_that_never_ran_nothing_is_known() -> None:
    one: Any = Connection()
    assert await health.kept(one) is None
