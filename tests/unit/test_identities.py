"""`switchboard identities`: a new identity on Matrix is believed when a person says so, and that is recorded."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.matrix.identities import is_believed
from bot import migrations
from bot.app import StoredState
from bot.platforms import MATRIX
from config.database import Database
from tests.process import call

AMA, JO = "@ama:council.example", "@jo:council.example"
AT = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)


async def _seen(folder: Path, *identities: tuple[str, str]) -> list[bool]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}")
    try:
        await migrations.upgrade(database)
        state = StoredState(database, MATRIX)
        return [await is_believed(state, user, key, AT) for user, key in identities]
    finally:
        await database.close()


def seen(folder: Path, *identities: tuple[str, str]) -> list[bool]:
    """Whether each of them is believed, in the order in which the bot meets them."""
    return asyncio.run(_seen(folder, *identities))


def run(folder: Path, *words: str) -> str:
    done = call(folder, "identities", *words)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def refused(folder: Path, *words: str) -> str:
    done = call(folder, "identities", *words)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_nobody_has_a_new_identity(tmp_path: Path) -> None:
    assert run(tmp_path) == "Everybody has the identity that the bot knows them by.\n"
    assert run(tmp_path, "--json") == "[]\n"


def test_a_new_identity_is_listed_and_believed_when_a_person_says_so(tmp_path: Path) -> None:
    assert seen(tmp_path, (AMA, "old"), (JO, "hers"), (AMA, "new")) == [True, True, False]
    listed = run(tmp_path)
    assert listed.splitlines()[0] == f"{AMA} has another identity since 2026-07-02 09:30 UTC. Key: new"
    assert "in person or by telephone" in listed
    assert JO not in listed
    assert json.loads(run(tmp_path, "--json")) == [{"account": AMA, "key": "new", "since": AT.isoformat()}]
    assert AMA in run(tmp_path, "--accept", AMA, "--key", "new")
    assert seen(tmp_path, (AMA, "new"), (AMA, "old")) == [True, False]
    assert call(tmp_path, "audit", "export", "evidence.jsonl").returncode == 0
    told = [json.loads(line) for line in (tmp_path / "evidence.jsonl").read_text(encoding="utf-8").splitlines()]
    (row,) = [one for one in told if one.get("action") == "identity_accepted"]
    assert row["details"] == {"key": "new"}
    assert row["note"]["of"] == AMA


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--accept", AMA), "give both --accept ACCOUNT and --key KEY"),
        (("--key", "new"), "give both --accept ACCOUNT and --key KEY"),
        (("--accept", AMA, "--key", ""), "give both --accept ACCOUNT and --key KEY"),
        (("--accept", JO, "--key", "new"), f"{JO} has no new identity here"),
        (("--accept", AMA, "--key", "old"), "is not the key"),
    ],
)
def test_what_is_not_on_the_list_is_not_believed(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    seen(tmp_path, (AMA, "old"), (JO, "hers"), (AMA, "new"))
    assert says in refused(tmp_path, *words)
    assert seen(tmp_path, (AMA, "old"), (AMA, "new")) == [True, False]
