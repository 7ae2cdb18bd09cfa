"""A leaked app password of a real Bluesky account: what is posted with it is told, what we post is not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.announcements.own_accounts import AccountNotAgreed, Watch, check
from bot.announcements.tables import ChannelRow
from config.database import Database
from tests.contract.bluesky_stage import Newsroom, newsroom
from tests.contract.test_own_accounts import by_an_app
from tests.real.bluesky import Pds
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.house import LONG_AGO, House, build

pytestmark = [pytest.mark.asyncio, pytest.mark.real]


@pytest_asyncio.fixture
async def room(bluesky: Pds) -> AsyncIterator[Newsroom]:
    """A publisher at work for an account of its own."""
    async with newsroom(bluesky) as made:
        yield made


@pytest_asyncio.fixture
async def house(tmp_path: Path, room: Newsroom) -> AsyncIterator[House]:
    """The engine with that publisher."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    made = await build(database, tmp_path, {"bluesky": Channel("bluesky")})
    made.services = replace(made.services, publishers={"bluesky": room.publisher})
    yield made
    await database.close()


async def looks(house: House) -> bool:
    async with house.services.database.writing() as session:
        await session.execute(update(ChannelRow).values(looks=LONG_AGO))
    return await Watch(house.services).step()


async def told(house: House) -> list[str]:
    return [line for line in await house.letters() if "Not ours" in line]


async def test_what_is_posted_with_a_leaked_password_is_told(house: House, room: Newsroom) -> None:
    await check(house.services)
    await house.publishing(1)
    await house.publishing(2)
    await house.run()
    assert not await looks(house)
    strange = by_an_app(room.server, room.person, "Free money: https://evil.example/")
    assert await looks(house)
    (line,) = await told(house)
    assert strange.rpartition("/")[2] in line
    assert "Free money" not in line
    assert not await looks(house)
    assert len(await told(house)) == 1


async def test_an_answer_in_our_own_thread_is_not_ours(house: House, room: Newsroom) -> None:
    await check(house.services)
    await house.publishing(1)
    await house.run()
    (ours,) = room.server.records(room.person)
    at = {"uri": ours["uri"], "cid": ours["cid"]}
    strange = by_an_app(room.server, room.person, "It is cancelled!", reply={"root": at, "parent": at})
    assert await looks(house)
    (line,) = await told(house)
    assert strange.rpartition("/")[2] in line


async def test_a_post_that_lies_about_its_age_is_told(house: House, room: Newsroom) -> None:
    await check(house.services)
    by_an_app(room.server, room.person, "It is cancelled!", createdAt="2019-01-01T00:00:00Z")
    assert await looks(house)


async def test_a_database_that_knows_nothing_does_not_start_with_a_used_account(house: House, room: Newsroom) -> None:
    by_an_app(room.server, room.person, f"Posted before {datetime.now(UTC):%Y}.")
    with pytest.raises(AccountNotAgreed) as refused:
        await check(house.services)
    assert refused.value.code == "used"
