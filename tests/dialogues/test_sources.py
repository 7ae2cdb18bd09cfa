"""The message that an announcement came from is deleted: its author hears whether the announcement goes on."""

import pytest

from bot.wording import say
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio
WORDS = "The library is closed on Monday."


async def announced(talk: Talk, words: str = WORDS) -> str:
    """Ama announces something; the id of her message."""
    message = await talk.person("ama").says("general", f"@switchboard announce {words}")
    await talk.settle()
    return message


async def test_a_draft_goes_on_and_its_author_is_told_how_to_stop_it(slow: Talk) -> None:
    message = await announced(slow)
    await slow.person("ama").deletes(message)
    await slow.settle()
    told = await slow.told("ama", "is gone", room="direct-ama")
    assert told.text == say("sources.goes_on", number=1)
    assert await slow.state() == "in_review"


async def test_what_is_out_stays_and_that_is_said(talk: Talk) -> None:
    message = await announced(talk)
    preview = await talk.preview()
    await talk.reacts("jo", "✅", preview)
    await talk.reacts("sam", "✅", preview)
    await talk.until(lambda: _is(talk, "published"))
    await talk.person("ama").deletes(message)
    await talk.settle()
    assert (await talk.told("ama", "is gone", room="direct-ama")).text == say("sources.is_out", number=1)


async def test_whoever_was_asked_to_delete_it_hears_nothing_more(talk: Talk) -> None:
    await announced(talk, "Ask for Mr Lowe, NHS number 999 001 2342.")
    assert await talk.times("ama", "is gone") == 0


async def _is(talk: Talk, state: str) -> bool:
    return await talk.state() == state
