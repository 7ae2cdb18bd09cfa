"""A channel that fails: what people are told in the chat, and what the public reads on the timeline."""

import sqlite3
from pathlib import Path

import pytest

from adapters.ports import Guarantee
from bot.cli.demo import running
from bot.cli.tour import Step, parse, play
from tests.chat import Dialogue
from tests.dialogues.conftest import in_order
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

WORDS = "The library is closed on Monday."


@pytest.mark.timeout(300)
async def test_the_tour_of_failures(talk: Talk) -> None:
    steps = parse(Path("docs/failures.txt").read_text(encoding="utf-8"))
    shown: list[str] = []
    assert await play(talk.chat, steps, shown.append) == sum(isinstance(step, Step) for step in steps) > 30


def on_the_timeline(talk: Talk) -> list[str]:
    """What the public reads there, newest first."""
    return [part.text for one in talk.council.timeline.standing() for part in one.post.parts]


async def test_without_keys_a_person_is_asked_and_nothing_goes_twice(folder: Path) -> None:
    async with running(folder, 0, 0, None, Guarantee.READBACK) as council:
        council.timeline.behave("accepts late", seconds=3600)
        async with Dialogue.at(council.new_link()) as chat:
            talk = Talk(council, chat, 0)
            await talk.settle()
            await talk.reacts("jo", "✅", await talk.draft(WORDS))
            asked = await talk.told("sam", "#1: I sent it to timeline and cannot tell", room="comms")
            assert on_the_timeline(talk) == []
            with sqlite3.connect(folder / "timeline.db") as db:  # the hour is over
                db.execute("UPDATE post SET appears = appears - 3600")
            db.close()
            await talk.reacts("jo", "✅", asked)
            await talk.told("sam", "#1 is published", room="comms")
            assert on_the_timeline(talk) == [WORDS]
            await in_order(talk)


async def test_only_the_room_is_told_how_to_try_again(talk: Talk) -> None:
    talk.council.timeline.behave("refuses")
    await talk.reacts("jo", "✅", await talk.draft(WORDS))
    await talk.told("jo", "published on some channels only.*react 🔁 here", room="comms")
    told = await talk.told("ama", "published on some channels only", room="direct-ama")
    assert "🔁" not in told.text, "there it would do nothing"


async def test_it_lives_on_after_a_restart(folder: Path) -> None:
    for life in (1, 2):
        async with running(folder, 0, 0) as council, Dialogue.at(council.new_link()) as chat:
            talk = Talk(council, chat, 0)
            await talk.settle()
            if life == 1:
                council.timeline.behave("stuck")
                await talk.reacts("jo", "✅", await talk.draft(WORDS))
                continue
            assert on_the_timeline(talk) == [WORDS]
            await talk.says("jo", "recall #1")
            await talk.told("sam", "#1 is recalled, but not everywhere.*timeline: still there", room="comms")
            await in_order(talk)


@pytest.mark.parametrize("way", ["button", "words"])
async def test_the_question_is_answered_by_button_or_in_words(folder: Path, way: str) -> None:
    async with running(folder, 0, 0, None, Guarantee.READBACK) as council:
        council.timeline.behave("drops the answer", once=True)
        council.timeline.behave("forgets keys")
        async with Dialogue.at(council.new_link()) as chat:
            talk = Talk(council, chat, 0)
            await talk.settle()
            await talk.reacts("jo", "✅", await talk.draft(WORDS))
            asked = await talk.told("sam", "#1: I sent it to timeline and cannot tell", room="comms")
            if way == "button":
                await talk.person("sam").presses(asked.id, "It is there (#1, timeline)")
                await talk.settle()
            else:
                await talk.says("sam", "there #1", room="direct-sam")
            await talk.told("sam", "#1 is published", room="comms")
            assert on_the_timeline(talk) == [WORDS]
            assert "Nothing about #1 is unclear" in (await talk.answer("sam", "again #1")).text
            assert "#1 is published" in (await talk.answer("sam", "retry #1")).text
            await in_order(talk)
