"""`switchboard check` says which process works for the bot's account."""

import json
import socket
from pathlib import Path

import pytest

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


def said(folder: Path) -> str:
    done = call(folder, "check", "--json", env=SECRET)
    found = [one for one in json.loads(done.stdout) if one["part"] == "matrix process"]
    assert [one["ok"] for one in found] == [True]
    return str(found[0]["says"])


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
