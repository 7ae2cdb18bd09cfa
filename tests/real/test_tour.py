"""The tours of `docs` played by clicking, in a real Chromium, on the demo as people start it.

The steps are read by the same parser as `switchboard demo --script`, and each verb is one small function here, so
script and clicks cannot drift apart. A word on the console, a breach of the page's Content Security Policy, a dialogue
of the browser, a line of failure above the writing box and a request to anywhere else each fail the test.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feedparser
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from playwright.sync_api import Error as PlaywrightError

from bot.cli.tour import UNITS, WITHIN, Step, parse, pattern
from tests.process import ROOT, demo

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

TOUR, FAILURES = ROOT / "docs/tour.txt", ROOT / "docs/failures.txt"
FILES = ROOT / "config/demo"
DESK: ViewportSize = {"width": 1440, "height": 900}
LOOK = 250  # ms between two looks
ABSENT = 1000  # ms in which something must not appear
# What stands in the open room, read as a person reads it: only what is shown.
READ = """articles => articles.filter(one => one.checkVisibility()).map(one => ({
  id: one.dataset.id,
  bot: one.querySelector(".badge") !== null,
  private: one.innerText.includes("Only you can see this"),
  words: [...one.querySelectorAll(".text, blockquote")].map(part => part.innerText).join("\\n"),
}))"""


@dataclass
class Clicker:
    """Somebody at the page, who can be everybody."""

    context: BrowserContext
    page: Page
    home: str
    faults: list[str] = field(default_factory=list)

    def becomes(self, who: str) -> None:
        """Choose who one is."""
        choice = self.page.locator(f"#personas input[value={who}]")
        if not choice.is_checked():
            choice.check()
            expect(self.page.locator("#told")).to_contain_text("You are")
        expect(self.page).to_have_url(re.compile(rf"#{who}/"))

    def enters(self, room: str) -> None:
        """Open a room from the list."""
        item = self.page.locator(f'[data-room="{room}"]')
        if item.get_attribute("aria-current") is None:
            item.click()
            expect(self.page.locator(f'[data-room="{room}"]')).to_have_attribute("aria-current", "page")
        expect(self.page.locator("#messages")).not_to_have_attribute("aria-busy", "true")

    def rooms(self) -> list[str]:
        """The rooms one can open, the open one first."""
        items = self.page.locator("#side [data-room]")
        return [
            str(name)
            for name in items.evaluate_all(
                "all => all.sort((a, b) => b.hasAttribute('aria-current') - a.hasAttribute('aria-current'))"
                ".map(one => one.dataset.room)"
            )
        ]

    def reads(self) -> list[dict[str, Any]]:
        """What stands in the open room."""
        found: list[dict[str, Any]] = self.page.locator("article.message").evaluate_all(READ)
        return found

    def looks_for(self, fits: Callable[[], Locator | None]) -> Locator:
        """Walk through the rooms until something is found in one."""
        for _ in range(round(WITHIN * 1000 / LOOK)):
            for room in self.rooms():
                self.enters(room)
                if (found := fits()) is not None:
                    return found
            self.page.wait_for_timeout(LOOK)
        raise AssertionError(f"not seen within {WITHIN} s; in the open room: {self.reads()[-8:]}")

    def finds(self, words: str, *, private: bool = False) -> Locator:
        """The bot's newest message that says so, as an element of the open room."""

        def fits() -> Locator | None:
            for one in reversed(self.reads()):
                if one["bot"] and one["private"] >= private and re.search(pattern(words), one["words"], re.DOTALL):
                    return self.page.locator(f'article[data-id="{one["id"]}"]')
            return None

        return self.looks_for(fits)

    @contextmanager
    def window(self, path: str) -> Iterator[Page]:
        """Another page of the demo, in a window of its own."""
        window = self.context.new_page()
        window.goto(f"{self.home}{path}")
        yield window
        window.close()

    def sees_on_the_timeline(self, words: str, *, there: bool) -> bool:
        """Whether the timeline comes to show it, or not to show it, in time; one looks again until it does."""
        with self.window("timeline/") as window:
            for _ in range(round(WITHIN * 1000 / LOOK)):
                if there == (re.search(pattern(words), window.locator("main").inner_text(), re.DOTALL) is not None):
                    return True
                window.wait_for_timeout(LOOK)
                window.get_by_role("link", name="Look again").click()
        return False

    def sees_publicly(self, words: str, *, there: bool) -> bool:
        """Whether the frame on the right comes to show it, or not to show it, in time."""
        body = self.page.frame_locator("iframe[title='The public page']").locator("body")
        for _ in range(round(WITHIN * 1000 / LOOK)):
            if there == (re.search(pattern(words), body.inner_text(), re.DOTALL) is not None):
                return True
            self.page.wait_for_timeout(LOOK)
        return False


