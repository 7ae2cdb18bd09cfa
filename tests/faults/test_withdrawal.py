"""A withdrawal at every await of the publish guard: whatever it interrupts, nothing is published (invariant I5).

The guard runs in one task and is stopped at its k-th suspension; there the withdrawal happens, to its end or as far
as the guard's locks let it; then the guard goes on. No clock runs: the test moves it.
"""

import asyncio
import contextlib
import copy
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import audit, migrations
from bot.announcements import release
from bot.services import Moved
from tests.unit.announcements import town as towns
from tests.unit.announcements.town import Town

pytestmark = [pytest.mark.faults, pytest.mark.asyncio]

LEAST = 20
"""Suspensions that a run of the guard has at the very least, or the test looks at something else."""

Meanwhile = Callable[[], Awaitable[None]]


class Stopped:
    """Runs a coroutine, and lets something else happen when it is suspended for the `at`-th time (0: never)."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], at: int, meanwhile: Meanwhile) -> None:
        """Nothing runs before it is awaited. `count` is how often it was suspended."""
        self._coroutine, self._at, self._meanwhile, self.count = coroutine, at, meanwhile, 0

    def __await__(self) -> Generator[Any, None, Any]:
        """Step by step: what it waits for is waited for here."""
        while True:
            try:
                waits_for = self._coroutine.send(None)
            except StopIteration as end:
                return end.value
            self.count += 1
            yield waits_for
            if self.count == self._at:
                yield from self._meanwhile().__await__()


async def taken_away(town: Town) -> None:
    """The reaction goes, by whoever gave it."""
    town.chat.unreacts("jo", _preview(town), "✅")


async def removed_by_a_moderator(town: Town) -> None:
    """The reaction goes, by somebody else."""
    town.chat.unreacts("jo", _preview(town), "✅", by="kit")


async def rejected(town: Town) -> None:
    """Somebody objects."""
    town.chat.reacts("sam", _preview(town), "❌")


async def held(town: Town) -> None:
    """Somebody wants it to wait."""
    town.chat.presses("sam", _preview(town), "hold/1/1")


async def suspended(town: Town) -> None:
    """Who approved is suspended, in chat."""
    town.chat.says("sam", "direct-sam", "suspend Jo Field")


async def revoked(town: Town) -> None:
    """Who approved loses the role, in chat."""
    town.chat.says("zed", "direct-zed", "revoke communications from Jo Field")


async def edited(town: Town) -> None:
    """The author writes other words."""
    town.chat.says("ama", "direct-ama", "edit #1 The library opens at one.")


async def said_not_me(town: Town) -> None:
    """Who approved says that it was somebody else."""
    town.chat.says("jo", "direct-jo", "not me #1")


async def paused(town: Town) -> None:
    """Everything is to wait."""
    town.chat.says("sam", "direct-sam", "pause")


async def cancelled(town: Town) -> None:
    """Its author gives it up."""
    town.chat.says("ama", "direct-ama", "cancel #1")


WAYS = (
    taken_away,
    removed_by_a_moderator,
    rejected,
    held,
    suspended,
    revoked,
    edited,
    said_not_me,
    paused,
    cancelled,
)


def _preview(town: Town) -> str:
    message = town.preview(1, 1)
    assert message is not None
    return message


@dataclass
class Scene:
    """The moment before the guard decides, to be played again and again."""

    first: Town
    folder: Path
    url: str
    takes: int = 0

    @contextlib.asynccontextmanager
    async def take(self) -> AsyncIterator[Town]:
        """The same moment once more."""
        self.takes += 1
        if self.url:
            town = await _prepared(self.folder / str(self.takes), self.url)
        else:
            town = await self._copied()
        await town.rows("SELECT 1")  # the first connection of all is made under a lock, which nobody here waits for
        yield town
        if self.url:
            await _emptied(town)
        await town.close()

    async def _copied(self) -> Town:
        folder = self.folder / str(self.takes)
        folder.mkdir()
        shutil.copy(self.folder / "first" / "town.db", folder)
        chatting = copy.copy(self.first.chat)
        chatting.messages = copy.deepcopy(self.first.chat.messages)
        chatting.untold, chatting.told = [], list(self.first.chat.told)
        channels = {name: replace(channel, shown={}) for name, channel in self.first.channels.items()}
        database = towns.ByHand(f"sqlite+aiosqlite:///{folder / 'town.db'}", chatting.clock)
        services = replace(self.first.services, database=database, chats={"web": chatting}, publishers=dict(channels))
        self.first.time[0] = self.first.time[0].replace(microsecond=0)
        return Town(services, chatting, channels, self.first.time)


async def _prepared(folder: Path, url: str = "") -> Town:
    """Approved, its grace over, and due."""
    town = await towns.found(folder, url=url, grace_seconds=0)
    town.chat.says("ama", "general", "announce The library opens at noon.")
    await town.settle()
    town.chat.reacts("jo", _preview(town), "✅")
    await town.tell()
    while await town.handle():
        pass
    while await town.post():
        pass
    assert await town.state() == "approved"
    await release.sweep(town.services)
    assert await town.state() == "scheduled"
    return town


async def _emptied(town: Town) -> None:
    async with town.services.database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.drop_all)


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> tuple[Path, str]:
    """Where a scene plays; PostgreSQL is named by its address, SQLite by the folder."""
    return tmp_path, "" if database_url.startswith("sqlite") else database_url


@contextlib.asynccontextmanager
async def scene(place: tuple[Path, str]) -> AsyncIterator[Scene]:
    """The moment, ready to be played."""
    folder, url = place
    first = await _prepared(folder / "first", url)
    start = first.now
    if url:
        await _emptied(first)
    else:
        await first.services.database.checkpoint()
    made = Scene(first, folder, url)
    yield made
    first.time[0] = start
    await first.close()


async def _guarded(town: Town, at: int = 0, meanwhile: Meanwhile | None = None) -> int:
    """The guard decides; how often it was suspended."""

    async def nothing() -> None:
        pass

    run = Stopped(release.guard(town.services, 1), at, meanwhile or nothing)
    with contextlib.suppress(Moved):
        await run
    return run.count


async def test_undisturbed_it_is_published(place: tuple[Path, str]) -> None:
    async with scene(place) as made, made.take() as town:
        count = await _guarded(town)
        await town.settle()
        assert await town.state() == "published"
        assert [len(channel.shown) for channel in town.channels.values()] == [1, 1]
    print(f"the guard is suspended {count} times")
    assert count >= LEAST


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("heard", ["handled", "received"])
async def test_at_every_await(place: tuple[Path, str], way: Callable[[Town], Awaitable[None]], heard: str) -> None:
    """Handled at once, or kept in the inbox until the engine has had its chance to be quicker."""
    async with scene(place) as made:
        async with made.take() as town:
            count = await _guarded(town)
        assert count >= LEAST
        ends = [await _interrupted(made, at, way, handled=heard == "handled") for at in range(1, count + 1)]
    assert len(ends) == count
    assert "published" not in ends


async def _interrupted(made: Scene, at: int, way: Callable[[Town], Awaitable[None]], *, handled: bool) -> str:
    start = made.first.time[0]
    async with made.take() as town:
        late: list[asyncio.Task[None]] = []

        async def work() -> None:
            await way(town)
            await town.tell()
            while handled and await town.handle():
                pass

        async def meanwhile() -> None:
            if made.url:
                late.append(await _as_far_as_it_goes(town, work()))
            elif _is_locked(town):
                late.append(asyncio.ensure_future(_later(work)))
            else:
                await work()

        await _guarded(town, at, meanwhile)
        await asyncio.gather(*late)
        while await town.deliver():
            pass
        assert not town.chat.untold, "the withdrawal was not told"
        await town.settle()
        await town.wait(timedelta(minutes=30))
        shown = [post for channel in town.channels.values() for post in channel.shown.values()]
        assert not shown, f"published, although {way.__name__} at suspension {at}"
        assert sum(channel.writes for channel in town.channels.values()) == 0
        async with town.services.database.reading() as session:
            assert (await audit.verify(session, town.services.keys))[1] == []
        state = await town.state()
    made.first.time[0] = start
    return state


async def _later(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """SQLite lets nobody write while the guard commits: it comes right after."""
    await work()


def _is_locked(town: Town) -> bool:
    """Whether somebody is writing."""
    connection = sqlite3.connect(str(town.services.database.path), timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def _as_far_as_it_goes(town: Town, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """PostgreSQL lets others write until they meet a row that the guard holds."""
    task = asyncio.create_task(work)
    while not task.done():
        if await town.rows(WAITS):
            break
        await asyncio.sleep(0.01)
    return task
