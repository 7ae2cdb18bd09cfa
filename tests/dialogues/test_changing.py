"""After the first preview: editing, cancelling, holding and taking up again, recalling, and asking why."""

import asyncio
import re
from typing import NoReturn

import pytest

from adapters.errors import Unavailable
from adapters.events import Post
from bot.announcements.tables import DeliveryRow, FeedEntryRow, RevisionRow
from tests.chat import Seen
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio


async def stub_of(talk: Talk, preview: Seen) -> Seen:
    """What stands where a preview stood."""
    found = await talk.person("jo").looks(preview.id, "comms")
    assert found is not None
    return found


async def test_edit_by_command_leaves_a_stub_and_voids_approvals(slow: Talk) -> None:
    old = await slow.draft("The library is closed on Monday.")
    await slow.reacts("jo", "✅", old)
    await slow.says("ama", "edit #1 The library is closed on Tuesday.", room="direct-ama")
    new = await slow.preview()
    assert (new.text.splitlines()[0], new.quote) == (
        "#1 r2 from Ama Mensah.",
        "The library is closed on Tuesday.",
    )
    stub = await stub_of(slow, old)
    assert stub.words == "#1 r1 was replaced by a newer revision. Reactions here no longer count."
    await slow.told("jo", "#1 r1, which you had approved, is replaced", room="direct-jo")
    await slow.told("ama", r"#1 is now r2", room="direct-ama")
    assert await slow.state() == "in_review"
    await slow.says("jo", "why #1")
    assert "Nobody has approved these words." in (await slow.told("jo", "#1 was drafted")).text
    await slow.reacts("jo", "✅", new)
    await slow.end_grace()
    assert await slow.public() == ["The library is closed on Tuesday."]


async def test_edit_of_the_message_itself(talk: Talk) -> None:
    message = await talk.person("ama").says("general", "@switchboard announce Closed on Monday.")
    await talk.settle()
    await talk.person("ama").edits(message, "@switchboard announce Closed on Tuesday.")
    await talk.settle()
    assert (await talk.preview()).quote == "Closed on Tuesday."
    assert await talk.evidence() == ["submit", "clear", "edit", "clear"]


async def test_the_same_words_change_nothing(slow: Talk) -> None:
    preview = await slow.draft("Closed on Monday.")
    await slow.reacts("jo", "✅", preview)
    await slow.says("ama", "edit #1   Closed on Monday.  ", room="direct-ama")
    await slow.told("ama", "#1 already has these words. Nothing was changed.")
    assert await slow.state() == "approved"
    assert len(await slow.rows(RevisionRow)) == 1


async def test_a_stranger_may_neither_edit_nor_cancel(talk: Talk) -> None:
    await talk.draft("Closed on Monday.")
    for words in ("edit #1 Free parking!", "cancel #1"):
        await talk.says("pat", words, room="general")
    await talk.told("pat", "#1 can be changed only by its author or by communications", private=True)
    await talk.told("pat", "#1 can be cancelled only by its author or by communications", private=True)
    assert (await talk.preview()).quote == "Closed on Monday."
    assert await talk.state() == "in_review"


IMPOSSIBLE = [
    ("edit #7 Words.", "There is no announcement #7"),
    ("cancel #7", "There is no announcement #7"),
    ("why #7", "There is no announcement #7"),
    ("recall #7", "There is no announcement #7"),
    ("resume #7", "There is no announcement #7"),
    ("edit #1", "There are no words to announce"),
    ("edit Words.", "Which announcement do you mean.*edit #12"),
    ("edit 1.5 million people", "Which announcement do you mean.*edit #12"),
    ("cancel", "Which announcement do you mean.*cancel #12"),
    ("why is it closed", "Which announcement do you mean.*why #12"),
    ("recall", "Which announcement do you mean.*recall #12"),
    ("resume", "Nothing is paused. To take up one announcement say: resume #12"),
    ("resume #1", "#1 is waiting for approval, not on hold"),
    ("recall #1", "#1 is waiting for approval, so there is nothing to recall. To stop it say: cancel #1"),
]


async def test_what_cannot_be_done_is_said_in_one_line(talk: Talk) -> None:
    await talk.draft("Closed on Monday.")
    assert IMPOSSIBLE
    for words, line in IMPOSSIBLE:
        answer = await talk.answer("jo", words)
        assert re.search(line, answer.text), words
        assert "\n" not in answer.text
    assert await talk.evidence() == ["submit", "clear"]


async def test_published_words_stay(talk: Talk) -> None:
    message = await talk.person("ama").says("general", "@switchboard announce Closed on Monday.")
    await talk.settle()
    await talk.reacts("jo", "✅", await talk.preview())
    await talk.person("ama").edits(message, "@switchboard announce Closed for ever.")
    await talk.settle()
    await talk.told(
        "ama", "#1 is published, so its wording can no longer be changed. If it is wrong, ask communications"
    )
    await talk.says("ama", "cancel #1", room="direct-ama")
    await talk.told("ama", "cannot be cancelled any more. To take it down, ask communications to recall it")
    assert await talk.public() == ["Closed on Monday."]
    assert len(await talk.rows(RevisionRow)) == 1


async def test_asked_for_changes_the_author_may_also_insist(talk: Talk) -> None:
    preview = await talk.draft("Closed on Monday.")
    await talk.reacts("jo", "✏️", preview)
    await talk.told("ama", "Jo Whitfield asks for changes to #1. Edit your message or say", room="direct-ama")
    await talk.says("ama", "edit #1 Closed on Monday.", room="direct-ama")
    assert await talk.state() == "in_review"
    assert (await talk.preview()).text.startswith("#1 r2")


