"""Requests: each failure is told in our own family of errors, and nothing is asked twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web

from adapters.chat.matrix.server import AskedToProve, Server, path
from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def answering(handler: Any, timeout: float = 5.0) -> AsyncIterator[Server]:
    """A server that answers everything with `handler`."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server = Server(f"http://127.0.0.1:{runner.addresses[0][1]}/", "token", timeout)
    try:
        yield server
    finally:
        await server.close()
        await runner.cleanup()


def says(status: int, body: Any = None, text: str | None = None, **headers: str) -> Any:
    async def handler(request: web.Request) -> web.Response:
        if text is not None:
            return web.Response(status=status, text=text, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    return handler


async def raised(handler: Any, **options: Any) -> AdapterError:
    async with answering(handler) as server:
        with pytest.raises(AdapterError) as error:
            await server.ask("PUT", "/x", {}, **options)
    return error.value


@pytest.mark.parametrize(
    ("handler", "kind", "reason"),
    [
        (says(502, text="<html>Bad Gateway</html>"), Unavailable, "http_502"),
        (says(500, {"errcode": "M_UNKNOWN"}), Unavailable, "http_500"),
        (says(404, text="not found"), Unavailable, "http_404"),
        (says(401, text="who are you?"), Unavailable, "http_401"),
        (says(302, text="", Location="https://elsewhere.example"), Unavailable, "http_302"),
        (says(200, text="{"), Unavailable, "malformed_answer"),
        (says(200, text="[" * 100_000), Unavailable, "malformed_answer"),
        (says(200, text="7"), Unavailable, "malformed_answer"),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED"}), RateLimited, "rate_limited"),
        (says(401, {"errcode": "M_UNKNOWN_TOKEN"}), NotAuthenticated, "unknown_token"),
        (says(403, {"errcode": "M_USER_DEACTIVATED"}), NotAuthenticated, "user_deactivated"),
        (says(401, {"flows": [], "session": "s"}), AskedToProve, "proof_needed"),
        (says(403, {"errcode": "M_FORBIDDEN"}), Refused, "forbidden"),
        (says(400, {"errcode": "M_DUPLICATE_ANNOTATION"}), Refused, "duplicate_annotation"),
    ],
)
async def test_answers(handler: Any, kind: type[AdapterError], reason: str) -> None:
    error = await raised(handler)
    assert (type(error), str(error)) == (kind, reason)


@pytest.mark.parametrize(
    ("handler", "seconds"),
    [
        (says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}), 1.5),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}, **{"Retry-After": "7"}), 7.0),
        (says(429, text="slow down", **{"Retry-After": "7"}), 7.0),
        (says(429, {"retry_after_ms": "soon"}), None),
        (says(503, text="", **{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), None),
    ],
)
async def test_the_wait_asked_for(handler: Any, seconds: float | None) -> None:
    error = await raised(handler)
    assert isinstance(error, Unavailable)
    assert error.retry_after == seconds


async def test_what_may_not_be_repeated_is_unknown() -> None:
    assert isinstance(await raised(says(200, text="{"), repeatable=False), OutcomeUnknown)
    assert isinstance(await raised(says(502, text=""), repeatable=False), Unavailable)


async def test_every_request_is_limited() -> None:
    async def hang(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with answering(hang, timeout=0.2) as server:
        with pytest.raises(Unavailable, match="timeout"):
            await server.get("/x")
        with pytest.raises(OutcomeUnknown, match="timeout"):
            await server.post("/x", {}, repeatable=False)
        with pytest.raises(Unavailable, match="timeout"):
            async with asyncio.timeout(10), server.stream("/x"):
                pass


async def test_nobody_there_and_closed() -> None:
    async with answering(says(200, {})) as server:
        assert await server.get("/x") == {}
    with pytest.raises(Unavailable, match="closed"):
        await server.get("/x")
    nobody = Server("http://127.0.0.1:9", "", 1)
    with pytest.raises(Unavailable, match="unreachable"):
        await nobody.post("/x", {}, repeatable=False)
    await nobody.close()


async def test_ids_are_quoted_whole() -> None:
    seen: list[str] = []

    async def note(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        assert request.headers["Authorization"] == "Bearer token"
        return web.json_response([1])

    async with answering(note) as server:
        assert await server.get(path("rooms", "!a/b:c", "event", "$x+y#z?")) == {"list": [1]}
    parts = [unquote(part) for part in seen[0].split("/")]
    assert parts == ["", "_matrix", "client", "v3", "rooms", "!a/b:c", "event", "$x+y#z?"]
