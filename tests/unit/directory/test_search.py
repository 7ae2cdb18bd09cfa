"""Questions and answers, read as a table; hidden people change nothing that anybody sees. On both databases."""

from dataclasses import dataclass
from typing import Any

import pytest

from config.database import Database
from directory import load, privacy
from directory.answers import (
    Answer,
    Choose,
    Nobody,
    NoSuchPerson,
    NoSuchTeam,
    NotAQuestion,
    OnePerson,
    OneTeam,
    SeveralPeople,
)
from directory.search import Finder
from tests.unit.directory.council import COUNCIL, HEADER, NOW, TODAY, loaded

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True)
class Says:
    """What a question must be answered with."""

    kind: type
    first: str = ""
    person: str = ""
    why: str = ""


DIALOGUES: dict[str, Says] = {
    "who knows about flood mapping?": Says(Answer, "Flood mapping", "Priya Raman", "exact"),
    "Flood Mapping": Says(Answer, "Flood mapping", "Priya Raman", "exact"),
    "does anyone here know anything about mapping floods please": Says(Answer, "Flood mapping", "Priya Raman", "words"),
    "who knows about floood maping?": Says(Answer, "Flood mapping", "Priya Raman", "repaired"),
    "anyone any good with QGIS": Says(Answer, "QGIS", "Owen Llewellyn", "exact"),
    "employee relations - who can help?": Says(Answer, "HR casework / employee relations", "Sade"),
    "who knows HR": Says(Answer, "HR casework / employee relations", "Sade"),
    "can anybody translate into welsh": Says(Answer, "Welsh translation", "Siân Gwynne"),
    "who knows about planning": Says(Choose),
    "who knows about the contact centre?": Says(Answer, "Contact centre", "John Smith", "exact"),
    "contact centre": Says(Answer, "Contact centre", "John Smith", "exact"),
    "anyone doing town planning?": Says(Answer, "Town planning", "Olwen Price", "exact"),
    "who knows town planning": Says(Answer, "Town planning", "Olwen Price", "exact"),
    "emergncy planning": Says(Answer, "Emergency planning", "Fergus Dunmore"),
    # False friends and honest nobodies.
    "anyone know Java?": Says(Nobody),
    "who knows about GIST": Says(Nobody),
    "who knows R": Says(Nobody),
    "who can drive a forklift": Says(Nobody),
    "who knows about nuclear decommissioning": Says(Nobody),
    # People who may not be seen.
    "who knows about beekeeping": Says(Nobody),
    "who knows about beekeping": Says(Nobody),
    "who knows about falconry": Says(Nobody),
    # Not meant for us.
    "": Says(NotAQuestion),
    "👍": Says(NotAQuestion),
    "Thanks, that is really helpful": Says(NotAQuestion),
    "who knows when the lift will be fixed": Says(NotAQuestion),
    "God knows why the printer does that": Says(NotAQuestion),
    "I know about QGIS now, add it to my skills": Says(NotAQuestion),
    "when is the next pay day?": Says(NotAQuestion),
}


async def ask(database: Database, question: str, finder: Finder | None = None) -> Any:
    async with database.reading() as session:
        return await (finder or Finder()).answer(session, question, TODAY)


async def test_dialogues(database: Database) -> None:
    await loaded(database)
    finder = Finder()
    wrong = []
    for question, wanted in DIALOGUES.items():
        found = await ask(database, question, finder)
        told = [type(found)]
        if wanted.first:
            told.append(found.skills[0].label)
        if wanted.person:
            told.append(found.matches[0].person.name)
        if wanted.why:
            told.append(found.matches[0].why.code)
        expected = [part for part in (wanted.kind, wanted.first, wanted.person, wanted.why) if part]
        if told != expected:
            wrong.append((question, told, expected))
    assert DIALOGUES
    assert wrong == []


async def test_repairs_and_counts_are_told(database: Database) -> None:
    await loaded(database)
    found = await ask(database, "floood mapping")
    assert found.repaired == (("floood", "flood"),)
    assert found.matches[0].why.params == {"typed": "floood", "read": "flood"}
    assert (found.total, [match.person.name for match in found.matches]) == (2, ["Priya Raman", "Owen Llewellyn"])


