"""A small organisation in one database: real handlers, guard, engine and evidence; a chat and channels in memory.

Nothing runs by itself. A test lets people act (`chat`), moves the clock (`now`), and calls each of the product's
loops by hand, one step at a time if it likes.
"""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import AnyEvent
from adapters.ports import Publisher
from bot import inbox, migrations, outbox, sending
from bot.access import Role, RoleGrant
from bot.announcements import delivery, reconciling, release
from bot.announcements.tables import AnnouncementRow
from bot.dispatch import Dispatcher
from bot.leaks.context import NO_CONTACTS
from bot.leases import Owner
from bot.services import Services
from config.database import Base, Database
from config.keys import open_keys
from config.settings import given
from directory.models import Account, DirectoryState, Person, PersonRecord
from directory.search import Finder
from tests.unit.announcements import chat
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.chat import PLATFORM, Chat

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STAFF = ("ama", "eve", "jo", "sam", "kit", "dee", "zed")
"""Ama and Eve write, Jo, Sam and Kit are communications, Dee is information governance, Zed has no role."""
ROLES = {"jo": Role.COMMS, "sam": Role.COMMS, "kit": Role.COMMS, "dee": Role.INFORMATION_GOVERNANCE}
SECOND = "jo2"
"""Jo's other account."""
GUEST = "gil"
ROOMS = ("general", "comms", "governance")


class ByHand(Database):
    """A database whose clock for leases is the test's too."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        """Ask `clock`; nothing here has to survive a power cut."""
        super().__init__(url)
        self._clock = clock
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _hurry)

    async def now(self, session: AsyncSession) -> datetime:
        """The test's time."""
        return self._clock()


def _hurry(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


@dataclass
class Town:
    """What a test works with."""

    services: Services
    chat: Chat
    channels: dict[str, Channel]
    time: list[datetime]
    owner: Owner = field(default_factory=lambda: Owner("here", 1, "first"))
    finder: Finder = field(default_factory=Finder)
    up: bool = True
    watch: Callable[[], Any] | None = None
    """Awaited after each step of a loop; what it raises fails the test there and then."""

    @property
    def now(self) -> datetime:
        """The time."""
        return self.time[0]

    async def _seen(self) -> None:
        if self.watch is not None:
            await self.watch()

    # The loops, one step each.

    async def tell(self) -> bool:
        """The chat tells what has happened; it is kept, not yet handled."""
        if not (self.up and self.chat.untold) or self.chat.away:
            return False
        batch, self.chat.untold = self.chat.untold, []
        await inbox.receive(self.services.database, PLATFORM, batch, "x")
        self.chat.told += batch
        return True

    async def repeat(self, events: list[AnyEvent]) -> None:
        """The chat tells again what it had told."""
        await inbox.receive(self.services.database, PLATFORM, events, "x")

    async def handle(self) -> bool:
        """One event is handled."""
        done = await Dispatcher(self.services, self.finder, self.owner).step()
        if done:
            await self._seen()
        return done

    async def post(self) -> bool:
        """One letter goes out."""
        return await sending.step(self.services, self.owner)

    async def sweep(self) -> bool:
        """The clock is looked at."""
        moved = await release.sweep(self.services)
        await self._seen()
        return moved

    async def deliver(self) -> bool:
        """One step of the engine."""
        done = await delivery.step(self.services, self.owner)
        if done:
            await self._seen()
        return done

    async def reconcile(self) -> int:
        """Every open preview is looked at."""
        changed = await reconciling.sweep(self.services)
        await self._seen()
        return changed

    async def settle(self) -> None:
        """Everything that can happen now has happened."""
        if not self.up:
            return
        for _ in range(200):
            busy = await self.tell()
            while await self.handle():
                busy = True
            while await self.post():
                busy = True
            busy |= await self.sweep()
            while await self.deliver():
                busy = True
            if not busy:
                return
        raise AssertionError("it never comes to rest")

    async def wait(self, how_long: timedelta) -> None:
        """Time passes; whatever becomes due meanwhile is done when it is due, if the bot is up."""
        end = self.now + how_long
        await self.settle()
        while (soon := await self._soonest()) is not None and soon < end and self.up:
            self.time[0] = max(soon, self.now + timedelta(milliseconds=1))
            await self.settle()
        self.time[0] = max(end, self.now)
        await self.settle()

    async def _soonest(self) -> datetime | None:
        names = ("announcement.wake", "delivery.not_before", "delivery.until", "outbox.not_before", "inbox.not_before")
        moments = []
        async with self.services.database.reading() as session:
            for name in names:
                table, _, column = name.partition(".")
                found = Base.metadata.tables[table].c[column]
                query = select(found).where(found > self.now).order_by(found).limit(1)
                moments.append((await session.execute(query)).scalar_one_or_none())
        return min((one for one in moments if one is not None), default=None)

    async def restart(self, *, look_first: bool) -> None:
        """A new process: what the dead one held is freed, and the loops begin, looking at reactions first or last."""
        self.owner = Owner("here", 1, f"{self.owner.nonce}+")
        self.finder, self.up = Finder(), True
        database = self.services.database
        await inbox.reclaim(database, self.owner)
        await outbox.reclaim(database, self.owner)
        await delivery.reclaim(self.services, self.owner)
        if look_first:
            await self.reconcile()
        await self.settle()
        await self.reconcile()
        await self.settle()

    # What stands in the database, for whoever keeps a book of their own.

    async def rows(self, statement: str, **values: object) -> list[Any]:
        """What a query finds."""
        async with self.services.database.reading() as session:
            return list((await session.execute(text(statement), values)).all())

    async def change(self, statement: str, **values: object) -> None:
        """Change something behind the product's back."""
        async with self.services.database.writing() as session:
            await session.execute(text(statement), values)

    async def announcement(self, number: int) -> AnnouncementRow:
        """One of them."""
        async with self.services.database.reading() as session:
            row = await session.get(AnnouncementRow, number)
        assert row is not None
        return row

    async def state(self, number: int = 1) -> str:
        """Where one stands."""
        return (await self.announcement(number)).state

    async def give_role(self, who: str, role: Role | None) -> None:
        """Somebody has this role and no other from now on; no event tells of it."""
        person = STAFF.index(who) + 1
        async with self.services.database.writing() as session:
            for row in (await session.execute(select(RoleGrant).where(col(RoleGrant.person_id) == person))).scalars():
                await session.delete(row)
            await session.flush()
            if role is not None:
                session.add(RoleGrant(person_id=person, role=role.value, granted=self.now))

    def preview(self, number: int, revision: int, room: str = "comms") -> str | None:
        """The message that shows a revision now, found as a person finds it; None when it is gone or a stub."""
        head = f"#{number} r{revision} from "
        found = [one for one in self.chat.said_by_bot() if one.ref.room == room and one.content.text.startswith(head)]
        return found[-1].ref.message if found else None

    async def close(self) -> None:
        """Let go of the database."""
        await self.services.database.close()


async def populate(database: Database, now: datetime) -> None:
    """The tables, the people and their roles."""
    async with database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)
    async with database.writing() as session:
        session.add(DirectoryState(id=1, generation=1, latest=1, pepper="none"))
        session.add_all([Person(id=number) for number, _ in enumerate(STAFF, 1)])
        await session.flush()
        for number, name in enumerate(STAFF, 1):
            whole, mail = f"{name.title()} Field", f"{name}@brynford.example"
            session.add(
                PersonRecord(id=number, person_id=number, since=1, name=whole, name_key=whole.lower(), email=mail)
            )
            session.add(Account(id=number, person_id=number, platform=PLATFORM, account=name, since=1))
        session.add(Account(id=99, person_id=STAFF.index("jo") + 1, platform=PLATFORM, account=SECOND, since=1))
        for name, role in ROLES.items():
            session.add(RoleGrant(person_id=STAFF.index(name) + 1, role=role.value, granted=now))
        session.add(RoleGrant(person_id=STAFF.index("zed") + 1, role=Role.ADMIN.value, granted=now))


