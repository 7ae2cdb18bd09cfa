"""The closing table counts what was tested against each real part."""

from dataclasses import dataclass, field
from typing import Any

from tests.real.needs import count, unused


@dataclass(frozen=True)
class Report:
    """As much of a test's report as the table reads."""

    user_properties: list[tuple[str, str]] = field(default_factory=list)


def test_the_table_counts_each_outcome_once_for_each_part() -> None:
    twice = Report([("part", "Telex"), ("part", "Telex"), ("part", "Fax"), ("time", "3")])
    stats: dict[str, list[Any]] = {
        "passed": [twice, Report()],
        "error": [Report([("part", "Fax")])],
        "skipped": [],
        "warnings": [object()],
    }
    assert count(stats) == {("Telex", "passed"): 1, ("Fax", "passed"): 1, ("Fax", "failed"): 1}


def test_a_part_that_no_test_passed_with_is_told() -> None:
    found = {"Telex": {"path": "x"}, "Fax": {"path": "y"}, "Morse": {"missing": "no line"}}
    assert unused(found, count({"passed": [Report([("part", "Telex")])], "failed": [Report([("part", "Fax")])]})) == [
        "Fax"
    ]
