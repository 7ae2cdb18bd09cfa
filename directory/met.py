"""Who was met in a file already: the same person twice is told, or, where each row is one skill, put together."""

from collections.abc import Mapping

from directory.rows import Fault, Row, shown


class Met:
    """The people of one file so far."""

    def __init__(self, headings: Mapping[str, str], accounts: bool, one_skill_a_row: bool) -> None:
        """`accounts`: the file has them. `one_skill_a_row`: rows of the same person add skills to her."""
        self.rows: list[Row] = []
        self.duplicates: list[Fault] = []
        self._headings = headings
        self._with_accounts = accounts
        self._adds = one_skill_a_row
        self._emails: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._owners: dict[tuple[str, str], int] = {}
        self._places: dict[int, int] = {}  # line to place in rows

    def take(self, people: list[Row]) -> None:
        """Keep those who are new."""
        if self._all_new(people):
            self.rows += people
            return
        for person in people:
            if not self._is_known(person):
                self._places[person[0]] = len(self.rows)
                self.rows.append(person)

    def _all_new(self, people: list[Row]) -> bool:
        """Whether nobody here was met before; then they are noted as met. Said only of files without accounts."""
        if self._with_accounts or self._adds:
            return False
        emails = [(row[3], row[0]) for row in people if row[3]]
        numbers = [(row[1], row[0]) for row in people if row[1]]
        met = ((self._emails, emails, dict(emails)), (self._numbers, numbers, dict(numbers)))
        if any(len(pairs) != len(new) or not old.keys().isdisjoint(new) for old, pairs, new in met):
            return False
        for old, _, new in met:
            old.update(new)
        return True

    def _is_known(self, row: Row) -> bool:
        """Whether an earlier row is the same person, or has the same account; noted with both lines."""
        line, staff_id, email = row[0], row[1], row[3]
        firsts = (
            self._emails.setdefault(email, line) if email else line,
            self._numbers.setdefault(staff_id, line) if staff_id else line,
        )
        if firsts == (line, line) and not row.accounts:
            return False
        if self._adds and self._added(row, min(firsts)):
            return True
        owners = [(":".join(one), self._owners.setdefault(one, line)) for one in row.accounts]
        keys = [("email", email, firsts[0]), ("staff_id", staff_id, firsts[1])]
        keys += [("account", text, first) for text, first in owners]
        for field, value, first in keys:
            if first != line:
                code = "duplicate_account" if field == "account" else "duplicate_person"
                heading = self._headings.get(field, field)
                self.duplicates.append(Fault(line, heading, shown(value or ""), code, {"first_line": first}))
                return True
        return False

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
