"""Events wait for late keys, in order within their room, and the checkpoint waits with them."""

from typing import Any

import pytest

from adapters.chat.matrix import waiting
from adapters.chat.matrix.client import Opened, Seal
from adapters.chat.matrix.waiting import Hall
from adapters.errors import RateLimited, Refused, Unavailable
from adapters.events import MessageReceived, MessageUnreadable, RoomEvent
from tests.unit.chat_matrix.world import AMA, ME, ROOM, World, a_world, event, relates, text

pytestmark = pytest.mark.asyncio
OTHER = "!other:council.example"
SEAL = Seal("PHONE", "session:0")


class Locked:
    """Stands for the keys: what is in `open` can be read, by session."""

    def __init__(self, world: World) -> None:
        self.open: dict[str, Opened] = {}
        self.withheld: dict[str, str] = {}
        self.user_id = ME
        self.olm: Any = type("Olm", (), {"users_for_key_query": set()})()
        self._world = world

    def opened(self, room: str, raw: dict[str, Any]) -> Opened | None:
        session = raw["content"]["session_id"]
        if session == "junk":
            raise ValueError("no Megolm event")
        return self.open.get(session)


def sealed(number: int, session: str) -> dict[str, Any]:
    content = {"algorithm": "m.megolm.v1.aes-sha2", "session_id": session}
    return event(content, kind="m.room.encrypted", number=number)


def a_hall() -> tuple[Hall, Locked]:
    world = a_world()
    keys = Locked(world)
    client: Any = keys
    return Hall(client, world.translator, 10.0), keys


async def come_out(hall: Hall, now: float) -> list[Any]:
    found: list[RoomEvent] = []
    await hall.ready(found, now)
    return found


async def test_what_is_in_clear_goes_through() -> None:
    hall, _ = a_hall()
    for number in range(3):
        hall.enter(ROOM, event(text(str(number)), number=number), "t1", 0)
    assert [one.text for one in await come_out(hall, 0)] == ["0", "1", "2"]
    assert hall.empty
    assert hall.checkpoint("t2") == "t2"


async def test_a_late_key_keeps_its_room_in_order_and_others_going() -> None:
    hall, keys = a_hall()
    hall.enter(ROOM, sealed(1, "late"), "t1", 0)
    hall.enter(ROOM, event(text("second"), number=2), "t1", 0)
    hall.enter(OTHER, event(text("elsewhere"), number=3), "t2", 1)
    assert [one.text for one in await come_out(hall, 1)] == ["elsewhere"]
    assert hall.checkpoint("t3") == "t1"
    keys.open["late"] = Opened(event(text("first"), number=1), SEAL)
    assert [one.text for one in await come_out(hall, 9)] == ["first", "second"]
    assert hall.checkpoint("t3") == "t3"


async def test_a_key_that_never_comes_is_said_once_a_session() -> None:
    hall, _ = a_hall()
    for number in (1, 2):
        hall.enter(ROOM, sealed(number, "never"), "t1", 0)
    hall.enter(ROOM, event(text("in clear"), number=3), "t1", 0)
    assert await come_out(hall, 9.9) == []
    found = await come_out(hall, 10.0)
    assert [type(one) for one in found] == [MessageUnreadable, MessageReceived]
    assert found[0].reason == "no_key"


@pytest.mark.parametrize(("session", "reason"), [("junk", "malformed"), ("refused", "key_withheld")])
async def test_why_it_could_not_be_read(session: str, reason: str) -> None:
    hall, keys = a_hall()
    keys.withheld["refused"] = "m.unverified"
    hall.enter(ROOM, sealed(1, session), "t1", 0)
    found = await come_out(hall, 10.0)
    assert [one.reason for one in found] == [reason]


async def test_without_encryption_nothing_is_waited_for() -> None:
    hall, keys = a_hall()
    keys.olm = None
    hall.enter(ROOM, sealed(1, "any"), "t1", 0)
    assert [one.reason for one in await come_out(hall, 0)] == ["encryption_off"]


