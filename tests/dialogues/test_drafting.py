"""Drafting in chat: where, what, how much, and what is kept of it."""

import html
import re

import pytest

from bot.announcements.tables import AnnouncementRow, RevisionRow
from tests.chat import Refusal
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

WORDS = "The library is closed on Monday."


async def test_in_a_room_only_the_author_is_answered_and_comms_see_the_exact_words(talk: Talk) -> None:
    preview = await talk.draft(WORDS)
    assert preview.text.startswith("#1 r1 from Ama Mensah.")
    assert "Needs: 1 of communications or information governance." in preview.text
    assert preview.quote == WORDS
    assert preview.reactions == {"✅": {"switchboard"}, "❌": {"switchboard"}}
    assert (await talk.told("ama", "#1 is with communications", room="general")).private
    assert await talk.person("pat").finds("#1", room="general") is None
    assert await talk.state() == "in_review"
    assert await talk.evidence() == ["submit", "clear"]


async def test_in_a_direct_message(talk: Talk) -> None:
    await talk.says("ama", f"announce {WORDS}", room="direct-ama")
    assert (await talk.preview()).quote == WORDS
    await talk.told("ama", "#1 is with communications", room="direct-ama")


async def test_in_a_thread(talk: Talk) -> None:
    first = await talk.person("ama").says("general", "Shall we tell people?")
    await talk.draft(WORDS, thread=first)
    assert (await talk.told("ama", "#1 is with communications")).thread == first
    stored = await talk.stored()
    assert (stored.row.source_thread, stored.revision.text) == (first, WORDS)


async def test_the_command_in_any_dress(talk: Talk) -> None:
    for number, command in enumerate(("announce", "ANNOUNCE", "Announce:", "announcement", "  announce  "), 1):
        await talk.answer("ama", f"{command} {WORDS}")
        assert (await talk.preview(number)).quote == WORDS
        await talk.answer("ama", f"cancel #{number}")


@pytest.mark.parametrize("words", ["", " \u200b\u2060", "\u00ad"])
async def test_no_words(talk: Talk, words: str) -> None:
    await talk.says("ama", f"announce{words}", room="general")
    await talk.told("ama", "There are no words to announce", private=True)
    assert await talk.rows(AnnouncementRow) == []


async def test_too_long_for_the_channel_keeps_nothing(talk: Talk) -> None:
    await talk.says("ama", f"announce {'a' * 5_001}", room="general")
    await talk.told("ama", "That is 5,001 characters; feed takes at most 5,000. .* Nothing was kept", private=True)
    assert await talk.rows(AnnouncementRow) == []


async def test_as_long_as_the_channel_takes_is_shown_whole(talk: Talk) -> None:
    words = "a" * 5_000
    assert (await talk.draft(words)).quote == words


async def test_far_too_long_is_refused_by_the_chat_with_one_line(talk: Talk) -> None:
    with pytest.raises(Refusal) as refusal:
        await talk.person("ama").says("general", f"@switchboard announce {'a' * 40_000}")
    assert refusal.value.line.count("\n") == 0
    assert "too long" in refusal.value.line


async def test_three_may_wait_and_the_fourth_is_refused_until_one_is_decided(talk: Talk) -> None:
    for number in range(1, 4):
        await talk.draft(f"Number {number}.")
    await talk.says("ama", "announce Number 4.", room="general")
    await talk.told("ama", "You already have 3 announcements waiting, which is the limit", private=True)
    assert len(await talk.rows(AnnouncementRow)) == 3
    await talk.says("ama", "cancel #2", room="direct-ama")
    assert (await talk.draft("Number 4.")).quote == "Number 4."


async def test_four_at_once_in_different_rooms_are_still_three(talk: Talk) -> None:
    for room in ("general", "libraries", "comms"):
        await talk.person("ama").says(room, f"@switchboard announce From {room}.")
    await talk.person("ama").says("direct-ama", "announce From here.")
    await talk.settle()
    assert len(await talk.rows(AnnouncementRow)) == 3
    assert await talk.times("ama", "You already have 3 announcements waiting") == 1


