"""Faults that were found by talking and lie elsewhere in the house; each is expected to fail until it is mended."""

import pytest

from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("words", ["why #1", "cancel #1", "who knows about QGIS?"])
async def test_a_message_that_becomes_another_command_is_no_new_wording(talk: Talk, words: str) -> None:
    message = await talk.person("ama").says("general", "@switchboard announce Closed on Monday.")
    await talk.settle()
    await talk.person("ama").edits(message, f"@switchboard {words}")
    await talk.settle()
    assert (await talk.preview()).quote == "Closed on Monday."


async def test_a_preview_that_cannot_be_shown_is_told_to_its_author(talk: Talk) -> None:
    await talk.in_chat("DELETE FROM member WHERE room = 'comms'")
    await talk.in_chat("UPDATE room SET id = 'moved' WHERE id = 'comms'")
    await talk.person("ama").says("general", "@switchboard announce Closed on Monday.")
    await talk.settle()
    await talk.told("ama", "could not be shown")
    assert await talk.state() == "held"
    await talk.change("DELETE FROM outbox WHERE state = 'failed'")
