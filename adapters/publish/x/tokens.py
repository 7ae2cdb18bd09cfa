"""OAuth 2.0 on X: access tokens of two hours, and a refresh token that is replaced each time it is used.

A refresh token that was used and whose successor was lost shuts us out until a person signs in again. So the file for
the successor is open and on the disk before X is asked, nothing comes between the answer and the disk, and whoever
waited for it may be cancelled without ending it. Only a crash in those milliseconds loses it.
"""

import asyncio
import fcntl
import hashlib
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.errors import NotAuthenticated, Refused, Unavailable
from adapters.webapi import WebApi

MARGIN = timedelta(minutes=5)
"""An access token that ends sooner is replaced first, so that none ends while a post is on its way."""

NEW = timedelta(minutes=1)
"""A token that is refused although it is no older than this will not become better by another."""

PRIVATE = 0o600
OTHERS = 0o077
PATIENCE = 0.1
ROOM = 4_096
"""Bytes that are on the disk before X is asked; the tokens take some hundred."""


@dataclass(frozen=True, slots=True)
class Client:
    """The app at X: its id, its secret ("" for a public client), and the refresh token that a person got first."""

    identity: str
    secret: str = field(repr=False)
    first: str = field(repr=False)

    @property
    def seed(self) -> str:
        """What tells whether kept tokens come from this first one: another one was given since, so they end."""
        return hashlib.sha256(self.first.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """The tokens in the file; `made` and `until` bound the access token (ISO 8601, UTC; "" without one)."""

    seed: str
    refresh: str = field(repr=False)
    access: str = field(default="", repr=False)
    made: str = ""
    until: str = ""

    def lasts(self, moment: datetime) -> bool:
        """Whether the access token is good then."""
        return bool(self.access) and moment < datetime.fromisoformat(self.until)


class TokenFile:
    """The file, readable for its owner alone, and the lock beside it for processes that share it."""

    def __init__(self, path: Path) -> None:
        """Keep where it is."""
        self._path = path
        self._next = path.with_name(f"{path.name}.next")

    def read(self, client: Client) -> Kept:
        """What is kept, or the first token. Raises `NotAuthenticated("unsafe_tokens")` for a file others may read."""
        try:
            with self._path.open(encoding="utf-8") as file:
                if os.fstat(file.fileno()).st_mode & OTHERS:
                    raise NotAuthenticated("unsafe_tokens")
                kept = Kept(**json.load(file))
        except FileNotFoundError:
            return Kept(client.seed, client.first)
        except (ValueError, TypeError) as error:
            raise NotAuthenticated("tokens_unreadable") from error
        return kept if kept.seed == client.seed else Kept(client.seed, client.first)

    def make_room(self) -> None:
        """Find out that the disk is full or shut before a token is used up. Raises `Unavailable`."""
        try:
            self._fill(" " * ROOM)
        except OSError as error:
            raise Unavailable("tokens_not_kept") from error

    def write(self, kept: Kept) -> None:
        """Put it on the disk, whole or not at all."""
        self._fill(json.dumps(asdict(kept)))
        self._next.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """No other process replaces tokens meanwhile."""
        held = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                await asyncio.sleep(PATIENCE)
            yield
        finally:
            os.close(held)

    def _fill(self, text: str) -> None:
        descriptor = os.open(self._next, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, PRIVATE)
            file.write(text)
            file.flush()
            os.fsync(descriptor)


class Tokens:
    """The tokens of one account."""

    def __init__(self, api: WebApi, client: Client, path: Path, clock: Callable[[], datetime]) -> None:
        """Keep the app, where tokens are kept, and a clock that tells UTC."""
        self._api, self._client, self._clock = api, client, clock
        self._file = TokenFile(path)
        self._turn = asyncio.Lock()
        self._renewing: asyncio.Task[str] | None = None

    async def access(self) -> str:
        """A token that lasts long enough for a post. Raises `NotAuthenticated` when a person must sign in again."""
        async with self._turn:
            kept = self._file.read(self._client)
            if kept.lasts(self._clock() + MARGIN):
                return kept.access
            if self._renewing is None or self._renewing.done():
                self._renewing = asyncio.create_task(self._renew())
                self._renewing.add_done_callback(_heard)
            return await asyncio.shield(self._renewing)

    async def refused(self, access: str) -> None:
        """X does not take this token: use it no more. Raises `NotAuthenticated` when it is new."""
        async with self._turn, self._file.alone():
            kept = self._file.read(self._client)
            if kept.access != access:
                return
            if self._clock() < datetime.fromisoformat(kept.made) + NEW:
                raise NotAuthenticated("token_refused")
            self._file.write(Kept(kept.seed, kept.refresh))

    async def close(self) -> None:
        """Let a renewal that is under way come to its end."""
        if self._renewing is not None:
            await asyncio.wait({self._renewing})

    async def _renew(self) -> str:
        async with self._file.alone():
            kept = self._file.read(self._client)
            if kept.lasts(self._clock() + MARGIN):  # another process was quicker
                return kept.access
            self._file.make_room()
            new = await self._ask(kept)
            self._file.write(new)
            return new.access

    async def _ask(self, kept: Kept) -> Kept:
        asked = {"grant_type": "refresh_token", "refresh_token": kept.refresh, "client_id": self._client.identity}
        sent: dict[str, Any] = {"data": asked}
        if self._client.secret:
            sent["auth"] = (self._client.identity, self._client.secret)
        try:
            answer = await self._api.call("POST", "2/oauth2/token", **sent)
        except Refused as error:
            raise NotAuthenticated("sign_in_again") from error
        now = self._clock()
        try:
            lasts = timedelta(seconds=float(answer.body["expires_in"]))
            refresh = str(answer.body.get("refresh_token") or kept.refresh)
            access = str(answer.body["access_token"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable("answer_unreadable") from error
        return Kept(kept.seed, refresh, access, now.isoformat(), (now + lasts).isoformat())


def _heard(task: asyncio.Task[str]) -> None:
    """Whoever waited may have been cancelled; then nobody else hears how it ended, and the next try finds out."""
    if not task.cancelled():
        task.exception()
