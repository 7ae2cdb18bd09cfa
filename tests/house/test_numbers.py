"""The house rules hold, and breaking any one of them on purpose is caught."""

from pathlib import Path

import pytest

from tests.house.numbers import PACKAGES, look
from tests.house.rules import (
    LONGEST_CLASS,
    LONGEST_FILE,
    LONGEST_FUNCTION,
    MOST_METHODS,
    MOST_START_PARAMETERS,
)

ROOT = Path(__file__).parents[2]
DOC = '"""A module."""\n\n'
CATCH = "try:\n    pass\nexcept Exception:\n    raise\n"
# Spelt in two halves, so that the checks of this file itself stay awake.
NOQA, IGNORE = "# no" + "qa: S101", "# type: " + "ignore[misc]"

BROKEN = {
    f"function over {LONGEST_FUNCTION} lines": "def _short() -> None: ...\n" * 10
    + "def _long() -> None:\n"
    + "    print()\n" * (LONGEST_FUNCTION + 1),
    f"file over {LONGEST_FILE} lines": "x = 1\n" * (LONGEST_FILE + 1),
    f"class over {LONGEST_CLASS} lines": "class _Long:\n" + "    x = 1\n" * LONGEST_CLASS,
    f"over {MOST_METHODS} methods": "class _Wide:\n"
    + "".join(f"    def _m{n}(self) -> None: ...\n" for n in range(MOST_METHODS + 1)),
    f"over {MOST_START_PARAMETERS} start-up parameters": "class _Greedy:\n    def __init__(self, "
    + ", ".join(f"p{n}: int" for n in range(MOST_START_PARAMETERS + 1))
    + ") -> None: ...\n",
    "not fully typed": "def _half(number) -> None: ...\n",
    "no docstring": "class Public:\n    x = 1\n",
    "broad except without a reason": CATCH,
    "silenced check without a reason": f"assert True  {NOQA}\n",
    "TYPE_CHECKING block": "from typing import TYPE_CHECKING\n",
    "import inside a function": "def _late() -> None:\n    import json\n",
    "a clock in a pure module": "import datetime\nx = datetime.datetime.now(datetime.UTC)\n",
}
ALLOWED = {
    "broad except with a reason": CATCH.replace("Exception:", "Exception:  # told to the user by its reference"),
    "silenced check with a reason": f"assert True  {NOQA} - the type checker needs to know\n",
    "silenced type with a reason": f"x = 1  {IGNORE}  # the library has no types\n",
    "private without docstring": "def _quiet(number: int) -> None: ...\n",
    "long docstring": 'def _told() -> None:\n    """One.\n' + "\n    more\n" * 40 + '    """\n',
}


def house(root: Path, place: str, text: str) -> list[str]:
    """The rules broken by a tree of four packages in which one file holds `text`."""
    for package in PACKAGES:
        (root / package).mkdir()
        (root / package / "__init__.py").write_text(DOC)
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(DOC + text)
    return [fault.rule for fault in look(root).faults]


def test_the_house_keeps_its_numbers() -> None:
    report = look(ROOT)
    assert {place.partition("/")[0] for place in report.files} == set(PACKAGES)
    assert not report.faults, "\n".join(map(str, report.faults))


@pytest.mark.parametrize("rule", BROKEN)
def test_breaking_a_rule_is_caught(rule: str, tmp_path: Path) -> None:
    assert house(tmp_path, "bot/protocol/made_up.py", BROKEN[rule]) == [rule]


@pytest.mark.parametrize("what", ALLOWED)
def test_what_is_allowed_passes(what: str, tmp_path: Path) -> None:
    assert house(tmp_path, "bot/made_up.py", ALLOWED[what]) == []


def test_nine_in_ten_functions_are_short(tmp_path: Path) -> None:
    text = "".join(f"def _f{n}() -> None:\n" + "    print()\n" * 21 for n in range(3))
    assert house(tmp_path, "bot/made_up.py", text) == ["nine in ten functions over 20 lines"]


def test_few_checks_are_silenced_even_with_reasons(tmp_path: Path) -> None:
    text = f"assert True  {NOQA} - a reason\n" * 2
    assert house(tmp_path, "bot/made_up.py", text) == ["silenced checks over 0.5 in 1,000 lines"]


@pytest.mark.parametrize("place", ["bot/app.py", "bot/cli/run.py"])
def test_the_loader_and_the_command_line_may_import_late(place: str, tmp_path: Path) -> None:
    assert house(tmp_path, place, BROKEN["import inside a function"]) == []


def test_what_a_port_asks_for_does_not_count_as_a_method(tmp_path: Path) -> None:
    methods = "".join(f"    def m{n}(self) -> None:\n        '''Do it.'''\n" for n in range(MOST_METHODS + 5))
    text = f"class Port(Protocol):\n    '''A port.'''\n{methods}\nclass Real:\n    '''Real.'''\n{methods}"
    assert house(tmp_path, "adapters/made_up.py", text) == []


def test_written_migrations_are_left_out(tmp_path: Path) -> None:
    assert house(tmp_path, "bot/migrations/versions/0001.py", BROKEN["no docstring"]) == []
