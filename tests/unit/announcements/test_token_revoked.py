"""A token is taken away half-way through a thread: told at once, nothing goes on, and afterwards where it stopped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.announcements import delivery
from config.database import Database
from tests.contract.mastodon_stage import Mastodon, mastodon
from tests.fakes.faults import Fault
from tests.fakes.mastodon import FakeMastodon
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.house import WORDS, House, build

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Mastodon]:
    """A pretend Mastodon, and our own publisher."""
    async with mastodon(FakeMastodon()) as made:
        yield made


@pytest_asyncio.fixture
async def house(tmp_path: Path, stage: Mastodon) -> AsyncIterator[House]:
    """The engine with that publisher."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    made = await build(database, tmp_path, {"mastodon": Channel("mastodon")})
    made.services = replace(made.services, publishers={"mastodon": stage.publisher})
    yield made
    await database.close()


async def test_a_thread_goes_on_where_it_stopped_once_somebody_has_signed_in(house: House, stage: Mastodon) -> None:
    await house.publishing(parts=4)
    await delivery.step(house.services, house.owner)
    await delivery.step(house.services, house.owner)
    stage.server.script.always(Fault.REVOKED)
    await house.run()
    assert [row.state for row in await house.rows()] == ["sent", "sent", "failed", "cancelled"]
    await house.ended("partial", "mastodon (part 3): ", "an admin must sign in again", "🔁")
    assert len(stage.server.posts) == 2
    stage.server.script.standing.clear()
    await house.reacts("🔁")
    await house.run()
    await house.ended("published", "• mastodon: https://social.example/@news/")
    posts = stage.server.posts
    assert [post.text for post in posts] == [WORDS, *(f"{WORDS} ({part})" for part in (2, 3, 4))]
    assert [post.reply_to for post in posts] == [None, *(post.id for post in posts[:-1])]


async def test_what_is_to_be_taken_down_is_named_until_somebody_has_signed_in(house: House, stage: Mastodon) -> None:
    await house.publishing()
    await house.run()
    stage.server.script.always(Fault.REVOKED)
    await house.recall()
    await house.run()
    assert await house.state() == "recall_partial"
    assert "• mastodon: " in (await house.letters())[-1]
    stage.server.script.standing.clear()
    await house.reacts("🔁")
    await house.run()
    assert await house.state() == "recalled"
    assert stage.server.posts == []
