"""After a recall: why, personal data and its clock of 72 hours, and who else must agree to the third within minutes."""

import re
from datetime import timedelta

import pytest

from bot import audit
from bot.announcements import incidents
from bot.announcements.tables import IncidentRow
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

NHS = "NHS number 999 001 2342"


async def out(talk: Talk, *texts: str) -> None:
    """These are published, in their order."""
    for words in texts or ("The library is closed on Monday.",):
        await talk.reacts("jo", "✅", await talk.draft(words))


async def recalled(talk: Talk, who: str = "jo", number: int = 1) -> None:
    """Somebody recalls it in a direct message, and is asked why."""
    await talk.says(who, f"recall #{number}", f"direct-{who}")
    assert await talk.state(number) == "recalled"


async def notes(talk: Talk, action: str, number: int = 1) -> list[dict[str, str]]:
    """What stands beside the evidence of an action."""
    async with talk.services.database.reading() as session:
        rows = await audit.history(session, f"announcement:{number}")
    return [row.note for row in rows if row.row.action == action]


async def opened(talk: Talk) -> IncidentRow:
    """The one incident."""
    rows = await talk.rows(IncidentRow)
    assert len(rows) == 1
    return rows[0]


async def test_personal_data_opens_an_incident_that_information_governance_decide(talk: Talk) -> None:
    await out(talk)
    await recalled(talk)
    asked = await talk.told("jo", "Why did you recall #1")
    assert asked.buttons == ("Personal data", "It is wrong", "Something else")
    await talk.person("jo").presses(asked.id, "Personal data")
    await talk.settle()
    row = await opened(talk)
    assert (row.deadline - row.opened, row.decision) == (timedelta(hours=72), None)
    told = await talk.told("dee", "Incident 1: Jo Whitfield recalled #1 because of personal data", room="governance")
    assert re.search(r"within 72 hours.*: by \w+day \d+ \w+ \d{4} at \d\d:\d\d", told.text)
    assert "library" not in told.words
    assert await talk.times("sam", "ncident 1") == 0
    assert "1 incident waiting" in (await talk.answer("dee", "incidents")).text
    assert "The reason is kept" in (await talk.answer("dee", "incident 1 no report")).text
    await talk.says("dee", "incident 1 no report nobody can have read it", "direct-dee")
    row = await opened(talk)
    assert row.decision == "no_report"
    assert row.decided is not None
    assert await notes(talk, "incident_decided") == [{"who": "Dee Pritchard", "why": "nobody can have read it"}]
    line = await talk.told("jo", "Dee Pritchard decided that incident 1 .#1. is not to be reported", room="direct-jo")
    assert "nobody can have read it" not in line.text, "the reason is for information governance"
    assert "No incident waits" in (await talk.answer("dee", "incidents")).text


async def test_more_is_known_later_and_it_is_reported_after_all(talk: Talk) -> None:
    await out(talk)
    await recalled(talk)
    await talk.says("jo", "reason #1 personal data: a name from the wrong list", "direct-jo")
    assert await notes(talk, "incident_opened") == [{"who": "Jo Whitfield", "why": "a name from the wrong list"}]
    await talk.says("sam", "reason #1 personal data, it was in the newsletter as well", "direct-sam")
    await talk.told("dee", "Sam Okafor adds to incident 1 .#1.: it was in the newsletter", room="governance")
    await talk.says("dee", "incident 1 no report few people saw it", "direct-dee")
    assert "is not to be reported. If more" in (await talk.answer("dee", "incident 1 no report still few")).text
    await talk.says("dee", "incident 1 report it was copied", "direct-dee")
    assert (await opened(talk)).decision == "report"
    assert "decided already: it is to be reported" in (await talk.answer("dee", "incident 1 no report x")).text
    assert [note["why"] for note in await notes(talk, "incident_decided")] == ["few people saw it", "it was copied"]


async def test_a_reason_that_repeats_the_value_is_not_kept(talk: Talk) -> None:
    await out(talk)
    await recalled(talk)
    for words in ("reason #1 personal data", "reason #1"):
        refused = await talk.answer("jo", f"{words} it said {NHS}")
        assert "must not be kept in a record" in refused.text
    assert await talk.rows(IncidentRow) == []
    assert await talk.count("SELECT count(*) FROM audit_note WHERE text LIKE '%999 001%'") == 0


@pytest.mark.parametrize(
    ("words", "kept", "kind"),
    [
        ("reason #1 wrong", {"who": "Jo Whitfield"}, "wrong"),
        ("reason #1 wrong: it opens at ten", {"who": "Jo Whitfield", "why": "it opens at ten"}, "wrong"),
        ("reason #1 it opens at ten", {"who": "Jo Whitfield", "why": "it opens at ten"}, "other"),
    ],
)
async def test_other_reasons_are_kept_and_told_to_the_author(
    talk: Talk, words: str, kept: dict[str, str], kind: str
) -> None:
    await out(talk)
    await recalled(talk)
    assert "Thank you" in (await talk.answer("jo", words)).text
    assert await notes(talk, "recall_reason") == [kept]
    assert await talk.times("ama", "Jo Whitfield says about #1: it opens at ten") == ("why" in kept)
    assert await talk.count(f'SELECT count(*) FROM audit WHERE details LIKE \'%"kind":"{kind}"%\'') == 1
    assert await talk.rows(IncidentRow) == []


async def test_something_else_asks_for_words_and_a_vote_keeps_its_own_reason(talk: Talk) -> None:
    await out(talk)
    await talk.says("jo", "reason #1 it is true", "direct-jo")
    assert [note["why"] for note in await notes(talk, "reason")] == ["it is true"]
    await recalled(talk, "sam")
    asked = await talk.told("sam", "Why did you recall #1")
    await talk.person("sam").presses(asked.id, "Something else")
    await talk.settle()
    await talk.told("sam", "In your own words, please: reason #1 TEXT")
    assert await notes(talk, "recall_reason") == []


