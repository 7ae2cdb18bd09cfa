"""Dates as councils' systems write them, the day always first. Nothing is guessed: what fits no spelling is refused."""

import re
from collections.abc import Callable
from datetime import date, timedelta

TIME = r"(?:[t ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?(?:z|[+-]\d{2}:?\d{2})?)?"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january,feb february,mar march,apr april,may,jun june,jul july,aug august,sep sept september,"
        "oct october,nov november,dec december".split(","),
        1,
    )
    for name in names.split()
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
YEAR = r"(\d{4}|'?\d{2})"

# Excel counts days from here; 20,000 is in 1954 and 80,000 in 2119.
SERIAL_FROM = date(1899, 12, 30)
SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")
# A two-digit year up to this is in this century, as Excel has it from 2030 on for dates that were typed.
LAST_SHORT_YEAR = 69
YEARS = range(1900, 2200)
# What Oracle and SAP write for "no end": a date that is none.
ENDLESS = re.compile(r".*(?:4712|9999|2999).*")

Parts = tuple[int, int, int]


def _year(digits: str) -> int:
    digits = digits.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) <= LAST_SHORT_YEAR else 1900)


def _serial(found: re.Match[str]) -> Parts:
    when = SERIAL_FROM + timedelta(days=int(found[1]))
    return when.year, when.month, when.day


SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Parts]], ...] = (
    *(
        (re.compile(shape + TIME), parts)
        for shape, parts in (
            (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", lambda f: (int(f[1]), int(f[3]), int(f[4]))),
            (WEEKDAY + r"(\d{1,2})([/.\- ])(\d{1,2})\2" + YEAR, lambda f: (_year(f[4]), int(f[3]), int(f[1]))),
            (
                WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ \-./]?(" + MONTH + r")\.?,?[ \-./]?" + YEAR,
                lambda f: (_year(f[3]), MONTHS[f[2]], int(f[1])),
            ),
            (
                WEEKDAY + r"(" + MONTH + r")\.? (\d{1,2})(?:st|nd|rd|th)?,? " + r"(\d{4})",
                lambda f: (int(f[3]), MONTHS[f[1]], int(f[2])),
            ),
            (r"((?:19|20)\d{2})(\d{2})(\d{2})", lambda f: (int(f[1]), int(f[2]), int(f[3]))),
            (r"(\d{2})(\d{2})((?:19|20)\d{2})", lambda f: (int(f[3]), int(f[2]), int(f[1]))),
            (r"(\d{4})[ \-](" + MONTH + r")[ \-](\d{1,2})", lambda f: (int(f[1]), MONTHS[f[2]], int(f[3]))),
        )
    ),
    (SERIAL, _serial),
)
ONLY_MONTH = re.compile(r"(" + MONTH + r")[ \-./,]*" + YEAR + r"|(\d{1,2})/(\d{4})")


def parse(value: str) -> date | None:
    """The day that a text names, or None when it names none."""
    value = " ".join(value.replace("\N{NO-BREAK SPACE}", " ").split()).casefold()
    for shape, parts in SPELLINGS:
        if found := shape.fullmatch(value):
            try:
                when = date(*parts(found))
            except ValueError:  # the 31st of February; 20261301, which may be another spelling still
                continue
            return when if when.year in YEARS else None
    return None


def first_of_month(value: str) -> date | None:
    """The first day of "Mar-26", "March 2026" or "03/2026"; None for anything else."""
    found = ONLY_MONTH.fullmatch(" ".join(value.split()).casefold())
    if not found:
        return None
    month, year = (MONTHS[found[1]], found[2]) if found[1] else (int(found[3]), found[4])
    return date(_year(year), month, 1) if 1 <= month <= 12 and _year(year) in YEARS else None
