"""What must not go out is stopped: told to its author alone, kept nowhere, and mended by one tap."""

from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.announcements import judging
from bot.announcements.tables import ContributorRow, RevisionRow, VoteRow
from bot.leaks.scan import scan
from tests.chat import Refusal
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

# Fictional values: the NHS's own test range, HMRC's shape with a made-up number, the card schemes' test numbers.
LEAKS = {
    "NHS number": ("Ask for Mr Lowe, NHS number 999 001 2342.", "999 001 2342"),
    "National Insurance number": ("Quote AB 12 34 56 C when you call.", "AB 12 34 56 C"),
    "payment card number": ("Pay with card 4111 1111 1111 1111.", "4111 1111 1111 1111"),
    "bank account number": ("Send it to GB82 WEST 1234 5698 7654 32.", "GB82 WEST 1234 5698 7654 32"),
    "private key": (
        "Key: -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    ),
}
NHS = LEAKS["NHS number"]


async def nowhere(talk: Talk, value: str) -> None:
    """The value is in no table, letter, message or log line."""
    await talk.services.database.checkpoint()
    await talk.council.chat._store.tidy()
    folder = talk.services.database.path
    assert folder is not None
    for form in (value, value.replace(" ", "")):
        for path in Path(folder).parent.iterdir():
            assert form.encode() not in path.read_bytes(), path.name
    for who in ("ama", "jo", "dee", "pat"):
        assert await talk.times(who, value) == 0


@pytest.mark.parametrize("label", LEAKS)
async def test_each_rule_stops_and_the_redaction_is_one_tap_away(talk: Talk, label: str) -> None:
    words, value = LEAKS[label]
    message = await talk.person("ama").says("general", f"@switchboard announce The van comes on Friday. {words}")
    await talk.settle()
    stopped = await talk.told("ama", "I have stopped #1", private=True)
    assert label in stopped.text
    assert "I have removed your message" in stopped.text
    assert await talk.person("ama").looks(message, "general") is None
    assert (await talk.told("jo", "#1 is back", room="comms")).words == "#1 is back with its author."
    assert await talk.state() == "changes_requested"
    await nowhere(talk, value)

    await talk.person("ama").presses(stopped.id, "Use this wording for #1")
    await talk.settle()
    preview = await talk.preview()
    assert preview.text.startswith("#1 r2 from Ama Mensah.")
    assert preview.quote == stopped.quote
    assert preview.quote is not None
    assert "The van comes on Friday." in preview.quote
    assert "removed]" in preview.quote
    assert await talk.evidence() == ["submit", "stop", "edit", "clear"]
    assert len(await talk.rows(ContributorRow)) == 1
    await nowhere(talk, value)


async def test_the_redaction_is_offered_to_the_author_only(talk: Talk) -> None:
    await talk.says("ama", f"announce {NHS[0]}", room="general")
    stopped = await talk.told("ama", "I have stopped #1")
    with pytest.raises(Refusal):
        await talk.person("pat").presses(stopped.id, "Use this wording for #1")


async def test_taken_twice_it_is_taken_once(talk: Talk) -> None:
    await talk.says("ama", f"announce {NHS[0]}", room="general")
    stopped = await talk.told("ama", "I have stopped #1")
    for _ in range(2):
        await talk.person("ama").presses(stopped.id, "Use this wording for #1")
    await talk.settle()
    await talk.told("ama", "#1 has that wording already", private=True)
    assert len(await talk.rows(RevisionRow)) == 2


async def test_after_other_words_it_is_gone(talk: Talk) -> None:
    await talk.says("ama", f"announce {NHS[0]}", room="general")
    stopped = await talk.told("ama", "I have stopped #1")
    await talk.says("ama", "edit #1 Ask at the desk.", room="direct-ama")
    await talk.person("ama").presses(stopped.id, "Use this wording for #1")
    await talk.settle()
    await talk.told("ama", "That wording of #1 is no longer the current one", private=True)
    assert (await talk.preview()).quote == "Ask at the desk."


async def test_the_redaction_is_taken_by_word_where_nothing_can_be_pressed(talk: Talk) -> None:
    await talk.says("ama", f"announce The van comes on Friday. {LEAKS['NHS number'][0]}", room="direct-ama")
    stopped = await talk.told("ama", "To send that to communications say: redact #1")
    assert "only by its author or by communications" in (await talk.answer("pat", "redact #1")).text
    assert "#1 is now r2" in (await talk.answer("ama", "redact #1")).text
    preview = await talk.preview()
    assert (preview.quote, preview.text.split("\n")[0]) == (stopped.quote, "#1 r2 from Ama Mensah.")
    assert "#1 has that wording already" in (await talk.answer("ama", "redact #1")).text
    assert "There is no announcement #9" in (await talk.answer("ama", "redact #9")).text
    assert "Which announcement do you mean?" in (await talk.answer("ama", "redact")).text


async def test_the_redacted_words_typed_by_hand_are_taken_as_well(talk: Talk) -> None:
    await talk.says("ama", "announce Ask for NHS number 999 001 2342 at the desk.", room="general")
    redacted = (await talk.told("ama", "I have stopped #1")).quote
    await talk.says("ama", f"edit #1 {redacted}", room="direct-ama")
    assert (await talk.preview()).quote == redacted


async def test_in_a_direct_message_and_in_a_thread_it_is_told_there(talk: Talk) -> None:
    await talk.says("ama", f"announce {NHS[0]}", room="direct-ama")
    assert (await talk.told("ama", "I have stopped #1", room="direct-ama")).buttons
    first = await talk.person("ama").says("general", "Shall we?")
    await talk.person("ama").says("general", f"@switchboard announce {NHS[0]}", thread=first)
    await talk.settle()
    assert (await talk.told("ama", "I have stopped #2", private=True)).thread == first
    await nowhere(talk, NHS[1])


async def test_an_edit_of_the_message_that_leaks(talk: Talk) -> None:
    message = await talk.person("ama").says("general", "@switchboard announce The van comes on Friday.")
    await talk.settle()
    old = await talk.preview()
    await talk.person("ama").edits(message, f"@switchboard announce The van. {NHS[0]}")
    await talk.settle()
    await talk.told("ama", "I have stopped #1", private=True)
    assert await talk.person("ama").looks(message, "general") is None
    stub = await talk.person("jo").looks(old.id, "comms")
    assert stub is not None
    assert (stub.quote, "The van" in stub.text) == (None, False)
    await talk.told("jo", "#1 is back with its author", room="comms")
    await nowhere(talk, NHS[1])


async def test_a_leak_by_a_colleague_of_comms_is_told_to_both_and_shown_to_one(talk: Talk) -> None:
    await talk.draft()
    await talk.says("jo", f"edit #1 Closed. {NHS[0]}")
    await talk.told("jo", "I have stopped #1", private=True)
    told = await talk.told("ama", "Your announcement #1 is stopped: when Jo Whitfield changed it")
    assert told.quote is None
    await nowhere(talk, NHS[1])


async def test_a_medium_finding_needs_two_people(talk: Talk) -> None:
    preview = await talk.draft("Ring Ama on 07700 900123 to join.")
    assert "phone number" in preview.text
    assert "Needs: 2 of communications or information governance." in preview.text
    assert "07700" not in preview.text
    await talk.reacts("jo", "✅", preview)
    assert await talk.state() == "in_review"
    counted = await talk.told("sam", "Jo Whitfield approved #1. Needs: 1 of", room="comms")
    assert counted.thread == preview.id
    await talk.reacts("dee", "✅", preview)
    assert await talk.state() == "published"


async def test_more_findings_than_anybody_reads_are_counted(talk: Talk) -> None:
    preview = await talk.draft("\n".join(f"Ring 07700 9001{number:02}." for number in range(60)))
    assert "… and 52 more." in preview.text


async def test_more_leaks_than_anybody_reads_are_counted(talk: Talk) -> None:
    await talk.says("ama", "announce " + "\n".join(["Card 4111 1111 1111 1111."] * 60), room="general")
    assert "… and 52 more." in (await talk.told("ama", "I have stopped #1")).text


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> NoReturn:
        raise RuntimeError("the words were: The library is closed")

    monkeypatch.setattr(judging, "scan", broken)


async def test_a_scanner_that_breaks_lets_nothing_through_and_keeps_no_words(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        _break(broken)
        message = await talk.person("ama").says("general", "@switchboard announce The library is closed.")
        await talk.settle()
    await talk.told("ama", "I could not check #1, so I have stopped it", private=True)
    assert await talk.state() == "changes_requested"
    assert [row.text for row in await talk.rows(RevisionRow)] == [""]
    assert await talk.person("ama").looks(message, "general"), "her own copy stays: nothing else holds the words"
    await talk.says("ama", "why #1", room="direct-ama")
    why = await talk.told("ama", "#1 was drafted")
    assert "It could not be checked, because the check itself failed." in why.text
    assert "found nothing" not in why.text
    await talk.says("ama", "edit #1 The library is closed.", room="direct-ama")
    assert (await talk.preview()).quote == "The library is closed."


async def test_a_scanner_that_breaks_after_approval_holds(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await slow.reacts("jo", "✅", await slow.draft())
    with monkeypatch.context() as broken:
        _break(broken)
        await slow.end_grace()
    assert await slow.state() == "held"
    await slow.told("jo", "today's check finds something that was not known", room="comms")
    await slow.told("ama", "#1 is on hold")
    assert await slow.rows(VoteRow)
    assert await slow.public() == []


async def test_what_a_later_check_finds_is_forgotten_when_it_is_taken_up_again(
    slow: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that came after the draft: what it finds goes from the table, the chat and the source message."""
    with monkeypatch.context() as older:
        older.setattr(judging, "scan", lambda text, contacts: scan("", contacts))
        message = await slow.person("ama").says("general", f"@switchboard announce {NHS[0]}")
        await slow.settle()
        await slow.reacts("jo", "✅", await slow.preview())
    await slow.end_grace()
    assert await slow.state() == "held"
    await slow.says("jo", "resume #1")
    assert await slow.state() == "changes_requested"
    await slow.told("jo", "I have stopped #1", private=True)
    await slow.told("ama", "Your announcement #1 is stopped")
    assert await slow.person("ama").looks(message, "general") is None
    await nowhere(slow, NHS[1])
