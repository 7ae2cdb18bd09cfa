"""Rooms of the settings are upgraded under the bot: it is never silently deaf, and says which setting to change."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wording import say
from tests.process import PATIENCE, call
from tests.real.matrix_newsroom import WORDS, Newsroom, in_a_newsroom
from tests.real.matrix_people import Matrix
from tests.real.synapse import CLIENT, Account

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]


@pytest_asyncio.fixture(params=[False, True], ids=["plain", "encrypted"])
async def newsroom(request: pytest.FixtureRequest, matrix: Matrix, tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with in_a_newsroom(matrix, tmp_path / "here", encrypted=request.param, public=True) as made:
        yield made


def upgraded(newsroom: Newsroom, room: str, by: Account) -> str:
    """Somebody upgrades a room as their client does; the room that replaces it."""
    where = f"{CLIENT}/rooms/{room}/upgrade"
    return str(newsroom.server.call(by, "POST", where, {"new_version": "12"})["replacement_room"])


async def test_rooms_of_the_settings_are_upgraded(newsroom: Newsroom) -> None:
    house, server, jo = newsroom.house, newsroom.server, newsroom.jo
    running = house.run()
    await running.logs("connected")
    preview = await newsroom.announces()
    # The room of communications is closed to who is not invited; so the bot cannot follow yet.
    comms = upgraded(newsroom, house.room, house.ann.account)
    told = await house.ann.sees("was upgraded, and I could not get into the new one", private=True, within=PATIENCE)
    assert told.words == say("moved.outside", setting="rooms.comms", room=f"matrix:{comms}")
    await jo.sees("was upgraded, and I could not", private=True, within=PATIENCE)
    for one in (house.bot, jo.account):
        server.member(house.ann.account, comms, "invite", one)
    # It answers in the new room, although the settings still name the old one.
    house.room = comms
    await house.asks()
    await house.is_answered()
    # In the old one only those with power may still react; a typed approval counts as ever.
    with pytest.raises(Exception, match="M_FORBIDDEN"):
        await jo.reacts(preview.id, "✅")
    await jo.says(jo.direct, "approve #1")
    await house.ann.sees("#1 is published", private=True, within=PATIENCE)
    assert await newsroom.on_the_feed() == [WORDS]
    # Nobody who looks is left in doubt, and with the new room in the settings all is as before.
    checked = call(house.folder, "check")
    assert f"matrix rooms.comms: {say('moved.check', room=f'matrix:{comms}')}" in checked.stdout
    assert (await running.ends())[0] == 0
    house.matrix.names["comms"] = comms
    newsroom.settles(comms=comms, staff=newsroom.news)
    running = house.run()
    await running.logs("connected")
    await newsroom.is_published("#2 is published")
    assert (await running.ends())[0] == 0


@pytest.mark.parametrize("newsroom", [False], indirect=True, ids=["plain"])
async def test_a_room_that_is_open_is_entered_also_when_it_was_upgraded_while_the_bot_was_away(
    newsroom: Newsroom,
) -> None:
    house = newsroom.house
    running = house.run()
    await running.logs("connected")
    await house.asks()
    await house.is_answered()
    assert (await running.ends())[0] == 0
    # By a program, which nobody in the directory is behind: what it says goes unanswered, and this does not.
    reader = newsroom.reader.account
    newsroom.server.power(house.ann.account, newsroom.news, reader, 100)
    news = upgraded(newsroom, newsroom.news, reader)
    running = house.run(env={"SWITCHBOARD_MATRIX__BOTS": f'["{reader.id}"]'})
    text = say("moved.joined", setting="room_channels.staff", room=f"matrix:{news}")
    assert (await house.ann.sees("was upgraded", private=True, within=PATIENCE)).words == text
    await running.logs("connected")
    assert (await newsroom.reader.sees("was upgraded", room=news, within=PATIENCE)).words == text
    assert (await running.ends())[0] == 0
