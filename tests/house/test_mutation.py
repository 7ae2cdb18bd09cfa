"""The mutation score counts what it should."""

from tests.house.mutation import score


def test_what_was_killed_or_hung_was_noticed() -> None:
    assert score({"total": 22, "skipped": 2, "killed": 15, "timeout": 2, "survived": 3}) == 85.0


def test_nothing_planted_is_no_success() -> None:
    assert score({"total": 0, "skipped": 0, "killed": 0, "timeout": 0}) == 0.0