async def test_who_sees_and_decides_incidents(talk: Talk) -> None:
    await out(talk)
    await recalled(talk)
    await talk.says("jo", "reason #1 personal data", "direct-jo")
    for who, words in (("jo", "incidents"), ("sam", "incident 1 no report because")):
        assert "Only information governance" in (await talk.answer(who, words)).text
    assert "There is no incident 7" in (await talk.answer("dee", "incident 7 report it")).text
    assert "Is it to be reported?" in (await talk.answer("dee", "incident 1 perhaps")).text
    assert (await opened(talk)).decision is None


async def test_without_a_room_each_of_information_governance_is_told_and_without_anybody_comms(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await out(talk, "One.", "Two.")
    monkeypatch.setattr(type(talk.services), "governance_room", None)
    await recalled(talk, number=1)
    await talk.says("jo", "reason #1 personal data", "direct-jo")
    await talk.told("dee", "Incident 1: Jo Whitfield recalled #1", room="direct-dee")
    await talk.change("DELETE FROM role_grant WHERE role = 'information_governance'")
    await recalled(talk, number=2)
    await talk.says("jo", "reason #2 personal data", "direct-jo")
    await talk.told("sam", "nobody holds the role information governance", room="comms")
    assert await talk.times("dee", "Incident 2") == 0


@pytest.mark.parametrize(
    ("left", "line"),
    [(23, "23 hours left"), (5, "5 hours left"), (-3, "overdue by 3 hours"), (30, "")],
)
async def test_the_clock_is_told_once_each(talk: Talk, left: int, line: str) -> None:
    await out(talk)
    await recalled(talk)
    await talk.says("jo", "reason #1 personal data", "direct-jo")
    row = await opened(talk)
    shift = timedelta(hours=left, minutes=left > 0) - (row.deadline - talk.services.clock())
    async with talk.services.database.writing() as session:
        held = await session.get(IncidentRow, 1)
        assert held is not None
        held.deadline += shift
    assert await incidents.remind(talk.services) is bool(line)
    assert await incidents.remind(talk.services) is False
    await talk.settle()
    assert await talk.times("dee", r"• Incident 1, about #1") == bool(line)
    if line:
        await talk.told("dee", line, room="governance")
    await talk.says("dee", "incident 1 report it went out", "direct-dee")
    await talk.change("DELETE FROM told")
    assert await incidents.remind(talk.services) is False, "it is decided"


async def test_the_third_recall_within_ten_minutes_waits_for_somebody_else(talk: Talk) -> None:
    await out(talk, "One.", "Two.", "Three.")
    await recalled(talk, "jo", 1)
    await recalled(talk, "jo", 2)
    for _ in range(2):
        await talk.says("jo", "recall #3", "direct-jo")
    assert await talk.state(3) == "published"
    assert await talk.public() == ["Three."]
    assert await talk.times("jo", "I have not recalled #3") == 2
    ask = await talk.told("sam", "Jo Whitfield wants to recall #3", room="comms")
    assert await talk.times("sam", "wants to recall #3") == 1
    assert ask.buttons == ("Recall #3",)
    for who in ("jo", "ama", "gil", "dee"):
        await talk.reacts(who, "✅", ask)
    assert await talk.state(3) == "published", "neither who asked nor who may not recall"
    await talk.reacts("sam", "✅", ask)
    assert await talk.state(3) == "recalled"
    assert [one for one in await talk.evidence(3) if "recall" in one] == ["recall_asked", "recall"]


@pytest.mark.parametrize("how", ["button", "typed", "siren"])
async def test_somebody_else_agrees_in_any_way(talk: Talk, how: str) -> None:
    await out(talk, "One.", "Two.", "Three.")
    await recalled(talk, "jo", 1)
    await recalled(talk, "jo", 2)
    receipt = await talk.told("jo", "#3 is published:", room="comms")
    await talk.reacts("jo", "🚨", receipt)
    assert await talk.state(3) == "published"
    ask = await talk.told("sam", "Jo Whitfield wants to recall #3", room="comms")
    if how == "button":
        await talk.person("sam").presses(ask.id, "Recall #3")
        await talk.settle()
    elif how == "typed":
        await talk.says("sam", "recall #3")
    else:
        await talk.reacts("sam", "🚨", receipt)
    assert await talk.state(3) == "recalled"


async def test_what_a_suspended_person_asked_for_is_worth_nothing(talk: Talk) -> None:
    await out(talk, "One.", "Two.", "Three.")
    await out(talk, "Four.", "Five.", "Six.")
    for number, who in ((1, "jo"), (2, "jo"), (3, "sam"), (4, "sam")):
        await recalled(talk, who, number)
    for number in (5, 6):
        await talk.says("jo", f"recall #{number}", "direct-jo")
    await talk.says("sam", "recall #5", "direct-sam")
    assert await talk.state(5) == "recalled", "Jo asked, and Sam agrees"
    await talk.says("dee", "suspend Jo Whitfield", "direct-dee")
    await talk.says("sam", "recall #6", "direct-sam")
    assert await talk.state(6) == "published", "nobody else asked who may"
    await talk.told("jo", "Sam Okafor wants to recall #6", room="comms")


async def test_after_ten_minutes_one_person_is_enough_again(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await out(talk, "One.", "Two.", "Three.")
    await recalled(talk, "jo", 1)
    await recalled(talk, "jo", 2)
    monkeypatch.setattr("bot.announcements.recall_limits.WITHIN", timedelta(0))
    await recalled(talk, "jo", 3)
