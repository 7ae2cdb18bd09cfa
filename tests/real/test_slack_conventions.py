"""What people of Slack expect of a bot: the conventions C1 to C20 of the fact sheet, as far as there is a test here."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands import LISTERS
from bot.wording import say
from tests.real.slack_council import COMMS, OPEN, SHARED, Town, council, load_staff, many_staff
from tests.real.slack_server import BOT

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
QUESTION = "who knows about flood mapping?"


@pytest_asyncio.fixture
async def town(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path) as made:
        yield made


async def test_c1_a_mention_is_answered_in_its_thread_once(town: Town) -> None:
    asked = await town.person("ann").says(OPEN, f"@switchboard {QUESTION}")
    [answer] = await town.all_seen("bob", "")
    assert answer.thread == asked


async def test_c2_a_mention_in_a_thread_is_answered_in_that_thread(town: Town) -> None:
    first = await town.person("ann").says(OPEN, "the river is high")
    await town.person("bob").says(OPEN, f"@switchboard {QUESTION}", thread=first)
    [answer] = await town.all_seen("ann", "")
    assert answer.thread == first


@pytest.mark.parametrize("words", ["hi", "help", "flibbertigibbet", QUESTION])
async def test_c3_a_direct_message_needs_no_mention(town: Town, words: str) -> None:
    ann = town.person("ann")
    room = await ann.direct()
    await ann.says(room, words)
    [answer] = await town.all_seen("ann", "", room)
    assert (answer.thread, bool(answer.text)) == (None, True)


@pytest.mark.parametrize(("words", "answer"), [(QUESTION, "Rhys Vaughan"), ("help", "who knows about"), ("", "help")])
async def test_c4_a_slash_command_is_answered_to_its_giver_alone(town: Town, words: str, answer: str) -> None:
    await town.person("ann").commands(OPEN, "/switchboard", words)
    [shown] = await town.all_seen("ann", answer)
    assert shown.private
    assert await town.all_seen("bob", "") == []


async def test_c4_the_answer_to_a_command_can_be_shared_with_the_room(town: Town) -> None:
    await town.person("ann").commands(OPEN, "/switchboard", QUESTION)
    [shown] = await town.all_seen("ann", "Rhys Vaughan")
    assert shown.buttons == (say("people.other_button"), say("people.share_button"))
    await town.person("ann").presses(OPEN, shown.id, say("people.share_button"))
    [shared] = await town.all_seen("bob", "Rhys Vaughan", OPEN)
    assert shared.text.startswith(f"Ann Abel shares an answer to “{QUESTION.replace('?', '')}")
    assert (shared.private, shared.thread, shared.notified) == (False, None, False)


async def test_c4_what_only_a_colleague_may_see_is_shared_with_no_other_organisation(town: Town) -> None:
    await town.person("ann").commands(SHARED, "/switchboard", QUESTION)
    direct = await town.person("ann").direct()
    [shown] = await town.all_seen("ann", "Rhys Vaughan")
    assert (shown in await town.all_seen("ann", "", direct), shown.buttons) == (True, (say("people.other_button"),))


async def test_c5_help_is_the_same_everywhere(town: Town) -> None:
    ann = town.person("ann")
    room = await ann.direct()
    await ann.says(room, "help")
    [direct] = await town.all_seen("ann", "", room)
    await ann.says(OPEN, "@switchboard help")
    await ann.commands(OPEN, "/switchboard", "help")
    here = await town.all_seen("ann", "", OPEN)
    assert [one.text for one in here] == [direct.text] * 2


async def test_c6_a_refusal_is_for_one_pair_of_eyes(town: Town) -> None:
    await town.person("guest").says(OPEN, f"@switchboard {QUESTION}")
    [refusal] = await town.all_seen("guest", "")
    assert (refusal.private, refusal.text) == (True, say("refuse.outsider"))
    assert await town.all_seen("bob", "") == []


async def test_c8_a_message_is_sent_for_approval_with_its_shortcut(town: Town) -> None:
    said = await town.person("colin").says(OPEN, "The pool opens at noon.")
    await town.person("ann").uses("announce", OPEN, said)
    preview = await town.sees("bob", "^#1 r1 from Ann Abel", COMMS)
    assert preview.quote == "The pool opens at noon."


async def test_c10_a_preview_is_approved_by_its_button_as_by_a_reaction(town: Town) -> None:
    preview = await town.draft()
    approve = say("preview.button.approve")
    assert approve in preview.buttons
    await town.person("guest").presses(COMMS, preview.id, approve)
    await town.person("ann").presses(COMMS, preview.id, approve)
    await town.settle()
    assert await town.state() == "in_review"
    await town.person("bob").presses(COMMS, preview.id, approve)
    await town.becomes(town.state, "published")


async def test_c13_nobody_is_called_by_what_the_bot_repeats(town: Town) -> None:
    await town.person("ann").says(OPEN, "@switchboard who is <!channel> @here @everyone")
    said = await town.all_seen("bob", "", OPEN)
    assert [one.notified for one in said] == [False]


async def test_c14_a_long_list_comes_in_parts_and_the_rest_to_whoever_asks_for_it(town: Town) -> None:
    await load_staff(town.services, many_staff(26))
    await town.person("ann").says(OPEN, "@switchboard team Flood response")
    first = await town.sees("bob", "Flood response: 26 people", OPEN)
    assert (first.text.count("•"), first.buttons) == (5, (say("people.more_button"),))
    await town.person("bob").presses(OPEN, first.id, say("people.more_button"))
    rest = await town.sees("bob", "Flood response: 26 people", OPEN)
    assert (rest.text.count("•"), rest.private, rest.thread) == (20, True, first.thread)
    await town.person("bob").presses(OPEN, rest.id, say("people.more_button"))
    last = await town.sees("bob", "Flood response: 26 people", OPEN)
    assert (last.text.count("•"), last.buttons) == (1, ())
    assert await town.all_seen("ann", "Person 120") == []


async def test_c14_what_is_published_is_told_with_its_address(town: Town) -> None:
    await town.votes("bob", await town.draft())
    told = await town.sees("bob", "#1 is published", COMMS)
    assert re.search(r"• feed: https?://\S+", told.text)


async def test_c15_what_is_read_aloud_is_what_is_shown(town: Town) -> None:
    await town.draft()
    said = [one for room in town.slack.world.rooms for one in await town.slack.server.messages(room)]
    ours = [one for one in said if one.get("user") == BOT]
    assert ours
    for one in await town.all_seen("bob", ""):
        fallback = next(told["text"] for told in said if told["ts"] == one.id)
        assert fallback == "\n\n".join(part for part in (one.text, one.quote) if part)


async def test_c20_a_staff_file_is_shown_confirmed_and_its_faults_come_back_as_a_file(town: Town) -> None:
    ann = town.person("ann")
    room = await ann.direct()
    rows = "000011,Nia Bell,nia@council.example,Otter counting (4)\n000012,Sam Wynn,nowhere,\n"
    await ann.shares(room, "staff.csv", f"staff_id,name,email,skills\n{rows}".encode())
    asked = await town.sees("ann", "1 new, 0 changed, 0 leaving", room)
    assert asked.buttons == (say("file.confirm_button"), say("file.drop_button"))
    [back] = [one for one in await town.all_seen("ann", "", room) if one.files]
    assert back.files == (say("returned.name", name="staff"),)
    words = (await town.slack.server.file(back.told, town.slack.world.secrets.bot)).decode("utf-8-sig")
    head, faulty, *_ = words.splitlines()
    assert head == f"staff_id,name,email,skills,{say('returned.heading')}"
    assert faulty.startswith("000012,Sam Wynn,nowhere,,")
    await ann.says(room, "who is Nia Bell")
    await town.sees("ann", "Nobody called “Nia Bell”", room)
    await ann.presses(room, asked.id, say("file.confirm_button"))
    await town.sees("ann", "“staff.csv” is loaded: 1 new", room)
    await ann.shares(room, back.files[0], words.replace("nowhere", "sam@council.example").encode())
    corrected = await town.sees("ann", "1 new, 0 changed, 0 leaving", room)
    assert corrected.id > asked.id


async def test_c16_names_are_words_that_call_nobody_and_times_are_told_in_full(town: Town) -> None:
    await town.person("ann").says(OPEN, "@switchboard announce The pool opens.\npublish: tomorrow 9am")
    card = await town.sees("bob", "^#1 r1 from Ann Abel", COMMS)
    assert re.search(r"\b\w+day,? \d{1,2} \w+ \d{4}.*09:00", card.text), card.text
    await town.votes("bob", card)
    await town.person("colin").says(COMMS, "@switchboard why #1")
    told = [one for who in ("ann", "bob", "colin") for one in await town.all_seen(who, "")]
    assert len(told) > 5
    assert [one.text for one in told if one.notified] == []


async def test_c17_a_fault_of_ours_is_told_in_words_with_a_reference(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setitem(LISTERS, "who_is", fails)
    await town.person("ann").says(OPEN, "@switchboard who is Rhys Vaughan")
    await town.becomes(lambda: town.count("ann", "went wrong"), 1)
    [told] = await town.all_seen("ann", "")
    assert told.private
    assert re.search(r"reference: [0-9a-f]{8}", told.text)
    assert not re.search(r"secret|RuntimeError|Traceback", told.text)