async def test_a_key_of_somebody_else_s_device_is_not_believed() -> None:
    hall, keys = a_hall()
    keys.open["stolen"] = Opened(event(text("I approve")), None)
    hall.enter(ROOM, sealed(1, "stolen"), "t1", 0)
    assert await come_out(hall, 5) == []
    assert AMA in keys.olm.users_for_key_query
    assert [one.reason for one in await come_out(hall, 10)] == ["unknown_device"]


async def test_what_the_bot_said_itself_holds_nobody_up() -> None:
    hall, keys = a_hall()
    keys.open["own"] = Opened(event(text("mine"), sender=ME), None)
    hall.enter(ROOM, sealed(1, "own") | {"sender": ME}, "t1", 0)
    hall.enter(ROOM, event(text("hello"), number=2), "t1", 0)
    assert [one.text for one in await come_out(hall, 0)] == ["hello"]
    assert keys.olm.users_for_key_query == set()


@pytest.mark.parametrize(
    "inside",
    [
        event({"redacts": "$vote"}, kind="m.room.redaction"),
        event(relates("m.annotation", "$vote", key="✅"), kind="m.reaction"),
        event({"membership": "join"}, kind="m.room.member"),
    ],
)
async def test_only_messages_are_believed_from_inside(inside: dict[str, Any]) -> None:
    hall, keys = a_hall()
    keys.open["s"] = Opened(inside, SEAL)
    hall.enter(ROOM, sealed(1, "s"), "t1", 0)
    assert await come_out(hall, 0) == []
    assert hall.empty


def edits(hall: Hall, *looks: Any) -> None:
    """A message and its edit arrive; the server's answers to the looks at what is edited."""
    server: Any = hall.translator._looker.server
    server.answers = {"/event/%24event1": list(looks)}
    edit = text("* new") | relates("m.replace", "$event1") | {"m.new_content": text("new")}
    hall.enter(ROOM, event(text("old")), "t1", 0)
    hall.enter(ROOM, event(edit, number=2), "t1", 0)
    hall.enter(ROOM, event(text("after"), number=3), "t1", 0)
    hall.enter(OTHER, event(text("elsewhere"), number=4), "t1", 0)


async def test_a_look_that_fails_loses_nothing_and_holds_no_other_room_up() -> None:
    hall, _ = a_hall()
    edits(hall, Unavailable("http_502"), RateLimited("rate_limited", 30.0), event(text("old")))
    assert [one.text for one in await come_out(hall, 0)] == ["old", "elsewhere"]
    assert hall.checkpoint("t2") == "t1"
    for too_early in (0.9, 1.1, 31.0):  # at 1.1 it is asked for patience
        assert await come_out(hall, too_early) == []
    assert [one.text for one in await come_out(hall, 31.2)] == ["new", "after"]
    assert hall.checkpoint("t2") == "t2"


async def test_what_the_server_can_never_tell_is_given_up_and_what_comes_after_it_goes_on() -> None:
    hall, _ = a_hall()
    patience = [RateLimited("rate_limited", 1.0)] * waiting.MOST_LOOKS  # of which there may be any number
    edits(hall, *patience, *[Unavailable("http_500")] * waiting.MOST_LOOKS)
    for number in range(waiting.MOST_LOOKS * 2 - 1):
        assert [one.text for one in await come_out(hall, number * 100.0) if one.text == "after"] == []
    assert [one.text for one in await come_out(hall, waiting.MOST_LOOKS * 200.0)] == ["after"]
    assert hall.empty


async def test_a_refusal_nobody_thought_of_stops_nothing() -> None:
    hall, _ = a_hall()
    translator: Any = hall.translator

    async def refused(*_: Any) -> None:
        raise Refused("too_odd")

    translator.told, told = refused, translator.told
    hall.enter(ROOM, event(text("odd")), "t1", 0)
    assert await come_out(hall, 0) == []
    translator.told = told
    hall.enter(ROOM, event(text("after"), number=2), "t2", 0)
    assert [one.text for one in await come_out(hall, 0)] == ["after"]
