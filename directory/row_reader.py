"""Rows of cells into people: every cell checked, every fault named, duplicates inside the file found."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

from directory import cells
from directory.cells import BadCell
from directory.columns import ACCOUNT_COLUMNS, Header
from directory.rows import Fault, Row, WrittenSkill, shown

MOST_SKILLS = 200
LONGEST_SKILLS = 20_000

T = TypeVar("T")
Parser = Callable[[str], T]


class RowReader:
    """Takes the rows of one file, in order. Cells that repeat, like teams and skills, are read once."""

    def __init__(self, header: Header, split_skills: Callable[[str], list[str]]) -> None:
        """Prepare for the columns of `header`."""
        self.rows: list[Row] = []
        self.refused: list[Fault] = []
        self.duplicates: list[Fault] = []
        self._header = header
        self._width = len(header.headings)
        self._split = split_skills
        self._at = header.places.get
        self._accounts = [name for name in (*ACCOUNT_COLUMNS, "accounts") if name in header.places]
        self._seen: dict[str, dict[str, int]] = {"email": {}, "staff_id": {}, "accounts": {}}
        self._words: dict[str, str | None] = {}
        self._days: dict[str, date | None] = {}
        self._skills: dict[str, WrittenSkill | None] = {}
        self._faults: list[Fault] = []
        self._line = 0
        self._row: list[str] = []

    def take(self, line: int, row: list[str]) -> None:
        """Read one row, or note what is wrong with it."""
        if len(row) < self._width or (len(row) > self._width and any(map(str.strip, row[self._width :]))):
            counts = {"expected": self._width, "found": len(row)}
            self.refused.append(Fault(line, "", shown(", ".join(row)), "ragged_row", counts))
            return
        self._line, self._row, self._faults = line, row, []
        person = self._person()
        if person is None or self._faults:
            self.refused += self._faults
        elif not self._is_duplicate(person):
            self.rows.append(person)

    def _person(self) -> Row | None:
        get, name, staff_id, email = self._cell, self._name(), self._cell("staff_id", cells.text), self._email("email")
        if not self._faults and staff_id is None and email is None:
            self._fault("email", "", "no_key", {})
        if name is None:
            return None
        left = get("left", cells.has_left) or False
        opted_out = get("opted_out", cells.yes_no)
        contactable = get("contactable", cells.yes_no)
        leaving = self._day("leaving_date") or (left if isinstance(left, date) else None)
        return Row(
            self._line,
            staff_id,
            name,
            email,
            self._word("job_title"),
            self._word("team"),
            self._word("service"),
            self._word("location"),
            self._manager(),
            self._word("working_days"),
            self._word("pronouns"),
            self._day("last_reviewed"),
            contactable is not False and opted_out is not True,
            left is True,
            leaving,
            self._account_ids() if self._accounts else (),
            self._skill_list(),
        )

    def _fault(self, field: str, value: str, code: str, params: object) -> None:
        place = self._at(field)
        heading = self._header.headings[place] if place is not None else field
        details = params if isinstance(params, dict) else {}
        self._faults.append(Fault(self._line, heading, shown(value), code, details))

    def _cell(self, field: str, parse: Parser[T | None]) -> T | None:
        place = self._at(field)
        if place is None or not (raw := self._row[place]):
            return None
        try:
            return parse(raw)
        except BadCell as bad:
            self._fault(field, raw, bad.code, bad.params)
            return None

    def _name(self) -> str | None:
        name = self._cell("name", cells.text)
        if name is None:
            parts = (self._cell("first_name", cells.text), self._cell("last_name", cells.text))
            name = " ".join(filter(None, parts)) or None
        if name is None and not self._faults:
            self._fault("name", "", "no_name", {})
        return name

    def _email(self, field: str) -> str | None:
        return self._cell(field, cells.email)

    def _manager(self) -> str | None:
        # Many exports put the manager's name in this column; it is kept only when it is an address.
        value = self._word("manager_email")
        return value.lower() if value and cells.EMAIL.fullmatch(value) else None

    def _word(self, field: str) -> str | None:
        place = self._at(field)
        if place is None:
            return None
        raw = self._row[place]
        if raw in self._words:
            return self._words[raw]
        value = self._words[raw] = self._cell(field, cells.text)
        return value

    def _day(self, field: str) -> date | None:
        place = self._at(field)
        if place is None:
            return None
        raw = self._row[place]
        if raw in self._days:
            return self._days[raw]
        value = self._cell(field, cells.day)
        if value is not None:
            self._days[raw] = value
        return value

    def _account_ids(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        for field in self._accounts:
            if field == "accounts":
                found += self._cell(field, cells.accounts) or ()
                continue
            if one := self._cell(field, partial(cells.account, ACCOUNT_COLUMNS[field])):
                found.append(one)
        return tuple(dict.fromkeys(found))

    def _skill_list(self) -> tuple[WrittenSkill, ...]:
        place = self._at("skills")
        if place is None or not (raw := self._row[place]):
            return ()
        items = self._split(raw) if len(raw) <= LONGEST_SKILLS else []
        if not items or len(items) > MOST_SKILLS:
            self._fault("skills", raw, "too_many_skills", {"most": MOST_SKILLS})
            return ()
        known = self._skills
        found: dict[str, WrittenSkill] = {}
        for item in items:
            try:
                one = known[item] if item in known else self._new_skill(item)
            except BadCell as bad:
                self._fault("skills", item, bad.code, bad.params)
                continue
            # Said twice, the higher level counts.
            if one and (one.label not in found or (found[one.label].level or 0) < (one.level or 0)):
                found[one.label] = one
        return tuple(found.values())

    def _new_skill(self, item: str) -> WrittenSkill | None:
        one = self._skills[item] = cells.skill(item)
        return one

    def _is_duplicate(self, row: Row) -> bool:
        keys = [("email", row.email), ("staff_id", row.staff_id), *(("accounts", ":".join(a)) for a in row.accounts)]
        for field, value in keys:
            if value and (first := self._seen[field].get(value)):
                code = "duplicate_account" if field == "accounts" else "duplicate_person"
                self.duplicates.append(Fault(row.line, field, shown(value), code, {"first_line": first}))
                return True
        for field, value in keys:
            if value:
                self._seen[field][value] = row.line
        return False
