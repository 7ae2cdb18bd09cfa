"""What every watched account must tell, written against `OwnAccount`; tests/contract/test_own_accounts.py runs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.particular import Watched
from adapters.ports import Publisher
from tests.contract.publisher_suite import Stage, post, publish

BEFORE = timedelta(minutes=1)
LONG = timedelta(days=30)


@dataclass(frozen=True)
class Natively:
    """A stage, and somebody who posts with the same account by another program; the id of what was posted."""

    stage: Stage
    posts: Callable[[str], Awaitable[str]]

    @property
    def publisher(self) -> Publisher:
        """The publisher."""
        return self.stage.publisher

    async def seen(self, since: datetime | None = None) -> list[str]:
        """The ids of what stands on the account."""
        assert isinstance(self.publisher, Watched)
        return [one.id for one in await self.publisher.own.posted(since or datetime.now(UTC) - BEFORE)]


Rule = Callable[[Natively], Awaitable[None]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    """Add a rule to the suite."""
    RULES.append(check)
    return check


@rule
async def it_says_whose_it_is(natively: Natively) -> None:
    assert isinstance(natively.publisher, Watched)
    assert await natively.publisher.own.whose()
    assert await natively.publisher.own.whose() == await natively.publisher.own.whose()


@rule
async def it_is_used_once_anything_was_posted(natively: Natively) -> None:
    assert isinstance(natively.publisher, Watched)
    assert not await natively.publisher.own.is_used()
    await natively.posts("Written on a telephone.")
    assert await natively.publisher.own.is_used()


@rule
async def what_we_published_is_known_by_the_id_that_we_keep(natively: Natively) -> None:
    remote = await publish(natively.stage, post(natively.stage), "k1")
    assert await natively.seen() == [remote.id]


@rule
async def what_somebody_else_posted_is_there_too(natively: Natively) -> None:
    assert isinstance(natively.publisher, Watched)
    remote = await publish(natively.stage, post(natively.stage), "k1")
    strange = await natively.posts("Written on a telephone.")
    found = await natively.publisher.own.posted(datetime.now(UTC) - BEFORE)
    assert {one.id for one in found} == {remote.id, strange}
    (told,) = [one for one in found if one.id == strange]
    assert told.url is not None
    assert told.url.startswith("https://")
    assert abs(told.at - datetime.now(UTC)) < BEFORE


@rule
async def the_same_words_posted_by_somebody_else_are_not_ours(natively: Natively) -> None:
    remote = await publish(natively.stage, post(natively.stage), "k1")
    strange = await natively.posts("The library opens at noon.")
    assert set(await natively.seen()) == {remote.id, strange}


@rule
async def what_is_older_is_left_out(natively: Natively) -> None:
    await natively.posts("Written on a telephone.")
    assert await natively.seen(datetime.now(UTC) + timedelta(hours=1)) == []
    assert len(await natively.seen(datetime.now(UTC) - LONG)) == 1


@rule
async def what_was_withdrawn_is_gone(natively: Natively) -> None:
    await natively.publisher.withdraw(await publish(natively.stage, post(natively.stage), "k1"))
    assert await natively.seen() == []