@pytest.mark.parametrize(
    "words",
    [
        "“Curly quotes” and ‘single ones’, it’s Ama’s – and an em—dash…",
        "Mae’r llyfrgell ar gau ddydd Llun: ŵ ŷ â ê î ô û",
        "المكتبة مغلقة يوم الاثنين \u200eBrynford\u200f",
        "Family 👨‍👩‍👧, thumbs 👍🏽, flag 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "Café and cafe\u0301 are two spellings",
        "two  spaces, a\ttab\n\n  an indented line",
        '<b>bold</b> &amp; ]]> {braces} {number} %s *stars* @general "#tag',
        "Alt: route 5 is the alternative.",
    ],
)
async def test_words_are_kept_byte_for_byte_to_the_feed(talk: Talk, words: str) -> None:
    preview = await talk.draft(words)
    assert preview.quote == words
    await talk.reacts("jo", "✅", preview)
    assert await talk.state() == "published"
    async with talk.services.database.reading() as session:
        revision = await session.get(RevisionRow, (1, 1))
    assert revision is not None
    assert revision.text.encode() == words.encode()
    assert await talk.public() == [words]


async def test_what_is_no_command_gets_help_and_nothing_else(talk: Talk) -> None:
    await talk.says("ama", "frobnicate the flux", room="general")
    told = await talk.told("ama", "I did not understand|Nobody is listed")
    assert html.unescape(told.text) == told.text
    assert await talk.rows(AnnouncementRow) == []


async def test_a_greeting_gets_the_list_of_what_one_may(talk: Talk) -> None:
    for greeting in ("hello", "Hi there", "HELP", "?"):
        told = await talk.answer("ama", greeting)
        assert told.text.startswith("Here is what you can say")
        assert "announce TEXT" in told.text
        for others in ("undo load", "resume", "✅"):
            assert others not in told.text


async def test_help_shows_each_role_its_own(talk: Talk) -> None:
    await talk.says("jo", "help", room="direct-jo")
    assert {"resume,", "approve,", "recall,"} <= set((await talk.told("jo", "Here is what")).text.split())
    await talk.says("pat", "help", room="direct-pat")
    assert "undo load" in (await talk.told("pat", "Here is what")).text


@pytest.mark.parametrize("who", ["ama", "jo", "dee", "pat"])
async def test_help_is_read_at_a_glance_and_tells_every_command_by_its_topic(talk: Talk, who: str) -> None:
    first = (await talk.answer(who, "help")).text
    assert len(first.splitlines()) <= 15
    topics = re.findall(r"^help (\w+) – (.*)$", first, re.MULTILINE)
    assert len(topics) >= 4
    for topic, words in topics:
        page = (await talk.answer(who, f"help {topic}")).text.splitlines()
        assert page[0].endswith(":")
        assert len(page) <= 12
        for word in words.split(", "):
            assert [line for line in page if line.startswith(word)], (topic, word)
            assert (await talk.answer(who, f"help {word}?")).text.startswith((word, page[0]))


async def test_help_names_no_topic_and_no_command_that_is_not_for_one(talk: Talk) -> None:
    for words in ("help approving", "help pausing", "help loading", "help approve", "help recall", "help frobnicate"):
        assert (await talk.answer("ama", words)).text.startswith("Here is what you can say"), words
    assert "✅ approves" in (await talk.answer("jo", "help approving")).text
    assert "Drop a CSV file" in (await talk.answer("pat", "help loading")).text


async def test_an_outsider_is_refused_alike_whatever_is_asked(talk: Talk) -> None:
    for words in ("announce Free parking for all!", "who knows about QGIS?", "who is Jo Whitfield", "why #1", "help"):
        await talk.says("gil", words, room="direct-gil")
    assert await talk.times("gil", "I can only help people in the staff directory") == 5
    seen = [one.words for one in await talk.person("gil").reads("direct-gil") if one.sender == "switchboard"]
    assert {words for words in seen if "Whitfield" in words or "Owen" in words} == set()
    assert await talk.rows(AnnouncementRow) == []


async def test_what_is_not_addressed_to_the_bot_is_not_kept(talk: Talk) -> None:
    await talk.person("ama").says("general", "announce: my cat had kittens")
    await talk.settle()
    assert await talk.rows(AnnouncementRow) == []
    assert await talk.count("SELECT count(*) FROM inbox WHERE body IS NOT NULL") == 0


async def test_two_hundred_drafts_are_one_line_to_communications(talk: Talk) -> None:
    for number in range(3):
        await talk.says("ama", f"announce Number {number}.", room="direct-ama")
    for number in range(197):
        await talk.person("ama").says("direct-ama", f"announce Spam {number}.")
    await talk.settle()
    assert await talk.count("SELECT count(*) FROM announcement") == 3
    assert await talk.times("sam", "Ama Mensah has 3 announcements waiting, which is the limit") == 1
    assert await talk.count("SELECT count(*) FROM revision WHERE text LIKE '%Spam%'") == 0
