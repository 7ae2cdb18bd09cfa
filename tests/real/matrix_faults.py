"""A fault proxy in front of a server: it passes requests on, and spoils those that a test asks it to.

    rule = faults.spoil(Fault.BAD_GATEWAY, "/sync", times=5)
    client = AsyncClient(faults.url, ...)
    ...
    assert rule.used == 5 and faults.busiest("/sync") <= 2

It runs on the loop of the test and counts every request, so a test can say how hard a client knocks. Beware that
aiohttp's client (and so matrix-nio) repeats a GET or PUT once by itself when a connection ends before its answer
begins: RESET and LOST are seen by the code above it from the second time on.
"""

import asyncio
import contextlib
import json
import re
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import aiohttp
import pytest_asyncio
from aiohttp import web
from yarl import URL

from tests.real.synapse import Homeserver, free_port

LARGEST = 64 * 2**20  # bytes of an upload that is passed on
HOP = {"connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding"}
GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Fault(StrEnum):
    """What can go wrong between a client and its homeserver."""

    BAD_GATEWAY = "502 with a page of HTML"
    SERVER_ERROR = "500 with an error in JSON"
    UNKNOWN_TOKEN = "401 M_UNKNOWN_TOKEN"
    LIMITED = "429 without a time"
    LIMITED_BODY = "429 with retry_after_ms"
    LIMITED_HEADER = "429 with Retry-After"
    BROKEN = "200 with broken JSON"
    CUT = "the connection is cut in the middle of the server's answer"
    LOST = "the server does it, and the connection is cut before its answer"
    RESET = "the connection is cut before the server hears of it"
    HANG = "no answer, for ever"


class Knock(NamedTuple):
    """One request that came: when (seconds of the proxy's clock), what, and how it was spoilt."""

    at: float
    method: str
    path: str
    fault: Fault | None


@dataclass
class Rule:
    """Spoil requests whose `METHOD /path` has `pattern` in it: the next `times`, or all until lifted (None)."""

    fault: Fault
    pattern: re.Pattern[str]
    times: int | None
    seconds: float
    used: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def done(self) -> bool:
        """Whether it spoils no more."""
        return self.times is not None and self.used >= self.times

    def use(self) -> None:
        """A request has been spoilt."""
        self.used += 1
        self._news.set()

    async def met(self, times: int) -> None:
        """Return once it has spoilt so many requests."""
        while self.used < times:
            self._news.clear()
            await self._news.wait()

    def lift(self) -> None:
        """Spoil no more; what hangs already goes on hanging."""
        self.times = self.used