async def test_level_first_then_freshness_then_what_has_run_out(database: Database) -> None:
    text = f"""{HEADER}
1,Old Expert,a@b.example,,,,,2020-01-01,,,,First aid (4)
2,Fresh Expert,b@b.example,,,,,2026-01-01,,,,First aid (4)
3,Fresh Learner,c@b.example,,,,,2026-11-01,,,,First aid (1)
4,No Level,d@b.example,,,,,2026-11-01,,,,First aid
"""
    await loaded(database, text)
    found = await ask(database, "first aid")
    assert [match.person.name for match in found.matches] == ["Fresh Expert", "Old Expert", "Fresh Learner", "No Level"]
    await loaded(
        database,
        text.replace(
            "2,Fresh Expert,b@b.example,,,,,2026-01-01,,,,First aid (4)",
            "2,Fresh Expert,b@b.example,,,,,2026-01-01,,,,First aid - expires 2024 (4)",
        ),
    )
    found = await ask(database, "first aid")
    assert found.matches[-1].person.name == "Fresh Expert"


async def test_the_last_day_is_worked_and_then_she_is_gone(database: Database) -> None:
    head = "name,email,leaving date,skills\n"
    await loaded(database, f"{head}Ama,a@b.example,2026-11-23,Knitting (4)\nJo,j@b.example,2026-11-22,Knitting (4)\n")
    found = await ask(database, "knitting")
    assert [match.person.name for match in found.matches] == ["Ama"]


async def test_a_new_load_is_answered_from_at_once_and_undo_too(database: Database) -> None:
    await loaded(database)
    finder = Finder()
    assert isinstance(await ask(database, "bat surveys", finder), Nobody)
    batch = await loaded(database, f"{HEADER}\n020,Renée Étienne,renee@b.example,,,,,,,,,Bat surveys (4)\n")
    assert (await ask(database, "bat surveys", finder)).matches[0].person.name == "Renée Étienne"
    async with database.writing() as session:
        await load.undo(session, batch)
    assert isinstance(await ask(database, "bat surveys", finder), Nobody)


async def test_an_empty_directory_answers(database: Database) -> None:
    assert isinstance(await ask(database, "who knows about flood mapping"), Nobody)


async def test_a_message_of_forty_thousand_characters_is_cut_short(database: Database) -> None:
    await loaded(database)
    long = "flod " * 8000
    finder = Finder()
    found = await ask(database, f"who knows about flood mapping {long}", finder)
    async with database.reading() as session:
        person = await finder.who_is(session, long, TODAY)
        team = await finder.team(session, long, TODAY)
    assert len(found.topic) <= 500
    assert isinstance(person, NoSuchPerson)
    assert isinstance(team, NoSuchTeam)
    assert max(len(person.name), len(team.name)) <= 100


WHO_IS: dict[str, tuple[type, str]] = {
    "Owen Llewellyn": (OnePerson, "Owen Llewellyn"),
    "owen": (OnePerson, "Owen Llewellyn"),
    "LLEWELLYN OWEN": (OnePerson, "Owen Llewellyn"),
    "tom oneill": (OnePerson, "Tom O'Neill"),
    "Tom O’Neill": (OnePerson, "Tom O'Neill"),
    "sian gwynne": (OnePerson, "Siân Gwynne"),
    "Sade": (OnePerson, "Sade"),
    "PRIYA@b.example": (OnePerson, "Priya Raman"),
    "john smith": (SeveralPeople, "John Smith"),
    "owen lewellyn": (NoSuchPerson, "Owen Llewellyn"),
    "Hidden Hannah": (NoSuchPerson, ""),
    "hiden hannah": (NoSuchPerson, ""),
    "Left Lloyd": (NoSuchPerson, ""),
    "wen": (NoSuchPerson, ""),
    "%": (NoSuchPerson, ""),
    "": (NoSuchPerson, ""),
}


