"""The sync loop: where it begins, what it fills in, and that the position moves with what was taken."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.chat.matrix import loop
from adapters.chat.matrix.looking import Looker
from adapters.chat.matrix.loop import Loop, Machine
from adapters.chat.matrix.posting import Poster
from adapters.chat.matrix.waiting import Hall
from adapters.errors import NotAuthenticated, RateLimited, Refused, Unavailable
from adapters.events import Connected, Disconnected, MessageReceived, RoomJoined
from adapters.ports import Health, HealthState
from tests.unit.chat_matrix.world import AMA, JO, ME, ROOM, World, a_world, event, text

pytestmark = pytest.mark.asyncio


class Script:
    """A homeserver's answers to /sync, one after another; after the last it is silent."""

    def __init__(self, *answers: Any, **others: Any) -> None:
        self.health: list[Health] = []
        self.world: World = a_world(first_wait=0.001, longest_wait=0.002, late_key=0.2)
        self.world.server.answers = others
        self._answers = list(answers)
        self._ask = self.world.server.ask
        self.world.server.ask = self._next  # type: ignore[method-assign]  # the silence needs an await
        self.silent = asyncio.Event()

    async def _next(self, method: str, where: str, body: Any = None, **options: Any) -> dict[str, Any]:
        if not where.endswith("/sync"):
            return await self._ask(method, where, body, **options)
        self.world.server.asked.append((method, "/sync", dict(options["query"])))
        if not self._answers:
            self.silent.set()
            await asyncio.Event().wait()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def machine(self) -> Machine:
        world = self.world
        looker = Looker(world.server, world.client)
        poster = Poster(world.client, world.keeper, world.trust, world.rooms, looker, world.desk)
        hall = Hall(world.client, world.translator, world.settings.late_key)
        return Machine(
            world.settings,
            world.server,
            world.client,
            world.keeper,
            world.rooms,
            world.invitations,
            looker,
            poster,
            hall,
            world.desk,
            self.health.append,
        )

    @asynccontextmanager
    async def playing(self) -> Any:
        task = asyncio.create_task(Loop(self.machine(), self.world.desk.receive).run())
        try:
            async with asyncio.timeout(20):
                await self.silent.wait()
            yield self.world.desk
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def queries(self, end: str = "/sync") -> list[dict[str, str]]:
        return [query for _, where, query in self.world.server.asked if where.endswith(end)]


def answer(token: str, *events: Any, limited: bool = False, room: str = ROOM) -> dict[str, Any]:
    timeline = {"events": list(events), "limited": limited, "prev_batch": f"before-{token}"}
    return {"next_batch": token, "rooms": {"join": {room: {"timeline": timeline}} if events else {}}}


def words(desk: Any) -> list[str]:
    return [one.text for one in desk.of_rooms() if isinstance(one, MessageReceived)]


def say(number: int) -> dict[str, Any]:
    return event(text(str(number)), number=number)


def joining(**more: Any) -> dict[str, Any]:
    content = {"membership": "join"}
    return event(content, kind="m.room.member", state_key=ME, sender=ME, number=99) | more


async def test_at_the_first_start_history_is_not_answered() -> None:
    script = Script(answer("t1", say(1), limited=True), answer("t2", say(2)))
    async with script.playing() as desk:
        assert words(desk) == ["2"]
        assert desk.kept["checkpoint"] == "t2"
    assert "since" not in script.queries()[0]
    assert [query.get("since") for query in script.queries()[1:]] == ["t1", "t2"]
    assert [query.get("full_state") for query in script.queries()] == ["true", None, None]


async def test_it_goes_on_where_the_product_stopped() -> None:
    script = Script(answer("t2", say(1)))
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["1"]
    assert script.queries()[0]["since"] == "t1"
    assert isinstance(desk.events[0], Connected)


async def test_a_gap_is_filled_from_both_sides() -> None:
    pages = [
        {"chunk": [say(5), say(4)], "end": "p1"},
        {"chunk": [say(3), say(2)], "end": "p2"},
        {"chunk": [], "end": "p3"},
    ]
    script = Script(answer("t2", say(6), say(7), limited=True), **{"/messages": pages})
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["2", "3", "4", "5", "6", "7"]
    asked = [(query["from"], query["to"]) for query in script.queries("/messages")]
    assert asked == [("before-t2", "t1"), ("p1", "t1"), ("p2", "t1")]


async def test_a_gap_that_cannot_be_filled_now_is_filled_later() -> None:
    pages = [Unavailable("http_502"), {"chunk": [say(1)]}]
    batch = answer("t2", say(2), limited=True)
    script = Script(batch, batch, **{"/messages": pages})
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["1", "2"]
    assert [query["since"] for query in script.queries()] == ["t1", "t1", "t2"]


