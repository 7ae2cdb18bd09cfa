"""Which line of a table holds the column names, and what the cells below say about columns whose names do not."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from directory import cells, dates
from directory.cells import BadCell
from directory.columns import (
    A_SKILL,
    BY_KEY,
    NOT_USED,
    Header,
    Unsure,
    field_of,
    heading_key,
    read_header,
    recognised,
)
from directory.levels import HAS, HAS_NOT, of_cell
from directory.rows import Fault

HEAD_LINES = 40  # filled lines among which the column names must stand
Line = tuple[int, list[str]]

SALUTATIONS = frozenset("mr mrs ms miss mx dr prof professor sir dame rev revd cllr".split())
LEAST = 3  # columns of ticks that make a table of skills without anybody having to say so
MOST_WORDS = 60  # characters of the name of a skill
SHARE = 0.9  # of the cells of a column that must agree before they say what the column is
NO_SKILLS = re.compile(
    r"\b(?:start|end|hire|birth|dob|date|phone|tel|mobile|grade|band|scale|spine|salary|hours|fte|floor|room|desk|age\b|"
    r"gender|sex\b|ethnic|religio|disab|orientation|postcode|cost|code|number|\bno\b|ref|count|days|weeks|years?\b|union|"
    r"car\b|parking|dbs|contract|permanent|agile|vacan|comment|note|email|manager|name|service|team|total)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the column names stand: the first line below them is `below`; `line` is their own number."""

    line: int
    cells: list[str]
    above: tuple[Line, ...]
    below: int


def find(head: Sequence[Line]) -> Found | None:
    """The line of column names among the first lines, or two lines that together are; None when there are no lines."""
    best: tuple[tuple[bool, int, bool], Found] | None = None
    for place, (number, row) in enumerate(head[:HEAD_LINES]):
        choices = [(row, place + 1)]
        if place + 1 < len(head):
            choices += [(both, place + 2) for both in _two_lines(row, head[place + 1][1])]
        for cells_, below in choices:
            score = (names_people(cells_), recognised(cells_), below == place + 1)
            if best is None or score > best[0]:
                best = score, Found(number, cells_, tuple(head[:place]), below)
    return best and _with_line_below(best[1], head)


def names_people(row: Sequence[str]) -> bool:
    """Whether these names are enough to know people by."""
    fields = {found[0] for cell in row if (found := field_of(cell))}
    named = "name" in fields or "last_name" in fields or "known_as" in fields
    return named and bool({"email", "staff_id"} & fields)


def _two_lines(upper: Sequence[str], lower: Sequence[str]) -> list[list[str]]:
    """Two lines as one: the lower where it says something; and both, where a name is broken in two."""
    if any("@" in cell for cell in lower) or len(upper) != len(lower):
        return []
    return [
        [low if low.strip() else up for up, low in zip(upper, lower, strict=True)],
        [f"{up} {low}".strip() for up, low in zip(upper, lower, strict=True)],
    ]


def _with_line_below(found: Found, head: Sequence[Line]) -> Found:
    """The names of skills may stand one line lower than those of the person."""
    if found.below >= len(head):
        return found
    lower = head[found.below][1]
    fields = [field_of(cell) for cell in found.cells]
    keys = [place for place, one in enumerate(fields) if one and one[0] not in {"skills", "level"}]
    filled = [cell for place, cell in enumerate(lower) if cell.strip() and place not in keys]
    if (
        len(lower) != len(found.cells)
        or any(lower[place].strip() not in {"", found.cells[place].strip()} for place in keys)
        or len(filled) < 2
        or any("@" in cell or cell.strip().casefold() in HAS | HAS_NOT or cell.strip().isdigit() for cell in filled)
    ):
        return found
    return replace(found, cells=_two_lines(found.cells, lower)[0], below=found.below + 1)


def settle(found: Found, sample: Sequence[Line], told: Mapping[str, str]) -> Header | list[Fault]:
    """The header, once the cells below it were looked at; or everything that is wrong with it."""
    names = _without_salutations(found.cells, sample)
    answers = dict(told)
    if recognised(names) and not names_people(names) and not set(answers.values()) & {"email", "staff_id"}:
        answers |= _address_column(names, sample)
    header = read_header(names, found.line, answers)
    if isinstance(header, list):
        return header
    header = replace(header, headings=tuple(" ".join(cell.split()) for cell in found.cells))
    return _unknown_columns(header, sample, answers)


