"""The keys of encryption are in every backup, whole while they are written to, and go back where there are none."""

import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest

from bot.cli import key_backup
from tests.process import call

SETTINGS = """
[matrix]
homeserver = "http://127.0.0.1:1"
user = "@switchboard:example.org"
device = "ABC"
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with something in it that is not yet in its file but in the log beside it."""
    folder = tmp_path / "switchboard.matrix"
    folder.mkdir()
    (folder / "cross-signing.json").write_text("{}")
    (folder / "nio.db.before-20260101-000000").write_text("put aside")
    (folder / "serving.lease").write_text("1 2026-01-01")
    return folder


def keys(folder: Path) -> list[tuple[str]]:
    with sqlite3.connect(folder / "nio.db") as opened:
        return opened.execute("SELECT key FROM keys").fetchall()


def test_a_backup_and_back(store: Path, tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text(SETTINGS)
    at_work = sqlite3.connect(store / "nio.db", isolation_level=None)
    at_work.execute("PRAGMA journal_mode=WAL")
    at_work.execute("CREATE TABLE keys (key TEXT)")
    at_work.execute("INSERT INTO keys VALUES ('one')")
    done = call(tmp_path, "db", "backup", "backup.db")
    assert done.returncode == 0, done
    packed = tmp_path / "backup.db.matrix.tar"
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    with tarfile.open(packed) as tar:
        assert tar.getnames() == ["cross-signing.json", "nio.db"]
    at_work.execute("INSERT INTO keys VALUES ('two')")
    at_work.close()
    left = call(tmp_path, "db", "restore", "backup.db", "--yes")
    assert left.returncode == 0, left
    assert "left as they are" in left.stdout
    assert keys(store) == [("one",), ("two",)]
    store.rename(tmp_path / "lost")
    put = call(tmp_path, "db", "restore", "backup.db", "--yes")
    assert put.returncode == 0, put
    assert "are back" in put.stdout
    assert keys(store) == [("one",)]
    assert {stat.S_IMODE(one.stat().st_mode) for one in store.iterdir()} == {0o600}


def test_without_keys_nothing_is_written(tmp_path: Path) -> None:
    assert key_backup.pack(None, tmp_path / "backup.db") is None
    assert key_backup.pack(tmp_path / "nowhere", tmp_path / "backup.db") is None
    assert call(tmp_path, "db", "backup", "backup.db").returncode == 0
    assert not (tmp_path / "backup.db.matrix.tar").exists()


def test_half_a_backup_is_not_left(store: Path, tmp_path: Path) -> None:
    (store / "nio.db").write_bytes(b"SQLite format 3\0 and then nothing that makes sense" * 99)
    with pytest.raises(sqlite3.Error):
        key_backup.pack(store, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db.matrix.tar").exists()


@pytest.mark.parametrize("name", ["../elsewhere", "/tmp/elsewhere", "folder/nio.db"])
def test_a_tar_file_that_reaches_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "backup.db.matrix.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(tarfile.TarError):
        key_backup.unpack(tmp_path / "backup.db", tmp_path / "store")
    assert list((tmp_path / "store").iterdir()) == []
