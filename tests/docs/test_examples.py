"""No example is left out in silence: what a page shows after `$ ` is what tests/docs/test_pages.py runs."""

import re
from collections import Counter

import pytest

from tests.docs import follow
from tests.docs.follow import ROOT, Run

pytestmark = pytest.mark.docs
README = ROOT / "README.md"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
}
PROMPT = re.compile(r"^[ \t>]*\$ (.*)$", re.MULTILINE)


def run(page: str) -> list[str]:
    """The commands of a page that are run, by their first line."""
    return [step.command.partition("\n")[0] for step in follow.steps(page) if isinstance(step, Run)]


def left_out(page: str) -> list[str]:
    """The commands that a page shows and nobody runs: in a block of another kind, indented, quoted."""
    shown = Counter(found.strip() for found in PROMPT.findall(page))
    return sorted((shown - Counter(command.strip() for command in run(page))).elements())


@pytest.mark.parametrize("page", PAGES)
def test_every_command_shown_is_run(page: str) -> None:
    assert left_out(PAGES[page]) == []


def test_there_are_examples_of_our_own_command() -> None:
    if not README.exists():
        pytest.skip("README.md is not written yet")
    commands = [command for page in PAGES.values() for command in run(page)]
    assert [command for command in commands if command.startswith("switchboard ")]


@pytest.mark.parametrize(
    ("page", "lost"),
    [
        ("```console\n$ switchboard who\n```\n", []),
        ("```console\n$ true\n$ false\nno\n```\n", []),
        ("```sh\n$ switchboard who\n```\n", ["switchboard who"]),
        ("```\n$ switchboard who\n```\n", ["switchboard who"]),
        ("    $ switchboard who\n", ["switchboard who"]),
        ("> $ switchboard who\n", ["switchboard who"]),
        ("- see\n  ```console\n  $ switchboard who\n  ```\n", ["switchboard who"]),
        ("```console\n$ switchboard who\n```\n```sh\n$ switchboard who\n```\n", ["switchboard who"]),
        ("It costs $ 5 a month.\n", []),
    ],
)
def test_an_example_that_is_not_run_is_told(page: str, lost: list[str]) -> None:
    assert left_out(page) == lost
