"""Rows of cells into people: every cell checked, every fault named, duplicates inside the file found."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any

from directory import cells
from directory.cells import BadCell
from directory.columns import ACCOUNT_COLUMNS, Header
from directory.rows import Fault, Row, WrittenSkill, shown

MOST_SKILLS = 200
LONGEST_SKILLS = 20_000

Parser = Callable[[str], Any]
LABEL = itemgetter(0)

# How each field is read, in the order of the values in RowReader._row. Those of the second table repeat from
# row to row and are read once a file.
UNIQUE: dict[str, Parser] = {
    "staff_id": cells.text,
    "name": cells.text,
    "email": cells.email,
    "first_name": cells.text,
    "last_name": cells.text,
    **{name: partial(cells.account, platform) for name, platform in ACCOUNT_COLUMNS.items()},
    "accounts": cells.accounts,
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
        parsers = UNIQUE | {name: _Memo(parse).__getitem__ for name, parse in REPEATING.items()}
        self._columns = [(name, parsers[name], header.places[name]) for name in parsers if name in header.places]
        slots = {name: slot for slot, name in enumerate(parsers)}
        self._steps = [(slots[name], parse, place) for name, parse, place in self._columns]
        self._blank: list[Any] = [None] * len(parsers)
        self._skills_at = header.places.get("skills")
        self._emails: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._owners: dict[tuple[str, str], int] = {}

    def take(self, line: int, row: list[str]) -> None:
        """Read one row, or note what is wrong with it."""
        if len(row) != self._width:
            if len(row) < self._width or any(map(str.strip, row[self._width :])):
                counts = {"expected": self._width, "found": len(row)}
                self.refused.append(Fault(line, "", shown(", ".join(row)), "ragged_row", counts))
                return
            del row[self._width :]
        try:
            person = self._person(line, row)
        except BadCell:
            self.refused += self._explain(line, row)
            return
        if not self._is_duplicate(person):
            self.rows.append(person)

    def _person(self, line: int, row: list[str]) -> Row:
        """The person in this row. Raises `BadCell` at the first thing that is wrong."""
        values = self._blank.copy()
        for slot, parse, place in self._steps:
            values[slot] = parse(row[place])
        staff_id, name, email, first, last, slack, matrix, web, others, *rest = values
        *texts, days, pronouns, manager, reviewed, contactable, opted_out, left, last_day = rest
        if name is None:
            name = " ".join(filter(None, (first, last)))
            if not name:
                raise BadCell("no_name")
        if email is None and staff_id is None:
            raise BadCell("no_key")
        if last_day is None and isinstance(left, date):
            last_day = left
        accounts = (*filter(None, (slack, matrix, web)), *(others or ())) if self._accounts else ()
        listed = contactable is not False and opted_out is not True
        skills = () if self._skills_at is None else self._skills(row[self._skills_at])
        where = (*texts, manager, days, pronouns, reviewed)
        return Row._make((line, staff_id, name, email, *where, listed, left is True, last_day, accounts, skills))

    def _skills(self, cell: str) -> tuple[WrittenSkill, ...]:
        if not cell:
            return ()
        items = self._split(cell) if len(cell) <= LONGEST_SKILLS else []
        if not items or len(items) > MOST_SKILLS:
            raise BadCell("too_many_skills", {"most": MOST_SKILLS})
        found = [*map(self._one_skill.__getitem__, items)]
        if None in found:
            found = [one for one in found if one]
        if len(set(map(LABEL, found))) == len(found):
            return tuple(found)
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
                parse(row[place])
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
                self._person(line, row)
            except BadCell as bad:  # a name or a key is missing, or the skills are too many
                field = {"no_name": "name", "no_key": "email"}.get(bad.code, "skills")
                faults.append(self._fault(line, field, cell if field == "skills" else "", bad))
        return faults

    def _fault(self, line: int, field: str, value: str, bad: BadCell) -> Fault:
        heading: Mapping[str, str] = self._header.columns
        return Fault(line, heading.get(field, field), shown(value), bad.code, bad.params)

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
