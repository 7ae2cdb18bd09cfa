"""The web chat's page in a real Chromium: two people, a keyboard, a phone, a lost connection, hostile words.

Whatever the page says on its console, and with it every breach of its Content Security Policy, fails the test.
"""

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from adapters.chat.web.settings import LARGEST_UPLOAD
from adapters.chat.web.uploads import clean_name
from adapters.chat.web.views import PAGE
from adapters.events import Content, RoomRef
from tests.chat import Dialogue
from tests.real.browser import Judge
from tests.real.web_town import WORDING, Town, running
from tests.unit.publish.payloads import PAYLOADS

pytestmark = pytest.mark.real

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
GENERAL = RoomRef("web", "general")
# On a phone the rooms and the public page take the place of the main part, which these two rules ask for.
BESIDE_MAIN = ("page-has-heading-one", "landmark-one-main")
DROP = """([name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true });
    document.getElementById("chat").dispatchEvent(event);
  }
}"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with running(tmp_path) as made:
        yield made


@contextmanager
def browsing(chromium: Browser, town: Town, *, offline: bool = False, **options: Any) -> Iterator[BrowserContext]:
    """A browser that was let in; a word on the console or a dialogue of the browser fails the test."""
    faults: list[str] = []
    context = chromium.new_context(**{"viewport": WIDE, **options})
    context.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    context.on("weberror", lambda fault: faults.append(str(fault.error)))
    context.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    context.new_page().goto(town.link())
    yield context
    context.close()
    assert [fault for fault in faults if not (offline and "net::ERR_" in fault)] == []


def visit(context: BrowserContext, town: Town, who: str, room: str = "general") -> Page:
    """A tab in which one is somebody."""
    page = context.new_page()
    page.goto(f"{town.chat.address}/#{who}/{room}")
    expect(page.locator("#room-name")).not_to_have_text(re.compile(r"^\s*$"))
    return page


def write(page: Page, text: str) -> None:
    """Write and send."""
    page.get_by_label(re.compile("Message to")).fill(text)
    page.keyboard.press("Enter")


def message(page: Page, text: str) -> Any:
    """The article that says so."""
    return page.locator("article.message").filter(has_text=text).last


def test_two_people_talk(chromium: Browser, town: Town, artefacts: Path) -> None:
    with browsing(chromium, town) as context:
        ama, jo = visit(context, town, "ama"), visit(context, town, "jo")
        expect(ama.get_by_role("heading", name="Nothing has been said here yet")).to_be_visible()
        ama.get_by_role("button", name="Try: @switchboard who knows about flood mapping?").click()
        ama.keyboard.press("Enter")
        for page in (ama, jo):
            expect(message(page, "Rhys Morgan knows about that.")).to_be_visible()
        expect(jo.locator("#news")).to_contain_text("Switchboard, in a thread. Rhys Morgan knows")
        write(ama, "@switchboard announce: library")
        preview = message(jo, "#12 r1 is ready")
        assert preview.locator("blockquote").evaluate("node => node.textContent") == WORDING
        expect(preview.get_by_text(f"Exact wording, {len(WORDING)} characters")).to_be_visible()
        approve = preview.get_by_role("button", name="white heavy check mark")
        expect(approve).to_have_attribute("aria-pressed", "false")
        approve.click()
        expect(approve).to_have_attribute("aria-pressed", "true")
        expect(approve).to_have_accessible_name("white heavy check mark, 2 people: Switchboard, Jo Bennett")
        theirs = message(ama, "#12 r1 is ready").get_by_role("button", name="white heavy check mark")
        expect(theirs).to_have_accessible_name("white heavy check mark, 2 people: Switchboard, Jo Bennett")
        expect(theirs).to_have_attribute("aria-pressed", "false")
        approve.click()
        expect(theirs).to_have_accessible_name("white heavy check mark, 1 person: Switchboard")
        ama.screenshot(path=artefacts / "web-chat-two-people.png")


def test_a_private_answer_is_seen_by_one(chromium: Browser, town: Town, artefacts: Path) -> None:
    with browsing(chromium, town) as context:
        ama, jo = visit(context, town, "ama"), visit(context, town, "jo")
        write(ama, "@switchboard secret 485 777 3456")
        private = message(ama, "That looks like an NHS number.")
        expect(private.get_by_text("Only you can see this")).to_be_visible()
        expect(private.get_by_role("button", name="Use the redaction")).to_be_visible()
        expect(private.get_by_role("button", name="React")).to_have_count(0)
        write(jo, "anything new?")
        expect(message(jo, "anything new?")).to_be_visible()
        expect(jo.get_by_text("That looks like an NHS number.")).to_have_count(0)
        ama.screenshot(path=artefacts / "web-chat-private.png")


def test_files_are_dropped_and_described(chromium: Browser, town: Town, artefacts: Path, tmp_path: Path) -> None:
    with browsing(chromium, town) as context:
        ama, jo = visit(context, town, "ama"), visit(context, town, "jo")
        ama.evaluate(DROP, ["shelves.png", "image/png", DOT])
        ama.get_by_label("Describe the picture").fill("New shelves")
        ama.screenshot(path=artefacts / "web-chat-files.png")
        write(ama, "look")
        picture = jo.get_by_role("img", name="New shelves")
        expect(picture).to_be_visible()
        assert picture.evaluate("async node => { await node.decode(); return node.naturalWidth; }") == 1
        ama.evaluate(DROP, ["staff <b>.csv", "text/csv", "YTtiCg=="])
        ama.get_by_role("button", name="Send").click()
        with jo.expect_download() as download:
            jo.get_by_role("link", name="staff <b>.csv").click()
        assert download.value.path().read_bytes() == b"a;b\n"
        big = tmp_path / "big.bin"
        big.write_bytes(bytes(LARGEST_UPLOAD + 1))
        ama.set_input_files("#files", big)
        expect(ama.get_by_role("alert")).to_contain_text("too large")


def test_everything_works_by_keyboard(chromium: Browser, town: Town) -> None:
    with browsing(chromium, town) as context:
        page = visit(context, town, "ama")
        tab_to(page, lambda name: name == "Skip to writing")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab") if page.evaluate("document.activeElement.id") != "words" else None
        page.keyboard.type("@switchboard secret")
        page.keyboard.press("Enter")
        expect(message(page, "That looks like an NHS number.")).to_be_visible()
        tab_to(page, lambda name: name == "Use the redaction", back=True)
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_have_text("Pressed: Use the redaction")
        tab_to(page, lambda name: name == "React, Ama Owusu", back=True)
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Choose a reaction")).to_be_visible()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="cross mark, 1 person: Ama Owusu")).to_be_visible()
        expect(page.get_by_role("button", name="React, Ama Owusu")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="React, Ama Owusu")).to_be_focused()


def test_own_words_are_changed_and_deleted_by_keyboard(chromium: Browser, town: Town) -> None:
    with browsing(chromium, town) as context:
        page, jo = visit(context, town, "ama"), visit(context, town, "jo")
        write(page, "frist")
        expect(message(page, "frist")).to_be_visible()
        tab_to(page, lambda name: name == "Edit, Ama Owusu", back=True)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Edit, Ama Owusu")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Control+A")
        page.keyboard.type("first")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        for tab in (page, jo):
            expect(message(tab, "first").get_by_text("edited")).to_be_visible()
        expect(jo.get_by_role("button", name="Edit")).to_have_count(0)
        tab_to(page, lambda name: name == "Delete, Ama Owusu")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        for tab in (page, jo):
            expect(tab.locator("article.message")).to_have_count(0)


def test_threads_personas_and_rooms_by_keyboard(chromium: Browser, town: Town) -> None:
    with browsing(chromium, town) as context:
        page = visit(context, town, "ama")
        write(page, "a question")
        expect(message(page, "a question")).to_be_visible()
        tab_to(page, lambda name: name == "Reply in thread, Ama Owusu", back=True)
        page.keyboard.press("Enter")
        expect(page.get_by_label(re.compile("Message to"))).to_be_focused()
        page.keyboard.type("an answer")
        page.keyboard.press("Enter")
        expect(page.locator(".replies article").filter(has_text="an answer")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Leave the thread")).to_be_hidden()
        tab_to(page, lambda name: "library officer" in name, back=True)
        page.keyboard.press("ArrowDown")
        expect(page.locator("#told")).to_have_text("You are Jo Bennett now, comms officer")
        expect(page.get_by_role("button", name="comms")).to_be_visible()
        tab_to(page, lambda name: name == "comms", back=True)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="comms", level=1)).to_be_visible()
        expect(page.get_by_label("Message to the room comms")).to_be_focused()


def test_unread_rooms_are_marked(chromium: Browser, town: Town) -> None:
    with browsing(chromium, town) as context:
        jo = visit(context, town, "jo", "comms")
        ama = visit(context, town, "ama")
        write(ama, "one")
        write(ama, "two")
        expect(jo.get_by_role("button", name="general, 2 unread messages")).to_be_visible()
        expect(jo).to_have_title("(2) comms · Switchboard")
        jo.bring_to_front()
        jo.get_by_role("button", name="general").click()
        expect(jo.get_by_role("button", name="general", exact=True)).to_be_visible()
        expect(jo).to_have_title("general · Switchboard")


def test_the_public_page_follows(chromium: Browser, town: Town) -> None:
    with browsing(chromium, town) as context:
        page = visit(context, town, "jo")
        public = page.frame_locator("iframe[title='The public page']")
        expect(public.get_by_text("Nothing yet.")).to_be_visible()
        write(page, "@switchboard announce: library")
        page.get_by_role("button", name="Publish").click()
        expect(public.get_by_text("The library opens")).to_be_visible()
        expect(page.locator("#public-status")).to_have_text("The public page has changed.")


def test_a_lost_connection_is_told_and_resumed(chromium: Browser, town: Town, artefacts: Path) -> None:
    with browsing(chromium, town, offline=True) as context:
        page = visit(context, town, "ama")
        write(page, "before")
        expect(message(page, "before")).to_be_visible()
        town.stop()
        expect(page.get_by_text("Connection lost.")).to_be_visible()
        write(page, "meanwhile")
        expect(page.get_by_role("alert")).to_contain_text("Nothing is lost")
        expect(page.get_by_label(re.compile("Message to"))).to_have_value("meanwhile")
        page.screenshot(path=artefacts / "web-chat-lost.png")
        town.start()
        town.does(town.chat.send(GENERAL, Content("I am back."), thread=None, key="back"))
        expect(message(page, "I am back.")).to_be_visible()
        expect(page.get_by_text("Connection lost.")).to_be_hidden()
        page.keyboard.press("Enter")
        expect(message(page, "meanwhile")).to_be_visible()
        expect(page.locator("article.message")).to_have_count(3)


def test_words_never_become_markup(chromium: Browser, town: Town) -> None:
    payloads = [text for text in PAYLOADS if text.strip() and text == text.encode(errors="ignore").decode()]
    assert len(payloads) >= 200
    with browsing(chromium, town) as context:
        for number, text in enumerate(payloads):
            town.does(town.chat.send(GENERAL, Content(text, text), thread=None, key=str(number)))
        page = visit(context, town, "jo")
        for count in range(PAGE, len(payloads), PAGE):
            expect(page.locator("article.message")).to_have_count(count)
            page.get_by_role("button", name="Show older messages").click()
        expect(page.locator("article.message")).to_have_count(len(payloads))
        shown = page.locator("article.message .text").evaluate_all("all => all.map(one => one.textContent)")
        quoted = page.locator("blockquote").evaluate_all("all => all.map(one => one.textContent)")
        assert sorted(shown) == sorted(quoted) == sorted(payloads)
        assert page.locator("#messages :is(script, iframe, object, embed, form, a, svg[onload], video)").count() == 0


def test_names_and_descriptions_never_become_markup(chromium: Browser, town: Town) -> None:
    payloads = [text for text in PAYLOADS if text.isprintable() and text.strip() == text and '"' not in text][:PAGE]
    assert len(payloads) >= PAGE / 2

    async def share() -> None:
        async with Dialogue.at(town.link()) as chat:
            for text in payloads:
                await chat.person("ama").drops("general", clean_name(text), base64.b64decode(DOT), alt=text)
            for text in payloads:
                await chat.person("ama").drops("direct-ama", clean_name(text), b"data")

    town.does(share())
    with browsing(chromium, town) as context:
        pictures = visit(context, town, "ama").locator(".pictures img")
        expect(pictures).to_have_count(len(payloads))
        assert pictures.evaluate_all("all => all.map(one => one.alt)") == payloads
        names = visit(context, town, "ama", "direct-ama").locator(".file bdi")
        expect(names).to_have_count(len(payloads))
        assert names.evaluate_all("all => all.map(one => one.textContent)") == [clean_name(text) for text in payloads]


@pytest.mark.parametrize("look", ["light", "dark", "phone", "phone-dark"])
def test_it_looks_right_and_axe_finds_nothing(
    chromium: Browser, town: Town, judge: Judge, artefacts: Path, look: str
) -> None:
    is_phone = look.startswith("phone")
    options: dict[str, Any] = {
        "color_scheme": "dark" if "dark" in look else "light",
        "viewport": PHONE if is_phone else WIDE,
        "has_touch": is_phone,
        "is_mobile": is_phone,
        "reduced_motion": "reduce",
    }
    with browsing(chromium, town, **options) as context:
        page = visit(context, town, "ama")
        assert judge(page) == []
        write(page, "@switchboard who knows about flood mapping?")
        write(page, "@switchboard announce: library")
        write(page, "@switchboard secret 485 777 3456")
        expect(message(page, "That looks like an NHS number.")).to_be_visible()
        expect(page.locator(".chip")).to_have_count(2)
        assert page.locator(".fresh").first.evaluate("node => getComputedStyle(node).animationName") == "none"
        page.screenshot(path=artefacts / f"web-chat-{look}.png")
        assert judge(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for part in ("Rooms", "Public") if is_phone else ():
            page.get_by_role("button", name=part, exact=True).click()
            page.screenshot(path=artefacts / f"web-chat-{look}-{part.lower()}.png")
            assert [fault for fault in judge(page) if not fault.startswith(BESIDE_MAIN)] == []


def tab_to(page: Page, wanted: Callable[[str], bool], *, back: bool = False) -> None:
    """Press Tab (or Shift and Tab) until the focus stands on an element of that name, as a keyboard user does."""
    name = """() => { const at = document.activeElement;
      return at.getAttribute("aria-label") ?? (at.labels?.[0] ?? at).textContent.trim(); }"""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if wanted(page.evaluate(name)):
            outline = page.evaluate("""() => { const at = document.activeElement;
              return getComputedStyle(at.matches("input[type=radio]") ? at.parentElement : at).outlineStyle; }""")
            assert outline == "solid"
            return
    pytest.fail("the keyboard does not reach it")
