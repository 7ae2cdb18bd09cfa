"""A channel is taken out of the settings, or renamed there, while something waits for it."""

from dataclasses import replace

import pytest

from adapters.events import MessageRef
from bot.announcements import answering
from bot.desk import opened
from bot.protocol.model import Role
from config.sections import ByHand
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio

LINK = "https://social.example/posts/7"


def named(house: House, **by_hand: str) -> None:
    """Who posts where by hand, by the settings as they are now."""
    settings = house.services.settings.model_copy(update={"by_hand": ByHand(**by_hand)})
    house.services = replace(house.services, settings=settings)


async def asked(house: House) -> None:
    """Somebody was asked a day ago to post it on facebook; on the other channel it is out."""
    await house.publishing()
    await house.run()
    await house.publishing(2)
    await house.set(channel="facebook", state="asked", asked=house.services.clock(), last_try=None, remote_id=None)
    house.later(hours=25)


async def says_done(house: House, words: str) -> None:
    turn = house.turn(MessageRef("web", "comms", "1"), "👀", Role.COMMS)
    commit = await answering.done(turn, 2, words)
    async with opened(house.services, "in/done") as desk:
        await commit(desk)


@pytest.mark.parametrize("now", [{}, {"facebook_page": "web:pat"}])
async def test_what_somebody_was_asked_to_post_is_not_forgotten(house: House, now: dict[str, str]) -> None:
    await asked(house)
    named(house, **now)
    await house.run()
    assert {row.state for row in await house.rows()} == {"failed"}
    assert sum("#2: facebook is no longer in the settings" in line for line in await house.letters()) == 1
    assert await house.state(2) == "failed"
    assert "was not published" in (await house.letters())[-1]
    await says_done(house, f"facebook {LINK}")
    (row,) = [row for row in await house.rows() if row.announcement == 2]
    assert (row.state, row.url) == ("sent", LINK)
    await house.whole()


async def test_while_somebody_is_named_nothing_is_let_go(house: House) -> None:
    await asked(house)
    named(house, facebook="web:pat")
    await house.run()
    assert {row.state for row in await house.rows()} == {"asked"}


async def test_under_its_new_name_nothing_is_sent_by_itself(house: House) -> None:
    await house.publishing()
    board = house.channels["board"]
    board.channel = "noticeboard"
    house.services = replace(house.services, publishers={"noticeboard": board})
    await house.run()
    await house.ended("failed", "• board: the channel is no longer in the settings")
    await house.reacts("🔁")
    await house.run()
    await house.ended("failed", "• board: the channel is no longer in the settings")
    assert board.writes == 0
