"""Approvals in somebody's name: receipts, `not me`, votes taken back, forged buttons, and who counts once."""

import pytest

from adapters.events import AccountRef, ButtonPressed, MessageRef
from bot.announcements.tables import VoteRow
from bot.inbox import receive
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio


async def test_an_approval_that_was_not_hers_is_disowned_within_the_grace(slow: Talk) -> None:
    await slow.reacts("sam", "✅", await slow.draft())
    assert await slow.state() == "approved"
    receipt = await slow.told("sam", "You approved #1 r1. If that was not you, say: not me", room="direct-sam")
    assert receipt.buttons == ("Take back what I said about #1", "That was not me (#1)")
    await slow.says("sam", "not me", room="direct-sam")
    row = (await slow.stored()).row
    assert (row.state, row.reason) == ("held", "not_me")
    await slow.told(
        "jo", "#1 is on hold: somebody whose approval was counted says that it was not theirs", room="comms"
    )
    await slow.told("ama", "#1 is on hold", room="direct-ama")
    await slow.told("pat", "Sam Okafor says that the approval of #1 in their name was not theirs", room="direct-pat")
    await slow.says("jo", "resume #1")
    assert (await slow.stored()).row.revision == 2
    assert await slow.public() == []


async def test_disowned_when_it_is_out_the_recall_is_offered(talk: Talk) -> None:
    await talk.reacts("sam", "✅", await talk.draft())
    assert await talk.state() == "published"
    await talk.says("sam", "not me #1", room="direct-sam")
    await talk.told("jo", "was not theirs, and it is out already. To take it down say: recall #1", room="comms")
    await talk.told("sam", "it is published, and communications are told", room="direct-sam")


async def test_nothing_to_disown(talk: Talk) -> None:
    assert "I know of no approval in your name" in (await talk.answer("jo", "not me")).text


async def test_a_button_of_another_message_counts_for_nothing(talk: Talk) -> None:
    preview = await talk.draft()
    other = await talk.person("ama").says("general", "look at this")
    for message, revision in ((other, 1), (preview.id, 7)):
        forged = ButtonPressed(
            f"forged-{message}-{revision}",
            talk.services.clock(),
            AccountRef("web", "sam"),
            MessageRef("web", "comms", message),
            "vote",
            f"approve/1/{revision}",
        )
        await receive(talk.services.database, "web", [forged], "forged")
        talk.council.app.bell.ring()
        await talk.settle()
    assert await talk.state() == "in_review"
    assert await talk.rows(VoteRow) == []


async def test_by_reaction_button_and_word_it_is_one_person(talk: Talk) -> None:
    number = await talk.person("ama").says("direct-ama", "announce The bridge is closed.\npublish: Sunday 9am")
    await talk.settle()
    assert number
    preview = await talk.preview()
    await talk.reacts("jo", "✅", preview)
    await talk.person("jo").presses(preview.id, "✅ Approve")
    await talk.settle()
    await talk.says("jo", "approve #1", room="direct-jo")
    assert {row.source for row in await talk.rows(VoteRow)} == {"reaction", "button", "typed"}
    assert await talk.state() == "in_review"
    await talk.person("jo").unreacts(preview.id, "✅")
    await talk.settle()
    await talk.says("sam", "approve #1", room="direct-sam")
    assert await talk.state() in {"approved", "scheduled"}
    await talk.says("jo", "withdraw #1", room="direct-jo")
    assert await talk.state() == "in_review"


async def test_taken_back_in_words_the_reaction_that_still_stands_counts_no_more(slow: Talk) -> None:
    preview = await slow.draft()
    await slow.reacts("jo", "✅", preview)
    await slow.says("jo", "withdraw #1", room="direct-jo")
    assert await slow.state() == "in_review"
    slow.council.app.reconciler.ask()
    await slow.settle()
    assert await slow.state() == "in_review"
    await slow.person("jo").unreacts(preview.id, "✅")
    await slow.settle()
    await slow.reacts("jo", "✅", preview)
    assert await slow.state() == "approved"


async def test_a_word_about_an_older_revision_counts_for_nothing(talk: Talk) -> None:
    await talk.draft()
    await talk.says("ama", "edit #1 The library is closed on Tuesday.", room="direct-ama")
    assert "That is the preview of r1; #1 is now at r2" in (await talk.answer("jo", "approve #1 r1")).text
    assert await talk.state() == "in_review"
    await talk.says("jo", "approve #1", room="general")
    await talk.told("jo", "Say that in the thread of the preview of #1", private=True)
    assert await talk.rows(VoteRow) == []


async def test_lost_events_are_made_up_for_after_a_restart(slow: Talk) -> None:
    preview = await slow.draft()
    await slow.council.hands.stops()
    await slow.in_chat("INSERT INTO reaction (message, account, emoji) VALUES (?, 'jo', '✅')", preview.id)
    await slow.council.hands.starts()
    await slow.until(lambda: _is(slow, "approved"))
    assert "reconciled" in await slow.evidence()
    await slow.person("sam").sees("#1 is approved by Jo Whitfield", room="comms")
    await slow.council.hands.stops()
    await slow.in_chat("DELETE FROM reaction WHERE account = 'jo'")
    await slow.council.hands.starts()
    await slow.until(lambda: _is(slow, "in_review"))
    await slow.settle()


async def test_an_approval_that_a_look_saw_first_is_told_like_any_other(slow: Talk) -> None:
    await slow.person("ama").says("direct-ama", "announce The bridge is closed.\npublish: Sunday 9am")
    await slow.settle()
    preview = await slow.preview()
    await slow.in_chat("INSERT INTO reaction (message, account, emoji) VALUES (?, 'jo', '✅')", preview.id)
    slow.council.app.reconciler.ask()
    await slow.person("sam").sees("Jo Whitfield approved #1. Needs: 1 of", room="comms", thread=preview.id)
    await slow.told("jo", "You approved #1 r1")


async def _is(talk: Talk, state: str) -> bool:
    return await talk.state() == state
