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
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import audit, migrations
from bot.announcements import release
from bot.services import Moved
from config.database import Database
from tests.real.postgres import Server
from tests.unit.announcements import town as towns
from tests.unit.announcements.town import Town

pytestmark = [pytest.mark.faults, pytest.mark.asyncio]

LEAST = 20
"""Suspensions that a run of the guard has at the very least, or the test looks at something else."""

Meanwhile = Callable[[], Awaitable[None]]
Way = Callable[[Town], Awaitable[None]]


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
    said_not_me,
    paused,
)


def _preview(town: Town) -> str:
    message = town.preview(1, 1)
    assert message is not None
    return message


@dataclass
class Scene:
    """The moment before the guard decides, to be played again and again. `kept` is its rows, on PostgreSQL."""

    first: Town
    folder: Path
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    takes: int = 0

    @contextlib.asynccontextmanager
    async def take(self) -> AsyncIterator[Town]:
        """The same moment once more."""
        self.takes += 1
        start = self.first.now
        database = self.first.services.database
        if database.is_sqlite:
            database = self._copied()
        else:
            await _put_back(database, self.kept)
        chatting = copy.copy(self.first.chat)
        chatting.messages = copy.deepcopy(self.first.chat.messages)
        chatting.untold, chatting.told = [], list(self.first.chat.told)
        chatting._keys, chatting._edits = dict(chatting._keys), set(chatting._edits)
        channels = {name: replace(channel, shown={}) for name, channel in self.first.channels.items()}
        services = replace(self.first.services, database=database, chats={"web": chatting}, publishers=dict(channels))
        town = Town(services, chatting, channels, self.first.time)
        await town.rows("SELECT 1")  # the first connection of all is made under a lock, which nobody here waits for
        yield town
        self.first.time[0] = start
        if database is not self.first.services.database:
            await town.close()

    def _copied(self) -> Database:
        folder = self.folder / str(self.takes)
        folder.mkdir()
        shutil.copy(self.folder / "first" / "town.db", folder)
        return towns.ByHand(f"sqlite+aiosqlite:///{folder / 'town.db'}", self.first.chat.clock)


async def _put_back(database: Database, kept: dict[str, list[dict[str, Any]]]) -> None:
    tables = migrations.METADATA.sorted_tables
    async with database.engine.begin() as connection:
        for table in reversed(tables):
            await connection.execute(table.delete())
        for table in tables:
            if kept[table.name]:
                await connection.execute(table.insert(), kept[table.name])


async def _prepared(folder: Path, url: str) -> Town:
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


@contextlib.asynccontextmanager
async def scene(folder: Path, url: str = "") -> AsyncIterator[Scene]:
    """The moment, ready to be played; on SQLite unless an address is given."""
    first = await _prepared(folder / "first", url)
    made = Scene(first, folder)
    if first.services.database.is_sqlite:
        await first.services.database.checkpoint()
    else:
        async with first.services.database.reading() as session:
            for table in migrations.METADATA.sorted_tables:
                rows = await session.execute(table.select())
                made.kept[table.name] = [dict(row._mapping) for row in rows]
    yield made
    await first.close()


async def _guarded(town: Town, at: int = 0, meanwhile: Meanwhile | None = None) -> int:
    """The guard decides; how often it was suspended."""

    async def nothing() -> None:
        pass

    run = Stopped(release.guard(town.services, 1), at, meanwhile or nothing)
    with contextlib.suppress(Moved):
        await run
    return run.count


async def test_undisturbed_it_is_published(tmp_path: Path) -> None:
    async with scene(tmp_path) as made, made.take() as town:
        count = await _guarded(town)
        await town.settle()
        assert await town.state() == "published"
        assert [len(channel.shown) for channel in town.channels.values()] == [1, 1]
    print(f"the guard is suspended {count} times")
    assert count >= LEAST


HEARD = pytest.mark.parametrize("heard", ["handled", "received"])
"""Handled at once, or kept in the inbox until the engine has had its chance to be quicker."""


