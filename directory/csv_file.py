"""Bytes into rows and faults: encoding, delimiter, lines; or the sheets of a workbook.

Faults of the structure (no CSV, no header, an unclosed quote) make the whole file unusable; a fault in a row
refuses that row and never stops the others. Pure: no network, database or clock.
"""

import csv
import hashlib
import io
import itertools
from collections.abc import Collection, Iterator
from dataclasses import replace

from directory import workbook
from directory.columns import recognised
from directory.encodings import WORKBOOK, find_encoding, kind_of
from directory.header import Line
from directory.rows import Fault
from directory.tables import MOST_ROWS, Broken, CsvFile, Table, Told, nobody_said, read_tables

__all__ = ["MOST_BYTES", "MOST_ROWS", "CsvFile", "Lines", "find_delimiter", "opened", "read", "too_big"]

MOST_BYTES = 50 * 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 50
LOCKED = "EncryptedPackage".encode("utf-16-le")  # what a workbook with a password holds


def read(data: bytes, known: Collection[str] = (), told: Told = nobody_said) -> CsvFile:
    """Read a staff file; never raises for what is in it.

    `known` are labels of skills that the directory has; `told` gives answers about columns.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    encoding = _acceptable(data)
    if isinstance(encoding, Fault):
        return CsvFile(structure=(encoding,), sha256=sha256)
    if encoding == WORKBOOK:
        return _read_workbook(data, CsvFile(encoding=WORKBOOK, delimiter=",", sha256=sha256), known, told)
    delimiter, skip = find_delimiter(data, encoding)
    blank = CsvFile(encoding=encoding, delimiter=delimiter, sha256=sha256)
    with opened(data, encoding, skip) as stream:
        lines = Lines(stream, delimiter, skip)
        return read_tables(blank, [Table(iter(lines), "", lines.stray)], known, told)


def _read_workbook(data: bytes, blank: CsvFile, known: Collection[str], told: Told) -> CsvFile:
    try:
        sheets = workbook.sheets(data)
    except workbook.BadWorkbook as bad:
        return replace(blank, structure=(Fault(0, "", "", bad.code),))
    aside = [Fault(0, "", sheet.name, "hidden_sheet") for sheet in sheets if sheet.hidden]
    shown = [Table(sheet.lines, sheet.name) for sheet in sheets if not sheet.hidden]
    if not shown:
        return replace(blank, structure=(Fault(0, "", "", "empty_file"),))
    if formulas := workbook.formulas_without_value(data):
        aside.append(Fault(0, "", str(formulas), "empty_formula"))
    return read_tables(replace(blank, aside=tuple(aside)), shown, known, told)


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
    if (kind := kind_of(data)) == "XLS" and LOCKED in data:
        return Fault(0, "", "", "locked_workbook")
    if kind:
        return WORKBOOK if kind == WORKBOOK else Fault(1, "", "", "not_csv", {"kind": kind})
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
            raise Broken(Fault(number, "", "", "unclosed_quote"))
        code = "too_long_cell" if "field larger" in message else "stray_quote"
        self.stray.append(Fault(number, "", "", code))
