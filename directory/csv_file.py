"""Bytes into rows and faults: encoding, delimiter, header, rows. Pure: no network, database or clock.

Faults of the structure (no CSV, no header, an unclosed quote) make the whole file unusable; a fault in a row
refuses that row and never stops the others.
"""

import csv
import hashlib
import io
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from directory.collector import keep_long, without_collector
from directory.columns import Header, Unsure, heading_key, recognised
from directory.encodings import find_encoding, kind_of
from directory.header import HEAD_LINES, Line, find, settle
from directory.row_reader import RowReader, habits_of
from directory.rows import Fault, Remarks, Row, shown

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 250_000
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 50
SAMPLE_ROWS = 3000
ROWS_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class CsvFile:
    """What was read. With `structure` faults the file as a whole cannot be used, and `rows` is empty.

    `columns` maps our field to the heading it was found under; `unused` are headings nobody knows, `unsure` those of
    them to ask about, `skill_columns` those that are a skill each. `aside` are lines that are nobody's, `remarks`
    values that were read otherwise than they stand; `shape` recognises files with the same column names.
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

    @property
    def fields(self) -> frozenset[str]:
        """The fields of ours that the file has columns for."""
        return frozenset(self.columns or ())


class _Broken(Exception):
    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].code)
        self.faults = faults


def read(data: bytes, known: Collection[str] = (), told: Mapping[str, Mapping[str, str]] | None = None) -> CsvFile:
    """Read a staff file; never raises for what is in it.

    `known` are labels of skills that the directory has; `told` are answers about columns, by the shape of the file.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    encoding = _acceptable(data)
    if isinstance(encoding, Fault):
        return CsvFile(structure=(encoding,), sha256=sha256)
    delimiter, skip = find_delimiter(data, encoding)
    blank = CsvFile(encoding=encoding, delimiter=delimiter, sha256=sha256)
    with opened(data, encoding, skip) as stream:
        lines = Lines(stream, delimiter, skip)
        return _read(blank, iter(lines), lines.stray, known, told or {})


def _read(
    blank: CsvFile,
    lines: Iterator[Line],
    stray: list[Fault],
    known: Collection[str],
    told: Mapping[str, Mapping[str, str]],
) -> CsvFile:
    """The people in these lines. `stray` grows while lines are taken that cannot be read."""
    remarks = Remarks()
    try:
        header, shape, above, body = _header(lines, stray, told)
        with without_collector():
            reader = _read_rows(body, header, known, remarks)
            keep_long()
    except _Broken as broken:
        return replace(blank, structure=broken.faults)
    return replace(
        blank,
        rows=tuple(reader.met.rows),
        refused=tuple(sorted([*stray, *reader.refused], key=lambda fault: fault.line)),
        duplicates=tuple(reader.met.duplicates),
        columns=header.columns,
        unused=header.unused,
        aside=(*above, *reader.aside),
        remarks=remarks,
        unsure=header.unsure,
        skill_columns=tuple(name for _, name in header.matrix),
        shape=shape,
    )