@HEARD
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_at_every_await(tmp_path: Path, way: Way, heard: str) -> None:
    async with scene(tmp_path) as made:
        ends = await _every(made, way, handled=heard == "handled")
    assert all(end.shown == 0 for end in ends), [place for place, end in enumerate(ends, 1) if end.shown]


@HEARD
@pytest.mark.real
@pytest.mark.parametrize("way", [taken_away, suspended], ids=lambda way: way.__name__)
async def test_at_every_await_on_postgresql(tmp_path: Path, postgres: Server, way: Way, heard: str) -> None:
    with postgres.fresh() as url:
        async with scene(tmp_path, url) as made:
            ends = await _every(made, way, handled=heard == "handled")
    assert all(end.shown == 0 for end in ends), [place for place, end in enumerate(ends, 1) if end.shown]


@pytest.mark.parametrize("way", [edited, cancelled], ids=lambda way: way.__name__)
async def test_an_edit_that_comes_while_the_guard_commits_is_refused_in_words(tmp_path: Path, way: Way) -> None:
    """Before the commit nothing goes out; after it the author hears that it is too late, and how to recall."""
    async with scene(tmp_path) as made:
        ends = await _every(made, way, handled=True)
    assert {bool(end.shown) for end in ends if end.in_time} == {False}
    assert all("recall" in end.told for end in ends if end.shown), [end.told for end in ends]


async def test_a_role_that_ends_without_a_word(tmp_path: Path) -> None:
    """A grant expires, or is taken away behind our back: until the guard commits, nobody has to tell it."""
    async with scene(tmp_path) as made:
        async with made.take() as town:
            count = await _guarded(town)
        ends = [await _ended(made, at) for at in range(1, count + 1)]
    before = [end for end in ends if end]
    assert len(before) >= LEAST / 2
    assert set(before) == {"held"}


async def _ended(made: Scene, at: int) -> str:
    """The state in the end; nothing when the guard was committing already and nobody else could write."""
    async with made.take() as town:
        came_in_time: list[bool] = []

        async def meanwhile() -> None:
            came_in_time.append(not _is_locked(town) and await town.state() == "scheduled")
            if came_in_time[0]:
                await town.change("DELETE FROM role_grant WHERE person_id = 3")

        await _guarded(town, at, meanwhile)
        await town.settle()
        return await town.state() if came_in_time[0] else ""


@dataclass(frozen=True)
class End:
    """How it ended: what channels show, whether it was done before the guard committed, what the author heard last."""

    shown: int
    in_time: bool
    told: str


async def _every(made: Scene, way: Way, *, handled: bool) -> list[End]:
    async with made.take() as town:
        count = await _guarded(town)
    assert count >= LEAST
    return [await _interrupted(made, at, way, handled=handled) for at in range(1, count + 1)]


async def _interrupted(made: Scene, at: int, way: Way, *, handled: bool) -> End:
    async with made.take() as town:
        late: list[asyncio.Task[None]] = []

        async def work() -> None:
            await way(town)
            await town.tell()
            while handled and await town.handle():
                pass

        in_time = True

        async def meanwhile() -> None:
            nonlocal in_time
            in_time = not made.kept and not _is_locked(town) and await town.state() == "scheduled"
            if made.kept:
                late.append(await _as_far_as_it_goes(town, work()))
            elif _is_locked(town):
                late.append(asyncio.create_task(work()))  # nobody else may write: it comes right after
            else:
                await work()

        await _guarded(town, at, meanwhile)
        await asyncio.gather(*late)
        while await town.deliver():
            pass
        assert not town.chat.untold, "the withdrawal was not told"
        await town.settle()
        await town.wait(timedelta(minutes=30))
        async with town.services.database.reading() as session:
            assert (await audit.verify(session, town.services.keys))[1] == []
        told = [one.content.text for one in town.chat.said_by_bot() if one.ref.room == "direct-ama"]
        return End(sum(channel.writes for channel in town.channels.values()), in_time, "\n".join(told))


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
