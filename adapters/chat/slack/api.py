"""Slack's Web API: one client that reads and may repeat, one that writes and never does; failures in our own family.

The library's own client repeats a request whose connection broke, and so can post a message twice; the one that writes
here repeats only what Slack refused for its rate (429), which was not carried out.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.budgets import Budgets
from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable

Json = dict[str, Any]

SHUT_OUT = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired no_permission org_login_required "
    "team_access_not_granted not_allowed_token_type".split()
)
"""The token itself is not let in: a person must act, whatever was asked."""

PLAIN = {
    "channel_not_found": "unknown_room",
    "user_not_found": "unknown_account",
    "user_not_visible": "unknown_account",
    "users_not_found": "unknown_account",
    "message_not_found": "gone",
    "thread_not_found": "gone",
    "bad_timestamp": "gone",
    "file_not_found": "gone",
    "file_deleted": "gone",
    "msg_too_long": "too_long",
    "msg_blocks_too_long": "too_long",
    "cant_update_message": "not_yours",
    "cant_delete_message": "not_yours",
    "not_in_channel": "not_in_room",
    "is_archived": "archived",
}
"""Slack's codes and what the product calls the same."""

AWAY = frozenset({"service_unavailable", "team_added_to_org", "request_timeout", "ratelimited"})
UNCLEAR = frozenset({"internal_error", "fatal_error"})  # "some aspect of it may have succeeded"
ATTEMPTS = 4
LONGEST_PATIENCE = 15.0  # seconds to wait here for a 429 rather than letting the product come again

_mute = logging.getLogger("adapters.chat.slack.library")
_mute.setLevel(logging.CRITICAL + 1)  # what the libraries log may hold words and tokens


def mute() -> logging.Logger:
    """A logger for the libraries that says nothing; our own lines tell what matters."""
    return _mute


@dataclass(slots=True)
class Api:
    """One token at one server."""

    token: str = field(repr=False)
    base_url: str
    timeout: float
    budgets: Budgets = field(default_factory=Budgets)
    doubted: bool = False  # Slack has refused the token, or says that it was revoked, and accepted it never since
    _session: aiohttp.ClientSession | None = None
    _reader: AsyncWebClient | None = None
    _writer: AsyncWebClient | None = None
    _closed: bool = False

    async def read(self, method: str, **arguments: object) -> Json:
        """Ask for something; may be repeated. Raises `AdapterError`."""
        return await self._call(method, arguments, writes=False)

    async def write(self, method: str, **arguments: object) -> Json:
        """Have something done that must not happen twice. Raises `AdapterError`, `OutcomeUnknown` when it may have."""
        return await self._call(method, arguments, writes=True)

    async def session(self) -> aiohttp.ClientSession:
        """The connections to Slack. Raises `Unavailable` once closed."""
        if self._closed:
            raise Unavailable("closed")
        if self._session is None or self._session.closed:  # whoever closed it: else every call would fail for ever
            self._reader = self._writer = None
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.timeout),
                trust_env=True,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_straight()],
            )
        return self._session

    async def close(self) -> None:
        """Let go of every connection; nothing may be asked afterwards."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, arguments: Mapping[str, object], *, writes: bool) -> Json:
        client = await self._client(writes=writes)
        channel = str(arguments.get("channel", ""))
        data = {name: _form(value) for name, value in arguments.items() if value is not None}
        for attempt in range(1, ATTEMPTS + 1):
            await self.budgets.wait(method, channel)
            try:
                return await self._once(client, method, data, writes=writes)
            except RateLimited as error:
                patience = 1.0 if error.retry_after is None else error.retry_after
                self.budgets.refused(method, channel, patience)
                if attempt == ATTEMPTS or patience > LONGEST_PATIENCE:
                    raise
                await asyncio.sleep(patience)
        raise AssertionError("never reached")

    async def _once(self, client: AsyncWebClient, method: str, data: dict[str, str], *, writes: bool) -> Json:
        lost: type[AdapterError] = OutcomeUnknown if writes else Unavailable
        try:
            answer = await client.api_call(method, data=data)
        except SlackApiError as error:
            judged = _judged(error, lost)
            self.doubted |= isinstance(judged, NotAuthenticated)
            raise judged from None  # its text may hold what we sent
        except aiohttp.ClientConnectorError:
            raise Unavailable("unreachable") from None
        except TimeoutError:
            raise lost("timeout") from None
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
            if self._closed:
                raise Unavailable("closed") from None
            raise lost("connection_lost") from error
        self.doubted = False
        told = answer.data
        if not isinstance(told, dict):
            raise lost("malformed_answer")
        return told | {"headers": dict(answer.headers)} if method == "auth.test" else told

    async def _client(self, *, writes: bool) -> AsyncWebClient:
        session = await self.session()
        if self._reader is None or self._writer is None:
            common: Json = {"token": self.token, "base_url": self.base_url, "session": session, "logger": _mute}
            again = [AsyncConnectionErrorRetryHandler(max_retry_count=2), AsyncServerErrorRetryHandler()]
            self._reader = AsyncWebClient(**common, retry_handlers=again)
            self._writer = AsyncWebClient(**common, retry_handlers=[])
        return self._writer if writes else self._reader


class Redirected(aiohttp.ClientError):
    """An answer led elsewhere; Slack's own never do, and the words of a request go nowhere else."""


def _straight() -> aiohttp.TraceConfig:
    """Follow no redirect, whichever library asks."""

    async def refuse(*_: object) -> None:
        raise Redirected

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


def _form(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _judged(error: SlackApiError, lost: type[AdapterError]) -> AdapterError:
    response: Any = error.response
    status = getattr(response, "status_code", getattr(response, "status", 0))
    told = getattr(response, "data", None)
    code = told.get("error") if isinstance(told, dict) else None
    if status == 429 or code == "ratelimited":
        return RateLimited("rate_limited", _patience(getattr(response, "headers", {})))
    if not isinstance(code, str) or not code:  # a proxy's page says nothing about what was asked
        return lost(f"http_{status}")
    if code in SHUT_OUT:
        return NotAuthenticated(code)
    if code in UNCLEAR or status >= 500:
        return lost(code)
    if code in AWAY:
        return Unavailable(code)
    return Refused(PLAIN.get(code, code))


def _patience(headers: Mapping[str, str]) -> float:
    told = str(headers.get("Retry-After", ""))
    return float(told) if told.isascii() and told.isdigit() else 1.0
