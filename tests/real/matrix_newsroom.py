"""A newsroom on Matrix: a house with communications, and a room that is a channel."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import Role, RoleGrant
from config.database import Database
from directory.models import Account
from tests.process import PATIENCE, call, free_port
from tests.real.matrix_house import House, housed
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.matrix_reading import MatrixSeen
from tests.real.switchboard_run import settings
from tests.real.synapse import Homeserver

STAFF = """staff_id,name,email,matrix_id,skills
000001,Ann Ahmed,ann@brynford.example,{ann},Libraries (3)
000002,Rhys Vaughan,rhys@brynford.example,,Flood mapping (4)
000003,Jo Whitfield,jo@brynford.example,{jo},Writing (4)
"""
WORDS = "The library is closed on Monday."


@dataclass
class Newsroom:
    """A house with communications, and a room where what is approved is posted, read by a member of staff."""

    house: House
    jo: MatrixPerson
    reader: MatrixPerson
    news: str
    port: int

    @property
    def server(self) -> Homeserver:
        """The homeserver."""
        return self.house.matrix.homeserver

    def settles(self, *, comms: str, staff: str) -> None:
        """Write the settings with these two rooms."""
        tables = {
            "feed": f'listen = "127.0.0.1:{self.port}"',
            "access": f'admins = ["matrix:{self.house.ann.account.id}"]',
            "room_channels": f'staff = "matrix:{staff}"',
            "announcements": "grace_seconds = 0\ntolerance_minutes = 1440",
        }
        text = settings(self.server, self.house.bot, comms, **tables)
        (self.house.folder / "switchboard.toml").write_text(text)

    async def announces(self) -> MatrixSeen:
        """Ann announces it; the preview that Jo sees."""
        await self.house.ann.says("comms", f"{self.house.bot.id} announce {WORDS}")
        return await self.jo.sees(r"^#\d+ r1 from", room="comms", within=PATIENCE)

    async def is_published(self, pattern: str) -> MatrixSeen:
        """Ann announces it, Jo approves; what the room of communications is told of the end."""
        preview = await self.announces()
        await self.jo.reacts(preview.id, "✅")
        return await self.jo.sees(pattern, room="comms", within=PATIENCE)

    async def posted(self) -> list[MatrixSeen]:
        """What stands in the room that is a channel."""
        return [one for one in await self.reader.reads("news") if WORDS in one.words]

    async def on_the_feed(self) -> list[str]:
        """What the public reads."""

        def read() -> list[dict[str, Any]]:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/public/feed.json", timeout=PATIENCE) as answer:
                found: list[dict[str, Any]] = json.loads(answer.read())["items"]
                return found

        return [one["content_text"] for one in await asyncio.to_thread(read) if "withdrawn" not in one["_switchboard"]]


async def _gives_a_role(folder: Path, account: str) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}")
    async with database.writing() as session:
        who = (
            await session.execute(select(col(Account.person_id)).where(col(Account.account) == account))
        ).scalar_one()
        session.add(RoleGrant(person_id=who, role=Role.COMMS.value, granted=datetime.now(UTC)))
    await database.close()


@asynccontextmanager
async def in_a_newsroom(
    matrix: Matrix, folder: Path, *, encrypted: bool, public: bool = False
) -> AsyncIterator[Newsroom]:
    """A newsroom where nobody serves yet. Ann is an admin, Jo in communications; `public`: the news are open."""
    server, port = matrix.homeserver, free_port()
    async with housed(matrix, folder, encrypted=encrypted) as house:
        jo, reader = await matrix.nio("jo", signed=True), await matrix.nio("reader", signed=True)
        server.member(house.ann.account, house.room, "invite", jo.account)
        server.join(jo.account, house.room)
        news = server.new_room(
            house.ann.account, name="news", encrypted=encrypted, public=public, members=[house.bot, reader.account]
        )
        matrix.names["news"] = news
        made = Newsroom(house, jo, reader, news, port)
        made.settles(comms=house.room, staff=news)
        (folder / "staff.csv").write_text(STAFF.format(ann=house.ann.account.id, jo=jo.account.id))
        loaded = call(folder, "load", "staff.csv")
        assert loaded.returncode == 0, loaded
        await _gives_a_role(folder, jo.account.id)
        yield made
