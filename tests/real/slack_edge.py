"""The edge of Slack: what stands between the bot and local-slack, and does what Slack does and local-slack does not.

It is a fault proxy (`spoil`, as in tests/real/matrix_faults.py), a stricter front (tokens, scopes, error codes, own
messages only, reactions, history without what is for one person's eyes), and hands events over with retries
(tests/real/slack_delivery.py). What it adds is ours and made after Slack's documentation: it proves that the bot
copes, not that Slack does so. docs/reference/slack-servers.md says which line of the tests rests on which server.
"""

import asyncio
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

from tests.real.matrix_faults import Fault, Faults, Rule
from tests.real.slack_delivery import EVENTS, Delivery, Envelope
from tests.real.slack_legal import faults_of_call
from tests.real.slack_server import APP, BOT, TEAM, Mode, Server, World
from tests.real.slack_strict import SCOPES, Strict

HANDED_OVER = "/_handed-over"  # where local-slack calls in HTTP mode
WRITES = {"chat.postMessage", "chat.update", "chat.delete", "reactions.add", "reactions.remove"}


class Call(NamedTuple):
    """One call of a Web API method: when (seconds of the proxy's clock), which, with what, and whose token."""

    at: float
    method: str
    arguments: dict[str, Any]
    token: str
    answer: dict[str, Any]


class Download(NamedTuple):
    """One request for a file: its path and headers."""

    path: str
    headers: Mapping[str, str]


