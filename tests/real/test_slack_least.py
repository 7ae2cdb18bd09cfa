"""Slack with no more than the manifest asks for: its scopes and its events. The edge refuses and withholds the rest.

Of rooms the bot then hears mentions and reactions alone. What it does not hear there it finds when it must: a preview
that was deleted is missed before anything goes out.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.real.matrix_faults import Fault
from tests.real.slack_council import COMMS, OPEN, Town, council
from tests.real.slack_server import BOT

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
QUESTION = "who knows about flood mapping?"


@pytest_asyncio.fixture
async def town(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path, least=True) as made:
        yield made


@pytest_asyncio.fixture
async def slow(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path, 3600.0, least=True) as made:
        yield made


async def test_questions_are_answered_everywhere(town: Town) -> None:
    ann = town.person("ann")
    asked = await ann.says(OPEN, f"@switchboard {QUESTION}")
    await ann.says(await ann.direct(), QUESTION)
    await ann.commands(OPEN, "/switchboard", QUESTION)
    found = await town.all_seen("ann", "Rhys Vaughan")
    assert sorted((one.private, one.thread == asked) for one in found) == [(False, False), (False, True), (True, False)]


async def test_an_announcement_is_drafted_approved_and_out(town: Town) -> None:
    preview = await town.draft("The pool opens at noon.")
    await town.votes("bob", preview)
    assert await town.public() == ["The pool opens at noon."]
    await town.sees("ann", "#1 is published", await town.person("ann").direct())


async def test_a_message_in_between_is_neither_told_nor_read(town: Town) -> None:
    await town.person("ann").says(OPEN, "the river is high")
    await town.stops()
    await town.person("bob").says(OPEN, "and rising")
    await town.starts()
    assert town.slack.edge.delivery.envelopes == []
    read = [
        call for name in ("conversations.history", "conversations.replies") for call in town.slack.edge.called(name)
    ]
    assert [call.answer.get("error") for call in read if call.answer["ok"]] == []


async def test_a_staff_file_in_a_direct_message_is_read(town: Town) -> None:
    ann = town.person("ann")
    await ann.shares(await ann.direct(), "staff.csv", b"staff_id,name,email\n000100,Noor Nash,noor@council.example\n")
    await town.sees("ann", "Nothing has changed yet", await ann.direct())


async def test_r14_a_deleted_preview_is_missed_before_anything_goes_out(slow: Town) -> None:
    preview = await slow.draft()
    await slow.votes("bob", preview)
    assert await slow.state() == "approved"
    await slow.slack.server.control("delete-message", {"channel": COMMS, "ts": preview.id, "user": BOT})
    await slow.end_grace()
    assert (await slow.state(), await slow.public()) == ("held", [])


async def test_r5_an_answer_whose_receipt_is_lost_is_there_once(town: Town) -> None:
    rule = town.slack.edge.spoil(Fault.LOST, "chat.postMessage", times=1)
    await town.person("ann").says(OPEN, f"@switchboard {QUESTION}")
    await rule.met(1)
    assert len(await town.read("ann", "Rhys Vaughan")) == 1
