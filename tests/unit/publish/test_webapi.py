"""What an answer means: by its status and headers alone, and by whether its request could be seen."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.ports import HealthState
from adapters.webapi import LONGEST_ANSWER, WebApi, wait_asked

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
FAILURES: list[tuple[type[httpx.HTTPError], bool]] = [
    (httpx.ConnectError, False),
    (httpx.ConnectTimeout, False),
    (httpx.PoolTimeout, False),
    (httpx.ReadTimeout, True),
    (httpx.WriteTimeout, True),
    (httpx.ReadError, True),
    (httpx.WriteError, True),
    (httpx.RemoteProtocolError, True),
]


def api(answer: Callable[[httpx.Request], httpx.Response]) -> WebApi:
    return WebApi("http://channel.example/", lambda: NOW, httpx.MockTransport(answer), "token")


async def asked(answer: Callable[[httpx.Request], httpx.Response], *, visible: bool) -> AdapterError:
    with pytest.raises(AdapterError) as raised:
        await api(answer).call("POST", "posts", visible=visible)
    return raised.value


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "sent"), FAILURES)
async def test_only_what_was_sent_may_have_been_done(kind: type[httpx.HTTPError], sent: bool) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise kind("no")

    assert type(await asked(fail, visible=True)) is (OutcomeUnknown if sent else Unavailable)
    assert type(await asked(fail, visible=False)) is Unavailable


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "visible", "hidden"),
    [
        (302, Refused, Refused),
        (400, Refused, Refused),
        (401, NotAuthenticated, NotAuthenticated),
        (404, Refused, Refused),
        (408, OutcomeUnknown, Unavailable),
        (422, Refused, Refused),
        (429, RateLimited, RateLimited),
        (500, OutcomeUnknown, Unavailable),
        (503, OutcomeUnknown, Unavailable),
    ],
)
async def test_a_status_means_the_same_whatever_is_said(status: int, visible: type, hidden: type) -> None:
    for content in (b"", b"<html>", b'{"error": "done already"}'):

        def answer(_request: httpx.Request, content: bytes = content) -> httpx.Response:
            return httpx.Response(status, content=content, headers={"location": "http://elsewhere.example/"})

        assert type(await asked(answer, visible=True)) is visible
        assert type(await asked(answer, visible=False)) is hidden


@pytest.mark.asyncio
@pytest.mark.parametrize("content", [b'{"id": "1', b"<html>", b"x" * (LONGEST_ANSWER + 1)])
async def test_a_yes_that_cannot_be_read_is_no_certain_yes(content: bytes) -> None:
    error = await asked(lambda _: httpx.Response(200, content=content), visible=True)
    assert type(error) is OutcomeUnknown


@pytest.mark.asyncio
async def test_the_token_goes_to_the_one_address_and_health_follows() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(401 if len(seen) == 2 else 204)

    channel = api(answer)
    assert (await channel.call("GET", "posts")).body is None
    assert str(seen[0].url) == "http://channel.example/posts"
    assert seen[0].headers["authorization"] == "Bearer token"
    with pytest.raises(NotAuthenticated):
        await channel.call("GET", "posts")
    assert channel.health().state is HealthState.DOWN
    await channel.call("GET", "posts")
    assert channel.health().state is HealthState.OK
    await channel.close()


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "90"}, 90),
        ({"retry-after": "Sat, 31 Jan 2026 12:02:00 GMT"}, 120),
        ({"retry-after": "90", "x-ratelimit-reset": "2026-01-31T13:00:00Z"}, 90),
        ({"x-ratelimit-reset": "2026-01-31T12:05:00.519251Z"}, pytest.approx(300, abs=1)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"x-ratelimit-reset": "2026-01-31T11:00:00Z"}, 1),
        ({"x-ratelimit-reset": "2026-01-31T13:00:00Z", "x-ratelimit-remaining": "5"}, None),
        ({"x-ratelimit-reset": "2026-01-31T13:00:00"}, None),
        ({"x-ratelimit-reset": "soon"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_from_whatever_names_it(headers: dict[str, str], wait: float | None) -> None:
    assert wait_asked(headers, NOW) == wait
