"""Who knows about what, who is who, and teams: asked in rooms, threads and direct messages."""

import re

import pytest

from bot.announcements.tables import VoteRow
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


FLOCK = "name,email,job title,team,left,skills\n" + "".join(
    f"Keeper {chr(65 + n)}ble,keeper{n}@brynford.example,Keeper,Falcons,no,Falconry ({4 if n < 3 else 2})\n"
    for n in range(26)
)


async def load(talk: Talk, staff: str) -> None:
    """Pat loads a staff file."""
    await talk.person("pat").drops("direct-pat", "staff.csv", staff.encode())
    await talk.settle()
    await talk.says("pat", "load file", room="direct-pat")


def names(text: str) -> list[str]:
    return re.findall(r"Keeper \w", text)


@pytest.mark.parametrize(
    ("question", "first"), [("who knows about falconry?", 3), ("who is Keeper", 5), ("team Falcons", 5)]
)
async def test_a_long_list_comes_in_parts_until_all_were_told(talk: Talk, question: str, first: int) -> None:
    await load(talk, FLOCK)
    told = await talk.answer("ama", question)
    everybody = names(told.text)
    below = ("Not what I meant",) if question.startswith("who knows") else ()
    assert (len(everybody), told.buttons) == (first, ("More names", *below))
    assert f"… and {26 - first} more.\nTo see the next say: more {first + 1} {question}" in told.text
    while more := re.search(r"say: (more .*)", told.text):
        told = await talk.answer("ama", more[1])
        everybody += names(told.text)
    assert sorted(everybody) == [f"Keeper {chr(65 + n)}" for n in range(26)]  # equals take turns
    assert told.buttons == below
    assert "Those were all." in (await talk.answer("ama", f"more 27 {question}")).text


async def test_the_button_shows_the_next_names_to_whoever_pressed_it(talk: Talk) -> None:
    await load(talk, FLOCK)
    await talk.person("ama").says("general", "@switchboard team Falcons")
    await talk.settle()
    answer = await talk.told("jo", "Falcons: 26 people", room="general")
    await talk.person("jo").presses(answer.id, "More names")
    await talk.settle()
    more = await talk.told("jo", "Keeper F", private=True)
    assert len(names(more.text)) == 20
    assert await talk.times("ama", "Keeper F") == 0


@pytest.mark.parametrize("words", ["more", "more 4", "more 4 announce The pool is open", "more pause"])
async def test_more_of_what_is_no_list_is_asked_about(talk: Talk, words: str) -> None:
    assert "More of what?" in (await talk.answer("jo", words)).text
    assert await talk.rows(VoteRow) == []


async def test_what_is_too_long_to_be_typed_again_is_not_offered(talk: Talk) -> None:
    await load(talk, FLOCK)
    told = await talk.answer("ama", f"who knows about falconry {'please ' * 40}?")
    assert "say: more" not in told.text
    assert told.buttons == ("Not what I meant",)


async def test_a_question_goes_on_in_its_thread(talk: Talk) -> None:
    first = await talk.person("ama").says("general", "@switchboard who knows about flood mapping?")
    await talk.settle()
    await talk.person("ama").says("general", "@switchboard anyone at Mill Lane?", thread=first)
    await talk.settle()
    there = await talk.told("ama", "1 colleague at Mill Lane Depot", room="general")
    assert "Rhodri Maddox" in there.text
    assert "Owen Llewellyn" not in there.text
    await talk.person("ama").says("general", "@switchboard someone senior?", thread=first)
    await talk.settle()
    assert "1 colleague at Mill Lane" in (await talk.told("ama", "Nobody senior is listed", room="general")).text


async def test_not_what_i_meant_offers_the_next_sense_and_proposes_a_word(talk: Talk) -> None:
    await talk.answer("ama", "who knows about event support?")
    other = await talk.answer("ama", "not what I meant")
    assert other.buttons[-1] == "What I meant"
    await talk.person("ama").presses(other.id, "What I meant")
    await talk.settle()
    told = await talk.told("pat", "Somebody asked for “event support” and meant “")
    entry = re.search(r"say: (.*)", told.text)
    assert entry
    assert "From now on" in (await talk.answer("pat", entry[1])).text
    assert "event support – " in (await talk.answer("pat", "glossary")).text
    assert "no longer" in (await talk.answer("pat", "forget word event support")).text


async def test_a_word_of_the_glossary_finds_what_it_means(talk: Talk) -> None:
    assert "Nobody is listed" in (await talk.answer("ama", "who knows about zorbles?")).text
    await talk.answer("pat", "zorbles means flood mapping")
    assert "Owen Llewellyn" in (await talk.answer("ama", "who knows about zorbles?")).text


async def test_what_three_ask_for_in_vain_is_a_gap_without_their_names(talk: Talk) -> None:
    for who, times in (("ama", 2), ("jo", 1)):
        for _ in range(times):
            await talk.answer(who, "who knows about falconry?")
    assert "nothing that at least three" in (await talk.answer("pat", "gaps")).text
    await talk.answer("sam", "who knows about falconry?")
    assert "falconry – 3 people" in (await talk.answer("pat", "gaps")).text
    assert "Only an admin" in (await talk.answer("ama", "gaps")).text


async def test_who_copies_the_directory_is_stopped_and_the_admins_are_told_once(talk: Talk) -> None:
    await load(talk, FLOCK)
    for _ in range(7):
        await talk.answer("ama", "more 6 team Falcons")
    assert "very many colleagues" in (await talk.answer("ama", "who is Owen Llewellyn")).text
    assert "Owen" in (await talk.answer("jo", "who is Owen Llewellyn")).text
    assert await talk.times("pat", "has been shown more than 120 colleagues") == 1


async def test_nobody_names_the_nearest_team_and_its_manager(talk: Talk) -> None:
    told = (await talk.answer("ama", "who knows about underwater basket weaving?")).text
    assert "Nobody is listed for “underwater basket weaving”" in told
    assert "its manager is Huw Cadwaladr" in told
