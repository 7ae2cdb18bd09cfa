"""Being logged in: one login, then its session for months, renewed when the server says that it has run out.

The session outlives the process, as the server lets an account log in only 300 times a day. It is kept locked with the
app password, so that who has the database alone has nothing.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from Crypto.Cipher import AES

from adapters.errors import NotAuthenticated, Refused, Unavailable
from adapters.ports import AdapterState, Health, HealthState
from adapters.webapi import Answer, WebApi

SAID_NO = frozenset({400, 401, 403, 404, 413})
"""Answers whose body holds the name of the fault; nothing was done."""

RUN_OUT = frozenset({"ExpiredToken", "InvalidToken"})
NO_LONGER = frozenset(
    {"AccountDeactivated", "AccountSuspended", "AccountTakedown", "AuthenticationRequired", "AuthMissing"}
)
"""Faults, by name, after which a person must look at the account."""

PAUSE = timedelta(minutes=5)
"""How long a password that was refused is not tried again."""

_STATE = "session"
_NONCE, _SEAL = 16, 16  # bytes


@dataclass(frozen=True, slots=True)
class BlueskyAccount:
    """The account: its server, its handle or DID, and an app password."""

    server: str
    handle: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A session: whose it is, what goes with every request, and what renews it."""

    did: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)


class Session:
    """Requests in the name of one account."""

    def __init__(
        self, account: BlueskyAccount, api: WebApi, state: AdapterState, clock: Callable[[], datetime]
    ) -> None:
        """Keep all of them; nobody is logged in before the first request."""
        self._account, self._api, self._state, self._clock = account, api, state, clock
        self._tokens: Tokens | None = None
        self._turn = asyncio.Lock()
        self._not_before: datetime | None = None
        salt = f"switchboard {account.server} {account.handle}".encode()
        self._lock = hashlib.scrypt(account.password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)

    async def did(self) -> str:
        """The account's own id, for ever the same."""
        return (await self._now()).did

    async def call(
        self,
        method: str,
        name: str,
        *,
        visible: bool = False,
        accept: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        **what: Any,
    ) -> Answer:
        """Ask once, with a session renewed if need be. `accept`: faults, by name, that are an answer as well.

        Raises `AdapterError`.
        """
        tokens = await self._now()
        for last in (False, True):
            carried = dict(headers or {}) | _bearer(tokens.access)
            answer = await self._ask(method, name, visible=visible, headers=carried, **what)
            named = fault(answer)
            if named not in RUN_OUT or last:
                break
            tokens = await self._renewed(tokens)
        if named in accept or named is None:
            return answer
        raise NotAuthenticated(named) if answer.status == 401 or named in NO_LONGER | RUN_OUT else Refused(named)

    def health(self) -> Health:
        """Down while the password is refused, else as well as the server."""
        if self._not_before is not None:
            return Health(HealthState.DOWN, "not_authenticated")
        return self._api.health()

    async def _ask(self, method: str, name: str, **what: Any) -> Answer:
        return await self._api.call(method, f"xrpc/{name}", accept=SAID_NO, **what)

    async def _now(self) -> Tokens:
        async with self._turn:
            self._tokens = self._tokens or await self._kept() or await self._log_in()
            return self._tokens

    async def _renewed(self, spent: Tokens) -> Tokens:
        """A session in place of one that ran out: that of another process if it was quicker, else a new one."""
        async with self._turn:
            if self._tokens is None or self._tokens == spent:
                kept = await self._kept()
                self._tokens = kept if kept is not None and kept != spent else await self._refresh(spent)
            return self._tokens

    async def _refresh(self, spent: Tokens) -> Tokens:
        answer = await self._ask("POST", "com.atproto.server.refreshSession", headers=_bearer(spent.refresh))
        return await self._log_in() if fault(answer) else await self._keep(answer)

    async def _log_in(self) -> Tokens:
        if self._not_before is not None and self._clock() < self._not_before:
            raise NotAuthenticated("app_password")
        who = {"identifier": self._account.handle, "password": self._account.password}
        answer = await self._ask("POST", "com.atproto.server.createSession", json=who)
        if fault(answer):
            self._not_before = self._clock() + PAUSE
            raise NotAuthenticated("app_password")
        self._not_before = None
        return await self._keep(answer)

    async def _keep(self, answer: Answer) -> Tokens:
        try:
            tokens = Tokens(*(str(answer.body[name]) for name in ("did", "accessJwt", "refreshJwt")))
        except (KeyError, TypeError) as error:
            raise Unavailable("answer_unreadable") from error
        cipher = AES.new(self._lock, AES.MODE_GCM)
        locked, seal = cipher.encrypt_and_digest(json.dumps([tokens.did, tokens.access, tokens.refresh]).encode())
        await self._state.put(_STATE, base64.b64encode(cipher.nonce + seal + locked).decode())
        return tokens

    async def _kept(self) -> Tokens | None:
        """The session as it was kept; None when there is none, or it was locked with another password."""
        told = base64.b64decode(await self._state.get(_STATE) or "")
        nonce, seal, locked = told[:_NONCE], told[_NONCE : _NONCE + _SEAL], told[_NONCE + _SEAL :]
        if not locked:
            return None
        try:
            opened = AES.new(self._lock, AES.MODE_GCM, nonce=nonce).decrypt_and_verify(locked, seal)
        except ValueError:
            return None
        return Tokens(*json.loads(opened))


def fault(answer: Answer) -> str | None:
    """The name of what went wrong; None for an answer that is fine. Names are for programs, unlike messages."""
    if 200 <= answer.status < 300:
        return None
    named = answer.body.get("error") if isinstance(answer.body, dict) else None
    return named if isinstance(named, str) and named.isalnum() else f"http_{answer.status}"


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