@dataclass
class Edge(Faults):
    """Where the bot believes Slack to be: `url` + "/api/".

    `files` are fields added to files by their name, such as `alt_txt` or `url_private`. `scopes` are those granted.
    `subscribed`: the only events that the app is told of, by their names in its manifest; without it, all.
    `sign_in_page`: every file is a page of HTML. `redirect`: every file is elsewhere, namely there; `moved`: every
    method of the Web API is.
    """

    world: World = field(default_factory=lambda: World({}, {}))
    mode: Mode = Mode.SOCKET
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    downloads: list[Download] = field(default_factory=list)
    illegal: list[str] = field(default_factory=list)
    subscribed: set[str] | None = None
    sign_in_page: bool = False
    redirect: str = ""
    moved: str = ""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Nothing is known of the server yet."""
        self.delivery = Delivery(self.world.secrets.signing)

    async def connect(self, server: Server, bot_url: str | None) -> None:
        """Stand between that server and the bot; `bot_url` is where the bot is called in HTTP mode."""
        self.server = server
        self.delivery.url = bot_url
        self.strict = Strict(self.world, server)
        if self.mode is Mode.SOCKET:
            opened = await self._ask("apps.connections.open")
            line = await self._out.ws_connect(opened["url"], max_msg_size=0)
            self._spawn(self._listen(line))

    async def stop(self) -> None:
        """Hand nothing over any more, and listen no more."""
        await self.delivery.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().stop()

    def happens(self, event: Mapping[str, Any]) -> Envelope:
        """Something that local-slack cannot do happens: the bot is told of `event`."""
        envelope = self.envelope(event)
        return self.delivery.take(envelope) if self._is_subscribed(envelope.payload) else envelope

    def envelope(self, told: Mapping[str, Any], kind: str = EVENTS) -> Envelope:
        """What Slack would hand over for an event, or for what a person did with something of the bot's."""
        if kind != EVENTS:
            return Envelope(kind, dict(told))
        payload = {
            "token": "verification-token",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {"event_ts": f"{time.time():.6f}", **told},
            "type": "event_callback",
            "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}",
            "event_time": int(time.time()),
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        return Envelope(EVENTS, self._as_slack(payload))

    def made(self, rule: Rule) -> web.Response | None:
        """The answer of a fault that never asks the server, in Slack's words."""
        match rule.fault:
            case Fault.LIMITED | Fault.LIMITED_HEADER:
                headers = {"Retry-After": f"{rule.seconds:.0f}"} if rule.fault is Fault.LIMITED_HEADER else {}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            case Fault.UNKNOWN_TOKEN:
                return web.json_response({"ok": False, "error": "invalid_auth"})
            case _:
                return super().made(rule)

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """What Slack answers."""
        if request.path == HANDED_OVER:
            return await self._handed_over(request)
        if request.path.startswith("/link/"):
            return await self.delivery.link(request)
        if request.path.startswith("/api/") and self.moved:
            return web.Response(status=307, headers={"Location": self.moved})
        if request.path.startswith("/api/"):
            return await self._call(request, request.path.removeprefix("/api/"))
        if request.path.startswith("/files-pri/"):
            return await self._file(request)
        return await super().forward(request)

    def called(self, method: str) -> list[Call]:
        """The calls of that method that reached us, spoilt ones left out."""
        return [call for call in self.calls if call.method == method]

    async def _call(self, request: web.Request, method: str) -> web.StreamResponse:
        arguments, token = await _arguments(request)
        self.illegal += [f"{method}: {fault}" for fault in faults_of_call(method, arguments, request)]
        answer = await self.strict.refuses(method, arguments, token, self.scopes)
        if answer is None:
            answer = await self.strict.instead(method, arguments)
        if answer is None:
            forwarded = await super().forward(request)
            assert isinstance(forwarded, web.Response)
            assert isinstance(forwarded.body, bytes)
            answer = await self.strict.after(method, arguments, json.loads(forwarded.body))
            self._echo(method, arguments, answer)
        if method == "apps.connections.open" and answer["ok"]:
            answer = {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link/{uuid.uuid4().hex}"}
        answer = self._as_slack(answer)
        self.calls.append(Call(self.clock(), method, arguments, token, answer))
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self.downloads.append(Download(request.path, dict(request.headers)))
        if self.redirect:
            return web.Response(status=302, headers={"Location": self.redirect})
        answer = await super().forward(request)
        if self.sign_in_page or answer.status == 403:
            # To whom it does not know Slack shows its sign-in page, as if all were well.
            return web.Response(
                text="<!DOCTYPE html><html><body>Sign in to Slack</body></html>", content_type="text/html"
            )
        return answer

    async def _handed_over(self, request: web.Request) -> web.Response:
        body = await request.read()
        kept = {"content-type", "x-slack-signature", "x-slack-request-timestamp"}
        headers = {key: value for key, value in request.headers.items() if key.lower() in kept}
        if request.content_type == "application/json":
            self._tell(json.loads(body), (body, headers))
            return web.Response()
        fields = {key: str(value) for key, value in (await request.post()).items()}
        kind, payload = (
            ("interactive", json.loads(fields["payload"])) if "payload" in fields else ("slash_commands", fields)
        )
        answer = await self.delivery.answered(self._take(kind, payload, (body, headers)))
        return web.json_response(answer) if answer else web.Response()

    async def _listen(self, line: aiohttp.ClientWebSocketResponse) -> None:
        """Take everything from the server's own socket; events at once, the others when the bot has answered."""
        async for frame in line:
            told = json.loads(frame.data)
            if "envelope_id" not in told:
                continue
            if told["type"] == EVENTS:
                await line.send_json({"envelope_id": told["envelope_id"]})
                self._tell(told["payload"], None)
            else:
                envelope = self._take(told["type"], told["payload"], None)
                self._spawn(self._answer_back(line, told["envelope_id"], envelope))

    async def _answer_back(self, line: aiohttp.ClientWebSocketResponse, id_: str, envelope: Envelope) -> None:
        answer = await self.delivery.answered(envelope)
        if envelope.acknowledged.is_set():
            await line.send_json({"envelope_id": id_, **({"payload": answer} if answer else {})})

    def _tell(self, payload: dict[str, Any], raw: tuple[bytes, dict[str, str]] | None) -> None:
        if self._is_subscribed(self._as_slack(payload)):
            self._take(EVENTS, payload, raw)

    def _is_subscribed(self, payload: Mapping[str, Any]) -> bool:
        event = payload["event"]
        kinds = {"im": "im", "group": "groups", "channel": "channels"}
        name = f"message.{kinds[event['channel_type']]}" if event["type"] == "message" else event["type"]
        return self.subscribed is None or name in self.subscribed

    def _take(self, kind: str, payload: dict[str, Any], raw: tuple[bytes, dict[str, str]] | None) -> Envelope:
        told = self._as_slack(payload)
        # The server's own signature holds for its own words only.
        return self.delivery.take(Envelope(kind, told, raw if told == payload else None))

    def _as_slack(self, told: Any) -> Any:
        """With the fields that the server does not know, and our address for the server's."""
        text = json.dumps(told).replace(self.server.url, self.url)
        return self.strict.complete(json.loads(text), self.files)

    def _echo(self, method: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """What the bot itself did comes back as an event, as on Slack."""
        if method in WRITES and answer["ok"]:
            self.happens(self.strict.own_event(method, arguments, answer))

    async def _ask(self, method: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.world.secrets.app}"}
        async with self._out.post(f"{self.upstream}/api/{method}", headers=headers) as answer:
            told: dict[str, Any] = await answer.json()
            return told

    def _spawn(self, what: Any) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _arguments(request: web.Request) -> tuple[dict[str, Any], str]:
    """The arguments of a call, however they came, and the token of its header."""
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        found |= json.loads(await request.read() or b"{}")
    else:
        found |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in ("blocks", "attachments", "view", "metadata", "files"):
        if isinstance(found.get(key), str):
            found[key] = json.loads(found[key])
    bearer = re.fullmatch(r"Bearer (\S+)", request.headers.get("Authorization", ""))
    return found, bearer[1] if bearer else ""
