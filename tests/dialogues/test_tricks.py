"""Tricks that were tried and once worked: approving unseen, letting on one’s own words, holding everybody up."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.events import AccountRef, ButtonPressed, MessageRef
from bot import inbox
from bot.announcements import answering, judging
from bot.announcements.tables import VoteRow
from bot.roles import granting
from tests.dialogues.stage import Talk
from tests.dialogues.test_governance import GRAVE, VALUE, drafted, heard, shown

pytestmark = pytest.mark.asyncio


async def test_what_one_cannot_have_seen_one_does_not_approve(talk: Talk) -> None:
    await drafted(talk)
    for words in ("acknowledge #1 it is harmless", "approve #1 it is harmless", "approve #1 r1"):
        assert "You cannot have seen the preview of #1 r1 yet" in (await talk.answer("jo", words)).text
    assert await talk.rows(VoteRow) == []
    await talk.says("dee", "acknowledge #1 a part number", "direct-dee")
    await talk.says("dee", "approve #1", "direct-dee")
    assert await talk.state() == "in_review"
    await talk.says("jo", "acknowledge #1 a part number", "direct-jo")
    await talk.says("jo", "approve #1", "direct-jo")
    assert await talk.state() == "published"


async def test_who_has_not_seen_it_may_stop_it_all_the_same(talk: Talk) -> None:
    await drafted(talk)
    await talk.says("jo", "hold #1 let us talk first", "direct-jo")
    assert await talk.state() == "held"


async def test_nobody_lets_on_what_they_wrote_themselves(talk: Talk) -> None:
    await talk.says("dee", f"announce {GRAVE}", "direct-dee")
    assert "You wrote #1" in (await talk.answer("dee", "acknowledge #1 I say so")).text
    await talk.reacts("dee", "🔓", await shown(talk, "dee", "governance"))
    assert await talk.rows(VoteRow) == []
    assert VALUE not in await heard(talk, "jo")


async def test_where_no_words_were_kept_a_time_brings_nothing_before_anybody(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(judging, "scan", broken)
        await talk.says("ama", "announce The pool is open.", "direct-ama")
    assert await talk.state() == "changes_requested"
    assert "There is no wording of #1" in (await talk.answer("ama", "schedule #1 now")).text
    assert await talk.state() == "changes_requested"
    await talk.says("ama", "edit #1 The pool is open.", "direct-ama")
    assert await talk.state() == "in_review"


async def test_a_time_is_no_consent_to_the_redaction(talk: Talk) -> None:
    await talk.says("ama", "announce Ask for NHS number 943 476 5919.", "direct-ama")
    assert "First use the wording I offered" in (await talk.answer("ama", "schedule #1 now")).text
    assert await talk.state() == "changes_requested"


async def by_button(talk: Talk, message: str) -> None:
    await talk.person("jo").presses(message, "✅ Approve")


async def in_words(talk: Talk, _message: str) -> None:
    await talk.person("jo").says("direct-jo", "approve #1")


@pytest.mark.parametrize(("way", "said"), [(by_button, "by button"), (in_words, "in words")])
async def test_who_takes_a_reaction_back_hears_that_the_same_stands_by_another_route(
    slow: Talk, way: Callable[[Talk, str], Awaitable[None]], said: str
) -> None:
    preview = await slow.draft()
    await slow.reacts("jo", "✅", preview)
    await way(slow, preview.id)
    await slow.settle()
    await slow.person("jo").unreacts(preview.id, "✅")
    await slow.settle()
    assert await slow.state() == "approved"
    await slow.told("jo", f"Your reaction on #1 is gone, but you have also said it {said}", room="direct-jo")
    await slow.says("jo", "withdraw #1", "direct-jo")
    assert await slow.state() == "in_review"


async def test_who_takes_the_only_approval_back_hears_nothing_of_others(slow: Talk) -> None:
    preview = await slow.draft()
    await slow.reacts("jo", "✅", preview)
    await slow.person("jo").unreacts(preview.id, "✅")
    await slow.settle()
    assert await slow.state() == "in_review"
    assert await slow.times("jo", "still counts") == 0


async def test_a_very_long_address_is_refused_by_its_length_alone(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    # The pattern took nine seconds on one message, in which nobody else was answered.
    monkeypatch.setattr(answering, "_ADDRESS", None)
    told = await talk.answer("ama", f"done #1 https://{'a.' * 4_900}@")
    assert "Please give the address" in told.text


@pytest.mark.parametrize(
    "words", ["grant a" + " " * 9_800 + "b", "revoke a" + " to a" * 1_900, "grant comms to " + "x" * 9_000]
)
async def test_of_a_very_long_wish_the_beginning_is_read(
    talk: Talk, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    class Reader:
        def fullmatch(self, text: str) -> None:
            read.append(text)

    monkeypatch.setattr(granting, "_GRANT", Reader())
    monkeypatch.setattr(granting, "_REVOKE", Reader())
    assert "Say" in (await talk.answer("pat", words)).text
    assert [len(text) <= granting.LONGEST and "  " not in text for text in read] == [True]


ACTIONS = ("vote", "redact", "recall", "recall_why", "withdraw", "not_me", "role_yes", "role_no", "load", "drop", "no")
VALUES = (
    "cancel/1/1", "recall/1/1", "retry/1/1", "social/1/1", "none/1/1", "nonsense/1/1", "approve/²/1", "approve/1/١",
    "approve/99999999999999999999/1", "hold/1/99999999999999999999", "²", "99999999999999999999", "-1", "1/1/1/1",
    "nonsense/1", "", "///",
)  # fmt: skip


async def test_a_forged_button_does_nothing_and_holds_nobody_up(slow: Talk) -> None:
    preview = await slow.draft()
    sender, ref = AccountRef("web", "jo"), MessageRef("web", "comms", preview.id)
    at = slow.services.clock()
    forged = [ButtonPressed(f"{a}/{v}", at, sender, ref, a, v) for a in ACTIONS for v in VALUES]
    async with slow.services.database.reading() as session:
        checkpoint = await inbox.get_state(session, "web", "checkpoint")
    await inbox.receive(slow.services.database, "web", forged, checkpoint or "")
    slow.council.app.bell.ring()
    await slow.settle()
    assert await slow.count("SELECT count(*) FROM inbox WHERE state = 'quarantined'") == 0
    assert await slow.rows(VoteRow) == []
    assert await slow.state() == "in_review"
