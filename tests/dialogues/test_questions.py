"""Who knows about what, who is who, and teams: asked in rooms, threads and direct messages."""

import re

import pytest

from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio


async def test_in_a_room_the_answer_stands_in_a_thread(talk: Talk) -> None:
    asked = await talk.person("ama").says("general", "@switchboard who knows about flood mapping?")
    await talk.settle()
    answer = await talk.told("pat", "Owen Llewellyn", room="general")
    assert answer.thread == asked
    assert not answer.private
    assert "Flood mapping, expert, reviewed June 2026" in answer.text
    assert "owen.llewellyn@brynford.example" in answer.text


async def test_in_a_thread_it_stays_there(talk: Talk) -> None:
    first = await talk.person("jo").says("general", "We need a map.")
    await talk.person("ama").says("general", "@switchboard who knows about flood mapping?", thread=first)
    await talk.settle()
    assert (await talk.told("jo", "Owen Llewellyn", room="general")).thread == first


async def test_in_a_direct_message_nobody_else_reads_it(talk: Talk) -> None:
    await talk.says("ama", "who knows about flood mapping?", room="direct-ama")
    answer = await talk.told("ama", "Owen Llewellyn", room="direct-ama")
    assert answer.thread is None
    assert await talk.times("jo", "Owen Llewellyn") == 0


QUESTIONS = [
    ("who knows about flood maping?", "Owen Llewellyn .*Flood mapping, expert"),
    ("Who knows FLOOD MAPPING", "Owen Llewellyn"),
    ("anyone good at QGIS?", "Owen Llewellyn"),
    ("who knows about underwater basket weaving?", "Nobody is listed for “underwater basket weaving”"),
    ("who is Owen Llewellyn", "Owen Llewellyn – GIS Analyst"),
    ("who’s Owen Llewellyn?", "Owen Llewellyn – GIS Analyst"),
    ("who is Zebedee Quux", "Nobody called “Zebedee Quux” is listed"),
    ("who is", "Whose name"),
    ("team Media and Campaigns", "Media and Campaigns: .* people.*Jo Whitfield"),
    ("team Zebedee", "There is no team or service called “Zebedee”"),
    ("team", "Which team"),
]


async def test_questions_and_answers(talk: Talk) -> None:
    assert QUESTIONS
    for question, answer in QUESTIONS:
        assert re.search(answer, (await talk.answer("ama", question)).text, re.DOTALL), question


async def test_a_very_long_question_is_answered_shortly(talk: Talk) -> None:
    for question in ("who knows about {}", "who is {}", "team {}"):
        answer = await talk.answer("ama", question.format("zebra " * 1_600))
        assert "zebra zebra" in answer.text
        assert len(answer.text) < 400


async def test_those_who_left_or_opted_out_are_nowhere(talk: Talk) -> None:
    staff = (
        "name,email,job title,team,contactable,left,skills\n"
        "Gone Gareth,gareth@brynford.example,Keeper,Falcons,yes,yes,Falconry (4)\n"
        "Hidden Hannah,hannah@brynford.example,Keeper,Falcons,no,no,Falconry (4)\n"
    )
    await talk.person("pat").drops("direct-pat", "staff.csv", staff.encode())
    await talk.settle()
    await talk.reacts("pat", "✅", await talk.told("pat", "Nothing has changed yet"))
    await talk.told("pat", "is loaded")
    for question in ("who knows about falconry?", "who is Gone Gareth", "who is Hidden Hannah", "team Falcons"):
        await talk.says("ama", question, room="direct-ama")
    said = [one.words for one in await talk.person("ama").reads("direct-ama") if one.sender == "switchboard"]
    assert len(said) == 4
    for words in said:
        assert "@brynford" not in words
        assert "Keeper" not in words


async def test_a_bot_is_never_answered(talk: Talk) -> None:
    await talk.in_chat("UPDATE account SET bot = 1 WHERE id = 'ama'")
    await talk.says("ama", "who is Jo Whitfield", room="general")
    await talk.in_chat("UPDATE account SET bot = 0 WHERE id = 'ama'")
    assert [one for one in await talk.person("jo").reads("general") if one.sender == "switchboard"] == []
