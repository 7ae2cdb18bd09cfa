"""Rows of cells into people: every cell checked, every fault named, duplicates inside the file found.

Rows are read a block at a time, column by column: most columns need no look at each cell then. A block with
anything wrong in it is taken to pieces until the row at fault stands alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import compress
from operator import itemgetter
from typing import Any

from directory import cells
from directory.cells import BadCell
from directory.columns import ACCOUNT_COLUMNS, Header
from directory.rows import Fault, Row, WrittenSkill, shown

MOST_SKILLS = 200
LONGEST_SKILLS = 20_000
PIECES = 4  # of a block with a fault

Parser = Callable[[str], Any]
Column = Sequence[Any]
LABEL = itemgetter(0)

# How the cells of each field are read, in the order of the values in RowReader._people: whole columns, and then
# single cells that repeat from row to row and are read once a file.
UNIQUE: dict[str, Callable[[Sequence[str]], Column]] = {
    "staff_id": cells.texts,
    "name": cells.texts,
    "email": cells.emails,
    "first_name": cells.texts,
    "last_name": cells.texts,
    **{name: cells.each(partial(cells.account, platform)) for name, platform in ACCOUNT_COLUMNS.items()},
    "accounts": cells.each(cells.accounts),
}
REPEATING: dict[str, Parser] = {
    **dict.fromkeys(("job_title", "team", "service", "location", "working_days", "pronouns"), cells.text),
    "manager_email": cells.address_or_nothing,
    "last_reviewed": cells.day,
    "contactable": cells.yes_no,
    "opted_out": cells.yes_no,
    "left": cells.has_left,
    "leaving_date": cells.day,
}


class _Memo(dict[str, Any]):
    """What a parser made of each cell it has met; a cell that it refuses is met again."""

    def __init__(self, parse: Parser) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, cell: str) -> Any:
        value = self[cell] = self.parse(cell)
        return value


class RowReader:
    """Takes the rows of one file, in order."""

    def __init__(self, header: Header, split_skills: Callable[[str], list[str]]) -> None:
        """Prepare for the columns of `header`."""
        self.rows: list[Row] = []
        self.refused: list[Fault] = []
        self.duplicates: list[Fault] = []
        self._header = header
        self._width = len(header.headings)
        self._split = split_skills
        self._one_skill = _Memo(cells.skill)
        self._accounts = any(name in header.places for name in (*ACCOUNT_COLUMNS, "accounts"))
        parsers = UNIQUE | {name: cells.each(_Memo(parse).__getitem__) for name, parse in REPEATING.items()}
        self._columns = [(name, parsers[name], header.places[name]) for name in parsers if name in header.places]
        slots = {name: slot for slot, name in enumerate(parsers)}
        self._steps = [(slots[name], parse, place) for name, parse, place in self._columns]
        self._slots = len(parsers)
        self._skills_at = header.places.get("skills")
        self._emails: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._owners: dict[tuple[str, str], int] = {}

    def take(self, lines: Sequence[int], rows: Sequence[list[str]]) -> None:
        """Read a block of rows, or note what is wrong with each."""
        if any(len(row) != self._width for row in rows):
            fits = [self._fits(line, row) for line, row in zip(lines, rows, strict=True)]
            lines, rows = [*compress(lines, fits)], [*compress(rows, fits)]
        if rows:
            self._read(lines, rows)

    def _fits(self, line: int, row: list[str]) -> bool:
        """Whether a row has a cell for each heading; blank ones too many are taken off."""
        if len(row) < self._width or any(map(str.strip, row[self._width :])):
            counts = {"expected": self._width, "found": len(row)}
            self.refused.append(Fault(line, "", shown(", ".join(row)), "ragged_row", counts))
            return False
        del row[self._width :]
        return True

    def _read(self, lines: Sequence[int], rows: Sequence[list[str]]) -> None:
        try:
            people = self._people(lines, rows)
        except BadCell:
            if len(rows) == 1:
                self.refused += self._explain(lines[0], rows[0])
                return
            size = -(-len(rows) // PIECES)
            for start in range(0, len(rows), size):
                self._read(lines[start : start + size], rows[start : start + size])
            return
        if not self._all_new(people):
            people = [person for person in people if not self._is_duplicate(person)]
        self.rows += people

    def _people(self, lines: Sequence[int], rows: Sequence[list[str]]) -> list[Row]:
        """The people in these rows. Raises `BadCell` at the first thing that is wrong."""
        columns = [*zip(*rows, strict=True)]
        values: list[Column] = [[None] * len(rows)] * self._slots
        for slot, parse, place in self._steps:
            values[slot] = parse(columns[place])
        staff_ids, names, emails, firsts, lasts, slack, matrix, web, others, *rest = values
        *texts, days, pronouns, managers, reviewed, contactable, opted_out, left, last_days = rest
        if None in names:
            names = [name or _whole_name(*parts) for name, *parts in zip(names, firsts, lasts, strict=True)]
        if None in emails and (None, None) in zip(emails, staff_ids, strict=True):
            raise BadCell("no_key")
        accounts: Column = [()] * len(rows)
        if self._accounts:
            accounts = [*map(_accounts, slack, matrix, web, others)]
        skills: Column = [()] * len(rows)
        if self._skills_at is not None:
            skills = [*map(self._skills, columns[self._skills_at])]
        listed = [yes is not False and no is not True for yes, no in zip(contactable, opted_out, strict=True)]
        ends = [*map(_last_day, left, last_days)]
        gone = [one is True for one in left]
        where = (*texts, managers, days, pronouns, reviewed)
        together = zip(lines, staff_ids, names, emails, *where, listed, gone, ends, accounts, skills, strict=True)
        return [*map(Row._make, together)]

    def _skills(self, cell: str) -> tuple[WrittenSkill, ...]:
        if not cell:
            return ()
        items = self._split(cell) if len(cell) <= LONGEST_SKILLS else []
        if not items or len(items) > MOST_SKILLS:
            raise BadCell("too_many_skills", {"most": MOST_SKILLS})
        found = tuple(filter(None, map(self._one_skill.__getitem__, items)))
        if len(set(map(LABEL, found))) == len(found):
            return found
        by_label: dict[str, WrittenSkill] = {}
        for one in found:  # said twice: the higher level counts
            if one.label not in by_label or (by_label[one.label].level or 0) < (one.level or 0):
                by_label[one.label] = one
        return tuple(by_label.values())

    def _explain(self, line: int, row: list[str]) -> list[Fault]:
        """Everything that is wrong with a row, not just the first thing."""
        faults = []
        for name, parse, place in self._columns:
            try:
                parse((row[place],))
            except BadCell as bad:
                faults.append(self._fault(line, name, row[place], bad))
        cell = "" if self._skills_at is None else row[self._skills_at]
        for item in self._split(cell[:LONGEST_SKILLS]):
            try:
                self._one_skill[item]
            except BadCell as bad:
                faults.append(self._fault(line, "skills", item, bad))
        if not faults:
            try:
                self._people([line], [row])
            except BadCell as bad:  # a name or a key is missing, or the skills are too many
                field = {"no_name": "name", "no_key": "email"}.get(bad.code, "skills")
                faults.append(self._fault(line, field, cell if field == "skills" else "", bad))
        return faults

    def _fault(self, line: int, field: str, value: str, bad: BadCell) -> Fault:
        heading: Mapping[str, str] = self._header.columns
        return Fault(line, heading.get(field, field), shown(value), bad.code, bad.params)

    def _all_new(self, people: list[Row]) -> bool:
        """Whether nobody here was met before; then they are noted as met. Said only of files without accounts."""
        if self._accounts:
            return False
        emails = [(row[3], row[0]) for row in people if row[3]]
        numbers = [(row[1], row[0]) for row in people if row[1]]
        met = ((self._emails, emails, dict(emails)), (self._numbers, numbers, dict(numbers)))
        if any(len(pairs) != len(new) or not old.keys().isdisjoint(new) for old, pairs, new in met):
            return False
        for old, _, new in met:
            old.update(new)
        return True

    def _is_duplicate(self, row: Row) -> bool:
        """Whether an earlier row is the same person, or has the same account; noted with both lines."""
        line, staff_id, email = row[0], row[1], row[3]
        firsts = (
            self._emails.setdefault(email, line) if email else line,
            self._numbers.setdefault(staff_id, line) if staff_id else line,
        )
        if firsts == (line, line) and not row.accounts:
            return False
        owners = [(":".join(one), self._owners.setdefault(one, line)) for one in row.accounts]
        keys = [("email", email, firsts[0]), ("staff_id", staff_id, firsts[1])]
        keys += [("account", text, first) for text, first in owners]
        for field, value, first in keys:
            if first != line:
                code = "duplicate_account" if field == "account" else "duplicate_person"
                heading = self._header.columns.get(field, field)
                self.duplicates.append(Fault(line, heading, shown(value or ""), code, {"first_line": first}))
                return True
        return False


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