@pytest.mark.parametrize("pages", [[Unavailable("http_500")] * loop.MOST_TRIES, [Refused("unknown")]])
async def test_a_gap_that_can_never_be_filled_is_left_and_the_rest_goes_on(pages: list[Exception]) -> None:
    patience = [RateLimited("rate_limited", 0.001)] * loop.MOST_TRIES  # of which there may be any number
    batch = answer("t2", say(2), limited=True)
    tries = len(patience) + len(pages)
    script = Script(*[batch] * tries, answer("t3", say(3)), **{"/messages": [*patience, *pages]})
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["2", "3"]
    assert len(script.queries("/messages")) == tries


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (joining(), ["2"]),
        (joining(unsigned={"prev_content": {"membership": "invite"}}), ["2"]),
        (joining(unsigned={"prev_content": {"membership": "leave"}}), ["2"]),
        (joining(unsigned={"prev_content": {"membership": "join"}}), ["1", "2"]),
        (joining(state_key=JO), ["1", "2"]),
        (joining(content={"membership": "leave"}), ["1", "2"]),
    ],
)
async def test_what_was_said_before_the_bot_came_in(came: dict[str, Any], expected: list[str]) -> None:
    script = Script(answer("t2", say(1), came, say(2), limited=came["state_key"] == ME and expected == ["2"]))
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == expected
    assert script.queries("/messages") == []


async def test_coming_in_is_told_before_what_is_said_then_and_never_at_the_first_start() -> None:
    came = joining(unsigned={"prev_content": {"membership": "invite"}, "prev_sender": AMA})
    script = Script(answer("t2", say(1), came, say(2)))
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert [type(one) for one in desk.of_rooms()] == [RoomJoined, MessageReceived]
    script = Script(answer("t1", came, say(2)))
    async with script.playing() as desk:
        assert desk.of_rooms() == []


async def test_the_gap_ends_where_the_bot_came_in() -> None:
    pages = [{"chunk": [say(3), joining(), say(1)], "end": "p1"}]
    script = Script(answer("t2", say(4), limited=True), **{"/messages": pages})
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["3", "4"]


@pytest.mark.parametrize(
    ("error", "states"),
    [
        (Unavailable("http_502"), [HealthState.DEGRADED, HealthState.DOWN]),
        (RateLimited("rate_limited", 0.001), [HealthState.DEGRADED, HealthState.DOWN]),
        (RuntimeError("anything at all"), [HealthState.DEGRADED, HealthState.DOWN]),
        (NotAuthenticated("unknown_token"), [HealthState.DEGRADED, HealthState.DEGRADED, HealthState.DOWN]),
    ],
)
async def test_failures_are_told_and_outlived(error: Exception, states: list[HealthState]) -> None:
    script = Script(answer("t2", say(1)), *[error] * len(states), answer("t3", say(2)))
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["1", "2"]
    kinds = [type(one) for one in desk.events if isinstance(one, Connected | Disconnected)]
    assert kinds == [Connected, Disconnected, Connected]
    told = [health.state for health in script.health]
    assert told == [HealthState.OK, *states, HealthState.OK]
    assert script.health[1].reason == ("internal" if isinstance(error, RuntimeError) else str(error))


@pytest.mark.parametrize("odd", [{}, {"next_batch": 7}, {"next_batch": "t2", "rooms": []}])
async def test_an_odd_answer_is_asked_for_again(odd: dict[str, Any]) -> None:
    script = Script(odd, answer("t2", say(1)))
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["1"]


async def test_what_could_not_be_taken_is_offered_again_before_anything_else() -> None:
    script = Script(answer("t2", say(1)), answer("t3", say(2)))
    script.world.desk.kept["checkpoint"] = "t1"
    script.world.desk.refusals = 2
    async with script.playing() as desk:
        assert words(desk) == ["1", "2"]
        assert desk.refusals == 0
    assert Health(HealthState.DEGRADED, "not_received") in script.health


async def test_the_checkpoint_stays_before_what_waits() -> None:
    sealed = event({"algorithm": "m.megolm.v1.aes-sha2", "session_id": "late"}, kind="m.room.encrypted", number=1)
    script = Script(answer("t2", sealed, say(2)), answer("t3", say(3)), answer("t4"))
    client: Any = script.world.client
    client.olm, client.opened = type("Olm", (), {"users_for_key_query": set()})(), _no_key
    script.world.keeper.upkeep = _nothing  # type: ignore[method-assign]  # there are no keys to keep
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert desk.of_rooms() == []
        assert desk.kept["checkpoint"] == "t1"
    client.olm = None


def _no_key(room: str, raw: Any) -> None:
    return None


async def _nothing(answer: Any) -> None:
    return None


async def test_quiet_answers_move_the_position_too() -> None:
    script = Script(answer("t2"), answer("t3"))
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert desk.kept["checkpoint"] == "t3"


async def test_messages_do_not_wait_for_an_invitation() -> None:
    mine = {"type": "m.room.member", "state_key": ME, "sender": AMA, "content": {"membership": "invite"}}
    first = answer("t2", say(1))
    first["rooms"]["invite"] = {"!new:x": {"invite_state": {"events": [mine]}}}
    script = Script(first, **{"/join/%21new%3Ax": RateLimited("rate_limited", 3600.0)})
    script.world.desk.kept["checkpoint"] = "t1"
    async with script.playing() as desk:
        assert words(desk) == ["1"]
        assert desk.kept["checkpoint"] == "t2"
