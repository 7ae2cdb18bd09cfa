"""What stops a command from starting, each as people meet it: a process, one kind line, the right exit, nothing left.

The demo's own troubles stand in `test_demo.py`.
"""

import asyncio
import re
import shutil
import sqlite3
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import anchor, audit
from bot.cli import COMMANDS
from config.database import Database
from config.keys import open_keys
from tests.docs.command_line import leaves
from tests.process import ROOT, call, on_a_small_disk, without_special_rights

pytestmark = pytest.mark.faults

TEXT = "This is a text file, long enough that nobody takes it for an empty database.\n" * 20
URL = "SWITCHBOARD_DATABASE__URL"
STAFF = ROOT / "config/demo/staff.csv"
MISUSED = (
    ("frobnicate",),
    ("demo", "--port", "99999"),
    ("demo", "--port", "eighty"),
    ("demo", "--frobnicate"),
    ("demo", "twice"),
    ("db", "frobnicate"),
    ("db", "backup"),
    ("audit", "show", "0"),
    ("load",),
    ("run",),
    ("db", "restore", "backup.db"),
    ("load", "nowhere.csv"),
    ("scan", "--batch", "nowhere.jsonl"),
)
# A database address or file that cannot be used, and what its line must name.
UNUSABLE = {
    "nonsense": "database.url cannot be read",
    "sqlite:///x.db": "database.url begins with sqlite",
    "mysql://bot:hunter2@db/switchboard": "database.url begins with mysql",
    "postgresql+psycopg://bot:hunter2@127.0.0.1:1/switchboard": "cannot be reached",
    "sqlite+aiosqlite:///nowhere/x.db": "cannot be opened",
    "sqlite+aiosqlite:///folder": "cannot be opened",
    "sqlite+aiosqlite:///text.db": "is not a Switchboard database",
    "sqlite+aiosqlite:///newer.db": "comes from a newer Switchboard",
}


