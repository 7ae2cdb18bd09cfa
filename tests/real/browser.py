"""A real Chromium that can reach this machine only, and axe-core's judgement of a page."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.real.needs import need

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
# Without this Chromium asks for its maker's update service; every other name does not exist either.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
Judge = Callable[[Page], list[str]]


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser for one test: Playwright's blocking interface would hold the event loop of later tests."""
    program = need(request, "Chromium")
    # Its sandbox refuses root.
    options = [ONLY_HERE, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """A function that lists the accessibility faults of a page: rule and the elements it found."""
    script = need(request, "axe-core").read_text(encoding="utf-8")

    def faults(page: Page) -> list[str]:
        # Evaluated, not added as a script element, which the page's Content Security Policy refuses.
        page.evaluate(script)
        found = page.evaluate("axe.run()")["violations"]
        return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]

    return faults


@pytest.fixture
def artefacts() -> Path:
    """The folder for what a person looks at after the run, such as screenshots; not committed."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS
