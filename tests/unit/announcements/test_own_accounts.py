"""Our accounts: agreed on before anything is published with them, and watched for what did not come through here."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.errors import AdapterError, NotAuthenticated, Unavailable
from adapters.particular import Posted
from bot.announcements.own_accounts import AccountNotAgreed, Watch, agree, check
from bot.announcements.tables import ChannelRow
from config.database import Database
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.house import House, build

pytestmark = pytest.mark.asyncio


@dataclass
class Account:
    """An account in memory. `strange`: what somebody else posted; `trouble` befalls whatever is asked."""

    channel: Channel
    identity: str = "did:plc:news"
    strange: list[Posted] = field(default_factory=list)
    trouble: AdapterError | None = None
    asked: list[datetime] = field(default_factory=list)

    async def whose(self) -> str:
        """Whose it is."""
        self._fail()
        return self.identity

    async def is_used(self) -> bool:
        """Whether there is a post."""
        self._fail()
        return bool(self.strange or self.channel.shown)

    async def posted(self, since: datetime) -> Sequence[Posted]:
        """What stands."""
        self._fail()
        self.asked.append(since)
        ours = [Posted(one.remote.id, one.remote.url, since) for one in self.channel.shown.values()]
        return [*ours, *(one for one in self.strange if one.at >= since)]

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble


@dataclass
class WithAccount(Channel):
    """A channel with an account of ours."""

    def __post_init__(self) -> None:
        """The account is its own."""
        self.own = Account(self)


@dataclass
class Council:
    """The engine, its one channel, and the account there."""

    house: House
    account: Account
    watch: Watch

    async def row(self) -> ChannelRow | None:
        """What is kept of the channel."""
        async with self.house.services.database.reading() as session:
            return await session.get(ChannelRow, "board")

    async def looks(self, minutes: float = 6) -> bool:
        """Minutes later the account is looked at."""
        self.house.later(minutes=minutes)
        self.watch.services = self.house.services
        return await self.watch.step()

    def posts(self, identity: str) -> None:
        """Somebody else posts with the account."""
        now = self.house.services.clock()
        self.account.strange.append(Posted(identity, f"https://board.example/{identity}", now))

    async def told(self, words: str, place: str = "web:comms") -> int:
        """How often somebody was told."""
        return sum(words in line for line in await self.house.letters(place))


@pytest_asyncio.fixture
async def council(tmp_path: Path) -> AsyncIterator[Council]:
    """One channel with an account of ours that is empty."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    channel = WithAccount("board")
    house = await build(database, tmp_path, {"board": channel})
    yield Council(house, channel.own, Watch(house.services))
    await database.close()


async def test_an_empty_account_is_agreed_on_by_itself(council: Council) -> None:
    await check(council.house.services)
    row = await council.row()
    assert row is not None
    assert row.account == "did:plc:news"


async def test_with_an_empty_database_and_a_used_account_it_does_not_start(council: Council) -> None:
    council.posts("1")
    for _ in range(2):
        with pytest.raises(AccountNotAgreed) as refused:
            await check(council.house.services)
        assert (refused.value.code, refused.value.channel) == ("used", "board")


async def test_what_we_published_ourselves_makes_no_difference_to_a_database_that_knows_it(council: Council) -> None:
    await check(council.house.services)
    await council.house.publishing()
    await council.house.run()
    await check(council.house.services)


async def test_once_somebody_has_agreed_it_starts(council: Council) -> None:
    council.posts("1")
    await agree(council.house.services, "board", "did:plc:news", by="cli:pat", name="cli:pat")
    await check(council.house.services)
    assert not await council.looks(), "what stood there before is nothing new"


async def test_another_account_that_is_used_needs_a_person_again(council: Council) -> None:
    await check(council.house.services)
    council.account.identity = "did:plc:other"
    await check(council.house.services)
    council.posts("1")
    council.account.identity = "did:plc:third"
    with pytest.raises(AccountNotAgreed) as refused:
        await check(council.house.services)
    assert refused.value.code == "another"


