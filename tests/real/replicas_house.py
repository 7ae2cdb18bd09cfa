"""Both networks and two replicas: local-slack, a real Synapse, one PostgreSQL, and two processes that may be killed."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.announcements.tables import AnnouncementRow
from tests.chat import BOT
from tests.process import PATIENCE, PROGRAM, free_port
from tests.real.matrix_people import Matrix
from tests.real.slack_council import COMMS, OPEN, WORLD, Town, populate
from tests.real.slack_people import workspace
from tests.real.slack_server import TEAM
from tests.real.switchboard_run import TOKEN, Running
from tests.real.synapse import Account

STAFF = """staff_id,name,email,slack_id,matrix_id,skills
000001,Ann Abel,ann@council.example,U01ANN,,Libraries (3)
000002,Bob Brook,bob@council.example,U02BOB,{bob},Press releases (4)
000003,Colin Cole,colin@council.example,U10COLIN,{colin},Press releases (3)
"""
SETTINGS = "first.toml", "second.toml"
PAUSE = 0.2  # seconds between two looks; each costs the servers something
# Times, addresses of pages and hashes differ from one announcement to the next, as does its number.
CHANGING = re.compile(r"\d{1,2}:\d{2}(:\d{2})?|https?://\S+|fingerprint \w+|rules \w+|#\d+")
# What a reaction that came while nobody listened is found by; the protocol wants it told (section 9: bot was down).
LOOKED = re.compile(r" Its reactions were looked at again and differed from what was known: \d+ times?\.")


@dataclass
class House:
    """A council on Slack and Matrix whose bot is two processes."""

    town: Town
    matrix: Matrix
    replicas: list[Running] = field(default_factory=list)
    kills: int = 0
    looked: int = 0
    """Stories that told besides that a reaction was found by looking, not by being told."""

    def start(self) -> None:
        """Both begin."""
        self.replicas = [self.begin(place) for place in range(len(SETTINGS))]

    def begin(self, place: int, program: Sequence[str] = PROGRAM) -> Running:
        """One of them begins."""
        return Running(self.town.folder, "--settings", SETTINGS[place], program=program)

    def kill(self, place: int) -> None:
        """One of them dies, and another life begins in its place."""
        running = self.replicas[place]
        assert running.process.poll() is None, running.process.communicate()
        running.kill()
        self.kills += 1
        self.replicas[place] = self.begin(place)

    def end(self) -> None:
        """Whoever is left ends."""
        for one in self.replicas:
            if one.process.poll() is None:
                one.kill()

    async def says(self, who: str, words: str) -> None:
        """Say something to the bot on Matrix."""
        await self.matrix.person(who).says(self.matrix.names[f"direct-{who}"], words)

    async def shows(self, pattern: str, room: str = COMMS) -> str:
        """The message in a room of Slack's that says so, once it is there; there must never be two."""
        async with asyncio.timeout(PATIENCE * 2):
            while True:
                found = await self.town.read("bob", pattern, room)
                if found:
                    break
                await asyncio.sleep(PAUSE)
        assert len(found) == 1, (pattern, found)
        return found[0].id

    async def becomes(self, number: int, state: str) -> None:
        """Return once an announcement is there."""
        async with asyncio.timeout(PATIENCE * 2):
            while True:
                if await self.town.state(number) == state:
                    return
                await asyncio.sleep(PAUSE)

    async def plays(self, number: int) -> str:
        """Drafted in Slack, approved on both, published, recalled on Matrix; what `why` tells of it then."""
        await self.town.person("ann").says(OPEN, f"@switchboard announce The pool opens at noon, part {number}.")
        preview = await self.shows(rf"^#{number} r1 from")
        await self.town.person("bob").reacts(COMMS, preview, "white_check_mark")
        await self._is_counted(number)  # or who came first would be chance
        await self.says("colin", f"approve #{number}")
        await self.becomes(number, "published")
        await self.says("colin", f"recall #{number}")
        await self.becomes(number, "recalled")
        story = await self.why(number)
        await self._was_long_ago(number)
        return story

    async def _is_counted(self, number: int) -> None:
        """Return once a vote on an announcement is stored."""
        async with asyncio.timeout(PATIENCE * 2):
            while True:
                if (await self.town.stored(number)).votes:
                    return
                await asyncio.sleep(PAUSE)

    async def _was_long_ago(self, number: int) -> None:
        """Whoever recalls a third one within ten minutes needs somebody else, which is no matter of replicas."""
        async with self.town.services.database.writing() as session:
            row = await session.get(AnnouncementRow, number)
            assert row is not None
            row.changed -= timedelta(hours=1)

    async def why(self, number: int) -> str:
        """The story of an announcement, without what must differ."""
        person = self.matrix.person("bob")
        await self.says("bob", f"why #{number}")
        async with asyncio.timeout(PATIENCE * 2):
            while True:
                told = [one.words for one in await person.reads("direct-bob") if _is_story(one.words, number)]
                if told:
                    break
                await asyncio.sleep(PAUSE)
        assert len(told) == 1, told
        self.looked += LOOKED.search(told[0]) is not None
        return CHANGING.sub("…", LOOKED.sub("", told[0]))


