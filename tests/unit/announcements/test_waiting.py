"""What waits: for leave, for a pause to end, for a person. The permit stays that of the guard's commit."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from adapters.errors import OutcomeUnknown, Refused, Unavailable
from adapters.ports import Guarantee
from bot.announcements import unfinished
from bot.announcements.tables import PauseRow
from bot.encoding import load_post
from tests.unit.announcements.house import LONG_AGO, House
from tests.unit.announcements.test_asking import asked

pytestmark = pytest.mark.asyncio

QUESTION = "nobody has told me yet whether it is on board"


async def times(house: House, words: str) -> int:
    """How often communications were told so."""
    return sum(words in line for line in await house.letters())


async def test_a_permit_is_the_guards_and_a_persons_leave_stands_apart(house: House) -> None:
    house.channels["board"].troubles.append(Refused("too_rude"))
    await house.publishing()
    permitted = (await house.rows())[0].permitted
    await house.run()
    house.later(hours=3)
    await house.reacts("🔁")
    row = (await house.rows())[0]
    assert (row.state, row.permitted, row.last_try) == ("unsure", permitted, None)
    assert row.leave is not None
    assert row.leave - permitted > timedelta(hours=2)
    await house.run()
    await house.ended("published")
    assert (await house.rows())[0].permitted == permitted


async def test_what_is_retried_is_looked_up_first(each: House) -> None:
    """It was told as refused and is there all the same."""
    board = each.channels["board"]
    board.troubles.append(Refused("too_rude"))
    await each.publishing()
    await each.run()
    row = (await each.rows())[0]
    board.show(load_post(row.post), row.key)
    await each.reacts("🔁")
    await each.run()
    await each.ended("published", "• board: https://board.example/1")
    assert board.writes == 1, "found, and not sent a second time"


async def test_a_day_after_the_permit_a_retry_is_refused_though_the_last_one_was_today(house: House) -> None:
    house.channels["board"].troubles += [Refused("too_rude"), Refused("too_rude")]
    await house.publishing()
    await house.run()
    house.later(hours=20)
    await house.reacts("🔁")
    await house.run()
    assert await house.state() == "failed"
    house.later(hours=5)
    await house.reacts("🔁")
    assert await house.state() == "failed"
    assert "failed more than a day ago" in (await house.letters())[-1]


async def test_a_day_after_the_permit_what_is_not_there_is_not_sent(forgetful: House) -> None:
    await asked(forgetful)
    forgetful.later(hours=25)
    await forgetful.reacts("🔁")
    assert await times(forgetful, "so I do not send it again without approval") == 1
    await forgetful.run()
    await forgetful.ended("failed", "• board: it is not there, and was released more than a day ago")
    assert forgetful.channels["board"].writes == 1


async def test_a_key_that_may_be_forgotten_is_not_relied_on(house: House) -> None:
    board = house.channels["board"]
    board.guarantee, board.key_life = Guarantee.KEYED_READBACK, timedelta(minutes=2)
    board.troubles.append(OutcomeUnknown("reset"))
    await house.publishing()
    await house.run()
    await house.wait_over()
    house.later(minutes=3)
    await house.run()
    assert (await house.deliveries(), board.writes) == ({"board": "needs_human"}, 1)


async def test_a_repeat_that_waited_longer_than_the_key_lives_is_looked_up(house: House) -> None:
    board = house.channels["board"]
    board.guarantee, board.key_life = Guarantee.KEYED_READBACK, timedelta(minutes=2)
    board.troubles += [OutcomeUnknown("reset"), Unavailable()]
    await house.publishing()
    for _ in range(2):
        await house.run()
        await house.wait_over()
    assert (await house.deliveries(), board.writes) == ({"board": "pending"}, 2)
    house.later(minutes=3)
    await house.run()
    await house.wait_over()
    await house.run()
    assert (await house.deliveries(), board.writes) == ({"board": "needs_human"}, 2)


async def test_a_slow_preparation_begins_no_write_outside_its_lease(each: House) -> None:
    board = each.channels["board"]
    prepare = board.prepare

    async def slow(post: object) -> object:
        each.later(seconds=45)  # of a lease of sixty, of which the write may take thirty
        return await prepare(post)  # type: ignore[arg-type]  # handed on as it came

    board.prepare = slow  # type: ignore[method-assign, assignment]  # such as uploads over a thin line
    await each.publishing()
    await each.run()
    assert (await each.deliveries(), board.writes) == ({"board": "pending"}, 0)


async def test_what_cannot_be_prepared_now_comes_again(each: House) -> None:
    board = each.channels["board"]
    prepare = board.prepare

    async def away(_post: object) -> object:
        raise OutcomeUnknown("an upload was cut off")

    board.prepare = away  # type: ignore[method-assign, assignment]  # nothing is visible yet, whatever it was
    await each.publishing()
    await each.run()
    assert await each.deliveries() == {"board": "pending"}
    board.prepare = prepare  # type: ignore[method-assign]  # the line is good again
    await each.wait_over()
    await each.run()
    await each.ended("published")


async def test_nothing_begins_while_everything_is_paused(everywhere: House) -> None:
    await everywhere.publishing()
    async with everywhere.services.database.writing() as session:
        session.add(PauseRow(at=everywhere.services.clock(), by="Jo"))
    await everywhere.run()
    assert set((await everywhere.deliveries()).values()) == {"pending"}
    async with everywhere.services.database.writing() as session:
        await session.execute(delete(PauseRow))
    await everywhere.run()
    await everywhere.ended("published")


async def test_what_is_out_is_taken_down_though_everything_is_paused(house: House) -> None:
    await house.publishing()
    await house.run()
    async with house.services.database.writing() as session:
        session.add(PauseRow(at=house.services.clock(), by="Jo"))
    await house.recall()
    await house.run()
    await house.ended("recalled")


async def test_a_question_that_nobody_answers_is_put_again_every_four_hours(forgetful: House) -> None:
    await asked(forgetful)
    forgetful.later(hours=3)
    await forgetful.run()
    assert await times(forgetful, QUESTION) == 0
    for hours in (1.1, 4.1):
        forgetful.later(hours=hours)
        await forgetful.run()
        await forgetful.run()
    assert await times(forgetful, QUESTION) == 2
    await forgetful.reacts("✅")
    await forgetful.ended("published")
    forgetful.later(hours=5)
    await forgetful.run()
    assert await times(forgetful, QUESTION) == 2


async def test_what_waits_for_a_person_is_told(forgetful: House) -> None:
    async def waits(most: int = 15) -> list[str]:
        async with forgetful.services.database.reading() as session:
            return await unfinished.lines(session, forgetful.services, most)

    assert await waits() == []
    await asked(forgetful)
    unclear = "• #1: nobody has said yet whether it is on board. Say: there #1 or: again #1"
    assert await waits() == await waits(1) == [unclear]
    await forgetful.publishing(2, parts=3)
    await forgetful.run()
    await forgetful.set(state="remains")
    remains = "recalled, but not gone from board. To try again say: retry"
    assert await waits() == [f"• #{of} is {remains} #{of}".replace("board.", f"{where}.") for of, where in REMAINING]
    assert (await waits(1))[1] == "• … and 3 more."


REMAINING = ((1, "board"), (2, "board"), (2, "board (part 2)"), (2, "board (part 3)"))


async def test_a_lost_worker_leaves_evidence(house: House) -> None:
    house.channels["board"].guarantee = Guarantee.READBACK
    await house.publishing()
    await house.set(state="sending", owner="elsewhere/1/x", until=LONG_AGO, last_try=LONG_AGO, fence=1)
    await house.run()
    assert [one.row.action for one in await house.history()] == ["publish", "delivery", "delivery"]
    assert '"state":"unsure"' in (await house.history())[1].row.details
    await house.whole()


async def test_a_recall_gives_what_is_unsure_its_time_to_settle(house: House) -> None:
    """A channel that knows its keys is asked again at once, but not told to forget what may still arrive."""
    await house.publishing()
    now = house.services.clock()
    await house.set(state="unsure", last_try=now, not_before=None)
    await house.recall()
    assert (await house.rows())[0].not_before == now + timedelta(seconds=120)
    await house.run()
    assert await house.deliveries() == {"board": "unsure"}
    await house.wait_over()
    await house.run()
    await house.ended("recalled")


async def test_a_recall_with_a_channel_away_is_told_at_once_and_finished_later(everywhere: House) -> None:
    await everywhere.publishing()
    await everywhere.run()
    everywhere.channels["wall"].stuck += [Unavailable(), Unavailable()]
    await everywhere.recall()
    for _ in range(2):
        await everywhere.run()
        await everywhere.wait_over()
    assert await everywhere.deliveries() == {"board": "withdrawn", "wall": "sent"}
    assert await times(everywhere, "#1: wall cannot be reached, so it is not taken down there yet") == 1
    await everywhere.run()
    await everywhere.ended("recalled", "it is gone from every channel")
