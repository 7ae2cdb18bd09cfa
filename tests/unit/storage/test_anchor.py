"""The anchor file by itself: its lines, its seals, a crash in the middle of a line, several processes."""

import json
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import anchor
from bot.anchor import BLOCK, RESTORED, GivenUp
from bot.audit import START, Fault, Pin
from tests.process import ROOT, environment
from tests.unit.storage.evidence import KEYS, STOLEN
from tests.unit.storage.stage import AT

HOUR = timedelta(hours=1)


def pin(last: int, letter: str = "a") -> Pin:
    """A head, an hour after the one before."""
    return Pin(last, letter * 64, AT + last * HOUR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An anchor file of five lines."""
    path = tmp_path / "switchboard.anchor"
    for number in range(1, 6):
        anchor.append(path, KEYS, pin(number))
    return path


def test_what_is_appended_is_read_back(path: Path) -> None:
    found = anchor.read(path, KEYS)
    assert found.pins == [pin(number) for number in range(1, 6)]
    assert (found.faults, found.given_up, found.gone, found.torn) == ([], [], [], False)
    assert anchor.newest(path) == pin(5)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [set(json.loads(line)) for line in path.read_text().splitlines()] == [
        {"at", "event", "last", "mac", "seal"}
    ] * 5


def test_a_head_that_has_not_moved_adds_no_line(path: Path) -> None:
    before = path.read_bytes()
    anchor.append(path, KEYS, replace(pin(5), at=AT + 99 * HOUR))
    assert path.read_bytes() == before
    anchor.append(path, KEYS, pin(5, "b"))
    assert len(anchor.read(path, KEYS).pins) == 6


def test_no_file_holds_nothing(tmp_path: Path) -> None:
    found = anchor.read(tmp_path / "none", KEYS)
    assert (found.pins, found.faults) == ([], [])
    assert anchor.newest(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


def test_another_key_knows_no_line(path: Path) -> None:
    found = anchor.read(path, STOLEN)
    assert (found.pins, found.faults) == ([], [Fault(1, "anchor_changed", 5)])


@pytest.mark.parametrize("field", ["at", "event", "last", "mac", "seal"])
def test_a_changed_line_is_found_and_trusted_no_more(path: Path, field: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    values = {"at": AT.isoformat(), "event": RESTORED, "last": 9, "mac": "b" * 64, "seal": "c" * 64}
    lines[2] = json.dumps(json.loads(lines[2]) | {field: values[field]}) + "\n"
    path.write_text("".join(lines))
    found = anchor.read(path, KEYS)
    assert found.faults == [Fault(3, "anchor_changed", 4)]  # the seal of the fourth is over the third as it was
    assert found.pins == [pin(1), pin(2), pin(5)]


@pytest.mark.parametrize(
    "line", ["", "null", "[]", "{}", "7", '{"last": {}}', "\x00\xff", "[" * 100_000, '{"last": 1e999, "mac": 1}']
)
def test_a_line_that_is_none_is_found_and_written_after(path: Path, line: str) -> None:
    with path.open("a", encoding="latin-1") as file:
        file.write(line + "\n")
    assert anchor.newest(path) is None
    anchor.append(path, KEYS, pin(6))
    found = anchor.read(path, KEYS)
    assert (found.faults, found.pins[-1]) == ([Fault(6, "anchor_changed")], pin(6))


@pytest.mark.parametrize("dropped", range(4))
def test_a_line_taken_out_before_the_last_is_found(path: Path, dropped: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:dropped] + lines[dropped + 1 :]))
    assert anchor.read(path, KEYS).faults == [Fault(dropped + 1, "anchor_changed")]


def test_lines_in_another_order_or_twice_are_found(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert anchor.read(path, KEYS).faults == [Fault(2, "anchor_changed", 4)]
    path.write_bytes(b"".join([*lines, lines[4]]))
    assert anchor.read(path, KEYS).faults == [Fault(6, "anchor_changed")]


def test_a_line_torn_anywhere_is_no_fault_and_the_next_mends_it(path: Path) -> None:
    whole = path.read_bytes()
    begin = whole.rindex(b"\n", 0, -1) + 1
    tears = range(begin + 1, len(whole))
    assert len(tears) > 200
    for tear in tears:
        path.write_bytes(whole[:tear])
        found = anchor.read(path, KEYS)
        assert (found.torn, found.faults, len(found.pins)) == (True, [], 4)
        assert anchor.newest(path) == pin(4)
        anchor.append(path, KEYS, pin(5))
        assert path.read_bytes() == whole


def test_the_zeros_that_a_power_cut_leaves_are_mended_however_many(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + b"\x00" * 3 * BLOCK)
    assert anchor.read(path, KEYS).torn
    anchor.append(path, KEYS, pin(6))
    found = anchor.read(path, KEYS)
    assert (found.torn, found.faults, found.pins[-1]) == (False, [], pin(6))
    assert path.read_bytes().startswith(whole)
    path.write_bytes(b"{torn at the very first")
    anchor.append(path, KEYS, pin(1))
    assert anchor.read(path, KEYS).pins == [pin(1)]


def test_a_restore_gives_up_what_came_after_and_keeps_what_was_before(path: Path) -> None:
    anchor.append(path, KEYS, replace(pin(3), at=AT + 6 * HOUR), RESTORED)
    anchor.append(path, KEYS, pin(4, "b"))
    found = anchor.read(path, KEYS)
    assert [(one.last, one.mac[0]) for one in found.pins] == [(1, "a"), (2, "a"), (3, "a"), (3, "a"), (4, "b")]
    assert found.gone == [pin(4), pin(5)]
    assert found.given_up == [GivenUp(4, 5, AT + 6 * HOUR)]


def test_a_second_restore_further_back_gives_up_the_first_as_well(path: Path) -> None:
    anchor.append(path, KEYS, replace(pin(4), at=AT + 6 * HOUR), RESTORED)
    anchor.append(path, KEYS, pin(7, "b"))
    anchor.append(path, KEYS, replace(pin(2), at=AT + 8 * HOUR), RESTORED)
    anchor.append(path, KEYS, replace(pin(2), at=AT + 9 * HOUR), RESTORED)
    found = anchor.read(path, KEYS)
    assert [one.last for one in found.pins] == [1, 2, 2, 2]
    assert found.given_up == [
        GivenUp(5, 5, AT + 6 * HOUR), GivenUp(3, 7, AT + 8 * HOUR), GivenUp(3, 2, AT + 9 * HOUR)
    ]  # fmt: skip


def test_a_restore_of_an_empty_backup_gives_up_all(path: Path) -> None:
    anchor.append(path, KEYS, Pin(0, START, AT + 6 * HOUR), RESTORED)
    found = anchor.read(path, KEYS)
    assert (found.pins, found.given_up) == ([], [GivenUp(1, 5, AT + 6 * HOUR)])


def test_what_came_after_a_moment_is_checked_and_left_out(path: Path) -> None:
    until = pin(3).at
    assert anchor.read(path, KEYS, until).pins == [pin(1), pin(2), pin(3)]
    path.write_bytes(path.read_bytes().replace(b'"last": 5', b'"last": 6'))
    assert anchor.read(path, KEYS, until).faults == [Fault(5, "anchor_changed")]


PROCESS = """
import sys
from pathlib import Path
from bot import anchor
from tests.unit.storage.evidence import KEYS
from tests.unit.storage.test_anchor import pin
for number in range(50):
    anchor.append(Path(sys.argv[1]), KEYS, pin(number + 1, sys.argv[2]))
"""


def test_several_processes_write_one_file_without_spoiling_a_line(tmp_path: Path) -> None:
    path = tmp_path / "switchboard.anchor"
    run = [sys.executable, "-c", PROCESS, str(path)]
    running = [subprocess.Popen([*run, letter], cwd=ROOT, env=environment()) for letter in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    found = anchor.read(path, KEYS)
    assert (found.faults, found.torn) == ([], False)
    assert sorted(found.pins, key=lambda one: (one.mac, one.last)) == [
        pin(number + 1, letter) for letter in "abc" for number in range(50)
    ]
