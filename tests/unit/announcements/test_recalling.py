"""A recall in whatever state a delivery is: gone everywhere, or named where it may remain."""

import asyncio

import pytest

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from bot.announcements import delivery
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio


async def out(house: House) -> None:
    """It stands on every channel."""
    await house.publishing()
    await house.run()
    assert await house.state() == "published"


async def test_what_is_out_is_taken_down_everywhere(everywhere: House) -> None:
    await out(everywhere)
    await everywhere.recall()
    assert await everywhere.state() == "recalling"
    await everywhere.run()
    await everywhere.ended("recalled", "it is gone from every channel")
    assert [channel.shown for channel in everywhere.channels.values()] == [{}, {}]


async def test_what_waits_is_cancelled(everywhere: House) -> None:
    await everywhere.publishing()
    await everywhere.recall()
    await everywhere.run()
    assert set((await everywhere.deliveries()).values()) == {"cancelled"}
    await everywhere.ended("recalled")
    assert [channel.writes for channel in everywhere.channels.values()] == [0, 0]


@pytest.mark.parametrize(
    ("trouble", "ends"),
    [("hangs", "withdrawn"), (RateLimited(retry_after=5), "cancelled"), (Refused("no"), "failed")],
)
async def test_what_is_being_sent(house: House, trouble: AdapterError | str, ends: str) -> None:
    board = house.channels["board"]
    publish = board.publish

    async def recalled_meanwhile(*args: object) -> object:
        await house.recall()
        return await publish(*args)  # type: ignore[arg-type]  # handed on as it came

    board.go_on.set()
    board.troubles.append(trouble)
    board.publish = recalled_meanwhile  # type: ignore[method-assign, assignment]  # the recall comes in the middle
    await house.publishing()
    await house.run()
    assert await house.deliveries() == {"board": ends}
    await house.ended("recalled")
    assert board.shown == {}


async def test_what_is_unsure_and_there_is_found_and_taken_down(each: House) -> None:
    each.channels["board"].troubles.append("answer lost")
    await each.publishing()
    await each.run()
    await each.recall()
    await each.wait_over()
    await each.run()
    await each.ended("recalled")
    assert (each.channels["board"].shown, each.channels["board"].writes) == ({}, 1)


async def test_what_is_unsure_and_not_there_is_not_sent_again(house: House) -> None:
    house.channels["board"].troubles.append(OutcomeUnknown("reset"))
    await house.publishing()
    await house.run()
    await house.recall()
    await house.wait_over()
    await house.run()
    assert await house.deliveries() == {"board": "cancelled"}
    await house.ended("recalled")
    assert house.channels["board"].writes == 1


@pytest.mark.parametrize("asked", [True, False])
async def test_what_nobody_can_find_is_named(forgetful: House, asked: bool) -> None:
    forgetful.channels["board"].troubles.append(OutcomeUnknown("reset"))
    await forgetful.publishing()
    await forgetful.run()
    if asked:
        await forgetful.wait_over()
        await forgetful.run()
        assert await forgetful.deliveries() == {"board": "needs_human"}
    await forgetful.recall()
    await forgetful.wait_over()
    await forgetful.run()
    await forgetful.ended("recall_partial", "not everywhere", "• board: I cannot tell whether it is there; please look")
    assert forgetful.channels["board"].writes == 1
    await forgetful.reacts("🔁")
    await forgetful.run()
    assert await forgetful.state() == "recall_partial", "there is nothing a machine could try"


async def test_what_was_refused_needs_nothing(house: House) -> None:
    house.channels["board"].troubles.append(Refused("no"))
    await house.publishing()
    await house.run()
    await house.recall()
    assert await house.state() == "failed"
    assert "#1 is not published, so there is nothing to recall." in await house.letters()


@pytest.mark.parametrize("trouble", [Refused("locked"), NotAuthenticated()])
async def test_what_sticks_is_named_with_its_address_and_tried_again(house: House, trouble: AdapterError) -> None:
    await out(house)
    house.channels["board"].stuck.append(trouble)
    await house.recall()
    await house.run()
    await house.ended("recall_partial", "• board: still there (https://board.example/1)")
    assert "react 🔁 here" in (await house.letters())[-1]
    assert "🔁" not in (await house.letters("direct:web:ama"))[-1]
    await house.recall()
    assert "#1 is recalled already, but not everywhere. React 🔁" in (await house.letters())[-1]
    await house.reacts("🔁")
    assert "Jo asked me to try again to take #1 down." in await house.letters()
    await house.run()
    await house.ended("recalled")
    assert house.channels["board"].shown == {}


async def test_gone_but_still_seen_is_named(house: House) -> None:
    await out(house)

    async def pretend(_remote: object) -> None:
        """Says that it is done, and does nothing."""

    house.channels["board"].withdraw = pretend  # type: ignore[method-assign, assignment]  # a channel that lies
    await house.recall()
    await house.run()
    await house.ended("recall_partial", "• board: still there")


async def test_a_channel_that_is_away_is_waited_for_and_then_named(house: House) -> None:
    await out(house)
    house.channels["board"].stuck += [Unavailable()] * 3
    await house.recall()
    for _ in range(2):
        await house.run()
        assert await house.state() == "recalling"
        await house.wait_over()
    house.later(minutes=11)
    await house.run()
    await house.ended("recall_partial", "• board: still there")
    await house.reacts("🔁")
    await house.run()
    await house.ended("recalled")


async def test_one_channel_sticks_and_the_other_lets_go(everywhere: House) -> None:
    await out(everywhere)
    everywhere.channels["wall"].stuck.append(Refused("locked"))
    await everywhere.recall()
    await everywhere.run()
    assert await everywhere.deliveries() == {"board": "withdrawn", "wall": "remains"}
    await everywhere.ended("recall_partial", "• wall: still there")
    assert "• board" not in (await everywhere.letters())[-1]


async def test_the_channel_is_no_longer_in_the_settings(house: House) -> None:
    await out(house)
    house.services.publishers.pop("board")  # type: ignore[attr-defined]  # a dictionary, though promised as less
    await house.recall()
    await house.run()
    await house.ended("recall_partial", "• board: still there (https://board.example/1)")


async def test_recall_comes_before_sending(everywhere: House) -> None:
    await out(everywhere)
    await everywhere.publishing(2)
    await everywhere.recall()
    assert await delivery.step(everywhere.services, everywhere.owner)
    assert "withdrawn" in {row.state for row in await everywhere.rows() if row.announcement == 1}
    await everywhere.run()
    assert await everywhere.state(2) == "published"


async def test_two_recalls_of_two_workers_end_once(everywhere: House) -> None:
    await out(everywhere)
    await everywhere.recall()
    await asyncio.gather(everywhere.run(), everywhere.run())
    await everywhere.ended("recalled")
    assert len([line for line in await everywhere.letters() if "is recalled: it is gone" in line]) == 1
