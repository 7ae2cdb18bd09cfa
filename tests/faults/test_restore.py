"""A backup from any moment is put back: nothing that was sent goes out again, nothing that was answered is answered.

One council lives its week; a backup is taken at each of its moments. Each is put back later into a copy of the
council as it stood at the end, with the chat and the timeline as they are, and the chat gives all its events again.
"""

import asyncio
import contextlib
import os
import re
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from bot.cli import db
from bot.pretend import assemble, populate
from config.database import Database
from tests.chat import BOT
from tests.dialogues.conftest import in_order
from tests.dialogues.stage import LONG, Talk, talking
from tests.process import call
from tests.real.postgres import Server

pytestmark = pytest.mark.faults

FIRST, SECOND, THIRD = "The library is closed on Monday.", "Bins go out on Tuesday.", "The pool opens at ten."
KEEP = (
    "CREATE TABLE kept AS SELECT * FROM event WHERE 0",
    """CREATE TRIGGER keep AFTER DELETE ON event BEGIN INSERT INTO kept VALUES
    (old.sequence, old.at, old.kind, old.sender, old.room, old.message, old.thread, old.body); END""",
)
NOW = timedelta(0)
"""The commands that put a backup back go by the computer's clock, so the council does, too."""
MOMENTS = ("shown", "approved", "being sent", "sent", "the second is shown", "the second is sent", "recalled")
"""When backups are taken."""


@dataclass
class Week:
    """What a council did, in `folder`; backups stand beside it under the names of `MOMENTS`."""

    folder: Path
    taken: list[str] = field(default_factory=list)

    async def live(self) -> None:
        """Draft, approve, send with an answer that is lost, recall; a backup at each moment."""
        async with talking(self.folder, LONG, NOW) as talk:
            for statement in KEEP:
                await talk.in_chat(statement)
            await self._send(talk, 1, FIRST, MOMENTS[:4])
            await self._send(talk, 2, SECOND, (MOMENTS[4], "", "", MOMENTS[5]))
            await talk.says("jo", "recall #2")
            assert await talk.state(2) == "recalled"
            await self._backup(talk, MOMENTS[6])
            await self._send(talk, 3, THIRD, ("", "", "", ""))
            assert _posts(talk) == [THIRD, FIRST]

    async def _send(self, talk: Talk, number: int, words: str, moments: tuple[str, ...]) -> None:
        """One announcement on its way; the timeline publishes it and its answer is lost."""
        shown, approved, sending, sent = moments
        preview = await talk.draft(words)
        await self._backup(talk, shown)
        await talk.reacts("jo", "✅", preview)
        await self._backup(talk, approved)
        if sending:
            talk.council.timeline.behave("drops the answer", once=True)
            await talk.begin_publishing(number)
            await talk.until(lambda: talk.count("SELECT count(*) FROM delivery WHERE state = 'unsure'"))
            await self._backup(talk, sending)
            await talk.until(
                lambda: talk.count(f"SELECT state = 'published' FROM announcement WHERE number = {number}")
            )
            await talk.settle()
        else:
            await talk.end_grace(number)
        assert await talk.state(number) == "published"
        await self._backup(talk, sent)

    async def _backup(self, talk: Talk, moment: str) -> None:
        if moment:
            await db.copy(talk.services.database, self.folder / f"{moment}.db")
            self.taken.append(moment)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """A council that has lived its week, stopped."""
    week = Week(tmp_path_factory.mktemp("week") / "town")

    async def make() -> None:
        week.folder.mkdir()
        council = assemble(week.folder, 0)
        await populate(council)
        await council.app.services.database.close()
        await week.live()

    asyncio.run(make())
    assert tuple(week.taken) == MOMENTS
    return week


@pytest.fixture
def folder(week: Week, tmp_path: Path) -> Path:
    """A copy of it as it stood at the end."""
    return Path(shutil.copytree(week.folder, tmp_path / "town"))


def _posts(talk: Talk) -> list[str]:
    """What stands on the timeline, newest first."""
    return ["".join(part.text for part in one.post.parts) for one in talk.council.timeline.standing()]