async def test_cancelled_by_the_author(talk: Talk) -> None:
    preview = await talk.draft("Closed on Monday.")
    await talk.says("ama", "cancel #1", room="direct-ama")
    await talk.told("ama", "#1 is cancelled. It will not be published.", room="direct-ama")
    assert (await stub_of(talk, preview)).words == "#1 r1 was cancelled. Reactions here no longer count."
    await talk.reacts("jo", "✅", preview)
    await talk.told("jo", "#1 is cancelled, so that changes nothing now", private=True)
    await talk.says("ama", "cancel #1", room="direct-ama")
    await talk.told("ama", "#1 is cancelled, so there is nothing to cancel.")
    await talk.says("ama", "edit #1 Open on Monday.", room="direct-ama")
    await talk.told("ama", "To start afresh say: announce TEXT")
    assert await talk.public() == []


async def test_cancelled_by_comms_the_author_is_told(talk: Talk) -> None:
    await talk.draft()
    await talk.says("jo", "cancel #1")
    await talk.told("ama", "Jo Whitfield has cancelled your announcement #1", room="direct-ama")


async def test_a_hold_is_taken_up_again_and_needs_approval_anew(slow: Talk) -> None:
    preview = await slow.draft("Closed on Monday.")
    await slow.reacts("jo", "✅", preview)
    await slow.reacts("dee", "⏸️", preview)
    await slow.told("sam", "on hold by Dee Pritchard.*may approve says: resume #1", room="comms")
    await slow.says("ama", "resume #1", room="direct-ama")
    await slow.told("ama", "Only communications and information governance can do that")
    await slow.says("sam", "resume #1")
    await slow.told("dee", "Sam Okafor takes #1 up again", room="comms")
    await slow.told("jo", "Your approval no longer counts", room="direct-jo")
    again = await slow.preview()
    assert again.text.startswith("#1 r2 from Ama Mensah.")
    assert again.quote == "Closed on Monday."
    assert await slow.state() == "in_review"
    await slow.reacts("sam", "✅", again)
    await slow.end_grace()
    assert await slow.public() == ["Closed on Monday."]


async def test_recalled_and_recalled_again(talk: Talk) -> None:
    await talk.reacts("jo", "✅", await talk.draft("Closed on Monday."))
    await talk.says("ama", "recall #1", room="general")
    await talk.told("ama", "Only communications or the duty officer can recall", private=True)
    await talk.says("sam", "recall #1 because it is wrong", room="direct-sam")
    await talk.told("sam", "Sam Okafor recalls #1", room="direct-sam")
    await talk.told("jo", "#1 is recalled: it is gone from every channel", room="comms")
    assert await talk.public() == []
    assert [(row.text, row.pictures) for row in await talk.rows(FeedEntryRow)] == [(None, "[]")]
    await talk.says("jo", "recall #1")
    await talk.told("jo", "#1 is recalled already", private=True)
    await talk.says("jo", "cancel #1")
    await talk.told("jo", "#1 is recalled, so there is nothing to cancel|cannot be cancelled", private=True)


async def test_recalled_by_two_at_once_is_recalled_once(talk: Talk) -> None:
    await talk.reacts("jo", "✅", await talk.draft("Closed on Monday."))
    rooms = {"jo": "direct-jo", "sam": "direct-sam"}
    await asyncio.gather(*[talk.person(who).says(room, "recall #1") for who, room in rooms.items()])
    await talk.settle()
    assert (await talk.evidence()).count("recall") == 1
    assert await talk.state() == "recalled"


async def test_recalled_while_its_delivery_waits(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_post: Post) -> NoReturn:
        raise Unavailable(retry_after=300)

    async def waits() -> bool:
        return [row.state for row in await slow.rows(DeliveryRow)] == ["pending", "sent"]

    await slow.reacts("jo", "✅", await slow.draft("Closed on Monday."))
    monkeypatch.setattr(slow.services.publishers["feed"], "prepare", away)
    await slow.begin_publishing()
    await slow.until(waits)
    await slow.says("sam", "recall #1")
    assert [row.state for row in await slow.rows(DeliveryRow)] == ["cancelled", "withdrawn"]
    assert await slow.state() == "recalled"
    await slow.says("jo", "why #1")
    assert "feed: cancelled" in (await slow.told("jo", "#1 was drafted")).text
    assert await slow.rows(FeedEntryRow) == []


async def test_why_at_every_stage_agrees_with_the_evidence(slow: Talk) -> None:
    async def why() -> str:
        await slow.says("sam", "why #1", room="direct-sam")
        return (await slow.told("sam", "#1 was drafted")).text

    preview = await slow.draft("Closed on Monday.")
    assert re.search(r"found nothing in it \(rules \w+\)\. Nobody has approved these words\. Since", await why())
    await slow.reacts("jo", "✏️", preview)
    assert "it is back with its author. Jo Whitfield asked for that." in await why()
    await slow.says("ama", "edit #1 Closed on Tuesday.", room="direct-ama")
    assert "its wording is revision 2" in await why()
    await slow.reacts("jo", "✅", await slow.preview())
    approved = await why()
    assert "Approved by Jo Whitfield on" in approved
    assert "it is approved." in approved
    await slow.end_grace()
    published = await why()
    assert "it is published. Deliveries: feed: published (http" in published
    await slow.says("jo", "recall #1")
    recalled = await why()
    assert "feed: taken down" in recalled
    assert "It was recalled by Jo Whitfield on" in recalled
    digest = (await slow.stored()).revision.digest
    assert f"fingerprint {digest[:12]}" in recalled
    assert await slow.evidence() == [
        "submit", "clear", "vote", "request_changes", "edit", "clear", "approval", "approve", "grace_over", "publish",
        "delivery", "delivery", "all_sent", "recall", "delivery", "delivery", "all_gone",
    ]  # fmt: skip
