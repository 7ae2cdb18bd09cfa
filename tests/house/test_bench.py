"""The frame of the benchmarks: every figure is shown with its goal, and a crash is told but hides nothing."""

import pytest

from tests.bench import __main__ as bench
from tests.bench.register import Figure


def slow_snail() -> list[Figure]:
    return [Figure("a snail's metre", 400.0, 60.0, "s CPU"), Figure("a hare's metre", 0.1, 60.0, "s CPU")]


def broken() -> list[Figure]:
    raise RuntimeError("no stopwatch")


def test_each_figure_is_shown_with_its_goal(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.show([slow_snail]) == 0
    snail, hare = capsys.readouterr().out.splitlines()[1:]
    assert snail.split() == ["a", "snail's", "metre", "400", "60", "s", "CPU", "NO"]
    assert hare.endswith("yes")


def test_a_crash_is_told_and_the_others_still_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.show([broken, slow_snail]) == 1
    told = capsys.readouterr()
    assert "no stopwatch" in told.err
    assert "snail" in told.out


def test_there_are_benchmarks_and_a_slip_in_a_name_is_no_success() -> None:
    assert bench.find()
    assert bench.main(["no such benchmark"]) == 1
