"""How Slack hands events over, as far as local-slack does not do it: retries, refreshed sockets, signed calls.

local-slack drops what nobody takes, and tells every socket of an app. The edge takes everything from it at once and
hands it on as Slack does: to one socket, again when it is not acknowledged (with `retry_attempt` and
`retry_reason`; only Slack's pauses of a minute and more are made short), and never in a promised order.
Slash commands, buttons and forms are handed over once; the bot has three seconds.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

ACKNOWLEDGED_WITHIN = 3.0  # seconds, Slack's own figure
PAUSES = (0.05, 0.5, 1.0)  # seconds before the 1st, 2nd, and any further retry; Slack: none, a minute, five minutes
EVENTS = "events_api"


def signature(secret: str, at: str, body: bytes) -> str:
    """What Slack writes into X-Slack-Signature."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()


@dataclass
class Envelope:
    """Something handed over to the bot. `raw`: the server's own signed request, where there is one."""

    kind: str
    payload: dict[str, Any]
    raw: tuple[bytes, dict[str, str]] | None = None
    attempts: int = 0
    reason: str = ""
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Any = None
    seconds: float | None = None  # from the last hand-over to the acknowledgement

    @property
    def what(self) -> str:
        """The type of the event, or the kind of hand-over."""
        return str(self.payload.get("event", {}).get("type") or self.payload.get("type") or self.kind)


@dataclass
class Delivery:
    """Hands envelopes over. `url`: where the bot is called, in HTTP mode; else it holds sockets open.

    `lost`: so many hand-overs never arrive. `frozen`: it neither hands anything over nor hears anything.
    """

    secret: str
    url: str | None = None
    envelopes: list[Envelope] = field(default_factory=list)
    lost: int = 0
    frozen: bool = False
    hellos: int = 0
    _links: list[web.WebSocketResponse] = field(default_factory=list)
    _out: dict[str, tuple[Envelope, web.WebSocketResponse, asyncio.Event]] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, envelope: Envelope) -> Envelope:
        """Hand it over from now on until it is acknowledged."""
        self.envelopes.append(envelope)
        task = asyncio.create_task(self._hand_over(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return envelope

    async def answered(self, envelope: Envelope) -> Any:
        """What the bot answered to it; None when it did not in time, and the person sees an error."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN + 1):
                await envelope.acknowledged.wait()
        return envelope.answer

    def again(self, envelope: Envelope, reason: str = "timeout") -> Envelope:
        """The same event once more, as when Slack has not heard the acknowledgement."""
        return self.take(Envelope(envelope.kind, envelope.payload, attempts=max(1, envelope.attempts), reason=reason))

    @property
    def links(self) -> int:
        """How many sockets the bot holds open."""
        return len(self._links)

    async def linked(self, hellos: int = 1) -> None:
        """Return once the bot has come so often, and holds a socket open."""
        async with self._news:
            await self._news.wait_for(lambda: self.hellos >= hellos and bool(self._links))

    async def disconnect(self, reason: str) -> None:
        """Tell the bot to come again, as Slack does every few hours; with `link_disabled` it need not."""
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "edge"}}
        for link in list(self._links):
            await link.send_str(json.dumps(frame))

    async def link(self, request: web.Request) -> web.StreamResponse:
        """A socket of the bot's, until it is closed."""
        link = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await link.prepare(request)
        hello = {
            "type": "hello",
            "num_connections": self.links + 1,
            "connection_info": {"app_id": "A01APP"},
            "debug_info": {"host": "edge", "approximate_connection_time": 18060},
        }
        await link.send_str(json.dumps(hello))
        self._links.append(link)
        self.hellos += 1
        await self._tell()
        try:
            async for frame in link:
                await self._heard(link, frame)
        finally:
            self._links.remove(link)
            for _, through, over in list(self._out.values()):
                if through is link:
                    over.set()
            await self._tell()
        return link

    async def stop(self) -> None:
        """Hand nothing over any more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _heard(self, link: web.WebSocketResponse, frame: aiohttp.WSMessage) -> None:
        if self.frozen:
            return
        if frame.type is aiohttp.WSMsgType.PING:
            await link.pong(frame.data)
        elif frame.type is aiohttp.WSMsgType.TEXT and frame.data.startswith("{"):
            told = json.loads(frame.data)
            envelope, _, over = self._out.get(told.get("envelope_id", ""), (None, None, None))
            if envelope is not None and over is not None:
                envelope.answer = told.get("payload")
                envelope.acknowledged.set()
                over.set()

    async def _hand_over(self, envelope: Envelope) -> None:
        while not envelope.acknowledged.is_set():
            begun = time.monotonic()
            if self.url is None:
                await self._by_socket(envelope)
            else:
                await self._by_call(envelope, self.url)
            if envelope.acknowledged.is_set():
                envelope.seconds = time.monotonic() - begun
                return
            if envelope.kind != EVENTS:
                return
            envelope.reason = envelope.reason or "timeout"
            await asyncio.sleep(PAUSES[min(envelope.attempts, len(PAUSES)) - 1])

    async def _by_socket(self, envelope: Envelope) -> None:
        async with self._news:
            await self._news.wait_for(lambda: bool(self._links) and not self.frozen)
            link = self._links[-1]
        id_, over = str(uuid.uuid4()), asyncio.Event()
        told: dict[str, Any] = {
            "envelope_id": id_,
            "type": envelope.kind,
            "payload": envelope.payload,
            "accepts_response_payload": envelope.kind != EVENTS,
        }
        if envelope.kind == EVENTS:
            told |= {"retry_attempt": envelope.attempts, "retry_reason": envelope.reason}
        envelope.attempts += 1
        if self._is_lost():
            return
        self._out[id_] = (envelope, link, over)
        with contextlib.suppress(ConnectionError, TimeoutError):
            await link.send_str(json.dumps(told))
            await asyncio.wait_for(over.wait(), ACKNOWLEDGED_WITHIN)
        del self._out[id_]

    async def _by_call(self, envelope: Envelope, url: str) -> None:
        body, headers = envelope.raw if envelope.raw and not envelope.attempts else signed(self.secret, envelope)
        if envelope.attempts:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempts), "X-Slack-Retry-Reason": envelope.reason}
        envelope.attempts += 1
        if self._is_lost():
            return
        try:
            timeout = aiohttp.ClientTimeout(ACKNOWLEDGED_WITHIN)
            async with aiohttp.request("POST", url, data=body, headers=headers, timeout=timeout) as answer:
                text = await answer.text()
                if answer.status != 200:
                    envelope.reason = "http_error"
                    return
        except (aiohttp.ClientError, TimeoutError) as error:
            envelope.reason = "http_timeout" if isinstance(error, TimeoutError) else "connection_failed"
            return
        with contextlib.suppress(json.JSONDecodeError):
            envelope.answer = json.loads(text) if text else None
        envelope.acknowledged.set()

    def _is_lost(self) -> bool:
        self.lost, lost = max(0, self.lost - 1), self.lost > 0
        return lost


def signed(secret: str, envelope: Envelope, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """The request that hands it over, signed as Slack does; `at` is the time it claims (seconds of the epoch)."""
    payload: Mapping[str, Any] = envelope.payload
    if envelope.kind == EVENTS:
        body, content = json.dumps(payload).encode(), "application/json"
    else:
        fields = payload if envelope.kind == "slash_commands" else {"payload": json.dumps(payload)}
        body, content = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    stamp = str(int(time.time() if at is None else at))
    headers = {
        "Content-Type": content,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(secret, stamp, body),
    }
    return body, headers
