"""The page that says what the tests of Slack rest on names tests that are there, and leaves out no case."""

import re
from pathlib import Path

import pytest

PAGE = Path("docs/reference/slack-servers.md").read_text(encoding="utf-8")
FOLDERS = (Path(), Path("tests/real"))
CASES = [*(f"R{number}" for number in range(1, 23)), *(f"C{number}" for number in range(1, 21))]


def found(name: str) -> Path:
    """The file that the page means."""
    return next(path for folder in FOLDERS if (path := folder / name).exists())


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py)`", PAGE))))
def test_a_file_that_it_names_is_there(name: str) -> None:
    assert found(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_its_line_and_a_test_in_a_file_of_the_page(case: str) -> None:
    assert len(re.findall(rf"^\| {case} ", PAGE, re.MULTILINE)) == 1
    files = [found(name) for name in set(re.findall(r"`(test_slack\w*\.py)`", PAGE))]
    names = [name for file in files for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))]
    assert [name for name in names if case.lower() in name.split("_")], names
