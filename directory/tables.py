"""Lines of cells into people: the header found, the rows read, what is nobody's set aside; of one table or several.

Pure: no network, database or clock. Where the lines come from (a CSV file, the sheets of a workbook) is others' work.
"""

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from directory.collector import keep_long, without_collector
from directory.columns import ACCOUNT_COLUMNS, Header, Unsure, heading_key
from directory.header import HEAD_LINES, Found, Line, find, names_people, settle
from directory.met import Met
from directory.row_reader import RowReader, habits_of
from directory.rows import Fault, Remarks, Row, shown

MOST_ROWS = 250_000
SAMPLE_ROWS = 2000
ROWS_AT_ONCE = 128

Told = Callable[[str], Mapping[str, str]]
"""Answers about the columns of a file of this shape: heading key to field."""


def nobody_said(_shape: str) -> Mapping[str, str]:
    """No answers at all."""
    return {}


@dataclass(frozen=True, slots=True)
class CsvFile:
    """What was read. With `structure` faults the file as a whole cannot be used, and `rows` is empty.

    `columns` maps our field to the heading it was found under; `unused` are headings nobody knows, `unsure` those of
    them to ask about, `skill_columns` those that are a skill each. `aside` are lines that are nobody's, `remarks`
    values that were read otherwise than they stand; `shape` recognises files with the same column names; `sheets` are
    those of a workbook that were read.
    """

    rows: tuple[Row, ...] = ()
    structure: tuple[Fault, ...] = ()
    refused: tuple[Fault, ...] = ()
    duplicates: tuple[Fault, ...] = ()
    columns: Mapping[str, str] | None = None
    unused: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sha256: str = ""
    aside: tuple[Fault, ...] = ()
    remarks: Remarks = field(default_factory=Remarks)
    unsure: tuple[Unsure, ...] = ()
    skill_columns: tuple[str, ...] = ()
    shape: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields of ours that the file has columns for."""
        return frozenset(self.columns or ())


class Broken(Exception):
    """The file as a whole cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults, of which there is at least one."""
        super().__init__(faults[0].code)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. `name` is its sheet's, empty in a CSV file; `stray` grows while lines are taken."""

    lines: Iterator[Line]
    name: str = ""
    stray: list[Fault] = field(default_factory=list)


