"""A staff file against the directory: who is new, who changes in what, who left, whom it may not touch.

People are matched on e-mail, then on staff number, never on name. A column that the file lacks leaves its
field alone; a person that the file lacks stays.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import privacy
from directory.columns import ACCOUNT_COLUMNS
from directory.csv_file import CsvFile
from directory.models import Account, DirectoryState, PersonRecord, PersonSkill, SkillLabel
from directory.plans import SAMPLE, Listed, LoadPlan, LoadRefused, PersonChange, Steps
from directory.rows import Fault, Row, WrittenSkill, shown

# The fields of a record in the order of Row[1:15].
FIELDS = Row._fields[1:15]
KEYS = ("staff_id", "email")
PIECE = 1000
ABSENT = (("left", "no", "yes"),)
NO_CHANGES: tuple[tuple[str, str, str], ...] = ()

Values = tuple[Any, ...]


class Existing(NamedTuple):
    """A record: its ids, its values in the order of FIELDS, its skills by label."""

    record_id: int
    person_id: int
    values: Values
    skills: dict[str, WrittenSkill]


def covered(csv_file: CsvFile) -> frozenset[str]:
    """The fields of a record that this file has a say in."""
    fields = csv_file.fields
    extra = {"name"}
    if "opted_out" in fields:
        extra.add("contactable")
    if "left" in fields:
        extra.add("leaving_date")
    return (fields & set(FIELDS)) | extra


def merged(row: Row, old: Values, covers: frozenset[str]) -> Values:
    """The record's values after the load. A blank key, or a last day nobody gave, does not wipe what is known."""
    keep_blank = {*KEYS, "leaving_date"} if "left" in covers else set(KEYS)
    values = tuple(
        new if name in covers and not (new is None and name in keep_blank) else before
        for name, new, before in zip(FIELDS, row[1:15], old, strict=True)
    )
    number, known = str(values[0] or ""), str(old[0] or "")
    lost = number != known and number.lstrip("0") == known.lstrip("0") != ""
    return (max(number, known, key=len), *values[1:]) if lost else values


def as_left(old: Values) -> Values:
    """The record's values of somebody who left, as nobody gave her last day."""
    return tuple(True if name == "left" else value for name, value in zip(FIELDS, old, strict=True))


async def records(session: AsyncSession, condition: Any, after: int = 0, limit: int = PIECE) -> list[Existing]:
    """Up to `limit` records that meet `condition`, in the order of their ids, with their skills."""
    columns = [col(getattr(PersonRecord, name)) for name in FIELDS]
    wanted = select(col(PersonRecord.id), col(PersonRecord.person_id), *columns)
    wanted = wanted.where(condition, col(PersonRecord.id) > after).order_by(col(PersonRecord.id)).limit(limit)
    found = (await session.execute(wanted)).all()
    if not found:
        return []
    skill = (col(SkillLabel.label), col(PersonSkill.level), col(PersonSkill.expires))
    held = select(col(PersonSkill.record_id), *skill)
    held = held.join(SkillLabel, col(SkillLabel.id) == col(PersonSkill.label_id))
    held = held.where(col(PersonSkill.record_id).between(found[0][0], found[-1][0])).order_by(
        col(PersonSkill.record_id), col(PersonSkill.label_id)
    )
    links = (await session.execute(held)).all()
    skills = {key: {link[1]: WrittenSkill(*link[1:]) for link in group} for key, group in groupby(links, itemgetter(0))}
    return [Existing(row[0], row[1], tuple(row[2:]), skills.get(row[0], {})) for row in found]


async def plan(session: AsyncSession, csv_file: CsvFile, today: date, *, complete: bool = False) -> LoadPlan:
    """Compare a file with the directory. Writes nothing.

    `complete`: somebody declared that it lists everybody, so whoever is not in it has left. Raises `LoadRefused`:
    `structure` for a file at fault, `not_complete` when rows of such a list are left out, as they could be anybody's.
    """
    if csv_file.structure:
        raise LoadRefused("structure")
    if complete and csv_file.refused:
        raise LoadRefused("not_complete")
    state = await privacy.state(session)
    comparison = _Comparison(csv_file, today, complete)
    if state.generation:
        await comparison.with_directory(session, state)
    kept_out = comparison.kept_out(await privacy.suppressed(session), state.pepper)
    return comparison.result(state, kept_out)


@dataclass(slots=True)
class _Found:
    """What the directory knows about one row."""

    existing: int
    person: int
    fields: tuple[tuple[str, str, str], ...]
    leaves: bool


