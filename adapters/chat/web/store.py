"""The file in which the pretend platform keeps everything, as Slack's servers would: one SQLite database.

It survives a kill of our process. What is deleted is overwritten (secure_delete) and leaves the write-ahead log
with the next `tidy`. All calls run on one worker thread, so the event loop never waits for the disk.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from adapters.errors import Unavailable

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA busy_timeout=1000",
    "PRAGMA locking_mode=EXCLUSIVE",  # a second process on the same file is told at once
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, hint TEXT NOT NULL, email TEXT,
    guest INTEGER NOT NULL, external INTEGER NOT NULL, active INTEGER NOT NULL, bot INTEGER NOT NULL,
    moderator INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS room (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, shared INTEGER NOT NULL, place INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS member (
    room TEXT NOT NULL REFERENCES room, account TEXT NOT NULL REFERENCES account, read_to INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, account));
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL REFERENCES room, thread INTEGER,
    sender TEXT NOT NULL REFERENCES account, at TEXT NOT NULL, text TEXT NOT NULL, quote TEXT,
    buttons TEXT NOT NULL, pictures TEXT NOT NULL, only_for TEXT, edited INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS message_room ON message (room, id);
CREATE TABLE IF NOT EXISTS reaction (
    id INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES account, emoji TEXT NOT NULL, UNIQUE (message, account, emoji));
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY, message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE, place INTEGER NOT NULL,
    name TEXT NOT NULL, media_type TEXT NOT NULL, alt TEXT, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS file_message ON file (message);
CREATE TABLE IF NOT EXISTS event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, sender TEXT NOT NULL,
    room TEXT NOT NULL, message INTEGER NOT NULL, thread INTEGER, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, message INTEGER NOT NULL, only_for TEXT);
CREATE VIEW IF NOT EXISTS shown AS
    SELECT m.*, r.account AS viewer FROM message m JOIN member r ON r.room = m.room
    WHERE m.only_for IS NULL OR m.only_for = r.account;
CREATE VIEW IF NOT EXISTS shown_change AS
    SELECT c.*, r.account AS viewer FROM change c JOIN member r ON r.room = c.room
    WHERE c.only_for IS NULL OR c.only_for = r.account;
CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, message INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS session (digest TEXT PRIMARY KEY, at TEXT NOT NULL);
"""


class Bell:
    """Wakes whoever waits for a change: take `next()` before looking, wait for it if there was nothing."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def next(self) -> asyncio.Event:
        """What the next ring sets."""
        return self._rung

    def ring(self) -> None:
        """Something has changed."""
        self._rung.set()
        self._rung = asyncio.Event()


class Store:
    """The open file: `read` and `write` hand its connection to a short function on the worker thread."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.bell = Bell()
        self._path, self._clock = path, clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="web-chat")
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def open(self, first: Callable[[sqlite3.Connection], None]) -> None:
        """Open or make the file and run `first`. Raises `Unavailable` with one line for the operator."""
        await self._call(self._open)
        await self.write(first)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` finds."""
        return await self._call(lambda: work(self._ready()))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in one transaction, then ring the bell. Nothing is kept when it raises."""
        loop = asyncio.get_running_loop()

        def transaction() -> T:
            db = self._ready()
            db.execute("BEGIN IMMEDIATE")
            try:
                result = work(db)
                db.execute("COMMIT")
            finally:
                if db.in_transaction:  # it failed: the work, or the disk at the commit
                    db.execute("ROLLBACK")
            loop.call_soon_threadsafe(self.bell.ring)  # also when the one who asked was cancelled meanwhile
            return result

        return await self._call(transaction)

    async def tidy(self) -> None:
        """Fold the write-ahead log into the file and empty it, so that erased words leave the disk."""
        await self._call(lambda: self._ready().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def close(self) -> None:
        """Close the file; work under way is finished first."""
        if self._connection is not None:
            await self._call(self._connection.close)
            self._connection = None
        self._closed = True
        self._thread.shutdown(wait=False)

    def _ready(self) -> sqlite3.Connection:
        if self._connection is None:
            raise Unavailable("the web chat is not open")
        return self._connection

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"the folder {self._path.parent} cannot be made: {error.strerror}") from error
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.create_function("wall_clock", 0, lambda: self._clock().isoformat())
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma)
            connection.executescript(SCHEMA)
            _number_onwards(connection)
        except sqlite3.Error:
            connection.close()
            raise
        self._connection = connection

    async def _call(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise Unavailable("the web chat is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.OperationalError as error:
            raise Unavailable(_plainly(self._path, error)) from error
        except sqlite3.DatabaseError as error:
            raise Unavailable(f"{self._path} is not a chat file of ours or is damaged: {error}") from error


def _number_onwards(db: sqlite3.Connection) -> None:
    # Numbers begin at the time in milliseconds, so that a chat begun anew never repeats the ids of an old one,
    # which the product may still remember.
    for table in ("message", "event", "change"):
        if db.execute("SELECT 1 FROM sqlite_sequence WHERE name = ?", (table,)).fetchone() is None:
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, int(time.time() * 1000)))


def _plainly(path: Path, error: sqlite3.OperationalError) -> str:
    text = str(error)
    if "locked" in text:
        return f"another Switchboard is using {path}; stop it first or choose another folder"
    if "readonly" in text or "unable to open" in text:
        return f"{path} cannot be written: is the folder read-only?"
    if "full" in text:
        return f"{path} cannot be written: the disk is full"
    return f"{path} cannot be used: {text}"
