"""Times, pauses, expiry, and people who act in the same instant."""

import asyncio
import itertools
import re

import pytest

from bot.announcements.tables import AnnouncementRow, DeliveryRow
from tests.dialogues.stage import Talk

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(240)]

AUTHORS = {"ama": "jo", "dee": "jo", "jo": "sam", "sam": "dee"}
"""Who writes, and who approves that."""


async def pass_time(talk: Talk, seconds: float) -> None:
    """Time passes, and what it brings about is done."""
    talk.council.hands.passes(seconds)
    await talk.settle()


async def at(talk: Talk, who: str, words: str, time: str) -> int:
    """Somebody announces something for a time; its number."""
    await talk.answer(who, f"announce {words}\npublish: {time}")
    return max(row.number or 0 for row in await talk.rows(AnnouncementRow))


async def test_two_approve_in_the_same_instant_and_it_is_published_once(talk: Talk) -> None:
    preview = await talk.draft()
    await asyncio.gather(
        talk.person("jo").reacts(preview.id, "✅"),
        talk.person("sam").presses(preview.id, "✅ Approve"),
        talk.person("dee").says("direct-dee", "approve #1"),
    )
    await talk.settle()
    assert await talk.state() == "published"
    assert len(await talk.public()) == 1
    assert [row.attempts for row in await talk.rows(DeliveryRow)] == [1, 1]
    assert (await talk.evidence()).count("approve") == 1
    assert (await talk.evidence()).count("publish") == 1


async def test_twelve_are_paused_and_resumed_without_a_burst(talk: Talk) -> None:
    for author, approver in AUTHORS.items():
        for count in range(3):
            number = await at(talk, author, f"Street {author} {count} is open again.", "in 10 minutes")
            await talk.says(approver, f"approve #{number}", room=f"direct-{approver}")
    assert [row.state for row in await talk.rows(AnnouncementRow)] == ["scheduled"] * 12
    await talk.says("jo", "pause")
    assert {(row.state, row.reason) for row in await talk.rows(AnnouncementRow)} == {("held", "paused")}
    await pass_time(talk, 3600)
    assert await talk.public() == []
    await talk.says("sam", "resume", room="direct-sam")
    out = [len(await talk.public())]
    for _ in range(12):
        await pass_time(talk, 120)
        out.append(len(await talk.public()))
    assert out[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(out))
    assert out[-1] == 12


async def test_what_nobody_approves_expires_and_can_be_renewed_under_the_same_preview(talk: Talk) -> None:
    preview = await talk.draft()
    await pass_time(talk, 8 * 86400)
    assert await talk.state() == "expired"
    await talk.told("ama", "#1 was not approved within three working days", room="direct-ama")
    await talk.reacts("jo", "✅", preview)
    assert await talk.state() == "expired"
    await talk.says("ama", "renew #1", room="direct-ama")
    assert await talk.state() == "in_review"
    assert (await talk.stored()).row.revision == 1
    await talk.says("jo", "approve #1", room="direct-jo")
    assert await talk.state() == "published"


async def test_a_late_approval_publishes_nothing(talk: Talk) -> None:
    number = await at(talk, "ama", "The pool opens.", "in 5 minutes")
    await pass_time(talk, 400)
    await talk.says("jo", f"approve #{number}", room="direct-jo")
    assert (await talk.stored()).row.reason == "late"
    assert await talk.public() == []
    await talk.says("jo", f"resume #{number}", room="direct-jo")
    await pass_time(talk, 1)
    assert await talk.public() == ["The pool opens."]


async def test_what_was_to_go_out_before_an_outage_does_not_go_out_after_it(slow: Talk) -> None:
    await slow.reacts("jo", "✅", await slow.draft())
    await slow.council.hands.stops()
    slow.council.hands.passes(86400)
    await slow.council.hands.starts()
    await slow.settle()
    row = (await slow.stored()).row
    assert (row.state, row.reason) == ("held", "missed")
    assert await slow.public() == []
    await slow.says("sam", "resume #1")
    assert len(await slow.public()) == 1


async def test_any_time_until(talk: Talk) -> None:
    number = await at(talk, "ama", "The tip is closed today.", "any time until 11:59pm")
    await talk.told("ama", "It is for any time until 23:59", room="direct-ama")
    await talk.says("jo", f"approve #{number}", room="direct-jo")
    assert await talk.public() == ["The tip is closed today."]


async def test_another_time_is_another_revision_and_voids_approvals(slow: Talk) -> None:
    number = await at(slow, "ama", "The pool opens.", "in 3 hours")
    await slow.says("jo", f"approve #{number}", room="direct-jo")
    assert await slow.state() == "approved"
    await slow.says("ama", "schedule #1 in 2 hours", room="direct-ama")
    assert await slow.state() == "in_review"
    assert (await slow.stored()).row.revision == 2
    await slow.told("jo", "#1 r1, which you had approved, is replaced", room="direct-jo")


async def test_the_wait_is_ended_by_a_second_person(slow: Talk) -> None:
    await slow.reacts("jo", "✅", await slow.draft())
    assert "takes somebody who neither wrote it" in (await slow.answer("jo", "now #1")).text
    await slow.person("sam").says("direct-sam", "now #1")
    await slow.until(lambda: _is_out(slow))
    await slow.settle()
    await slow.told("sam", "Sam Okafor has ended the wait. #1 goes out now", room="direct-sam")
    assert len(await slow.public()) == 1


async def _is_out(talk: Talk) -> bool:
    return await talk.state() == "published"


TIMES = [
    ("schedule #1", "When\\? Say for example: schedule #1 Friday 9am"),
    ("schedule #1 Blursday", "not understand|understand"),
    ("schedule #7 Friday 9am", "There is no announcement #7"),
    ("renew #1", "#1 is waiting for approval, not expired"),
    ("now #1", "#1 is waiting for approval. Only the wait"),
    ("queue", "#1 is waiting for approval. Needs: 1 of"),
]


async def test_each_command_says_what_is_wrong_in_one_line(talk: Talk) -> None:
    await talk.draft()
    assert TIMES
    for words, line in TIMES:
        answer = await talk.answer("jo", words)
        assert re.search(line, answer.text), (words, answer.text)
    await talk.says("ama", "cancel #1", room="direct-ama")
    assert (await talk.answer("jo", "queue")).text == "Nothing waits."
