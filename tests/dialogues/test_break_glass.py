"""Chat cannot be reached when it is due: it waits, and people at the server may let it out; once, and not one alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from adapters.errors import Unavailable
from bot import audit
from bot.announcements import later_review
from bot.announcements.break_glass import NotReleased
from bot.announcements.tables import DeliveryRow, VoteRow
from bot.cli import publish
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

WORDS = "Do not drink the tap water in Brynford today."
GRAVE = "Part no AB123456C is on order."
WHY = "the water must not be drunk"


async def unreachable(slow: Talk, monkeypatch: pytest.MonkeyPatch, words: str = WORDS, *, by: str = "ama") -> str:
    """It was approved, and when it was due its reactions could not be looked at; the fingerprint of it."""
    await slow.reacts("jo", "✅", await slow.draft(words, by))
    if await slow.state() == "in_review":
        await slow.reacts("dee", "✅", await slow.preview())
    with monkeypatch.context() as patch:
        patch.setattr(slow.council.chat, "reactions", _away)
        await slow.end_grace()
    stored = await slow.stored()
    assert (stored.row.state, stored.row.reason) == ("held", "unreachable")
    return stored.revision.digest


async def release(slow: Talk, accounts: Sequence[str], *answers: str, why: str = WHY) -> list[str]:
    """People at the server; what each was asked."""
    asked: list[str] = []
    typed = iter(answers)

    def ask(question: str) -> str:
        asked.append(question)
        return f"{next(typed, '')}\n"

    await publish.released(slow.services, 1, [f"web:{one}" for one in accounts], why, ask)
    await slow.until(lambda: _is_out(slow))
    await slow.settle()
    return asked


async def _is_out(slow: Talk) -> bool:
    return await slow.state() not in {"held", "publishing"}


async def refused(slow: Talk, accounts: Sequence[str], line: str, *answers: str, why: str = WHY) -> None:
    """It stays where it is, and one line says why."""
    before = await slow.state(), await slow.evidence(), len(await slow.rows(VoteRow))
    with pytest.raises(NotReleased, match=line) as error:
        await release(slow, accounts, *answers, why=why)
    assert "\n" not in str(error.value)
    assert (await slow.state(), await slow.evidence(), len(await slow.rows(VoteRow))) == before
    assert await slow.rows(DeliveryRow) == []


async def duty_officer(slow: Talk, who: str = "pat") -> None:
    """Somebody is the duty officer, and nothing else."""
    await slow.change(
        "INSERT INTO role_grant VALUES ((SELECT person_id FROM account WHERE account = :who), 'duty_officer',"
        " '2026-01-01 00:00:00.000000', NULL)",
        who=who,
    )


async def test_two_people_at_the_server_publish_it_once(
    slow: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = await unreachable(slow, monkeypatch)
    capsys.readouterr()
    asked = await release(slow, ["sam", "dee"], digest[:8], digest[:8].upper())
    shown = capsys.readouterr().out
    assert [line.partition(":")[0] for line in asked] == ["Sam Okafor", "Dee Pritchard"]
    for line in ("#1 r1 from Ama Mensah.", f"\n{WORDS}\n", digest, "Approved before that by Jo Whitfield on ",
                 "feed (45 characters)", "#1 is released"):  # fmt: skip
        assert line in shown
    assert await slow.public() == [WORDS]
    assert [row.channel for row in await slow.rows(DeliveryRow)] == ["feed", "timeline"]
    assert (await slow.evidence()).count("break_glass") == 1
    assert await notes(slow) == [("Sam Okafor", WHY), ("Dee Pritchard", WHY)]
    await slow.told("jo", f"#1 was released on the server by Sam Okafor and Dee Pritchard.*{WHY}", room="comms")
    await slow.told("ama", "Your announcement #1 was released on the server", room="direct-ama")
    for who in ("sam", "dee"):
        await slow.told(who, "was released on the server in your name.*not me #1", room=f"direct-{who}")
    assert not (await slow.stored()).row.owes_review
    with pytest.raises(NotReleased, match="Only what is on hold because chat"):
        await release(slow, ["sam", "dee"], digest[:8], digest[:8])
    assert len(await slow.rows(DeliveryRow)) == 2


async def notes(slow: Talk) -> list[tuple[str, str]]:
    """Who agreed, and why, beside the evidence."""
    async with slow.services.database.reading() as session:
        rows = await audit.history(session, "announcement:1")
    found = [row.note for row in rows if row.row.action == "break_glass_agreed"]
    assert all(note["operator"].startswith("cli:") for note in found)
    return [(note["who"], note["why"]) for note in found]


async def test_who_may_not(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = await unreachable(slow, monkeypatch)
    typed = (digest[:8], digest[:8])
    await refused(slow, ["sam"], "not enough to release #1. One more person who may approve", *typed)
    await refused(slow, ["sam", "sam"], "same person is named twice", *typed)
    await refused(slow, ["sam", "ama"], "Ama Mensah holds neither", *typed)
    await refused(slow, ["sam", "pat"], "Pat Lindqvist holds neither", *typed)
    await refused(slow, ["sam", "nobody"], "Nobody in the staff directory holds the account web:nobody", *typed)
    await refused(slow, ["sam", "dee"], "Dee Pritchard did not agree", digest[:8], digest[:7])
    await refused(slow, ["sam", "dee"], "Sam Okafor did not agree", "")
    await refused(slow, ["sam", "dee"], "Give a reason", *typed, why=" ")
    await refused(slow, ["sam", "dee"], "Give a reason", *typed, why="Ask Mr Lowe, NHS number 999 001 2342.")
    await slow.says("dee", "suspend Sam Okafor", "direct-dee")
    await refused(slow, ["sam", "dee"], "Sam Okafor is suspended", *typed)
    await slow.change("DELETE FROM role_grant WHERE role = 'information_governance'")
    await refused(slow, ["dee", "jo"], "Dee Pritchard holds neither", *typed)


async def test_whoever_wrote_part_of_it_does_not_release_it(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await slow.draft("Draft.")
    await slow.says("sam", f"edit #1 {WORDS}")
    await slow.reacts("jo", "✅", await slow.preview())
    with monkeypatch.context() as patch:
        patch.setattr(slow.council.chat, "reactions", _away)
        await slow.end_grace()
    await refused(slow, ["sam", "dee"], "Sam Okafor wrote #1 or part of it")


async def _away(*_: object) -> None:
    raise Unavailable("the server is away")


async def test_the_duty_officer_alone_and_another_looks_at_it_later(
    slow: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await duty_officer(slow)
    digest = await unreachable(slow, monkeypatch)
    await release(slow, ["pat"], digest[:8])
    assert "Another person must look at it afterwards" in capsys.readouterr().out
    assert await slow.public() == [WORDS]
    assert (await slow.stored()).row.owes_review
    await slow.told("jo", "released by the duty officer alone.*reviewed #1", room="comms")
    assert "waits for a second look: reviewed #1" in (await slow.answer("jo", "queue")).text
    assert (
        "Only communications and information governance can do that" in (await slow.answer("pat", "reviewed #1")).text
    )
    told = (await slow.answer("jo", "why #1")).text
    assert "It was released on the server by Pat Lindqvist on " in told
    assert "another must still look at it" in told
    await slow.says("sam", "reviewed #1")
    assert not (await slow.stored()).row.owes_review
    assert (await slow.evidence())[-1] == "reviewed"
    await slow.told("jo", "Sam Okafor has reviewed #1", room="comms")
    assert "another must still look at it" not in (await slow.answer("jo", "why #1")).text
    assert (await slow.answer("jo", "queue")).text == "Nothing waits."
    assert "#1 does not wait for a review" in (await slow.answer("sam", "reviewed #1")).text


async def test_whoever_released_it_does_not_review_it(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await duty_officer(slow, "sam")
    digest = await unreachable(slow, monkeypatch)
    await release(slow, ["sam"], digest[:8])
    assert "somebody else’s" in (await slow.answer("sam", "reviewed #1")).text
    assert (await slow.stored()).row.owes_review


async def test_it_nags_on_every_working_day_until_it_is_reviewed(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await duty_officer(slow)
    digest = await unreachable(slow, monkeypatch)
    await release(slow, ["pat"], digest[:8])
    moments = ["2026-11-27T08:59", "2026-11-27T09:00", "2026-11-27T15:00", "2026-11-28T10:00", "2026-11-30T10:00"]
    said = [await nagged(slow, moment) for moment in moments]
    assert said == [False, True, False, False, True], "Friday from nine, not on Saturday, and on Monday again"
    await slow.says("sam", "reviewed #1")
    assert await nagged(slow, "2026-12-01T10:00") is False


async def nagged(slow: Talk, moment: str) -> bool:
    """Whether communications are reminded at a (local) time."""
    local = datetime.fromisoformat(moment).replace(tzinfo=slow.services.zone)
    return await later_review.remind(replace(slow.services, clock=lambda: local))


async def test_a_grave_finding_takes_information_governance(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await duty_officer(slow)
    await slow.person("ama").says("general", f"@switchboard announce {GRAVE}")
    await slow.settle()
    for who, room in (("dee", "governance"), ("jo", "comms")):
        found = await slow.person(who).finds("^#1 r1 from", room=room)
        assert found is not None
        await slow.says(who, "acknowledge #1 it must be known", f"direct-{who}")
        await slow.reacts(who, "✅", found)
    with monkeypatch.context() as patch:
        patch.setattr(slow.council.chat, "reactions", _away)
        await slow.end_grace()
    digest = (await slow.stored()).revision.digest
    for people in (["pat"], ["jo", "sam"], ["sam", "pat"]):
        await refused(slow, people, "not enough to release #1. Needs: 1 of information governance", digest[:8])
    await release(slow, ["sam", "dee"], digest[:8], digest[:8])
    assert await slow.public() == [GRAVE]


async def test_what_is_on_hold_for_another_reason_is_not_released(slow: Talk) -> None:
    preview = await slow.draft(WORDS)
    await refused(slow, ["sam", "dee"], "#1 is waiting for approval. Only what is on hold because chat")
    await slow.reacts("jo", "⏸️", preview)
    await refused(slow, ["sam", "dee"], "on hold for another reason.*Somebody asked for that. Once chat is back")


async def test_what_a_later_check_finds_stops_it(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = await unreachable(slow, monkeypatch)

    def broken(*_: object) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("bot.announcements.judging.scan", broken)
        await refused(slow, ["sam", "dee"], "Give a reason|could not be checked", digest[:8], digest[:8])
    await slow.change("UPDATE revision SET text = :text", text="Ring 07700 900123.")
    await refused(slow, ["sam", "dee"], "Today’s check finds something", digest[:8], digest[:8])
    await slow.change("UPDATE revision SET text = :text", text=f"{WORDS} Really.")
    await refused(slow, ["sam", "dee"], "Something changed", digest[:8], digest[:8])


async def test_while_everything_is_paused_nothing_is_released(slow: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = await unreachable(slow, monkeypatch)
    await slow.says("jo", "pause")
    await refused(slow, ["sam", "dee"], "Everything is paused", digest[:8], digest[:8])
