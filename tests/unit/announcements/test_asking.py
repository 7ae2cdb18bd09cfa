"""When a channel cannot tell, a person is asked, told what to do, and believed."""

import pytest

from adapters.errors import OutcomeUnknown
from bot.announcements import retrying, store
from bot.desk import opened
from bot.protocol.model import Role
from bot.services import Moved
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio


async def asked(house: House) -> None:
    """The write may or may not have happened, and the channel can only be looked at."""
    house.channels["board"].troubles.append(OutcomeUnknown("reset"))
    await house.publishing()
    await house.run()
    await house.wait_over()
    await house.run()
    assert await house.deliveries() == {"board": "needs_human"}


async def test_the_question_says_what_to_do(forgetful: House) -> None:
    await asked(forgetful)
    (question,) = await forgetful.letters()
    assert question.startswith("#1: I sent it to board and cannot tell whether it is there.")
    assert "If it is there react ✅ here or say: there #1. If it is not react 🔁 or say: again #1" in question
    await forgetful.run()
    assert len(await forgetful.letters()) == 1, "it is asked once"


async def test_it_is_there(forgetful: House) -> None:
    await asked(forgetful)
    await forgetful.reacts("✅")
    await forgetful.ended("published", "• board: no address")
    assert "Jo says that #1 is on board." in await forgetful.letters()
    await forgetful.run()
    assert forgetful.channels["board"].writes == 1


async def test_it_is_not_there(forgetful: House) -> None:
    await asked(forgetful)
    forgetful.later(hours=3)
    await forgetful.reacts("🔁")
    assert "Jo says that #1 is not on board. I am sending it again." in await forgetful.letters()
    await forgetful.run()
    await forgetful.ended("published", "• board: https://board.example/1")
    assert len(forgetful.channels["board"].shown) == 1


async def test_not_there_and_unclear_again_is_asked_again(forgetful: House) -> None:
    await asked(forgetful)
    forgetful.channels["board"].troubles.append(OutcomeUnknown("reset"))
    await forgetful.reacts("🔁")
    await forgetful.run()
    await forgetful.wait_over()
    await forgetful.run()
    assert len([line for line in await forgetful.letters() if "cannot tell whether" in line]) == 2
    await forgetful.reacts("✅")
    await forgetful.ended("published")


@pytest.mark.parametrize("emoji", ["✅", "🔁"])
@pytest.mark.parametrize("role", [Role.STAFF, Role.DUTY_OFFICER])
async def test_only_who_may_approve_is_believed(forgetful: House, emoji: str, role: Role) -> None:
    await asked(forgetful)
    await forgetful.reacts(emoji, role)
    assert await forgetful.deliveries() == {"board": "needs_human"}
    assert "your reaction on #1 does not count" in (await forgetful.letters())[-1]


@pytest.mark.parametrize("emoji", ["❌", "👀", "⏸️", "party_parrot"])
async def test_other_reactions_answer_nothing(forgetful: House, emoji: str) -> None:
    await asked(forgetful)
    await forgetful.reacts(emoji)
    assert await forgetful.deliveries() == {"board": "needs_human"}
    assert len(await forgetful.letters()) == 1


async def test_two_answers_at_once_send_it_once(forgetful: House) -> None:
    await asked(forgetful)
    ref = await forgetful.receipt()
    turns = [forgetful.turn(ref, "🔁", Role.COMMS, name=name) for name in ("Jo", "Sam")]
    async with forgetful.services.database.reading() as session:
        stored = await store.load(session, 1)
    assert stored is not None
    delivery = await retrying.asked_about(forgetful.services, ref)
    assert delivery is not None
    commits = [await retrying.answered(turn, stored, delivery, there=False) for turn in turns]
    async with opened(forgetful.services, "one") as desk:
        await commits[0](desk)
    with pytest.raises(Moved):
        async with opened(forgetful.services, "two") as desk:
            await commits[1](desk)


async def test_answered_twice_is_told_kindly(forgetful: House) -> None:
    await asked(forgetful)
    ref = await forgetful.receipt()
    await forgetful.reacts("🔁")
    delivery = await retrying.asked_about(forgetful.services, ref)
    assert delivery is not None
    async with forgetful.services.database.reading() as session:
        stored = await store.load(session, 1)
    assert stored is not None
    commit = await retrying.answered(forgetful.turn(ref, "✅", Role.COMMS), stored, delivery, there=True)
    async with opened(forgetful.services, "again") as desk:
        await commit(desk)
    assert "That was answered already; nothing was changed." in await forgetful.letters()
    assert await forgetful.deliveries() == {"board": "unsure"}, "it is looked up before it is sent"
