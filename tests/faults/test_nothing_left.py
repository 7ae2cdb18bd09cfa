"""What was stopped is nowhere afterwards: no database file, no write-ahead log, no log line, no evidence, no backup."""

import asyncio
from pathlib import Path

import pytest

from bot.cli.db import copy
from bot.cli.demo import running
from bot.pretend import Council
from config import logs
from tests.chat import Dialogue

# Fictional values only: an NHS number of the 999 range, HMRC's prefix rules with a made-up number, test cards.
STOPPED = {
    "NHS number": "999 001 2342",
    "National Insurance number": "AB 12 34 56 C",
    "payment card": "4111 1111 1111 1111",
    "IBAN": "GB82 WEST 1234 5698 7654 32",
}

pytestmark = [pytest.mark.faults, pytest.mark.asyncio]


def _spellings(value: str) -> list[bytes]:
    bare = value.replace(" ", "")
    return [form.encode(encoding) for form in (value, bare) for encoding in ("utf-8", "utf-16-le")]


def _holding(folder: Path, values: list[str]) -> list[str]:
    """The files below a folder that hold any of the values, in any spelling."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"switchboard.db", "chat.db", "switchboard.log"} <= {path.name for path in files}
    return [
        f"{path.name}: {value}"
        for path in files
        for value in values
        if any(form in path.read_bytes() for form in _spellings(value))
    ]


async def _stop_each(council: Council) -> None:
    """Ama says each value in a room, in a direct message, in an edit, and in a picture's description."""
    async with Dialogue.at(council.new_link()) as chat:
        ama = chat.person("ama")
        last = "0"
        for number, (name, value) in enumerate(STOPPED.items(), 1):
            await ama.says("general", f"@switchboard announce Please quote {name} {value} when you call us.")
            last = (await ama.sees(rf"I have stopped #{number}\b", private=True, after=last)).id
            await ama.says("direct-ama", f"cancel #{number}")
            last = (await ama.sees(rf"#{number} is cancelled", after=last)).id
        await ama.says("general", "@switchboard announce The library is closed on Monday.")
        seen = await ama.sees("#5 is with communications")
        for name, value in STOPPED.items():
            await ama.says("direct-ama", f"edit #5 Closed on Monday. {name}: {value}")
            seen = await ama.sees("I have stopped #5", after=seen.id)


async def _settled(council: Council) -> None:
    """Wait for the housekeeping that empties the write-ahead log when it has gone quiet."""
    log = Path(f"{council.app.services.database.path}-wal")
    async with asyncio.timeout(30):
        while log.exists() and log.stat().st_size:  # noqa: ASYNC110 - a file tells nobody when it shrinks
            await asyncio.sleep(0.1)


async def test_stopped_values_leave_nothing(tmp_path: Path) -> None:
    logs.set_up(level="debug", file=tmp_path / "switchboard.log")
    async with running(tmp_path, 0, grace_seconds=0) as council:
        await _stop_each(council)
        await _settled(council)
        await copy(council.app.services.database, tmp_path / "backup.db")
        assert _holding(tmp_path, list(STOPPED.values())) == []
        assert _holding(tmp_path, ["The library is closed on Monday"]), "the search would find what is there"
    assert _holding(tmp_path, list(STOPPED.values())) == []