@dataclass
class Faults:
    """The proxy: `url` is for the client under test. `clock` may be a scaled one."""

    upstream: str
    port: int = field(default_factory=free_port)
    clock: Callable[[], float] = time.monotonic
    knocks: list[Knock] = field(default_factory=list)
    _rules: list[Rule] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the client under test believes its homeserver to be."""
        return f"http://127.0.0.1:{self.port}"

    def spoil(self, fault: Fault, pattern: str = "", times: int | None = None, seconds: float = 1.0) -> Rule:
        """Spoil what matches from now on; `seconds` is the time a 429 names. The first rule that fits is taken."""
        rule = Rule(fault, re.compile(pattern), times, seconds)
        self._rules.append(rule)
        return rule

    def count(self, pattern: str = "", since: float = 0.0) -> int:
        """How many requests came that match, spoilt or not."""
        return len(self.times(pattern, since))

    def times(self, pattern: str = "", since: float = 0.0) -> list[float]:
        """When requests came that match, by the proxy's clock."""
        found = [knock for knock in self.knocks if knock.at >= since]
        return [knock.at for knock in found if re.search(pattern, f"{knock.method} {knock.path}")]

    def busiest(self, pattern: str = "", window: float = 1.0) -> int:
        """The most requests that came within any `window` seconds."""
        times = self.times(pattern)
        return max((sum(at <= other < at + window for other in times) for at in times), default=0)

    async def start(self) -> None:
        """Listen, also again after `stop` (on the same port)."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._out = aiohttp.ClientSession(
            auto_decompress=True, timeout=aiohttp.ClientTimeout(total=None), connector=aiohttp.TCPConnector(limit=0)
        )
        # A client that goes away takes its request to the server with it.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        """Nobody listens any more: new connections are refused, open ones end."""
        self.cut()
        await self._runner.cleanup()
        await self._out.close()

    def cut(self) -> None:
        """Cut every connection that is open now, also one that waits in a long poll."""
        for handler in self._runner.server.connections if self._runner.server else []:
            if handler.transport is not None:
                _reset(handler.transport)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        line = f"{request.method} {request.path}"
        rule = next((one for one in self._rules if not one.done and one.pattern.search(line)), None)
        self.knocks.append(Knock(self.clock(), request.method, request.path, rule.fault if rule else None))
        if rule is None:
            return await self.forward(request)
        rule.use()
        if made := self.made(rule):
            return made
        if rule.fault is Fault.HANG:
            await asyncio.Event().wait()
        if rule.fault is Fault.RESET:
            return _vanish(request)
        return await self._garbled(request, rule.fault)

    async def _garbled(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """The server has done what was asked; its answer does not arrive whole."""
        answer = await self.forward(request)
        body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
        if fault is Fault.BROKEN:
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        if fault is Fault.LOST:
            return _vanish(request)
        cut = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
        await cut.prepare(request)
        await cut.write(body[: len(body) // 2])
        return _vanish(request, cut)

    def made(self, rule: Rule) -> web.Response | None:
        """The answer of a fault that never asks the server."""
        headers = {"Retry-After": f"{rule.seconds:.0f}"} if rule.fault is Fault.LIMITED_HEADER else {}
        answer: dict[str, str | float | bool]
        match rule.fault:
            case Fault.BAD_GATEWAY:
                return web.Response(status=502, text=GATEWAY_PAGE, content_type="text/html")
            case Fault.SERVER_ERROR:
                status, answer = 500, {"errcode": "M_UNKNOWN", "error": "Internal server error"}
            case Fault.UNKNOWN_TOKEN:
                status, answer = 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unknown token", "soft_logout": False}
            case Fault.LIMITED | Fault.LIMITED_HEADER:
                status, answer = 429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
            case Fault.LIMITED_BODY:
                answer = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
                status, answer = 429, answer | {"retry_after_ms": int(rule.seconds * 1000)}
            case _:
                return None
        return web.Response(status=status, text=json.dumps(answer), content_type="application/json", headers=headers)

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """The server's own answer."""
        headers = {key: value for key, value in request.headers.items() if key.lower() not in HOP}
        url = URL(self.upstream + request.raw_path, encoded=True)
        body = await request.read()
        async with self._out.request(request.method, url, headers=headers, data=body) as answer:
            kept = {key: value for key, value in answer.headers.items() if key.lower() not in HOP}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


def _vanish(request: web.Request, begun: web.StreamResponse | None = None) -> web.StreamResponse:
    """Cut the connection instead of ending the answer."""
    if request.transport is not None:
        _reset(request.transport)
    return begun or web.Response()


def _reset(transport: asyncio.BaseTransport) -> None:
    """Cut a connection as a broken network does, after what was written is out."""
    open_socket = transport.get_extra_info("socket")
    if open_socket is not None:
        open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


@contextlib.asynccontextmanager
async def between(upstream: str, clock: Callable[[], float] = time.monotonic) -> AsyncIterator[Faults]:
    """A fault proxy in front of `upstream`, gone afterwards."""
    proxy = Faults(upstream, clock=clock)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


@pytest_asyncio.fixture
async def faults(homeserver: Homeserver) -> AsyncIterator[Faults]:
    """A fault proxy in front of the homeserver."""
    async with between(homeserver.url) as proxy:
        yield proxy