def told(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one line on standard error of a command that could not do what it was asked."""
    assert done.returncode == code, done
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr
    return lines[0]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database, a key and some evidence."""
    folder = tmp_path_factory.mktemp("used")
    assert call(folder, "db", "upgrade").returncode == 0

    async def record() -> None:
        database = Database(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}")
        keys = open_keys(folder / "switchboard.key")
        async with database.writing() as session:
            entries = [audit.Entry("approve", "announcement:1", f"person:{number}") for number in range(3)]
            await audit.record(session, keys, entries, datetime.now(UTC))
        await anchor.keep(database, keys, folder / "switchboard.anchor", lambda: datetime.now(UTC))
        await database.checkpoint()
        await database.close()

    asyncio.run(record())
    return folder


@pytest.fixture
def folder(used: Path, tmp_path: Path) -> Path:
    """A copy of it, to spoil."""
    return Path(shutil.copytree(used, tmp_path / "copy"))


def test_alone_it_shows_its_commands(tmp_path: Path) -> None:
    done = call(tmp_path)
    assert done.returncode == 2
    assert done.stderr == ""
    assert all(f"  {name}" in done.stdout for name in COMMANDS)
    assert "Start here: switchboard demo" in done.stdout


def test_every_help_has_an_example(tmp_path: Path) -> None:
    names = [*COMMANDS, *(name for name, _ in leaves() if " " in name)]
    assert len(names) > len(COMMANDS)
    with ThreadPoolExecutor(2) as two:
        helped = list(two.map(lambda name: call(tmp_path, *name.split(), "--help"), names))
    assert [(done.returncode, done.stderr) for done in helped] == [(0, "")] * len(names)
    groups = {name.split()[0] for name in names if " " in name}
    shown = {name for name, done in zip(names, helped, strict=True) if f"switchboard {name}" in done.stdout}
    assert shown == {*names}
    bare = [done.stdout for name, done in zip(names, helped, strict=True) if name not in groups]
    assert all(re.search(r"Examples?:\n +switchboard", text) for text in bare)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", MISUSED, ids=" ".join)
def test_what_cannot_be_understood_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert told(call(tmp_path, *words)).endswith((".", "--help", "switchboard demo", "staff.csv"))
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_the_settings_at_once_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text(
        """
[organisation]
time_zone = "Mars/Olympus"
[log]
level = "loud"
[announcements]
approvals = 0
[feed]
base_url = "https://bot:hunter2@council.example"
[secrets]
database_password = "hunter2"
[matrix]
token = "hunter2"
""",
        encoding="utf-8",
    )
    keys = (
        "secrets",
        "organisation.time_zone",
        "log.level",
        "announcements.approvals",
        "feed.base_url",
        "matrix.token",
    )
    for command in ("check", "run", "who"):
        done = call(tmp_path, command, *(["who knows Excel"] if command == "who" else []))
        *faults, last = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (2, "")
        assert sorted(fault.split(":")[0].split(" = ")[0] for fault in faults) == sorted(keys)
        assert "'Mars/Olympus'" in done.stderr
        assert "hunter2" not in done.stderr
        assert last.startswith("Nothing was started.")
    assert [file.name for file in tmp_path.iterdir()] == ["switchboard.toml"]


@pytest.mark.parametrize("url", UNUSABLE)
def test_a_database_that_cannot_be_used(folder: Path, url: str) -> None:
    (folder / "folder").mkdir()
    (folder / "text.db").write_text(TEXT, encoding="utf-8")
    shutil.copy(folder / "switchboard.db", folder / "newer.db")
    change(folder / "newer.db", "UPDATE alembic_version SET version_num = '9999'")
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    assert UNUSABLE[url] in told(call(folder, "check", env={URL: url}))
    assert before == {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_files_and_folders_without_the_right_to_them(folder: Path) -> None:
    prefix = without_special_rights()
    assert call(folder, "check", prefix=prefix).returncode == 1, "until then it works"
    (folder / "closed.csv").write_text("name\n", encoding="utf-8")
    (folder / "closed.csv").chmod(0)
    assert "closed.csv" in told(call(folder, "load", "closed.csv", prefix=prefix))
    (folder / "switchboard.db").chmod(0)
    assert "switchboard.db cannot be opened" in told(call(folder, "check", prefix=prefix))
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert "cannot be written" in told(call(folder, "init", prefix=prefix))
        new = told(call(folder, "db", "upgrade", prefix=prefix, env={URL: "sqlite+aiosqlite:///new.db"}))
        assert "new.db cannot be opened" in new
    finally:
        folder.chmod(stat.S_IRWXU)


def test_a_full_disk(tmp_path: Path) -> None:
    """A file system of 200 kB, mounted for the one process: real ENOSPC, so that SQLite's own care is tried too."""
    prefix = on_a_small_disk(tmp_path, "200k")
    assert "the disk is full" in told(call(tmp_path, "load", STAFF, prefix=prefix))
    assert "the disk is full" in told(call(tmp_path, "db", "upgrade", prefix=prefix))


def test_a_backup_that_does_not_fit_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    left = tmp_path / "left"
    prefix = on_a_small_disk(small, "100k", then=f"ls -A {small} > {left}")
    assert "No backup was made" in told(call(folder, "db", "backup", small / "backup.db", prefix=prefix))
    assert left.read_text(encoding="utf-8") == ""


def test_init_twice_and_check(tmp_path: Path) -> None:
    assert call(tmp_path, "init").returncode == 0
    written = (tmp_path / "switchboard.toml").read_bytes()
    assert "was not touched" in told(call(tmp_path, "init"))
    assert (tmp_path / "switchboard.toml").read_bytes() == written
    checked = call(tmp_path, "check")
    assert (checked.returncode, checked.stderr) == (1, ""), "there is no platform to serve on yet"
    assert [line.split()[0] for line in checked.stdout.splitlines()] == [*["ok"] * 4, "wrong", "ok", "wrong"]
    key = tmp_path / "switchboard.key"
    key.chmod(0o644)
    open_to_all = call(tmp_path, "check")
    assert open_to_all.returncode == 1
    assert "wrong  key" in open_to_all.stdout


def test_a_backup_goes_onto_no_file_that_exists(folder: Path) -> None:
    there = folder / "there.db"
    there.write_text(TEXT, encoding="utf-8")
    assert "was not touched" in told(call(folder, "db", "backup", "there.db"))
    assert there.read_text(encoding="utf-8") == TEXT
    assert "nowhere" in told(call(folder, "db", "backup", "nowhere/backup.db"))
    assert call(folder, "db", "backup", "backup.db").returncode == 0
    assert stat.S_IMODE((folder / "backup.db").stat().st_mode) == 0o600


def test_evidence_that_was_changed_is_found(folder: Path) -> None:
    whole = call(folder, "audit", "verify")
    assert whole.returncode == 0
    assert whole.stdout.endswith("The evidence is whole: 3 rows.\n")
    change(folder / "switchboard.db", "UPDATE audit SET action = 'publish' WHERE id = 2")
    broken = call(folder, "audit", "verify")
    assert (broken.returncode, broken.stderr) == (1, "")
    assert "Row 2: not as written" in broken.stdout
    assert "The evidence is damaged" in broken.stdout
    checked = call(folder, "check")
    assert checked.returncode == 1
    assert "wrong  audit" in checked.stdout


def test_a_database_or_key_that_is_not_as_we_left_it(folder: Path) -> None:
    change(folder / "switchboard.db", "ALTER TABLE audit DROP COLUMN commitment")
    assert "cannot be used" in told(call(folder, "audit", "verify"))
    (folder / "switchboard.key").unlink()
    (folder / "switchboard.key").mkdir(mode=0o700)
    assert "switchboard.key cannot be read (Is a directory)" in told(call(folder, "audit", "verify"))


def change(file: Path, statement: str) -> None:
    """Change a database behind the bot's back."""
    with sqlite3.connect(file) as database:
        database.execute(statement)
    database.close()
