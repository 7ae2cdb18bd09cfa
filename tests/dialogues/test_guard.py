"""Between approval and publication: whatever changed behind our back stops it, with a line that says why."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.announcements.tables import AnnouncementRow, FeedEntryRow, VoteRow
from tests.dialogues.conftest import in_order
from tests.dialogues.stage import LONG, Talk, talking

pytestmark = pytest.mark.asyncio

WORDS = "The library is closed on Monday."


async def approved(slow: Talk) -> str:
    """An announcement that waits out its grace; the message with its preview."""
    preview = await slow.draft(WORDS)
    await slow.reacts("jo", "✅", preview)
    assert await slow.state() == "approved"
    return preview.id


async def held(slow: Talk, line: str, *, state: str = "held") -> None:
    """It did not go out; communications are told why, and its author that it waits."""
    assert await slow.state() == state
    assert await slow.public() == []
    assert await slow.rows(FeedEntryRow) == []
    told = await slow.told("sam", line, room="comms")
    if state == "held":
        assert "resume #1" in told.text
        author = await slow.told("ama", line, room="direct-ama")
        assert "resume" not in author.text


async def taken_up_again(slow: Talk, who: str = "sam") -> None:
    """It is shown anew, approved by somebody else and published."""
    await slow.says(who, "resume #1")
    await slow.reacts(who, "✅", await slow.preview())
    await slow.end_grace()
    assert await slow.public() == [WORDS]


async def test_the_preview_was_edited_behind_our_back(slow: Talk) -> None:
    message = await approved(slow)
    await slow.in_chat("UPDATE message SET quote = 'Free parking!' WHERE id = ?", message)
    await slow.end_grace()
    await held(slow, "its preview is gone or does not show what was approved")
    await taken_up_again(slow)


async def test_the_preview_was_deleted(slow: Talk) -> None:
    message = await approved(slow)
    await slow.in_chat("UPDATE account SET moderator = 1 WHERE id = 'pat'")
    await slow.in_chat("INSERT INTO member (room, account) VALUES ('comms', 'pat')")
    await slow.person("pat").deletes(message)
    await slow.end_grace()
    await held(slow, "its preview is gone or does not show what was approved")
    await slow.says("sam", "resume #1")
    assert (await slow.preview()).quote == WORDS
    # The stub for what is gone cannot be shown any more; that is all that could not be said.
    assert await slow.count("SELECT count(*) FROM outbox WHERE state = 'failed' AND action != 'edit'") == 0
    await slow.change("DELETE FROM outbox WHERE state = 'failed'")


async def test_a_copy_of_the_preview_counts_for_nothing(slow: Talk) -> None:
    preview = await slow.draft(WORDS)
    await slow.in_chat("INSERT INTO account SELECT 'twin', name, hint, email, 0, 0, 1, 1, 0 FROM account WHERE bot")
    await slow.in_chat(
        "INSERT INTO message (room, sender, at, text, quote, buttons, pictures)"
        " SELECT room, 'twin', at, text, quote, buttons, pictures FROM message WHERE id = ?",
        preview.id,
    )
    copy = await slow.person("jo").finds("^#1 r1", room="comms", by="twin")
    assert copy is not None
    for who in ("jo", "sam"):
        await slow.reacts(who, "✅", copy)
    await slow.reacts("sam", "👍", copy)
    assert await slow.state() == "in_review"
    assert await slow.rows(VoteRow) == []
    told = await slow.told("dee", "That is not my preview, and nothing under it counts.", room="comms")
    assert told.thread == copy.id
    assert await slow.times("dee", "That is not my preview") == 1


async def test_the_approver_lost_the_role(slow: Talk) -> None:
    await approved(slow)
    await slow.change("DELETE FROM role_grant")
    await slow.change("INSERT INTO role_grant VALUES ((SELECT person_id FROM account WHERE account = 'sam'), 'comms',"
                      " '2026-01-01 00:00:00.000000', NULL)")  # fmt: skip
    await slow.end_grace()
    await held(slow, "somebody who approved it no longer has the role")
    await taken_up_again(slow)


async def test_the_approver_left(slow: Talk) -> None:
    await approved(slow)
    leavers = "name,email,left\nJo Whitfield,jo.whitfield@brynford.example,yes\n"
    await slow.person("pat").drops("direct-pat", "leavers.csv", leavers.encode())
    await slow.settle()
    ask = await slow.told("pat", "leaving: Jo Whitfield")
    await slow.person("pat").presses(ask.id, "Load this file")
    await slow.settle()
    await slow.end_grace()
    await held(slow, "somebody who approved it no longer has the role")
    await slow.says("jo", "why #1", room="direct-jo")
    await slow.told("jo", "I can only help people in the staff directory")
    await taken_up_again(slow)


async def test_the_approvers_account_was_switched_off(slow: Talk) -> None:
    await approved(slow)
    await slow.in_chat("UPDATE account SET active = 0 WHERE id = 'jo'")
    await slow.end_grace()
    await held(slow, "somebody who approved it no longer has the role")
    await slow.in_chat("UPDATE account SET active = 1 WHERE id = 'jo'")


def left(slow: Talk) -> Awaitable[object]:
    """Jo’s last day is over; no file was loaded for it, and no reaction has changed."""
    return slow.change("UPDATE person_record SET leaving_date = '2026-01-31' WHERE name = 'Jo Whitfield'")


def switched_off(slow: Talk) -> Awaitable[object]:
    return slow.in_chat("UPDATE account SET active = 0 WHERE id = 'jo'")


def made_a_guest(slow: Talk) -> Awaitable[object]:
    return slow.in_chat("UPDATE account SET guest = 1 WHERE id = 'jo'")


@pytest.mark.parametrize("route", ["reaction", "button", "typed"])
@pytest.mark.parametrize("away", [left, switched_off, made_a_guest])
async def test_who_is_gone_approves_by_no_route(
    slow: Talk, away: Callable[[Talk], Awaitable[object]], route: str
) -> None:
    preview = await slow.draft(WORDS)
    if route == "reaction":
        await slow.person("jo").reacts(preview.id, "✅")
    elif route == "button":
        await slow.person("jo").presses(preview.id, "✅ Approve")
    else:
        await slow.person("jo").says("direct-jo", "approve #1")
    await slow.settle()
    assert await slow.state() == "approved"
    await away(slow)
    await slow.end_grace()
    await held(slow, "somebody who approved it no longer has the role")
    await slow.in_chat("UPDATE account SET active = 1 WHERE id = 'jo'")  # who must be reachable for what is still said
    await taken_up_again(slow)


async def test_a_moderator_removed_the_approval(slow: Talk) -> None:
    message = await approved(slow)
    await slow.in_chat("UPDATE account SET moderator = 1 WHERE id = 'ama'")
    await slow.person("ama").unreacts(message, "✅", whose="jo")
    await slow.settle()
    await held(slow, "Ama Mensah has taken an approval of #1 away", state="in_review")
    await slow.person("jo").reacts(message, "✅")
    await slow.settle()
    await slow.end_grace()
    assert await slow.public() == [WORDS]


async def test_an_objection_whose_event_was_lost_blocks_all_the_same(slow: Talk) -> None:
    message = await approved(slow)
    await slow.in_chat("INSERT INTO reaction (message, account, emoji) VALUES (?, 'dee', '⏸️')", message)
    await slow.end_grace()
    await held(slow, "on hold, because somebody asked for it")


async def test_the_objection_of_somebody_who_may_not_does_not_block(slow: Talk) -> None:
    message = await approved(slow)
    for who in ("ama", "gil"):
        await slow.in_chat("INSERT INTO reaction (message, account, emoji) VALUES (?, ?, '❌')", message, who)
    await slow.end_grace()
    assert await slow.public() == [WORDS]


async def test_taken_away_while_we_were_down_it_waits_again(folder: Path) -> None:
    async with talking(folder, LONG) as before:
        message = await approved(before)
    async with talking(folder, LONG) as after:
        await after.in_chat("DELETE FROM reaction WHERE account = 'jo'")  # the event of it is lost as well
        await after.end_grace()
        await held(after, "#1 waits for approval again: an approval was taken back", state="in_review")
        assert [row.withdrawn is None for row in await after.rows(VoteRow)] == [False]
        await after.person("jo").reacts(message, "✅")
        await after.settle()
        assert await after.state() == "approved"
        await after.end_grace()
        assert await after.public() == [WORDS]
        await in_order(after)


async def test_one_that_cannot_be_judged_does_not_keep_the_others_back(slow: Talk) -> None:
    await approved(slow)
    await slow.draft("The pool opens at noon.")
    await slow.reacts("jo", "✅", await slow.preview(2))
    await slow.change("DELETE FROM revision WHERE announcement = 1")
    await slow.change(
        "UPDATE announcement SET changed = '2000-01-01 00:00:00.000000', wake = changed, state = 'scheduled'"
        " WHERE number = 1"
    )
    await slow.begin_publishing(2)
    await slow.until(lambda: _published(slow))
    assert await slow.public() == ["The pool opens at noon."]
    await slow.change("UPDATE announcement SET state = 'cancelled', wake = NULL WHERE number = 1")


async def _published(slow: Talk) -> bool:
    return {row.number: row.state for row in await slow.rows(AnnouncementRow)}[2] == "published"


async def test_the_channels_were_changed(folder: Path) -> None:
    async with talking(folder, LONG) as slow:
        await approved(slow)
        await slow.change("UPDATE revision SET digest = 'of other channels'")
        await slow.change("UPDATE vote SET digest = 'of other channels'")
        await slow.end_grace()
        await held(slow, "the channels were changed in the settings after it was approved")
        await taken_up_again(slow)
        await in_order(slow)
