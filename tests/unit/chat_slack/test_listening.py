"""Listening as a whole, against a socket of our own: order, acknowledgement, renewal, and when it gives up."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from adapters.chat.slack import SlackChat, SlackOptions, SlackTokens, loop
from adapters.errors import NotAuthenticated, Unavailable
from adapters.events import AnyEvent, Connected, Disconnected, MessageEdited, MessageReceived, ReactionAdded
from adapters.ports import HealthState
from tests.contract.chat_stage import SOON, Desk
from tests.unit.chat_slack.fake import Fake, Json, Reply, serving

WHO: Json = {"user_id": "U0BOT", "user": "switchboard", "team_id": "T01TEST", "bot_id": "B0BOT"}
NO: Json = {"ok": False, "error": "invalid_auth"}
HURRY = SlackOptions(ping=5.0, first_wait=0.01, longest_wait=0.02, drain=0.5)


class Line:
    """Where the bot's sockets end. Each is greeted, unless `silent`."""

    def __init__(self) -> None:
        self.links: list[web.WebSocketResponse] = []
        self.answers: list[Json] = []
        self.silent = False
        self.news = asyncio.Condition()

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """One socket."""
        made = web.WebSocketResponse()
        await made.prepare(request)
        await made.send_json(
            {"type": "hello"} if not self.silent else {"type": "disconnect", "reason": "link_disabled"}
        )
        async with self.news:
            self.links.append(made)
            self.news.notify_all()
        async for frame in made:
            async with self.news:
                self.answers.append(json.loads(frame.data))
                self.news.notify_all()
        return made

    async def until(self, what: Any) -> None:
        """Return once it is so."""
        async with asyncio.timeout(SOON), self.news:
            await self.news.wait_for(what)

    async def says(self, number: int, **more: Any) -> None:
        """Somebody writes, told through the newest socket."""
        event = {"type": "message", "channel": "C01", "user": "U01ANN", "text": f"line {number}"}
        event |= {"ts": f"4000000000.{number:06}"} | more
        payload = {"type": "event_callback", "team_id": "T01TEST", "event_id": f"Ev{number}", "event": event}
        frame = {"type": "events_api", "envelope_id": f"e{number}", "payload": payload}
        await self.links[-1].send_json(frame | {"accepts_response_payload": False})


