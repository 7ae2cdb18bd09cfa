"""Lines between the people: titles, sections, sums, repeated headings, remarks. Each is told, none is a person."""

import re
from collections.abc import Sequence

from directory.cells import TOTAL
from directory.columns import Header, heading_key

FOOT = re.compile(
    r"(?:\*|†|‡|notes?\b|n\.?b\.?\b|source|printed|report|run (?:on|date|by)|exported|produced|generated|end of|"
    r"page \d|©|confidential|official|data as (?:at|of)|as at|please|key:|prepared|filter|parameters|extract|"
    r"number of|headcount|count|average|sum of|records?:|\d+ (?:records|rows|staff|people|employees))",
    re.IGNORECASE,
)
SECTION = re.compile(
    r"[&:/]|\d|\b(?:team|services?|department|directorate|section|unit|division|office|group|council|and|of|the|for)\b",
    re.IGNORECASE,
)


def kind_of(row: Sequence[str], header: Header, sections: frozenset[str]) -> str | None:
    """Why a line is nobody, as one of the codes below; None when it may be somebody.

    `sections` are the teams and services of the file, case-folded.
    """
    filled = {place: cell.strip() for place, cell in enumerate(row) if cell.strip()}
    if not filled or any("@" in cell for cell in filled.values()):
        return None
    same = sum(
        place < len(header.headings) and heading_key(cell) == heading_key(header.headings[place])
        for place, cell in filled.items()
    )
    if same > len(filled) / 2 and same > 1:
        return "repeated_header"
    first = next(iter(filled.values()))
    if TOTAL.fullmatch(first) or any(map(TOTAL.fullmatch, filled.values())):
        return "total_row"
    words = {cell for cell in filled.values() if not cell.isdigit()}
    if len(words) > 1 or (header.places.get("staff_id") in filled and not words):
        return None
    if FOOT.match(first):
        return "foot_line"
    return "section_row" if _is_section(filled, words, header, sections) else None


def _is_section(filled: dict[int, str], words: set[str], header: Header, sections: frozenset[str]) -> bool:
    (place, text), *others = filled.items()
    if not words or (others and not all(cell == text or cell.isdigit() for _, cell in others)):
        return False
    names = {header.places.get(field) for field in ("name", "first_name", "last_name")}
    # A mere name without anything else is somebody whose row is not complete.
    return place not in names or bool(others) or text.casefold() in sections or bool(SECTION.search(text))
