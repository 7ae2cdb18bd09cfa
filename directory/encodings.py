"""Which encoding a file is in: a short ladder that is right on what councils' systems write, or says where it is not.

Statistical guessers are not used: on files of Windows systems they were wrong more often than not.
"""

import codecs
import io
import re

from directory.rows import Fault

# What people send instead of a CSV file, by its first bytes.
SIGNATURES = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"SQLite format 3", "SQLite"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WORKBOOK = "XLSX"
CHUNK = 1 << 16

# Between two letters Windows-1252 has small accented letters and the curly apostrophe; the same places hold
# signs nobody writes inside a word when the file is an old Macintosh's.
WINDOWS_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x92\xe0-\xf6\xf8-\xff](?=[A-Za-z])")
MACINTOSH_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x83-\x91\x93-\x9f\xd5](?=[A-Za-z])")


def kind_of(data: bytes) -> str | None:
    """What the file is when it is plainly no text: `XLSX`, `PNG`, ... else None."""
    head = data[:64].lstrip()
    for signature, kind in SIGNATURES:
        if head.startswith(signature) or head[:9].upper() == signature:
            return WORKBOOK if kind == "ZIP" and b"xl/" in data[:4096] + data[-8192:] else kind
    return None


def find_encoding(data: bytes) -> str | Fault:
    """The encoding to read all of `data` with, or the fault that forbids it."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return _checked(data, name)
    if wide := _utf16_without_mark(data):
        return _checked(data, wide)
    if (place := data.find(b"\0")) >= 0:
        return Fault(line_at(data, place), "", "", "nul_bytes")
    if isinstance(_checked(data, "utf-8"), str):
        return "utf-8"
    if mixed := _mixed(data):
        return mixed
    name = "mac_roman" if len(MACINTOSH_INSIDE.findall(data)) > len(WINDOWS_INSIDE.findall(data)) else "cp1252"
    return _checked(data, name)


def line_at(data: bytes, place: int) -> int:
    """The number of the line that holds byte `place`."""
    before = data[:place].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:4096]
    half = len(sample) // 2
    if half < 2:
        return None
    high, low = sample[1::2].count(0) / half, sample[0::2].count(0) / half
    if high > 0.4 and low < 0.1:
        return "utf-16-le"
    return "utf-16-be" if low > 0.4 and high < 0.1 else None


def _checked(data: bytes, name: str) -> str | Fault:
    decoder = codecs.getincrementaldecoder(name)()
    view = memoryview(data)
    for start in range(0, len(data) or 1, CHUNK):
        try:
            decoder.decode(view[start : start + CHUNK], final=start + CHUNK >= len(data))
        except UnicodeDecodeError as error:
            place = min(start + error.start, len(data))
            return Fault(line_at(data, place), "", "", "bad_encoding", {"encoding": name})
    return name


def _mixed(data: bytes) -> Fault | None:
    # Two systems' exports pasted together: some lines are UTF-8, others are not. Either choice damages names.
    utf8 = other = 0
    for number, line in enumerate(io.BytesIO(data), 1):
        if line.isascii():
            continue
        try:
            line.decode()
            utf8 = utf8 or number
        except UnicodeDecodeError:
            other = other or number
        if utf8 and other:
            return Fault(max(utf8, other), "", "", "mixed_encoding", {"other_line": min(utf8, other)})
    return None
