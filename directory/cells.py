"""Single cells of a staff file: text, dates, yes and no, addresses, accounts, skills. Nothing is ever evaluated."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from directory.rows import WrittenSkill

T = TypeVar("T")

LONGEST = 500

# A spreadsheet would run a cell that begins with one of these; our own export puts an apostrophe before it.
GUARDED = re.compile(r"''*[=+\-@\t\r]")
RISKY = re.compile(r"'*[=+\-@\t\r]")
# Marks that turn the direction of writing: in a name they only serve to deceive.
DECEPTIVE = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])

EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\_]+\.[^\s@<>,;:\"()\[\]\\_.]{2,}")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?")
DAY_FIRST = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4}|\d{2})(?: \d{2}:\d{2}(?::\d{2})?)?")
NAMED_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ \-]([a-z]{3,9})\.?,?[ \-](\d{4}|\d{2})")
MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january,feb february,mar march,apr april,may,jun june,jul july,aug august,sep sept september,"
        "oct october,nov november,dec december".split(","),
        1,
    )
    for name in names.split()
}

YES = frozenset("yes y true t 1 on ok x ✓ ✔".split())
NO = frozenset("no n false f 0 off".split())
LEFT = YES | frozenset(["left", "leaver", "inactive", "terminated", "resigned", "retired", "ex-employee"])
STILL_HERE = NO | frozenset(["active", "current", "employed", "in post", "live", "starter", "on leave"])

WORDS = {
    "awareness": 1, "aware": 1, "basic": 1, "beginner": 1, "foundation": 1,
    "working": 2, "intermediate": 2, "competent": 2,
    "practitioner": 3, "advanced": 3, "proficient": 3,
    "expert": 4, "specialist": 4,
}  # fmt: skip
_WORD = "|".join(WORDS)
# "QGIS (3)", "QGIS: 3", "QGIS = 3", "QGIS - 3", and the same with a word. "(L2)" and "Act 2003" are names, not levels.
LEVEL = re.compile(
    rf"(?P<label>.*\S)\s*(?:\(\s*(?P<inside>\d|{_WORD})\s*\)|(?:\s*[:=]|\s[-–])\s*(?P<after>\d|{_WORD}))", re.IGNORECASE
)
EXPIRES = re.compile(
    r"\b(?:expir(?:es|y)|exp|valid (?:until|to)|until)\b[.:]?\s*(?P<when>\d[\d/.\-]*(?: [a-z]+ \d+)?)", re.IGNORECASE
)
PLATFORM = {
    "slack": re.compile(r"[UW][A-Z0-9]{2,30}"),
    "matrix": re.compile(r"@[^\s:@]+:[^\s@]+"),
    "web": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
}


class BadCell(Exception):
    """A cell cannot be read; `code` and `params` are the fault's."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        """Keep code and parameters."""
        super().__init__(code)
        self.code = code
        self.params = params or {}


def text(cell: str) -> str | None:
    """The cell without space around it, on one line; None when empty. Raises `BadCell("too_long")`."""
    if not cell:
        return None
    cell = cell.strip()
    if cell[:1] == "'" and GUARDED.match(cell):
        cell = cell[1:].strip()
    if not (cell.isascii() and cell.isprintable()):
        cell = unicodedata.normalize("NFC", cell.translate(DECEPTIVE))
        cell = " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in cell).split())
    if len(cell) > LONGEST:
        raise BadCell("too_long", {"most": LONGEST})
    return cell or None


def texts(column: Sequence[str]) -> Sequence[str | None]:
    """The same of a column of cells."""
    return column if _ordinary(column) else [*map(text, column)]


def _ordinary(column: Sequence[str]) -> bool:
    """Whether no cell is empty and `text` would change none: told by a few looks at all of them in one string."""
    whole = "|".join(("", *column, ""))
    return (
        whole.isprintable()
        and not any(mark in whole for mark in ("||", "| ", " |", "|'"))
        and (whole.isascii() or ("  " not in whole and unicodedata.is_normalized("NFC", whole)))
        and max(map(len, column)) <= LONGEST
    )


def email(cell: str) -> str | None:
    """An address in lower case. Raises `BadCell` (`email_space`, `bad_email`)."""
    value = text(cell)
    if value is None:
        return None
    if " " in value:
        raise BadCell("email_space", {"without": value.replace(" ", "").lower()})
    if not EMAIL.fullmatch(value):
        raise BadCell("bad_email")
    return value.lower()


def emails(column: Sequence[str]) -> Sequence[str | None]:
    """The same of a column of cells."""
    if _ordinary(column) and all(map(EMAIL.fullmatch, column)):
        return [*map(str.lower, column)]
    return [*map(email, column)]