def read_tables(blank: CsvFile, tables: Sequence[Table], known: Collection[str], told: Told) -> CsvFile:
    """The people in these tables; `blank` tells what is known of the file already. Never raises."""
    remarks = Remarks()
    try:
        opened = [_opened(table) for table in tables]
        chosen = [one for one in opened if one.names_people] or opened[:1]
        chosen += [one for one in opened if one not in chosen and one.adds_skills]
        with without_collector():
            read = _read_all(chosen, known, told, remarks)
            keep_long()
    except Broken as broken:
        return replace(blank, structure=broken.faults)
    unread = [Fault(0, "", shown(one.table.name), "unread_sheet") for one in opened if one not in chosen]
    return _together(blank, read, [*blank.aside, *unread], remarks)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A table whose first lines were looked at."""

    table: Table
    head: list[Line]
    found: Found | None

    @property
    def names_people(self) -> bool:
        return self.found is not None and names_people(self.found.cells)

    @property
    def adds_skills(self) -> bool:
        """Whether it lists skills of people whom another table names."""
        return self.found is not None and names_people([*self.found.cells, "name"])


@dataclass(frozen=True, slots=True)
class _Read:
    table: Table
    header: Header
    shape: str
    above: list[Fault]
    reader: RowReader


def _opened(table: Table) -> _Opened:
    head = list(itertools.islice(table.lines, HEAD_LINES))
    return _Opened(table, head, find(head))


def _read_all(chosen: Sequence[_Opened], known: Collection[str], told: Told, remarks: Remarks) -> list[_Read]:
    """Read one table after the other; whoever is met in a later one was met before. Raises `Broken`."""
    met: Met | None = None
    found: list[_Read] = []
    room = MOST_ROWS
    for one in chosen:
        table = one if met is None or one.names_people else _with_names(one, met)
        read, room = _read_one(table, known, told, remarks, met, room)
        found.append(read)
        met = read.reader.met
        met.next_table()
    return found


def _with_names(one: _Opened, met: Met) -> _Opened:
    """The table with a column of names, of the people whom its numbers or addresses mean."""
    if one.found is None:
        return one
    names = met.names()
    first = one.found.below

    def named(lines: Iterable[Line]) -> Iterator[Line]:
        for number, row in lines:
            yield number, [*row, next((names[key] for cell in row if (key := cell.strip().casefold()) in names), "")]

    head = [*((number, [*row, ""]) for number, row in one.head[:first]), *named(one.head[first:])]
    table = replace(one.table, lines=named(one.table.lines))
    met.let_rows_add()
    return _Opened(table, head, replace(one.found, cells=[*one.found.cells, "name"]))


def _read_one(
    one: _Opened, known: Collection[str], told: Told, remarks: Remarks, met: Met | None, room: int
) -> tuple[_Read, int]:
    found, table = one.found, one.table
    if found is None:
        raise Broken(*table.stray[:1] or [Fault(1, "", "", "empty_file")])
    sample = [*one.head[found.below :], *itertools.islice(table.lines, SAMPLE_ROWS)]
    shape = shape_of(found.cells)
    header = settle(found, sample, told(shape))
    if isinstance(header, list):
        raise Broken(*header)
    above = [_title(line, row) for line, row in found.above]
    habits = habits_of(header, sample, known)
    reader = RowReader(header, habits, remarks, met or Met(has_accounts(header), habits.one_skill_a_row))
    body = itertools.chain(sample, table.lines)
    while block := list(itertools.islice(body, ROWS_AT_ONCE)):
        if len(block) > room:
            raise Broken(Fault(block[room][0], "", "", "too_many_rows", {"most": MOST_ROWS}))
        room -= len(block)
        numbers, rows = zip(*block, strict=True)
        reader.take(numbers, rows)
    return _Read(table, header, shape, above, reader), room


def has_accounts(header: Header) -> bool:
    """Whether the table lists people's accounts."""
    return any(name in header.places for name in (*ACCOUNT_COLUMNS, "accounts"))


def _title(line: int, row: Sequence[str]) -> Fault:
    return Fault(line, "", shown(" ".join(filter(None, map(str.strip, row)))), "title_line")


def _together(blank: CsvFile, read: Sequence[_Read], aside: list[Fault], remarks: Remarks) -> CsvFile:
    refused: list[Fault] = []
    duplicates: list[Fault] = []
    for place, one in enumerate(read):
        sheet = one.table.name if place else ""
        faults = sorted([*one.table.stray, *one.reader.refused], key=lambda fault: fault.line)
        refused += [replace(fault, sheet=sheet) for fault in faults]
        duplicates += [replace(fault, sheet=sheet) for fault in one.reader.duplicates]
        aside += [replace(fault, sheet=sheet) for fault in (*one.above, *one.reader.aside)]
    columns: dict[str, str] = {}
    for one in reversed(read):
        columns |= one.header.columns
    return replace(
        blank,
        rows=tuple(read[0].reader.met.rows),
        refused=tuple(refused),
        duplicates=tuple(duplicates),
        columns=columns,
        unused=tuple(dict.fromkeys(itertools.chain.from_iterable(one.header.unused for one in read))),
        aside=tuple(aside),
        remarks=remarks,
        unsure=read[0].header.unsure,
        skill_columns=tuple(itertools.chain.from_iterable((n for _, n in one.header.matrix) for one in read)),
        shape=read[0].shape,
        sheets=tuple(one.table.name for one in read),
    )


def shape_of(cells: Iterable[str]) -> str:
    """What files with the same column names, in whatever order, have in common."""
    return hashlib.sha256("\n".join(sorted(filter(None, map(heading_key, cells)))).encode()).hexdigest()[:32]
