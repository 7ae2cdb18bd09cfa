"""The only place that puts real things together; starts them in order and stops them in the other order."""

import asyncio
import contextlib
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from adapters.errors import AdapterError, Unavailable
from adapters.events import AnyEvent, Connected
from adapters.ports import ChatAdapter, Publisher
from bot import asked, epochs, inbox, migrations, outbox, sending
from bot.anchoring import Keeper
from bot.announcements import delivery, own_accounts, page, release
from bot.announcements.media import Pictures
from bot.announcements.reconciling import Reconciler
from bot.announcements.reminders import Reminders
from bot.announcements.shelf import DatabaseShelf
from bot.dispatch import Dispatcher
from bot.leaks.context import NO_CONTACTS, Contacts
from bot.leases import Owner
from bot.roles.upkeep import Upkeep
from bot.services import Services, as_written
from config import logs
from config.database import Database
from config.keys import Keys
from config.settings import Settings
from directory import encoder, load
from directory.search import Finder

log = logs.get("app")

# Concrete adapters by dotted name: a library is loaded only when its adapter is switched on.
PARTS = {
    "matrix": "adapters.chat.matrix:MatrixChat",
    "matrix settings": "adapters.chat.matrix:MatrixSettings",
    "matrix examination": "adapters.chat.matrix:examine",
    "matrix set-up": "adapters.chat.matrix:set_up",
    "matrix new identities": "adapters.chat.matrix:new_identities",
    "matrix accept identity": "adapters.chat.matrix:accept_identity",
    "slack": "adapters.chat.slack:SlackChat",
    "slack tokens": "adapters.chat.slack:SlackTokens",
    "slack options": "adapters.chat.slack:SlackOptions",
    "slack examination": "adapters.chat.slack:examine",
    "slack set-up": "adapters.chat.slack:enter",
    "slack app words": "adapters.chat.slack:AppWords",
    "slack manifest": "adapters.chat.slack:manifest",
    "web": "adapters.chat.web:WebChat",
    "web settings": "adapters.chat.web:WebChatSettings",
    "web account": "adapters.chat.web:WebAccount",
    "web room": "adapters.chat.web:WebRoom",
    "stage": "adapters.chat.web.stage:Stage",
    "stage page": "adapters.chat.web.stage:stage_application",
    "web client": "adapters.chat.web.client:Dialogue",
    "feed": "adapters.publish.feed:FeedPublisher",
    "feed site": "adapters.publish.feed:FeedSite",
    "feed pages": "adapters.publish.feed:feed_application",
    "room channel": "adapters.publish.room:RoomPublisher",
    "mastodon": "adapters.publish.mastodon:MastodonPublisher",
    "mastodon account": "adapters.publish.mastodon:MastodonAccount",
    "mastodon examination": "adapters.publish.mastodon:examine",
    "bluesky": "adapters.publish.bluesky:BlueskyPublisher",
    "bluesky account": "adapters.publish.bluesky:BlueskyAccount",
    "bluesky examination": "adapters.publish.bluesky:examine",
    "x": "adapters.publish.x:XPublisher",
    "x account": "adapters.publish.x:XAccount",
    "x client": "adapters.publish.x:Client",
    "x examination": "adapters.publish.x:examine",
    "links": "adapters.links:follower",
    # Of the pretend council only; a test holds that nobody but bot.pretend asks for it.
    "timeline": "adapters.publish.timeline:Timeline",
    "timeline publisher": "adapters.publish.timeline:TimelinePublisher",
    "timeline pages": "adapters.publish.timeline:timeline_application",
}

DELIVERERS = 2
"""Channels published to side by side by one process, so that one that hangs does not hold up the others."""

DISPATCHERS = 2
"""Rooms handled side by side by one process; order within a room holds whatever this is."""

IDLE = 0.5
"""Seconds after which a loop looks again without being called: for what is due by the clock."""

REST = 0.03
"""Seconds a loop waits when it is called, but for those in `AT_ONCE`: a message rings often, and one look serves."""

AT_ONCE = frozenset({"inbox", "outbox"})
"""The loops that somebody waits for at a screen."""

PAUSE_AFTER_ERROR = 1.0
"""Seconds a background loop waits after a failure, so that a broken part cannot spin."""


