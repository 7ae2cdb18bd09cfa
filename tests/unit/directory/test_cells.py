"""Single cells: dates day first, levels in numbers and words, skills in a list, accounts."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import cells
from directory.cells import BadCell

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
NO_DATES = (
    "31/02/2026",
    "02/13/2026",
    "yesterday",
    "1/2",
    "2026",
    "99/99/99",
    "1 Brumaire 2026",
    "01/01/0001",
    "12345",
)


@pytest.mark.parametrize("cell", DATES)
def test_dates(cell: str) -> None:
    assert cells.day(cell) == DATES[cell]


@pytest.mark.parametrize("cell", NO_DATES)
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(BadCell) as refused:
        cells.day(cell)
    assert refused.value.code == "bad_date"


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