def services(database: Database, folder: Path, chatting: Chat, channels: dict[str, Channel], **rules: Any) -> Services:
    """The product's parts around it."""
    figures = {"open_drafts": 50, "grace_seconds": 120, "tolerance_minutes": 10, "settle_seconds": 60} | rules
    rooms = {"comms": "web:comms", "information_governance": "web:governance"}
    settings = given({"rooms": rooms, "announcements": figures, "organisation": {"name": "The council"}})
    publishers: dict[str, Publisher] = dict(channels)
    keys = open_keys(folder / "key")
    return Services(database, settings, keys, {PLATFORM: chatting}, publishers, NO_CONTACTS, chatting.clock)


async def found(
    folder: Path, names: tuple[str, ...] = ("board", "wall"), url: str = "", make: type[Channel] = Channel, **rules: Any
) -> Town:
    """A town in an empty folder. SQLite's tables are made once for each folder's parent and copied."""
    time = [MONDAY]

    def clock() -> datetime:
        return time[0]

    people = {name: chat.person(name) for name in (*STAFF, SECOND)}
    people |= {GUEST: chat.person(GUEST, guest=True), "copycat": chat.person("copycat", bot=True)}
    folder.mkdir(parents=True, exist_ok=True)
    if not url:
        await _copy_of_the_empty(folder, clock)
    database = ByHand(url or f"sqlite+aiosqlite:///{folder / 'town.db'}", clock)
    if url:
        await populate(database, MONDAY)
    chatting = Chat(people, ROOMS, clock)
    channels = {name: make(name) for name in names}
    return Town(services(database, folder, chatting, channels, **rules), chatting, channels, time)


async def _copy_of_the_empty(folder: Path, clock: Callable[[], datetime]) -> None:
    empty = folder.parent / "empty-town.db"
    if not empty.exists():
        database = ByHand(f"sqlite+aiosqlite:///{empty}.new", clock)
        await populate(database, MONDAY)
        await database.checkpoint()
        await database.close()
        sqlite3.connect(f"{empty}.new").close()
        Path(f"{empty}.new").rename(empty)
    shutil.copy(empty, folder / "town.db")
