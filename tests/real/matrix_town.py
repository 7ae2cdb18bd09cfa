"""A council on Matrix: people with real clients in encrypted rooms, and the bot as people start it.

    await a_council(town)
    await town.says("ama", "who knows about flood mapping?", "general")
    await town.person("ama").sees("Rhys")

Everything is looked at as a client shows it, decrypted. Waits end with what is waited for, never with a clock.
"""

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest_asyncio

from tests.chat import BOT
from tests.process import PATIENCE, call, free_port
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.matrix_reading import MatrixSeen
from tests.real.switchboard_run import Running, install, settings
from tests.real.synapse import Account

GRACE = 3600
"""Seconds to think again after the last approval: nothing goes out during a test unless somebody ends the wait."""

HEAD = "staff_id,name,email,job_title,team,accounts,skills"
PEOPLE = {
    "ama": ("Ama Mensah", "Library Officer", "Brynford Library"),
    "jo": ("Jo Whitfield", "Communications Officer", "Communications"),
    "sam": ("Sam Okafor", "Senior Communications Officer", "Communications"),
    "dee": ("Dee Pritchard", "Information Governance Manager", "Information Governance"),
    "pat": ("Pat Lindqvist", "Systems Administrator", "Infrastructure"),
    "nia": ("Nia Prosser", "Digital Director", "Digital Leadership"),
}
ADMINS, COMMS = ("pat", "nia"), ("jo", "sam")


@dataclass
class Town:
    """The people, the bot's account, its folder, and the processes that serve. `second`: further accounts."""

    matrix: Matrix
    folder: Path
    bot: Account
    port: int
    second: dict[str, str] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)

    @property
    def public(self) -> str:
        """The address of the public pages."""
        return f"http://127.0.0.1:{self.port}/public/"

    def person(self, name: str) -> MatrixPerson:
        """Somebody by their short name."""
        return self.matrix.person(name)

    def room(self, name: str, owner: str, *members: str) -> None:
        """An encrypted room with the bot invited. One of two, a direct message, has no name of its own."""
        server, direct = self.matrix.homeserver, not members
        self.matrix.names[name] = server.new_room(
            self.person(owner).account,
            name="" if direct else name,
            encrypted=True,
            direct=direct,
            invited=[self.bot],
            members=[self.person(one).account for one in members],
        )

    def staff_file(self, *more: str) -> str:
        """The staff file: everybody who has come, with their accounts, and further lines."""
        lines = [HEAD]
        for number, (name, (full, job, team)) in enumerate(PEOPLE.items(), 1):
            if name not in self.matrix.people:
                continue
            mine = [self.person(one).account.id for one in (name, self.second.get(name)) if one]
            accounts = "; ".join(f"matrix:{one}" for one in mine)
            lines.append(f"{number:06},{full},{name}@brynford.example,{job},{team},{accounts},")
        return "\n".join([*lines, *more, ""])

    def install(self, approvals: int) -> None:
        """Settings, secrets and the first staff file, as an operator puts them there."""
        admins = json.dumps([f"matrix:{self.person(one).account.id}" for one in ADMINS])
        named = {"comms": "comms", "information_governance": "governance"}
        rooms = [f'{key} = "matrix:{self.matrix.names[one]}"' for key, one in named.items() if one in self.matrix.names]
        text = settings(
            self.matrix.homeserver,
            self.bot,
            self.matrix.names["comms"],
            rooms="\n".join(rooms),
            access=f"admins = {admins}",
            announcements=f"approvals = {approvals}\ngrace_seconds = {GRACE}",
            feed=f'listen = "127.0.0.1:{self.port}"\nbase_url = "{self.public}"',
        )
        install(self.folder, text, self.bot)
        (self.folder / "staff.csv").write_text(self.staff_file(), encoding="utf-8")
        loaded = call(self.folder, "load", "staff.csv")
        assert loaded.returncode == 0, loaded

    async def serves(self) -> None:
        """Start the bot; it listens when this returns."""
        self.running.append(Running(self.folder))
        await self.running[-1].logs("connected")

    async def stops(self) -> None:
        """End the bot as an operator does."""
        code, _, faults = await self.running[-1].ends()
        assert (code, faults) == (0, "")

    async def says(self, who: str, words: str, room: str = "") -> str:
        """Somebody says something to the bot: in a room, or without one in a direct message."""
        person = self.person(who)
        return await person.says(room or person.direct, f"{self.bot.id} {words}" if room else words)

    async def told(self, who: str, pattern: str, **where: Any) -> MatrixSeen:
        """What the bot tells somebody in a direct message that it answers with."""
        return await self.person(who).sees(pattern, room=self.person(who).direct, **where)

    async def preview(self, who: str, number: int, revision: int) -> MatrixSeen:
        """The preview of a revision, as somebody of communications sees it."""
        return await self.person(who).sees(f"^#{number} r{revision} from", room="comms")

    async def everything(self, who: str) -> list[MatrixSeen]:
        """All that somebody can see, in every room, as it stands now."""
        person = self.person(who)
        return [one for room in await person.rooms() for one in await person.reads(room)]

    async def gives(self, role: str, name: str) -> None:
        """Two admins give somebody a role: one asks, the other confirms under the bot's question."""
        asker, second = ADMINS
        await self.says(asker, f"grant {role} to {PEOPLE[name][0]}")
        asked = await self.told(second, f"Pat Lindqvist asks to give {PEOPLE[name][0]}")
        await self.person(second).reacts(asked.id, "✅")
        await self.told(asker, f"Done: .*{PEOPLE[name][0]}")

    async def feed(self) -> list[Mapping[str, Any]]:
        """What stands in the public feed, newest first."""
        items = json.loads(await self.page("feed.json"))["items"]
        return [item for item in items if "withdrawn" not in item["_switchboard"]]

    async def page(self, where: str) -> bytes:
        """A public page or file, by its address or by its path."""
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
            answer = await http.get(urljoin(self.public, where))
        answer.raise_for_status()
        return answer.content

    def deliveries(self) -> int:
        """How many posts were ever to be handed to a channel."""
        with contextlib.closing(sqlite3.connect(self.folder / "switchboard.db")) as database:
            return int(database.execute("SELECT count(*) FROM delivery").fetchone()[0])


async def a_council(town: Town, *, approvals: int, rooms: Mapping[str, Sequence[str]]) -> None:
    """Everybody has come, the rooms are made, the bot serves, and communications have their role.

    `rooms` are named with who is in them, the first the owner; everybody has a direct message with the bot as well.
    """
    for name, members in rooms.items():
        town.room(name, *members)
    for name in town.matrix.people:
        town.room(f"direct-{name}", name)
    town.install(approvals)
    await town.serves()
    for name in COMMS:
        await town.gives("comms", name)
    if "dee" in town.matrix.people:
        await town.gives("information governance", "dee")


@pytest_asyncio.fixture
async def town(matrix: Matrix, tmp_path: Path) -> AsyncIterator[Town]:
    """A town where nobody is yet but the bot's account; whatever still serves at the end is killed."""
    bot = matrix.homeserver.new_user("switchboard")
    matrix.names[BOT] = bot.id
    made = Town(matrix, tmp_path / "town", bot, free_port())
    yield made
    for one in made.running:
        if one.process.poll() is None:
            one.kill()
