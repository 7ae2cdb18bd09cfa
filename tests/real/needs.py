"""Tests of real parts are skipped loudly without them, fail with CI=true, and are counted in a closing table."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.real.parts import MANIFEST

CI = os.environ.get("CI") == "true"
COLUMNS = {"passed": "passed", "failed": "failed", "error": "failed", "skipped": "skipped"}


def manifest(path: Path = MANIFEST) -> dict[str, dict[str, Any]]:
    """What tests/real/parts.py found, by part; empty before it ran."""
    if not path.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return found


def need(request: pytest.FixtureRequest, name: str) -> Path:
    """The path of the real part `name`; without it the test is skipped, in CI failed. It is counted either way.

    Ask from a fixture of function scope, so that each test is counted.
    """
    request.node.user_properties.append(("part", name))
    return found_or_missing(name)


def found_or_missing(name: str) -> Path:
    """The path of the real part `name`, or the end of the test."""
    part = manifest().get(name, {"missing": "not set up: run `make test`"})
    if "missing" in part:
        text = f"{name}: {part['missing']}"
        if CI:
            pytest.fail(text, pytrace=False)
        pytest.skip(text)
    return Path(part["path"])


def count(stats: Mapping[str, list[Any]]) -> Counter[tuple[str, str]]:
    """How many tests passed, failed and were skipped, by part."""
    counted: Counter[tuple[str, str]] = Counter()
    for outcome, column in COLUMNS.items():
        for report in stats.get(outcome, []):
            properties = getattr(report, "user_properties", [])
            for part in sorted({value for key, value in properties if key == "part"}):
                counted[part, column] += 1
    return counted


def is_whole(config: pytest.Config) -> bool:
    """Whether the whole suite ran: nothing chosen by path, name or mark."""
    by_path = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    return not by_path and not config.option.keyword and config.option.markexpr == "not soak"


def unused(found: Mapping[str, Mapping[str, Any]], counted: Counter[tuple[str, str]]) -> list[str]:
    """Parts that are set up though no test passed with them; in a whole run that is a slip in a test's mark."""
    return [name for name, part in found.items() if "missing" not in part and not counted[name, "passed"]]


def show_figures(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured, which they tell by `record_property`."""
    reports = [one for some in terminalreporter.stats.values() for one in some if getattr(one, "when", "") == "call"]
    told = [pair for report in reports for pair in report.user_properties if pair[0] != "part"]
    if told:
        terminalreporter.section("figures")
    for name, value in told:
        terminalreporter.write_line(f"{name}: {value}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Close with the table of real parts and what was not tested."""
    show_figures(terminalreporter)
    found = manifest()
    counted = count(terminalreporter.stats)
    names = [*found, *sorted({part for part, _ in counted} - set(found))]
    if not counted and not is_whole(config):
        return
    terminalreporter.section("real parts")
    terminalreporter.write_line(f"{'part':20} {'version':24} passed failed skipped")
    for name in names:
        figures = [counted[name, column] for column in ("passed", "failed", "skipped")]
        told = found.get(name, {}).get("version", "-")
        terminalreporter.write_line(f"{name:20} {told:24} {figures[0]:6} {figures[1]:6} {figures[2]:7}")
    for name in names:
        if "missing" in (part := found.get(name, {"missing": "not set up: run `make test`"})):
            terminalreporter.write_line(f"NOT TESTED against a real {name}: {part['missing']}")
    if is_whole(config) and (idle := unused(found, counted)):
        terminalreporter.write_line(f"set up, but no test used it: {', '.join(idle)}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a part that no test passed with is a failure of the whole run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    is_worker = hasattr(session.config, "workerinput")
    if not CI or is_worker or reporter is None or not is_whole(session.config):
        return
    if unused(manifest(), count(reporter.stats)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
