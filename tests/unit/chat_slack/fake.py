"""A Web API that answers what a test tells it to, and remembers what it was asked; and the parts that ask it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from adapters.chat.slack.api import Api
from adapters.chat.slack.files import Files
from adapters.chat.slack.looking import Looker
from adapters.chat.slack.markup import Names
from adapters.chat.slack.memory import Memory
from adapters.chat.slack.people import Me, People
from adapters.chat.slack.posting import Poster

Json = dict[str, Any]
ME = Me("U0BOT", "switchboard", "B0BOT", "T01TEST")
NAMES = Names(ME.user, ME.name)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """An answer that is no JSON with a status of 200, or comes late (seconds)."""

    status: int = 200
    told: Json | None = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0.0


Answer = Json | Reply | Callable[[Json], Json]


@dataclass
class Fake:
    """`answers` by method: one for ever, or a list that is used up (its last for ever)."""

    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""

    def asked(self, method: str) -> list[Json]:
        """What was asked of a method."""
        return [told for name, told in self.calls if name == method]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        method = request.path.removeprefix("/api/").removeprefix("/")
        told: Json = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        for key in ("blocks", "files", "view"):
            if key in told:
                told[key] = json.loads(told[key])
        self.calls.append((method, told))
        self.tokens.append(request.headers.get("Authorization", ""))
        found = self.answers.get(method, {"ok": False, "error": "unknown_method"})
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Reply):
            await asyncio.sleep(found.late)
            if found.told is None:
                return web.Response(status=found.status, body=found.body, headers=found.headers)
            return web.json_response(found.told, status=found.status, headers=found.headers)
        return web.json_response({"ok": True} | (found(told) if callable(found) else found))


@asynccontextmanager
async def serving(**answers: Answer | list[Answer]) -> AsyncIterator[Fake]:
    """A server; `_` in the names of methods stands for a point."""
    fake = Fake({name.replace("_", ".", 1): told for name, told in answers.items()})
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", fake.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = (runner.addresses and f"http://127.0.0.1:{runner.addresses[0][1]}") or ""
    try:
        yield fake
    finally:
        await runner.cleanup()


@asynccontextmanager
async def asking(fake: Fake, token: str = "xoxb-1", timeout: float = 5.0) -> AsyncIterator[Api]:
    """A client of that server."""
    api = Api(token, f"{fake.url}/api/", timeout)
    try:
        yield api
    finally:
        await api.close()


@dataclass
class Kept:
    """What adapters remember, in memory; and pictures."""

    values: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)

    async def get(self, key: str) -> str | None:
        """The value last put."""
        return self.values.get(key)

    async def put(self, key: str, value: str) -> None:
        """Remember it."""
        self.values[key] = value

    async def picture(self, sha256: str) -> bytes:
        """The bytes."""
        return self.pictures[sha256]


def poster(api: Api, kept: Kept) -> Poster:
    """What posts, over that client and that memory."""
    return Poster(Looker(api, ME, NAMES), Files(api), Memory(kept), kept, lambda: NOW)


def people(api: Api, clock: Callable[[], float] = lambda: 0.0) -> People:
    """Who knows people, over that client."""
    return People(api, ME, clock)