def says(clicker: Clicker, step: Step) -> None:
    """Type, and press Send."""
    clicker.enters(_room(step))
    box = clicker.page.get_by_label(re.compile("^Message to"))
    box.click()
    clicker.page.keyboard.insert_text(step.words)
    clicker.page.get_by_role("button", name="Send").click()
    expect(box).to_have_value("")
    expect(clicker.page.locator("#told")).to_have_text("Sent")


def sees(clicker: Clicker, step: Step) -> None:
    """Read the bot's answer."""
    found = clicker.finds(step.words, private=bool(step.extra))
    expect(found).to_be_visible()
    if step.extra:
        expect(found.get_by_text("Only you can see this")).to_be_visible()


def misses(clicker: Clicker, step: Step) -> None:
    """Look into every room, and find it nowhere on the page."""
    clicker.page.wait_for_timeout(ABSENT)
    for room in clicker.rooms():
        clicker.enters(room)
        whole = clicker.page.locator("body").evaluate("body => body.textContent")
        assert not re.search(pattern(step.words), whole, re.DOTALL), room


def reacts(clicker: Clicker, step: Step) -> None:
    """Take the reaction that stands there, or choose it from the picker."""
    found = clicker.finds(step.words)
    stands = found.locator(f'.chip:has(.emoji:text-is("{step.extra}"))')
    if stands.count() and stands.get_attribute("aria-pressed") == "false":
        stands.click()
    else:
        found.hover()
        found.get_by_role("button", name=re.compile("^React")).click()
        clicker.page.get_by_role("dialog", name="Choose a reaction").get_by_text(step.extra, exact=True).click()
    expect(clicker.page.locator("#told")).to_contain_text("You reacted with")


def together(clicker: Clicker, step: Step) -> None:
    """Two windows, in each somebody else, in which the reaction that stands there is taken in the same instant."""
    first, second = step.who.split(" and ")
    clicker.becomes(first)
    message = clicker.finds(step.words).get_attribute("data-id")
    with clicker.window(f"#{second}/{clicker.rooms()[0]}") as window:
        other = Clicker(clicker.context, window, clicker.home)
        other.becomes(second)
        chip = f'article[data-id="{message}"] .chip:has(.emoji:text-is("{step.extra}"))'
        at = clicker.page.evaluate("Date.now() + 1500")
        for page in (clicker.page, window):
            expect(page.locator(chip)).to_have_attribute("aria-pressed", "false")
            page.locator(chip).evaluate("(chip, at) => { setTimeout(() => chip.click(), at - Date.now()); }", at)
        for page in (clicker.page, window):
            expect(page.locator("#told")).to_contain_text("You reacted with")
        expect(window.locator("#fault")).to_be_empty()


def unreacts(clicker: Clicker, step: Step) -> None:
    """Press one's own reaction again."""
    found = clicker.finds(step.words)
    found.locator(f'.chip[aria-pressed="true"]:has(.emoji:text-is("{step.extra}"))').click()
    expect(clicker.page.locator("#told")).to_contain_text("You took back")


def presses(clicker: Clicker, step: Step) -> None:
    """Press a button of the bot's."""

    def fits() -> Locator | None:
        found = clicker.page.locator("article").get_by_role("button", name=step.words, exact=True)
        return found.last if found.count() else None

    clicker.looks_for(fits).click()
    expect(clicker.page.locator("#told")).to_have_text(f"Pressed: {step.words}")


def drops(clicker: Clicker, step: Step) -> None:
    """Choose a file with the page's own button, and press Send."""
    clicker.enters(_room(step))
    with clicker.page.expect_file_chooser() as chooser:
        clicker.page.get_by_role("button", name="Add a file").click()
    chooser.value.set_files(FILES / step.words)
    expect(clicker.page.get_by_role("list", name="Files to send")).to_contain_text(step.words)
    clicker.page.get_by_role("button", name="Send").click()
    expect(clicker.page.get_by_role("link", name=re.compile(re.escape(step.words))).last).to_be_visible()


def shows(clicker: Clicker, step: Step) -> None:
    """Read the frame that shows what the public sees; it follows by itself. The timeline has a page of its own."""
    if step.who == "timeline":
        assert clicker.sees_on_the_timeline(step.words, there=True), step.words
        return
    assert clicker.sees_publicly(step.words, there=True), step.words


def shows_once(clicker: Clicker, step: Step) -> None:
    """Read the timeline's page, and count the posts that say so."""
    shows(clicker, step)
    clicker.page.wait_for_timeout(ABSENT)
    with clicker.window("timeline/") as window:
        posts = window.get_by_role("article").all_inner_texts()
    assert len([post for post in posts if re.search(pattern(step.words), post, re.DOTALL)]) == 1, posts


def hides(clicker: Clicker, step: Step) -> None:
    """Find nothing in the frame, nor after loading it again."""
    if step.who == "timeline":
        assert clicker.sees_on_the_timeline(step.words, there=False), step.words
        return
    assert clicker.sees_publicly(step.words, there=False), step.words
    clicker.page.get_by_role("button", name="Load the public page again").click()
    expect(clicker.page.locator("#public-status")).to_have_text("The public page was loaded again.")
    assert clicker.sees_publicly(step.words, there=False), step.words


def behaves(clicker: Clicker, step: Step) -> None:
    """Open the control page, set the seconds if any are said, and press."""
    with clicker.window("timeline/control") as window:
        if step.extra:
            window.get_by_label("Seconds until").fill(step.extra)
        window.get_by_role("button", name=step.words, exact=True).click()
        expect(window.get_by_role("status")).to_contain_text(step.words)
        expect(window.get_by_role("button", name=step.words, exact=True)).to_have_attribute("aria-pressed", "true")


def passes(clicker: Clicker, step: Step) -> None:
    """Behind the scenes, say how many seconds are to pass."""
    with clicker.window("stage/") as window:
        before = window.get_by_role("status").inner_text()
        window.get_by_label("Seconds to let pass").fill(str(int(step.extra) * UNITS[step.words]))
        window.get_by_role("button", name="Let them pass").click()
        expect(window.get_by_role("status")).not_to_have_text(before)


def becomes(clicker: Clicker, step: Step) -> None:
    """Behind the scenes, go to the morning."""
    with clicker.window("stage/") as window:
        window.get_by_role("button", name=f"Go to {step.words}, 10:00").click()
        expect(window.get_by_role("status")).to_contain_text("It is 10:00:")


def stands(clicker: Clicker, step: Step) -> None:
    """Behind the scenes, stop the bot or start it."""
    with clicker.window("stage/") as window:
        window.get_by_role("button", name="Stop the bot" if step.words == "stops" else "Start the bot").click()
        told = "is stopped" if step.words == "stops" else "works"
        expect(window.get_by_role("status")).to_contain_text(f"The bot {told}")


VERBS: dict[str, Callable[[Clicker, Step], None]] = {
    "says": says,
    "sees": sees,
    "misses": misses,
    "reacts": reacts,
    "together": together,
    "unreacts": unreacts,
    "presses": presses,
    "drops": drops,
    "shows": shows,
    "shows_once": shows_once,
    "hides": hides,
    "behaves": behaves,
    "passes": passes,
    "becomes": becomes,
    "stands": stands,
}


