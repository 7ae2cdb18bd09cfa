"""The demo's timeline in a real Chromium: its pages, and its control page by keyboard, judged by axe-core."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from adapters.errors import Refused
from adapters.events import Part, Post
from adapters.publish.timeline import BEHAVIOURS, Timeline, timeline_application
from tests.contract.feed_stage import MemoryPictures
from tests.real.browser import Judge, served
from tests.real.test_feed_pages import picture
from tests.unit.publish.reading import PICTURE

pytestmark = pytest.mark.real

POSTS = (
    Post("timeline", "Brynford Council", "en-GB", (Part("The library opens at noon on Friday."),), 1),
    Post("timeline", "Brynford Council", "cy", (Part("Mae’r llyfrgell ar agor.\n\nCroeso i bawb!"),), 2),
    Post("timeline", "Brynford Council", "en-GB", (Part("Mill Lane is closed.", (PICTURE,)), Part("Use High St.")), 3),
)
PATHS = {"first": "", "post": "posts/3", "gone": "posts/1", "missing": "nowhere", "control": "control"}


@contextmanager
def site_of(timeline: Timeline) -> Iterator[str]:
    """The timeline's pages under /timeline/; their address."""
    pictures = MemoryPictures(**{PICTURE.sha256: picture()})
    with served(timeline_application(timeline, pictures), "/timeline/") as site:
        yield site
    timeline.close()


@pytest.fixture
def timeline(tmp_path: Path) -> Timeline:
    """A timeline with a few posts, the first of them taken down."""
    made = Timeline(tmp_path / "timeline.db")
    for number, post in enumerate(POSTS):
        made.publish(f"k{number}", post)
    made.withdraw("1")
    return made


def test_pages_look_right_and_axe_finds_nothing(
    page: Page, problems: list[str], timeline: Timeline, judge: Judge, artefacts: Path
) -> None:
    timeline.behave("drops the answer")
    with site_of(timeline) as site:
        for name, path in PATHS.items():
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.goto(site + path)
                page.screenshot(path=artefacts / f"timeline-{name}-{scheme}.png", full_page=True)
                assert judge(page) == [], (name, scheme)
        page.set_viewport_size({"width": 320, "height": 640})  # WCAG 2.2, 1.4.10
        for path in PATHS.values():
            page.goto(site + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.goto(f"{site}posts/3")
        assert page.evaluate("document.querySelector('article img').naturalWidth") == 900
    assert problems == []


def test_a_keyboard_is_enough_to_tell_it_everything(page: Page, timeline: Timeline) -> None:
    """From the skip link on, by Tab and Enter alone; the focus stays where one pressed."""
    with site_of(timeline) as site:
        page.goto(f"{site}control")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for name in ("works", *BEHAVIOURS):
            page.keyboard.press("Tab")
            button = page.get_by_role("button", name=name, exact=True)
            expect(button).to_be_focused()
            expect(button).to_have_accessible_description(
                BEHAVIOURS[name].meaning if name in BEHAVIOURS else "Does what it should. This ends everything below."
            )
            page.keyboard.press("Enter")
            expect(page.get_by_role("status")).to_contain_text(name)
            expect(button).to_have_attribute("aria-pressed", "true")
            expect(button).to_be_focused()
        expect(page.get_by_role("button", pressed=True)).to_have_text(["accepts late", "blind", "stuck"])
        page.keyboard.press("Tab")
        expect(page.get_by_label("Only the next time")).to_be_focused()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("60")
        page.get_by_role("button", name="accepts late").press("Enter")
        expect(page.get_by_role("status")).to_have_text(
            "Now: accepts late by 60 seconds, the next time only, blind, stuck."
        )
        late = timeline.behaviour()[0]
    assert (late.name, late.seconds, late.once) == ("accepts late", 60, True)


def test_what_cannot_be_done_is_told_beside_what_stands(page: Page, timeline: Timeline) -> None:
    with site_of(timeline) as site:
        page.goto(f"{site}control")
        page.get_by_role("button", name="stuck").click()
        expect(page.get_by_role("status")).to_have_text("Now: stuck.")
        page.get_by_label("Seconds until").fill("")
        page.get_by_role("button", name="accepts late").click()
        expect(page.get_by_role("alert")).to_have_text(
            "Nothing was changed: The seconds must be a number from 0 to 3600."
        )
        expect(page.get_by_role("button", pressed=True)).to_have_text(["stuck"])
        with pytest.raises(Refused):
            timeline.withdraw("2")
        page.get_by_label("Seconds until").fill("2.5")
        page.get_by_role("button", name="works").click()
        expect(page.get_by_role("alert")).to_be_empty()
        expect(page.get_by_role("status")).to_have_text("Now: works.")
    assert page.url.endswith("/control"), "nothing was sent as a form"
