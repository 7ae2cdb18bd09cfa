"""Who knows about what, who is who, and teams: the directory asked from chat."""

from dataclasses import dataclass, replace
from datetime import date

from adapters.errors import Refused
from adapters.events import Button, ButtonPressed, CommandInvoked, Content, RoomKind
from bot.desk import Commit, Desk, nothing
from bot.services import Services
from bot.turn import Turn, privately, sent
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
from directory.holders import EVERYBODY
from directory.narrowing import Narrowing
from directory.search import Finder

SHOWN = 3
"""People named in one answer: enough to find somebody free, few enough to read."""

ALIKE = 5
"""People of a team, or of one name, in a room; Slack's people expect longer lists in parts."""

LATER = 20
"""People in each further part, which is for one person alone."""

LONGEST_AGAIN = 200
"""Characters of a question that may be typed again for the next part."""

MORE, SHARE = "more", "share"
"""The buttons under an answer: its next part, and showing it to the room."""


LONGEST_ECHO = 80
"""Characters of somebody's own words that an answer repeats."""


def short(words: str, most: int = LONGEST_ECHO) -> str:
    """Words on one line and no longer than `most`, to be repeated in an answer."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def today(services: Services) -> date:
    """The day it is at the organisation."""
    return services.clock().astimezone(services.zone).date()


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer as it is read. `asked` is the question, to be asked again.

    `next` is the number of the name that comes after its last, 0 when none does; `people` how many are named. `buttons`
    stand below it; `besides` is what is remembered of it, in the same commit.
    """

    text: str
    asked: str = ""
    next: int = 0
    people: int = 0
    buttons: tuple[Button, ...] = ()
    besides: Commit = nothing


async def found(turn: Turn, finder: Finder, question: str, skip: int, wanted: Narrowing) -> Found:
    """The answer to a question, without the `skip` names that were told before."""
    most = skip + (LATER if skip else SHOWN)
    async with turn.services.database.reading() as session:
        answer = await finder.answer(session, question, today(turn.services), most, wanted)
    return replace(answer, matches=answer.matches[skip:]) if isinstance(answer, Answer) else answer


def told(answer: Found, question: str, skip: int, wanted: Narrowing) -> Listed:
    """The answer to a question as it is read."""
    text = describe(answer, skip, wanted)
    if not isinstance(answer, Answer):
        return Listed(text)
    return _part(text, question, skip, len(answer.matches), answer.total)


async def named(turn: Turn, finder: Finder, name: str, skip: int = 0) -> Listed:
    """Say who somebody is."""
    if not name.strip():
        return Listed(say("people.who_is_empty"))
    most = skip + (LATER if skip else ALIKE)
    async with turn.services.database.reading() as session:
        found = await finder.who_is(session, name, today(turn.services), most)
    if not isinstance(found, SeveralPeople):
        return Listed(describe_person(found), people=1 if isinstance(found, OnePerson) else 0)
    told = replace(found, people=found.people[skip:])
    return _part(describe_person(told, skip), f"who is {name}", skip, len(told.people), found.total)


async def members(turn: Turn, finder: Finder, name: str, skip: int = 0) -> Listed:
    """Say who is in a team."""
    if not name.strip():
        return Listed(say("people.team_empty"))
    most = skip + (LATER if skip else ALIKE)
    async with turn.services.database.reading() as session:
        found = await finder.team(session, name, today(turn.services), most)
    if isinstance(found, NoSuchTeam):
        return Listed(describe_team(found))
    told = replace(found, people=found.people[skip:])
    return _part(describe_team(told, skip), f"team {name}", skip, len(told.people), found.total)


def _part(text: str, question: str, skip: int, people: int, total: int) -> Listed:
    """Part of a long answer, with how to ask for the next; what is too long to be typed again is not offered."""
    asked = " ".join(question.split())
    if len(asked) > LONGEST_AGAIN:
        return Listed(text, people=people)
    last = skip + people
    if last >= total:
        return Listed(text, asked, people=people)
    how = say("people.more_how", number=last + 1, asked=asked)
    return Listed(f"{text}\n{how}", asked, last + 1, people)


