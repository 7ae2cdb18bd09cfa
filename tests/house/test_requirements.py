"""Every lock is complete pins and hashes and names no address; what is left out stays out."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path.with_suffix(".txt") for path in (ROOT / "requirements").glob("*.in"))
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[\w.+!]+( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def names(text: str) -> set[str]:
    """The packages that a lock pins."""
    return {line.partition("==")[0].partition("[")[0] for line in text.splitlines() if "==" in line}


def test_there_are_locks() -> None:
    assert {lock.name for lock in LOCKS} >= {"run.txt", "test.txt", "nightly.txt", "node.txt", "synapse.txt", "uv.txt"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.name))
def test_every_line_of_a_lock_is_a_pin_or_a_hash(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert lines
    assert [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []


def test_no_requirement_and_no_npm_lock_holds_an_address() -> None:
    files = [*(ROOT / "requirements").iterdir(), *(ROOT / "tests/real").glob("npm*/package*.json")]
    assert len(files) > len(LOCKS)
    assert [path.name for path in files if "://" in path.read_text()] == []


def test_every_pin_has_its_hashes() -> None:
    for lock in LOCKS:
        # A line that ends a package's hashes has no continuation; there is one for each pin.
        text = lock.read_text()
        ends = [line for line in text.splitlines() if HASH.fullmatch(line) and not line.endswith("\\")]
        assert len(ends) == sum(bool(PIN.fullmatch(line)) for line in text.splitlines())


def test_what_runs_is_tested_in_the_same_version() -> None:
    run, test = ((ROOT / f"requirements/{name}.txt").read_text() for name in ("run", "test"))
    pins = [line for line in run.splitlines() if PIN.fullmatch(line)]
    assert pins
    assert set(pins) <= set(test.splitlines())


def test_what_is_left_out_is_neither_pinned_nor_installed() -> None:
    text = (ROOT / "requirements/left-out.txt").read_text()
    left_out = {line.split()[0] for line in text.splitlines() if line and not line.startswith("#")}
    assert left_out
    assert not left_out & {name for lock in LOCKS for name in names(lock.read_text())}
    assert not left_out & {distribution.name.lower() for distribution in metadata.distributions()}


def test_each_platform_has_an_extra_that_says_what_the_lock_is_made_of() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lines = {line.partition("#")[0].strip() for line in (ROOT / "requirements/run.in").read_text().splitlines()}
    tested = {line.partition("#")[0].strip() for line in (ROOT / "requirements/test.in").read_text().splitlines()}
    assert set(extras) == {"matrix", "slack", "ocr"}
    assert set(extras.pop("ocr")) <= tested - lines
    assert {one for extra in extras.values() for one in extra} <= lines
    assert not set(extras["matrix"]) & set(extras["slack"])
