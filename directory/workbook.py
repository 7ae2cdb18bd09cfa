"""Excel workbooks as lines of text cells: what the cells show is read, and no formula is ever worked out."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from directory.header import Line

MOST_UNPACKED = 400 * 1024 * 1024
"""Bytes a workbook may have unpacked; a table of 250,000 rows and 20 columns has about 300 million."""

MOST_PARTS = 2000
FORMULA_ALONE = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
PIECE = 1 << 20

Cell = int | float | str | bool | time | date | datetime | timedelta


class BadWorkbook(Exception):
    """The file cannot be opened as a workbook; `code` is a fault's."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, whether somebody hid it, and its lines that are not blank with their numbers."""

    name: str
    hidden: bool
    lines: Iterator[Line]


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a workbook. Raises `BadWorkbook` (`too_big_workbook`, `broken_workbook`)."""
    _check(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
        return [
            Sheet(one.name, one.visible is not SheetVisibleEnum.Visible, _lines(book.get_sheet_by_name(one.name)))
            for one in found
        ]
    except CalamineError as error:
        raise BadWorkbook("broken_workbook") from error


def formulas_without_value(data: bytes) -> int:
    """How many formula cells were saved without what they show; they read as empty."""
    total = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                with archive.open(name) as part:
                    total += _count(part)
    return total


def _count(part: IO[bytes]) -> int:
    total, rest = 0, b""
    while piece := part.read(PIECE):
        text = rest + piece
        cut = text.rfind(b"</c>") + 4
        total += len(FORMULA_ALONE.findall(text[:cut]))
        rest = text[cut:][-PIECE:]
    return total


def _check(data: bytes) -> None:
    """A small file may unpack to a huge one: the sizes it tells are looked at before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadWorkbook("broken_workbook") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadWorkbook("too_big_workbook")


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    start = sheet.start
    if start is None:
        return
    merged = _merged_down(sheet.merged_cell_ranges or [])
    last: dict[int, str] = {}
    # Rows above the first filled one are not given, columns before it are blank.
    for number, row in enumerate(sheet.iter_rows(), start[0]):
        cells = [*map(text_of, row)]
        for place, (first, end) in merged.get(number, {}).items():
            if number == first:
                last[place] = cells[place]
            elif first < number <= end and place < len(cells) and not cells[place]:
                cells[place] = last.get(place, "")
        if any(map(str.strip, cells)):
            yield number + 1, cells


def _merged_down(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> dict[int, dict[int, tuple[int, int]]]:
    """Row to column to the rows of the merged cell there: of cells merged downwards each row has the value."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for (first, column), (end, last) in ranges:
        if end > first and column == last:
            for row in range(first, end + 1):
                found.setdefault(row, {})[column] = first, end
    return found


def text_of(value: Cell) -> str:
    """A cell as text: 123.0 is 123, a date is ISO, TRUE is yes."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
