"""Many rows in one statement, as fast as the driver can.

Rows are plain tuples in the order of `columns`; dates are given as ISO text, which both databases take. The
ORM would cost ten times, and SQLAlchemy's own many-row insert half again, of the time of a load.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Boolean, CursorResult, Result, Table, insert
from sqlalchemy.dialects import registry
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from config.database import Base
from directory.collector import without_collector

T = TypeVar("T")


@cache
def _statement(table: Table, columns: tuple[str, ...], backend: str) -> str:
    make, style = (
        (registry.load("sqlite"), "qmark") if backend == "sqlite" else (registry.load("postgresql.psycopg"), "format")
    )
    compiled = insert(table).compile(dialect=make(paramstyle=style), column_keys=list(columns))
    if tuple(compiled.positiontup or ()) != columns:
        raise ValueError(f"columns of {table.name} are not in the table's order: {columns}")
    return str(compiled)


async def insert_many(
    session: AsyncSession, table: type[SQLModel], columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert `rows`; nothing happens when there are none. `columns` stand in the table's order."""
    if not rows:
        return
    connection = await session.connection()
    home = Base.metadata.tables[str(table.__tablename__)]
    await connection.exec_driver_sql(_statement(home, columns, connection.dialect.name), list(rows))


async def insert_columns(session: AsyncSession, table: type[SQLModel], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert the rows that these columns make side by side.

    A column without any value is left out. To SQLite's driver text and whole numbers are ordinary; with each None
    and each bool it first looks for an adapter, which takes longer than the rest of its work on a value.
    """
    kinds = Base.metadata.tables[str(table.__tablename__)].columns
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    with without_collector():
        told = {
            name: [*map(int, column)] if on_sqlite and isinstance(kinds[name].type, Boolean) else column
            for name, column in columns.items()
            if column.count(None) < len(column)
        }
        rows = [*zip(*told.values(), strict=True)]
    await insert_many(session, table, tuple(told), rows)


def touched(result: Result[Any]) -> int:
    """How many rows a statement changed or deleted."""
    return result.rowcount if isinstance(result, CursorResult) else 0


def in_pieces(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """The items, `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
