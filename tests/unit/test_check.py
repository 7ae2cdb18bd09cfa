"""`switchboard check` says which process works for the bot's account."""

import json
import socket
from pathlib import Path

import pytest

from bot import health
from bot.app import StoredState
from bot.leader import Leader
from bot.leases import Owner
from bot.wording import say
from config.database import Database
from tests.process import call

SETTINGS = """
[matrix]
homeserver = "http://127.0.0.1:1"
user = "@switchboard:example.org"
device = "ABC"
encryption = false
[rooms]
comms = "matrix:!comms"
"""
SECRET = {"SWITCHBOARD_SECRETS__MATRIX_TOKEN": "t"}


def parts(folder: Path, name: str) -> list[tuple[bool, str]]:
    done = call(folder, "check", "--json", env=SECRET)
    return [(one["ok"], one["says"]) for one in json.loads(done.stdout) if one["part"] == name]


def said(folder: Path) -> str:
    ((ok, says),) = parts(folder, "matrix process")
    assert ok
    return says


@pytest.mark.asyncio
async def test_who_works_is_said_by_host_and_process_alone(tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text(SETTINGS)
    assert said(tmp_path) == say("matrix.process.none")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    try:
        elsewhere = Leader(database, "matrix:@switchboard:example.org", Owner("council-one", 4321, "nonce"))
        await elsewhere.take()
        told = said(tmp_path)
        assert told.startswith("process 4321 on council-one works for this account; its lease runs until 20")
        assert "nonce" not in told
        await elsewhere.let_go()
        assert said(tmp_path) == say("matrix.process.none")
        gone = Leader(database, "matrix:@switchboard:example.org", Owner(socket.gethostname(), 2**22 + 1, "nonce"))
        await gone.take()
        assert said(tmp_path) == say("matrix.process.none")
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("state", "reason", "ok"), [("ok", "", True), ("degraded", "not_cross_signed", True), ("down", "http_502", False)]
)
@pytest.mark.asyncio
async def test_how_the_one_that_works_is_connected(tmp_path: Path, state: str, reason: str, ok: bool) -> None:
    (tmp_path / "switchboard.toml").write_text(SETTINGS)
    assert said(tmp_path) == say("matrix.process.none")  # and makes the database
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    try:
        works = Leader(database, "matrix:@switchboard:example.org", Owner("council-one", 4321, "nonce"))
        await works.take()
        assert parts(tmp_path, "matrix connection") == []  # it has not told yet
        told = json.dumps([state, reason, "2026-03-04T09:30:00+00:00"])
        await StoredState(database, "matrix").put(health.KEPT, told)
        sentence = say(f"health.{state}", since="2026-03-04 09:30:00", reason=reason)
        assert parts(tmp_path, "matrix connection") == [(ok, sentence)]
        await works.let_go()
        assert parts(tmp_path, "matrix connection") == []  # nobody works: nothing is known
    finally:
        await database.close()
