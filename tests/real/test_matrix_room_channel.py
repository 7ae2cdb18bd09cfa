"""Announcements in a Matrix room as a channel, through `switchboard run`: out once, taken back; rooms that fail."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wording import say
from tests.process import PATIENCE, call
from tests.real.matrix_newsroom import WORDS, Newsroom, in_a_newsroom
from tests.real.matrix_people import Matrix

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]


@pytest_asyncio.fixture(params=[False, True], ids=["plain", "encrypted"])
async def newsroom(request: pytest.FixtureRequest, matrix: Matrix, tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with in_a_newsroom(matrix, tmp_path / "here", encrypted=request.param) as made:
        yield made


async def test_approved_it_stands_in_the_room_and_on_the_feed_once_and_is_taken_back(newsroom: Newsroom) -> None:
    running = newsroom.house.run()
    await running.logs("connected")
    told = await newsroom.is_published("#1 is published")
    assert "staff" in told.words
    assert await newsroom.on_the_feed() == [WORDS]
    posted = await newsroom.posted()
    assert [one.words for one in posted] == [WORDS]
    # Another life of the bot posts nothing again.
    assert (await running.ends())[0] == 0
    running = newsroom.house.run()
    await running.logs("connected")
    await newsroom.house.asks()
    await newsroom.house.is_answered()
    assert [one.id for one in await newsroom.posted()] == [posted[0].id]
    await newsroom.jo.says("comms", f"{newsroom.house.bot.id} recall #1")
    await newsroom.jo.sees("#1 is recalled: it is gone from every channel", room="comms", within=PATIENCE)
    assert (await newsroom.posted(), await newsroom.on_the_feed()) == ([], [])
    raw = [
        one for one in newsroom.server.events(newsroom.reader.account, newsroom.news) if one["event_id"] == posted[0].id
    ]
    assert [(one["content"], one["unsigned"]["redacted_because"]["sender"]) for one in raw] == [
        ({}, newsroom.house.bot.id)
    ]
    assert (await running.ends())[0] == 0


@pytest.mark.parametrize("newsroom", [True], indirect=True, ids=["encrypted"])
async def test_thrown_out_of_the_room_people_are_told_and_can_try_again(newsroom: Newsroom) -> None:
    house, server = newsroom.house, newsroom.server
    running = house.run()
    await running.logs("connected")
    server.member(house.ann.account, newsroom.news, "kick", house.bot)
    told = await newsroom.is_published("#1 is published on some channels only")
    assert f"staff: {say('release.error.unknown_room')}" in told.words
    assert (await newsroom.posted(), await newsroom.on_the_feed()) == ([], [WORDS])
    checked = call(house.folder, "check")
    assert f"matrix room_channels.staff: {say('matrix.check.not_in_room')}" in checked.stdout
    server.member(house.ann.account, newsroom.news, "invite", house.bot)
    await newsroom.jo.reacts(told.id, "🔁")
    await newsroom.jo.sees("#1 is published:", room="comms", within=PATIENCE)
    assert [one.words for one in await newsroom.posted()] == [WORDS]
    # Out again, it cannot take back what stands there, and says so.
    server.member(house.ann.account, newsroom.news, "kick", house.bot)
    await newsroom.jo.says("comms", f"{house.bot.id} recall #1")
    remains = await newsroom.jo.sees("#1 is recalled, but not everywhere", room="comms", within=PATIENCE)
    assert "staff: " in remains.words
    assert (await newsroom.on_the_feed(), len(await newsroom.posted())) == ([], 1)
    server.member(house.ann.account, newsroom.news, "invite", house.bot)
    await newsroom.jo.reacts(remains.id, "🔁")
    await newsroom.jo.sees("#1 is recalled: it is gone", room="comms", within=PATIENCE)
    assert await newsroom.posted() == []
    assert (await running.ends())[0] == 0


@pytest.mark.parametrize("newsroom", [False], indirect=True, ids=["plain"])
async def test_without_the_right_to_write_people_are_told_who_can_give_it(newsroom: Newsroom) -> None:
    house, server = newsroom.house, newsroom.server
    running = house.run()
    await running.logs("connected")
    levels = server.state(house.ann.account, newsroom.news, "m.room.power_levels")
    server.state(house.ann.account, newsroom.news, "m.room.power_levels", content=levels | {"events_default": 50})
    told = await newsroom.is_published("#1 is published on some channels only")
    assert f"staff: {say('release.error.forbidden')}" in told.words
    server.power(house.ann.account, newsroom.news, house.bot, 50)
    await newsroom.jo.reacts(told.id, "🔁")
    await newsroom.jo.sees("#1 is published:", room="comms", within=PATIENCE)
    assert [one.words for one in await newsroom.posted()] == [WORDS]
    assert (await running.ends())[0] == 0
