"""A real Chromium that can reach this machine only, and axe-core's judgement of a page."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.real.needs import need

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
# Without this Chromium asks for its maker's update service; every other name does not exist either.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
Judge = Callable[[Page], list[str]]


def no_sandbox() -> list[str]:
    """Its sandbox refuses root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser for one test: Playwright's blocking interface would hold the event loop of later tests."""
    program = need(request, "Chromium")
    options = [ONLY_HERE, *no_sandbox()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Page:
    """A page at the size of a desk."""
    return chromium.new_page(viewport={"width": 1100, "height": 900})


@pytest.fixture
def problems(page: Page) -> list[str]:
    """What goes wrong on `page` from now on: errors of its scripts, and whatever could not be loaded."""
    found: list[str] = []

    def failed(request: Request) -> None:
        # The browser itself gives up what is still under way, such as the icon, when the next page is asked for.
        if request.failure != "net::ERR_ABORTED":
            found.append(f"{request.url}: {request.failure}")

    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", failed)
    return found


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


async def _serve(application: web.Application, told: Future[tuple[int, asyncio.Event]]) -> None:
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stop = asyncio.Event()
    told.set_result((runner.addresses[0][1], stop))
    await stop.wait()
    await runner.cleanup()


@contextmanager
def served(application: web.Application, under: str) -> Iterator[str]:
    """The application below the path `under`, in a thread of its own, as Playwright's blocking interface needs.

    Gives its address.
    """
    outer = web.Application()
    outer.add_subapp(under, application)
    told: Future[tuple[int, asyncio.Event]] = Future()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(outer, told)))
    thread.start()
    port, stop = told.result(timeout=10)
    try:
        yield f"http://127.0.0.1:{port}{under}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)
        loop.close()