def column(sample: Sequence[Line], place: int) -> list[str]:
    """The filled cells of a column."""
    return [row[place].strip() for _, row in sample if place < len(row) and row[place].strip()]


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(value)) for value in values) / len(values) if values else 0.0


def _without_salutations(names: Sequence[str], sample: Sequence[Line]) -> list[str]:
    """A column "Title" of Mr, Mrs and Dr holds no job titles."""
    return [
        ""
        if heading_key(name) == "title"
        and _share(column(sample, place), lambda cell: cell.strip(".").casefold() in SALUTATIONS) > SHARE / 2
        else name
        for place, name in enumerate(names)
    ]


def _address_column(names: Sequence[str], sample: Sequence[Line]) -> dict[str, str]:
    """The one column that is full of addresses although its name does not say so, unless it is the manager's."""
    full = [
        heading_key(name)
        for place, name in enumerate(names)
        if name and "@" not in name and not field_of(name) and _share(column(sample, place), _is_address) > SHARE
    ]
    return {full[0]: "email"} if len(full) == 1 and "manager" not in full[0] else {}


def _is_address(cell: str) -> bool:
    try:
        return cells.email(cell) is not None
    except BadCell:
        return False


def _unknown_columns(header: Header, sample: Sequence[Line], told: Mapping[str, str]) -> Header:
    """Columns of ticks and levels are skills where there are several; what may be something of ours is asked about."""
    taken = {*header.places.values(), *(place for place, _ in header.matrix)}
    taken |= {place for pair in header.numbered for place in pair if place is not None}
    open_ = [
        (place, name)
        for place, name in enumerate(header.headings)
        if name and place not in taken and told.get(heading_key(name)) != NOT_USED
    ]
    ticked = [(place, name) for place, name in open_ if _ticked(name, column(sample, place))]
    matrix = header.matrix + (tuple(ticked) if len(ticked) >= LEAST or header.matrix else ())
    used = {place for place, _ in matrix}
    unsure = [
        Unsure(name, guess, column(sample, place)[0] if column(sample, place) else "")
        for place, name in open_
        if place not in used and (guess := _guess(header, name, column(sample, place), (place, name) in ticked))
    ]
    unused = tuple(name for name in header.unused if name not in {name for _, name in matrix})
    return replace(header, matrix=tuple(sorted(set(matrix))), unused=unused, unsure=tuple(unsure))


def _ticked(name: str, values: Sequence[str]) -> bool:
    """Whether a column holds ticks and levels and nothing else, under a name that could be a skill's."""
    if not values or len(name) > MOST_WORDS or NO_SKILLS.search(name):
        return False
    return _share(values, _is_tick) > SHARE


def _is_tick(cell: str) -> bool:
    try:
        of_cell(cell)
    except BadCell:
        return False
    return True


def _guess(header: Header, name: str, values: Sequence[str], ticked: bool) -> str | None:
    """What an unknown column may be, if it is worth a question."""
    if ticked:
        return A_SKILL
    near = _near(heading_key(name))
    if near and near not in header.places:
        return near
    if "email" not in header.places and _share(values, _is_address) > SHARE / 2:
        return "email"
    if "last_reviewed" not in header.places and heading_key(name) == "date" and _share(values, dates.parse) > SHARE:
        return "last_reviewed"
    if "skills" not in header.places and not header.matrix and _share(values, lambda cell: ";" in cell) > SHARE / 2:
        return "skills"
    return None


def _near(key: str) -> str | None:
    """The field whose usual name differs in a letter or two."""
    allowed = 0 if len(key) < 5 else 1 if len(key) < 9 else 2
    near = [(OSA.distance(key, other, score_cutoff=allowed), found[0]) for other, found in BY_KEY.items()]
    close = [one for one in near if 0 < one[0] <= allowed]
    return min(close)[1] if close else None
