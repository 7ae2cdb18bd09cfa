"""The file in which the pretend timeline keeps its posts and how it behaves, as its servers would: SQLite.

It survives a kill of any process, and several processes may use it at once. Everything here blocks.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from adapters.errors import Unavailable

T = TypeVar("T")

SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS post (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
    appears REAL NOT NULL, withdrawn REAL);
CREATE INDEX IF NOT EXISTS post_key ON post (key);
CREATE TABLE IF NOT EXISTS behaviour (
    kind TEXT PRIMARY KEY, name TEXT NOT NULL, seconds REAL NOT NULL, once INTEGER NOT NULL);
COMMIT;
"""


class Store:
    """The file, opened with its first use. Raises `Unavailable` when it cannot be used: then nothing was done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in one transaction. Nothing is kept when it raises."""
        with self._lock:
            try:
                db = self._open()
                db.execute("BEGIN IMMEDIATE")
                try:
                    result = work(db)
                    db.execute("COMMIT")
                finally:
                    if db.in_transaction:  # it failed: the work, or the disk at the commit
                        db.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise Unavailable(f"{self._path} cannot be used: {error}") from error
            return result

    def close(self) -> None:
        """Close the file for good, after what is under way."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._closed:
            raise Unavailable("the timeline is closed")
        if self._connection is None:
            connection = sqlite3.connect(self._path, timeout=5, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            try:
                connection.execute("PRAGMA secure_delete=ON")
                connection.executescript(SCHEMA)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection
        return self._connection
