"""The whole tour over Slack, as docs/tour.txt tells it, with no more than the manifest asks for.

People act through the server's control; what they see is looked at there, and its own page is pictured for each chapter
(tests/artefacts/slack-*.png).
"""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from bot.wording import say
from tests.real.browser import ONLY_HERE, no_sandbox
from tests.real.needs import need
from tests.real.slack_council import COMMS, OPEN, Town, council
from tests.real.slack_reading import SlackSeen

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(300)]
STOPPED = "The health van is at the library on Friday. Ask for Mr Lowe, NHS number 999 001 2342."
SAFE = "The health van is at the library on Friday. Ask for [name removed], NHS number [NHS number removed]."
STARTERS = (
    "staff_id,name,email,job_title,skills,last_reviewed\n"
    "000101,Renée Étienne,renee@council.example,Ecologist,Bat surveys (4),2026-05-01\n"
    "000102,Sam Wynn,nowhere,Officer,,2026-05-01\n"
)


@dataclass
class Camera:
    """Takes pictures of the server's own page."""

    page: Page
    folder: Path
    people: dict[str, str]

    async def takes(self, name: str, who: str, room: str, shows: str) -> None:
        """A picture of what somebody sees in a room, once it shows that."""
        await self.page.get_by_label("Act as").select_option(self.people[who])
        await self.page.locator(".sidebar-item", has_text=room).first.click()
        words = self.page.get_by_text(shows).last
        await expect(words).to_be_visible()
        await self.keeps(name)

    async def keeps(self, name: str) -> None:
        """A picture of the page as it is; something must be drawn on it."""
        taken = await self.page.screenshot(path=self.folder / f"slack-{name}.png", animations="disabled")
        assert len(Image.open(io.BytesIO(taken)).convert("RGB").getcolors(2**24) or ()) > 50


@asynccontextmanager
async def camera(program: Path, town: Town, folder: Path) -> AsyncIterator[Camera]:
    """The page in a real browser."""
    people = {name: one.id for name, one in town.slack.people.items()}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[ONLY_HERE, *no_sandbox()])
        page = await browser.new_page(viewport={"width": 1200, "height": 900})
        await page.goto(town.slack.server.url)
        yield Camera(page, folder, people)
        await browser.close()


async def test_the_whole_tour(
    request: pytest.FixtureRequest, local_slack: Path, tmp_path: Path, artefacts: Path
) -> None:
    chromium = need(request, "Chromium")
    async with council(local_slack, tmp_path, least=True) as town, camera(chromium, town, artefacts) as pictures:
        await ann_asks_with_a_slip(town, pictures)
        await what_must_not_go_out_is_stopped(town, pictures)
        await who_may_approve_and_who_may_not(town, pictures)
        await it_stands_in_the_feed_and_is_taken_back(town, pictures)
        await a_staff_file_is_loaded_and_taken_back(town, pictures)
        await the_form_and_the_home_tab(town, pictures)


async def ann_asks_with_a_slip(town: Town, pictures: Camera) -> None:
    """Who knows, and why; in a thread of the room, and for herself alone with a slash command."""
    asked = await town.person("ann").says(OPEN, "@switchboard who knows about flood maping?")
    answer = await town.sees("bob", "Rhys Vaughan", OPEN)
    assert (answer.thread, "Flood mapping, expert" in answer.text) == (asked, True)
    await town.person("ann").commands(OPEN, "/switchboard", "who knows about flood mapping?")
    alone = await town.sees("ann", "Rhys Vaughan", OPEN)
    assert alone.private
    await pictures.takes("1-asked", "ann", "open", "Rhys Vaughan")
    await pictures.page.locator(".thread-summary").first.click()
    await pictures.keeps("1-thread")
    await pictures.page.keyboard.press("Escape")


async def what_must_not_go_out_is_stopped(town: Town, pictures: Camera) -> None:
    """A patient's number: told to Ann alone, with a wording to send on; communications see neither."""
    await town.person("ann").says(OPEN, f"@switchboard announce {STOPPED}")
    stopped = await town.sees("ann", "I have stopped #1")
    assert (stopped.private, "999 001 2342" in stopped.text) == (True, False)
    assert await town.all_seen("bob", "I have stopped") == []
    await town.sees("bob", "#1 is back with its author", COMMS)
    await pictures.takes("2-stopped", "ann", "open", "I have stopped #1")
    await town.person("ann").presses(OPEN, stopped.id, "Use this wording for #1")
    assert (await preview(town)).quote == SAFE
    assert await town.all_seen("bob", "2342", COMMS) == []


