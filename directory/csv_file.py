"""Bytes into rows and faults: encodings, delimiters, headers, cells. Pure: no network, database or clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


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
    """Something wrong in a file: where, what was read, and the code whose reason and fix the wording holds."""

    line: int
    column: str
    value: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """What was read. `structure` faults: the file as a whole cannot be used, and `rows` is empty.

    `columns` maps our field to the heading it was found under; `unused` are headings nobody knows.
    """

    rows: tuple[Row, ...]
    structure: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    duplicates: tuple[Fault, ...]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    encoding: str
    delimiter: str
    sha256: str


def read(data: bytes) -> CsvFile:
    """Read a staff file; never raises for what is in it."""
    raise NotImplementedError
