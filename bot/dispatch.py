"""Every event: observe (network reads, no transaction) -> decide (a handler) -> commit (one short transaction).

Dispatch owns the transaction: what a handler decided, its letters, its evidence and the inbox row's end go in
together, so a crash either leaves the event to be handled again or leaves it handled.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from adapters.errors import Unavailable
from adapters.events import AnyEvent, Connected, Disconnected, MessageReceived, RoomJoined, RoomReplaced
from bot import epochs, inbox
from bot.desk import Commit, Desk, nothing, opened
from bot.identity import identify, observe
from bot.inbox import Taken
from bot.leases import LEASE, Owner
from bot.routing import route
from bot.services import Moved, NotYet, Services
from bot.turn import Turn, plain
from bot.wording import say
from config import logs
from config.database import is_busy
from directory.search import Finder

log = logs.get("dispatch")

AGAIN = 5
"""How often observe and decide are repeated when the state moves in between; then the event waits its turn."""

THIRD = LEASE.total_seconds() / 3
"""Seconds between two renewals of a room's lease: two may fail before it ends."""

LIVES = 10
"""How often an event may be taken up at all: one that kills the process each time never gets to fail."""

PATIENCE = timedelta(seconds=5)
"""Wait before an event is tried again because a platform is away or something else is busy."""


class Dispatcher:
    """Handles one event after another; several may run, each holding its room."""

    def __init__(self, services: Services, finder: Finder, owner: Owner) -> None:
        """Keep the parts; `owner` is this process in leases."""
        self._services, self._finder, self._owner = services, finder, owner

    async def step(self) -> bool:
        """Handle the next event, if any. True when there was one."""
        taken = await inbox.take(self._services.database, self._owner)
        if taken is None:
            return False
        async with self._holding(taken):
            await self._handle(taken)
        return True

    @contextlib.asynccontextmanager
    async def _holding(self, taken: Taken) -> AsyncIterator[None]:
        """Renew the room's lease while its event is being handled."""

        async def keep() -> None:
            while True:
                with contextlib.suppress(DBAPIError):  # the next renewal comes before the lease ends
                    await inbox.renew(self._services.database, taken, self._owner)
                await asyncio.sleep(THIRD)

        # Nearly every event is done long before; only the slow ones get a task that renews.
        renewing: list[asyncio.Task[None]] = []
        due = asyncio.get_running_loop().call_later(THIRD, lambda: renewing.append(asyncio.create_task(keep())))
        try:
            yield
        finally:
            due.cancel()
            for task in renewing:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _handle(self, taken: Taken) -> None:
        try:
            if taken.attempts > LIVES:
                await self._set_aside(taken)  # it has ended the process each time: never again
            else:
                await self._attempt(taken)
        except inbox.LeaseLost:
            log.warning("lease_lost", room=taken.room)

    async def _attempt(self, taken: Taken) -> None:
        try:
            await self._decide_and_commit(taken)
        except NotYet as wait:
            await self._put_back(taken, timedelta(seconds=wait.seconds), counts=False)
        except (Moved, Unavailable):
            await self._put_back(taken, PATIENCE, counts=False)
        except inbox.LeaseLost:
            raise
        except Exception as error:  # the edge: whatever a handler raises, the room goes on and the person is told
            await self._failed(taken, error)

    async def _decide_and_commit(self, taken: Taken) -> None:
        for attempt in range(AGAIN):
            commit = await self._decide(taken.event)
            try:
                async with opened(self._services, f"in/{taken.id}") as desk:
                    await commit(desk)
                    await inbox.finish(desk.session, taken, self._owner)
                return
            except Moved:
                log.info("moved", attempt=attempt)
        raise Moved(f"event {taken.id}")

    async def _decide(self, event: AnyEvent | None) -> Commit:
        if event is None:
            raise ValueError("the stored event cannot be read back")
        if isinstance(event, Connected | Disconnected):
            return nothing
        if isinstance(event, MessageReceived) and not event.addressed:
            return nothing
        if epochs.is_before(event.at, await epochs.known(self._services.database)):
            log.info("before_restore", kind=type(event).__name__)  # it may have been answered in the earlier life
            return nothing
        profile = await observe(self._services, event.sender)
        if profile is not None and profile.bot and not isinstance(event, RoomReplaced | RoomJoined):
            return nothing
        async with self._services.database.reading() as session:
            person = await identify(session, self._services, event.sender, profile)
        return await route(Turn(self._services, event, person, self._services.clock()), self._finder)

    async def _put_back(self, taken: Taken, wait: timedelta, *, counts: bool) -> None:
        async with self._services.database.writing() as session:
            now = await self._services.database.now(session)
            await inbox.put_back(session, taken, self._owner, now + wait, counts=counts)

    async def _failed(self, taken: Taken, error: Exception) -> None:
        log.error("handler_failed", error=type(error).__name__, attempt=taken.attempts, room=taken.room)
        busy = isinstance(error, DBAPIError) and is_busy(error)
        if busy or taken.attempts < inbox.ATTEMPTS:
            await self._put_back(taken, timedelta(seconds=1), counts=not busy)
            return
        await self._set_aside(taken)

    async def _set_aside(self, taken: Taken) -> None:
        async with opened(self._services, f"in/{taken.id}/failed") as desk:
            reference = await inbox.quarantine(desk.session, taken, self._owner)
            _apologise(desk, taken, reference)
        log.error("quarantined", reference=reference, attempts=taken.attempts)


def _apologise(desk: Desk, taken: Taken, reference: str) -> None:
    event = taken.event
    if event is not None and not isinstance(event, Connected | Disconnected):
        sorry = plain(say("dispatch.failed", reference=reference))
        desk.letters.whisper(event.ref.place, event.sender, sorry)
