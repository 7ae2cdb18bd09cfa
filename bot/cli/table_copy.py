"""Every table of a SQLite database into an empty PostgreSQL one, and both compared row by row, in one transaction."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, MetaData, Select, Table, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot import epochs, migrations
from bot.epochs import ARRIVING, EpochRow
from bot.migrations import steps
from config.database import insert_into

CHUNK = 2_000
"""Rows read and written together; a few megabytes of memory, whatever the size of the tables."""

VERSION = "alembic_version"

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many; each counts twice, when it is copied and when it is compared."""

Values = tuple[Any, ...]


class NotCopied(Exception):
    """The copy is not to be kept; `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep both."""
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied and found equal."""

    tables: int
    rows: int


def arriving(target: Connection) -> str | None:
    """The name of the move that filled this database and is not at its end, else None."""
    if not inspect(target).has_table(EpochRow.__tablename__):
        return None
    row = target.execute(epochs.LATEST.with_only_columns(col(EpochRow.name), col(EpochRow.reason))).first()
    return row.name if row is not None and row.reason == ARRIVING else None


def clear(target: Connection) -> None:
    """Leave nothing of a move that broke off, nor of tables in which nothing stands yet.

    Raises `NotCopied` when there is anything else: what somebody needs is never overwritten.
    """
    there = MetaData()
    there.reflect(target)
    if arriving(target) is None:
        for table in there.sorted_tables:
            ours = table.name in migrations.METADATA.tables or table.name == VERSION
            if not ours or (table.name != VERSION and target.execute(select(table).limit(1)).first()):
                raise NotCopied("not_empty")
    there.drop_all(target)


def copy(source: Connection, target: Connection, progress: Progress) -> Copied:
    """Make the tables, fill them, compare them and set the counters. Raises `NotCopied`.

    The caller commits, so that all of it is there or nothing.
    """
    steps.take(target)
    tables = migrations.METADATA.sorted_tables  # whatever another refers to comes before it
    rows = {table: source.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
    done, whole = 0, 2 * sum(rows.values())
    for work in (_fill, _compare):
        for table in tables:
            for some in work(source, target, table):
                done += some
                progress(done, whole)
    for table in tables:
        _count_on(source, target, table)
    target.execute(text("ANALYZE"))
    return Copied(len(tables), sum(rows.values()))


def _fill(source: Connection, target: Connection, table: Table) -> Iterator[int]:
    insert = insert_into(table, "postgresql")
    for chunk in _rows(source, table).partitions(CHUNK):
        try:
            target.execute(insert, [row._asdict() for row in chunk])
        except DBAPIError as error:
            raise NotCopied("not_taken", table=table.name, kind=type(error.orig).__name__) from error
        yield len(chunk)


def _compare(source: Connection, target: Connection, table: Table) -> Iterator[int]:
    pairs = zip_longest(_each(source, table), _each(target, table))
    for number, (here, there) in enumerate(pairs, 1):
        if here != there:
            raise NotCopied("differs", table=table.name, row=number)
        if number % CHUNK == 0:
            yield CHUNK


def _each(connection: Connection, table: Table) -> Iterable[Values]:
    return (tuple(row) for row in _rows(connection, table))


def _rows(connection: Connection, table: Table) -> Any:
    """Every row in the same order on both: texts by their bytes, not as a language sorts them."""
    return connection.execute(_in_order(connection, table), execution_options={"yield_per": CHUNK})


def _in_order(connection: Connection, table: Table) -> Select[Any]:
    is_sqlite = connection.dialect.name == "sqlite"
    keys = [
        key.collate("C") if not is_sqlite and key.type.python_type is str else key for key in table.primary_key.columns
    ]
    return select(table).order_by(*keys)


def _count_on(source: Connection, target: Connection, table: Table) -> None:
    """The numbers that PostgreSQL gives itself begin after those that were given."""
    for key in table.primary_key.columns:
        if key.type.python_type is not int:
            continue
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        highest = source.execute(select(func.max(key))).scalar_one() or 0
        if table.name == "announcement":
            first = source.execute(epochs.LATEST.with_only_columns(col(EpochRow.first))).scalar() or 1
            highest = max(highest, first - 1)
        target.execute(select(func.setval(sequence, highest + 1, False)))
