"""`switchboard publish` as people at the server call it: what they read, what they type, and where it ends."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.announcements import judging
from bot.announcements.tables import AnnouncementRow, RevisionRow
from bot.app import feed_parts, now, services_for
from bot.cli import load, publish
from bot.cli.common import open_database, open_keys_for, read_settings
from bot.services import Services

STAFF = Path("config/demo/staff.csv").resolve()
WORDS = "Do not drink the tap water in Brynford today."
TWO = ("--as", "web:jo", "--as", "web:sam", "--reason", "the water must not be drunk")
GRANT = "INSERT INTO role_grant SELECT person_id, 'comms', '2026-01-01 00:00:00.000000', NULL FROM account"


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh installation whose announcement 1 is on hold because chat could not be reached; its fingerprint."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(load.app, [str(STAFF)]).exit_code == 0
    return asyncio.run(_held())


async def _held() -> str:
    settings = read_settings()
    async with open_database() as database:
        parts = feed_parts(settings, database, now)
        services = services_for(settings, database, open_keys_for(database), {}, parts)
        made = _revision(services)
        async with database.writing() as session:
            session.add(_announcement(services))
            await session.flush()
            session.add(made)
            await session.execute(text(f"{GRANT} WHERE account IN ('jo', 'sam')"))
    return made.digest


def _announcement(services: Services) -> AnnouncementRow:
    at = services.clock()
    return AnnouncementRow(
        number=1,
        state="held",
        reason="unreachable",
        author=1,
        author_account="web:ama",
        source_platform="web",
        source_room="general",
        source_message="1",
        made=at,
        changed=at,
    )


def _revision(services: Services) -> RevisionRow:
    language = services.settings.organisation.language
    return RevisionRow(
        announcement=1,
        revision=1,
        text=WORDS,
        language=language,
        digest=judging.revision_digest(judging.posts_for(services, 1, WORDS, language, (), None, {}), None),
        fingerprint="f",
        rules=judging.judge(services, WORDS, ()).rules,
        made=services.clock(),
    )


def call(*arguments: str, typed: str = "") -> Result:
    """Run it."""
    result = CliRunner().invoke(publish.app, list(arguments), input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def count(query: str) -> int:
    async def work() -> int:
        async with open_database() as database, database.reading() as session:
            return int((await session.execute(text(query))).scalar_one())

    return asyncio.run(work())


def test_two_people_release_what_the_bot_then_sends(digest: str) -> None:
    result = call("1", *TWO, typed=f"{digest[:8]}\n{digest[:8]}\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"\n{WORDS}\n" in result.stdout
    assert f"Fingerprint of all that goes out: {digest}" in result.stdout
    assert re.search(r"Jo Whitfield: you release.*Sam Okafor: you release", result.stdout, re.DOTALL)
    assert "goes out within seconds if the bot is running, and otherwise as soon as it runs" in result.stdout
    assert count("SELECT count(*) FROM delivery WHERE state = 'pending' AND channel = 'feed'") == 1
    assert count("SELECT count(*) FROM audit WHERE action IN ('break_glass', 'break_glass_agreed')") == 3
    assert count("SELECT count(*) FROM outbox WHERE place = 'direct:web:ama'") == 1


@pytest.mark.parametrize("typed", ["", "{}\n", "{}\n{}x\n", "{}\n\n"])
def test_whoever_does_not_type_it_has_not_agreed(digest: str, typed: str) -> None:
    result = call("1", *TWO, typed=typed.replace("{}", digest[:8]))
    assert result.exit_code == 2
    assert "did not agree" in result.stderr
    assert count("SELECT count(*) FROM delivery") == 0
    assert count("SELECT count(*) FROM announcement WHERE state = 'held'") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("7", *TWO), "There is no announcement #7."),
        (("#7", *TWO), "There is no announcement #7."),
        (("1", "--as", "web:jo", "--reason", "it burns"), "These people are not enough to release #1."),
        (("1", "--as", "jo", "--as", "web:sam", "--reason", "it burns"), "holds the account jo now"),
        (("1", *TWO[:4], "--reason", ""), "Give a reason"),
    ],
)
def test_what_cannot_be_is_one_line_and_nobody_is_asked(digest: str, arguments: tuple[str, ...], line: str) -> None:
    result = call(*arguments, typed=f"{digest[:8]}\n" * 2)
    assert (result.exit_code, result.stdout) == (2, "")
    assert line in result.stderr
    assert result.stderr.count("\n") == 1
