"""The pretend council: made-up people in a local web chat, for the demo and the tests. Nothing leaves the machine."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from adapters.ports import Guarantee
from bot import migrations
from bot.access import Role, RoleGrant
from bot.announcements.media import Pictures
from bot.app import App, Parts, StoredState, feed_parts, now, part, services_for
from bot.leases import Owner
from config.database import Database
from config.keys import open_keys
from config.settings import Settings, given
from directory import csv_file, load
from directory.models import Account, DirectoryState

COUNCIL = "Brynford Council"
ROOMS = (
    ("general", "General"),
    ("libraries", "Libraries"),
    ("comms", "Communications"),
    ("governance", "Information governance"),
)
MEMBERS = {"comms": ("jo", "sam", "dee", "ama", "gil"), "governance": ("dee",)}
"""Ama and the guest Gil are in the room too, so that the demo shows whose reactions do not count."""

CAST = (
    ("ama", "Ama Mensah", "library officer"),
    ("jo", "Jo Whitfield", "communications"),
    ("sam", "Sam Okafor", "communications"),
    ("dee", "Dee Pritchard", "information governance"),
    ("pat", "Pat Lindqvist", "admin"),
    ("gil", "Gil Abara", "guest from a partner"),
)
GUESTS = frozenset({"gil"})
ROLES = {"jo": Role.COMMS, "sam": Role.COMMS, "dee": Role.INFORMATION_GOVERNANCE}
ADMIN = "web:pat"

CHATS, PUBLISHERS = frozenset({"web"}), frozenset({"feed", "timeline"})
"""All that the pretend council may be put together with: both answer on this machine only."""


class NotPretend(Exception):
    """The demo will not start beside anything real; `what` names it."""

    def __init__(self, what: str) -> None:
        """Keep what is real."""
        super().__init__(what)
        self.what = what


@dataclass(slots=True)
class Hands:
    """Behind the scenes: the demo's clock, which can be put forward, and the bot at work, which can be stopped."""

    ahead: timedelta = timedelta(0)
    app: App | None = None
    work: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def clock(self) -> datetime:
        """The demo's time, UTC."""
        return now() + self.ahead

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(seconds=seconds)
        if self.app is not None:
            self.app.bell.ring()

    async def starts(self) -> None:
        """Let the bot work; it is fine when it does already."""
        if self.app is None or self.work is not None:
            return
        self.app.owner = Owner()  # another life: what the last one held when it was stopped is taken up at once
        await self.app.start()
        self.work = asyncio.create_task(self.app.run())
        self._tell()

    async def stops(self) -> None:
        """Stop the bot; the chat and its people go on."""
        work, self.work = self.work, None
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
            self._tell()

    def told(self) -> tuple[datetime, bool]:
        """The time where the council is, and whether the bot works."""
        zone = self.app.services.zone if self.app is not None else UTC
        return self.clock().astimezone(zone), self.work is not None

    def _tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    async def lasts(self) -> None:
        """Return never; raise what ends the work by itself, which happens only when something is badly wrong."""
        while True:
            changed = asyncio.create_task(self.changed.wait())
            waiting: set[asyncio.Task[Any]] = {changed} | ({self.work} if self.work is not None else set())
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if self.work is not None and self.work.done():
                    self.work.result()
            finally:
                changed.cancel()


@dataclass(slots=True)
class Council:
    """A running pretend council: the app, its chat, and the timeline that can be told to fail (`timeline.behave`)."""

    app: App
    chat: Any
    timeline: Any
    hands: Hands

    def new_link(self) -> str:
        """An address that opens the page once."""
        link: str = self.chat.new_link()
        return link

    @property
    def controls(self) -> str:
        """Where somebody of the demo says how the timeline is to behave; open to a browser that was let in."""
        return f"{self.chat.address}/timeline/control"

    @property
    def stage(self) -> str:
        """Where somebody of the demo lets time pass and stops the bot; open to a browser that was let in."""
        return f"{self.chat.address}/stage/"


