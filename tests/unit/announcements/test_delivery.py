"""Every way a visible write can end: shown once, told plainly, and never repeated when it may be out."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.ports import Guarantee
from bot.announcements import delivery
from bot.leases import Owner
from bot.protocol.model import Role
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio

OTHER = Owner("there", 2, "bbbb")


def on_board(house: House) -> int:
    """How many posts stand on the board."""
    return len(house.channels["board"].shown)


async def test_all_channels_have_it(everywhere: House) -> None:
    await everywhere.publishing()
    await everywhere.run()
    await everywhere.ended("published", "#1 is published:", "• board: https://board.example/1", "• wall: https://")
    assert [(channel.writes, len(channel.shown)) for channel in everywhere.channels.values()] == [(1, 1), (1, 1)]
    assert not await delivery.step(everywhere.services, everywhere.owner)


async def test_one_refuses_and_only_that_is_tried_again(everywhere: House) -> None:
    everywhere.channels["wall"].troubles.append(Refused("too_rude"))
    await everywhere.publishing()
    await everywhere.run()
    await everywhere.ended("partial", "on some channels only", "• wall: the channel refused it (too_rude)", "🔁")
    await everywhere.reacts("🔁")
    assert await everywhere.state() == "publishing"
    await everywhere.run()
    await everywhere.ended("published", "• board: ", "• wall: https://")
    assert [channel.writes for channel in everywhere.channels.values()] == [1, 2]


async def test_two_workers_share_and_the_last_to_end_concludes(everywhere: House) -> None:
    for number in range(1, 6):
        await everywhere.publishing(number)
    await asyncio.gather(*[everywhere.run(Owner("here", 1, name)) for name in ("one", "two", "three")])
    assert {await everywhere.state(number) for number in range(1, 6)} == {"published"}
    assert [channel.writes for channel in everywhere.channels.values()] == [5, 5]
    assert len([line for line in await everywhere.letters() if "is published:" in line]) == 5
    await everywhere.whole()


async def test_two_last_deliveries_that_end_at_once_are_concluded_once(everywhere: House) -> None:
    for channel in everywhere.channels.values():
        channel.troubles.append("hangs")
    await everywhere.publishing()
    working = [
        asyncio.create_task(delivery.step(everywhere.services, Owner("here", 1, name))) for name in ("one", "two")
    ]
    async with asyncio.timeout(10):
        while sum(channel.writes for channel in everywhere.channels.values()) < 2:  # noqa: ASYNC110 - a double rings no bell
            await asyncio.sleep(0.01)
    for channel in everywhere.channels.values():
        channel.go_on.set()
    await asyncio.gather(*working)
    await everywhere.ended("published", "• board: ", "• wall: ")


@pytest.mark.parametrize(
    ("trouble", "line"),
    [
        (Refused("too_rude"), "the channel refused it (too_rude)"),
        (Refused("withdrawn"), "it had been taken back"),
        (NotAuthenticated(), "an admin must sign in again"),
    ],
)
async def test_a_definite_no_is_told_and_not_repeated(each: House, trouble: AdapterError, line: str) -> None:
    each.channels["board"].troubles.append(trouble)
    await each.publishing()
    await each.run()
    await each.ended("failed", "#1 was not published:", line, "react 🔁 here")
    assert (on_board(each), each.channels["board"].writes) == (0, 1)


@pytest.mark.parametrize(
    "trouble", [RateLimited(retry_after=45), RateLimited(), Unavailable(retry_after=5), Unavailable()]
)
async def test_not_now_waits_and_comes_again(each: House, trouble: AdapterError) -> None:
    each.channels["board"].troubles.append(trouble)
    await each.publishing()
    await each.run()
    assert await each.deliveries() == {"board": "pending"}
    assert await each.letters() == []
    await each.wait_over()
    await each.run()
    await each.ended("published")
    assert on_board(each) == 1


async def test_away_for_too_long_ends_with_a_person(each: House) -> None:
    each.channels["board"].troubles += [Unavailable(), RateLimited(retry_after=900)]
    await each.publishing()
    await each.run()
    await each.wait_over()
    await each.run()
    await each.ended("failed", "could not be reached in time", "react 🔁 here")
    each.later(minutes=30)
    await each.wait_over()  # also the quarter of an hour that the channel asked for
    await each.reacts("🔁")
    await each.run()
    await each.ended("published")
    assert on_board(each) == 1


async def test_nothing_is_begun_late(each: House) -> None:
    await each.publishing()
    each.later(minutes=11)
    await each.run()
    await each.ended("failed", "it was not begun in time")
    assert each.channels["board"].writes == 0


async def test_a_day_later_the_same_words_are_not_sent_again(house: House) -> None:
    house.channels["board"].troubles.append(Refused("too_rude"))
    await house.publishing()
    await house.run()
    house.later(hours=25)
    await house.reacts("🔁")
    assert await house.state() == "failed"
    assert "failed more than a day ago" in (await house.letters())[-1]


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN, Role.AUDITOR, Role.DUTY_OFFICER])
async def test_only_who_may_approve_may_try_again(house: House, role: Role) -> None:
    house.channels["board"].troubles.append(Refused("too_rude"))
    await house.publishing()
    await house.run()
    await house.reacts("🔁", role)
    assert await house.state() == "failed"
    assert "your reaction on #1 does not count" in (await house.letters())[-1]


async def test_accepted_and_the_answer_lost_is_found(each: House) -> None:
    each.channels["board"].troubles.append("answer lost")
    await each.publishing()
    await each.run()
    assert await each.deliveries() == {"board": "unsure"}
    assert await each.letters() == [], "what is unclear is not told as failed"
    await each.wait_over()
    await each.run()
    await each.ended("published", "• board: https://board.example/1")
    assert (on_board(each), each.channels["board"].writes) == (1, 1)


async def test_not_accepted_and_the_answer_lost(each: House) -> None:
    each.channels["board"].troubles.append(OutcomeUnknown("reset"))
    await each.publishing()
    await each.run()
    await each.wait_over()
    await each.run()
    if each.channels["board"].guarantee is Guarantee.READBACK:
        assert await each.deliveries() == {"board": "needs_human"}
        assert (await each.state(), each.channels["board"].writes) == ("publishing", 1)
    else:
        await each.ended("published")
        assert (on_board(each), each.channels["board"].writes) == (1, 2)


async def test_a_write_that_takes_too_long_is_unsure(each: House) -> None:
    settings = each.services.settings
    short = settings.announcements.model_copy(update={"lease_seconds": 10})
    each.services = replace(each.services, settings=settings.model_copy(update={"announcements": short}))
    each.channels["board"].troubles.append("hangs")
    await each.publishing()
    await each.run()
    assert await each.deliveries() == {"board": "unsure"}
    assert each.channels["board"].writes == 1


async def test_a_fault_nobody_thought_of_becomes_unsure_when_its_lease_is_over(each: House) -> None:
    each.channels["board"].troubles.append("broken")
    await each.publishing()
    with pytest.raises(RuntimeError):
        await each.run()
    assert await each.deliveries() == {"board": "sending"}
    await each.wait_over()
    await each.run()
    # A channel that knows the key for ever may be asked again at once.
    repeated = each.channels["board"].guarantee is Guarantee.IDEMPOTENT
    assert await each.deliveries() == {"board": "sent" if repeated else "unsure"}


async def test_a_lookup_that_fails_is_tried_again_and_in_the_end_asked(each: House) -> None:
    board = each.channels["board"]
    board.troubles.append("answer lost")
    board.blind += [Unavailable(), NotAuthenticated(), Unavailable()]
    await each.publishing()
    for _ in range(3):
        await each.run()
        await each.wait_over()
        assert await each.deliveries() == {"board": "unsure"}
    each.later(minutes=11)
    await each.run()
    assert await each.deliveries() == {"board": "needs_human"}
    assert board.writes == 1


async def test_what_is_not_found_late_is_asked_and_not_sent(each: House) -> None:
    each.channels["board"].troubles.append(OutcomeUnknown("reset"))
    await each.publishing()
    await each.run()
    await each.wait_over()
    each.later(minutes=11)
    await each.run()
    assert await each.deliveries() == {"board": "needs_human"}
    assert each.channels["board"].writes == 1


async def test_a_worker_whose_lease_is_over_is_fenced_off(everywhere: House) -> None:
    board = everywhere.channels["board"]
    board.guarantee = Guarantee.KEYED_READBACK
    del everywhere.channels["wall"]
    board.troubles.append("hangs")
    await everywhere.publishing()
    late = asyncio.create_task(delivery.step(everywhere.services, everywhere.owner))
    while not board.writes:  # noqa: ASYNC110 - a double rings no bell
        await asyncio.sleep(0.01)
    await everywhere.wait_over()
    await everywhere.run(OTHER)  # another takes it for dead: unsure, and waits to settle
    assert await everywhere.deliveries() == {"board": "unsure"}
    board.go_on.set()
    await late
    assert await everywhere.deliveries() == {"board": "unsure"}, "who comes late changes nothing"
    await everywhere.wait_over()
    await everywhere.run(OTHER)
    await everywhere.ended("published")
    assert (len(board.shown), board.writes) == (1, 1)


async def test_what_a_dead_process_was_sending_is_looked_up(each: House) -> None:
    me = Owner(nonce="new")
    await each.publishing()
    dead = Owner(me.host, os.getpid(), "old")
    now = each.services.clock()
    await each.set(state="sending", owner=str(dead), until=now, fence=1, attempts=1, last_try=now)
    assert await delivery.reclaim(each.services, me) == 1
    row = (await each.rows())[0]
    assert (row.state, row.owner) == ("unsure", None)
    # Only a channel that knows the key may be asked again at once.
    settled = None if each.channels["board"].guarantee is Guarantee.IDEMPOTENT else now + timedelta(seconds=120)
    assert row.not_before == settled
    assert [shown.row.action for shown in await each.history()] == ["publish", "delivery"]
    assert await delivery.reclaim(each.services, me) == 0


async def test_what_another_host_is_sending_is_left_alone(house: House) -> None:
    await house.publishing()
    await house.set(state="sending", owner=str(Owner("elsewhere", 1, "x")), until=None)
    assert await delivery.reclaim(house.services, Owner()) == 0
    assert await house.deliveries() == {"board": "sending"}


async def test_the_channel_is_no_longer_in_the_settings(house: House) -> None:
    await house.publishing()
    house.services.publishers.pop("board")  # type: ignore[attr-defined]  # a dictionary, though promised as less
    await house.run()
    await house.ended("failed", "the channel is no longer in the settings")


async def test_the_channel_went_while_it_was_unsure(house: House) -> None:
    await house.publishing()
    await house.set(state="unsure")
    house.services.publishers.pop("board")  # type: ignore[attr-defined]  # a dictionary, though promised as less
    await house.run()
    assert await house.deliveries() == {"board": "needs_human"}