@pytest.mark.parametrize("trouble", [Unavailable(), NotAuthenticated()])
async def test_an_account_that_cannot_be_asked(council: Council, trouble: AdapterError) -> None:
    council.account.trouble = trouble
    with pytest.raises(AccountNotAgreed) as refused:
        await check(council.house.services)
    assert refused.value.code == "cannot_tell"
    council.account.trouble = None
    await check(council.house.services)
    council.account.trouble = trouble
    await check(council.house.services)  # known: an outage is no reason to be deaf


async def test_a_post_that_is_not_ours_is_told_once_to_communications_and_in_the_evidence(council: Council) -> None:
    await check(council.house.services)
    await council.house.publishing()
    await council.house.run()
    assert not await council.looks()
    council.posts("strange-1")
    assert await council.looks()
    assert await council.told("⚠️ Not ours: 1 post on our account on board did not come through me.") == 1
    assert await council.told("• https://board.example/strange-1 (posted on ") == 1
    for _ in range(3):
        assert not await council.looks()
    assert await council.told("Not ours") == 1
    council.posts("strange-2")
    assert await council.looks()
    assert await council.told("strange-2") == 1
    await council.house.whole()


async def test_it_is_looked_at_every_five_minutes_and_a_little_further_back(council: Council) -> None:
    await check(council.house.services)
    began = council.house.services.clock()
    assert not await council.looks(1)
    assert len(council.account.asked) == 1
    assert not await council.looks(1)
    assert len(council.account.asked) == 1
    assert not await council.looks(5)
    first, second = council.account.asked
    assert abs(first - began) < timedelta(seconds=30)
    assert abs(second - (began - timedelta(minutes=4))) < timedelta(seconds=30)


async def test_while_it_cannot_be_looked_at_nothing_is_forgotten(council: Council) -> None:
    await check(council.house.services)
    council.account.trouble = Unavailable()
    council.posts("strange-1")
    for _ in range(20):
        assert not await council.looks()
    council.account.trouble = None
    assert await council.looks()
    assert council.account.asked[-1] < council.house.services.clock() - timedelta(hours=2)
    assert await council.told("strange-1") == 1


async def test_what_may_be_our_own_and_under_way_is_not_called_strange(council: Council) -> None:
    await check(council.house.services)
    await council.house.publishing()
    board = council.house.channels["board"]
    board.troubles.append("answer lost")
    await council.house.run()
    assert len(board.shown) == 1
    assert not await council.looks()
    assert await council.told("Not ours") == 0
    await council.house.wait_over()
    await council.house.run()
    assert not await council.looks()
    assert await council.told("Not ours") == 0


async def test_where_a_person_is_asked_the_alarm_says_that_it_may_be_that(council: Council) -> None:
    await check(council.house.services)
    await council.house.publishing()
    await council.house.run()
    await council.house.set(state="needs_human")
    council.posts("strange-1")
    assert await council.looks()
    assert await council.told("It may be #1, of which I do not know whether it is out.") == 1


async def test_many_are_counted_and_a_few_are_named(council: Council) -> None:
    await check(council.house.services)
    for number in range(30):
        council.posts(f"strange-{number}")
    assert await council.looks()
    (told,) = [line for line in await council.house.letters() if "Not ours: 30 posts" in line]
    assert told.count("• https://") == 5
    assert "• and 25 more" in told


async def test_of_two_processes_one_looks(council: Council) -> None:
    await check(council.house.services)
    council.posts("strange-1")
    council.house.later(minutes=6)
    other = Watch(council.house.services)
    assert [await council.looks(0), await other.step()] == [True, False]
    assert len(council.account.asked) == 1


async def test_a_channel_without_an_account_is_left_alone(house: House) -> None:
    await check(house.services)
    house.later(hours=1)
    assert not await Watch(house.services).step()
    assert not await Watch(replace(house.services, publishers={})).step()
