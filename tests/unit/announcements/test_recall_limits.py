"""One person recalls two announcements alone, at once or one after another, on both databases; the third waits."""

import asyncio

import pytest

from adapters.events import MessageRef
from bot.access import RoleGrant
from bot.announcements import recalling
from bot.desk import opened
from bot.identity import Person
from bot.protocol.model import Role
from bot.turn import Turn
from tests.unit.announcements.house import House

pytestmark = pytest.mark.asyncio

JO = 7  # whom the house lets recall


async def out(house: House, *numbers: int) -> None:
    """These are published; Jo holds the role that recalls."""
    for number in numbers:
        await house.publishing(number)
    await house.run()
    async with house.services.database.writing() as session:
        session.add(RoleGrant(person_id=JO, role=Role.COMMS.value, granted=house.services.clock()))


async def states(house: House, *numbers: int) -> list[str]:
    return [await house.state(number) for number in numbers]


async def recall_by(house: House, person: int, number: int) -> None:
    turn = house.turn(MessageRef("web", "comms", "1"), "🚨", Role.COMMS)
    somebody = Person(turn.person.account, "Sam", person, turn.person.roles)
    commit = await recalling.recall(Turn(house.services, turn.event, somebody, turn.now), number)
    async with opened(house.services, f"by/{person}/{number}") as desk:
        await commit(desk)


async def test_the_third_waits_and_somebody_else_need_not(everywhere: House) -> None:
    await out(everywhere, 1, 2, 3)
    for number in (1, 2, 3, 3):
        await everywhere.recall(number)
    assert await states(everywhere, 1, 2, 3) == ["recalling", "recalling", "published"]
    asked = [line for line in await everywhere.letters() if "wants to recall #3" in line]
    assert len(asked) == 1
    await recall_by(everywhere, JO + 1, 3)
    assert await everywhere.state(3) == "recalling"
    await everywhere.whole()


async def test_at_the_same_instant_it_is_still_two(everywhere: House) -> None:
    await out(everywhere, 1, 2, 3, 4)
    await asyncio.gather(*(recall_by(everywhere, JO, number) for number in (1, 2, 3, 4)))
    assert sorted(await states(everywhere, 1, 2, 3, 4)) == ["published", "published", "recalling", "recalling"]


async def test_after_ten_minutes_the_count_begins_anew(everywhere: House) -> None:
    await out(everywhere, 1, 2, 3)
    await everywhere.recall(1)
    await everywhere.recall(2)
    everywhere.later(minutes=9)
    await everywhere.recall(3)
    assert await everywhere.state(3) == "published"
    everywhere.later(minutes=2)
    await everywhere.recall(3)
    assert await everywhere.state(3) == "recalling"
