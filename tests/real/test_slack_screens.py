"""What people of Slack see besides messages: the form for an announcement, the Home tab, the welcome in a room."""

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.announcements.form import FORM, TEXT, WHEN
from bot.announcements.judging import AROUND
from bot.announcements.page import ASK
from bot.wording import say
from tests.real.matrix_faults import Fault
from tests.real.slack_council import COMMS, OPEN, SHARED, Town, council
from tests.real.slack_delivery import Envelope
from tests.real.slack_reading import drawn_blocks
from tests.real.slack_server import BOT, TEAM

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
WORDS = "The library is closed on Monday."


@pytest_asyncio.fixture
async def town(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path, least=True) as made:
        yield made


async def does(town: Town, who: str, **told: Any) -> None:
    """Somebody does what the server has no way to do; Slack's payload for it, by its documentation."""
    person = town.person(who)
    number = len(town.slack.edge.delivery.envelopes)
    payload = {"team": {"id": TEAM}, "user": {"id": person.id}, "trigger_id": f"t.{number}", **told}
    town.slack.edge.delivery.take(Envelope("interactive", payload))
    await town.settle()


def writing(view: Mapping[str, Any], name: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Somebody has written in a field, and every field holds those values."""
    state = {"values": {key: {key: {"type": "plain_text_input", "value": value}} for key, value in values.items()}}
    action = {"type": "plain_text_input", "action_id": name, "value": values[name], "action_ts": "1.2"}
    container = {"type": "view", "view_id": view["id"]}
    return {"type": "block_actions", "view": {**view, "state": state}, "actions": [action], "container": container}


def filled(text: str, when: str = "") -> dict[str, dict[str, Any]]:
    """What the server is told when the form is sent."""
    both = {TEXT: text, WHEN: when}
    return {name: {name: {"type": "plain_text_input", "value": value}} for name, value in both.items()}


async def opened(town: Town, who: str = "ann") -> dict[str, Any]:
    """The form, opened by an empty command."""
    await town.person(who).commands(OPEN, "/switchboard", "announce")
    await town.settle()
    form = await town.person(who).form()
    assert form is not None
    assert form["callback_id"] == FORM
    return form


async def shown(town: Town, who: str) -> str:
    """Everything that stands in somebody's Home tab."""
    await town.settle()
    home = await town.person(who).home()
    assert home is not None
    return drawn_blocks([block for block in home["blocks"] if block["type"] != "input"]).text


async def visited(town: Town, who: str) -> str:
    """The Home tab of somebody who opens it."""
    await town.person(who).opens_home()
    return await shown(town, who)


# C9: the form


async def test_c9_a_form_drafts_an_announcement(town: Town) -> None:
    await opened(town)
    assert await town.person("ann").submits(filled(WORDS, "tomorrow at 17:00")) == {}
    preview = await town.sees("bob", "^#1 r1 from Ann Abel", COMMS)
    assert preview.quote == WORDS
    assert "17:00" in preview.text
    await town.sees("ann", "#1", await town.person("ann").direct())


async def test_c9_the_length_on_each_channel_is_told_while_it_is_written(town: Town) -> None:
    form = await opened(town)
    longest = town.services.chat("slack").capabilities.longest_text - AROUND
    text = "x" * (longest + 12)
    await does(town, "ann", **writing(form, TEXT, {TEXT: text, WHEN: "tomorrow 9am"}))
    renewed = await town.person("ann").form()
    assert renewed is not None
    notes = drawn_blocks([block for block in renewed["blocks"] if block["type"] == "section"]).text
    assert f"{longest + 12:,} of {longest:,} characters, 12 too many" in notes
    assert "feed: " in notes
    assert "It is for" in notes
    names = [block["block_id"] for block in renewed["blocks"] if block["type"] == "input"]
    assert names == [TEXT, WHEN]  # by which Slack knows what is written in them and keeps it


@pytest.mark.parametrize(
    ("text", "when", "field"), [(" ", "", TEXT), ("x" * 9000, "", TEXT), (WORDS, "in the year dot", WHEN)]
)
async def test_c9_a_fault_is_told_at_its_field_and_nothing_is_lost(
    town: Town, text: str, when: str, field: str
) -> None:
    await opened(town)
    faults = await town.person("ann").submits(filled(text, when))
    assert list(faults) == [field]
    assert await town.person("ann").form() is not None
    assert await town.all_seen("ann", "") == []
    assert await town.person("ann").submits(filled(WORDS)) == {}
    await town.sees("bob", "^#1 r1 from Ann Abel", COMMS)


async def test_c9_the_shortcut_opens_the_form_and_an_outsider_is_refused(town: Town) -> None:
    await does(town, "guest", type="shortcut", callback_id="announcement")
    assert await town.person("guest").form() is None
    [refusal] = await town.all_seen("guest", "")
    assert refusal.text == say("refuse.outsider")


# C7: the Home tab


async def test_c7_the_home_tab_tells_what_is_mine_and_what_waits_for_me_and_keeps_up(town: Town) -> None:
    assert say("screens.page.mine_none") in await visited(town, "ann")
    assert say("screens.page.waiting_none") in await visited(town, "bob")
    assert say("screens.page.waiting") not in await shown(town, "ann")
    preview = await town.draft()
    await town.becomes(lambda: _says(town, "ann", "#1 is"), True)
    await town.becomes(lambda: _says(town, "bob", "#1 is"), True)
    assert say("screens.page.privacy_text") in await shown(town, "ann")
    await town.votes("bob", preview)
    await town.becomes(lambda: _says(town, "bob", say("screens.page.waiting_none")), True)
    await town.becomes(lambda: _says(town, "ann", say("screens.page.mine_none")), True)


async def _says(town: Town, who: str, words: str) -> bool:
    return words in await shown(town, who)


async def test_c7_what_is_asked_there_is_answered_directly(town: Town) -> None:
    await visited(town, "ann")
    home = await town.person("ann").home()
    assert home is not None
    action = {"type": "plain_text_input", "action_id": ASK, "value": "flood mapping", "action_ts": "1.2"}
    container = {"type": "view", "view_id": home["id"]}
    await does(town, "ann", type="block_actions", view=home, actions=[action], container=container)
    [answer] = await town.all_seen("ann", "Rhys Vaughan")
    assert answer in await town.all_seen("ann", "Rhys Vaughan", await town.person("ann").direct())
    assert await town.all_seen("bob", "Rhys Vaughan") == []


async def test_c7_whoever_is_no_colleague_sees_a_refusal_and_nothing_else(town: Town) -> None:
    await town.draft()
    page = await visited(town, "guest")
    assert say("refuse.outsider") in page
    assert "#1" not in page


# C18: the welcome


async def joined(town: Town, room: str) -> None:
    """Ann adds the bot to a room."""
    told = {"type": "member_joined_channel", "user": BOT, "channel": room, "inviter": town.person("ann").id}
    town.slack.edge.happens(told | {"channel_type": room[0], "team": TEAM})
    await town.settle()


async def test_c18_in_a_room_the_bot_says_one_line(town: Town) -> None:
    await joined(town, OPEN)
    [line] = await town.all_seen("bob", "", OPEN)
    assert (line.text, line.thread, line.notified) == (say("screens.room.welcome"), None, False)


async def test_c18_where_others_read_it_says_so(town: Town) -> None:
    await joined(town, SHARED)
    [line] = await town.all_seen("bob", "", SHARED)
    assert line.text == say("screens.room.shared")


# C12: an edit is honoured, a deletion explained


async def test_c12_whoever_deletes_what_was_drafted_is_told_that_it_goes_on(town: Town) -> None:
    ann = town.person("ann")
    room = await ann.direct()
    said = await ann.says(room, f"announce {WORDS}")
    await town.sees("bob", "^#1 r1 from", COMMS)
    await ann.deletes(room, said)
    await town.sees("ann", re.escape(say("sources.goes_on", number=1)), room)
    assert await town.state() == "in_review"


async def test_c12_an_edit_makes_a_new_preview_and_says_so(town: Town) -> None:
    ann = town.person("ann")
    room = await ann.direct()
    said = await ann.says(room, f"announce {WORDS}")
    await town.sees("bob", "^#1 r1 from", COMMS)
    await ann.edits(room, said, "announce The library opens on Monday.")
    preview = await town.sees("bob", "^#1 r2 from", COMMS)
    assert preview.quote == "The library opens on Monday."
    await town.sees("ann", re.escape(say("draft.taken_again", number=1, revision=2)), room)
    assert await town.count("bob", "^#1 r1 from") == 0


# C11: eyes on what takes long


async def test_c11_a_message_whose_answer_takes_long_has_eyes_until_it_is_there(
    local_slack: Path, tmp_path: Path
) -> None:
    async with council(local_slack, tmp_path, least=True, slow=0.0) as town:
        rule = town.slack.edge.spoil(Fault.LIMITED_HEADER, "chat.postMessage", times=1, seconds=2)
        await town.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
        await rule.met(1)
        await town.sees("bob", "Rhys Vaughan", OPEN)
        await town.becomes(lambda: _called(town, "reactions.remove"), 1)
        assert await _called(town, "reactions.add") == 1


async def _called(town: Town, method: str) -> int:
    return len(town.slack.edge.called(method))