def _room(step: Step) -> str:
    return f"direct-{step.who}" if step.extra == "direct" else step.extra


@contextmanager
def clicking(chromium: Browser, link: str) -> Iterator[Clicker]:
    """A browser that opens the printed link; whatever it complains about fails the test."""
    context = chromium.new_context(viewport=DESK, color_scheme="light")
    clicker = Clicker(context, context.new_page(), link.partition("?")[0])
    faults, home = clicker.faults, clicker.home
    context.on("console", lambda word: faults.append(word.text) if word.type in {"error", "warning"} else None)
    context.on("weberror", lambda fault: faults.append(str(fault.error)))
    context.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    context.on("request", lambda asked: None if asked.url.startswith((home, "blob:")) else faults.append(asked.url))
    clicker.page.goto(link)
    expect(clicker.page.locator("#room-name")).to_have_text("General")
    yield clicker
    context.close()
    assert faults == []


def play(clicker: Clicker, step: Step) -> None:
    """One step by clicking; the page may not say that something failed."""
    if step.verb != "together" and step.who not in {"public", "timeline", "bot", ""}:
        clicker.becomes(step.who)
    VERBS[step.verb](clicker, step)
    expect(clicker.page.locator("#fault")).to_be_empty()


def feeds(clicker: Clicker) -> list[tuple[str, list[str]]]:
    """The three feeds as a reader takes them: version, and what each entry says."""
    found = []
    for name in ("feed.atom", "feed.rss", "feed.json"):
        answer = clicker.context.request.get(f"{clicker.home}public/{name}")
        assert answer.ok, name
        if name == "feed.json":
            told = json.loads(answer.text())
            entries = [f"{item['title']} {item['content_text']}" for item in told["items"]]
            found.append((told["version"], entries))
        else:
            read = feedparser.parse(answer.text())
            assert not read.bozo, read
            found.append((read.version, [f"{one.title} {one.summary}" for one in read.entries]))
    return found


def read_while_it_stands(clicker: Clicker) -> str:
    """Follow the bot's link and the public page's own to the announcement, and take the feeds; its address."""
    with clicker.context.expect_page() as opened:
        clicker.finds("#1 is published").get_by_role("link", name="/public/").click()
    tab = opened.value
    expect(tab.get_by_role("article")).to_contain_text("NHS number [NHS number removed]")
    expect(tab).to_have_title(re.compile("Brynford Council"))
    address = tab.url
    tab.get_by_role("link", name="All announcements").click()
    tab.get_by_role("link", name=re.compile("^The health van")).click()
    expect(tab).to_have_url(address)
    shown = [(version, "The health van" in text) for version, (text,) in feeds(clicker)]
    assert shown == [("atom10", True), ("rss20", True), ("https://jsonfeed.org/version/1.1", True)]
    tab.close()
    return address


def read_after_the_recall(clicker: Clicker, address: str) -> None:
    """The address stays and says that it was withdrawn; not one word of it is left, in page or feeds."""
    answer = clicker.context.request.get(address)
    assert answer.status == 410
    assert "This announcement was withdrawn on" in answer.text()
    left = [answer.text(), *(text for _, entries in feeds(clicker) for text in entries)]
    assert [text for text in left if "health van" in text.lower() or "withdrawn" not in text] == []


def played(clicker: Clicker, step: Step, artefacts: Path) -> None:
    """Play one step; a failure says which, and leaves a picture."""
    try:
        play(clicker, step)
    except (AssertionError, PlaywrightError) as error:
        clicker.page.screenshot(path=artefacts / "tour-failed.png")
        raise AssertionError(f"line {step.line}: {step.source}\n{error}") from error


