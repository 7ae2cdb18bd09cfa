"""Single cells: dates day first, levels in numbers and words, skills in a list, accounts."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import cells
from directory.cells import BadCell
from directory.rows import WrittenSkill

DATES = {
    "2026-03-01": date(2026, 3, 1),
    "2026-03-01T00:00:00": date(2026, 3, 1),
    "2026-3-1 10:30": date(2026, 3, 1),
    "01/03/2026": date(2026, 3, 1),
    "1.3.26": date(2026, 3, 1),
    "1-3-2026": date(2026, 3, 1),
    "13/02/2026 09:00": date(2026, 2, 13),
    "1 March 2026": date(2026, 3, 1),
    "01-Mar-26": date(2026, 3, 1),
    "1st Sept 2026": date(2026, 9, 1),
    " ": None,
}
NO_DATES = ("31/02/2026", "02/13/2026", "yesterday", "1/2", "2026", "99/99/99", "1 Brumaire 2026", "01/01/0001")


@pytest.mark.parametrize("cell", DATES)
def test_dates(cell: str) -> None:
    assert cells.day(cell) == DATES[cell]


@pytest.mark.parametrize("cell", NO_DATES)
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(BadCell) as refused:
        cells.day(cell)
    assert refused.value.code == "bad_date"


SKILLS: dict[str, tuple[str, int | None]] = {
    "QGIS (3)": ("QGIS", 3),
    "QGIS: 3": ("QGIS", 3),
    "QGIS = expert": ("QGIS", 4),
    "QGIS - Practitioner": ("QGIS", 3),
    "QGIS (awareness)": ("QGIS", 1),
    "British Sign Language (L2)": ("British Sign Language (L2)", None),
    "British Sign Language (L2) (1)": ("British Sign Language (L2)", 1),
    "Licensing Act 2003": ("Licensing Act 2003", None),
    "Section 21 / Section 8 notices (2)": ("Section 21 / Section 8 notices", 2),
    "COVID-19": ("COVID-19", None),
    "Polish (native) (4)": ("Polish (native)", 4),
    "Excel (pivot tables, XLOOKUP) (2)": ("Excel (pivot tables, XLOOKUP)", 2),
}


@pytest.mark.parametrize("cell", SKILLS)
def test_skills_and_levels(cell: str) -> None:
    found = cells.skill(cell)
    assert found is not None
    assert (found.label, found.level) == SKILLS[cell]


def test_a_skill_keeps_its_words_when_it_runs_out() -> None:
    label = "First aid at work - expires 2027"
    assert cells.skill(f"{label} (2)") == WrittenSkill(label, 2, date(2027, 12, 31))
    assert cells.skill("Gas safe, valid until 01/02/2027") == WrittenSkill(
        "Gas safe, valid until 01/02/2027", None, date(2027, 2, 1)
    )
    assert cells.skill("Ladders (expires 3 years after training)") == WrittenSkill(
        "Ladders (expires 3 years after training)", None, None
    )


def test_commas_separate_only_where_nothing_else_does() -> None:
    assert cells.skill_splitter(["QGIS, Excel (pivot tables, XLOOKUP), SQL"])(
        "QGIS, Excel (pivot tables, XLOOKUP), SQL"
    ) == ["QGIS", " Excel (pivot tables, XLOOKUP)", " SQL"]
    split = cells.skill_splitter(["QGIS; Excel", "Planning, enforcement"])
    assert split("Planning, enforcement") == ["Planning, enforcement"]
    assert split("A|B\nC;D") == ["A", "B", "C", "D"]


def test_accounts() -> None:
    assert cells.accounts("slack:U012AB; matrix:@ama:b.example web:ama") == (
        ("slack", "U012AB"),
        ("matrix", "@ama:b.example"),
        ("web", "ama"),
    )
    for bad in ("fax:1", "slack:ama", "ama"):
        with pytest.raises(BadCell, match="bad_account"):
            cells.accounts(bad)


def test_a_manager_given_by_name_is_no_address() -> None:
    assert cells.address_or_nothing("Nia Prosser") is None
    assert cells.address_or_nothing(" NIA@b.example") == "nia@b.example"


# Cells that read as they stand, and some of each kind that does not.
PLAIN = ["Ama", "O'Neill", "Zoë Évans", "a  b", "a|b", "p1@b.example", "P1@B.example", "İ@b.example"]
AWKWARD = [
    "",
    " Jo ",
    "|",
    "'=x",
    "Zoe\u0301",
    "é  b",
    "N\u00a0B",
    "a\u202eb",
    "a\tb",
    "x" * 501,
    "a b@c.example",
    "'@x",
]


def told(parse: Callable[[], Sequence[str | None]]) -> list[str | None] | str:
    try:
        return list(parse())
    except BadCell as bad:
        return bad.code


@given(st.lists(st.sampled_from(PLAIN) | st.sampled_from(AWKWARD) | st.text(max_size=6), min_size=1, max_size=4))
def test_a_column_reads_as_its_cells_do(column: list[str]) -> None:
    assert told(lambda: cells.texts(column)) == told(lambda: [cells.text(cell) for cell in column])
    assert told(lambda: cells.emails(column)) == told(lambda: [cells.email(cell) for cell in column])
