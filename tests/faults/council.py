"""A pretend council whose server is killed and comes back, for tests that play a tour on it."""

import asyncio
import contextlib
import re
import socket
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.cli.tour import Step, one
from tests.chat import Dialogue
from tests.faults import commits
from tests.faults.immortal import LINK, LIVES, PROCESS

GRACE = 0.1
ACTS = ("says", "reacts", "unreacts", "presses", "drops")
PATIENCE = 60.0  # seconds
CALM = 3  # looks in a row that find nothing to do
QUIET = 0.04  # seconds between two looks at whether everything is done
# Times, hashes and ports differ from one run to the next.
CHANGING = (
    r"\d{4}-\d\d-\d\dT[\d:.+Z-]+",
    r"\d{1,2}:\d{2}(:\d{2})?",
    r"fingerprint \w+",
    r"rules \w+",
    r"127\.0\.0\.1:\d+",
    r'"attempt":\d+',
    r"load:\d+",  # a load that was cut short begins again under a new number
)
# A kill in the middle of sending makes another attempt with the same key; that it was sent once must not change.
EVIDENCE = """SELECT text, action, subject, details FROM audit JOIN audit_note ON audit_id = audit.id
    WHERE NOT (action = 'delivery' AND (details LIKE '%"state":"pending"%' OR details LIKE '%"state":"unsure"%'))"""
OPEN = (
    "SELECT count(*) FROM inbox WHERE state = 'waiting'",
    "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')",
    "SELECT count(*) FROM announcement WHERE state IN ('scanning', 'approved', 'scheduled', 'publishing', 'recalling')",
    "SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending', 'unsure')",
)


@dataclass
class Playing:
    """A tour being played in `folder`."""

    folder: Path
    chat: Dialogue

    async def act(self, step: Step) -> int:
        """Play a step and wait until everything it set off is done; the commits that took."""
        before = commits.counted(self.folder)
        if step.verb in ACTS:
            await one(self.chat, step)
            await self.settle()
        else:
            await self._look(step)
        return commits.counted(self.folder) - before

    async def _look(self, step: Step) -> None:
        """A look changes nothing, so one that meets a server just killed is taken again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await one(self.chat, step)
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(QUIET)
                else:
                    return

    async def settle(self) -> None:
        """Wait until the chat's events are handled and nothing is on its way. Raises AssertionError with what is."""
        calm = 0
        for _ in range(round(PATIENCE / QUIET)):
            await asyncio.sleep(QUIET)
            calm = calm + 1 if not self._open() else 0
            if calm == CALM:
                return
        raise AssertionError(f"still open after {PATIENCE} s: {self._open()}")

    def _open(self) -> list[str]:
        # The chat tells the product that it is connected at the start of each life; what was said before follows.
        begun = datetime.fromtimestamp((self.folder / LIVES).stat().st_mtime, UTC)
        connected = self.ask("SELECT max(received) FROM inbox WHERE kind = 'Connected' AND state = 'done'")[0][0]
        if connected is None or datetime.fromisoformat(f"{connected}+00:00") < begun:
            return ["not connected"]
        return [query for query in OPEN if self.ask(query)[0][0]]

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Look into the product's database from outside."""
        with contextlib.closing(sqlite3.connect(self.folder / "switchboard.db", timeout=20)) as database:
            return database.execute(query).fetchall()

    @property
    def lives(self) -> int:
        """How often the server was started."""
        return len((self.folder / LIVES).read_text(encoding="ascii"))

    @property
    def process(self) -> int:
        """The process that serves now."""
        return int((self.folder / PROCESS).read_text(encoding="ascii"))

    async def outcome(self) -> dict[str, object]:
        """What is left at the end: what people read, what the public sees, what the evidence says."""
        said: Counter[tuple[str, str]] = Counter()
        for who in ("ama", "jo", "sam", "dee", "pat", "gil"):
            person = self.chat.person(who)
            for room in await person.rooms():
                said.update((f"{who} in {room}", _without_times(one.words)) for one in await person.reads(room))
        return {
            "said": said,
            "public": _without_times(await self.chat.page("/public/")),
            "timeline": _without_times(await self.chat.page("/timeline/")),
            "announcements": self.ask("SELECT number, state, revision FROM announcement"),
            "approvals": self.ask("SELECT announcement, revision, person, withdrawn IS NULL FROM vote"),
            "deliveries": self.ask("SELECT announcement, revision, channel, part, state FROM delivery"),
            "evidence": Counter(_without_times(str(row)) for row in self.ask(EVIDENCE)),
            "loads": self.ask("SELECT file_name, state FROM import_batch WHERE state != 'dropped'"),
            "set aside": self.ask("SELECT kind FROM inbox WHERE state = 'quarantined'"),
            "unsent": self.ask("SELECT action FROM outbox WHERE state != 'sent'"),
        }


def _without_times(text: str) -> str:
    return re.sub("|".join(CHANGING), "…", text)


@contextlib.asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[Playing]:
    """A council in `folder` that comes back whenever it is killed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.immortal", str(folder), port, str(GRACE)
    )
    try:
        async with Dialogue.at(await _link(folder)) as chat:
            yield Playing(folder, chat)
    finally:
        server.terminate()
        await server.wait()


async def _link(folder: Path) -> str:
    for _ in range(round(PATIENCE / QUIET)):
        if (folder / LINK).exists():
            return (folder / LINK).read_text(encoding="ascii")
        await asyncio.sleep(QUIET)
    raise AssertionError("the server did not start")