def address_or_nothing(cell: str) -> str | None:
    """An address in lower case, or None: many exports put the manager's name where her address should be."""
    value = text(cell)
    return value.lower() if value and EMAIL.fullmatch(value) else None


def day(cell: str) -> date | None:
    """A date: 2026-03-01, 01/03/2026 (day first), 1 March 2026. Raises `BadCell("bad_date")`."""
    value = cell.strip().casefold()
    if not value:
        return None
    if found := ISO_DATE.fullmatch(value):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif found := DAY_FIRST.fullmatch(value):
        parts = (_year(found[4]), int(found[3]), int(found[1]))
    elif (found := NAMED_MONTH.fullmatch(value)) and found[2] in MONTHS:
        parts = (_year(found[3]), MONTHS[found[2]], int(found[1]))
    else:
        raise BadCell("bad_date")
    if not 1900 <= parts[0] <= 2199:
        raise BadCell("bad_date")
    try:
        return date(*parts)
    except ValueError as error:
        raise BadCell("bad_date") from error


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def yes_no(cell: str) -> bool | None:
    """True, False, or None when empty. Raises `BadCell("bad_yes_no")`."""
    value = cell.strip().casefold()
    if not value:
        return None
    if value in YES:
        return True
    if value in NO:
        return False
    raise BadCell("bad_yes_no")


def has_left(cell: str) -> bool | date:
    """Whether she has left, or her last day when the cell holds a date. Raises `BadCell("bad_left")`."""
    value = cell.strip().casefold()
    if not value or value in STILL_HERE:
        return False
    if value in LEFT:
        return True
    try:
        return day(cell) or False
    except BadCell as error:
        raise BadCell("bad_left") from error


def account(platform: str, cell: str) -> tuple[str, str] | None:
    """A platform and the immutable id on it. Raises `BadCell("bad_account")`."""
    value = text(cell)
    if value is None:
        return None
    shape = PLATFORM.get(platform)
    if shape is None or not shape.fullmatch(value):
        raise BadCell("bad_account", {"platform": platform})
    return platform, value


def accounts(cell: str) -> tuple[tuple[str, str], ...]:
    """`slack:U012ABC; matrix:@ama:example.org`. Raises `BadCell("bad_account")`."""
    found = []
    for part in filter(None, re.split(r"[;,|\s]+", cell)):
        platform, _, name = part.partition(":")
        one = account(platform.casefold(), name)
        if one is None:
            raise BadCell("bad_account", {"platform": platform})
        found.append(one)
    return tuple(found)


def skill(item: str) -> WrittenSkill | None:
    """One skill with its level: "QGIS (3)", "QGIS: expert". Raises `BadCell` (`bad_level`, `too_long`)."""
    label = text(item)
    if label is None:
        return None
    level = None
    if found := LEVEL.fullmatch(label):
        label = found["label"]
        word = (found["inside"] or found["after"]).casefold()
        level = WORDS.get(word) or int(word)
        if not 1 <= level <= 4:
            raise BadCell("bad_level", {"skill": label})
    return WrittenSkill(label, level, _expires(label))


def _expires(label: str) -> date | None:
    found = EXPIRES.search(label)
    if not found:
        return None
    when = found["when"].strip(" -/.")
    try:
        return day(f"31/12/{when}" if len(when) == 4 else when)
    except BadCell:
        return None  # "expires 3 years after training" is part of the label, not a date


def each(parse: Callable[[str], T]) -> Callable[[Sequence[str]], list[T]]:
    """The reader of a column whose cells are read one by one."""
    return lambda column: [*map(parse, column)]


def skill_splitter(sample: list[str]) -> Callable[[str], list[str]]:
    """How this file separates skills: on ; | and new lines; on commas only when none of those is used anywhere."""
    if any(mark in cell for cell in sample for mark in ";|\n"):
        return _split_marks
    return _split_commas


def _split_marks(cell: str) -> list[str]:
    if "|" in cell or "\n" in cell or "\r" in cell:
        cell = cell.replace("|", ";").replace("\n", ";").replace("\r", ";")
    return cell.split(";")


def _split_commas(cell: str) -> list[str]:
    # "Excel (pivot tables, XLOOKUP)" is one skill.
    parts, start, depth = [], 0, 0
    for mark in re.finditer(r"[(),]", cell):
        if mark[0] == ",":
            if depth == 0:
                parts.append(cell[start : mark.start()])
                start = mark.end()
        else:
            depth = max(0, depth + (1 if mark[0] == "(" else -1))
    return [*parts, cell[start:]]
