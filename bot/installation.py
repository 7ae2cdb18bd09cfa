"""A real installation: the parts that its settings switch on, put together and served until told to stop."""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from adapters.errors import NotAuthenticated, Unavailable
from adapters.events import RoomRef
from adapters.ports import ChatAdapter, HealthState
from bot import epochs, health, migrations
from bot.app import App, Parts, StoredState, feed_parts, now, part, services_for
from bot.channels import ON_ONE_MACHINE, accounts_of, channels_of
from bot.inbox import Guard
from bot.leader import Leader, NotShared, Sign
from bot.leases import Owner
from bot.platforms import (
    SHUT_OUT,
    SLACK,
    SLACK_SHUT_OUT,
    account_of,
    chats_of,
    check_rooms,
    check_whole,
    matrix_settings,
    published,
)
from config import logs
from config.database import Database
from config.keys import Keys
from config.settings import Settings

log = logs.get("app")

SIGN = "serving.lease"
"""The file in it by which a process that waits knows whether it has the same folder as the one that works."""

GLANCE = 1.0
"""Seconds between two looks whether a platform has shut us out."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before a platform that cannot be reached at the start is tried again."""


@dataclass(slots=True)
class Installation:
    """What serves: the app, the public pages, and the lease by which one of several leads.

    `beside` works while another leads, on the channels `shared`. `matrix` is what the Matrix adapter is told, None when
    it is switched off.
    """

    app: App
    pages: Any
    leader: Leader
    matrix: Any
    beside: App
    shared: frozenset[str] = frozenset()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self) -> None:
        """Bring the database up, and look at keys and tokens now rather than when it is our turn.

        Raises `DatabaseUnavailable` for a database that was moved away from, and `NotAuthenticated`.
        """
        await migrations.upgrade(self.app.services.database)
        await epochs.refuse_if_moved(self.app.services.database)
        for finding in await part("matrix examination")(self.matrix, {}) if self.matrix else []:
            if finding.code in SHUT_OUT:
                raise NotAuthenticated(finding.code)
        if SLACK in self.app.services.chats:
            with contextlib.suppress(Unavailable):  # it is tried again when it is our turn
                await self.app.services.chats[SLACK].preflight()

    async def serve(self) -> None:
        """Share the work of whoever leads until it is our turn, then lead until told to stop.

        Raises, in an `ExceptionGroup`: `NotAuthenticated` when a platform has shut us out or the process that leads has
        other keys than we have, `LeaseLost` when another process has taken over.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self.beside.assist(self.shared))
            try:
                await self._lead_in_turn()
            finally:
                self.beside.stop()

    async def _lead_in_turn(self) -> None:
        try:
            if not await self._first(self.leader.take()):
                return
        except NotShared as error:
            raise NotAuthenticated("copied_store") from error
        self.beside.stop()  # what it holds it brings to its end
        try:
            await self.leader.lead(self._work)
        finally:
            await self.leader.let_go()

    def stop(self) -> None:
        """Take nothing up any more; `serve` ends when what is being done is done."""
        self.stopping.set()
        self.beside.stop()
        self.app.stop()

    async def close(self) -> None:
        """Let go of everything."""
        await self.app.close()

    async def _work(self) -> None:
        services = self.app.services
        states = {name: StoredState(services.database, name, self.app.guard) for name in services.chats}
        async with asyncio.TaskGroup() as group:
            watches = [group.create_task(health.watch(services.chats, states, services.clock))]
            if await self._first(self._start()):
                watches.append(group.create_task(_watch(services.chats)))
                await self.app.run()
            for watch in watches:
                watch.cancel()

    async def _start(self) -> None:
        """Open every platform, however long one cannot be reached. Raises `AdapterError`."""
        wait = FIRST_WAIT
        while True:
            try:
                return await self.app.start()
            except Unavailable as error:
                log.warning("not_started", reason=str(error), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _first(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether the work was done before we were told to stop."""
        task, told = asyncio.create_task(work), asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            return task.done()
        finally:
            for one in (task, told):
                one.cancel()
            await asyncio.wait({task, told})


async def _watch(chats: Mapping[str, ChatAdapter]) -> NoReturn:
    """Never be silently deaf: raise `NotAuthenticated` once a platform does not let us in any more."""
    while True:
        for chat in chats.values():
            now = chat.health()
            if now.state is HealthState.DOWN and now.reason in SHUT_OUT | SLACK_SHUT_OUT:
                raise NotAuthenticated(now.reason)
        await asyncio.sleep(GLANCE)


def assemble(settings: Settings, database: Database, keys: Keys, folder: Path) -> Installation:
    """Put together what the settings switch on; `folder` is where keys stand. Raises `NotAssembled`."""
    check_whole(settings)
    accounts_of(settings, folder)
    owner = Owner()
    matrix = matrix_settings(settings, folder) if settings.matrix.is_on else None
    sign = Sign(matrix.store / SIGN) if matrix and matrix.encryption else None
    leader = Leader(database, account_of(settings), owner, sign)
    chats = chats_of(settings, database, folder, leader.confirm)
    parts = _parts(settings, database, folder, chats, leader.confirm)
    services, anchor = (
        services_for(settings, database, keys, chats, parts, published(settings)),
        folder / "switchboard.anchor",
    )
    app = App(services, anchor, owner, leader.confirm)
    shared = frozenset(parts.publishers) - settings.room_channels.channels.keys() - ON_ONE_MACHINE
    return Installation(app, parts.pages, leader, matrix, App(services, anchor, owner), shared)


def channels_alone(settings: Settings, database: Database, folder: Path) -> Parts:
    """The same channels for a command that sends nothing itself. Raises `NotAssembled`."""
    chats = chats_of(settings, database, folder, None)
    if settings.room_channels.channels:
        check_rooms(settings, chats)
    return _parts(settings, database, folder, chats, None)


def _parts(
    settings: Settings, database: Database, folder: Path, chats: Mapping[str, Any], guard: Guard | None
) -> Parts:
    """The feed, the rooms that are channels, and the channels elsewhere."""
    feed = feed_parts(settings, database, now)
    rooms = {}
    for name, room in settings.room_channels.channels.items():
        platform, _, identity = room.partition(":")
        state = StoredState(database, f"channel {name}", guard)
        rooms[name] = part("room channel")(name, RoomRef(platform, identity), chats[platform], state, now)
    return Parts({**feed.publishers, **rooms, **channels_of(settings, database, folder, guard)}, feed.pages)
