"""A pretend council to talk to, in this process: what people see, and what the tables and the evidence say."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, text
from sqlmodel.sql.sqltypes import UTCDateTime

from adapters.chat.web.stage import to_tuesday_morning
from bot import audit
from bot.announcements import store
from bot.announcements.store import Stored
from bot.announcements.tables import AnnouncementRow
from bot.cli.demo import running
from bot.pretend import Council
from bot.services import Services
from config.database import Base
from tests.chat import BOT, Dialogue, Person, Seen

Row = TypeVar("Row", bound=Base)

CALM = 2  # looks in a row that find nothing to do
PAUSE = 0.03
PATIENCE = 90.0  # seconds; a bound for what hangs, and longer than the wait after a first attempt that failed
AHEAD = to_tuesday_morning(datetime.now(ZoneInfo("Europe/London")))
"""What the clock is put forward by, so that no rule for nights and weekends counts whenever the tests run."""
LONG = 3600.0  # a grace that ends only when a test says so
BUSY = """SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'waiting')
    OR EXISTS (SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending'))
    OR EXISTS (SELECT 1 FROM delivery WHERE state IN ('pending', 'sending', 'unsure'))
    OR EXISTS (SELECT 1 FROM announcement WHERE state IN ('scanning', 'recalling') OR wake <= :now)"""


@dataclass
class Talk:
    """A council at work. `grace` is how long it waits after the last approval, in seconds."""

    council: Council
    chat: Dialogue
    grace: float

    @property
    def services(self) -> Services:
        """The parts that handlers are given."""
        return self.council.app.services

    def person(self, account: str) -> Person:
        """Somebody in the chat."""
        return self.chat.person(account)

    async def settle(self) -> None:
        """Wait until everything that was said and done is handled, and nothing is on its way."""
        calm = 0
        async with asyncio.timeout(PATIENCE):
            while calm < CALM:
                await asyncio.sleep(PAUSE)
                calm = 0 if await self._busy() else calm + 1

    async def _busy(self) -> bool:
        untold = await self.council.chat._store.read(lambda db: db.execute("SELECT 1 FROM event").fetchone())
        if untold is not None:
            return True
        async with self.services.database.reading() as session:
            due = text(BUSY).bindparams(bindparam("now", type_=UTCDateTime()))
            return bool((await session.execute(due, {"now": self.services.clock()})).scalar_one())

    async def in_chat(self, statement: str, *values: object) -> list[Any]:
        """Look into, or change, the chat's own file behind everybody's back."""

        def work(db: Connection) -> list[Any]:
            return db.execute(statement, values).fetchall()

        found: list[Any] = await self.council.chat._store.write(work)
        return found

    async def rows(self, kind: type[Row]) -> Sequence[Row]:
        """All rows of a table."""
        async with self.services.database.reading() as session:
            return (await session.execute(select(kind))).scalars().all()

    async def count(self, query: str) -> int:
        """What a counting query finds in the product's database."""
        async with self.services.database.reading() as session:
            return int((await session.execute(text(query))).scalar_one())

    async def change(self, statement: str, **values: object) -> None:
        """Change the product's database behind its back."""
        async with self.services.database.writing() as session:
            await session.execute(text(statement), values)

    async def stored(self, number: int = 1) -> Stored:
        """An announcement as it is stored."""
        async with self.services.database.reading() as session:
            found = await store.load(session, number)
        assert found is not None
        return found

    async def state(self, number: int = 1) -> str:
        """Where an announcement stands."""
        return (await self.stored(number)).row.state

    async def evidence(self, number: int = 1) -> list[str]:
        """What the evidence says happened to an announcement, in order."""
        async with self.services.database.reading() as session:
            return [shown.row.action for shown in await audit.history(session, f"announcement:{number}")]

    async def check_evidence(self) -> None:
        """The chain of the evidence is whole."""
        async with self.services.database.reading() as session:
            rows, faults = await audit.verify(session, self.services.keys)
        assert faults == []
        assert rows == await self.count("SELECT count(*) FROM audit")

    async def end_grace(self, number: int = 1) -> None:
        """The wait after the last approval is over, and what follows has happened."""
        await self.begin_publishing(number)
        await self.until(lambda: self._moved_on(number))
        await self.settle()

    async def begin_publishing(self, number: int = 1) -> None:
        """The wait after the last approval is over."""
        async with self.services.database.writing() as session:
            row = await session.get(AnnouncementRow, number)
            assert row is not None
            row.changed = self.services.clock() - timedelta(seconds=self.grace)
            row.wake = self.services.clock()
        self.council.app.bell.ring()

    async def _moved_on(self, number: int) -> bool:
        return await self.state(number) not in {"approved", "scheduled", "publishing"}

    async def until(self, look: Callable[[], Any]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await look():
                    return
                await asyncio.sleep(PAUSE)

    async def public(self) -> list[str]:
        """The words that the public reads, newest first."""
        items = json.loads(await self.chat.page("/public/feed.json"))["items"]
        return [item["content_text"] for item in items if "withdrawn" not in item["_switchboard"]]

    async def draft(self, words: str = "The library is closed on Monday.", by: str = "ama", **where: Any) -> Seen:
        """Somebody announces something in a room; the preview that communications see."""
        await self.person(by).says("general", f"@switchboard announce {words}", **where)
        await self.settle()
        return await self.preview()

    async def preview(self, number: int | None = None, revision: int | None = None) -> Seen:
        """The newest preview, or that of a revision, as communications see it."""
        some = r"\d+"
        name = rf"^#{number or some} r{revision or some} from"
        found = await self.person("jo").finds(name, room="comms")
        assert found is not None
        return found

    async def reacts(self, who: str, emoji: str, message: Seen) -> None:
        """Somebody reacts, and everything that follows from it happens."""
        await self.person(who).reacts(message.id, emoji)
        await self.settle()

    async def says(self, who: str, words: str, room: str = "comms") -> None:
        """Somebody says something to the bot, and everything that follows from it happens."""
        mention = "" if room.startswith("direct-") else "@switchboard "
        await self.person(who).says(room, f"{mention}{words}")
        await self.settle()

    async def answer(self, who: str, words: str) -> Seen:
        """Somebody says something in a direct message; the one answer to it."""
        room = f"direct-{who}"
        mine = await self.person(who).says(room, words)
        await self.settle()
        answers = [one for one in await self.person(who).reads(room) if int(one.id) > int(mine) and one.sender == BOT]
        assert len(answers) == 1, (words, [one.words for one in answers])
        return answers[0]

    async def told(self, who: str, pattern: str, **where: Any) -> Seen:
        """What somebody has been told, which must be there already."""
        found = await self.person(who).finds(pattern, **where)
        if found is None:
            said = [one.words for room in await self.person(who).rooms() for one in await self.person(who).reads(room)]
            raise AssertionError(f"{who} was not told {pattern!r} {where or ''}, but: {said[-8:]}")
        return found

    async def times(self, who: str, pattern: str) -> int:
        """How many messages of the bot that somebody can read say so."""
        rooms = await self.person(who).rooms()
        said = [one for room in rooms for one in await self.person(who).reads(room) if one.sender == BOT]
        return sum(re.search(pattern, one.words, re.DOTALL) is not None for one in said)


@contextlib.asynccontextmanager
async def talking(folder: Path, grace: float = 0, ahead: timedelta = AHEAD) -> AsyncIterator[Talk]:
    """A council at work in a folder, which may be one that worked before."""
    async with running(folder, 0, grace, ahead=ahead) as council, Dialogue.at(council.new_link()) as chat:
        talk = Talk(council, chat, grace)
        await talk.settle()
        yield talk