def test_the_tour_by_clicking(chromium: Browser, artefacts: Path, tmp_path: Path) -> None:
    steps = parse(TOUR.read_text(encoding="utf-8"))
    chapters = [step for step in steps if isinstance(step, str)]
    assert len(chapters) == 5
    assert {step.verb for step in steps if isinstance(step, Step)} >= {*VERBS} - {
        "together",
        "shows_once",
        "unreacts",
        "behaves",
        "passes",
        "becomes",
        "stands",
    }
    address, chapter = "", 0
    with demo(tmp_path) as running, clicking(chromium, running.link) as clicker:
        for step, following in zip(steps, [*steps[1:], ""], strict=True):
            if isinstance(step, str):
                chapter += 1
                continue
            played(clicker, step, artefacts)
            if (step.who, step.verb) == ("public", "shows"):
                address = read_while_it_stands(clicker)
            elif (step.who, step.verb) == ("public", "hides") and address:
                read_after_the_recall(clicker, address)
            if isinstance(following, str):
                clicker.page.screenshot(path=artefacts / f"tour-{chapter}.png", animations="disabled")
    assert address, "the announcement was public for a while"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["votes", "times", "together"])
def test_votes_times_and_crowds_by_clicking(chromium: Browser, artefacts: Path, tmp_path: Path, name: str) -> None:
    steps = [step for step in parse((ROOT / f"docs/{name}.txt").read_text(encoding="utf-8")) if isinstance(step, Step)]
    assert len(steps) > 40
    with demo(tmp_path) as running, clicking(chromium, running.link) as clicker:
        for step in steps:
            played(clicker, step, artefacts)
        clicker.page.screenshot(path=artefacts / f"{name}.png", animations="disabled")


def test_failures_of_a_channel_by_clicking(chromium: Browser, artefacts: Path, tmp_path: Path) -> None:
    steps = [step for step in parse(FAILURES.read_text(encoding="utf-8")) if isinstance(step, Step)]
    behaviours = {step.words for step in steps if step.verb == "behaves"}
    assert behaviours == {"works", "refuses", "away", "drops the answer", "accepts late", "blind", "stuck"}
    with demo(tmp_path) as running, clicking(chromium, running.link) as clicker:
        for step in steps:
            played(clicker, step, artefacts)
        with clicker.context.expect_page() as opened:
            clicker.finds("#4 is published").get_by_role("link", name="/timeline/").click()
        expect(opened.value.get_by_role("article")).to_contain_text("The tip is open again.")
        expect(opened.value.get_by_role("heading")).to_have_text("Brynford Council")


def test_nothing_of_one_person_is_left_for_the_next(chromium: Browser, tmp_path: Path) -> None:
    """A private answer leaves the whole page with its person, also what screen readers were told of it."""
    private = "I have stopped #1"
    with demo(tmp_path) as running, clicking(chromium, running.link) as clicker:
        clicker.page.get_by_role("button", name="Try: @switchboard announce").click()
        clicker.page.get_by_role("button", name="Send").click()
        expect(clicker.page.locator("article.private")).to_contain_text(private)
        expect(clicker.page.get_by_role("log", name="New messages")).to_contain_text(private)
        clicker.becomes("jo")
        assert private not in str(clicker.page.locator("html").evaluate("page => page.textContent"))
        clicker.becomes("ama")
        expect(clicker.page.locator("article.private")).to_contain_text(private)


def test_the_public_pane_stays_with_the_public_pages(chromium: Browser, tmp_path: Path) -> None:
    """A link to an e-mail address or another site is told instead of followed; the pane goes on as before."""
    with demo(tmp_path) as running, clicking(chromium, running.link) as clicker:
        public = clicker.page.frame_locator("iframe[title='The public page']")
        public.get_by_role("link", name="hello@brynford.example").click()
        told = clicker.page.locator("#window").get_by_role("status")
        expect(told).to_contain_text("leads to hello@brynford.example. Here nothing leaves this computer.")
        public.get_by_role("link", name="Accessibility").click()
        expect(told).to_be_empty()
        public.get_by_role("link", name="Equality Advisory").press("Enter")
        expect(told).to_contain_text("https://www.equalityadvisoryservice.com/")
        clicker.page.get_by_role("button", name="Start page of the public site").click()
        expect(public.get_by_text("Nothing has been announced yet.")).to_be_visible()