def restore(folder: Path, moment: str) -> str:
    """Put a backup back as people do; what was said."""
    done = call(folder, "db", "restore", f"{moment}.db", "--yes")
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def replay(folder: Path) -> int:
    """The chat has acknowledged nothing of the week; how many events it gives again."""
    with contextlib.closing(sqlite3.connect(folder / "chat.db")) as chat, chat:
        return chat.execute("INSERT INTO event SELECT * FROM kept").rowcount


def said(folder: Path) -> dict[int, str]:
    """Every message of the bot in the chat's own file, by its id."""
    with contextlib.closing(sqlite3.connect(folder / "chat.db")) as chat:
        return dict(chat.execute("SELECT id, text FROM message WHERE sender = ?", (BOT,)))


@contextlib.asynccontextmanager
async def put_back(folder: Path, moment: str) -> AsyncIterator[Talk]:
    """The council at work after a restore, with everything happening at once: no grace, and the week replayed."""
    told = restore(folder, moment)
    assert "The database is as it was on" in told
    assert replay(folder) > 5
    async with talking(folder, ahead=NOW) as talk:
        yield talk
        await in_order(talk)


NEWS = re.compile(r"put back|#\d is on hold|shown before the database|#1 is published|#2 is recalled", re.IGNORECASE)
"""What may be said anew: what waits, and the end of what was under way."""


@pytest.mark.asyncio
@pytest.mark.parametrize("moment", MOMENTS)
async def test_nothing_goes_out_again_and_nothing_is_answered_again(folder: Path, moment: str) -> None:
    before = said(folder)
    async with put_back(folder, moment) as talk:
        sent = [one.id for one in talk.council.timeline.standing()]
        await talk.settle()
        assert _posts(talk) == [THIRD, FIRST]
        assert [one.id for one in talk.council.timeline.standing()] == sent
        # What the public saw of what the backup knows stands in the feed; what was recalled does not come back.
        assert await talk.public() == [FIRST]
        assert await talk.state(1) == ("held" if moment in {"shown", "approved"} else "published")
        if await talk.count("SELECT count(*) FROM announcement") > 1:
            assert await talk.state(2) == ("held" if moment == "the second is shown" else "recalled")
    new = [words for one, words in said(folder).items() if before.get(one) != words]
    assert [words for words in new if not NEWS.search(words)] == []
    assert len([words for words in new if "was put back as it was on" in words]) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("moment", MOMENTS[:2])
async def test_what_was_sent_is_found_when_somebody_takes_it_up_and_approves_it_again(
    folder: Path, moment: str
) -> None:
    async with put_back(folder, moment) as talk:
        before = [one.id for one in talk.council.timeline.standing()]
        await talk.says("jo", "resume #1")
        assert await talk.state(1) == "in_review"
        await talk.reacts("sam", "✅", await talk.preview(1))
        assert await talk.state(1) == "published"
        assert [one.id for one in talk.council.timeline.standing()] == before
        assert await talk.public() == [FIRST]
        await talk.says("jo", "recall #1")
        assert await talk.state(1) == "recalled"
        assert _posts(talk) == [THIRD]


@pytest.mark.asyncio
async def test_where_a_channel_has_forgotten_what_it_was_sent_a_person_is_asked(folder: Path) -> None:
    async with put_back(folder, MOMENTS[1]) as talk:
        talk.council.timeline.behave("forgets keys")
        await talk.says("jo", "resume #1")
        await talk.reacts("sam", "✅", await talk.preview(1))
        assert _posts(talk) == [THIRD, FIRST]
        question = await talk.told("jo", "cannot tell")
        await talk.reacts("jo", "✅", question)
        assert await talk.state(1) == "published"
        assert _posts(talk) == [THIRD, FIRST]


@pytest.mark.asyncio
@pytest.mark.parametrize("moment", [MOMENTS[0], MOMENTS[6]])
async def test_new_announcements_work_and_get_numbers_nobody_has_had(folder: Path, moment: str) -> None:
    async with put_back(folder, moment) as talk:
        for number, words in ((201, "The museum is free on Friday."), (202, "The museum is closed on Friday.")):
            await talk.reacts("jo", "✅", await talk.draft(words))
            assert await talk.state(number) == "published"
            assert _posts(talk)[0] == words
            assert (await talk.public())[0] == words
        assert len(_posts(talk)) == 4


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_evidence_is_whole_and_tells_of_the_restore(folder: Path, moment: str) -> None:
    restore(folder, moment)
    done = call(folder, "audit", "verify")
    assert done.returncode == 0, done
    assert "backup" in done.stdout


