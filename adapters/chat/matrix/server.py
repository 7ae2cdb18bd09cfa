"""Requests to the homeserver: each with a limit, each failure told in our own family of errors.

Nothing is repeated here. matrix-nio repeats by itself without end; so it does no networking for us at all.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable

CLIENT = "/_matrix/client/v3"
MEDIA = "/_matrix/client/v1/media"
LARGEST_ANSWER = 64 * 2**20  # bytes; the first sync of an account in many rooms is some
CHUNK = 64 * 1024  # bytes
# The account itself is not let in: a person must act, whatever was asked.
SHUT_OUT = {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED", "M_USER_SUSPENDED"}

Json = dict[str, Any]


class AskedToProve(Refused):
    """The server wants to know that it is really the owner who asks, by password for one."""

    def __init__(self, session: str) -> None:
        """Keep the session under which the proof is to be sent."""
        super().__init__("proof_needed")
        self.session = session


def path(*parts: str) -> str:
    """A path below the client API, each part quoted whole: ids of rooms and events hold `/`, `+` and `#`."""
    return CLIENT + "".join(f"/{quote(part, safe='')}" for part in parts)


class Server:
    """One homeserver, asked with one token."""

    def __init__(self, address: str, token: str, timeout: float) -> None:
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout = timeout
        self._http: aiohttp.ClientSession | None = None
        self._closed = False

    async def get(self, where: str, query: Mapping[str, str] | None = None, *, timeout: float | None = None) -> Json:
        """Read something."""
        return await self.ask("GET", where, query=query, timeout=timeout)

    async def put(self, where: str, body: Json) -> Json:
        """Write something that may be repeated."""
        return await self.ask("PUT", where, body)

    async def post(self, where: str, body: Json, *, repeatable: bool = True) -> Json:
        """Ask for something to be done; `repeatable` when doing it again does no harm."""
        return await self.ask("POST", where, body, repeatable=repeatable)

    async def ask(
        self,
        method: str,
        where: str,
        body: Json | bytes | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float | None = None,
        repeatable: bool = True,
    ) -> Json:
        """One request; the answer's JSON object, a list as `{"list": ...}`. Raises `AdapterError`.

        What may have happened without our knowing is `OutcomeUnknown` only where repeating it would do harm.
        """
        lost: type[AdapterError] = Unavailable if repeatable else OutcomeUnknown
        try:
            async with (
                asyncio.timeout(timeout or self._timeout),
                self._request(method, where, body, query) as answer,
            ):
                data = await _whole(answer)
        except aiohttp.ClientConnectorError as error:
            raise Unavailable("unreachable") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise lost(_reason(error)) from error
        return _judged(answer.status, answer.headers, data, lost)

    @asynccontextmanager
    async def stream(self, where: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file, piece by piece. Raises `AdapterError`."""
        try:
            async with asyncio.timeout(self._timeout * 8), self._request("GET", where, None, None) as answer:
                if answer.status != 200:
                    _judged(answer.status, answer.headers, await _whole(answer), Unavailable)
                    raise Unavailable(f"http_{answer.status}")
                yield answer.content.iter_chunked(CHUNK)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(_reason(error)) from error

    async def close(self) -> None:
        """Let go of every connection; nothing may be asked afterwards."""
        self._closed = True
        if self._http is not None:
            await self._http.close()
            self._http = None

    def _request(
        self, method: str, where: str, body: Json | bytes | None, query: Mapping[str, str] | None
    ) -> Any:  # aiohttp's context manager of a response has no public name
        if self._closed:
            raise Unavailable("closed")
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._timeout))
        headers = dict(self._headers)
        data: bytes | None = body if isinstance(body, bytes) else None
        if isinstance(body, dict):
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode(errors="replace")
        elif body is not None:
            headers["Content-Type"] = "application/octet-stream"
        return self._http.request(
            method, self._address + where, data=data, headers=headers, params=query, allow_redirects=False
        )


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    kept = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        kept += chunk
        if len(kept) > LARGEST_ANSWER:
            raise Unavailable("answer_too_large")
    return bytes(kept)


def _reason(error: Exception) -> str:
    return "timeout" if isinstance(error, TimeoutError) else "connection_lost"


def _judged(status: int, headers: Mapping[str, str], data: bytes, lost: type[AdapterError]) -> Json:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):  # no JSON, or nested without end
        body = None
    if status == 200:
        if isinstance(body, list):
            return {"list": body}
        if not isinstance(body, dict):
            raise lost("malformed_answer")
        return body
    told = body if isinstance(body, dict) else {}
    code = told.get("errcode")
    if status == 429:
        raise RateLimited("rate_limited", _patience(headers, told))
    if status == 401 and "flows" in told:
        raise AskedToProve(str(told.get("session", "")))
    if status >= 500 or not isinstance(code, str):  # a proxy's page says nothing about what was asked
        raise Unavailable(f"http_{status}", _patience(headers, told))
    if code in SHUT_OUT:
        raise NotAuthenticated(_plain(code))
    raise Refused(_plain(code))


def _plain(code: str) -> str:
    return code.removeprefix("M_").lower()


def _patience(headers: Mapping[str, str], told: Json) -> float | None:
    """The wait asked for, in seconds: the header's (RFC 9110; only seconds are used), else the older field's."""
    header = headers.get("Retry-After", "")
    if header.isascii() and header.isdigit():
        return float(header)
    milliseconds = told.get("retry_after_ms")
    return milliseconds / 1000 if isinstance(milliseconds, int | float) else None
