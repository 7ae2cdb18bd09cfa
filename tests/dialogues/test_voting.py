"""Reactions under a preview: whose count, which count, and what everybody is told."""

import asyncio

import pytest

from bot.announcements.tables import DeliveryRow, VoteRow
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio


async def test_one_of_comms_approves_and_it_goes_out_once(talk: Talk) -> None:
    preview = await talk.draft("The pool opens at noon.")
    await talk.reacts("jo", "✅", preview)
    assert (await talk.told("jo", "You approved #1 r1", room="direct-jo")).room == "direct-jo"
    assert (
        await talk.told("sam", "#1 is approved by Jo Whitfield and goes out now", room="comms")
    ).thread == preview.id
    await talk.told("sam", "#1 is published:.*feed: http.*timeline: http", room="comms")
    await talk.told("ama", "#1 is published:", room="direct-ama")
    assert await talk.public() == ["The pool opens at noon."]
    assert await talk.evidence() == [
        "submit", "clear", "approval", "approve", "grace_over", "publish", "delivery", "delivery", "all_sent",
    ]  # fmt: skip


async def test_her_own(talk: Talk) -> None:
    await talk.says("jo", "announce Comms write as well.")
    preview = await talk.preview()
    for emoji in ("✅", "✅🏽"):
        await talk.reacts("jo", emoji, preview)
    assert await talk.times("jo", "You wrote #1 or part of it") == 1
    assert await talk.state() == "in_review"
    await talk.reacts("sam", "✅", preview)
    assert await talk.state() == "published"


async def test_whoever_edited_it_has_contributed(talk: Talk) -> None:
    await talk.draft()
    await talk.says("jo", "edit #1 The library is closed on Tuesday.")
    preview = await talk.preview()
    assert preview.text.startswith("#1 r2 from Ama Mensah and Jo Whitfield.")
    await talk.told("ama", "Jo Whitfield has changed your announcement #1")
    await talk.reacts("jo", "✅", preview)
    await talk.told("jo", "You wrote #1 or part of it", private=True)
    assert await talk.rows(VoteRow) == []


@pytest.mark.parametrize(
    ("who", "line"), [("gil", "Only staff in the directory"), ("ama", "You wrote #1 or part of it")]
)
async def test_a_guest_and_the_author_are_told_once_and_do_not_count(talk: Talk, who: str, line: str) -> None:
    preview = await talk.draft()
    for _ in range(2):
        await talk.reacts(who, "✅", preview)
        await talk.person(who).unreacts(preview.id, "✅")
    await talk.settle()
    assert await talk.times(who, line) == 1
    assert (await talk.told(who, line)).private
    assert await talk.state() == "in_review"


async def test_staff_without_the_role_are_told_once(talk: Talk) -> None:
    await talk.says("jo", "announce Comms write as well.")
    preview = await talk.preview()
    await talk.reacts("ama", "✅", preview)
    await talk.reacts("ama", "❌", preview)
    assert await talk.times("ama", "Approving takes the role communications or information governance") == 2
    assert await talk.state() == "in_review"


async def test_two_at_the_same_instant_publish_once(talk: Talk) -> None:
    preview = await talk.draft("The pool opens at noon.")
    await asyncio.gather(*[talk.person(who).reacts(preview.id, "✅") for who in ("jo", "sam", "dee")])
    await talk.settle()
    assert [row.channel for row in await talk.rows(DeliveryRow)] == ["feed", "timeline"]
    assert await talk.public() == ["The pool opens at noon."]
    assert (await talk.evidence()).count("approve") == 1
    assert await talk.times("sam", "#1 is published:") == 1


@pytest.mark.parametrize("emoji", ["✅", "✅\ufe0f", "✅🏽", "white_check_mark", ":white_check_mark::skin-tone-4:"])
async def test_one_person_in_any_dress_counts_once(slow: Talk, emoji: str) -> None:
    preview = await slow.draft("Ring 07700 900123 to join.")  # needs two
    await slow.reacts("jo", "✅", preview)
    await slow.reacts("jo", emoji, preview)
    assert await slow.state() == "in_review"
    assert len(await slow.rows(VoteRow)) == 1


async def test_of_two_tones_one_taken_away_leaves_the_other(slow: Talk) -> None:
    preview = await slow.draft()
    await slow.reacts("jo", "✅", preview)
    await slow.reacts("jo", "✅🏽", preview)
    await slow.person("jo").unreacts(preview.id, "✅")
    await slow.settle()
    assert await slow.state() == "approved"
    await slow.end_grace()
    assert await slow.state() == "published"