async def preview(town: Town) -> SlackSeen:
    return await town.sees("bob", "^#1 r2 from Ann Abel", COMMS)


async def who_may_approve_and_who_may_not(town: Town, pictures: Camera) -> None:
    """Not whoever wrote it, no guest, no 👍; one of communications."""
    card = await preview(town)
    assert set(card.reactions) == {"white_check_mark", "x"}
    await pictures.takes("3-preview", "bob", "private", "[NHS number removed]")
    await town.votes("ann", card)
    assert (await town.sees("ann", "somebody else has to approve it", COMMS)).private
    await town.votes("guest", card)
    assert (await town.sees("guest", "your reaction does not count", COMMS)).private
    await town.votes("bob", card, "+1")
    assert (await town.sees("bob", "👍 does not approve anything", COMMS)).private
    assert (await town.state(), await town.public()) == ("in_review", [])
    await town.person("bob").presses(COMMS, card.id, say("preview.button.approve"))
    await town.becomes(town.state, "published")
    receipt = await town.sees("bob", "You approved #1 r2", await town.person("bob").direct())
    assert receipt.buttons == (say("vote.withdraw_button", number=1), say("vote.not_me_button", number=1))
    await town.sees("colin", "#1 is published", COMMS)
    await pictures.takes("3-published", "colin", "private", "#1 is published")


async def it_stands_in_the_feed_and_is_taken_back(town: Town, pictures: Camera) -> None:
    """Out once, recalled in words, and why; `why` tells it all."""
    assert (await town.public(), await town.deliveries()) == ([SAFE], 1)
    await town.person("colin").says(COMMS, "@switchboard recall #1")
    await town.becomes(town.state, "recalled")
    assert await town.public() == []
    question = await town.sees("colin", "Why did you recall #1")
    await town.person("colin").presses(COMMS, question.id, "It is wrong")
    await town.sees("colin", "that is kept with the evidence")
    await town.person("colin").says(COMMS, "@switchboard why #1")
    why = await town.sees("bob", "drafted by Ann Abel", COMMS)
    assert "Approved by Bob Brook on " in why.text
    assert "It was recalled by Colin Cole on " in why.text
    await pictures.takes("4-recalled", "colin", "private", "#1 is recalled")


async def a_staff_file_is_loaded_and_taken_back(town: Town, pictures: Camera) -> None:
    """Faults with their lines, what would change, a button, undo."""
    ann = town.person("ann")
    room = await ann.direct()
    await ann.shares(room, "new-starters.csv", STARTERS.encode())
    asked = await town.sees("ann", "line 3, email: .*Nothing has changed yet", room)
    await pictures.takes("5-file", "ann", "Ann Abel", "Nothing has changed yet")
    await ann.presses(room, asked.id, "Load this file")
    await town.sees("ann", "is loaded: 1 new", room)
    await ann.says(OPEN, "@switchboard who knows about bat surveys?")
    await town.sees("bob", r"Renée Étienne \(Ecologist", OPEN)
    await ann.says(room, "undo load")
    await town.sees("ann", "is undone", room)
    await ann.says(room, "who is renee etienne")
    await town.sees("ann", "Nobody called “renee etienne” is listed", room)


async def the_form_and_the_home_tab(town: Town, pictures: Camera) -> None:
    """As the server draws them."""
    await town.draft("The pool opens at noon.")
    await town.person("bob").opens_home()
    await town.settle()
    await pictures.page.get_by_label("Act as").select_option(pictures.people["bob"])
    await pictures.page.locator(".sidebar-item", has_text="switchboard").first.click()
    await pictures.keeps("6-home")
    await town.person("bob").commands(OPEN, "/switchboard", "announce")
    await town.settle()
    await expect(pictures.page.get_by_text(say("screens.form.title")).last).to_be_visible()
    await pictures.keeps("6-form")
