"""A council on Slack in this process: pretend people at local-slack, the product, and SlackChat between them.

async with council(local_slack, folder) as town:
    await town.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
    await town.sees("ann", "Rhys Vaughan", OPEN)
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from adapters.chat.slack import SlackChat, SlackOptions, SlackTokens
from adapters.chat.slack.checkup import SCOPES
from adapters.chat.slack.manifest import EVENTS, OF_SOCKETS
from adapters.ports import ChatAdapter
from bot import migrations
from bot.access import Role, RoleGrant
from bot.announcements.media import Pictures
from bot.announcements.shelf import DatabaseShelf
from bot.announcements.store import Stored, load
from bot.announcements.tables import AnnouncementRow
from bot.app import App, Parts, StoredState, feed_parts, now, services_for
from bot.leases import Owner
from bot.services import Services
from config.database import Database
from config.keys import open_keys
from config.settings import given
from directory import csv_file
from directory import load as staff_file
from directory.models import Account
from tests.contract.chat_stage import SOON
from tests.contract.slack_hands import options
from tests.dialogues.stage import BUSY
from tests.real.slack_people import IDS, PEOPLE, ROOMS, SlackPerson, Workspace, workspace
from tests.real.slack_reading import SlackSeen
from tests.real.slack_server import BOT, World

OPEN, COMMS, SHARED = "C01OPEN", "G02PRIVATE", "C03SHARED"
EVERYBODY = [*IDS.values()]
# Everybody is in the room of communications, so that what the guest and the others do there is seen not to count.
WORLD = World(PEOPLE, {**ROOMS, COMMS: ROOMS[COMMS] | {"members": EVERYBODY}})
STAFF = """staff_id,name,email,slack_id,skills
000001,Ann Abel,ann@council.example,U01ANN,Libraries (3)
000002,Bob Brook,bob@council.example,U02BOB,Press releases (4)
000003,Colin Cole,colin@council.example,U10COLIN,Press releases (3)
000004,Rhys Vaughan,rhys@council.example,,Flood mapping (4)
000005,Gus Green,guest@council.example,U03GUEST,
000006,Sia Stone,single@council.example,U04SINGLE,
000007,Eve East,external@council.example,U05EVE,
000008,Stu South,stranger@council.example,U06STRANGER,
000009,Ian Inch,inactive@council.example,U07IAN,
000010,Robot,robot@council.example,U08ROBOT,
"""
# Slack says of the last six that they are no colleagues. The directory and the roles say otherwise: Slack must win.
COMMUNICATIONS = ("bob", "colin", "guest", "single", "external", "stranger", "inactive", "robot")


@dataclass
class Town:
    """A council at work on a workspace. Waits end with what is waited for, never with a clock.

    `beside`: further chats, over the product's database; `url`: where that is, a SQLite file unless it is named.
    """

    slack: Workspace
    folder: Path
    grace: float
    options: SlackOptions = field(default_factory=options)
    approvals: int = 1
    beside: Callable[[Database], Mapping[str, ChatAdapter]] = lambda _: {}
    url: str = ""
    app: App = field(init=False)
    _work: asyncio.Task[None] | None = None

    @property
    def services(self) -> Services:
        """The parts that handlers are given."""
        return self.app.services

    def person(self, name: str) -> SlackPerson:
        """Somebody by their short name."""
        return self.slack.person(name)

    async def starts(self) -> None:
        """A new life of the bot, on the same database; it listens when this returns."""
        hellos = self.slack.edge.delivery.hellos
        self.app = self.new_app()
        await self.app.start()
        self._work = asyncio.create_task(self.app.run())
        async with asyncio.timeout(SOON):
            await self.slack.edge.delivery.linked(hellos + 1)
        await self.settle()

    async def stops(self) -> None:
        """The bot ends in the middle of whatever it does."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await self.app.close()

    async def settle(self) -> None:
        """Wait until everything that was said and done is handled, and nothing is on its way."""
        calm = 0
        async with asyncio.timeout(SOON):
            while calm < 3:
                await asyncio.sleep(0.03)
                calm = 0 if await self._busy() else calm + 1

    async def _busy(self) -> bool:
        if any(not one.acknowledged.is_set() for one in self.slack.edge.delivery.envelopes):
            return True
        async with self.services.database.reading() as session:
            due = text(BUSY).bindparams(bindparam("now", type_=UTCDateTime()))
            return bool((await session.execute(due, {"now": self.services.clock()})).scalar_one())

    async def all_seen(self, who: str, pattern: str, room: str = "") -> list[SlackSeen]:
        """Everything of the bot's that somebody can read and that says so, oldest first, once all is quiet."""
        await self.settle()
        return await self.read(who, pattern, room)

    async def read(self, who: str, pattern: str, room: str = "") -> list[SlackSeen]:
        """The same as it is now."""
        person = self.person(who)
        rooms = [room] if room else [*self.slack.world.rooms, await person.direct()]
        said = [one for place in rooms for one in await person.reads(place) if one.sender == BOT]
        return [one for one in said if re.search(pattern, _words(one), re.DOTALL)]

    async def count(self, who: str, pattern: str) -> int:
        """How many messages of the bot's that somebody can read say so."""
        return len(await self.all_seen(who, pattern))

    async def sees(self, who: str, pattern: str, room: str = "") -> SlackSeen:
        """The newest message that says so, which must be there once all is quiet."""
        found = await self.all_seen(who, pattern, room)
        assert found, (who, pattern, [_words(one) for one in await self.all_seen(who, "", room)][-6:])
        return found[-1]

    async def draft(self, words: str = "The library is closed on Monday.", by: str = "ann") -> SlackSeen:
        """Somebody announces something; its preview in the room of communications."""
        await self.person(by).says(OPEN, f"@switchboard announce {words}")
        return await self.sees("bob", r"^#\d+ r1 from", COMMS)

    async def votes(self, who: str, preview: SlackSeen, name: str = "white_check_mark") -> None:
        """Somebody reacts to a preview, and everything that follows from it happens."""
        await self.person(who).reacts(COMMS, preview.id, name)
        await self.settle()

    async def stored(self, number: int = 1) -> Stored:
        """An announcement as it is stored."""
        async with self.services.database.reading() as session:
            found = await load(session, number)
        assert found is not None
        return found

    async def state(self, number: int = 1) -> str:
        """Where an announcement stands."""
        return (await self.stored(number)).row.state

    async def public(self) -> list[str]:
        """The words that the public reads, newest first."""
        entries = await DatabaseShelf(self.services.database).entries(100)
        return [entry.text for entry in entries if not entry.withdrawn]

    async def deliveries(self) -> int:
        """How many posts were ever to be handed to a channel."""
        async with self.services.database.reading() as session:
            return int((await session.execute(text("SELECT count(*) FROM delivery"))).scalar_one())

    async def end_grace(self, number: int = 1) -> None:
        """The wait after the last approval is over, and what follows has happened."""
        async with self.services.database.writing() as session:
            row = await session.get(AnnouncementRow, number)
            assert row is not None
            row.changed = self.services.clock() - timedelta(seconds=self.grace)
            row.wake = self.services.clock()
        self.app.bell.ring()
        async with asyncio.timeout(SOON):
            while True:
                if await self.state(number) not in {"approved", "publishing"}:
                    break
                await asyncio.sleep(0.03)
        await self.settle()

    async def becomes(self, look: Callable[[], Any], value: object) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(SOON):
            while True:
                if await look() == value:
                    return
                await asyncio.sleep(0.03)

    def new_app(self) -> App:
        """The product put together anew, on the same database."""
        values = {
            "database": {"url": self.url or f"sqlite+aiosqlite:///{self.folder / 'switchboard.db'}"},
            "access": {"admins": ["slack:U01ANN"]},
            "rooms": {"comms": f"slack:{COMMS}"},
            "links": {"follow": False},
            "announcements": {"grace_seconds": self.grace, "settle_seconds": 0, "approvals": self.approvals},
        }
        settings = given(values)
        database = Database(settings.database.url)
        secrets = self.slack.world.secrets
        tokens = SlackTokens(secrets.bot, secrets.app, secrets.signing)
        state = StoredState(database, "slack")
        chat = SlackChat(tokens, state, Pictures(database), self.slack.base_url, self.options)
        feed = feed_parts(settings, database, now)
        keys = open_keys(self.folder / "switchboard.key")
        services = services_for(
            settings, database, keys, {"slack": chat, **self.beside(database)}, Parts(feed.publishers, feed.pages)
        )
        return App(services, self.folder / "switchboard.anchor", Owner())