async def test_who_is(database: Database) -> None:
    await loaded(database)
    wrong = []
    for name, (kind, wanted) in WHO_IS.items():
        async with database.reading() as session:
            found = await Finder().who_is(session, name, TODAY)
        match found:
            case OnePerson():
                told = found.person.name
            case SeveralPeople():
                told = found.people[0].name
            case NoSuchPerson():
                told = found.nearest[0] if found.nearest else ""
        if (type(found), told) != (kind, wanted):
            wrong.append((name, found))
    assert WHO_IS
    assert wrong == []


async def test_who_is_tells_skills_and_manager(database: Database) -> None:
    await loaded(database)
    async with database.reading() as session:
        owen = await Finder().who_is(session, "owen", TODAY)
        johns = await Finder().who_is(session, "john smith", TODAY, limit=1)
    assert isinstance(owen, OnePerson)
    assert owen.manager == "Nia Prosser"
    assert [(skill.skill, skill.level) for skill in owen.skills] == [("QGIS", 4), ("Flood mapping", 3)]
    assert isinstance(johns, SeveralPeople)
    assert (len(johns.people), johns.total) == (1, 2)


TEAMS: dict[str, tuple[type, str, int]] = {
    "Mapping": (OneTeam, "Mapping", 2),
    "the mapping team": (OneTeam, "Mapping", 2),
    "digital": (OneTeam, "Digital", 3),
    "Digital service": (OneTeam, "Digital", 3),
    "maping": (OneTeam, "Mapping", 2),
    "welsh": (OneTeam, "Welsh Language", 1),
    "Registration": (NoSuchTeam, "", 0),
    "Care": (NoSuchTeam, "", 0),
    "astronauts": (NoSuchTeam, "", 0),
    "": (NoSuchTeam, "", 0),
}


async def test_teams(database: Database) -> None:
    await loaded(database)
    wrong = []
    for name, wanted in TEAMS.items():
        async with database.reading() as session:
            found = await Finder().team(session, name, TODAY)
        told = (OneTeam, found.name, found.total) if isinstance(found, OneTeam) else (NoSuchTeam, "", 0)
        if told != wanted:
            wrong.append((name, found))
    assert TEAMS
    assert wrong == []


SECRET = "Hidden Hannah,hannah@b.example,Registrar,Registration,Culture,nia@b.example"
PROBES = (
    "beekeeping",
    "beekeping",
    "who knows about bees and beekeeping law",
    "registration",
    "flood mapping",
    "planning",
    "hanah",
)


async def everything_said(database: Database) -> list[object]:
    finder = Finder()
    said: list[object] = []
    async with database.reading() as session:
        for probe in PROBES:
            said.append(await finder.answer(session, probe, TODAY))
            said.append(await finder.who_is(session, probe, TODAY))
            said.append(await finder.team(session, probe, TODAY))
        for name in ("nia prosser", "hannah", "hidden hannah", "hannah@b.example", "culture"):
            said.append(await finder.who_is(session, name, TODAY))
            said.append(await finder.team(session, name, TODAY))
    return said


@pytest.mark.parametrize("how", ["not contactable", "left", "opted out", "erased"])
async def test_a_hidden_person_leaves_no_trace(database: Database, how: str) -> None:
    lines = COUNCIL.splitlines()
    rest = [line for line in lines if "Hannah" not in line]
    flags = {"not contactable": "no,no", "left": "yes,yes"}.get(how, "yes,no")
    # The last row, so that the others have the same numbers in both worlds.
    hannah = f"099,{SECRET},2026-02-01,{flags},,Beekeeping (4); Flood mapping (4); Secret planning (4)"
    await loaded(database, "\n".join(rest))
    without = await everything_said(database)
    await loaded(database, "\n".join([*rest, hannah]))
    if how in {"opted out", "erased"}:
        reason = privacy.ERASED if how == "erased" else privacy.OPTED_OUT
        assert await everything_said(database) != without
        async with database.reading() as session:
            found = await Finder().who_is(session, "hannah@b.example", TODAY)
        assert isinstance(found, OnePerson)
        async with database.writing() as session:
            await privacy.suppress(session, found.person.person_id, reason, NOW)
    assert await everything_said(database) == without
