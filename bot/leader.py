"""Which process leads: of several started for one account exactly one works with it, the others wait to take over.

A lease in the database with a fence. Whoever holds it renews it; whoever cannot, stops working before another may
begin. What only the holder may write is checked against the fence in the same transaction.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot import inbox
from bot.inbox import LeaseLost, RoomLease
from bot.leases import LEASE, Owner, is_dead
from config import logs
from config.database import Database

log = logs.get("leader")

LOOK = 2.0
"""Seconds between two looks of a process that waits."""

RENEW = LEASE.total_seconds() / 3
"""Seconds between two renewals."""

SURE = LEASE.total_seconds() - RENEW
"""Seconds after the last renewal at which a process stops working; the rest is for coming to a halt."""

MISSES = 5
"""Looks in a row at which the holder's sign is not in our folder, and it is believed to work in another."""


class NotShared(Exception):
    """The process that works keeps its files in another folder than ours."""


@dataclass(slots=True)
class Sign:
    """A file in the folder that all processes of an account must share. The holder writes its lease there.

    It changes with every renewal, so a copy of the folder shows an old one, however new the copy is.
    """

    file: Path
    missed: int = 0

    def write(self, lease: str) -> None:
        """Show the lease. A failure is told in the log only: it must not stop the work."""
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(lease)
        except OSError as error:
            log.warning("sign_not_written", error=type(error).__name__)

    def look(self, lease: str) -> None:
        """Look for the holder's lease. Raises `NotShared` when it is missing for too long."""
        try:
            found = self.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            found = ""
        self.missed = 0 if found == lease else self.missed + 1
        if self.missed >= MISSES:
            raise NotShared(self.file.name)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who works for an account. `until`: when the lease ends unless it is renewed."""

    host: str
    process: str
    until: datetime


async def holder(database: Database, account: str) -> Holder | None:
    """Who works for the account now; a process of this host that is gone works no more."""
    async with database.reading() as session:
        row = await session.get(RoomLease, Leader(database, account).name)
        now = await database.now(session)
    if row is None or row.owner is None or row.until is None or row.until <= now or is_dead(row.owner, Owner()):
        return None
    host, process, _ = row.owner.split("/")
    return Holder(host, process, row.until)


@dataclass(slots=True)
class Leader:
    """The lease for `account` (written `platform:id`), of which this process has the hold `fence`, or none.

    `sign` is where all processes of the account must have the same folder.
    """

    database: Database
    account: str
    owner: Owner = field(default_factory=Owner)
    sign: Sign | None = None
    fence: int | None = None

    @property
    def name(self) -> str:
        """The lease as the table of leases knows it; no room's name looks like it."""
        return f"serving {self.account}"

    @property
    def platform(self) -> str:
        """The platform of the account."""
        return self.account.partition(":")[0]

    async def take(self) -> None:
        """Wait until the lease is ours. What a dead process of this host held is ours at once.

        Raises `NotShared` when the process that works has another folder than ours.
        """
        waited = False
        while not await self._taken():
            if not waited:
                log.info("standing_by", platform=self.platform)
            waited = True
            await asyncio.sleep(LOOK)
        log.info("leading", platform=self.platform, fence=self.fence)

    async def _taken(self) -> bool:
        try:
            await inbox.reclaim(self.database, self.owner)
            self.fence = await inbox.hold(self.database, self.name, self.owner)
            if self.sign is not None:
                await self._signed(self.sign)
        except (DBAPIError, OSError) as error:  # whoever waits, waits for the database as well
            log.warning("lease_not_renewed", error=type(error).__name__)
        return self.fence is not None

    async def _signed(self, sign: Sign) -> None:
        """Show our lease, or look for that of whoever holds it. Raises `NotShared`."""
        async with self.database.reading() as session:
            row = await session.get(RoomLease, self.name)
        if row is None or row.until is None:
            return
        lease = f"{row.fence} {row.until.isoformat()}"
        if self.fence is not None:
            sign.write(lease)
        else:
            sign.look(lease)

    async def confirm(self, session: AsyncSession) -> None:
        """Hold everybody else off until the end of this transaction. Raises `LeaseLost` when another has taken over."""
        mine = select(col(RoomLease.room)).where(
            col(RoomLease.room) == self.name,
            col(RoomLease.owner) == str(self.owner),
            col(RoomLease.fence) == self.fence,
        )
        if (await session.execute(mine.with_for_update())).first() is None:
            raise LeaseLost(self.account)

    async def lead(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work until it ends by itself; it is stopped while the lease is in doubt, and begins again after that.

        Raises `LeaseLost` once another process has taken over.
        """
        while True:
            task = asyncio.ensure_future(work())
            try:
                ended = await self._kept_until(task)
            finally:
                if not task.done():
                    task.cancel()
                    await asyncio.wait({task})
            if ended:
                return task.result()
            log.warning("lease_in_doubt", fence=self.fence)
            await self._regain()

    async def let_go(self) -> None:
        """Give the lease to whoever waits."""
        fence, self.fence = self.fence, None
        if fence is not None:
            with contextlib.suppress(DBAPIError, OSError):  # it runs out by itself
                await inbox.free(self.database, self.name, self.owner, fence)

    async def _kept_until(self, task: "asyncio.Future[None]") -> bool:
        """Renew until the work ends. False once nobody can say that the lease is still ours."""
        sure = time.monotonic()
        while True:
            done, _ = await asyncio.wait({task}, timeout=RENEW)
            if done:
                return True
            began = time.monotonic()
            if await self._renewed():
                sure = began
            elif time.monotonic() - sure >= SURE:
                return False

    async def _regain(self) -> None:
        while True:
            if await self._renewed():
                return
            await asyncio.sleep(LOOK)

    async def _renewed(self) -> bool:
        """Whether the lease is ours for another while. Raises `LeaseLost`."""
        try:
            async with asyncio.timeout(RENEW / 2):
                async with self.database.writing() as session:
                    await self.confirm(session)
                    await inbox.prolong(self.database, session, self.name)
                if self.sign is not None:
                    await self._signed(self.sign)
        except (DBAPIError, OSError) as error:  # TimeoutError is an OSError too
            log.warning("lease_not_renewed", error=type(error).__name__, fence=self.fence)
            return False
        return True
