"""The Slack workspace of the tests works: people, what they do, and an edge that hands it over as Slack does.

The bot is here Slack's own client library, alone.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.process import free_port
from tests.real.matrix_faults import Fault
from tests.real.slack_people import IDS, Workspace, typed, workspace
from tests.real.slack_server import BOT, Mode

pytestmark = pytest.mark.real
OPEN, PRIVATE = "C01OPEN", "G02PRIVATE"
SOON = 20.0


QUIET: dict[str, Any] = {"channel": OPEN, "unfurl_links": False, "unfurl_media": False}


class Bot:
    """Slack's own client with nothing around it. It acknowledges all but the first `deaf` envelopes."""

    def __init__(self, slack: Workspace) -> None:
        self.web = AsyncWebClient(slack.world.secrets.bot, slack.base_url, retry_handlers=[])
        opener = AsyncWebClient(slack.world.secrets.app, slack.base_url, retry_handlers=[])
        # Some of its methods have no types.
        self.socket: Any = SocketModeClient(slack.world.secrets.app, web_client=opener, ping_interval=1)
        self.socket.socket_mode_request_listeners.append(self._takes)
        self.told: list[SocketModeRequest] = []
        self.deaf = 0
        self.answer: dict[str, Any] | None = None
        self._news = asyncio.Event()

    async def hears(self, what: str, times: int = 1) -> list[dict[str, Any]]:
        """The events or other payloads of that type, once there are so many."""
        async with asyncio.timeout(SOON):
            while (
                len(found := [one for one in self._payloads() if one.get("type", one.get("command")) == what]) < times
            ):
                self._news.clear()
                await self._news.wait()
        return found

    def _payloads(self) -> list[dict[str, Any]]:
        return [one.payload.get("event", one.payload) for one in self.told]

    async def _takes(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.deaf, deaf = max(0, self.deaf - 1), self.deaf > 0
        if not deaf:
            answer = self.answer if request.accepts_response_payload else None
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))
        self.told.append(request)
        self._news.set()


@pytest_asyncio.fixture
async def bot(slack: Workspace) -> AsyncIterator[Bot]:
    made = Bot(slack)
    await made.socket.connect()
    await slack.edge.delivery.linked()
    yield made
    await made.socket.close()


@pytest.mark.asyncio
async def test_what_people_do_is_told_and_what_the_bot_does_is_shown(slack: Workspace, bot: Bot) -> None:
    ann = slack.person("ann")
    first = await ann.says(OPEN, "@switchboard who knows <b> & c?")
    [mention] = await bot.hears("app_mention")
    assert (mention["text"], mention["ts"]) == (f"<@{BOT}> who knows &lt;b&gt; &amp; c?", first)
    posted = await bot.web.chat_postMessage(**QUIET, text="Rhys &amp; co", thread_ts=first)
    shown = (await ann.reads(OPEN))[-1]
    assert (shown.id, shown.sender, shown.text, shown.thread) == (posted["ts"], BOT, "Rhys & co", first)
    await ann.reacts(OPEN, str(posted["ts"]), "+1::skin-tone-4")
    await ann.unreacts(OPEN, str(posted["ts"]), "+1::skin-tone-4")
    [added], [removed] = await bot.hears("reaction_added"), await bot.hears("reaction_removed")
    assert added["reaction"] == removed["reaction"] == "+1::skin-tone-4"
    await ann.edits(OPEN, first, "never mind")
    await ann.deletes(OPEN, first)
    # Its own message comes back to the bot as well.
    changes = [one.get("subtype") or one["user"] for one in await bot.hears("message", 4)]
    assert sorted(changes) == sorted([ann.id, BOT, "message_changed", "message_deleted"])