async def test_taken_away_in_the_grace_it_waits_again_and_can_be_given_again(slow: Talk) -> None:
    preview = await slow.draft()
    await slow.reacts("jo", "✅", preview)
    await slow.told("sam", "#1 is approved by Jo Whitfield and goes out in 60 minutes", room="comms")
    await slow.person("jo").unreacts(preview.id, "✅")
    await slow.settle()
    assert await slow.state() == "in_review"
    told = await slow.told("sam", "Jo Whitfield has taken an approval of #1 away", room="comms")
    assert told.thread == preview.id
    await slow.says("jo", "why #1")
    assert "Nobody has approved these words." in (await slow.told("jo", "#1 was drafted")).text
    await slow.reacts("jo", "✅", preview)
    await slow.end_grace()
    assert await slow.state() == "published"
    assert len(await slow.rows(VoteRow)) == 1


async def test_taken_away_after_it_is_out_nothing_changes(talk: Talk) -> None:
    preview = await talk.draft()
    await talk.reacts("jo", "✅", preview)
    await talk.person("jo").unreacts(preview.id, "✅")
    await talk.settle()
    assert await talk.state() == "published"
    await talk.says("sam", "why #1")
    assert "Approved by Jo Whitfield" in (await talk.told("sam", "#1 was drafted")).text


async def test_on_an_old_preview_nothing_counts(talk: Talk) -> None:
    old = await talk.draft()
    await talk.says("ama", "edit #1 The library is closed on Tuesday.", room="direct-ama")
    await talk.reacts("jo", "✅", old)
    await talk.told("jo", "That is the preview of r1; #1 is now at r2", private=True)
    assert await talk.rows(VoteRow) == []


async def test_a_thumb_is_explained_once_to_each_and_custom_emoji_to_nobody(talk: Talk) -> None:
    preview = await talk.draft()
    for emoji in ("👍", "👍🏿", "thumbsup", "party_parrot", ":approved:", "✔️", "☑️", "💚"):
        await talk.reacts("jo", emoji, preview)
    await talk.reacts("sam", "👍", preview)
    assert await talk.times("jo", "👍 does not approve anything") == 1
    assert await talk.times("sam", "👍 does not approve anything") == 1
    said = [one for one in await talk.person("jo").reads("comms") if one.private]
    assert len(said) == 1
    assert await talk.state() == "in_review"


@pytest.mark.parametrize(
    ("emoji", "state", "line"),
    [
        ("❌", "rejected", "#1 was rejected by Dee Pritchard"),
        ("✏️", "changes_requested", "Dee Pritchard asks for changes to #1"),
        ("⏸️", "held", "#1 was put on hold by Dee Pritchard"),
    ],
)
async def test_one_who_may_stops_it_and_one_who_may_not_does_not(talk: Talk, emoji: str, state: str, line: str) -> None:
    preview = await talk.draft()
    for who in ("ama", "gil"):
        await talk.reacts(who, emoji, preview)
    assert await talk.state() == "in_review"
    await talk.told("ama", "Approving takes the role", private=True)
    await talk.told("gil", "Only staff in the directory", private=True)
    await talk.reacts("dee", emoji, preview)
    assert await talk.state() == state
    assert (await talk.told("jo", line, room="comms")).thread == preview.id
    await talk.told("ama", line, room="direct-ama")
    await talk.reacts("jo", "✅", preview)
    assert await talk.state() == state
    await talk.told("jo", "Your approval is kept and counts when", room="direct-jo")


@pytest.mark.parametrize("emoji", ["❌", "⏸️"])
async def test_in_the_grace_it_is_stopped_too(slow: Talk, emoji: str) -> None:
    preview = await slow.draft()
    await slow.reacts("jo", "✅", preview)
    await slow.reacts("sam", emoji, preview)
    assert await slow.state() in {"rejected", "held"}
    await slow.says("sam", "why #1")
    assert "Sam Okafor asked for that." in (await slow.told("sam", "#1 was drafted")).text


async def test_the_siren_under_preview_and_receipt(talk: Talk) -> None:
    preview = await talk.draft()
    await talk.reacts("jo", "🚨", preview)
    await talk.told("jo", "there is nothing to recall. To stop it say: cancel #1", private=True)
    await talk.reacts("jo", "✅", preview)
    receipt = await talk.told("jo", "#1 is published:", room="comms")
    await talk.reacts("ama", "🚨", receipt)
    await talk.told("ama", "Only communications or the duty officer can recall", private=True)
    assert await talk.state() == "published"
    await talk.reacts("sam", "🚨", receipt)
    assert await talk.state() == "recalled"
    await talk.told("ama", "#1 is recalled: it is gone", room="direct-ama")


async def test_looking_means_nothing(talk: Talk) -> None:
    preview = await talk.draft()
    await talk.reacts("jo", "👀", preview)
    assert [one for one in await talk.person("jo").reads("comms") if one.private] == []
    assert await talk.evidence() == ["submit", "clear"]


async def test_a_reason_that_comes_with_the_same_objection_again_is_kept(slow: Talk) -> None:
    await slow.draft()
    await slow.says("jo", "hold #1")
    await slow.says("jo", "hold #1 the date is wrong", "direct-jo")
    await slow.told("ama", "Jo Whitfield says about #1: the date is wrong", room="direct-ama")
    await slow.told("jo", "Your reason for #1 is kept", room="direct-jo")