async def answer(turn: Turn, listed: Listed) -> Commit:
    """Answer where it was asked, but to this person alone where people of other organisations read."""
    more = (Button(MORE, say("people.more_button"), f"{listed.next} {listed.asked}"),) if listed.next else ()
    content = Content(listed.text, buttons=(*more, *listed.buttons))
    if turn.direct:
        return sent(turn, content)
    kind, shared = await _room(turn)
    if shared or isinstance(turn.event, ButtonPressed):
        return sent(turn, content, privately=True)
    if isinstance(turn.event, CommandInvoked) and listed.asked and kind is not RoomKind.DIRECT:
        # What follows a command is for whoever gave it; they may show it to the others.
        content = replace(content, buttons=(*content.buttons, Button(SHARE, say("people.share_button"), listed.asked)))
    return sent(turn, content)


async def share(turn: Turn, listed: Listed) -> Commit:
    """Show everybody in the room an answer that was for one person, who asks for that."""
    _, shared = await _room(turn)
    if shared:
        return privately(turn, say("people.not_shared"))
    text = say("people.shared", who=turn.person.name, asked=short(listed.asked), answer=listed.text)

    async def commit(desk: Desk) -> None:
        desk.letters.say(turn.event.ref.place, Content(text), thread=turn.event.ref.thread)

    return commit


async def _room(turn: Turn) -> tuple[RoomKind, bool]:
    """How many read the room, and whether people of other organisations do."""
    place = turn.event.ref.place
    try:
        room = await turn.services.chat(place.platform).room(place)
    except Refused:  # a room that the bot may not look at
        return RoomKind.OPEN, True
    return room.kind, room.shared


def describe(found: Found, skip: int = 0, wanted: Narrowing = EVERYBODY) -> str:
    """The answer to a question, as a person reads it; `skip` names were told before."""
    match found:
        case Answer():
            text = _people(found, skip)
        case Choose():
            text = say("people.choose", topic=short(found.topic), skills=listed([hit.label for hit in found.skills]))
        case Nobody():
            text = _nobody(found, wanted)
        case NotAQuestion():
            return say("people.not_a_question")
    return _repaired(found.repaired) + text


def _repaired(pairs: tuple[tuple[str, str], ...]) -> str:
    if not pairs:
        return ""
    words = [say("people.repair", typed=short(typed), read=read) for typed, read in pairs]
    return say("people.repaired", words=listed(words)) + "\n"


def _nobody(found: Nobody, wanted: Narrowing) -> str:
    text = say("people.nothing_else" if wanted.skipped else "people.nobody", topic=short(found.topic))
    if found.nearest:
        text += " " + say("people.nearest", skills=listed(list(found.nearest)))
    if found.team and found.manager:
        boss = found.manager
        text += " " + say("people.nearest_team", team=found.team, manager=boss.name, reach=_reach(boss))
    return text


def _people(found: Answer, skip: int) -> str:
    number = count(found.total, "colleague", "colleagues")
    lines = []
    if found.relaxed:
        lines.append(say(f"people.none.{found.relaxed}", place=found.where))
    if found.where and found.relaxed != "place":
        lines.append(say("people.found_there", topic=short(found.topic), count=number, place=found.where))
    else:
        lines.append(say("people.found", topic=short(found.topic), count=number))
    return "\n".join([*lines, *map(_match, found.matches), *_rest(found.total, skip, len(found.matches))])


def _rest(total: int, skip: int, shown: int) -> list[str]:
    """How many more there are after those shown, or that there is nobody to show any more."""
    if total > skip + shown:
        return [say("people.more", count=total - skip - shown)]
    return [] if shown else [say("people.no_more")]


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


def describe_person(found: OnePerson | SeveralPeople | NoSuchPerson, skip: int = 0) -> str:
    """Who somebody is, as a person reads it; of several, `skip` were told before."""
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
            rest = _rest(found.total, skip, len(found.people))
            return "\n".join([say("people.several", count=found.total), *names, *rest])
        case NoSuchPerson():
            text = say("people.no_such", name=short(found.name))
            return f"{text} {say('people.did_you_mean', names=listed(list(found.nearest)))}" if found.nearest else text


def _held(skill: Held) -> str:
    return f"{skill.skill} ({_level(skill.level)})" if skill.level else skill.skill


def describe_team(found: OneTeam | NoSuchTeam, skip: int = 0) -> str:
    """Who is in a team, as a person reads it; `skip` were told before."""
    if isinstance(found, NoSuchTeam):
        text = say("people.no_such_team", name=short(found.name))
        return f"{text} {say('people.did_you_mean', names=listed(list(found.nearest)))}" if found.nearest else text
    head = say("people.team", name=found.name, count=count(found.total, "person", "people"))
    lines = [say("people.team_line", name=one.name, job=one.job_title or say("people.no_job")) for one in found.people]
    return "\n".join([head, *lines, *_rest(found.total, skip, len(found.people))])
