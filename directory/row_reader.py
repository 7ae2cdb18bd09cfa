"""Rows of cells into people: every cell checked, every fault named, duplicates inside the file found.

Rows are read a block at a time, column by column: most columns need no look at each cell then. A block with
anything wrong in it is taken to pieces until the row at fault stands alone.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import compress
from typing import Any

from directory import cells
from directory.cells import BadCell
from directory.columns import ACCOUNT_COLUMNS, Header
from directory.header import Line, column
from directory.met import Met
from directory.no_person import kind_of
from directory.rows import Fault, Remarks, Row, shown
from directory.skill_cells import MOST_SKILLS, Memo, SkillCells
from directory.skill_lists import SkillLists, learn

__all__ = ["MOST_SKILLS", "Habits", "RowReader", "habits_of"]

PIECES = 4  # of a block with a fault
MOST_SHARE = 0.7  # of the names of a file, from which on "Surname, Forename" is how it writes them
REPEATS = 0.3  # of the rows that name somebody met before, from which on a file has one skill a row
SECTIONS = 3000

Parser = Callable[[str], Any]
Column = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Habits:
    """How one file writes what could be written several ways; found in a sample of its rows.

    `number_width`: its staff numbers have so many digits, zeros in front included; 0 when they differ.
    """

    lists: SkillLists = field(default_factory=SkillLists)
    surname_first: bool = False
    number_width: int = 0
    one_skill_a_row: bool = False
    sections: frozenset[str] = frozenset()


def habits_of(header: Header, sample: Sequence[Line], known: Collection[str]) -> Habits:
    """Look at a sample of the rows; `known` are the labels of skills that the directory has."""
    filled = {name: column(sample, place) for name, place in header.places.items()}
    lists = [*filled.get("skills", ()), *(cell for place, _ in header.numbered for cell in column(sample, place))]
    names = [name for name in filled.get("name", ()) if not name.isdigit()]
    commas = sum(name.count(",") == 1 and not name.startswith(",") for name in names)
    sections = {cell.casefold() for name in ("team", "service") for cell in filled.get(name, ())}
    key = header.places.get("email", header.places.get("staff_id", 0))
    keys = column(sample, key)
    again = len(keys) - len(set(keys))
    return Habits(
        learn(lists, known),
        bool(names) and commas > MOST_SHARE * len(names),
        _number_width(filled.get("staff_id", ())),
        "level" in header.places or ("skills" in header.places and again > REPEATS * max(len(keys), 1)),
        frozenset(sorted(sections)[:SECTIONS]),
    )


def _number_width(cells_: Sequence[str]) -> int:
    found = cells.FORCED_TEXT
    numbers = [number for cell in cells_ if (number := found.sub(r"\1", cell)).isdigit()]
    widths = Counter(map(len, numbers))
    if not numbers:
        return 0
    width, times = widths.most_common(1)[0]
    zeros = any(number[0] == "0" and len(number) == width for number in numbers)
    return width if zeros and width == max(widths) and times > len(numbers) / 2 else 0


class RowReader:
    """Takes the rows of one file, in order."""

    def __init__(self, header: Header, habits: Habits, remarks: Remarks, met: Met) -> None:
        """Prepare for the columns of `header`; `met` is who was met in the file before, and whoever is met now."""
        self.refused: list[Fault] = []
        self.duplicates: list[Fault] = []
        self.aside: list[Fault] = []
        self._header = header
        self._habits = habits
        self._remarks = remarks
        self._width = len(header.headings)
        self._skills = SkillCells(header, habits.lists, remarks)
        self._accounts = any(name in header.places for name in (*ACCOUNT_COLUMNS, "accounts"))
        self.met = met
        parsers = self._parsers()
        self._columns = [(name, parsers[name], header.places[name]) for name in parsers if name in header.places]
        slots = {name: slot for slot, name in enumerate(parsers)}
        self._steps = [(slots[name], parse, place) for name, parse, place in self._columns]
        self._slots = len(parsers)
        self._last: list[str] | None = None

    def _parsers(self) -> dict[str, Callable[[Sequence[str]], Column]]:
        """How each column is read, in the order of the values in `_people`: first whole columns, and then single
        cells that repeat from row to row and are read once a file."""
        remarks = self._remarks
        whole: dict[str, Callable[[Sequence[str]], Column]] = {
            "staff_id": self._staff_ids,
            "name": self._names,
            "email": partial(cells.emails, remarks=remarks),
            "first_name": cells.texts,
            "last_name": cells.texts,
            "known_as": cells.texts,
            **{name: cells.each(partial(cells.account, platform)) for name, platform in ACCOUNT_COLUMNS.items()},
            "accounts": cells.each(cells.accounts),
        }
        single: dict[str, Parser] = {
            **dict.fromkeys(("job_title", "team", "service", "location", "working_days", "pronouns"), cells.text),
            "manager_email": partial(_manager, remarks),
            "last_reviewed": partial(cells.day, remarks=remarks),
            "contactable": cells.yes_no,
            "opted_out": cells.yes_no,
            "left": cells.has_left,
            "leaving_date": partial(cells.last_day, remarks=remarks),
        }
        return whole | {name: cells.each(Memo(parse).__getitem__) for name, parse in single.items()}

    def _staff_ids(self, numbers: Sequence[str]) -> Sequence[str | None]:
        found, width = cells.staff_ids(numbers, self._remarks), self._habits.number_width
        if not width or all(one is None or len(one) == width for one in found):
            return found
        for one in found:
            if one and one.isdigit() and len(one) < width:
                self._remarks.add("zeros_back", one, one.zfill(width))
        return [one.zfill(width) if one and one.isdigit() else one for one in found]

    def _names(self, names: Sequence[str]) -> Sequence[str | None]:
        found = cells.texts(names)
        if not self._habits.surname_first:
            return found
        return [self._turned(one) if one and "," in one else one for one in found]

    def _turned(self, name: str) -> str:
        last, _, first = map(str.strip, name.partition(","))
        if not (first and last):
            return name
        self._remarks.add("surname_first", name, f"{first} {last}")
        return f"{first} {last}"

    def take(self, lines: Sequence[int], rows: Sequence[list[str]]) -> None:
        """Read a block of rows, or note what is wrong with each."""
        if any(len(row) != self._width for row in rows):
            fits = [self._fits(line, row) for line, row in zip(lines, rows, strict=True)]
            lines, rows = [*compress(lines, fits)], [*compress(rows, fits)]
        if rows and self._habits.one_skill_a_row:
            self._fill_down(rows)
        if rows:
            self._read(lines, rows)

    def _fill_down(self, rows: Sequence[list[str]]) -> None:
        """Where a person's particulars stand only in the first of her rows, the others take them from there."""
        keep = [place for name, place in self._header.places.items() if name not in {"skills", "level"}]
        skill_at = self._header.places.get("skills", 0)
        for row in rows:
            if self._last and row[skill_at].strip() and not any(row[place].strip() for place in keep):
                for place in keep:
                    row[place] = self._last[place]
            elif any(row[place].strip() for place in keep):
                self._last = row

    def _fits(self, line: int, row: list[str]) -> bool:
        """Whether a row has a cell for each heading; blank ones too many are taken off."""
        if len(row) < self._width or any(map(str.strip, row[self._width :])):
            if self._set_aside(line, row):
                return False
            counts = {"expected": self._width, "found": len(row)}
            self.refused.append(Fault(line, "", shown(", ".join(row)), "ragged_row", counts))
            return False
        del row[self._width :]
        return True

    def _set_aside(self, line: int, row: Sequence[str]) -> bool:
        """Whether the row is nobody's: a section, a sum, the headings again; then it is noted."""
        kind = kind_of(row, self._header, self._habits.sections)
        if kind:
            self.aside.append(Fault(line, "", shown(" ".join(filter(None, map(str.strip, row)))), kind))
        return kind is not None

    def _read(self, lines: Sequence[int], rows: Sequence[list[str]]) -> None:
        try:
            people = self._people(lines, rows)
        except BadCell:
            if len(rows) == 1:
                if not self._set_aside(lines[0], rows[0]):
                    self.refused += self._explain(lines[0], rows[0])
                return
            size = -(-len(rows) // PIECES)
            for start in range(0, len(rows), size):
                self._read(lines[start : start + size], rows[start : start + size])
            return
        self.duplicates += self.met.take(people, self._header.columns)

    def _people(self, lines: Sequence[int], rows: Sequence[list[str]]) -> list[Row]:
        """The people in these rows. Raises `BadCell` at the first thing that is wrong."""
        columns = [*zip(*rows, strict=True)]
        values: list[Column] = [[None] * len(rows)] * self._slots
        for slot, parse, place in self._steps:
            values[slot] = parse(columns[place])
        staff_ids, names, emails, firsts, lasts, called, slack, matrix, web, others, *rest = values
        *texts, days, pronouns, managers, reviewed, contactable, opted_out, left, last_days = rest
        if None in names:
            parts = zip(names, firsts, lasts, called, strict=True)
            names = [name or _whole_name(known or first, last) for name, first, last, known in parts]
        if None in emails and (None, None) in zip(emails, staff_ids, strict=True):
            raise BadCell("no_key")
        accounts: Column = [()] * len(rows)
        if self._accounts:
            accounts = [*map(_accounts, slack, matrix, web, others)]
        skills = self._skills.column(rows, columns)
        listed = [yes is not False and no is not True for yes, no in zip(contactable, opted_out, strict=True)]
        ends = [*map(_last_day, left, last_days)]
        gone = [one is True for one in left]
        where = (*texts, managers, days, pronouns, reviewed)
        together = zip(lines, staff_ids, names, emails, *where, listed, gone, ends, accounts, skills, strict=True)
        return [*map(Row._make, together)]

    def _explain(self, line: int, row: list[str]) -> list[Fault]:
        """Everything that is wrong with a row, not just the first thing."""
        faults = []
        for name, parse, place in self._columns:
            try:
                parse((row[place],))
            except BadCell as bad:
                faults.append(self._fault(line, name, row[place], bad))
        faults += [self._fault(line, "skills", value, bad) for value, bad in self._skills.explain(row)]
        if not faults:
            try:
                self._people([line], [row])
            except BadCell as bad:  # a name or a key is missing
                faults.append(self._fault(line, {"no_name": "name"}.get(bad.code, "email"), "", bad))
        return faults

    def _fault(self, line: int, name: str, value: str, bad: BadCell) -> Fault:
        return Fault(line, self._header.columns.get(name, name), shown(value), bad.code, bad.params)


def _manager(remarks: Remarks, cell: str) -> str | None:
    """Her manager's address. Many exports have a name there, which is not kept: that is remarked."""
    found = cells.address_or_nothing(cell)
    if found is None and cell.strip():
        remarks.add("manager_by_name", cell)
    return found


def _whole_name(first: str | None, last: str | None) -> str:
    name = " ".join(filter(None, (first, last)))
    if not name:
        raise BadCell("no_name")
    return name


def _accounts(*found: Any) -> tuple[tuple[str, str], ...]:
    *single, others = found
    return (*filter(None, single), *(others or ()))


def _last_day(left: bool | date | None, last_day: date | None) -> date | None:
    return left if last_day is None and isinstance(left, date) else last_day
