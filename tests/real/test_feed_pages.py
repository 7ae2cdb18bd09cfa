"""The feed's pages in a real Chromium: how they look, what a keyboard and axe-core make of them, and payloads."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image, ImageDraw
from playwright.sync_api import Dialog, Page

from adapters.publish.feed import FeedEntry, FeedSite, feed_application
from adapters.publish.feed.formats import atom, json_feed, rss
from tests.contract.feed_stage import SITE, MemoryPictures, MemoryShelf
from tests.real.browser import Judge, served
from tests.unit.publish.payloads import PAYLOADS
from tests.unit.publish.reading import ALLOWED, AT, PICTURE, entry

pytestmark = pytest.mark.real
HOUR = timedelta(hours=1)
LONG = """Mill Lane is closed from Monday for new water pipes. Buses 4 and 7 stop on High Street instead.

The work will take about two weeks. Shops stay open; please use the car park behind the town hall.

Map and dates: https://www.example.gov.uk/roads/closures/2026/mill-lane?from=2026-03-09&to=2026-03-20
Questions? roads@example.gov.uk"""
# "The library is open on Friday."
ARABIC = (
    "\u0627\u0644\u0645\u0643\u062a\u0628\u0629 \u0645\u0641\u062a\u0648\u062d\u0629 "
    "\u064a\u0648\u0645 \u0627\u0644\u062c\u0645\u0639\u0629."
)
SWIMMING = "Free swimming for under 16s all half term \U0001f3ca\U0001f3fd\u200d\u2640\ufe0f" + " and much more" * 12
ENTRIES = (
    entry("The library opens at noon on Friday.", 11, published=AT - 30 * HOUR),
    entry("Quokka zeppelin", 12, published=AT - 20 * HOUR),
    entry(LONG, 13, published=AT - 5 * HOUR, pictures=(PICTURE,), corrected_by=15),
    entry("Mae\u2019r llyfrgell ar agor ddydd Sadwrn. Croeso i bawb!", 14, language="cy", published=AT - 2 * HOUR),
    entry("Buses 4 and 7 stop on Station Road, not on High Street, while Mill Lane is closed.", 15, corrects=13),
    entry(ARABIC, 16, language="ar", published=AT + HOUR),
    entry(SWIMMING, 17, published=AT + 2 * HOUR),
)
PATHS = {
    "index": "",
    "announcement": "announcements/13",
    "welsh": "announcements/14",
    "arabic": "announcements/16",
    "withdrawn": "announcements/12",
    "missing": "announcements/99",
    "accessibility": "accessibility",
}


def picture() -> bytes:
    """A plan of two roads."""
    image = Image.new("RGB", (900, 500), "#dfe7d4")
    draw = ImageDraw.Draw(image)
    draw.line((0, 260, 900, 220), fill="white", width=60)
    draw.line((430, 0, 470, 500), fill="#c0392b", width=44)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


@contextmanager
def site_of(entries: tuple[FeedEntry, ...]) -> Iterator[str]:
    """A feed of these entries under /public/; its address."""
    pictures = MemoryPictures(**{PICTURE.sha256: picture()})
    shelf = MemoryShelf()

    async def fill(_: web.Application) -> None:
        for one in entries:
            await shelf.put(one)
        await shelf.withdraw("k12", AT - 19 * HOUR)

    application = feed_application(shelf, pictures, SITE)
    application.on_startup.append(fill)
    with served(application, "/public/") as site:
        yield site


def test_pages_look_right_and_axe_finds_nothing(page: Page, problems: list[str], judge: Judge, artefacts: Path) -> None:
    with site_of(ENTRIES) as site:
        for name, path in PATHS.items():
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.goto(site + path)
                page.screenshot(path=artefacts / f"feed-{name}-{scheme}.png", full_page=True)
                assert judge(page) == [], (name, scheme)
    assert problems == []


def test_nothing_announced_looks_right(page: Page, judge: Judge, artefacts: Path) -> None:
    with site_of(()) as site:
        page.goto(site)
        page.screenshot(path=artefacts / "feed-empty.png")
        assert page.locator("main").inner_text().endswith("Nothing has been announced yet.")
        assert judge(page) == []


def test_pages_fit_a_phone_and_paper(page: Page, artefacts: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 640})  # WCAG 2.2, 1.4.10
    with site_of(ENTRIES) as site:
        for name, path in PATHS.items():
            page.goto(site + path)
            page.screenshot(path=artefacts / f"feed-{name}-phone.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        page.set_viewport_size({"width": 800, "height": 900})
        page.emulate_media(media="print")
        page.goto(site + PATHS["announcement"])
        page.screenshot(path=artefacts / "feed-announcement-print.png", full_page=True)
        assert not page.locator("nav").is_visible()
        assert page.locator("article img").is_visible()


def test_a_keyboard_is_enough(page: Page, artefacts: Path) -> None:
    with site_of(ENTRIES) as site:
        page.goto(site)
        page.keyboard.press("Tab")
        page.screenshot(path=artefacts / "feed-skip-link.png")
        skip = page.locator(".skip")
        box = skip.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}announcements/17")


def test_the_picture_is_shown_and_links_lead_on(page: Page) -> None:
    with site_of(ENTRIES) as site:
        page.goto(site + "announcements/13")
        assert page.evaluate("document.querySelector('article img').naturalWidth") == 900
        page.get_by_role("link", name="announcement 15").click()
        page.wait_for_url(f"{site}announcements/15")
        page.get_by_role("link", name="announcement 13").click()
        page.wait_for_url(f"{site}announcements/13")
        for wrong in ("a//b", "a/b%2Fc/d", "nowhere"):
            page.goto(site + wrong)
            assert page.evaluate("document.styleSheets.length") == 1, wrong
            page.get_by_role("link", name="All announcements", exact=True).click()
            page.wait_for_url(site)


def dismiss(dialog: Dialog, surprises: list[str]) -> None:
    """Note a dialog and close it, as it would hold the page."""
    surprises.append(dialog.message)
    dialog.dismiss()


def hostile_entries() -> tuple[FeedEntry, ...]:
    """An entry for each payload, which stands in all its fields."""
    return tuple(
        entry(text, number, language=text, pictures=(replace(PICTURE, alt=text),), published=AT + number * HOUR)
        for number, text in enumerate(PAYLOADS, start=100)
    )


ELEMENTS = "[...document.querySelectorAll('body, body *')].map(e => [e.localName, ...e.getAttributeNames()])"


def test_no_payload_runs_or_changes_a_page(page: Page) -> None:
    surprises: list[str] = []
    page.on("dialog", lambda dialog: dismiss(dialog, surprises))
    page.on("console", lambda message: surprises.append(message.text))
    page.on("pageerror", lambda error: surprises.append(str(error)))
    hostile = hostile_entries()
    asked: list[str] = []
    with site_of(hostile) as site:
        page.on("request", lambda request: asked.append(request.url))
        for path in ("", *(f"announcements/{one.number}" for one in hostile)):
            page.goto(site + path, wait_until="domcontentloaded")
            for name, *attributes in page.evaluate(ELEMENTS):
                assert name in ALLOWED, (path, name)
                assert set(attributes) <= ALLOWED[name], (path, name, attributes)
        assert [url for url in asked if not url.startswith(site)] == []
    assert len(asked) > len(PAYLOADS) >= 200
    assert surprises == []


READ = """([text, tag]) => {
    const asXml = () => {
        const feed = new DOMParser().parseFromString(text, "application/xml");
        if (feed.querySelector("parsererror")) throw new Error(feed.documentElement.textContent);
        return [...feed.getElementsByTagName(tag)].map(element => element.textContent);
    };
    const pieces = tag ? asXml() : JSON.parse(text).items.map(item => item.content_html);
    return pieces.map(piece => [...new DOMParser().parseFromString(piece, "text/html").querySelectorAll("body *")]
        .map(element => [element.localName, ...element.getAttributeNames()]));
}"""


@pytest.mark.parametrize(("write", "tag"), [(atom, "content"), (rss, "description"), (json_feed, "")])
def test_no_payload_changes_a_feed(page: Page, write: Callable[[FeedSite, list[FeedEntry]], bytes], tag: str) -> None:
    hostile = hostile_entries()
    found = page.evaluate(READ, [write(SITE, list(hostile)).decode(), tag])
    assert len(found) >= len(hostile) >= 200
    for elements in found:
        for name, *attributes in elements:
            assert name in ALLOWED, elements
            assert set(attributes) <= ALLOWED[name], elements


FRAME = """source => new Promise(done => {
    const frame = document.createElement("iframe");
    frame.src = source;
    frame.onload = () => done(frame.contentDocument?.title ?? "refused");
    document.body.append(frame);
})"""


def test_a_page_of_the_same_site_may_frame_it(page: Page) -> None:
    with site_of(ENTRIES) as site:
        page.goto(site)
        # The page's own policy refuses frames within it, so the frame is put into a bare page of the same host.
        page.route("**/bare", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(site.removesuffix("public/") + "bare")
        assert page.evaluate(FRAME, site) == "Announcements"
        page.goto(site.removesuffix("public/").replace("127.0.0.1", "localhost") + "bare")
        assert page.evaluate(FRAME, site) == "refused"
