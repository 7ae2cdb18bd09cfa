"""The real delivery engine as a process to be killed: `python -m tests.faults.deliverer DATABASE_URL PORT FOLDER NAME`.

It delivers to the channels of `tests.faults.arrivals`, which stand on a port of this machine in the test's process.
Everything is imported once; each life is a fork, so that starting again costs a moment. The process that lives now
stands in the file `NAME.pid`. SIGTERM ends it all.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from adapters.canonical import post_digest
from adapters.errors import OutcomeUnknown, Unavailable
from adapters.events import Post, Remote
from adapters.ports import Guarantee, Health, HealthState, Limits, Permit, Prepared
from bot.announcements import delivery
from bot.leaks.context import NO_CONTACTS
from bot.leases import Owner
from bot.services import Services
from config import logs
from config.database import Database
from config.keys import open_keys
from config.settings import given

LEASE, SETTLE = 3, 3
"""Seconds: long beside what the channels take, short enough for a test."""

PROMISES = {
    "keyed": Guarantee.IDEMPOTENT,
    "forgetful": Guarantee.KEYED_READBACK,
    "plain": Guarantee.READBACK,
}
"""The channels by name. `forgetful` promises to know keys and does not."""

IDLE, UPLOADS, AWAY = 0.05, 0.005, 0.2
"""Seconds between two looks for work, for what a channel needs beforehand, and after a database was not there."""


@dataclass
class Socket:
    """A channel behind a socket: one JSON line there, one back."""

    channel: str
    guarantee: Guarantee
    port: int
    key_life: timedelta | None = None

    async def _ask(self, verb: str, key: str) -> str | None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as error:
            raise Unavailable from error
        try:
            writer.write(json.dumps([verb, self.channel, key]).encode() + b"\n")
            line = await reader.readline()
        except OSError as error:
            raise OutcomeUnknown from error
        finally:
            writer.close()
        if not line.endswith(b"\n"):
            raise OutcomeUnknown("the answer was cut short")
        found: str | None = json.loads(line)
        return found

    async def prepare(self, post: Post) -> Prepared:
        """As if pictures were uploaded: a moment in which nothing is visible and a process may die."""
        await asyncio.sleep(UPLOADS)
        return Prepared(post, post_digest(post))

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """The one visible write."""
        assert (permit.key, permit.digest) == (key, prepared.digest)
        return Remote(str(await self._ask("publish", key)), None)

    async def find(self, key: str) -> Remote | None:
        """What arrived under a key."""
        found = await self._ask("find", key)
        return None if found is None else Remote(found, None)

    async def withdraw(self, remote: Remote) -> None:
        """Nothing is recalled here."""
        raise NotImplementedError

    async def limits(self) -> Limits:
        """Plenty."""
        return Limits(5_000, 10, 1_500)

    async def close(self) -> None:
        """Nothing stays open."""

    def health(self) -> Health:
        """Well."""
        return Health(HealthState.OK)


def services_in(url: str, port: int, folder: Path) -> Services:
    """The parts that the engine works with."""
    rules = {"lease_seconds": LEASE, "settle_seconds": SETTLE, "tolerance_minutes": 60}
    channels = {name: Socket(name, guarantee, port) for name, guarantee in PROMISES.items()}
    settings = given({"announcements": rules})
    keys = open_keys(folder / "key")
    return Services(Database(url), settings, keys, {}, channels, NO_CONTACTS, lambda: datetime.now(UTC))


async def deliver(services: Services) -> None:
    """As `bot.app` does, until killed, or left alone by the process that starts the next life."""
    owner, parent = Owner(), os.getppid()
    begun = False
    while os.getppid() == parent:
        try:
            if not begun:
                await delivery.reclaim(services, owner)
                begun = True
            if not await delivery.step(services, owner):
                await asyncio.sleep(IDLE)
        except (DBAPIError, OSError):  # the database is away
            await asyncio.sleep(AWAY)


def pid_file(folder: Path, name: str) -> Path:
    """Where the process that lives now is noted."""
    return folder / f"{name}.pid"


def _end_with(child: int) -> None:
    def end(_number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)


def _live(url: str, port: int, folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logs.set_up("warning", folder / "log")
    asyncio.run(deliver(services_in(url, port, folder)))


def main() -> None:
    """Fork a life, wait for its end, fork the next."""
    url, port, folder, name = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    while True:
        child = os.fork()
        if child == 0:
            _live(url, port, folder)
            os._exit(1)
        _end_with(child)
        aside = folder / f"{name}.new"
        aside.write_text(str(child), encoding="ascii")
        aside.replace(pid_file(folder, name))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"the deliverer ended by itself: {status}")


if __name__ == "__main__":
    main()
