"""Every Publisher, and every shelf of the feed, under the contract of its port.

To add an implementation: a line in SHELVES for a shelf of the feed, in PUBLISHERS for another channel.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.publish.feed import FeedShelf
from tests.contract import publisher_suite, shelf_suite
from tests.contract.feed_stage import MemoryShelf, feed_stage
from tests.contract.publisher_suite import Stage

# Given pytest's request, so that it can ask for a fixture such as a database.
OpenShelf = Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[FeedShelf]]
OpenStage = Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Stage]]


@asynccontextmanager
async def memory_shelf(_request: pytest.FixtureRequest) -> AsyncIterator[FeedShelf]:
    yield MemoryShelf()


def feed_over(open_shelf: OpenShelf) -> OpenStage:
    """The feed over a shelf."""

    @asynccontextmanager
    async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
        async with open_shelf(request) as shelf, feed_stage(shelf) as stage:
            yield stage

    return opened


SHELVES: dict[str, OpenShelf] = {"memory": memory_shelf}
PUBLISHERS: dict[str, OpenStage] = {f"feed-{name}": feed_over(shelf) for name, shelf in SHELVES.items()}


def test_there_are_rules_and_implementations() -> None:
    assert publisher_suite.RULES
    assert shelf_suite.RULES
    assert SHELVES
    assert PUBLISHERS


@pytest.mark.asyncio
@pytest.mark.parametrize("rule", publisher_suite.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", PUBLISHERS)
async def test_publisher(name: str, rule: publisher_suite.Rule, request: pytest.FixtureRequest) -> None:
    async with PUBLISHERS[name](request) as stage:
        await rule(stage)


@pytest.mark.asyncio
@pytest.mark.parametrize("rule", shelf_suite.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", SHELVES)
async def test_shelf(name: str, rule: shelf_suite.Rule, request: pytest.FixtureRequest) -> None:
    async with SHELVES[name](request) as shelf:
        await rule(shelf)
