"""What holds a grave finding never goes out on votes that whoever runs the chat could have made up (section 9)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.unit.announcements import town
from tests.unit.announcements.town import Town

pytestmark = pytest.mark.asyncio
WHY = "acknowledge #1 because it is the council's own account"
GRACE = timedelta(seconds=121)
ONCE_MORE = "So one of them says it once more, where nobody else can: type approve #1"


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    made = await town.found(tmp_path)
    yield made
    await made.close()


async def forgeable(place: Town) -> None:
    """A draft with a grave finding; its two approvals and their reasons all came by ways that can be forged."""
    place.chat.says("ama", "general", "announce Library tickets: 4111 1111 1111 1111 for all.")
    await place.settle()
    place.chat.says("dee", "direct-dee", WHY, proven=False)
    await place.settle()
    place.chat.says("jo", "direct-jo", WHY, proven=False)
    await place.settle()
    for who in ("dee", "jo"):
        place.chat.reacts(who, shown(place), "✅")
        await place.settle()
    assert await place.state() == "in_review"


def shown(place: Town) -> str:
    preview = place.preview(1, 1)
    assert preview is not None
    return preview


def told(place: Town) -> list[str]:
    return [one.content.text for one in place.chat.said_by_bot() if one.ref.room == "comms"]


async def test_it_waits_and_says_for_what(place: Town) -> None:
    await forgeable(place)
    assert len([line for line in told(place) if ONCE_MORE in line]) == 1
    place.chat.says("sam", "direct-sam", "queue")
    await place.settle()
    assert ONCE_MORE in place.chat.said_by_bot()[-1].content.text


@pytest.mark.parametrize("words", ["approve #1", WHY, "reason #1 it is the council's own account"])
async def test_proven_words_of_one_of_them_let_it_go(place: Town, words: str) -> None:
    await forgeable(place)
    place.chat.says("jo", "direct-jo", words)
    await place.settle()
    assert await place.state() == "approved"
    await place.wait(GRACE)
    assert await place.state() == "published"


@pytest.mark.parametrize(
    ("who", "words", "proven"), [("jo", "approve #1", False), ("sam", "approve #1", True), ("ama", "approve #1", True)]
)
async def test_nothing_else_does(place: Town, who: str, words: str, *, proven: bool) -> None:
    """Words that anybody could have written, or of somebody whose approval does not count."""
    await forgeable(place)
    place.chat.says(who, f"direct-{who}", words, proven=proven)
    await place.settle()
    assert await place.state() == "in_review"


async def test_a_reaction_given_again_is_proven_no_more(place: Town) -> None:
    await forgeable(place)
    place.chat.says("jo", "direct-jo", "reason #1 it is the council's own account")
    await place.settle()
    assert await place.state() == "approved"
    place.chat.says("jo", "direct-jo", "withdraw #1")
    await place.settle()
    assert await place.state() == "in_review"
    place.chat.unreacts("jo", shown(place), "✅")
    await place.settle()
    place.chat.reacts("jo", shown(place), "✅")
    place.chat.says("jo", "direct-jo", WHY, proven=False)
    await place.settle()
    assert await place.state() == "in_review"