def too_big(size: int) -> Fault | None:
    """The fault of a file of `size` bytes, if it is one; ask before reading the file into memory."""
    if size <= MOST_BYTES:
        return None
    return Fault(0, "", "", "too_big", {"size": size // 1_000_000, "most": MOST_BYTES // 1_000_000})


def _acceptable(data: bytes) -> str | Fault:
    if fault := too_big(len(data)):
        return fault
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return Fault(1, "", "", "empty_file")
    if kind := kind_of(data):
        return Fault(1, "", "", "is_xlsx" if kind == "XLSX" else "not_csv", {"kind": kind})
    return find_encoding(data)


def opened(data: bytes, encoding: str, skip: int) -> io.TextIOWrapper:
    """The text of a file, without its first `skip` lines."""
    # newline="" leaves line ends inside quotes alone, and still ends a line at \r\n, \n or a lone \r.
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    for _ in range(skip):
        stream.readline()
    return stream


def find_delimiter(data: bytes, encoding: str) -> tuple[str, int]:
    """The delimiter, and how many lines come before the header (1 for a spreadsheet's `sep=;`)."""
    with opened(data, encoding, 0) as stream:
        sample = list(itertools.islice(stream, SAMPLE_LINES))
    told = sample[0].strip().strip('"').casefold()
    if told.startswith("sep=") and len(told) == 5:
        return sample[0].strip().strip('"')[4], 1
    return max(DELIMITERS, key=lambda mark: _votes(sample, mark)), 0


def _votes(sample: list[str], delimiter: str) -> tuple[int, int]:
    try:
        rows = [row for row in csv.reader(sample, delimiter=delimiter) if any(row)]
    except csv.Error:  # a cell beyond all bounds: the wrong delimiter, or told later with its line
        rows = []
    if not rows:
        return 0, 0
    best = max(rows, key=recognised)
    width = len(best)
    return recognised(best), sum(len(row) == width for row in rows) if width > 1 else 0


class Lines:
    """The lines of a file that are not blank, each with its number; strays are kept aside, not raised."""

    def __init__(self, stream: io.TextIOWrapper, delimiter: str, skipped: int) -> None:
        self.reader = csv.reader(stream, delimiter=delimiter, strict=True)
        self.skipped = skipped
        self.stray: list[Fault] = []

    def __iter__(self) -> Iterator[Line]:
        reader, skipped = self.reader, self.skipped
        while True:
            number = reader.line_num + skipped + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._stray(number, str(error))
                continue
            if any(cells):
                yield number, cells

    def _stray(self, number: int, message: str) -> None:
        # Over more than one line, or at the end, a quote was opened and never closed: rows were swallowed.
        if self.reader.line_num + self.skipped > number or "unexpected end" in message:
            raise _Broken(Fault(number, "", "", "unclosed_quote"))
        code = "too_long_cell" if "field larger" in message else "stray_quote"
        self.stray.append(Fault(number, "", "", code))


def shape_of(cells: Iterable[str]) -> str:
    """What files with the same column names, in whatever order, have in common."""
    return hashlib.sha256("\n".join(sorted(filter(None, map(heading_key, cells)))).encode()).hexdigest()[:32]


def _header(
    lines: Iterator[Line], stray: list[Fault], told: Mapping[str, Mapping[str, str]]
) -> tuple[Header, str, list[Fault], Iterator[Line]]:
    """The header, the file's shape, what stands above it, and the lines below. Raises `_Broken`."""
    head = list(itertools.islice(lines, HEAD_LINES))
    found = find(head)
    if found is None:
        raise _Broken(*stray[:1] or [Fault(1, "", "", "empty_file")])
    sample = [*head[found.below :], *itertools.islice(lines, SAMPLE_ROWS)]
    shape = shape_of(found.cells)
    header = settle(found, sample, told.get(shape, {}))
    if isinstance(header, list):
        raise _Broken(*header)
    above = [
        Fault(line, "", shown(" ".join(filter(None, map(str.strip, row)))), "title_line") for line, row in found.above
    ]
    return header, shape, above, itertools.chain(sample, lines)


def _read_rows(body: Iterator[Line], header: Header, known: Collection[str], remarks: Remarks) -> RowReader:
    """Read every row below the header. Raises `_Broken`."""
    sample = list(itertools.islice(body, SAMPLE_ROWS))
    reader = RowReader(header, habits_of(header, sample, known), remarks)
    body, room = itertools.chain(sample, body), MOST_ROWS
    while block := list(itertools.islice(body, ROWS_AT_ONCE)):
        if len(block) > room:
            raise _Broken(Fault(block[room][0], "", "", "too_many_rows", {"most": MOST_ROWS}))
        room -= len(block)
        numbers, rows = zip(*block, strict=True)
        reader.take(numbers, rows)
    return reader
