"""What reading a staff file yields: rows, and faults. Plain values, no sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

SHOWN = 80  # characters of a faulty value that are repeated to a person


class WrittenSkill(NamedTuple):
    """A skill as a cell gives it: the label as written, the level 1 to 4 or None, and when it runs out."""

    label: str
    level: int | None
    expires: date | None


class Row(NamedTuple):
    """One person as the file gives her; `line` is where her row begins, counted as an editor does."""

    line: int
    staff_id: str | None
    name: str
    email: str | None
    job_title: str | None
    team: str | None
    service: str | None
    location: str | None
    manager_email: str | None
    working_days: str | None
    pronouns: str | None
    last_reviewed: date | None
    contactable: bool
    left: bool
    leaving_date: date | None
    accounts: tuple[tuple[str, str], ...]
    skills: tuple[WrittenSkill, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: where, what was read, and the code whose reason and fix the wording holds.

    `sheet` is told of the second sheet of a workbook on; `line` 0 means the file as a whole.
    """

    line: int
    column: str
    value: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    sheet: str = ""


MOST_REMARKS = 10_000


@dataclass(slots=True)
class Remarks:
    """What was read otherwise than it stands, by code: each value once, with what was made of it."""

    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, code: str, before: str, after: str = "") -> None:
        """Note one value; the ten thousandth is the last that is kept."""
        if len(self.seen) < MOST_REMARKS:
            self.seen.setdefault((code, shown(before)), after)


def shown(value: str) -> str:
    """A value short enough, and on one line, to repeat to a person."""
    line = " ".join("".join(c if c.isprintable() else " " for c in value[: SHOWN * 2]).split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


# Every code a fault may carry. Of the first kind, one makes the file as a whole unusable.
STRUCTURE_CODES = (
    "empty_file",
    "too_big",
    "locked_workbook",
    "broken_workbook",
    "too_big_workbook",
    "not_csv",
    "nul_bytes",
    "bad_encoding",
    "mixed_encoding",
    "no_header",
    "missing_column",
    "duplicate_column",
    "too_many_columns",
    "too_many_rows",
    "unclosed_quote",
)
ROW_CODES = (
    "stray_quote",
    "too_long_cell",
    "ragged_row",
    "no_name",
    "no_key",
    "bad_email",
    "email_space",
    "bad_date",
    "bad_yes_no",
    "bad_left",
    "bad_account",
    "bad_level",
    "too_many_skills",
    "too_long",
    "duplicate_person",
    "duplicate_account",
    "identity_conflict",
    "account_taken",
)
# Of the third, lines that are nobody's; and of the last, values that were read otherwise than they stand.
ASIDE_CODES = (
    "title_line",
    "section_row",
    "total_row",
    "repeated_header",
    "foot_line",
    "unread_sheet",
    "hidden_sheet",
    "empty_formula",
)
REMARK_CODES = (
    "no_value",
    "shortened_number",
    "zeros_back",
    "surname_first",
    "first_email",
    "manager_by_name",
    "only_month",
    "skill_twice",
    "no_level",
    "no_tick",
)