@pytest.mark.asyncio
async def test_rooms_and_people_are_what_slack_tells(slack: Workspace, bot: Bot) -> None:
    await slack.person("ann").says(PRIVATE, "psst")
    [private] = await bot.hears("message")
    assert private["channel_type"] == "group"
    guest = await bot.web.users_info(user=IDS["guest"])
    assert (guest["user"]["is_restricted"], guest["user"]["profile"]["display_name"]) == (True, "guest")
    shared = await bot.web.conversations_info(channel="C03SHARED")
    assert (shared["channel"]["is_ext_shared"], shared["channel"]["num_members"]) == (True, 5)
    for code, call in {
        "user_not_found": bot.web.conversations_open(users="nobody"),
        "channel_not_found": bot.web.chat_postMessage(**QUIET | {"channel": "nowhere"}, text="hello"),
        "not_in_channel": bot.web.chat_postMessage(**QUIET | {"channel": "C05ELSEWHERE"}, text="hello"),
        "user_not_in_channel": bot.web.chat_postEphemeral(channel=PRIVATE, user=IDS["guest"], text="psst"),
        "message_not_found": bot.web.reactions_get(channel=OPEN, timestamp="1.1"),
    }.items():
        with pytest.raises(SlackApiError) as refused:
            await call
        assert refused.value.response["error"] == code


@pytest.mark.asyncio
async def test_whispers_are_for_one_and_in_no_history(slack: Workspace, bot: Bot) -> None:
    said = await bot.web.chat_postEphemeral(channel=OPEN, user=IDS["ann"], text="psst")
    assert [one.text for one in await slack.person("ann").reads(OPEN)] == ["psst"]
    assert await slack.person("bob").reads(OPEN) == []
    assert (await bot.web.conversations_history(channel=OPEN))["messages"] == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await bot.web.chat_update(channel=OPEN, ts=said["message_ts"], text="louder")


@pytest.mark.asyncio
async def test_reactions_are_shortened_but_in_the_full_list(slack: Workspace, bot: Bot) -> None:
    ts = str((await bot.web.chat_postMessage(**QUIET, text="vote"))["ts"])
    await bot.web.reactions_add(channel=OPEN, timestamp=ts, name="x")
    for name in ("ann", "bob", "colin", "guest"):
        await slack.person(name).reacts(OPEN, ts, "x")
    short = await bot.web.reactions_get(channel=OPEN, timestamp=ts)
    full = await bot.web.reactions_get(channel=OPEN, timestamp=ts, full=True)
    told = [
        (one["message"]["reactions"][0]["count"], len(one["message"]["reactions"][0]["users"])) for one in (short, full)
    ]
    assert told == [(5, 3), (5, 5)]
    with pytest.raises(SlackApiError, match="already_reacted"):
        await bot.web.reactions_add(channel=OPEN, timestamp=ts, name="x")


@pytest.mark.asyncio
async def test_tokens_and_scopes_are_asked_for(slack: Workspace, bot: Bot) -> None:
    told = await bot.web.auth_test()
    assert set(told.headers["x-oauth-scopes"].split(",")) == slack.edge.scopes
    slack.edge.scopes.remove("reactions:write")
    with pytest.raises(SlackApiError) as refused:
        await bot.web.reactions_add(channel=OPEN, timestamp="1.1", name="x")
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "reactions:write")
    for token, code in {"xoxb-wrong": "invalid_auth", slack.world.secrets.app: "not_allowed_token_type"}.items():
        with pytest.raises(SlackApiError, match=code):
            await AsyncWebClient(token, slack.base_url).auth_test()


@pytest.mark.asyncio
async def test_what_is_not_acknowledged_comes_again(slack: Workspace, bot: Bot) -> None:
    bot.deaf = 1
    slack.edge.delivery.lost = 1
    await slack.person("ann").says(OPEN, "hello")
    await bot.hears("message", 1)
    await bot.socket.disconnect()
    await bot.socket.connect_to_new_endpoint(force=True)
    await bot.hears("message", 2)
    assert [one.retry_attempt for one in bot.told] == [1, 2]
    assert len({one.payload["event_id"] for one in bot.told}) == 1
    [envelope] = slack.edge.delivery.envelopes
    async with asyncio.timeout(SOON):
        await envelope.acknowledged.wait()


