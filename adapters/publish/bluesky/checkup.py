"""What a server of the AT Protocol says of our account and its app password."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from adapters.errors import AdapterError
from adapters.ports import Finding
from adapters.publish.bluesky.session import NO_LONGER, SAID_NO, BlueskyAccount, fault
from adapters.webapi import WebApi

WHOLE_ACCOUNT = "com.atproto.access"
"""The scope of a session that the password of the account itself opened (AT Protocol, OAuth and sessions)."""

REFUSED = NO_LONGER | {"http_401", "http_403"}


async def examine(
    account: BlueskyAccount, clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Log in and out again: one of the 300 times a day that a server allows. Nothing is posted."""
    api = WebApi(account.server, clock, transport)
    try:
        await api.call("GET", "xrpc/com.atproto.server.describeServer")
        return [Finding("server", True, "reached"), await _password(api, account)]
    except AdapterError:
        return [Finding("server", False, "not_reached")]
    finally:
        await api.close()


async def _password(api: WebApi, account: BlueskyAccount) -> Finding:
    who = {"identifier": account.handle, "password": account.password}
    try:
        opened = await api.call("POST", "xrpc/com.atproto.server.createSession", accept=SAID_NO, json=who)
        named = fault(opened)
        if named is not None:
            return Finding("password", False, "password_refused" if named in REFUSED else "not_reached")
        access, refresh = str(opened.body["accessJwt"]), str(opened.body["refreshJwt"])
        bearer = {"Authorization": f"Bearer {refresh}"}
        await api.call("POST", "xrpc/com.atproto.server.deleteSession", accept=SAID_NO, headers=bearer)
    except (AdapterError, KeyError, TypeError):
        return Finding("password", False, "not_reached")
    whole = _scope(access) == WHOLE_ACCOUNT
    return Finding("password", not whole, "main_password" if whole else "accepted")


def _scope(token: str) -> str:
    """What a session may do, as its token tells anybody who reads it; "" when it tells nothing."""
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return str(claims["scope"])
    except (IndexError, KeyError, TypeError, ValueError):
        return ""
