"""Rooms and people, as far as a homeserver tells."""

from typing import Any

import pytest

from adapters.errors import OutcomeUnknown, Refused, Unavailable
from adapters.events import AccountRef, RoomKind, RoomRef
from tests.unit.chat_matrix.world import AMA, JO, ME, ROOM, World, a_world, room_state

pytestmark = pytest.mark.asyncio
EVE = "@eve:elsewhere.example"


def account(user: str) -> AccountRef:
    return AccountRef("matrix", user)


@pytest.mark.parametrize(
    ("members", "more", "kind", "shared"),
    [
        ([ME, AMA, JO], {}, RoomKind.PRIVATE, False),
        ([ME, AMA, JO], {"join_rule": "public"}, RoomKind.OPEN, False),
        ([ME, AMA, JO], {"join_rule": "restricted"}, RoomKind.OPEN, False),
        ([ME, AMA, JO], {"history_visibility": "world_readable"}, RoomKind.OPEN, True),
        ([ME, AMA, EVE], {}, RoomKind.PRIVATE, True),
        ([ME, AMA, "@pat:partner.example"], {}, RoomKind.PRIVATE, False),
        ([ME, AMA], {"name": None}, RoomKind.DIRECT, False),
        ([ME, EVE], {"name": None}, RoomKind.DIRECT, True),
    ],
)
async def test_kinds(members: list[str], more: dict[str, Any], kind: RoomKind, shared: bool) -> None:
    world = a_world(servers=frozenset({"partner.example"}))
    world.client.learn("!r:x", room_state(members, **more))
    info = await world.rooms.info(RoomRef("matrix", "!r:x"))
    assert (info.kind, info.shared) == (kind, shared)
    assert info.name


@pytest.mark.parametrize("ref", [RoomRef("matrix", "nowhere"), RoomRef("web", ROOM), RoomRef("matrix", "!no:x")])
async def test_rooms_that_are_not_ours(ref: RoomRef) -> None:
    with pytest.raises(Refused, match="unknown_room"):
        await a_world().rooms.info(ref)


async def test_a_room_that_was_left_is_not_ours() -> None:
    world = a_world()
    world.server.answers = {"/state": {"list": room_state([AMA, JO])}}
    with pytest.raises(Refused, match="unknown_room"):
        await world.rooms.known("!left:x")
    world.server.answers = {"/state": {"list": room_state([ME, AMA])}}
    assert set((await world.rooms.known("!left:x")).users) == {ME, AMA}


async def test_who_is_with_us_is_asked_for_before_the_first_sync() -> None:
    world = a_world()
    sam = account("@sam:council.example")
    world.server.answers = {
        "/profile/%40sam%3Acouncil.example": {},
        "/joined_rooms": {"joined_rooms": ["!a:x", "!b:x"]},
        "/rooms/%21a%3Ax/state": {"list": room_state([ME, AMA])},
        "/rooms/%21b%3Ax/state": {"list": room_state([ME, sam.id])},
    }
    assert (await world.rooms.profile(sam)).active
    world.client.rooms.pop("!b:x")
    world.rooms.complete = True
    assert not (await world.rooms.profile(sam)).active


async def test_profiles() -> None:
    world = a_world(bots=frozenset({JO}))
    world.rooms.complete = True
    named: dict[str, Any] = {"displayname": "Ama"}
    world.server.answers = {"/profile/%40ama%3Acouncil.example": named, "/profile/%4017%3Acouncil.example": {}}
    ama = await world.rooms.profile(account(AMA))
    assert (ama.name, ama.guest, ama.external, ama.active, ama.bot) == ("Ama", False, False, True, False)
    guest = await world.rooms.profile(account("@17:council.example"))
    assert (guest.name, guest.guest, guest.active) == ("17", True, False)
    world.server.answers = {"example": {}}
    assert (await world.rooms.profile(account(JO))).bot
    assert (await world.rooms.profile(account(ME))).bot


async def test_outsiders_need_not_be_known_to_their_server() -> None:
    world = a_world()
    world.rooms.complete = True
    for error in (Refused("forbidden"), Unavailable("http_502")):
        world.server.answers = {"example": error}
        eve = await world.rooms.profile(account(EVE))
        assert (eve.name, eve.external, eve.active) == ("eve", True, True)


async def test_nobody() -> None:
    world = a_world()
    for user in ("nobody", "@nobody", "@nobody:council.example", ""):
        with pytest.raises(Refused, match="unknown_account"):
            await world.rooms.profile(account(user))
    with pytest.raises(Refused, match="unknown_account"):
        await world.rooms.profile(AccountRef("web", AMA))
    world.server.answers = {"example": Unavailable("http_502")}
    with pytest.raises(Unavailable):
        await world.rooms.profile(account(AMA))


def _making(world: World, room: str) -> None:
    world.rooms.complete = True
    world.server.answers = {
        "/createRoom": {"room_id": room},
        "/profile/%40ama%3Acouncil.example": {},
        "/m.direct": {},
        "/state": {"list": room_state([ME, AMA], name=None)},
    }


async def test_direct_rooms_are_made_once_and_kept() -> None:
    world = a_world()
    _making(world, "!d1:x")
    first = await world.rooms.direct(account(AMA))
    _making(world, "!d2:x")
    assert await world.rooms.direct(account(AMA)) == first == RoomRef("matrix", "!d1:x")
    world.client.learn("!d1:x", room_state([ME]))
    del world.client.rooms["!d1:x"]
    world.server.answers["/state"] = {"list": room_state([ME], name=None)}
    assert await world.rooms.direct(account(AMA)) == RoomRef("matrix", "!d2:x")
    world.server.answers["example"] = {}
    with pytest.raises(Refused, match="unknown_account"):
        await world.rooms.direct(account(ME))


async def test_whoever_is_invited_is_known_though_a_sync_told_of_the_room_half_made() -> None:
    world = a_world()
    world.client.learn("!d1:x", room_state([ME], name=None))
    _making(world, "!d1:x")
    assert await world.rooms.direct(account(AMA)) == RoomRef("matrix", "!d1:x")
    assert set(world.client.rooms["!d1:x"].users) == {ME, AMA}


async def test_a_room_that_may_have_been_made_is_made_again() -> None:
    world = a_world()
    _making(world, "!d1:x")
    world.server.answers["/createRoom"] = [OutcomeUnknown("timeout"), {"room_id": "!d2:x"}]
    with pytest.raises(Unavailable):
        await world.rooms.direct(account(AMA))
    assert await world.rooms.direct(account(AMA)) == RoomRef("matrix", "!d2:x")


async def test_what_is_for_one_person_never_goes_where_a_third_has_come_in() -> None:
    world = a_world()
    _making(world, "!d1:x")
    first = await world.rooms.direct(account(AMA))
    _making(world, "!d2:x")
    world.client.learn(first.id, room_state([ME, AMA, JO], name=None))
    assert await world.rooms.direct(account(AMA)) == RoomRef("matrix", "!d2:x")