def _is_story(words: str, number: int) -> bool:
    return f"#{number}" in words and "fingerprint" in words


@contextlib.asynccontextmanager
async def housed(program: Path, matrix: Matrix, folder: Path, url: str) -> AsyncIterator[House]:
    """A house with its staff file loaded and its roles given; nobody serves yet. Who does is killed at the end."""
    bot = matrix.homeserver.new_user("switchboard")
    matrix.names[BOT] = bot.id
    for name in ("bob", "colin"):
        person = await matrix.nio(name)
        matrix.names[f"direct-{name}"] = matrix.homeserver.new_room(person.account, direct=True, invited=[bot])
    async with workspace(program, folder, world=WORLD) as slack:
        town = Town(slack, folder, 0, url=url)
        app = town.app = town.new_app()
        rows = STAFF.format(**{name: matrix.person(name).account.id for name in ("bob", "colin")})
        await populate(app.services, ("bob", "colin"), rows)
        house = House(town, matrix)
        _install(house, bot)
        try:
            yield house
        finally:
            house.end()
            await app.close()


def _install(house: House, bot: Account) -> None:
    """Settings and secrets as an operator writes them: the same twice, but for the port of the pages."""
    town, server = house.town, house.matrix.homeserver
    for file in SETTINGS:
        tables = {
            "database": [f'url = "{town.url}"'],
            "access": ['admins = ["slack:U01ANN"]'],
            "rooms": [f'comms = "slack:{COMMS}"'],
            "announcements": ["grace_seconds = 0", "approvals = 2", "settle_seconds = 1", "lease_seconds = 2"],
            "slack": [f'workspace = "{TEAM}"', f'api = "{town.slack.base_url}"'],
            "matrix": [f'homeserver = "{server.url}"', f'user = "{bot.id}"', f'device = "{bot.device}"'],
            "feed": [f'listen = "127.0.0.1:{free_port()}"'],
        }
        tables["matrix"].append("encryption = false")
        text = "\n".join(f"[{name}]\n" + "\n".join(lines) for name, lines in tables.items())
        (town.folder / file).write_text(text + "\n")
    secrets = town.folder / "switchboard.secrets"
    secrets.mkdir(mode=0o700)
    known = town.slack.world.secrets
    tokens = {"SLACK_BOT_TOKEN": known.bot, "SLACK_APP_TOKEN": known.app}
    named = {TOKEN: bot.token} | {f"SWITCHBOARD_SECRETS__{name}": value for name, value in tokens.items()}
    for name, value in named.items():
        (secrets / name).write_text(value + "\n")