@pytest.mark.asyncio
async def test_a_disconnect_frame_brings_the_bot_back(slack: Workspace, bot: Bot) -> None:
    await slack.edge.delivery.disconnect("refresh_requested")
    async with asyncio.timeout(SOON):
        await slack.edge.delivery.linked(2)
    await slack.person("ann").says(OPEN, "still there?")
    await bot.hears("message")


@pytest.mark.asyncio
async def test_commands_shortcuts_buttons_forms_and_home(slack: Workspace, bot: Bot) -> None:
    ann = slack.person("ann")
    await ann.commands(OPEN, "/switchboard", "help")
    [command] = await bot.hears("/switchboard")
    assert (command["text"], command["user_id"]) == ("help", ann.id)
    said = await ann.says(OPEN, "send me")
    await ann.uses("send_for_approval", OPEN, said)
    [shortcut] = await bot.hears("message_action")
    assert (shortcut["callback_id"], shortcut["message"]["text"]) == ("send_for_approval", "send me")
    field = {"type": "plain_text_input", "action_id": "value"}
    label = {"type": "plain_text", "text": "Text"}
    block = {"type": "input", "block_id": "text", "label": label, "element": field}
    view = {"type": "modal", "callback_id": "draft", "title": label, "submit": label, "blocks": [block]}
    await bot.web.views_open(trigger_id=shortcut["trigger_id"], view=view)
    form = await ann.form()
    assert form
    assert form["callback_id"] == "draft"
    bot.answer = {"response_action": "errors", "errors": {"text": "too short"}}
    value = {"text": {"value": {"type": "plain_text_input", "value": "hi"}}}
    assert await ann.submits(value) == {"text": "too short"}
    bot.answer = None
    assert await ann.submits(value) == {}
    assert [one["view"]["state"]["values"] for one in await bot.hears("view_submission", 2)] == [value, value]
    await ann.opens_home()
    await bot.hears("app_home_opened")
    await bot.web.views_publish(user_id=ann.id, view={"type": "home", "blocks": [{"type": "divider"}]})
    home = await ann.home()
    assert home
    assert home["type"] == "home"


@pytest.mark.asyncio
async def test_buttons_for_one_person_come_without_their_message(slack: Workspace, bot: Bot) -> None:
    text = {"type": "plain_text", "text": "Take it"}
    actions = {
        "type": "actions",
        "block_id": "b",
        "elements": [{"type": "button", "action_id": "take", "text": text, "value": "1"}],
    }
    said = await bot.web.chat_postEphemeral(channel=OPEN, user=IDS["ann"], text="take it?", blocks=[actions])
    await slack.person("ann").presses(OPEN, str(said["message_ts"]), "Take it")
    [pressed] = await bot.hears("block_actions")
    assert (pressed["container"]["is_ephemeral"], "message" in pressed) == (True, False)
    assert pressed["actions"][0]["value"] == "1"


@pytest.mark.asyncio
async def test_files_come_and_go(slack: Workspace, bot: Bot) -> None:
    ann = slack.person("ann")
    await ann.shares(OPEN, "dot.png", b"\x89PNG", text="@switchboard look", alt="a dot")
    [mention] = await bot.hears("app_mention")
    [file] = mention["files"]
    assert (file["alt_txt"], file["size"]) == ("a dot", 4)
    assert file["url_private_download"].startswith(slack.edge.url)
    async with aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {slack.world.secrets.bot}"}
        async with http.get(file["url_private_download"], headers=headers) as answer:
            assert await answer.read() == b"\x89PNG"
        async with http.get(file["url_private_download"]) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
    await bot.web.files_upload_v2(channel=OPEN, filename="refused.csv", content="line;why\r\n")
    assert (await ann.reads(OPEN))[-1].files == ("refused.csv",)


