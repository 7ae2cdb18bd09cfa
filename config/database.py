"""One database handle for SQLite and PostgreSQL: short reads, short writes, nothing else.

SQLite needs care: the driver's own transactions silently lose concurrent updates, so every
transaction here begins explicitly, writers with BEGIN IMMEDIATE (see docs/explanation/storage.md).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlmodel import SQLModel

from config import one_trip

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Full synchronisation: a commit that says "sending" must survive a power cut, or a post goes out twice.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)


class Base(SQLModel):
    """The parent of every table: one metadata with stable constraint names, so migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)


class DatabaseUnavailable(Exception):
    """The database cannot be opened or written; `reason` is one line for the operator."""

    def __init__(self, reason: str) -> None:
        """Keep the operator's line."""
        super().__init__(reason)
        self.reason = reason


class Database:
    """A handle on one database: `reading()` for looks, `writing()` for one short change."""

    def __init__(self, url: str, password: str | None = None) -> None:
        """Prepare the engine for `url`; nothing is opened yet. Raises `DatabaseUnavailable` for a bad URL.

        `password` comes from the secrets, so that it need not stand in the URL.
        """
        self.url = _read_url(url, password)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = create_async_engine(self.url, **_engine_options(self.url))
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _on_connect)
            event.listen(self.engine.sync_engine, "begin", _on_begin)
        # PostgreSQL shows every statement another state, unless it is asked for one that stands still.
        still = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(switchboard_reading=True, **still)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database, else None."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reading one consistent state; whatever it changed is rolled back."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # what was read stays usable; a rollback would empty it
            await session.rollback()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session for one short write transaction, committed at the end, rolled back on any error.

        Never await the network inside. On SQLite the write lock is held from the first statement.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def now(self, session: AsyncSession) -> datetime:
        """The time (UTC) by the clock that leases use: the server's on PostgreSQL, this machine's on SQLite."""
        if self.is_sqlite:
            return datetime.now(UTC)
        moment: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        return moment.astimezone(UTC)

    async def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log into the file and empty it, so erased values leave the disk."""
        if not self.is_sqlite:
            return
        async with self.outside_transactions() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @asynccontextmanager
    async def outside_transactions(self) -> AsyncIterator[AsyncConnection]:
        """A connection for the few statements that SQLite refuses inside a transaction."""
        async with self.engine.execution_options(switchboard_raw=True).connect() as connection:
            yield connection

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


LOCK_PATIENCE = 5.0  # seconds a writer waits for another
GIVES_UP = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""When a connection to PostgreSQL counts as lost, in seconds, the last in milliseconds (libpq's connection parameters).

The system alone would wait a quarter of an hour for a machine that has gone. The address may name others.
"""
EXAMPLES = "sqlite+aiosqlite:///switchboard.db or postgresql+psycopg://user@host/name"
DRIVERS = ("sqlite+aiosqlite", "postgresql+psycopg")


def _read_url(text: str, password: str | None) -> URL:
    """The address with its password. What is told about a bad one holds nothing of it: it may hold a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseUnavailable(f"database.url cannot be read; write it as {EXAMPLES}") from None
    if url.drivername not in DRIVERS:
        raise DatabaseUnavailable(f"database.url begins with {url.drivername}; write it as {EXAMPLES}")
    return url.set(password=password) if password and url.get_backend_name() != "sqlite" else url


def _engine_options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"async_creator": partial(one_trip.connect, url.database or ":memory:", LOCK_PATIENCE)}
    chosen = {name: value for name, value in GIVES_UP.items() if name not in url.query}
    return {"pool_size": 10, "max_overflow": 5, "pool_pre_ping": True, "connect_args": chosen}


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own: _on_begin does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("switchboard_raw"):
        return  # a checkpoint cannot run inside a transaction
    reading = options.get("switchboard_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def insert_for(session: AsyncSession) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The INSERT of this database that knows `on_conflict_do_nothing`: a second writer is no error."""
    return _INSERTS[session.get_bind().dialect.name]


def insert_into(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """The same for a table, to be built once and used again."""
    return _INSERTS[dialect](table)


_INSERTS: dict[str, type[sqlite.Insert] | type[postgresql.Insert]] = {
    "sqlite": sqlite.Insert,
    "postgresql": postgresql.Insert,
}


def is_busy(error: DBAPIError) -> bool:
    """Whether the database refused only because somebody else was writing."""
    return "locked" in str(error.orig).lower() or "deadlock" in str(error.orig).lower()
