"""A process that does not lead delivers to the channels that any may use, and does nothing else."""

import asyncio

import pytest

from adapters.errors import OutcomeUnknown
from adapters.ports import Guarantee
from bot.announcements import delivery
from bot.announcements.delivery import Crew
from bot.leases import Owner
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio

OTHER = Owner("there", 2, "bbbb")


async def assist(house: House, *channels: str) -> None:
    """The other process works until it finds nothing to do."""
    while await delivery.assist(house.services, Crew(OTHER, frozenset(channels))):
        pass


async def test_it_delivers_where_it_may_and_who_leads_does_the_rest(everywhere: House) -> None:
    await everywhere.publishing()
    await assist(everywhere, "board")
    assert await everywhere.deliveries() == {"board": "sent", "wall": "pending"}
    assert await everywhere.state() == "publishing"
    await everywhere.run()
    await everywhere.ended("published", "• board: https://board.example/1", "• wall: https://")
    assert [channel.writes for channel in everywhere.channels.values()] == [1, 1]


async def test_the_last_one_concludes_whoever_it_is(everywhere: House) -> None:
    await everywhere.publishing()
    await assist(everywhere, "board", "wall", "of another version")
    await everywhere.ended("published", "• board: ", "• wall: https://")


async def test_it_looks_up_what_is_unsure_and_takes_down_what_is_recalled(house: House) -> None:
    board = house.channels["board"]
    board.guarantee = Guarantee.KEYED_READBACK
    board.troubles.append(OutcomeUnknown("the answer was lost"))
    await house.publishing()
    await assist(house, "board")
    assert await house.deliveries() == {"board": "unsure"}
    await house.wait_over()
    house.later(minutes=2)
    await assist(house, "board")
    assert await house.deliveries() != {"board": "unsure"}
    assert len(board.shown) == 1
    await house.recall()
    await assist(house, "board")
    assert await house.state() == "recalled"
    assert board.shown == {}


async def test_a_channel_that_it_may_not_use_is_left_alone(house: House) -> None:
    await house.publishing()
    await assist(house, "wall")
    assert await house.deliveries() == {"board": "pending"}
    await assist(house)
    assert house.channels["board"].writes == 0


async def test_people_are_asked_by_whoever_leads(house: House) -> None:
    await house.publishing()
    await house.set(state="needs_human", asked=None)
    await assist(house, "board")
    before = await house.letters()
    await house.run()
    assert len(await house.letters()) > len(before)


async def test_both_at_once_send_each_post_once(everywhere: House) -> None:
    for number in range(1, 9):
        await everywhere.publishing(number)
    await asyncio.gather(everywhere.run(), assist(everywhere, "board", "wall"))
    await everywhere.run()
    assert {await everywhere.state(number) for number in range(1, 9)} == {"published"}
    assert [channel.writes for channel in everywhere.channels.values()] == [8, 8]
    await everywhere.whole()
