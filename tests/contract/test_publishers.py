"""Every Publisher, and every shelf of the feed, under the contract of its port.

To add an implementation: a line in SHELVES for a shelf of the feed, in PUBLISHERS for another channel.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from adapters.ports import Guarantee
from adapters.publish.feed import FeedShelf
from bot import migrations
from bot.announcements.shelf import DatabaseShelf
from config.database import Database
from tests.contract import publisher_suite, shelf_suite
from tests.contract.bluesky_stage import bluesky_stage
from tests.contract.feed_stage import MemoryShelf, feed_stage
from tests.contract.mastodon_stage import mastodon_stage
from tests.contract.publisher_suite import Stage
from tests.contract.room_stage import matrix_room_stage, slack_room_stage, web_room_stage
from tests.contract.timeline_stage import timeline_stage
from tests.contract.x_stage import x_stage
from tests.fakes.faults import Fault
from tests.real.matrix_people import Matrix
from tests.real.postgres import Server

# Given pytest's request, so that it can ask for a fixture such as a database.
OpenShelf = Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[FeedShelf]]
OpenStage = Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Stage]]


@asynccontextmanager
async def memory_shelf(_request: pytest.FixtureRequest) -> AsyncIterator[FeedShelf]:
    yield MemoryShelf()


@asynccontextmanager
async def database_shelf(url: str) -> AsyncIterator[FeedShelf]:
    """The product's own shelf over an empty database."""
    database = Database(url)
    try:
        await migrations.upgrade(database)
        yield DatabaseShelf(database)
    finally:
        await database.close()


@asynccontextmanager
async def sqlite_shelf(request: pytest.FixtureRequest) -> AsyncIterator[FeedShelf]:
    folder: Path = request.getfixturevalue("tmp_path")
    async with database_shelf(f"sqlite+aiosqlite:///{folder / 'feed.db'}") as shelf:
        yield shelf


@asynccontextmanager
async def postgresql_shelf(request: pytest.FixtureRequest) -> AsyncIterator[FeedShelf]:
    server: Server = request.getfixturevalue("postgres")
    with server.fresh() as url:
        async with database_shelf(url) as shelf:
            yield shelf


def feed_over(open_shelf: OpenShelf) -> OpenStage:
    """The feed over a shelf."""

    @asynccontextmanager
    async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
        async with open_shelf(request) as shelf, feed_stage(shelf) as stage:
            yield stage

    return opened


def timeline_with(guarantee: Guarantee) -> OpenStage:
    """The demo's timeline with that promise."""

    def opened(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
        return timeline_stage(request.getfixturevalue("tmp_path"), guarantee)

    return opened


SHELVES: dict[str, OpenShelf] = {"memory": memory_shelf, "sqlite": sqlite_shelf, "postgresql": postgresql_shelf}
FEEDS: dict[str, OpenStage] = {f"feed-{name}": feed_over(shelf) for name, shelf in SHELVES.items()}
TIMELINES: dict[str, OpenStage] = {f"timeline-{promise}": timeline_with(promise) for promise in Guarantee}


def room_on_the_web_chat(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
    """A room of the local web chat."""
    return web_room_stage(request.getfixturevalue("tmp_path"))


def room_on_matrix(*, encrypted: bool) -> OpenStage:
    """A room of a real Synapse."""

    def opened(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
        people = Matrix(request.getfixturevalue("homeserver"), request.getfixturevalue("tmp_path"), request)
        return matrix_room_stage(people, encrypted=encrypted)

    return opened


def room_on_slack(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
    """A room of local-slack."""
    return slack_room_stage(request.getfixturevalue("local_slack"), request.getfixturevalue("tmp_path"))


ROOMS: dict[str, OpenStage] = {
    "room-web": room_on_the_web_chat,
    "room-matrix-plain": room_on_matrix(encrypted=False),
    "room-matrix-encrypted": room_on_matrix(encrypted=True),
    "room-slack": room_on_slack,
}


def mastodon_with(*faults: Fault) -> OpenStage:
    """A pretend server with Mastodon's API that has these faults."""

    def opened(_request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
        return mastodon_stage(*faults)

    return opened


MASTODONS: dict[str, OpenStage] = {
    "mastodon": mastodon_with(),
    "mastodon-key-ignored": mastodon_with(Fault.KEY_IGNORED),
    "mastodon-fault-on-repeat": mastodon_with(Fault.FAULT_ON_REPEAT, Fault.SLOW_MEDIA, Fault.LOCALISED),
}


def on_x(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
    """A pretend X, which tells its errors in Spanish."""
    return x_stage(request.getfixturevalue("tmp_path"), Fault.LOCALISED)


def bluesky_on_a_real_server(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Stage]:
    """An account on a real Bluesky server."""
    return bluesky_stage(request.getfixturevalue("bluesky"))


PUBLISHERS = FEEDS | TIMELINES | ROOMS | MASTODONS | {"x": on_x} | {"bluesky": bluesky_on_a_real_server}
REAL = ("postgresql", "matrix", "slack", "bluesky")


def named(implementations: Iterable[str]) -> list[object]:
    """The names to run with; what needs a real part is marked so."""
    marks = {True: [pytest.mark.real], False: []}
    return [pytest.param(name, marks=marks[any(part in name for part in REAL)]) for name in implementations]


def test_there_are_rules_and_implementations() -> None:
    assert publisher_suite.RULES
    assert shelf_suite.RULES
    assert SHELVES
    assert FEEDS
    assert len(TIMELINES) == 3
    assert len(ROOMS) == 4
    assert len(MASTODONS) == 3


@pytest.mark.asyncio
@pytest.mark.parametrize("rule", publisher_suite.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", named(PUBLISHERS))
async def test_publisher(name: str, rule: publisher_suite.Rule, request: pytest.FixtureRequest) -> None:
    async with PUBLISHERS[name](request) as stage:
        await rule(stage)


@pytest.mark.asyncio
@pytest.mark.parametrize("rule", shelf_suite.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", named(SHELVES))
async def test_shelf(name: str, rule: shelf_suite.Rule, request: pytest.FixtureRequest) -> None:
    async with SHELVES[name](request) as shelf:
        await rule(shelf)
