"""Invitations: whose are followed, and that however many there are nothing else waits for them."""

import json
import time
from typing import Any

import pytest

from adapters.chat.matrix import invitations
from adapters.chat.matrix.invitations import Invitations
from adapters.errors import RateLimited, Refused, Unavailable
from tests.unit.chat_matrix.world import AMA, ME, World, a_world, room_state

pytestmark = pytest.mark.asyncio
EVE = "@eve:elsewhere.example"


def _invite(sender: Any, *rooms: str, **content: Any) -> dict[str, Any]:
    mine = {
        "type": "m.room.member",
        "state_key": ME,
        "sender": sender,
        "content": {"membership": "invite"} | content,
    }
    named = {"type": "m.room.name", "state_key": "", "sender": sender, "content": {"name": "x"}}
    told = {"invite_state": {"events": [named, mine]}}
    return {"next_batch": "t2", "rooms": {"invite": dict.fromkeys(rooms or ("!new:x",), told)}}


@pytest.mark.parametrize(
    ("sender", "follows"),
    [
        (AMA, True),
        ("@pat:partner.example", True),
        ("@eve:elsewhere.example", False),
        ("eve", False),
        (7, False),
    ],
)
async def test_invitations_of_ours_are_followed(sender: Any, follows: bool) -> None:
    joined = "/join/%21new%3Ax"
    world = a_world(servers=frozenset({"partner.example"}))
    world.server.answers = {joined: {}, "/leave": {}}
    await world.invitations.follow(_invite(sender))
    ends = [where for _, where, _ in world.server.asked]
    assert ends == [joined if follows else "/rooms/%21new%3Ax/leave"]


async def test_an_invitation_to_direct_messages_is_remembered() -> None:
    world = a_world()
    world.server.answers = {"/join/%21new%3Ax": {}, "/account_data/m.direct": {}}
    await world.invitations.follow(_invite(AMA, is_direct=True))
    world.client.learn("!new:x", room_state([ME, AMA], name="AMA and the bot"))
    assert await world.rooms.is_direct("!new:x")
    assert world.server.asked[-1][2] == {AMA: ["!new:x"]}


def _asked(world: World) -> list[str]:
    """The ends of the requests since the last look."""
    found = [where for _, where, _ in world.server.asked]
    world.server.asked.clear()
    return found


@pytest.mark.parametrize("error", [RateLimited("rate_limited", 0.001), Unavailable("http_502", 0.001)])
async def test_a_server_that_asks_for_patience_stops_nobody_and_nothing_is_forgotten(error: Exception) -> None:
    world = a_world()
    world.server.answers = {"/join/%21new%3Ax": [error, {}]}
    await world.invitations.follow(_invite(AMA))
    assert _asked(world) == ["/join/%21new%3Ax"]
    again = Invitations(world.settings, world.server, world.rooms, world.desk)  # started anew
    await again.follow({"next_batch": "t3"})
    assert _asked(world) == ["/join/%21new%3Ax"]
    await again.follow({"next_batch": "t4"})
    assert _asked(world) == []
    assert world.desk.kept[invitations.KEPT] == "{}"


async def test_a_room_whose_own_server_is_down_stands_in_nobodys_way() -> None:
    world = a_world()
    world.server.answers = {"/join/%21dead%3Ax": Unavailable("http_502"), "/join/%21new%3Ax": {}}
    await world.invitations.follow(_invite(AMA, "!dead:x", "!new:x"))
    assert _asked(world) == ["/join/%21dead%3Ax"]
    waits = []
    for _ in range(4):
        waits.append(world.invitations.again - time.monotonic())
        world.invitations.again = 0.0
        await world.invitations.follow({"next_batch": "t3"})
    assert _asked(world) == ["/join/%21new%3Ax", *["/join/%21dead%3Ax"] * 4]
    assert waits[0] < waits[-1] <= invitations.LONGEST_PAUSE
    assert list(json.loads(world.desk.kept[invitations.KEPT])) == ["!dead:x"]


async def test_within_the_time_asked_for_nothing_is_tried() -> None:
    world = a_world()
    world.server.answers = {"/join/%21new%3Ax": [RateLimited("rate_limited", 3600.0)]}
    await world.invitations.follow(_invite(AMA))
    assert len(_asked(world)) == 1
    await world.invitations.follow({"next_batch": "t3"})
    assert _asked(world) == []


async def test_of_a_flood_a_few_at_a_time_and_ours_first() -> None:
    world = a_world()
    world.server.answers = {"/leave": {}, "/join/%21new%3Ax": {}}
    await world.invitations.follow(_invite(EVE, *[f"!{number}:x" for number in range(invitations.MOST * 2)]))
    assert len(_asked(world)) == invitations.AT_ONCE
    await world.invitations.follow(_invite(AMA))
    asked = _asked(world)
    assert (asked[0], len(asked)) == ("/join/%21new%3Ax", invitations.AT_ONCE)
    for _ in range(invitations.MOST * 2 // invitations.AT_ONCE):
        await world.invitations.follow({"next_batch": "t3"})
    assert len(_asked(world)) < invitations.MOST
    assert world.desk.kept[invitations.KEPT] == "{}"


async def test_an_invitation_that_was_taken_back_is_let_go_of() -> None:
    world = a_world()
    world.server.answers = {"/join/%21new%3Ax": [RateLimited("rate_limited", 0.001), {}]}
    await world.invitations.follow(_invite(AMA))
    await world.invitations.follow({"next_batch": "t3", "rooms": {"leave": {"!new:x": {}}}})
    assert len(_asked(world)) == 1
    world.server.answers, world.invitations.again = {"/join/%21new%3Ax": Refused("forbidden")}, 0.0
    await world.invitations.follow(_invite(AMA))
    assert world.desk.kept[invitations.KEPT] == "{}"
