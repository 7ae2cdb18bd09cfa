"""A channel that is away: left alone, told once, unknown instead of failed; and one that many posts wait for."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from adapters.errors import NotAuthenticated, OutcomeUnknown, RateLimited, Unavailable
from adapters.particular import Pace
from adapters.ports import Guarantee
from bot.announcements import delivery
from bot.announcements.tables import ChannelRow
from bot.protocol.pacing import SILENCES
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio

MANY = 8


async def waiting(house: House, number: int = MANY) -> None:
    """So many announcements are to go out."""
    for one in range(1, number + 1):
        await house.publishing(one)


async def channel_row(house: House, name: str = "board") -> ChannelRow:
    async with house.services.database.reading() as session:
        found = await session.get(ChannelRow, name)
    assert found is not None
    return found


async def told(house: House, words: str) -> int:
    return sum(words in line for line in await house.letters())


async def test_after_three_silences_nobody_calls_and_people_hear_once(each: House) -> None:
    board = each.channels["board"]
    board.troubles += [Unavailable()] * 100
    await waiting(each)
    await each.run()
    assert board.writes == SILENCES
    assert set((await each.deliveries()).values()) == {"pending"}
    assert await told(each, "board has not answered since") == 1
    for _ in range(3):
        await each.wait_over()
        await each.run()
    assert board.writes == SILENCES + 3, "one call finds out whether it answers again"
    assert await told(each, "board has not answered since") == 1


async def test_when_it_answers_again_everything_goes_out_once(each: House) -> None:
    board = each.channels["board"]
    board.troubles += [Unavailable()] * (SILENCES + 1)
    await waiting(each)
    await each.run()
    await each.wait_over()
    await each.run()
    await each.wait_over()
    await each.run()
    assert await told(each, "board answers again") == 1
    assert {await each.state(number) for number in range(1, MANY + 1)} == {"published"}
    assert len(board.shown) == MANY


async def test_what_may_be_out_is_unknown_while_it_is_away_and_never_failed(each: House) -> None:
    board = each.channels["board"]
    board.troubles += ["answer lost", OutcomeUnknown("reset"), OutcomeUnknown("reset")]
    board.blind += [Unavailable()] * 100
    await waiting(each, 3)
    await each.run()
    for _ in range(3):
        await each.wait_over()
        await each.run()
    assert {row.state for row in await each.rows()} == {"unsure"}
    assert not any("not published" in line for line in await each.letters())
    board.blind.clear()
    await each.wait_over()
    await each.run()
    await each.wait_over()
    await each.run()
    states = sorted(row.state for row in await each.rows())
    asked = each.channels["board"].guarantee is Guarantee.READBACK
    assert states == (["needs_human", "needs_human", "sent"] if asked else ["sent"] * 3)
    assert len(board.shown) == (1 if asked else 3)


async def test_what_could_not_begin_in_time_is_told_though_the_channel_is_still_away(each: House) -> None:
    each.channels["board"].troubles += [Unavailable()] * 100
    await waiting(each)
    await each.run()
    each.later(minutes=11)
    await each.set(not_before=None)
    await each.run()
    assert {await each.state(number) for number in range(1, MANY + 1)} == {"failed"}
    assert each.channels["board"].writes == SILENCES
    assert await told(each, "was not published") == MANY


async def test_what_is_to_be_taken_down_waits_for_nothing(each: House) -> None:
    await each.publishing(1)
    await each.run()
    await each.set(not_before=None)
    each.channels["board"].troubles += [Unavailable()] * 100
    for number in range(2, 6):
        await each.publishing(number)
    await each.run()
    assert (await channel_row(each)).silences == SILENCES
    await each.recall(1)
    await each.run()
    assert await each.state(1) == "recalled"


async def test_the_other_channels_do_not_notice(everywhere: House) -> None:
    everywhere.channels["board"].troubles += [Unavailable()] * 100
    await waiting(everywhere)
    await everywhere.run()
    assert everywhere.channels["board"].writes == SILENCES
    assert len(everywhere.channels["wall"].shown) == MANY


async def test_a_limit_holds_for_everything_that_waits(each: House) -> None:
    board = each.channels["board"]
    board.troubles.append(RateLimited(retry_after=60))
    await waiting(each)
    await each.run()
    assert board.writes == 1
    row = await channel_row(each)
    assert (row.silences, row.since) == (0, None)
    await each.wait_over()
    await each.run()
    assert len(board.shown) == MANY


async def test_a_token_that_is_revoked_is_no_outage(each: House) -> None:
    board = each.channels["board"]
    board.troubles += [NotAuthenticated()] * MANY
    await waiting(each)
    await each.run()
    assert (await channel_row(each)).silences == 0
    assert await told(each, "an admin must sign in again") == MANY
    assert await told(each, "has not answered since") == 0


@dataclass
class Paced(Channel):
    """A channel that takes three posts at once."""

    pace: Pace = field(default_factory=lambda: Pace(3, timedelta(seconds=60)))


async def test_no_burst_and_no_other_channel_is_held_up(everywhere: House) -> None:
    board, wall = Paced("board"), everywhere.channels["wall"]
    everywhere.services = replace(everywhere.services, publishers={"board": board, "wall": wall})
    await waiting(everywhere)
    await everywhere.run()
    assert (len(board.shown), len(wall.shown)) == (3, MANY)
    await everywhere.wait_over()  # it has become time for one more
    await everywhere.run()
    assert len(board.shown) == 4
    assert not await delivery.step(everywhere.services, everywhere.owner)


async def test_a_channel_that_hangs_holds_up_no_other(everywhere: House) -> None:
    board, wall = everywhere.channels["board"], everywhere.channels["wall"]
    board.troubles.append("hangs")
    await waiting(everywhere)
    crew = delivery.Crew(everywhere.owner)

    async def work() -> None:
        while await delivery.step(everywhere.services, everywhere.owner, crew):
            pass

    hanging = [asyncio.create_task(work()) for _ in range(2)]
    async with asyncio.timeout(30):
        while len(wall.shown) < MANY:  # noqa: ASYNC110 - a double rings no bell
            await asyncio.sleep(0.01)
    assert (board.writes, len(board.shown)) == (1, 0)
    board.go_on.set()
    await asyncio.gather(*hanging)
    await everywhere.run()
    assert len(board.shown) == MANY
