"""The exhaustive search: the rules hold in every state it reaches, and it catches every shortcut that it is shown.

`python -m tests.unit.protocol.search` prints the same figures; docs/explanation/search.md tells what they mean.
"""

import pytest

from tests.unit.protocol.search import DEPTH, Search, contents, told
from tests.unit.protocol.shortcuts import SHORTCUTS, Shortcut

# How many states must be reached, so that the search cannot shrink unnoticed: a little less than it reached when
# this was written.
NORMAL = [("medium", DEPTH, 250_000), ("note", 6, 17_000), ("high", 6, 6_500)]
LONG = [("note", DEPTH, 500_000), ("high", DEPTH, 300_000)]


def held_everywhere(severity: str, depth: int, least: int, *, whole: bool = False) -> None:
    result = contents(severity).run(depth, whole=whole)
    assert not result.wrong, told(severity, result)
    assert result.states >= least
    assert result.published > 0


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("severity", "depth", "least"), NORMAL)
def test_the_rules_hold_wherever_events_lead(severity: str, depth: int, least: int) -> None:
    held_everywhere(severity, depth, least)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("severity", "depth", "least"), LONG)
def test_the_rules_hold_for_all_content(severity: str, depth: int, least: int) -> None:
    held_everywhere(severity, depth, least)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("severity", ["note", "medium"])
def test_the_rules_hold_where_nothing_can_be_published_either(severity: str) -> None:
    """Every state to six events, also those from which there is no way out in time."""
    held_everywhere(severity, 6, 200_000, whole=True)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "shortcut"), SHORTCUTS.items())
def test_each_shortcut_is_caught(name: str, shortcut: Shortcut) -> None:
    """A checker that catches nothing proves nothing."""
    with shortcut.taken() as rules:
        result = Search(rules).find(shortcut.finding)
    assert shortcut.finding in result.wrong, told(name, result)
    assert 1 <= len(result.trace) <= DEPTH