KEEP_EVENTS = timedelta(days=30)
"""How long the id of a handled event is kept, to know a platform's repeats; its words go when it is handled."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def part(name: str) -> Any:
    """The class or function behind a name in `PARTS`, imported now."""
    module, _, attribute = PARTS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


class Bell:
    """Wakes every waiting loop; a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        """Nobody has rung yet."""
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits now, and whoever has taken `next` before."""
        self._event.set()
        self._event = asyncio.Event()

    def next(self) -> asyncio.Event:
        """The coming ring; take it before looking, wait for it after."""
        return self._event


@dataclass(frozen=True, slots=True)
class StoredState:
    """`AdapterState` over our database."""

    database: Database
    platform: str
    guard: inbox.Guard | None = None

    async def get(self, key: str) -> str | None:
        """The value last put."""
        async with self.database.reading() as session:
            return await inbox.get_state(session, self.platform, key)

    async def put(self, key: str, value: str) -> None:
        """Remember a value. Raises `LeaseLost` when another process has taken over."""
        async with self.database.writing() as session:
            if self.guard is not None:
                await self.guard(session)
            await inbox.put_state(session, self.platform, key, value)


@dataclass(slots=True)
class App:
    """Everything that runs, and the order in which it starts and stops. `anchor`: the file beside the evidence.

    `guard` looks whether this process may still listen; a platform that anybody may listen to needs none.
    """

    services: Services
    anchor: Path
    owner: Owner = field(default_factory=Owner)
    guard: inbox.Guard | None = None
    bell: Bell = field(default_factory=Bell)
    reconciler: Reconciler = field(default_factory=Reconciler)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Bring the schema up, free what dead processes held, open every platform.

        Raises `AdapterError`, `Unavailable` only when no platform can be reached (one that cannot does not silence the
        others, and is tried until it can), `DatabaseUnavailable` for a database that was moved away from, and
        `AccountNotAgreed` for an account of a channel that is used and that the database knows nothing of.
        """
        await migrations.upgrade(self.services.database)
        await epochs.refuse_if_moved(self.services.database)
        freed = await inbox.reclaim(self.services.database, self.owner)
        freed += await outbox.reclaim(self.services.database, self.owner)
        freed += await delivery.reclaim(self.services, self.owner)
        log.info("started", count=freed)
        lost: dict[str, Unavailable] = {}
        for name, chat in self.services.chats.items():
            try:
                await chat.preflight()
            except Unavailable as error:
                lost[name] = error
        for name, fault in lost.items():
            if len(lost) == len(self.services.chats):
                raise fault
            log.warning("not_reached", platform=name, reason=str(fault))
        await own_accounts.check(self.services)

    async def run(self) -> None:
        """Work until cancelled or told to `stop`. A loop that fails ends the whole, so that nobody is silently deaf."""
        model = await asyncio.to_thread(encoder.available)
        finder = Finder(model)
        steps: list[tuple[str, Callable[[], Awaitable[bool]]]] = [
            ("outbox", lambda: sending.step(self.services, self.owner)),
            ("sweep", lambda: release.sweep(self.services)),
            ("anchor", Keeper(self.services, self.anchor).step),
            ("roles", Upkeep(self.services).step),
            ("reminders", Reminders(self.services).step),
            ("accounts", own_accounts.Watch(self.services).step),
            ("pages", lambda: page.step(self.services)),
        ]
        if model:
            steps.append(("vectors", encoder.part("upkeep")(self.services.database, model, finder.renew).step))
        steps += [("inbox", Dispatcher(self.services, finder, self.owner).step) for _ in range(DISPATCHERS)]
        crew = delivery.Crew(self.owner)
        steps += [("delivery", lambda: delivery.step(self.services, self.owner, crew)) for _ in range(DELIVERERS)]
        async with asyncio.TaskGroup() as group:
            for name, step in steps:
                group.create_task(self._loop(name, step), name=name)
            endless = [self.reconciler.run(self.services), self._tidy(), self._forget()]
            endless += [self._listen(chat) for chat in self.services.chats.values()]
            tasks = [group.create_task(work) for work in endless]
            await self.stopping.wait()
            for task in tasks:
                task.cancel()

    async def assist(self, channels: frozenset[str]) -> None:
        """Work beside the process that leads, until told to `stop`: deliver to the channels that any may use."""
        crew = delivery.Crew(self.owner, channels)
        async with asyncio.TaskGroup() as group:
            for _ in range(DELIVERERS):
                group.create_task(self._loop("delivery", lambda: delivery.assist(self.services, crew)))

    def stop(self) -> None:
        """Take nothing up any more; `run` ends when what is being done is done."""
        self.stopping.set()
        self.bell.ring()

    async def close(self) -> None:
        """Let go of platforms and channels, fold the log into the database, close it."""
        parts: list[ChatAdapter | Publisher] = [*self.services.chats.values(), *self.services.publishers.values()]
        for item in parts:
            with contextlib.suppress(AdapterError):
                await item.close()
        for last in (Keeper(self.services, self.anchor).keep, self.services.database.checkpoint):
            try:
                await last()
            except (DBAPIError, OSError) as error:  # a full disk, for one: everything else is still let go of
                log.error("loop_failed", kind="close", error=type(error).__name__)
        await self.services.database.close()

    async def _listen(self, chat: ChatAdapter) -> None:
        async def receive(batch: Sequence[AnyEvent], checkpoint: str) -> None:
            await inbox.receive(self.services.database, chat.platform, batch, checkpoint, self.guard)
            if any(isinstance(event, Connected) for event in batch):
                log.info("connected", platform=chat.platform)
                async with self.services.database.writing() as session:
                    await outbox.hurry(session, chat.platform)
                self.reconciler.ask()  # what happened while the connection was down may never be told
            self.bell.ring()

        await chat.listen(receive)

    async def _loop(self, name: str, step: Callable[[], Awaitable[bool]]) -> None:
        while not self.stopping.is_set():
            rung = self.bell.next()
            try:
                busy = await step()
            except Exception as error:  # the edge of a background loop: it must outlive whatever went wrong
                log.error("loop_failed", kind=name, error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_ERROR)
                continue
            if busy:
                self.bell.ring()
            else:
                # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the ring.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE):
                        await rung.wait()
                        if name not in AT_ONCE:
                            await asyncio.sleep(REST)

    async def _tidy(self) -> None:
        """When it has gone quiet, empty the write-ahead log: words that were erased must leave the disk too."""
        while True:
            await self.bell.next().wait()
            await self._quiet()
            try:
                await self.services.database.checkpoint()
            except Exception as error:  # the edge of a background loop: the next ring tries again
                log.error("loop_failed", kind="tidy", error=type(error).__name__)

    async def _forget(self) -> None:
        """Remove what is no longer needed, at the start and then once a day: ids of events, old staff records."""
        while True:
            wait = DAY
            try:
                async with self.services.database.writing() as session:
                    await inbox.forget(session, self.services.clock() - KEEP_EVENTS)
                    await asked.forget(session, self.services.clock())
                await load.tidy(self.services.database, self.services.clock())
            except Exception as error:  # the edge of a background loop: it tries again in an hour
                log.error("loop_failed", kind="forget", error=type(error).__name__)
                wait = HOUR
            await asyncio.sleep(wait.total_seconds())

    async def _quiet(self) -> None:
        """Return when nobody has rung for as long as a loop waits."""
        while True:
            try:
                async with asyncio.timeout(IDLE):
                    await self.bell.next().wait()
            except TimeoutError:
                return


@dataclass(frozen=True, slots=True)
class Parts:
    """What the shelf, the pictures and the public pages are, for whoever mounts them."""

    publishers: Mapping[str, Publisher]
    pages: Any


def feed_parts(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Parts:
    """The feed's publisher and its public pages, over our database."""
    chosen = settings.feed
    site = part("feed site")(
        title=chosen.title,
        base_url=chosen.base_url,
        organisation=settings.organisation.name,
        language=settings.organisation.language,
        tag_authority=chosen.tag_authority,
        tag_date=date.fromisoformat(chosen.tag_date),
        contact=chosen.contact,
    )
    shelf = DatabaseShelf(database)
    publisher = part("feed")(shelf, site, clock)
    return Parts({"feed": publisher}, part("feed pages")(shelf, Pictures(database), site))


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def services_for(
    settings: Settings,
    database: Database,
    keys: Keys,
    chats: Mapping[str, ChatAdapter],
    parts: Parts,
    contacts: Contacts = NO_CONTACTS,
) -> Services:
    """Everything handlers are given."""
    target = part("links")() if settings.links.follow else as_written
    return Services(database, settings, keys, chats, parts.publishers, contacts, now, target)
