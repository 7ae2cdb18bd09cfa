"""A thread's parts go out in order, one after the other; a part that fails stops the rest (I23)."""

import asyncio

import pytest

from adapters.errors import OutcomeUnknown, Refused, Unavailable
from bot.leases import Owner
from tests.unit.announcements.house import WORDS, House

pytestmark = pytest.mark.asyncio

BOARD, WALL = "board", "wall"


def shown(house: House, channel: str = BOARD) -> list[str]:
    """The words on a channel, in the order in which they came."""
    return [one.post.parts[0].text for one in house.channels[channel].shown.values()]


async def states(house: House, channel: str = BOARD) -> list[str]:
    """The states of a channel's parts, in order."""
    rows = sorted((row for row in await house.rows() if row.channel == channel), key=lambda row: row.part)
    return [row.state for row in rows]


async def test_parts_come_in_order_however_many_workers_there_are(everywhere: House) -> None:
    await everywhere.publishing(parts=3)
    await asyncio.gather(*[everywhere.run(Owner("here", 1, name)) for name in ("one", "two", "three")])
    await everywhere.run()
    for channel in everywhere.channels:
        assert shown(everywhere, channel) == [WORDS, f"{WORDS} (2)", f"{WORDS} (3)"]
    await everywhere.ended("published", "• board: https://board.example/1")
    (receipt,) = [line for line in await everywhere.letters() if "is published:" in line]
    assert receipt.count("• board") == 1, "one line leads to the whole thread"


async def test_a_part_that_fails_stops_the_rest_and_the_other_channel_goes_on(everywhere: House) -> None:
    board = everywhere.channels[BOARD]
    await everywhere.publishing(parts=3)
    publish = board.publish

    async def refuse_the_second(*args: object) -> object:
        if board.writes == 1:
            board.troubles.append(Refused("too_rude"))
        return await publish(*args)  # type: ignore[arg-type]  # handed on as it came

    board.publish = refuse_the_second  # type: ignore[method-assign, assignment]  # the second part is refused
    await everywhere.run()
    assert (await states(everywhere), board.writes) == (["sent", "failed", "cancelled"], 2)
    assert await states(everywhere, WALL) == ["sent", "sent", "sent"]
    await everywhere.ended(
        "partial",
        "• board (part 2): the channel refused it (too_rude)",
        "• board (part 3): an earlier part of it failed",
    )
    board.publish = publish  # type: ignore[method-assign]  # and is taken now
    await everywhere.reacts("🔁")
    await everywhere.run()
    assert shown(everywhere) == [WORDS, f"{WORDS} (2)", f"{WORDS} (3)"]
    await everywhere.ended("published")


async def test_the_next_part_waits_for_one_that_is_unclear(forgetful: House) -> None:
    forgetful.channels[BOARD].troubles.append(OutcomeUnknown("reset"))
    await forgetful.publishing(parts=2)
    await forgetful.run()
    await forgetful.wait_over()
    await forgetful.run()
    assert await states(forgetful) == ["needs_human", "pending"]
    await forgetful.reacts("🔁")
    await forgetful.run()
    assert (await states(forgetful), shown(forgetful)) == (["sent", "sent"], [WORDS, f"{WORDS} (2)"])


async def test_the_next_part_waits_for_one_that_waits(house: House) -> None:
    house.channels[BOARD].troubles.append(Unavailable(retry_after=60))
    await house.publishing(parts=2)
    await house.run()
    assert (await states(house), house.channels[BOARD].writes) == (["pending", "pending"], 1)


async def test_a_recall_takes_down_every_part(house: House) -> None:
    await house.publishing(parts=3)
    await house.run()
    await house.recall()
    await house.run()
    assert (await states(house), house.channels[BOARD].shown) == (["withdrawn"] * 3, {})
    await house.ended("recalled")