def many_staff(number: int) -> str:
    """The staff file with so many more people, all of one team, who know about sandbags."""
    head, *staff = STAFF.splitlines()
    many = [
        f"{n:06},Person {n},person{n}@council.example,,Sandbags (2),Flood response" for n in range(100, 100 + number)
    ]
    return "\n".join([f"{head},team", *[f"{row}," for row in staff], *many, ""])


async def load_staff(services: Services, rows: str) -> None:
    """Load a staff file."""
    async with services.database.reading() as session:
        plan = await staff_file.plan(session, csv_file.read(rows.encode()), services.clock().date())
    assert not plan.refused
    batch = await staff_file.stage(services.database, plan, "test", "staff.csv", services.clock())
    async with services.database.writing() as session:
        await staff_file.switch(session, batch)


async def populate(services: Services, roles: Sequence[str], rows: str = STAFF) -> None:
    """Load the staff file and give those people the role of communications."""
    await migrations.upgrade(services.database)
    await load_staff(services, rows)
    async with services.database.writing() as session:
        for name in roles:
            query = select(col(Account.person_id)).where(col(Account.account) == IDS[name])
            person = (await session.execute(query)).scalar_one()
            session.add(RoleGrant(person_id=person, role=Role.COMMS.value, granted=services.clock()))


@contextlib.asynccontextmanager
async def council(
    program: Path, folder: Path, grace: float = 0, *, least: bool = False, **choices: Any
) -> AsyncIterator[Town]:
    """A council at work; `least`: with no more than the manifest asks for. `choices` are options of the adapter."""
    async with workspace(program, folder, world=WORLD) as slack:
        if least:
            slack.edge.scopes = {*SCOPES, "commands"}
            slack.edge.subscribed = {*EVENTS, *OF_SOCKETS}
        town = Town(slack, folder, grace, replace(options(), **choices))
        town.app = town.new_app()
        await populate(town.services, COMMUNICATIONS)
        await town.app.close()
        await town.starts()
        try:
            yield town
        finally:
            await town.stops()


def _words(seen: SlackSeen) -> str:
    return "\n\n".join(part for part in (seen.text, seen.quote) if part)
