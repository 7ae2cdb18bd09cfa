"""Announcements in a Matrix room as a channel, through `switchboard run`: out once, taken back; rooms that fail."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlmodel import col

from bot.access import Role, RoleGrant
from bot.wording import say
from config.database import Database
from directory.models import Account
from tests.process import PATIENCE, call, free_port
from tests.real.matrix_house import House, housed
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.matrix_reading import MatrixSeen
from tests.real.switchboard_run import settings
from tests.real.synapse import Homeserver

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]
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
    public: str

    @property
    def server(self) -> Homeserver:
        """The homeserver."""
        return self.house.matrix.homeserver

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
            with urllib.request.urlopen(f"{self.public}/public/feed.json", timeout=PATIENCE) as answer:
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


@pytest_asyncio.fixture(params=[False, True], ids=["plain", "encrypted"])
async def newsroom(request: pytest.FixtureRequest, matrix: Matrix, tmp_path: Path) -> AsyncIterator[Newsroom]:
    server, port, folder = matrix.homeserver, free_port(), tmp_path / "here"
    async with housed(matrix, folder, encrypted=request.param) as house:
        jo, reader = await matrix.nio("jo", signed=True), await matrix.nio("reader", signed=True)
        server.member(house.ann.account, house.room, "invite", jo.account)
        server.join(jo.account, house.room)
        news = server.new_room(
            house.ann.account, name="news", encrypted=request.param, members=[house.bot, reader.account]
        )
        matrix.names["news"] = news
        tables = {
            "feed": f'listen = "127.0.0.1:{port}"',
            "room_channels": f'staff = "matrix:{news}"',
            "announcements": "grace_seconds = 0\ntolerance_minutes = 1440",
        }
        (folder / "switchboard.toml").write_text(settings(server, house.bot, house.room, **tables))
        (folder / "staff.csv").write_text(STAFF.format(ann=house.ann.account.id, jo=jo.account.id))
        loaded = call(folder, "load", "staff.csv")
        assert loaded.returncode == 0, loaded
        await _gives_a_role(folder, jo.account.id)
        yield Newsroom(house, jo, reader, news, f"http://127.0.0.1:{port}")


async def test_approved_it_stands_in_the_room_and_on_the_feed_once_and_is_taken_back(newsroom: Newsroom) -> None:
    running = newsroom.house.run()
    await running.logs("connected")
    told = await newsroom.is_published("#1 is published")
    assert "staff" in told.words
    assert await newsroom.on_the_feed() == [WORDS]
    posted = await newsroom.posted()
    assert [one.words for one in posted] == [WORDS]
    # Another life of the bot posts nothing again.
    assert (await running.ends())[0] == 0
    running = newsroom.house.run()
    await running.logs("connected")
    await newsroom.house.asks()
    await newsroom.house.is_answered()
    assert [one.id for one in await newsroom.posted()] == [posted[0].id]
    await newsroom.jo.says("comms", f"{newsroom.house.bot.id} recall #1")
    await newsroom.jo.sees("#1 is recalled: it is gone from every channel", room="comms", within=PATIENCE)
    assert (await newsroom.posted(), await newsroom.on_the_feed()) == ([], [])
    raw = [
        one for one in newsroom.server.events(newsroom.reader.account, newsroom.news) if one["event_id"] == posted[0].id
    ]
    assert [(one["content"], one["unsigned"]["redacted_because"]["sender"]) for one in raw] == [
        ({}, newsroom.house.bot.id)
    ]
    assert (await running.ends())[0] == 0


@pytest.mark.parametrize("newsroom", [True], indirect=True, ids=["encrypted"])
async def test_thrown_out_of_the_room_people_are_told_and_can_try_again(newsroom: Newsroom) -> None:
    house, server = newsroom.house, newsroom.server
    running = house.run()
    await running.logs("connected")
    server.member(house.ann.account, newsroom.news, "kick", house.bot)
    told = await newsroom.is_published("#1 is published on some channels only")
    assert f"staff: {say('release.error.unknown_room')}" in told.words
    assert (await newsroom.posted(), await newsroom.on_the_feed()) == ([], [WORDS])
    checked = call(house.folder, "check")
    assert f"matrix room_channels.staff: {say('matrix.check.not_in_room')}" in checked.stdout
    server.member(house.ann.account, newsroom.news, "invite", house.bot)
    await newsroom.jo.reacts(told.id, "🔁")
    await newsroom.jo.sees("#1 is published:", room="comms", within=PATIENCE)
    assert [one.words for one in await newsroom.posted()] == [WORDS]
    # Out again, it cannot take back what stands there, and says so.
    server.member(house.ann.account, newsroom.news, "kick", house.bot)
    await newsroom.jo.says("comms", f"{house.bot.id} recall #1")
    remains = await newsroom.jo.sees("#1 is recalled, but not everywhere", room="comms", within=PATIENCE)
    assert "staff: " in remains.words
    assert (await newsroom.on_the_feed(), len(await newsroom.posted())) == ([], 1)
    server.member(house.ann.account, newsroom.news, "invite", house.bot)
    await newsroom.jo.reacts(remains.id, "🔁")
    await newsroom.jo.sees("#1 is recalled: it is gone", room="comms", within=PATIENCE)
    assert await newsroom.posted() == []
    assert (await running.ends())[0] == 0
