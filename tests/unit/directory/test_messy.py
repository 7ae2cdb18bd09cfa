"""Messy files of made-up organisations whose truth is known: everybody, every duplicate, skills, levels and dates."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from directory.csv_file import CsvFile, read
from tests.unit.directory import messy
from tests.unit.directory.organisations import Somebody, labels_of, staff_of

SEEDS = range(3)
LIKENESS = 0.97  # of skills: precision and recall
EXACT = 0.99  # of levels and dates
SHARED = Path(os.environ.get("SWITCHBOARD_SHARED", "../shared")) / "data/whoknows/staff.csv"


@dataclass(frozen=True)
class Score:
    """Shares of what was read right."""

    people: int
    precision: float
    recall: float
    levels: float
    dates: float
    names: float
    numbers: float


def score(found: CsvFile, staff: Sequence[Somebody]) -> Score:
    """How near the reading comes to the truth; people are known by their address."""
    rows = {row.email: row for row in found.rows}
    right = said = true = levels = 0
    pairs = [(rows[one.email], one) for one in staff if one.email in rows]
    for row, one in pairs:
        held = {skill.label: skill.level for skill in row.skills}
        both = held.keys() & one.skills.keys()
        right, said, true = right + len(both), said + len(held), true + len(one.skills)
        levels += sum(held[label] == one.skills[label] for label in both)
    return Score(
        len(pairs),
        right / said,
        right / true,
        levels / right,
        sum(row.last_reviewed == one.last_reviewed for row, one in pairs) / len(pairs),
        sum(row.name == one.full_name for row, one in pairs) / len(pairs),
        sum(row.staff_id == one.staff_id for row, one in pairs) / len(pairs),
    )


def judge(found: CsvFile, staff: Sequence[Somebody], duplicates: int) -> None:
    """The goals for a messy file."""
    assert (found.structure, found.refused) == ((), ())
    assert len(found.duplicates) == duplicates
    assert len(found.rows) == len(staff)
    reached = score(found, staff)
    assert reached.people == len(staff)
    assert min(reached.precision, reached.recall) >= LIKENESS, reached
    assert min(reached.levels, reached.dates) >= EXACT, reached
    assert (reached.names, reached.numbers) == (1, 1)


@pytest.mark.parametrize("levels", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_list_in_a_cell(seed: int, levels: bool) -> None:
    staff = staff_of("Brackwell", 400, seed, levels=levels)
    data, duplicates = messy.list_in_a_cell(staff, seed)
    found = read(data)
    judge(found, staff, duplicates)
    codes = {fault.code for fault in found.aside}
    assert codes == {"title_line", "section_row", "total_row", "repeated_header", "foot_line"}
    assert {"Telephone", "Start Date", "Notes"} == set(found.unused)


@pytest.mark.parametrize("levels", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_for_each_skill(seed: int, levels: bool) -> None:
    staff = staff_of("Thornmoor", 300, seed, levels=levels)
    data, duplicates = messy.row_per_skill(staff, seed)
    judge(read(data), staff, duplicates)


@pytest.mark.parametrize("levels", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_column_for_each_skill(seed: int, levels: bool) -> None:
    staff = staff_of("Eastmere", 250, seed, levels=levels)
    data, duplicates = messy.column_per_skill(staff, seed, labels_of("Eastmere"))
    found = read(data)
    judge(found, staff, duplicates)
    assert set(found.skill_columns) == set(labels_of("Eastmere"))


@pytest.mark.parametrize("levels", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.skipif(not SHARED.exists(), reason="the development staff file is not here")
def test_the_development_file_made_messy(seed: int, levels: bool) -> None:
    clean = read(SHARED.read_bytes())
    staff = [
        Somebody(
            row.staff_id or "",
            (row.name.partition(" ")[0], row.name.partition(" ")[2]),
            row.email or "",
            row.job_title or "",
            row.service or "",
            row.team or "",
            row.last_reviewed or date(2000, 1, 1),
            "",
            {one.label: one.level if levels else None for one in row.skills},
        )
        for row in clean.rows
    ]
    assert len(staff) == 400
    data, duplicates = messy.list_in_a_cell(staff, seed)
    judge(read(data), staff, duplicates)