@pytest.mark.asyncio
async def test_an_answer_that_is_lost_was_carried_out(slack: Workspace, bot: Bot) -> None:
    slack.edge.spoil(Fault.LOST, "chat.postMessage", times=1)
    with pytest.raises(aiohttp.ClientError):
        await bot.web.chat_postMessage(**QUIET, text="once")
    slack.edge.spoil(Fault.LIMITED_HEADER, "chat.postMessage", times=1, seconds=2)
    with pytest.raises(SlackApiError) as limited:
        await bot.web.chat_postMessage(**QUIET, text="twice")
    assert (limited.value.response["error"], limited.value.response.headers["Retry-After"]) == ("ratelimited", "2")
    assert [one.text for one in await slack.posted(OPEN)] == ["once"]


@pytest.mark.asyncio
async def test_what_slack_would_not_take_is_noticed(slack: Workspace, bot: Bot) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Yes"}, "value": "1"}
    actions = {"type": "actions", "elements": [button | {"action_id": "a"}, button | {"action_id": "b"}]}
    long = {"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}
    with pytest.warns(UserWarning, match="text"):
        await bot.web.chat_postMessage(channel=OPEN, blocks=[actions, long, {"type": "picture"}], unfurl_links=True)
    found = [fault.removeprefix("chat.postMessage: ") for fault in slack.edge.illegal]
    assert found == [
        "links in it would be unfurled",
        "no text for notifications and screen readers",
        "two buttons with the same label",
        "section: text attribute cannot exceed 3000 characters",
        "no such block: picture",
    ]
    slack.edge.illegal.clear()
    slack.edge.calls.clear()


@pytest.mark.asyncio
async def test_in_http_mode_the_server_signs_and_retries_are_signed_again(local_slack: Path, tmp_path: Path) -> None:
    port, told = free_port(), list[tuple[bool, str, str]]()
    verifier = SignatureVerifier("test-signing-secret")

    async def takes(request: web.Request) -> web.Response:
        body = await request.read()
        valid = verifier.is_valid_request(body, dict(request.headers))
        told.append(
            (valid, request.headers.get("X-Slack-Retry-Num", ""), request.headers.get("X-Slack-Retry-Reason", ""))
        )
        if request.content_type != "application/json":
            return web.json_response({"text": "here you are", "response_type": "ephemeral"})
        assert json.loads(body)["event"]["text"] == "hello"
        return web.Response(status=200 if len(told) > 1 else 500)

    app = web.Application()
    app.router.add_post("/slack/events", takes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}/slack/events"
    async with workspace(local_slack, tmp_path, Mode.HTTP, url) as slack:
        ann = slack.person("ann")
        await ann.says(OPEN, "hello")
        async with asyncio.timeout(SOON):
            await slack.edge.delivery.envelopes[0].acknowledged.wait()
        await ann.commands(OPEN, "/switchboard", "help")
        assert (await ann.reads(OPEN))[-1].text == "here you are"
    await runner.cleanup()
    assert told == [(True, "", ""), (True, "1", "http_error"), (True, "", "")]


TYPED: dict[str, str] = {
    "@switchboard hi": f"<@{BOT}> hi",
    "@switchboard: hi": f"<@{BOT}>: hi",
    "@switchboarding": "@switchboarding",
    "a@switchboard": "a@switchboard",
    "a < b & c": "a &lt; b &amp; c",
    "mail switchboard@council.example": "mail <mailto:switchboard@council.example|switchboard@council.example>",
    "see https://council.example/a?b=1&c=2.": "see <https://council.example/a?b=1&amp;c=2>.",
}


@pytest.mark.parametrize("text", TYPED)
def test_what_is_typed_is_marked_as_slack_does(text: str) -> None:
    assert typed(text) == TYPED[text]
