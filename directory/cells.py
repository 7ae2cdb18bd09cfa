"""Single cells of a staff file: text, dates, yes and no, addresses, accounts. Nothing is ever evaluated."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from directory import dates
from directory.rows import Remarks

T = TypeVar("T")

LONGEST = 500

# A spreadsheet would run a cell that begins with one of these; our own export puts an apostrophe before it.
GUARDED = re.compile(r"''*[=+\-@\t\r]")
RISKY = re.compile(r"'*[=+\-@\t\r]")
# Marks that turn the direction of writing: in a name they only serve to deceive.
DECEPTIVE = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])

EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\_]+\.[^\s@<>,;:\"()\[\]\\_.]{2,}")
# Addresses in what mail programs and web pages put around them; nothing here looks inside a loose text.
WRAPPINGS = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        r"[^<>]*<\s*(?:mailto:|smtp:)?\s*([^<>\s]+)\s*>[\s;,.]*",
        r"(?:mailto|smtp|e-?mail):\s*([^\s?<>]+)(?:\?\S*)?",
        r"\[[^\]]*\]\(\s*(?:mailto:)?([^()\s]+)\s*\)",
        r"[^()@]*\(\s*(?:mailto:)?([^()\s]+@[^()\s]+)\s*\)",
        r"=hyperlink\(\"(?:mailto:)?([^\"?\s]+)[^)]*\)",
        r"[\"'(\[]*([^\s\"'()\[\];,]+@[^\s\"'()\[\];,]+?)[\"')\];,.]+",
    )
)
# What people write where they have nothing to say. Only where an address, a number, a date or a skill belongs.
NOTHING = frozenset(
    "n/a #n/a na none nil null - -- – — . ? tbc tba tbd unknown unavailable #ref! #value! #name? #null!".split()
) | {"not known", "not applicable", "no email", "no e-mail", "none given", "not given", "not set", "(blank)", "(none)"}
# Excel's way to keep 001001 a text: ="001001".
FORCED_TEXT = re.compile(r'="([^"]*)"')
# A number that a spreadsheet shortened for show: its digits are lost.
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
FLOAT = re.compile(r"(\d+)\.0+")
TOTAL = re.compile(r"(?:grand |sub[- ]?)?totals?\b.*", re.IGNORECASE)

YES = frozenset("yes y true t 1 1.0 on ok x ✓ ✔ ☑ ✅ agreed".split()) | {"opted in", "opt in", "yes please"}
NO = frozenset("no n false f 0 0.0 off ✗ ✘ ☐ ❌ never".split()) | {
    "opted out",
    "opt out",
    "no thanks",
    "do not contact",
}
LEFT = YES | frozenset(
    ["left", "leaver", "inactive", "terminated", "resigned", "retired", "ex-employee", "former", "ended", "dismissed"]
)
STILL_HERE = NO | frozenset(
    "active,current,employed,in post,live,starter,on leave,permanent,fixed term,seconded,secondment,maternity,"
    "maternity leave,career break,sick,suspended,casual,agency,active - payroll eligible,active assignment".split(",")
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
    elif cell[:2] == '="':
        cell = _unforced(cell)
    if not (cell.isascii() and cell.isprintable()):
        cell = unicodedata.normalize("NFC", cell.translate(DECEPTIVE))
        cell = " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in cell).split())
    if len(cell) > LONGEST:
        raise BadCell("too_long", {"most": LONGEST})
    return cell or None


def _unforced(cell: str) -> str:
    found = FORCED_TEXT.fullmatch(cell)
    return found[1].strip() if found else cell


def texts(column: Sequence[str]) -> Sequence[str | None]:
    """The same of a column of cells."""
    return column if _ordinary(column) else [*map(text, column)]


def _ordinary(column: Sequence[str]) -> bool:
    """Whether no cell is empty and `text` would change none: told by a few looks at all of them in one string."""
    whole = "|".join(("", *column, ""))
    return (
        whole.isprintable()
        and not any(mark in whole for mark in ("||", "| ", " |", "|'", '|="'))
        and (whole.isascii() or ("  " not in whole and unicodedata.is_normalized("NFC", whole)))
        and max(map(len, column)) <= LONGEST
    )


def staff_id(cell: str, remarks: Remarks | None = None) -> str | None:
    """A staff number as text. What a spreadsheet made of it is undone, or remarked where digits are lost.

    Raises `BadCell` (`too_long`; `no_key` for the word "Total").
    """
    value = text(cell)
    if value is None or not value.isdigit():
        if value is None:
            return None
        if SHORTENED.fullmatch(value) or value.casefold() in NOTHING:
            if remarks is not None:
                remarks.add("shortened_number" if value[0].isdigit() else "no_value", value)
            return None
        if found := FLOAT.fullmatch(value):
            return str(found[1])
        if TOTAL.fullmatch(value):
            raise BadCell("no_key")
    return value


def staff_ids(column: Sequence[str], remarks: Remarks | None = None) -> Sequence[str | None]:
    """The same of a column of cells."""
    if "".join(column).isdigit() and _ordinary(column):
        return column
    return [staff_id(cell, remarks) for cell in column]


def email(cell: str, remarks: Remarks | None = None) -> str | None:
    """An address in lower case, without what stands around it. Raises `BadCell` (`email_space`, `bad_email`)."""
    value = text(cell)
    if value is None:
        return None
    if not EMAIL.fullmatch(value):
        value = _unwrapped(value, remarks)
    return value and value.lower()


def _unwrapped(value: str, remarks: Remarks | None) -> str | None:
    if value.casefold() in NOTHING:
        if remarks is not None:
            remarks.add("no_value", value)
        return None
    for shape in WRAPPINGS:
        if (found := shape.fullmatch(value)) and EMAIL.fullmatch(found[1]):
            return str(found[1])
    several = [*filter(None, re.split(r"[;,|\s]+| or | and ", value))]
    if len(several) > 1 and all(map(EMAIL.fullmatch, several)):
        if remarks is not None:
            remarks.add("first_email", value, several[0])
        return str(several[0])
    if " " in value:
        raise BadCell("email_space", {"without": value.replace(" ", "").lower()})
    raise BadCell("bad_email")


def emails(column: Sequence[str], remarks: Remarks | None = None) -> Sequence[str | None]:
    """The same of a column of cells."""
    if _ordinary(column) and all(map(EMAIL.fullmatch, column)):
        return [*map(str.lower, column)]
    return [email(cell, remarks) for cell in column]


def address_or_nothing(cell: str) -> str | None:
    """An address in lower case, or None: many exports put the manager's name where her address should be."""
    try:
        return email(cell)
    except BadCell:
        return None


def day(cell: str, remarks: Remarks | None = None) -> date | None:
    """A date, the day first; of a mere month its first day, which is remarked. Raises `BadCell("bad_date")`."""
    value = cell.strip()
    if not value or value.casefold() in NOTHING:
        if value and remarks is not None:
            remarks.add("no_value", value)
        return None
    found = dates.parse(_unforced(value))
    if found is None and remarks is not None and (found := dates.first_of_month(value)):
        remarks.add("only_month", value, found.isoformat())
    if found is None:
        raise BadCell("bad_date")
    return found


def last_day(cell: str, remarks: Remarks | None = None) -> date | None:
    """Her last day; the far end of time that HR systems write for none is none. Raises `BadCell("bad_date")`."""
    return None if dates.ENDLESS.fullmatch(cell) else day(cell, remarks)


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


def each(parse: Callable[[str], T]) -> Callable[[Sequence[str]], list[T]]:
    """The reader of a column whose cells are read one by one."""
    return lambda column: [*map(parse, column)]
