"""A small council on Matrix: Ann, the bot's account, a room of theirs, and the processes that serve there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chat import BOT
from tests.process import PATIENCE, call
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.switchboard_run import Running, install, settings
from tests.real.synapse import Account

STAFF = """staff_id,name,email,matrix_id,skills
000001,Ann Ahmed,ann@brynford.example,{ann},Libraries (3)
000002,Rhys Vaughan,rhys@brynford.example,,Flood mapping (4)
"""

# As a process on another machine would be: its neighbour's process cannot be seen to be dead. The lease is short,
# and yet long enough to be renewed on a machine that has far more to do than this.
ELSEWHERE = """
import socket
socket.gethostname = lambda: "{host}"
from datetime import timedelta
from bot import leases
leases.LEASE = timedelta(seconds=9)
"""


@dataclass
class House:
    """Ann, the bot's account, a room of theirs, and the processes that serve."""

    matrix: Matrix
    folder: Path
    bot: Account
    ann: MatrixPerson
    room: str
    asked: int = 0
    running: list[Running] = field(default_factory=list)

    def run(self, *words: str, folder: Path | None = None, **options: object) -> Running:
        """Start serving, in our folder or another."""
        self.running.append(Running(folder or self.folder, *words, **options))  # type: ignore[arg-type]  # handed on
        return self.running[-1]

    async def asks(self) -> None:
        """Ann asks who knows."""
        await self.ann.says(self.room, f"{self.bot.id} who knows about flood mapping?")
        self.asked += 1

    async def answers(self) -> int:
        """How many answers of the bot's Ann has, wherever they stand."""
        seen = [one for room in await self.ann.rooms() for one in await self.ann.reads(room)]
        return sum("Rhys" in one.words for one in seen)

    async def is_answered(self) -> None:
        """Return once every question has its answer, and none has two."""
        async with asyncio.timeout(PATIENCE):
            while await self.answers() < self.asked:
                await self.ann.line.catch_up(0.5)
        assert await self.answers() == self.asked


@asynccontextmanager
async def housed(matrix: Matrix, folder: Path, *, encrypted: bool, **tables: str) -> AsyncIterator[House]:
    """A house with its staff file loaded; `tables` are further settings. Whatever still serves is killed at the end."""
    server = matrix.homeserver
    bot = server.new_user("switchboard")
    ann = await matrix.nio("ann", signed=True)
    room = server.new_room(ann.account, name="comms", encrypted=encrypted, members=[bot])
    matrix.names |= {BOT: bot.id, "comms": room}
    install(folder, settings(server, bot, room, **tables), bot)
    (folder / "second.toml").write_text(settings(server, bot, room, **tables))  # the same but for the port of its pages
    (folder / "staff.csv").write_text(STAFF.format(ann=ann.account.id), encoding="utf-8")
    loaded = call(folder, "load", "staff.csv")
    assert loaded.returncode == 0, loaded
    made = House(matrix, folder, bot, ann, room)
    try:
        yield made
    finally:
        for one in made.running:
            if one.process.poll() is None:
                one.kill()
