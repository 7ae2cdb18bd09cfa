"""`switchboard db move`: SQLite to PostgreSQL, equal row by row, whole or not at all; the old one starts no more."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest
from sqlalchemy import select, text

from bot import migrations
from bot.cli.demo import running
from bot.pretend import assemble, populate
from config.database import Database
from tests.chat import Dialogue
from tests.dialogues.conftest import in_order
from tests.dialogues.stage import AHEAD, LONG, Talk, talking
from tests.process import PROGRAM, call, spoilt
from tests.real.postgres import Server

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

DIES = "import os\nfrom bot.cli import {module}\n{module}.{name} = lambda *_: os._exit(9)"
"""The command as if the machine had stopped where it would have done something."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council that published one announcement, recalled one and has a third in review; stopped."""
    folder = tmp_path_factory.mktemp("lived") / "town"
    folder.mkdir()

    async def live() -> None:
        council = assemble(folder, 0)
        await populate(council)
        await council.app.services.database.close()
        async with talking(folder, LONG) as talk:
            for number, words in enumerate(("The pool opens at ten.", "Bins go out on Tuesday – “early”. 🌊"), 1):
                await talk.reacts("jo", "✅", await talk.draft(words))
                await talk.end_grace(number)
            await talk.says("jo", "recall #2")
            await talk.draft("The museum is free on Friday.")

    asyncio.run(live())
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived, tmp_path / "town"))


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.fresh() as made:
        yield made


def move(folder: Path, url: str, spoil: str | None = None) -> CompletedProcess[str]:
    """Run the command; `spoil` changes the program beforehand."""
    return call(folder, "db", "move", url, program=spoilt(spoil) if spoil else PROGRAM)


def refused(folder: Path, url: str) -> str:
    """The one line with which it was refused."""
    done = move(folder, url)
    assert (done.returncode, done.stdout) == (2, ""), done
    (line,) = done.stderr.splitlines()
    return line


