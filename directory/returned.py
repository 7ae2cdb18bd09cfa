"""The rows of a staff file that were not taken, as a CSV file to be corrected and given again."""

import csv
import io
from collections.abc import Mapping

from directory import csv_file

MOST = 2000
"""Rows in one file: as many as somebody can put right by hand."""


def returned(data: bytes, read: csv_file.CsvFile, why: Mapping[int, str], heading: str) -> tuple[str, int]:
    """The rows that begin in the lines of `why`, under their header, each with its reason; and how many there are.

    `heading` is that of the reasons, which stand last. The cells are as they were written.
    """
    _, skip = csv_file.find_delimiter(data, read.encoding)
    with csv_file.opened(data, read.encoding, 0) as stream:
        written = [line.rstrip("\r\n") for line in stream]
    with csv_file.opened(data, read.encoding, skip) as stream:
        lines = csv_file.Lines(stream, read.delimiter, skip)
        rows = iter(lines)
        header = next(rows)[1]
        found = {number: cells for number, cells in rows if number in why}
    # What cannot be taken apart is given back as it stands.
    found |= {one.line: [written[one.line - 1]] for one in lines.stray if one.line in why}
    width, chosen = len(header), sorted(found)[:MOST]
    text = io.StringIO(newline="")
    sheet = csv.writer(text, delimiter=read.delimiter)
    sheet.writerow([*header, heading])
    for number in chosen:
        cells = found[number][:width]
        sheet.writerow([*cells, *[""] * (width - len(cells)), why[number]])
    return text.getvalue(), len(chosen)
