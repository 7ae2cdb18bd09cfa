"""A backup in place of a SQLite database: read, checked, compared with what was there, and swapped in one step.

Everything is prepared in a copy beside the database. Until the one rename nothing has changed, whatever fails.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.epochs import MOVED_AWAY

OURS = {"alembic_version", "announcement", "audit_head", "inbox"}
"""Tables that only a Switchboard database has all of."""

WAIT = 1.0
"""Seconds to wait for others who have a database open."""


class NotPutBack(Exception):
    """A backup was not put back; `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep both."""
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Before:
    """What the database that is replaced knows: its highest number, what was recalled, and what only it holds."""

    number: int = 0
    recalled: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


Present = sqlite3.Connection | None
"""The database that is there now, with nobody else on it; None when there is none, or none that can be opened."""


@contextlib.contextmanager
def alone(path: Path) -> Iterator[Present]:
    """The database of `path` with nobody else on it until the end; None when it is not there or damaged.

    Raises `NotPutBack` when somebody else has it open: every open connection keeps a lock of the system on it, which
    is gone when its process is.
    """
    if not path.exists():
        yield None
        return
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        yield connection if _is_ours_alone(connection, path) else None
    finally:
        connection.close()


def _is_ours_alone(connection: sqlite3.Connection, path: Path) -> bool:
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")  # folds the write-ahead log into the file; refused to a second
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise NotPutBack("in_use", place=path) from error
        raise NotPutBack("not_written", place=path, reason=error) from error
    except sqlite3.DatabaseError:
        return False
    return True


@contextlib.contextmanager
def copied(file: Path, target: Path) -> Iterator[None]:
    """A whole and checked copy of a backup, gone at the end unless it was swapped in. Raises `NotPutBack`."""
    try:
        _copy(file, target)
        _check(file, target)
        yield
    finally:
        _remove(target)


def _copy(file: Path, target: Path) -> None:
    if target.with_name(target.name.removesuffix(SUFFIX)).resolve() == file.resolve():
        raise NotPutBack("itself", file=file)
    try:
        with file.open("rb") as opened:
            opened.read(1)
        _remove(target)
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _read(file, target)
    except OSError as error:
        raise NotPutBack("unreadable", file=file, reason=error.strerror or type(error).__name__) from error
    except sqlite3.OperationalError as error:
        raise NotPutBack("unreadable", file=file, reason=error) from error
    except sqlite3.DatabaseError as error:
        raise NotPutBack("not_ours", file=file) from error


SUFFIX = ".restoring"


def _read(file: Path, target: Path) -> None:
    # Without a log beside it nobody writes to it; told so, SQLite leaves no files of its own there.
    mode = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "immutable=1"
    with (
        contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?{mode}", uri=True)) as source,
        contextlib.closing(sqlite3.connect(target)) as made,
    ):
        source.backup(made)


def _check(file: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as made:
        try:
            found = made.execute("PRAGMA integrity_check(1)").fetchone()[0]
            tables = {name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError as error:
            raise NotPutBack("damaged", file=file, reason=error) from error
    if found != "ok":
        raise NotPutBack("damaged", file=file, reason=" ".join(found.split()))
    if not tables >= OURS:
        raise NotPutBack("not_ours", file=file)


# What the public was shown of announcements that the backup knows, and that it was taken away, must not be undone.
CARRIED = (
    """INSERT OR IGNORE INTO new.feed_entry SELECT * FROM main.feed_entry
        WHERE withdrawn IS NOT NULL OR number IN (SELECT number FROM new.announcement)""",
    """UPDATE new.feed_entry SET text = NULL, pictures = '[]',
        withdrawn = (SELECT o.withdrawn FROM main.feed_entry o WHERE o.key = feed_entry.key)
        WHERE withdrawn IS NULL AND key IN (SELECT key FROM main.feed_entry WHERE withdrawn IS NOT NULL)""",
    """INSERT OR IGNORE INTO new.picture SELECT * FROM main.picture
        WHERE EXISTS (SELECT 1 FROM new.feed_entry f WHERE instr(f.pictures, main.picture.sha256))""",
    "INSERT OR IGNORE INTO new.suspension SELECT * FROM main.suspension",
)
HIGHEST = """SELECT max((SELECT coalesce(max(number), 0) FROM main.announcement),
    (SELECT coalesce(max(first), 1) - 1 FROM main.epoch))"""
RECALLED = "SELECT number FROM main.announcement WHERE state IN ('recalling', 'recalled', 'recall_partial')"
LOST = """SELECT number FROM main.announcement
    WHERE published IS NOT NULL AND number NOT IN (SELECT number FROM new.announcement) ORDER BY number"""


def carry_over(present: Present, target: Path) -> Before:
    """Take along from the present database what must not be undone; nothing when it cannot be read."""
    if present is None:
        return Before()
    try:
        present.execute("ATTACH ? AS new", (str(target),))
        present.execute("BEGIN")
        (number,) = present.execute(HIGHEST).fetchone()
        recalled, lost = (tuple(row[0] for row in present.execute(query)) for query in (RECALLED, LOST))
        for statement in CARRIED:
            present.execute(statement)
        present.execute("COMMIT")
        return Before(number, recalled, lost)
    except sqlite3.DatabaseError:  # damaged inside, or of another version: the backup stands for itself
        return Before()
    finally:
        if present.in_transaction:
            present.execute("ROLLBACK")
        with contextlib.suppress(sqlite3.DatabaseError):
            present.execute("DETACH new")


def swap(present: Present, target: Path, path: Path, before: Callable[[], None]) -> Path | None:
    """Put the copy in the place of the database, in one rename; where the old one is kept. Raises `NotPutBack`.

    `before` is called when all else is ready. The old one is marked, so that nobody starts from it by mistake.
    """
    aside = path.with_name(f"{path.name}.before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}") if path.exists() else None
    kept = False
    try:
        with contextlib.closing(sqlite3.connect(target)) as made:
            made.execute("PRAGMA journal_mode=DELETE")  # the rename takes one file along
        _sync(target)
        if aside is not None:
            os.link(path, aside)
            kept = True
            aside.chmod(0o600)
        before()
        if present is None:
            _take_along(path, aside)
        target.replace(path)
        _sync(path.parent)
    except OSError as error:
        if aside is not None and kept:
            aside.unlink()
        raise NotPutBack("not_written", place=path, reason=error.strerror or type(error).__name__) from error
    if present is not None:
        # Its journal would have the name of the new database's, so it has none; what may be torn here is the old one.
        present.execute("PRAGMA journal_mode=MEMORY")
        with contextlib.suppress(sqlite3.DatabaseError):  # of a version that knows no epochs: its name says it as well
            mark(present)
    return aside


def _take_along(path: Path, aside: Path | None) -> None:
    """The log of a database that could not be opened belongs to it alone; the new one must not be given it."""
    for ending in ("-wal", "-shm", "-journal"):
        log = path.with_name(path.name + ending)
        if aside is not None and log.exists():
            log.replace(aside.with_name(aside.name + ending))


def move_away(path: Path, file: Path) -> None:
    """Write a copy to take elsewhere, and mark this database so that it does not start again. Raises `NotPutBack`."""
    with alone(path) as present:
        if present is None:
            raise NotPutBack("not_ours", file=path)
        try:
            present.execute("VACUUM INTO ?", (str(file),))
            file.chmod(0o600)
            mark(present)
        except (sqlite3.DatabaseError, OSError) as error:
            raise NotPutBack("not_moved", file=file, reason=error) from error


def new_name() -> str:
    """The name of a move."""
    return f"moved-{os.urandom(4).hex()}"


def mark(old: sqlite3.Connection, name: str = "") -> None:
    """Note in a database that the bot works with another one now, so that it starts no more. Raises `sqlite3.Error`."""
    values = (name or new_name(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}", MOVED_AWAY)
    old.execute("INSERT INTO epoch (name, begun, reason, first) VALUES (?, ?, ?, 1)", values)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(target: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
