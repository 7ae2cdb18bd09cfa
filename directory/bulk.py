"""Many rows in one statement, as fast as the driver can.

Rows are plain tuples in the order of `columns`; dates are given as ISO text, which both databases take. The
ORM would cost ten times, and SQLAlchemy's own many-row insert half again, of the time of a load.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Result, Table, insert
from sqlalchemy.dialects import registry
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from config.database import Base

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


def touched(result: Result[Any]) -> int:
    """How many rows a statement changed or deleted."""
    return result.rowcount if isinstance(result, CursorResult) else 0


def in_pieces(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """The items, `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