def works(folder: Path, url: str = "") -> bool:
    """Whether the bot would start with a database."""
    env = {"SWITCHBOARD_DATABASE__URL": url} if url else {}
    return call(folder, "who", "who knows about pools?", env=env).returncode == 0


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but what the move itself adds: its mark and its evidence."""

    async def read() -> dict[str, list[tuple[object, ...]]]:
        database = Database(url)
        async with database.reading() as session:
            tables = migrations.METADATA.sorted_tables
            found = {table.name: (await session.execute(select(table))).all() for table in tables}
        await database.close()
        return {name: sorted((tuple(row) for row in rows), key=repr) for name, rows in found.items()}

    return asyncio.run(read())


def tables(url: str) -> list[str]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        return [name for (name,) in connection.execute(query)]


def test_everything_is_there_and_the_old_one_starts_no_more(folder: Path, url: str) -> None:
    old = f"sqlite+aiosqlite:///{folder / 'switchboard.db'}"
    before = contents(old)
    assert all(before[name] for name in ("announcement", "audit", "delivery", "person_record", "picture", "vote")[:4])
    done = move(folder, url)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert f"{sum(map(len, before.values())):,} rows of {len(before)} tables" in done.stdout
    after = contents(url)
    assert [row for row in after["audit"] if row in before["audit"]] == before["audit"]
    assert len(after["audit"]) == len(before["audit"]) + 1
    for changed in ("audit", "audit_note", "audit_head"):
        after[changed] = before[changed]
    assert after == before
    assert works(folder, url)
    assert not works(folder)
    assert "is not the database any more" in call(folder, "who", "who knows about pools?").stderr
    verified = call(folder, "audit", "verify", env={"SWITCHBOARD_DATABASE__URL": url})
    assert verified.returncode == 0, verified
    assert call(folder, "audit", "show", "1").returncode == 0  # the old one's evidence can still be read


@pytest.mark.asyncio
async def test_the_council_goes_on_where_it_was(folder: Path, url: str) -> None:
    done = await asyncio.to_thread(move, folder, url)
    assert done.returncode == 0, done
    async with running(folder, 0, 0, url, ahead=AHEAD) as council, Dialogue.at(council.new_link()) as chat:
        talk = Talk(council, chat, 0)
        await talk.settle()
        assert [await talk.state(number) for number in (1, 2, 3)] == ["published", "recalled", "in_review"]
        await talk.reacts("jo", "✅", await talk.preview(3))
        assert await talk.state(3) == "published"
        await talk.reacts("jo", "✅", await talk.draft("The park opens at eight."))
        assert await talk.state(4) == "published"
        assert await talk.public() == [
            "The park opens at eight.",
            "The museum is free on Friday.",
            "The pool opens at ten.",
        ]
        await in_order(talk)


@pytest.mark.parametrize(
    ("module", "name", "old_works"),
    [
        ("table_copy", "_count_on", True),  # half-way through the one transaction
        ("putback", "mark", True),  # filled, and the old one not marked yet
        ("moving_over", "_arrive", False),  # marked, and the new one still waits
    ],
)
def test_broken_off_anywhere_at_most_one_works_and_the_same_again_ends_it(
    folder: Path, url: str, module: str, name: str, old_works: bool
) -> None:
    assert move(folder, url, DIES.format(module=module, name=name)).returncode == 9
    if module == "table_copy":
        assert tables(url) == []
    else:
        assert not works(folder, url)
        told = call(folder, "who", "pools?", env={"SWITCHBOARD_DATABASE__URL": url}).stderr
        assert "not at its end" in told
    assert works(folder) == old_works
    if old_works:  # and goes on being used for a while
        assert call(folder, "load", Path("config/demo/staff.csv").resolve()).returncode in {0, 1}
    before = contents(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}")
    done = move(folder, url)
    assert done.returncode == 0, done
    assert works(folder, url)
    assert not works(folder)
    assert contents(url)["person_record"] == before["person_record"]
    assert "moved before" in refused(folder, url)


def test_what_does_not_arrive_as_it_was_is_not_kept(folder: Path, url: str) -> None:
    spoil = """
    from bot.cli import table_copy
    fill = table_copy._fill
    def worse(source, target, table):
        yield from fill(source, target, table)
        if table.name == "revision":
            target.exec_driver_sql("UPDATE revision SET text = text || ' ' WHERE announcement = 2")
    table_copy._fill = worse
    """
    done = move(folder, url, spoil)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert "Row 2 of the table revision" in done.stderr
    assert tables(url) == []
    assert works(folder)


def test_what_postgresql_cannot_hold_is_told_in_one_line(folder: Path, url: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / "switchboard.db")) as old, old:
        old.execute("UPDATE revision SET text = 'a' || char(0) || 'b'")
    assert "the table revision" in refused(folder, url)
    assert tables(url) == []
    assert works(folder)


def test_a_database_in_which_something_stands_is_not_touched(folder: Path, url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE announcement (words text)")
        connection.execute("INSERT INTO announcement VALUES ('somebody''s')")
    assert "is not empty" in refused(folder, url)
    assert tables(url) == ["announcement"]
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE announcement")
        connection.execute("CREATE TABLE payroll ()")
    assert "is not empty" in refused(folder, url)
    assert works(folder)


def test_tables_without_a_row_are_no_hindrance(folder: Path, url: str) -> None:
    assert call(folder, "db", "upgrade", env={"SWITCHBOARD_DATABASE__URL": url}).returncode == 0
    assert move(folder, url).returncode == 0
    assert works(folder, url)


@pytest.mark.asyncio
async def test_while_somebody_works_with_either_it_is_refused(folder: Path, url: str) -> None:
    for busy in (f"sqlite+aiosqlite:///{folder / 'switchboard.db'}", url):
        database = Database(busy)
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
        assert "is in use. Stop the bot" in await asyncio.to_thread(refused, folder, url)
        await database.close()
    assert works(folder)


def test_a_password_is_taken_from_the_secrets_and_shown_nowhere(folder: Path, url: str) -> None:
    secret = "correct-horse"
    told = refused(folder, f"postgresql+psycopg://postgres:{secret}@127.0.0.1:1/town")
    assert "Leave it out" in told
    also = refused(folder, f"postgresql+psycopg://postgres@127.0.0.1:1/town?password={secret}")
    (folder / "switchboard.secrets").mkdir(mode=0o700)
    (folder / "switchboard.secrets" / "SWITCHBOARD_SECRETS__DATABASE_PASSWORD").write_text(secret)
    (folder / "switchboard.secrets" / "SWITCHBOARD_SECRETS__DATABASE_PASSWORD").chmod(0o600)
    unreachable = refused(folder, "postgresql+psycopg://postgres@127.0.0.1:1/town")
    assert "cannot be reached" in unreachable
    done = move(folder, url)
    assert done.returncode == 0, done
    assert secret not in told + also + unreachable + done.stdout + done.stderr
    files = [one for one in folder.rglob("*") if one.is_file() and one.parent.name != "switchboard.secrets"]
    assert files
    assert [one.name for one in files if secret.encode() in one.read_bytes()] == []


def test_other_addresses_are_refused(folder: Path, tmp_path: Path, url: str) -> None:
    assert "goes to PostgreSQL" in refused(folder, f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    assert "mysql" in refused(folder, "mysql://root@127.0.0.1/town")
    (folder / "empty").mkdir()
    assert "no SQLite file" in refused(folder / "empty", url)


def test_a_user_who_may_make_no_tables_is_told_so(folder: Path, url: str, postgres: Server) -> None:
    name = url.partition("@/")[2].partition("?")[0]
    postgres.execute("DROP ROLE IF EXISTS guest")
    postgres.execute("CREATE ROLE guest LOGIN")
    assert "may not make tables" in refused(folder, url.replace("postgres@", "guest@"))
    assert name
    assert works(folder)


def test_key_anchor_and_encryption_keys_go_along_to_the_folder_where_they_are_looked_for(
    folder: Path, tmp_path: Path, url: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    old = f"sqlite+aiosqlite:///{folder / 'switchboard.db'}"
    (folder / "switchboard.matrix").mkdir(mode=0o700)
    (folder / "switchboard.matrix" / "keys.db").write_bytes(b"keys")
    names = ("switchboard.key", "switchboard.anchor")
    before = {name: (folder / name).read_bytes() for name in names}
    (here / "switchboard.key").write_text("ab" * 32)
    (here / "switchboard.key").chmod(0o600)
    done = call(here, "db", "move", url, env={"SWITCHBOARD_DATABASE__URL": old})
    assert (done.returncode, "is there already" in done.stderr) == (2, True), done
    assert works(folder)
    (here / "switchboard.key").unlink()
    broken = call(here, "db", "move", url, env={"SWITCHBOARD_DATABASE__URL": old}, program=spoilt(ARRIVES_NOT))
    assert broken.returncode == 9
    done = call(here, "db", "move", url, env={"SWITCHBOARD_DATABASE__URL": old})
    assert done.returncode == 0, done
    assert {name: (here / name).read_bytes()[: len(data)] for name, data in before.items()} == before
    assert (here / "switchboard.matrix" / "keys.db").read_bytes() == b"keys"
    assert [one.stat().st_mode & 0o077 for one in here.iterdir()] == [0, 0, 0]
    assert call(here, "audit", "verify", env={"SWITCHBOARD_DATABASE__URL": url}).returncode == 0


ARRIVES_NOT = DIES.format(module="moving_over", name="_arrive")


def test_without_the_key_to_its_evidence_nothing_is_moved(folder: Path, url: str) -> None:
    (folder / "switchboard.key").unlink()
    assert "holds evidence, and the key to it is not here" in refused(folder, url)
    assert not (folder / "switchboard.key").exists()
    assert tables(url) == []
