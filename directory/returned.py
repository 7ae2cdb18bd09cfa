"""The rows of a staff file that were not taken, as a CSV file to be corrected and given again."""

import csv
import io
from collections.abc import Mapping

from directory import csv_file, workbook
from directory.encodings import WORKBOOK
from directory.header import HEAD_LINES, Line, find

MOST = 2000
"""Rows in one file: as many as somebody can put right by hand."""


def returned(data: bytes, read: csv_file.CsvFile, why: Mapping[int, str], heading: str) -> tuple[str, int]:
    """The rows that begin in the lines of `why`, under their header, each with its reason; and how many there are.

    `heading` is that of the reasons, which stand last. The cells are as they were written. Of a workbook, `why` is
    about the first sheet that was read.
    """
    header, found = _of_workbook(data, read, why) if read.encoding == WORKBOOK else _of_text(data, read, why)
    width, chosen = len(header), sorted(found)[:MOST]
    text = io.StringIO(newline="")
    sheet = csv.writer(text, delimiter=read.delimiter)
    sheet.writerow([*header, heading])
    for number in chosen:
        cells = found[number][:width]
        sheet.writerow([*cells, *[""] * (width - len(cells)), why[number]])
    return text.getvalue(), len(chosen)


def _header(lines: list[Line]) -> list[str]:
    found = find(lines[:HEAD_LINES])
    return [" ".join(cell.split()) for cell in found.cells] if found else []


def _of_workbook(data: bytes, read: csv_file.CsvFile, why: Mapping[int, str]) -> tuple[list[str], dict[int, list[str]]]:
    lines = next(list(one.lines) for one in workbook.sheets(data) if one.name == read.sheets[0])
    return _header(lines), {number: cells for number, cells in lines if number in why}


def _of_text(data: bytes, read: csv_file.CsvFile, why: Mapping[int, str]) -> tuple[list[str], dict[int, list[str]]]:
    _, skip = csv_file.find_delimiter(data, read.encoding)
    with csv_file.opened(data, read.encoding, 0) as stream:
        written = [line.rstrip("\r\n") for line in stream]
    with csv_file.opened(data, read.encoding, skip) as stream:
        lines = csv_file.Lines(stream, read.delimiter, skip)
        head: list[Line] = []
        found = {}
        for number, cells in lines:
            if len(head) < HEAD_LINES:
                head.append((number, cells))
            if number in why:
                found[number] = cells
    # What cannot be taken apart is given back as it stands.
    found |= {one.line: [written[one.line - 1]] for one in lines.stray if one.line in why}
    return _header(head), found
