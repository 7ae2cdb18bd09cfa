"""One way to talk to a channel's API over HTTP: limits, time-outs, and what an answer means in the port's errors.

What is said of an answer depends on whether its request could have made something visible. If it could, whatever
leaves that open is `OutcomeUnknown`; if it could not, it is `Unavailable` and may be tried again. Only status codes and
headers decide, never the words of an answer: these are written for people, in any language.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.ports import Health, HealthState

TIME_OUT = httpx.Timeout(20, connect=10)
"""Seconds. Shorter than half a lease, after which the engine gives up by itself."""

LONGEST_ANSWER = 4_000_000
"""Bytes of an answer that are read; a page of forty posts has some hundred thousand."""

TOO_MANY = 429
NOT_CERTAIN = frozenset({408, 425})
"""Below 500, and still no word on whether it was done."""

RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
"""Headers that tell when a limit ends: a moment by ISO 8601 or in seconds since 1970."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""Failures from before the first byte of a request was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an API said: its status, the JSON of its body (None when there is none), its headers."""

    status: int
    body: Any
    headers: Mapping[str, str]


def _now() -> datetime:
    return datetime.now(UTC)


class WebApi:
    """One API at one address. `transport` stands in for the network in tests."""

    def __init__(
        self,
        base_url: str,
        clock: Callable[[], datetime] = _now,
        transport: httpx.AsyncBaseTransport | None = None,
        token: str = "",
    ) -> None:
        """Keep the address and the token that goes with every request; nothing is opened yet."""
        self._clock = clock
        self._health = Health(HealthState.OK)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=TIME_OUT,
            transport=transport,
            follow_redirects=False,  # what was sent to one host is for no other
            headers={"Accept": "application/json", "User-Agent": "switchboard"} | _bearer(token),
        )

    async def call(
        self, method: str, path: str, *, visible: bool = False, accept: Collection[int] = (), **what: Any
    ) -> Answer:
        """Ask once. `visible`: the request may show something to the public. `accept`: also fine, besides 2xx.

        `what` is handed to httpx: `json`, `data`, `files`, `params`, `headers`. Raises `AdapterError`.
        """
        try:
            answer = await self._ask(method, path, visible=visible, what=what)
            if not (200 <= answer.status < 300 or answer.status in accept):
                raise self._fault(answer, visible=visible)
        except AdapterError as error:
            self._note(error)
            raise
        self._health = Health(HealthState.OK)
        return answer

    def health(self) -> Health:
        """How it did when it was asked last."""
        return self._health

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, *, visible: bool, what: dict[str, Any]) -> Answer:
        try:
            async with self._client.stream(method, path, **what) as response:
                body = await _read(response)
        except NOT_SENT as error:
            raise Unavailable("not_reached") from error
        except httpx.HTTPError as error:
            raise _unclear(visible, "connection_lost") from error
        if body is None:
            raise _unclear(visible, "answer_too_long")
        try:
            return Answer(response.status_code, json.loads(body) if body.strip() else None, response.headers)
        except ValueError as error:
            if not 200 <= response.status_code < 300:  # such as a page of HTML by a server in between
                return Answer(response.status_code, None, response.headers)
            raise _unclear(visible, "answer_unreadable") from error

    def _fault(self, answer: Answer, *, visible: bool) -> AdapterError:
        status = answer.status
        wait = wait_asked(answer.headers, self._clock())
        if status == TOO_MANY:
            return RateLimited("rate_limited", wait)
        if status >= 500 or status in NOT_CERTAIN:
            return OutcomeUnknown(f"http_{status}") if visible else Unavailable(f"http_{status}", wait)
        if status == 401:
            return NotAuthenticated(f"http_{status}")
        return Refused(f"http_{status}")

    def _note(self, error: AdapterError) -> None:
        if isinstance(error, Refused):
            self._health = Health(HealthState.OK)  # it is there and said no
        elif isinstance(error, NotAuthenticated):
            self._health = Health(HealthState.DOWN, "not_authenticated")
        else:
            self._health = Health(HealthState.DEGRADED, str(error))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


async def _read(response: httpx.Response) -> bytes | None:
    """The body, or None when there is more of it than anybody reads."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LONGEST_ANSWER:
            return None
    return bytes(body)


def _unclear(visible: bool, reason: str) -> AdapterError:
    return OutcomeUnknown(reason) if visible else Unavailable(reason)


def wait_asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """How many seconds an answer asks us to wait, at least one; None when it names no time that can be read."""
    asked = _seconds(headers.get("retry-after", ""), now)
    if asked is None and headers.get("x-ratelimit-remaining", "0") == "0":
        asked = next((found for name in RESETS if (found := _until(headers.get(name, ""), now)) is not None), None)
    return None if asked is None else max(asked, 1.0)


def _seconds(text: str, now: datetime) -> float | None:
    """`Retry-After`: seconds, or a date as in mail (RFC 9110, 10.2.3)."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return (parsedate_to_datetime(text).astimezone(UTC) - now).total_seconds()
    except ValueError:
        return None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
        return (moment - now).total_seconds()
    except (ValueError, OverflowError, OSError, TypeError):  # TypeError: a moment without a zone
        return None