class Refusing(Desk):
    """A product that takes no message, and notes that it was offered one twice."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.offers = 0

    async def receive(self, batch: Sequence[AnyEvent], checkpoint: str) -> None:
        """Refuse it."""
        if any(isinstance(event, MessageReceived) for event in batch):
            self.offers += 1
            if self.offers > 1:
                self.asked.set()
            raise OSError
        await super().receive(batch, checkpoint)


@asynccontextmanager
async def listening(
    desk: Desk, options: SlackOptions = HURRY, **answers: Any
) -> AsyncIterator[tuple[Line, Fake, SlackChat, "asyncio.Task[None]"]]:
    """A bot that listens at a Slack of our own."""
    line = Line()
    app = web.Application()
    app.router.add_get("/link", line.link)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with serving(auth_test=WHO) as fake:
        fake.answers["apps.connections.open"] = {"url": f"ws://127.0.0.1:{runner.addresses[0][1]}/link"}
        fake.answers["users.conversations"] = {"ok": False, "error": "missing_scope"}
        fake.answers |= answers
        chat = SlackChat(SlackTokens("xoxb-1", "xapp-1"), desk, desk, f"{fake.url}/api/", options)
        task = asyncio.create_task(chat.listen(desk.receive))
        try:
            yield line, fake, chat, task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await chat.close()
            await runner.cleanup()


@pytest.mark.asyncio
async def test_order_is_kept_and_each_is_acknowledged_once_it_is_kept() -> None:
    desk = Desk(refusals=1)
    async with listening(desk) as (line, _, chat, _):
        await desk.hears(Connected)
        for number in range(30):
            await line.says(number)
        await line.until(lambda: len(line.answers) == 30)
        assert [event.ref.message[-2:] for event in desk.of_rooms()] == [f"{number:02}" for number in range(30)]
        assert [answer["envelope_id"] for answer in line.answers] == [f"e{number}" for number in range(30)]
        assert chat.health().state is HealthState.OK


@pytest.mark.asyncio
async def test_what_is_never_kept_is_never_acknowledged() -> None:
    desk = Refusing()
    async with listening(desk) as (line, _, chat, task):
        await desk.hears(Connected)
        await line.says(1)
        async with asyncio.timeout(SOON):
            await desk.asked.wait()
        assert chat.health().reason == "not_received"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert line.answers == []


@pytest.mark.asyncio
async def test_what_came_in_is_kept_before_listening_ends() -> None:
    desk = Desk(freeze=True)
    async with listening(desk) as (line, _, _, task):
        await desk.hears(Connected)
        desk.freeze = False
        for number in range(5):
            await line.says(number)
        await desk.hears(MessageReceived)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        taken = {f"e{event.ref.message[-1]}" for event in desk.of_rooms()}
        assert taken >= {answer["envelope_id"] for answer in line.answers}


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
@pytest.mark.asyncio
async def test_the_next_connection_is_opened_before_the_old_one_is_given_up(reason: str) -> None:
    desk = Desk()
    async with listening(desk) as (line, _, _, _):
        await desk.hears(Connected)
        old = line.links[0]
        await old.send_json({"type": "disconnect", "reason": reason})
        await line.until(lambda: len(line.links) == 2)
        newest, line.links = line.links[-1], [old]
        await line.says(1)  # through the old one still
        line.links.append(newest)
        await line.says(2)
        await line.until(lambda: len(line.answers) == 2)
        assert len(desk.of_rooms()) == 2
        assert [type(event) for event in desk.events if not isinstance(event, MessageReceived)] == [Connected] * 2


@pytest.mark.asyncio
async def test_a_broken_connection_is_told_and_replaced() -> None:
    desk = Desk()
    async with listening(desk) as (line, _, _, _):
        await desk.hears(Connected)
        await line.links[0].close()
        await desk.hears(Disconnected)
        await line.until(lambda: len(line.links) == 2)
        await line.says(1)
        assert (await desk.hears(MessageReceived)).text == "line 1"


@pytest.mark.asyncio
async def test_a_silent_connection_is_renewed_and_what_was_missed_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "GLANCE", 0.05)
    desk = Desk()
    options = SlackOptions(first_wait=0.01, longest_wait=0.02, quiet=0.2)
    async with listening(desk, options) as (line, fake, _, _):
        await line.until(lambda: len(line.links) >= 2)
        assert len(fake.asked("users.conversations")) >= 2


@pytest.mark.parametrize("junk", ["", "x", "[]", "5", '{"type": 5}', '{"type": "events_api"}', '{"envelope_id": "e"}'])
@pytest.mark.asyncio
async def test_nonsense_disturbs_nobody(junk: str) -> None:
    desk = Desk()
    async with listening(desk) as (line, _, _, _):
        await desk.hears(Connected)
        await line.links[0].send_str(junk)
        for number, event in enumerate(["x", {"type": "message", "channel": 5}, None]):
            frame = {"type": "events_api", "envelope_id": f"j{number}", "payload": {"type": "event_callback"}}
            frame["payload"] |= {"event": event}  # type: ignore[operator]  # it is a dict
            await line.links[0].send_json(frame)
        await line.says(1)
        assert (await desk.hears(MessageReceived)).text == "line 1"


@pytest.mark.asyncio
async def test_the_app_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """C19: it is asked before it is believed, and then the run ends with one line that says what to do."""
    monkeypatch.setattr(loop, "GLANCE", 0.01)
    desk = Desk()
    async with listening(desk) as (line, fake, chat, task):
        await desk.hears(Connected)
        await line.says(1, type="app_uninstalled")
        await line.says(2)
        await desk.hears(MessageReceived)
        assert not task.done()
        fake.answers["auth.test"] = NO
        await line.says(3, type="tokens_revoked")
        async with asyncio.timeout(SOON):
            with pytest.raises(NotAuthenticated, match="bot_token_refused"):
                await task
        assert (chat.health().state, chat.health().reason) == (HealthState.DOWN, "bot_token_refused")


@pytest.mark.asyncio
async def test_an_app_token_that_is_revoked_ends_it() -> None:
    desk = Desk()
    async with listening(desk) as (line, fake, _, task):
        await desk.hears(Connected)
        fake.answers["apps.connections.open"] = NO
        await line.links[0].close()
        async with asyncio.timeout(SOON):
            with pytest.raises(NotAuthenticated, match="app_token_refused"):
                await task


@pytest.mark.asyncio
async def test_socket_mode_that_is_switched_off_ends_it() -> None:
    desk = Desk()
    async with listening(desk) as (line, _, _, task):
        await desk.hears(Connected)
        line.silent = True
        await line.links[0].close()
        async with asyncio.timeout(SOON):
            with pytest.raises(NotAuthenticated, match="socket_mode_off"):
                await task


@pytest.mark.asyncio
async def test_while_slack_is_away_it_waits_and_when_only_the_socket_fails_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "GIVE_UP_AFTER", 4)
    desk = Desk()
    async with listening(desk) as (line, fake, _, task):
        await desk.hears(Connected)
        fake.answers |= {"apps.connections.open": {"url": "ws://127.0.0.1:1/"}, "auth.test": Reply(503)}
        await line.links[0].close()
        await asyncio.wait({task}, timeout=1.0)
        assert not task.done()
        fake.answers["auth.test"] = WHO
        async with asyncio.timeout(SOON):
            with pytest.raises(Unavailable, match="socket_lost"):
                await task


STAMP = "4000000001.0"
HISTORY: list[Json] = [
    {"ts": "4000000002.0", "user": "U01ANN", "text": "newer"},
    {"ts": STAMP, "user": "U02BOB", "text": "thread", "thread_ts": STAMP, "latest_reply": "4000000003.0"},
    {"ts": "1.5", "user": "U01ANN", "text": "<@U0BOT> changed", "edited": {"ts": "4000000001.5"}},
    {"ts": "1.4", "user": "U01ANN", "text": "old"},
    {"ts": "4000000001.8", "user": "U0BOT", "bot_id": "B0BOT", "text": "ours"},
    {"ts": "x", "text": "malformed"},
]
REPLIES: list[Json] = [HISTORY[1], {"ts": "4000000003.0", "thread_ts": STAMP, "user": "U01ANN", "text": "reply"}]


@pytest.mark.asyncio
async def test_what_was_said_meanwhile_is_caught_up_with_in_order_and_once() -> None:
    """R2, and what Slack never delivers: rooms are read on connecting, as far as the scopes let it."""

    def rooms(told: Json) -> Json:
        if told["types"] == "public_channel":
            return {"channels": [{"id": "C01"}]}
        return {"channels": []} if told["types"] == "im" else {"ok": False, "error": "missing_scope"}

    answers: dict[str, Any] = {"users.conversations": rooms, "conversations.history": {"messages": HISTORY}}
    answers["conversations.replies"] = {"messages": REPLIES}
    desk = Desk()
    async with listening(desk, **answers) as (line, fake, _, _):
        first = await desk.hears(Connected)
        told = [(type(event), getattr(event, "text", "")) for event in desk.of_rooms()]
        assert told == [
            (MessageEdited, "changed"),
            (MessageReceived, "thread"),
            (MessageReceived, "newer"),
            (MessageReceived, "reply"),
        ]
        assert isinstance(desk.events[-1], Connected)
        await line.links[0].close()
        await line.until(lambda: len(line.links) == 2)
        await desk.hears(Disconnected)
        await desk.hears(Connected, lambda event: event is not first)
        assert len(desk.of_rooms()) == 4
        assert {told["types"] for told in fake.asked("users.conversations")} == {
            "im",
            "mpim",
            "private_channel",
            "public_channel",
        }
        asked = [told["types"] for told in fake.asked("users.conversations")]
        assert asked.count("mpim") == 1  # refused for its scope once, and not asked for again


@pytest.mark.asyncio
async def test_reactions_come_through_the_socket() -> None:
    desk = Desk()
    async with listening(desk) as (line, _, _, _):
        await desk.hears(Connected)
        item = {"type": "message", "channel": "C01", "ts": STAMP}
        await line.says(1, type="reaction_added", reaction="white_check_mark", item=item, event_ts=STAMP)
        assert (await desk.hears(ReactionAdded)).emoji == "✅"
