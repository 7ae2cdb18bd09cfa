"""`switchboard accounts`, and the line with which `run` refuses an account that its database knows nothing of."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.announcements.own_accounts import AccountNotAgreed
from bot.cli.run import _reason
from bot.wording import known
from config.database import Database
from tests.fakes.mastodon import TOKEN, FakeMastodon
from tests.process import call

SECRET = {"SWITCHBOARD_SECRETS__MASTODON_TOKEN": TOKEN}


def settings(folder: Path, server: str) -> None:
    (folder / "switchboard.toml").write_text(f'[mastodon]\nserver = "{server}"\n')


@asynccontextmanager
async def serving(fake: FakeMastodon) -> AsyncIterator[str]:
    async with TestServer(fake.application()) as running:
        yield str(running.make_url("/"))


def test_without_an_account_there_is_nothing_to_list(tmp_path: Path) -> None:
    assert call(tmp_path, "accounts").stdout == "No channel with an account is switched on.\n"
    assert json.loads(call(tmp_path, "accounts", "--json").stdout) == []
    refused = call(tmp_path, "accounts", "--accept", "mastodon")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


@pytest.mark.asyncio
async def test_an_account_that_is_used_is_accepted_once_and_that_is_recorded(tmp_path: Path) -> None:
    fake = FakeMastodon()
    fake.write("Posted by hand.")
    async with serving(fake) as server:
        settings(tmp_path, server)
        before = await asyncio.to_thread(call, tmp_path, "accounts", env=SECRET)
        assert "mastodon: not looked at yet" in before.stdout
        done = await asyncio.to_thread(call, tmp_path, "accounts", "--accept", "mastodon", env=SECRET)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Announcements are published on mastodon with 110 from now on.\n"
    listed = await asyncio.to_thread(call, tmp_path, "accounts", "--json", env=SECRET)
    assert json.loads(listed.stdout) == [{"channel": "mastodon", "account": "110"}]
    evidence = await asyncio.to_thread(call, tmp_path, "audit", "export")
    assert "account_agreed" in evidence.stdout


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    settings(tmp_path, "http://127.0.0.1:1/")
    refused = call(tmp_path, "accounts", "--accept", "mastodon", env=SECRET)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "cannot be asked whose account it is" in refused.stderr


@pytest.mark.parametrize("code", ["used", "another", "cannot_tell"])
def test_run_says_in_one_line_why_it_does_not_start(tmp_path: Path, code: str) -> None:
    assert known(f"accounts.{code}")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    said = _reason(ExceptionGroup("work", [AccountNotAgreed(code, "bluesky")]), database)
    assert "bluesky" in said
    assert "\n" not in said