@dataclass(slots=True)
class _Comparison:
    csv_file: CsvFile
    today: date
    complete: bool
    by_email: dict[str, int] = field(default_factory=dict)
    by_staff: dict[str, int] = field(default_factory=dict)
    found: dict[int, _Found] = field(default_factory=dict)
    refused: dict[int, Fault] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)
    by_digits: dict[str, int | None] = field(default_factory=dict)
    absent: list[Existing] = field(default_factory=list)
    before: int = 0
    missing: int = 0

    async def with_directory(self, session: AsyncSession, state: DirectoryState) -> None:
        """Look at every current record once, a thousand at a time."""
        for place, row in enumerate(self.csv_file.rows):
            if row.email:
                self.by_email[row.email] = place
            if row.staff_id:
                self.by_staff[row.staff_id] = place
                digits = row.staff_id.lstrip("0")
                if digits.isdigit():  # two numbers that differ only in their zeros are nobody's
                    self.by_digits[digits] = None if digits in self.by_digits else place
        covers = covered(self.csv_file)
        owners, held = await self._accounts(session, state)
        after = 0
        condition = privacy.current(PersonRecord, state.generation)
        while piece := await records(session, condition, after):
            after = piece[-1].record_id
            for existing in piece:
                self._meet(existing, covers, held.get(existing.person_id, frozenset()))
        self._check_accounts(owners)

    async def _accounts(
        self, session: AsyncSession, state: DirectoryState
    ) -> tuple[dict[tuple[str, str], int], dict[int, frozenset[tuple[str, str]]]]:
        owners: dict[tuple[str, str], int] = {}
        held: dict[int, frozenset[tuple[str, str]]] = {}
        if account_platforms(self.csv_file) != frozenset():
            wanted = select(col(Account.platform), col(Account.account), col(Account.person_id))
            for platform, account, person in await session.execute(
                wanted.where(privacy.current(Account, state.generation))
            ):
                owners[platform, account] = person
                held[person] = held.get(person, frozenset()) | {(platform, account)}
        return owners, held

    def _meet(self, existing: Existing, covers: frozenset[str], held: frozenset[tuple[str, str]]) -> None:
        staff_id, email = existing.values[0], existing.values[2]
        here = not _gone(existing.values, self.today)
        self.before += here
        by_email, by_staff = self.by_email.get(email), self._by_number(staff_id)
        place = by_email if by_email is not None else by_staff
        if place is None:
            self.missing += here
            if self.complete and here:
                self.absent.append(existing)
            return
        # Her address in one row and her number in another, or two people in one row: nobody can tell who is who.
        if by_email is not None and by_staff is not None and by_email != by_staff:
            self._refuse(by_staff, "staff_id", staff_id, "identity_conflict")
        if place in self.found:
            self._refuse(place, "staff_id", staff_id or email, "identity_conflict")
            return
        row = self.csv_file.rows[place]
        new = merged(row, existing.values, covers)
        fields = [(n, _say(a), _say(b)) for n, a, b in zip(FIELDS, existing.values, new, strict=True) if a != b]
        fields += self._differences(row, existing, held)
        leaves = _gone(new, self.today) and here
        self.found[place] = _Found(existing.record_id, existing.person_id, tuple(fields), leaves)

    def _by_number(self, staff_id: str | None) -> int | None:
        """The row with this number; one that a spreadsheet took the zeros from counts as the same."""
        exact = self.by_staff.get(staff_id) if staff_id else None
        return self.by_digits.get(staff_id.lstrip("0")) if exact is None and staff_id else exact

    def _differences(
        self, row: Row, existing: Existing, held: frozenset[tuple[str, str]]
    ) -> list[tuple[str, str, str]]:
        fields = []
        if "skills" in self.csv_file.fields:
            new = {skill.label: skill.level for skill in row.skills}
            old = {skill.label: skill.level for skill in existing.skills.values()}
            if new != old:
                fields.append(("skills", _say_skills(old, new), _say_skills(new, old)))
        platforms = account_platforms(self.csv_file)
        before = held if platforms is None else frozenset(one for one in held if one[0] in platforms)
        if platforms != frozenset() and before != frozenset(row.accounts):
            fields.append(("accounts", _say_accounts(before), _say_accounts(row.accounts)))
        return fields

    def _check_accounts(self, owners: Mapping[tuple[str, str], int]) -> None:
        for place, row in enumerate(self.csv_file.rows):
            for one in row.accounts:
                owner = owners.get(one)
                known = self.found.get(place)
                if owner is not None and (known is None or known.person != owner):
                    self._refuse(place, "accounts", ":".join(one), "account_taken")

    def _refuse(self, place: int, column: str, value: str | None, code: str) -> None:
        line = self.csv_file.rows[place].line
        self.refused.setdefault(place, Fault(line, column, shown(value or ""), code))

    def kept_out(self, suppressed: Mapping[str, str], pepper: str) -> int:
        """Set aside the rows of people who were erased; returns how many."""
        if privacy.ERASED not in suppressed.values():
            return 0
        for place, row in enumerate(self.csv_file.rows):
            if any(suppressed.get(privacy.keyed(pepper, *mark)) == privacy.ERASED for mark in marks(row)):
                self.out.add(place)
        return len(self.out)

    def result(self, state: DirectoryState, kept_out: int) -> LoadPlan:
        """Count, sample, and list the work."""
        steps, fields, sample = Steps(), dict[str, int](), list[PersonChange]()
        left = unchanged = 0
        for place, row in enumerate(self.csv_file.rows):
            if place in self.refused or place in self.out:
                continue
            known = self.found.get(place)
            if known is None:
                steps.added.append(place)
                kind, changes = "added", NO_CHANGES
            elif known.fields:
                steps.changed.append((place, known.existing, known.person))
                left += known.leaves
                kind, changes = "left" if known.leaves else "changed", known.fields
                for name, _, _ in known.fields:
                    fields[name] = fields.get(name, 0) + 1
            else:
                unchanged += 1
                continue
            if len(sample) < SAMPLE:
                sample.append(PersonChange(row.name, kind, changes))
        steps.gone = [(one.record_id, one.person_id) for one in self.absent]
        sample += [PersonChange(one.values[1], "left", ABSENT) for one in self.absent[: SAMPLE - len(sample)]]
        if self.absent:
            fields["left"] = fields.get("left", 0) + len(self.absent)
        identity = f"{self.csv_file.sha256}:{state.generation}:{state.revision}:{self.complete}"
        return LoadPlan(
            people=len(self.csv_file.rows) - len(self.refused),
            added=len(steps.added),
            changed=len(steps.changed) - left,
            left=left + len(self.absent),
            unchanged=unchanged,
            kept_out=kept_out,
            fields=fields,
            sample=tuple(sample),
            duplicates=self.csv_file.duplicates,
            refused=tuple(sorted([*self.csv_file.refused, *self.refused.values()], key=lambda fault: fault.line)),
            digest=hashlib.sha256(identity.encode()).hexdigest(),
            generation=state.generation,
            revision=state.revision,
            csv_file=self.csv_file,
            steps=steps,
            before=self.before,
            absent=self.missing,
            changes=self.changes,
        )

    def changes(self) -> Iterator[Listed]:
        """Every change, field by field, in the order of the file; at the end whoever a complete file lacks."""
        for place, row in enumerate(self.csv_file.rows):
            if place in self.refused or place in self.out:
                continue
            known = self.found.get(place)
            who = (row.staff_id, row.name, row.email)
            if known is None:
                yield Listed(row.line, "added", *who, "", "", "")
            else:
                for change in known.fields:
                    yield Listed(row.line, "left" if known.leaves else "changed", *who, *change)
        for one in self.absent:
            yield Listed(0, "left", one.values[0], one.values[1], one.values[2], *ABSENT[0])


def account_platforms(csv_file: CsvFile) -> frozenset[str] | None:
    """The platforms whose accounts this file lists; None for all of them (an `accounts` column)."""
    if "accounts" in csv_file.fields:
        return None
    return frozenset(ACCOUNT_COLUMNS[name] for name in ACCOUNT_COLUMNS if name in csv_file.fields)


def marks(row: Row) -> list[tuple[str, str]]:
    """What a row can be recognised by, the best first: address, number, accounts."""
    found = [("mail", row.email), ("staff", row.staff_id), *row.accounts]
    return [(kind, value) for kind, value in found if value]


def _gone(values: Values, today: date) -> bool:
    left, last_day = values[12], values[13]
    return bool(left) or (last_day is not None and last_day < today)


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _say_skills(these: Mapping[str, int | None], others: Mapping[str, int | None]) -> str:
    """Only what differs, so that a diff stays short."""
    return "; ".join(
        f"{label} ({level})" if level else label for label, level in these.items() if others.get(label, 0) != level
    )


def _say_accounts(these: Sequence[tuple[str, str]] | frozenset[tuple[str, str]]) -> str:
    return "; ".join(":".join(one) for one in sorted(these))
