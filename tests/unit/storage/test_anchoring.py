"""The loop that keeps the evidence anchored: at most once a minute, and once a day a line to the auditors."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot import anchor
from bot.anchoring import Keeper
from bot.encoding import load_content
from bot.leaks.context import NO_CONTACTS
from bot.outbox import OutboxRow
from bot.services import Services
from config.database import Database
from config.settings import given
from tests.unit.storage.evidence import KEYS, anchored, head, write
from tests.unit.storage.stage import AT, rows


class Time:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        """Begin in the morning, two minutes before ten."""
        self.now = AT.replace(hour=9, minute=58)


def keeper(database: Database, path: Path, time: Time, auditors: str | None = "web:audit") -> Keeper:
    """The step of one process."""
    rooms = {"auditors": auditors} if auditors else {}
    settings = given({"rooms": rooms, "organisation": {"time_zone": "Europe/London"}})
    return Keeper(Services(database, settings, KEYS, {}, {}, NO_CONTACTS, lambda: time.now), path)


async def said(database: Database) -> list[str]:
    """What goes to the auditors."""
    return [load_content(row.content or "").text for row in await rows(database, OutboxRow) if row.room == "audit"]


@pytest.mark.asyncio
async def test_the_head_is_anchored_at_most_once_a_minute_and_at_the_end(database: Database, tmp_path: Path) -> None:
    time, path = Time(), tmp_path / "switchboard.anchor"
    keep = keeper(database, path, time, auditors=None)
    await keep.step()
    assert not path.exists()
    await write(database, 2)
    for seconds, lines in ((59, 0), (1, 1), (30, 1)):
        time.now += timedelta(seconds=seconds)
        assert await keep.step() is False
        assert len(anchor.read(path, KEYS).pins) == lines
    await write(database, 1, first=3)
    await keep.keep()
    assert [pin.last for pin in anchor.read(path, KEYS).pins] == [2, 3]
    assert await rows(database, OutboxRow) == []


@pytest.mark.asyncio
async def test_the_auditors_are_told_once_a_day_of_the_council(database: Database, tmp_path: Path) -> None:
    time, path = Time(), tmp_path / "switchboard.anchor"
    keep = keeper(database, path, time)
    assert await keep.step() is False  # there is nothing to tell yet
    await write(database, 1234)
    told = []
    for hours in (1, 1, 12, 1, 23, 1):  # from 10:58 on 2 March to 00:58 on 4 March
        time.now += timedelta(hours=hours)
        told.append(await keep.step())
    assert told == [True, False, False, True, False, True]
    now = await head(database)
    line = "Evidence of 2 March 2026: 1,234 rows. To check later that it was not rewritten: switchboard audit verify"
    assert (await said(database))[0] == f"{line} --head 1234:{now.mac}"
    assert [re.findall(r"of (\d) March", text) for text in await said(database)] == [["2"], ["3"], ["4"]]


@pytest.mark.asyncio
async def test_summer_time_is_the_councils(database: Database, tmp_path: Path) -> None:
    time, path = Time(), tmp_path / "switchboard.anchor"
    time.now = AT.replace(month=6, day=30, hour=23, minute=30)
    await write(database, 1)
    await keeper(database, path, time).step()
    assert "Evidence of 1 July 2026: 1 row." in (await said(database))[0]


@pytest.mark.asyncio
async def test_several_processes_tell_it_once_also_in_the_same_instant(database: Database, tmp_path: Path) -> None:
    time = Time()
    await write(database, 3)
    keepers = [keeper(database, tmp_path / f"{number}.anchor", time) for number in range(4)]
    told = await asyncio.gather(*(one.step() for one in keepers))
    assert any(told)
    assert len(await said(database)) == 1
    assert await keeper(database, tmp_path / "later.anchor", time).step() is False


@pytest.mark.asyncio
async def test_a_process_that_comes_second_gives_way(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(_keeper: Keeper, _key: str) -> bool:
        return False  # as seen just before the other one commits

    time = Time()
    await anchored(database, tmp_path / "a.anchor", 3)
    await keeper(database, tmp_path / "a.anchor", time).step()
    monkeypatch.setattr(Keeper, "_is_posted", not_yet)
    await keeper(database, tmp_path / "a.anchor", time).step()
    assert len(await said(database)) == 1
