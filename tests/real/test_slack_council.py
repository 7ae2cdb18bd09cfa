"""The product on Slack: the cases of the fact sheet that only the whole answers for, each with people at local-slack.

Who is a guest, an outsider or gone is told by the edge, as local-slack knows no such people.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.asked import SHOWN_AN_HOUR
from bot.wording import say
from tests.real.matrix_faults import Fault
from tests.real.slack_council import COMMS, OPEN, SHARED, Town, council, load_staff, many_staff
from tests.real.slack_people import IDS
from tests.real.slack_server import BOT

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
LONG = 3600.0  # a grace that no test sees the end of
OUTSIDERS = ("guest", "single", "external", "stranger", "robot", "inactive")


@pytest_asyncio.fixture
async def town(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def slow(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town that thinks for an hour after the last approval."""
    async with council(local_slack, tmp_path, LONG) as made:
        yield made


async def test_a_question_is_answered_once_in_its_thread(town: Town) -> None:
    asked = await town.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
    [answer] = await town.all_seen("bob", "Rhys Vaughan")
    assert answer.thread == asked


async def test_r1_r2_r3_told_again_and_again_it_is_answered_once(town: Town) -> None:
    delivery = town.slack.edge.delivery
    delivery.lost = 2
    await town.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
    await town.settle()
    told = list(delivery.envelopes)
    for envelope in told:
        delivery.again(envelope)
    await town.settle()
    await town.stops()
    await town.starts()
    for envelope in told:
        delivery.again(envelope)
    assert len(await town.all_seen("bob", "Rhys Vaughan")) == 1


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CUT, Fault.LIMITED_HEADER])
async def test_r4_r5_an_answer_that_meets_a_fault_is_there_once(town: Town, fault: Fault) -> None:
    rule = town.slack.edge.spoil(fault, "chat.postMessage", times=1, seconds=1)
    await town.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
    await rule.met(1)
    await town.becomes(lambda: town.count("bob", "Rhys Vaughan"), 1)
    await town.settle()
    assert len(await town.all_seen("bob", "Rhys Vaughan")) == 1


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_r9_outsiders_learn_nothing_and_approve_nothing(town: Town, who: str) -> None:
    preview = await town.draft()
    await town.person(who).says(OPEN, "@switchboard who knows about flood mapping?")
    await town.person(who).says(await town.person(who).direct(), "who knows about flood mapping?")
    await town.votes(who, preview)
    await town.person(who).says(COMMS, "@switchboard approve #1", thread=preview.id)
    await town.settle()
    assert await town.all_seen("bob", "Rhys Vaughan") == await town.all_seen(who, "Rhys Vaughan") == []
    assert (await town.state(), await town.public()) == ("in_review", [])


async def test_r10_nothing_of_the_directory_in_a_shared_room(town: Town) -> None:
    await town.person("ann").says(SHARED, "@switchboard who knows about flood mapping?")
    assert await town.all_seen("external", "Rhys Vaughan") == []
    await town.sees("ann", "Rhys Vaughan", await town.person("ann").direct())


async def test_r11_words_changed_after_the_approval_void_it(slow: Town) -> None:
    said = await slow.person("ann").says(OPEN, "@switchboard announce The library is closed on Monday.")
    preview = await slow.sees("bob", "^#1 r1 from", COMMS)
    await slow.votes("bob", preview)
    assert await slow.state() == "approved"
    await slow.person("ann").edits(OPEN, said, "@switchboard announce The library is closed on Tuesday.")
    await slow.sees("bob", "^#1 r2 from", COMMS)
    assert await slow.state() == "in_review"


async def test_r12_an_approval_taken_back_in_time_does_not_count(slow: Town) -> None:
    preview = await slow.draft()
    await slow.votes("bob", preview)
    assert await slow.state() == "approved"
    await slow.person("bob").unreacts(COMMS, preview.id, "white_check_mark")
    await slow.settle()
    assert await slow.state() == "in_review"


async def test_r13_nobody_approves_their_own(town: Town) -> None:
    preview = await town.draft(by="bob")
    await town.votes("bob", preview)
    await town.votes("bob", preview, "white_check_mark::skin-tone-3")
    assert (await town.state(), await town.public()) == ("in_review", [])
    assert (await town.sees("bob", "You wrote #1")).private
    assert await town.all_seen("colin", "You wrote #1") == []
    await town.votes("colin", preview, "white_check_mark::skin-tone-3")
    assert await town.public() == ["The library is closed on Monday."]


async def test_r14_a_preview_that_an_admin_deletes_is_missed(slow: Town) -> None:
    preview = await slow.draft()
    await slow.votes("bob", preview)
    assert await slow.state() == "approved"
    await slow.slack.server.control("delete-message", {"channel": COMMS, "ts": preview.id, "user": BOT})
    await slow.end_grace()
    assert (await slow.state(), await slow.public()) == ("held", [])
    await slow.sees("bob", "its preview is gone or does not show what was approved", COMMS)


async def test_r15_approvals_given_while_it_was_down_are_found(slow: Town) -> None:
    preview = await slow.draft()
    await slow.stops()
    slow.slack.edge.delivery.frozen = True
    await slow.person("bob").reacts(COMMS, preview.id, "white_check_mark")
    for task in list(slow.slack.edge.delivery._tasks):  # Slack has given up telling it
        task.cancel()
    for envelope in slow.slack.edge.delivery.envelopes:
        envelope.acknowledged.set()
    slow.slack.edge.delivery.frozen = False
    await slow.starts()
    await slow.becomes(slow.state, "approved")


async def test_r18_a_long_list_is_whole_in_parts(town: Town) -> None:
    many = 100  # no more than one person may look up in an hour
    assert many < SHOWN_AN_HOUR
    await load_staff(town.services, many_staff(many))
    for who, words in (("ann", "team Flood response"), ("bob", "who knows about sandbags?")):
        asker = town.person(who)
        room = await asker.direct()
        await asker.says(room, words)
        seen: list[str] = []
        while True:
            shown = await town.sees(who, rf"{many} (people|colleagues)|: {many}", room)
            seen += re.findall(r"Person \d+", shown.text)
            if say("people.more_button") not in shown.buttons:
                break
            await asker.presses(room, shown.id, say("people.more_button"))
        assert sorted(seen) == [f"Person {n}" for n in range(100, 100 + many)]


async def test_r22_two_at_the_same_instant_publish_once(town: Town) -> None:
    preview = await town.draft()
    await asyncio.gather(*[town.person(who).reacts(COMMS, preview.id, "white_check_mark") for who in ("bob", "colin")])
    await town.becomes(town.state, "published")
    await town.settle()
    assert await town.deliveries() == 1
    assert len(await town.all_seen("colin", "#1 is published", COMMS)) == 1


async def test_the_bot_never_answers_itself_or_other_bots(town: Town) -> None:
    event = {"type": "message", "subtype": "bot_message", "channel": OPEN, "bot_id": "B09OTHER", "ts": "1.5"}
    text = f"<@{BOT}> who knows about flood mapping?"
    town.slack.edge.happens(event | {"text": text, "channel_type": "channel"})
    town.slack.edge.happens(event | {"text": text, "channel_type": "channel", "ts": "1.6", "user": IDS["robot"]})
    await town.settle()
    assert await town.slack.posted(OPEN) == []