def settings_for(folder: Path, port: int, grace_seconds: float, database_url: str | None) -> Settings:
    """The demo's own settings; those of a real installation are not read."""
    values: dict[str, Any] = {
        "organisation": {"name": COUNCIL},
        "database": {"url": database_url or f"sqlite+aiosqlite:///{folder / 'switchboard.db'}"},
        "log": {"file": folder / "switchboard.log"},
        "access": {"admins": [ADMIN]},
        "rooms": {"comms": "web:comms", "information_governance": "web:governance"},
        "announcements": {"grace_seconds": grace_seconds, "lease_seconds": 4, "settle_seconds": 3},
        "links": {"follow": False},  # nothing leaves this computer
        "feed": {
            "title": f"{COUNCIL}: announcements",
            "base_url": f"http://127.0.0.1:{port}/public/",
            "tag_authority": "brynford.example",
            "contact": "hello@brynford.example",
        },
    }
    return given(values)


def assemble(
    folder: Path,
    port: int,
    grace_seconds: float = 5,
    database_url: str | None = None,
    guarantee: Guarantee = Guarantee.KEYED_READBACK,
    ahead: timedelta = timedelta(0),
) -> Council:
    """Put the pretend council together in a folder, over SQLite there unless another database is given.

    `guarantee` is what the timeline promises, `ahead` how far the demo's clock is put forward.
    Raises `NotPretend` beside real adapters or publishers.
    """
    settings = settings_for(folder, port, grace_seconds, database_url)
    database, hands = Database(settings.database.url), Hands(ahead)
    feed, pictures = feed_parts(settings, database, hands.clock), Pictures(database)
    stage = part("stage page")(part("stage")(hands.passes, hands.stops, hands.starts, hands.told))
    timeline = part("timeline")(folder / "timeline.db", guarantee=guarantee)
    publisher = part("timeline publisher")(timeline, f"http://127.0.0.1:{port}/timeline/")
    mounts = {"public": feed.pages, "timeline": part("timeline pages")(timeline, pictures), "stage": stage}
    chat = part("web")(chat_settings(folder, port, hands.clock), StoredState(database, "web"), pictures, mounts)
    parts = Parts({**feed.publishers, "timeline": publisher}, feed.pages)
    services = services_for(settings, database, open_keys(folder / "switchboard.key"), {"web": chat}, parts)
    only_pretend(services.chats, services.publishers)
    hands.app = App(replace(services, clock=hands.clock), folder / "switchboard.anchor")
    return Council(hands.app, chat, timeline, hands)


def only_pretend(chats: Iterable[str], publishers: Iterable[str]) -> None:
    """Pretend people may never stand beside a chat of real people or a channel that the public reads.

    Raises `NotPretend`.
    """
    for real in [*(set(chats) - CHATS), *(set(publishers) - PUBLISHERS)]:
        raise NotPretend(real)


def chat_settings(folder: Path, port: int, clock: Callable[[], datetime]) -> Any:
    """Who and what is in the chat."""
    account, room, chat = part("web account"), part("web room"), part("web settings")
    accounts = tuple(
        account(
            id=name,
            name=full,
            hint=hint,
            email=None if name in GUESTS else f"{name}@brynford.example",
            guest=name in GUESTS,
        )
        for name, full, hint in CAST
    )
    rooms = tuple(room(id=name, name=full, members=MEMBERS.get(name)) for name, full in ROOMS)
    return chat(database=folder / "chat.db", accounts=accounts, rooms=rooms, port=port, clock=clock)


async def populate(council: Council) -> None:
    """Load the pretend staff and give the roles, once; a second start changes nothing."""
    services = council.app.services
    await migrations.upgrade(services.database)
    async with services.database.reading() as session:
        state = await session.get(DirectoryState, 1)
    if state is None or state.generation == 0:
        data = resources.files("config").joinpath("demo", "staff.csv").read_bytes()
        today = services.clock().astimezone(services.zone).date()
        async with services.database.reading() as session:
            plan = await load.plan(session, csv_file.read(data), today)
        batch = await load.stage(services.database, plan, "demo", "staff.csv", services.clock())
        async with services.database.writing() as session:
            await load.switch(session, batch)
    await _grant(council)


async def _grant(council: Council) -> None:
    services = council.app.services
    async with services.database.writing() as session:
        for name, role in ROLES.items():
            query = select(col(Account.person_id)).where(
                col(Account.platform) == "web", col(Account.account) == name, col(Account.until).is_(None)
            )
            person = (await session.execute(query)).scalar_one()
            if await session.get(RoleGrant, (person, role.value)) is None:
                session.add(RoleGrant(person_id=person, role=role.value, granted=services.clock()))
