"""The real parts answer, and the rule for a missing one holds: skipped loudly, a failure with CI=true."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser

from tests.real import parts
from tests.real.browser import Judge
from tests.real.postgres import Server

PROBE = """
import pytest
from tests.real.needs import need
pytest_plugins = ["tests.real.needs"]
@pytest.fixture
def telex(request): return need(request, "Telex")
def test_it(telex): pass
"""


def hidden(tmp_path: Path, ci: str) -> dict[str, str]:
    """An environment in which no browser and no apt can be found."""
    kept = {key: value for key, value in os.environ.items() if key not in {"CHROMIUM", "CI"}}
    return kept | {"PATH": str(tmp_path), "CI": ci, "PYTHONPATH": str(parts.ROOT)}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Chrome is also found outside PATH")
@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_without_a_browser_the_set_up_tells_so(tmp_path: Path, ci: str, code: int) -> None:
    wanted = tmp_path / "parts.json"
    command: list[str | Path] = [sys.executable, parts.__file__, "Chromium", "PostgreSQL", "--manifest", wanted]
    done = subprocess.run(command, env=hidden(tmp_path, ci), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "NOT SET UP: no Chromium or Chrome found; install one" in done.stdout
    found = json.loads(wanted.read_text())
    assert "missing" in found["Chromium"]
    assert found["PostgreSQL"]["version"].startswith("18.")


@pytest.mark.parametrize(("ci", "code", "word"), [("", 0, "1 skipped"), ("true", 1, "1 error")])
def test_a_test_of_a_missing_part_is_skipped_or_fails(tmp_path: Path, ci: str, code: int, word: str) -> None:
    (tmp_path / "test_probe.py").write_text(PROBE)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        tmp_path,
        tmp_path,
    ]
    done = subprocess.run(command, cwd=tmp_path, env=hidden(tmp_path, ci), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout
    assert word in done.stdout
    assert "NOT TESTED against a real Telex: not set up: run `make test`" in done.stdout


def test_a_part_half_built_is_not_taken_for_one(tmp_path: Path) -> None:
    def breaks(into: Path) -> None:
        (into / "half").touch()
        raise parts.Missing("the line was cut")

    with pytest.raises(parts.Missing):
        parts.cached("thing", [], breaks, tmp_path)
    assert list(tmp_path.iterdir()) == []
    whole = parts.cached("thing", [], lambda into: (into / "whole").touch(), tmp_path)
    assert [path.name for path in whole.iterdir()] == ["whole"]


def test_two_that_build_at_once_share_one_folder(tmp_path: Path) -> None:
    both_are_building = threading.Barrier(2, timeout=30)
    found: list[Path] = []

    def build(into: Path) -> None:
        (into / "whole").touch()
        both_are_building.wait()

    def prepare() -> None:
        found.append(parts.cached("thing", [], build, tmp_path))

    threads = [threading.Thread(target=prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert list(tmp_path.iterdir()) == [found[0]] == [found[1]]


def test_a_part_is_built_again_when_what_it_is_made_of_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("one")
    first = parts.cached("thing", [lock], lambda into: None, tmp_path / "store")
    lock.write_text("two")
    assert parts.cached("thing", [lock], lambda into: None, tmp_path / "store") != first


def test_a_failing_command_tells_its_last_words() -> None:
    with pytest.raises(parts.Missing, match="boom"):
        parts.run(sys.executable, "-c", "raise SystemExit('boom')")


@pytest.mark.real
def test_postgresql_gives_a_fresh_database(postgres: Server) -> None:
    with postgres.fresh() as url:
        plain = url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(plain) as connection:
            rows = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert rows == (0,)


@pytest.mark.real
def test_chromium_shows_a_page_and_axe_finds_its_fault(chromium: Browser, judge: Judge) -> None:
    page = chromium.new_page()
    page.set_content("<!doctype html><html lang='en'><title>T</title><main><h1>Hello</h1><img src=''></main>")
    assert page.inner_text("h1") == "Hello"
    assert [fault.partition(":")[0] for fault in judge(page)] == ["image-alt"]


@pytest.mark.real
def test_chromium_reaches_no_other_machine(chromium: Browser) -> None:
    page = chromium.new_page()
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://council.example/")
