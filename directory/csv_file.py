"""Bytes into rows and faults: encoding, delimiter, header, rows. Pure: no network, database or clock.

Faults of the structure (no CSV, no header, an unclosed quote) make the whole file unusable; a fault in a row
refuses that row and never stops the others.
"""

import csv
import hashlib
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from directory.cells import skill_splitter
from directory.collector import keep_long, without_collector
from directory.columns import Header, read_header, recognised
from directory.encodings import find_encoding, kind_of
from directory.row_reader import RowReader
from directory.rows import Fault, Row

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 250_000
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 50
SAMPLE_SKILLS = 1000
ROWS_AT_ONCE = 128

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """What was read. With `structure` faults the file as a whole cannot be used, and `rows` is empty.

    `columns` maps our field to the heading it was found under; `unused` are headings nobody knows.
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

    @property
    def fields(self) -> frozenset[str]:
        """The fields of ours that the file has columns for."""
        return frozenset(self.columns or ())


class _Broken(Exception):
    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].code)
        self.faults = faults


def read(data: bytes) -> CsvFile:
    """Read a staff file; never raises for what is in it."""
    sha256 = hashlib.sha256(data).hexdigest()
    encoding = _acceptable(data)
    if isinstance(encoding, Fault):
        return CsvFile(structure=(encoding,), sha256=sha256)
    delimiter, skip = find_delimiter(data, encoding)
    known = CsvFile(encoding=encoding, delimiter=delimiter, sha256=sha256)
    with opened(data, encoding, skip) as stream:
        lines = Lines(stream, delimiter, skip)
        try:
            header = _header(lines)
            with without_collector():
                reader = _read_rows(lines, header)
                keep_long()
        except _Broken as broken:
            return replace(known, structure=broken.faults)
    refused = tuple(sorted([*lines.stray, *reader.refused], key=lambda fault: fault.line))
    return replace(
        known,
        rows=tuple(reader.rows),
        refused=refused,
        duplicates=tuple(reader.duplicates),
        columns=header.columns,
        unused=header.unused,
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
    width = len(rows[0])
    return recognised(rows[0]), sum(len(row) == width for row in rows) if width > 1 else 0


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


def _header(lines: Lines) -> Header:
    """The first line that is not blank, as a header. Raises `_Broken`."""
    first = next(iter(lines), None)
    if lines.stray or first is None:
        raise _Broken(*lines.stray[:1] or [Fault(1, "", "", "empty_file")])
    header = read_header(first[1], first[0])
    if isinstance(header, list):
        raise _Broken(*header)
    return header


def _read_rows(lines: Lines, header: Header) -> RowReader:
    """Read every row below the header. Raises `_Broken`."""
    body = iter(lines)
    place = header.places.get("skills")
    sample = list(itertools.islice(body, SAMPLE_SKILLS))
    cells = [row[place] for _, row in sample if place is not None and place < len(row)]
    reader = RowReader(header, skill_splitter(cells))
    body, room = itertools.chain(sample, body), MOST_ROWS
    while block := list(itertools.islice(body, ROWS_AT_ONCE)):
        if len(block) > room:
            raise _Broken(Fault(block[room][0], "", "", "too_many_rows", {"most": MOST_ROWS}))
        room -= len(block)
        numbers, rows = zip(*block, strict=True)
        reader.take(numbers, rows)
    return reader
