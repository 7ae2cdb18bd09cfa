"""The keys of encryption in a backup: a tar file beside the copy of the database, and back into their folder."""

import contextlib
import io
import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from bot.cli.common import key_file
from bot.platforms import store_folder
from config.database import Database
from config.settings import Settings

ENDING = ".matrix.tar"
SQLITE = b"SQLite format 3\0"
LARGEST = 1 << 30
"""Bytes of one file; a store of years has some millions."""


def beside(file: Path) -> Path:
    """Where the keys that belong to a backup are."""
    return file.with_name(file.name + ENDING)


def store_of(settings: Settings, database: Database) -> Path | None:
    """The folder with the keys, if the settings switch encryption on."""
    if not settings.matrix.is_on or not settings.matrix.encryption:
        return None
    return store_folder(settings.matrix, key_file(database).parent)


def pack(store: Path | None, file: Path) -> Path | None:
    """Write the keys beside a backup while the bot may go on working; where, or None when there are none.

    Raises OSError, and `sqlite3.Error` for a store that cannot be read; nothing is left then.
    """
    kept = sorted(_kept(store)) if store is not None and store.is_dir() else []
    if not kept:
        return None
    target = beside(file)
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                for one in kept:
                    _add(tar, one)
            out.flush()
            os.fsync(out.fileno())
    except (OSError, sqlite3.Error):
        with contextlib.suppress(FileNotFoundError):
            target.unlink()
        raise
    return target


def unpack(file: Path, store: Path | None) -> Path | None:
    """Put the keys of a backup into their folder if there are none there; the folder, or None when nothing was done.

    Keys that are there are newer than any backup, and older ones would make the next messages unreadable. Raises
    OSError and `tarfile.TarError`.
    """
    source = beside(file)
    if store is None or not source.exists() or (store.is_dir() and any(_kept(store))):
        return None
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(source) as tar:
        for member in tar:
            opened = tar.extractfile(member) if member.isfile() and member.size <= LARGEST else None
            if opened is None or Path(member.name).name != member.name:
                raise tarfile.ReadError(member.name)
            place = store / member.name
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(opened.read())
    return store


def _kept(store: Path) -> list[Path]:
    """The files that matter: not SQLite's own beside them, not what was put aside, not the sign of who works."""
    files = [one for one in store.iterdir() if one.is_file() and ".before-" not in one.name]
    return [one for one in files if not one.name.endswith(("-wal", "-shm", "-journal", ".new", ".lease"))]


def _add(tar: tarfile.TarFile, one: Path) -> None:
    data = one.read_bytes()
    if data.startswith(SQLITE):
        data = _whole(one)
    info = tarfile.TarInfo(one.name)
    info.size, info.mode, info.mtime = len(data), 0o600, int(one.stat().st_mtime)
    tar.addfile(info, io.BytesIO(data))


def _whole(one: Path) -> bytes:
    """A SQLite file as it is between two commits, also while somebody writes to it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / one.name
        with (
            contextlib.closing(sqlite3.connect(f"{one.absolute().as_uri()}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(copy)) as made,
        ):
            source.backup(made)
        return copy.read_bytes()