def test_the_database_that_was_there_is_kept_and_refuses_to_start(folder: Path) -> None:
    before = _dump(folder / "switchboard.db")
    told = restore(folder, MOMENTS[0])
    (aside,) = folder.glob("switchboard.db.before-restore-*")
    assert aside.name in told
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert _dump(aside, but="epoch") == [line for line in before if '"epoch"' not in line]
    done = call(
        folder, "who", "who knows about pools?", env={"SWITCHBOARD_DATABASE__URL": f"sqlite+aiosqlite:///{aside}"}
    )
    assert done.returncode == 2
    assert "is not the database any more" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(folder.glob("*.restoring*"))


def _dump(path: Path, but: str = "nothing") -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [line for line in database.iterdump() if f'"{but}"' not in line]


def test_putting_the_old_one_back_again_is_possible(folder: Path) -> None:
    restore(folder, MOMENTS[0])
    (aside,) = folder.glob("switchboard.db.before-restore-*")
    done = call(folder, "db", "restore", aside, "--yes")
    assert done.returncode == 0, done
    assert call(folder, "who", "who knows about pools?").returncode == 0


@pytest.fixture
def used(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """A folder and its database, which must be the same at the end."""
    database = folder / "switchboard.db"
    before = _dump(database)
    yield folder, database.read_bytes()
    assert _dump(database) == before
    assert not list(folder.glob("*.restoring*"))
    assert not list(folder.glob("*before-restore*"))


def refused(folder: Path, file: str, *words: str) -> str:
    """The one line with which a restore was refused."""
    done = call(folder, "db", "restore", file, *(words or ("--yes",)))
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_without_a_terminal_it_must_be_meant(used: tuple[Path, bytes]) -> None:
    folder, _ = used
    assert "--yes" in refused(folder, f"{MOMENTS[0]}.db", "--")


def test_a_file_that_is_none_of_ours_is_refused(used: tuple[Path, bytes]) -> None:
    folder, data = used
    (folder / "text.db").write_text("This is a text.\n" * 2000)
    (folder / "torn.db").write_bytes(data[: len(data) // 2])
    (folder / "wrong.db").write_bytes(data[:8192] + os.urandom(len(data) - 8192))
    with contextlib.closing(sqlite3.connect(folder / "other.db")) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
    (folder / "folder.db").mkdir()
    assert "text.db is no Switchboard database" in refused(folder, "text.db")
    assert re.search("torn.db is (damaged|no Switchboard)", refused(folder, "torn.db"))
    assert re.search("wrong.db is (damaged|no Switchboard)", refused(folder, "wrong.db"))
    assert "other.db is no Switchboard database" in refused(folder, "other.db")
    assert "folder.db cannot be read" in refused(folder, "folder.db")
    assert "chat.db is no Switchboard database" in refused(folder, "chat.db")
    assert "nowhere.db cannot be read" in refused(folder, "nowhere.db")
    assert "is the database itself" in refused(folder, "switchboard.db")


def test_a_newer_backup_is_refused(used: tuple[Path, bytes]) -> None:
    folder, _ = used
    with contextlib.closing(sqlite3.connect(folder / f"{MOMENTS[0]}.db")) as backup, backup:
        backup.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Switchboard" in refused(folder, f"{MOMENTS[0]}.db")


def test_a_key_that_does_not_fit_is_refused_and_none_is_made(used: tuple[Path, bytes]) -> None:
    folder, _ = used
    key = folder / "switchboard.key"
    key.write_text("ab" * 32)
    assert "does not fit" in refused(folder, f"{MOMENTS[0]}.db")
    key.unlink()
    assert "put switchboard.key back" in refused(folder, f"{MOMENTS[0]}.db")
    assert not key.exists()


@pytest.mark.asyncio
async def test_while_the_bot_works_it_is_refused(used: tuple[Path, bytes]) -> None:
    folder, _ = used
    database = Database(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}")
    async with database.reading() as session:
        await session.connection()
    # Idle, between two commits, as a bot mostly is.
    assert "Stop the bot" in await asyncio.to_thread(refused, folder, f"{MOMENTS[0]}.db")
    assert "Stop the bot" in (await asyncio.to_thread(call, folder, "db", "restored")).stderr
    await database.close()


def test_a_failure_half_way_leaves_the_old_database_in_place(used: tuple[Path, bytes]) -> None:
    folder, _ = used
    (folder / "switchboard.anchor").unlink(missing_ok=True)
    (folder / "switchboard.anchor").mkdir()  # the last thing that is written before the rename
    assert "cannot be replaced" in refused(folder, f"{MOMENTS[0]}.db")


def test_a_damaged_database_can_be_replaced_and_its_log_goes_with_it(folder: Path) -> None:
    for ending in ("", "-wal"):
        (folder / f"switchboard.db{ending}").write_bytes(b"no database at all " * 1000)
    told = restore(folder, MOMENTS[3])
    assert "New announcements begin with #201" in told
    assert len(list(folder.glob("switchboard.db.before-restore-*"))) == 2
    assert call(folder, "audit", "verify").returncode == 0


def test_a_backup_is_put_back_where_there_is_no_database(folder: Path) -> None:
    for file in folder.glob("switchboard.db*"):
        file.unlink()
    restore(folder, MOMENTS[3])
    assert not list(folder.glob("*before-restore*"))
    assert call(folder, "audit", "verify").returncode == 0


def test_a_database_put_back_by_other_means_is_told_so(folder: Path) -> None:
    for file in folder.glob("switchboard.db-*"):
        file.unlink()
    shutil.copyfile(folder / f"{MOMENTS[1]}.db", folder / "switchboard.db")
    done = call(folder, "db", "restored")
    assert done.returncode == 0, done
    assert "On hold until somebody has looked: #1." in done.stdout
    assert call(folder, "audit", "verify").returncode == 0


@pytest.mark.asyncio
async def test_the_bot_does_not_start_on_a_database_that_was_moved_away_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = await asyncio.to_thread(call, folder, "db", "backup", "elsewhere.db", "--move")
    assert moved.returncode == 0, moved
    assert "starts no more" in moved.stdout
    with pytest.raises(SystemExit):
        async with talking(folder, ahead=NOW):
            raise AssertionError("it started")
    assert "is not the database any more" in capsys.readouterr().err


def test_a_database_moves_to_another_machine_and_back(folder: Path, tmp_path: Path) -> None:
    assert call(folder, "db", "backup", "moving.db", "--move").returncode == 0
    assert "is not the database any more" in call(folder, "load", "--undo").stderr
    assert call(folder, "audit", "show", "1").returncode == 0  # its evidence can still be read
    there = tmp_path / "there"
    there.mkdir()
    for name in ("moving.db", "switchboard.key", "switchboard.anchor"):
        shutil.copyfile(folder / name, there / name)
        (there / name).chmod(0o600)
    restore(there, "moving")
    assert call(there, "audit", "verify").returncode == 0
    assert call(folder, "db", "restored").returncode == 0
    assert call(folder, "who", "who knows about pools?").returncode == 0


@pytest.mark.real
def test_on_postgresql_it_is_told_after_pg_restore(folder: Path, postgres: Server) -> None:
    with postgres.fresh() as url:
        env = {"SWITCHBOARD_DATABASE__URL": url}
        done = call(folder, "db", "restore", f"{MOMENTS[0]}.db", "--yes", env=env)
        assert done.returncode == 2
        assert "pg_restore" in done.stderr
        assert call(folder, "db", "upgrade", env=env).returncode == 0
        with psycopg.connect(url.replace("+psycopg", "")):
            assert "is in use" in call(folder, "db", "restored", env=env).stderr
        done = call(folder, "db", "restored", env=env)
        assert done.returncode == 0, done
        assert "New announcements begin with #101." in done.stdout
