"""SQLite without needless trips: a statement is made, run and read out in one visit to its connection's thread.

The driver, aiosqlite, goes to that thread for each of these steps, four times a statement. A message from event to
answer is some forty statements, and the trips cost more than the statements (`make bench`, message to answer).
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import aiosqlite

Row = tuple[Any, ...]


class OneTripCursor(aiosqlite.Cursor):
    """A cursor that holds a whole result; nothing of it stays open in the thread."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        """Nothing is made before the first statement."""
        self._conn = connection
        self._rows: list[Row] = []
        self._told: tuple[Any, int, int | None] = (None, -1, None)

    async def __aenter__(self) -> "OneTripCursor":
        """Ready at once."""
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "OneTripCursor":
        """Run one statement and read its rows."""
        return await self._run(lambda cursor: cursor.execute(sql, tuple(parameters or ())))

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> "OneTripCursor":
        """Run a statement once for each set of parameters, each a sequence; a copy would cost a load its time."""
        return await self._run(lambda cursor: cursor.executemany(sql, parameters))

    async def _run(self, statement: Callable[[sqlite3.Cursor], object]) -> "OneTripCursor":
        # `_execute` and `_conn` are the driver's own doors to its thread; the tests of storage notice if they move.
        visit = partial(_visit, self._conn._conn, statement)
        self._rows, self._told = await self._conn._execute(visit)  # type: ignore[no-untyped-call]  # the driver's
        return self

    async def fetchall(self) -> list[Row]:  # type: ignore[override]  # the driver promises its own kind of row
        """The rows that were read."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def description(self) -> Any:
        """The columns of the result, as DB-API 2 (PEP 249) describes them; None without a result."""
        return self._told[0]

    @property
    def rowcount(self) -> int:
        """Rows that the statement changed; -1 where SQLite does not say."""
        return self._told[1]

    @property
    def lastrowid(self) -> int | None:
        """The id of the last row that was inserted."""
        return self._told[2]


def _visit(
    connection: sqlite3.Connection, statement: Callable[[sqlite3.Cursor], object]
) -> tuple[list[Row], tuple[Any, int, int | None]]:
    cursor = connection.cursor()
    try:
        statement(cursor)
        rows = cursor.fetchall() if cursor.description else []
        return rows, (cursor.description, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


class OneTripConnection(aiosqlite.Connection):
    """A connection whose cursors make one trip a statement."""

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # the driver's is awaited first; ours need not be
        """A cursor, made without a trip."""
        return OneTripCursor(self)


def connect(path: str, timeout: float) -> OneTripConnection:
    """A connection to a SQLite file, to be awaited; `timeout` is how long it waits for a lock, in seconds."""
    opening = partial(sqlite3.connect, path, timeout=timeout, check_same_thread=False)
    connection = OneTripConnection(opening, iter_chunk_size=64)
    connection._thread.daemon = True  # an interpreter that ends must not wait for it
    return connection
