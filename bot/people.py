"""Who knows about what, who is who, and teams: the directory asked from chat."""

from datetime import date

from adapters.errors import Refused
from bot.desk import Commit
from bot.services import Services
from bot.turn import Turn, openly, privately
from bot.wording import count, listed, say
from directory.answers import (
    Answer,
    Choose,
    Contact,
    Found,
    Held,
    Match,
    Nobody,
    NoSuchPerson,
    NoSuchTeam,
    NotAQuestion,
    OnePerson,
    OneTeam,
    SeveralPeople,
)
from directory.search import Finder

SHOWN = 3
"""People named in one answer: enough to find somebody free, few enough to read."""


LONGEST_ECHO = 80
"""Characters of somebody's own words that an answer repeats."""


def short(words: str, most: int = LONGEST_ECHO) -> str:
    """Words on one line and no longer than `most`, to be repeated in an answer."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def today(services: Services) -> date:
    """The day it is at the organisation."""
    return services.clock().astimezone(services.zone).date()


async def who_knows(turn: Turn, finder: Finder, question: str) -> Commit | None:
    """Answer a question; None when it is none, so that the caller can say what it can do."""
    async with turn.services.database.reading() as session:
        found = await finder.answer(session, question, today(turn.services), SHOWN)
    if isinstance(found, NotAQuestion):
        return None
    return await _among_staff(turn, describe(found))


async def who_is(turn: Turn, finder: Finder, name: str) -> Commit:
    """Say who somebody is."""
    if not name.strip():
        return openly(turn, say("people.who_is_empty"))
    async with turn.services.database.reading() as session:
        found = await finder.who_is(session, name, today(turn.services))
    return await _among_staff(turn, describe_person(found))


async def team(turn: Turn, finder: Finder, name: str) -> Commit:
    """Say who is in a team."""
    if not name.strip():
        return openly(turn, say("people.team_empty"))
    async with turn.services.database.reading() as session:
        found = await finder.team(session, name, today(turn.services))
    return await _among_staff(turn, describe_team(found))


async def _among_staff(turn: Turn, text: str) -> Commit:
    """Answer where it was asked, but to this person alone where people of other organisations read."""
    if turn.direct:
        return openly(turn, text)
    place = turn.event.ref.place
    try:
        shared = (await turn.services.chat(place.platform).room(place)).shared
    except Refused:  # a room that the bot may not look at
        shared = True
    return privately(turn, text) if shared else openly(turn, text)


def describe(found: Found) -> str:
    """The answer to a question, as a person reads it."""
    match found:
        case Answer():
            text = _people(found)
        case Choose():
            text = say("people.choose", topic=short(found.topic), skills=listed([hit.label for hit in found.skills]))
        case Nobody():
            text = say("people.nobody", topic=short(found.topic))
            if found.nearest:
                text += " " + say("people.nearest", skills=listed(list(found.nearest)))
        case NotAQuestion():
            return say("people.not_a_question")
    return _repaired(found.repaired) + text


def _repaired(pairs: tuple[tuple[str, str], ...]) -> str:
    if not pairs:
        return ""
    words = [say("people.repair", typed=short(typed), read=read) for typed, read in pairs]
    return say("people.repaired", words=listed(words)) + "\n"


def _people(found: Answer) -> str:
    head = say("people.found", topic=short(found.topic), count=count(found.total, "colleague", "colleagues"))
    more = found.total - len(found.matches)
    lines = [head, *[_match(match) for match in found.matches]]
    if more > 0:
        lines.append(say("people.more", count=more))
    return "\n".join(lines)


def _match(match: Match) -> str:
    because = say(f"people.because.{match.why.code}", **{"skill": match.skill, **match.why.params})
    details = [because, _level(match.level), _freshness(match.reviewed)]
    return say(
        "people.match",
        name=match.person.name,
        job=_job(match.person),
        because=", ".join(part for part in details if part),
        reach=_reach(match.person),
    )


def _level(level: int | None) -> str:
    return say(f"people.level.{level}") if level else ""


def _freshness(reviewed: date | None) -> str:
    return say("people.reviewed", month=f"{reviewed:%B %Y}") if reviewed else say("people.never_reviewed")


def _job(person: Contact) -> str:
    parts = [part for part in (person.job_title, person.team or person.service) if part]
    return ", ".join(parts) or say("people.no_job")


def _reach(person: Contact) -> str:
    parts = [part for part in (person.email, person.location, person.working_days) if part]
    return " · ".join(parts) or say("people.no_reach")


def describe_person(found: OnePerson | SeveralPeople | NoSuchPerson) -> str:
    """Who somebody is, as a person reads it."""
    match found:
        case OnePerson():
            lines = [say("people.one", name=found.person.name, job=_job(found.person), reach=_reach(found.person))]
            if found.manager:
                lines.append(say("people.manager", manager=found.manager))
            if found.skills:
                lines.append(say("people.skills", skills=listed([_held(skill) for skill in found.skills])))
            return "\n".join(lines)
        case SeveralPeople():
            names = [
                say("people.several_line", name=one.name, job=_job(one), reach=_reach(one)) for one in found.people
            ]
            return "\n".join([say("people.several", count=found.total), *names])
        case NoSuchPerson():
            text = say("people.no_such", name=short(found.name))
            return f"{text} {say('people.did_you_mean', names=listed(list(found.nearest)))}" if found.nearest else text


def _held(skill: Held) -> str:
    return f"{skill.skill} ({_level(skill.level)})" if skill.level else skill.skill


def describe_team(found: OneTeam | NoSuchTeam) -> str:
    """Who is in a team, as a person reads it."""
    if isinstance(found, NoSuchTeam):
        text = say("people.no_such_team", name=short(found.name))
        return f"{text} {say('people.did_you_mean', names=listed(list(found.nearest)))}" if found.nearest else text
    head = say("people.team", name=found.name, count=count(found.total, "person", "people"))
    lines = [say("people.team_line", name=one.name, job=one.job_title or say("people.no_job")) for one in found.people]
    more = found.total - len(found.people)
    return "\n".join([head, *lines, *([say("people.more", count=more)] if more > 0 else [])])
