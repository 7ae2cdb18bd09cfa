"""What a server with Mastodon's API says of our account and its token."""

from collections.abc import Callable
from datetime import datetime

import httpx

from adapters.errors import AdapterError, NotAuthenticated, Refused
from adapters.ports import Finding
from adapters.publish.mastodon.instance import Instance
from adapters.publish.mastodon.publisher import MastodonAccount
from adapters.webapi import WebApi

NEEDED = ("read:accounts", "read:statuses", "write:media", "write:statuses")
"""The least scopes: to read its own posts back, and to post with pictures."""


async def examine(
    account: MastodonAccount, clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Ask the server for its figures, whose token it is, and what it may do; nothing is posted."""
    api = WebApi(account.server, clock, transport, token=account.token)
    try:
        return [await _server(api), *await _token(api)]
    finally:
        await api.close()


async def _server(api: WebApi) -> Finding:
    try:
        answer = await api.call("GET", "api/v2/instance", accept={404})
        if answer.status == 404:
            answer = await api.call("GET", "api/v1/instance")
        Instance.told(answer.body)
    except AdapterError:
        return Finding("server", False, "not_reached")
    return Finding("server", True, "reached")


async def _token(api: WebApi) -> list[Finding]:
    try:
        await api.call("GET", "api/v1/accounts/verify_credentials")
        answer = await api.call("GET", "api/v1/apps/verify_credentials", accept={403, 404})
    except (NotAuthenticated, Refused):
        return [Finding("token", False, "token_refused")]
    except AdapterError:
        return [Finding("token", False, "not_reached")]
    granted = (answer.body or {}).get("scopes") if answer.status == 200 else None
    lacks = granted is not None and any(not _covers(granted, scope) for scope in NEEDED)
    return [Finding("token", not lacks, "scopes_lacking" if lacks else "accepted")]


def _covers(granted: list[str], scope: str) -> bool:
    """`write` stands for `write:statuses` and all others of its kind."""
    return scope in granted or scope.partition(":")[0] in granted
