"""Who was met in a file already: the same person twice is told, or, where each row is one skill, put together."""

from collections.abc import Mapping
from typing import Literal

from directory.rows import Fault, Row, shown

TABLE = 10_000_000  # more lines than any table has


class Met:
    """The people of one file so far."""

    def __init__(self, accounts: bool, one_skill_a_row: bool) -> None:
        """`accounts`: the file has them. `one_skill_a_row`: rows of the same person add skills to her."""
        self.rows: list[Row] = []
        self._with_accounts = accounts
        self._adds = one_skill_a_row
        self._emails: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._owners: dict[tuple[str, str], int] = {}
        self._places: dict[int, int] = {}  # line to place in rows
        self._offset = 0

    def next_table(self) -> None:
        """Another table of the same file begins; its lines are counted anew."""
        self._offset += TABLE

    def let_rows_add(self) -> None:
        """From now on rows of people who were met add skills to them."""
        self._adds = True
        by_key = {value: place for place, row in enumerate(self.rows) for value in (row.staff_id, row.email) if value}
        for key, line in (*self._emails.items(), *self._numbers.items()):
            self._places[line] = by_key[key]

    def names(self) -> dict[str, str]:
        """Everybody's name by her address and by her number."""
        return {value.casefold(): row.name for row in self.rows for value in (row.staff_id, row.email) if value}

    def take(self, people: list[Row], headings: Mapping[str, str]) -> list[Fault]:
        """Keep those who are new; who is not is told. `headings` are the columns' names by field."""
        if self._all_new(people):
            self.rows += people
            return []
        faults = []
        for person in people:
            known = self._known(person, headings)
            if known is None:
                self._places[person[0] + self._offset] = len(self.rows)
                self.rows.append(person)
            elif known:
                faults.append(known)
        return faults

    def _all_new(self, people: list[Row]) -> bool:
        """Whether nobody here was met before; then they are noted as met. Said only of files without accounts."""
        if self._with_accounts or self._adds:
            return False
        emails = [(row[3], row[0] + self._offset) for row in people if row[3]]
        numbers = [(row[1], row[0] + self._offset) for row in people if row[1]]
        met = ((self._emails, emails, dict(emails)), (self._numbers, numbers, dict(numbers)))
        if any(len(pairs) != len(new) or not old.keys().isdisjoint(new) for old, pairs, new in met):
            return False
        for old, _, new in met:
            old.update(new)
        return True

    def _known(self, row: Row, headings: Mapping[str, str]) -> Fault | Literal[False] | None:
        """What tells that an earlier row is the same person, or has the same account, with both lines.

        None when she is new, False when her skills were added to what is known of her.
        """
        line, staff_id, email = row[0] + self._offset, row[1], row[3]
        firsts = (
            self._emails.setdefault(email, line) if email else line,
            self._numbers.setdefault(staff_id, line) if staff_id else line,
        )
        if firsts == (line, line) and not row.accounts:
            return None
        if self._adds and self._added(row, min(firsts)):
            return False
        owners = [(":".join(one), self._owners.setdefault(one, line)) for one in row.accounts]
        keys = [("email", email, firsts[0]), ("staff_id", staff_id, firsts[1])]
        keys += [("account", text, first) for text, first in owners]
        for field, value, first in keys:
            if first != line:
                code = "duplicate_account" if field == "account" else "duplicate_person"
                told = {"first_line": first % TABLE}
                return Fault(row[0], headings.get(field, field), shown(value or ""), code, told)
        return None

    def _added(self, row: Row, first: int) -> bool:
        """Put the skills of a row to the person of an earlier one, unless the two do not say the same of her."""
        place = self._places.get(first)
        old = None if place is None else self.rows[place]
        if place is None or old is None or old.name.casefold() != row.name.casefold():
            return False
        held = {one.label for one in old.skills}
        if row.skills and held.issuperset(one.label for one in row.skills):
            return False
        new = tuple(one for one in row.skills if one.label not in held)
        latest = max(filter(None, (old.last_reviewed, row.last_reviewed)), default=None)
        self.rows[place] = old._replace(skills=old.skills + new, last_reviewed=latest)
        return True
