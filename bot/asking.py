"""Who knows about X, asked in chat: follow-ups, another sense, an honest nobody, and a budget of names an hour."""

import re
from dataclasses import replace

from adapters.events import Button
from bot import asked, people
from bot.access import Role
from bot.announcements.holders import accounts, holders
from bot.asked import Before
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.people import Listed, short, today
from bot.services import place_of
from bot.turn import Turn, plain, privately
from bot.wording import say
from directory import glossary
from directory.answers import Answer, Choose, Found, Nobody, NotAQuestion
from directory.narrowing import DAYS, Narrowing
from directory.search import Finder
from directory.vocabulary import normal

OTHER, MEANT, POST = "who_other", "who_meant", "who_post"
"""What the buttons below an answer do; the next names have a button of their own."""

LONGEST_GAP = 5  # words of a term that is counted or proposed; longer ones are stories, which may tell of somebody


async def knows(turn: Turn, finder: Finder, question: str, skip: int = 0) -> Listed | None:
    """Answer a question, without the `skip` names that were told before; None when it is none."""
    if not skip:
        question = await _in_full(turn, finder, question)
    return await _answered(turn, finder, question, skip, ())


async def _in_full(turn: Turn, finder: Finder, question: str) -> str:
    """“anyone in Barnstaple?” after a question: that question again, with what is said now before it."""
    async with turn.services.database.reading() as session:
        said = await finder.narrowed(session, question, today(turn.services))
        earlier = await _earlier(turn) if said else None
    if said is None or earlier is None:
        return question
    parts = [f"anyone in {said.spot.name}"] if said.spot else []
    parts += ["someone senior"] if said.senior else []
    parts += [f"on {DAYS[said.day]}"] if said.day is not None else []
    return f"{', '.join(parts)}: {earlier.question}"


async def further(turn: Turn, finder: Finder) -> Listed | None:
    """`more` alone: the next names of the last answer here; None when there is none."""
    earlier = await _earlier(turn)
    if earlier is None or earlier.outcome != "answer":
        return None
    return await _answered(turn, finder, earlier.question, earlier.told, earlier.skipped)


async def other(turn: Turn, finder: Finder, _rest: str = "") -> Commit:
    """`not what I meant`: the next sense of the last question here."""
    earlier = await _earlier(turn)
    if earlier is None or earlier.outcome == "nobody":
        return privately(turn, say("people.no_question"))
    found = await _answered(turn, finder, earlier.question, 0, (*earlier.skipped, *earlier.offered))
    return await answer(turn, found) if found else privately(turn, say("people.no_question"))


async def meant(turn: Turn) -> Commit:
    """“That is what I meant”, below another sense: propose it to the admins as an entry of the glossary."""
    earlier = await _earlier(turn)
    if earlier is None or not earlier.skipped or not earlier.offered or not _is_term(earlier.topic):
        return privately(turn, say("people.thanks"))

    async def commit(desk: Desk) -> None:
        long = earlier.offered[0]
        if await glossary.add(desk.session, earlier.topic, long, desk.now, holds=False):
            await _tell_admins(desk, turn, say("people.proposed", short=short(earlier.topic), long=long))
        turn.confide(desk, plain(say("people.thanks")))

    return commit


async def post(turn: Turn) -> Commit:
    """Put the last question that nobody is listed for into the room for such questions."""
    room, earlier = turn.services.questions_room, await _earlier(turn)
    if room is None or earlier is None or earlier.outcome != "nobody":
        return privately(turn, say("people.no_question"))

    async def commit(desk: Desk) -> None:
        desk.letters.say(room, plain(say("people.posted", who=turn.person.name, topic=short(earlier.topic))))
        turn.confide(desk, plain(say("people.posted_told")))

    return commit


async def answer(turn: Turn, listed: Listed) -> Commit:
    """Answer with what names people, unless somebody was shown so many that it looks like copying the directory."""
    async with turn.services.database.reading() as session:
        seen = await asked.shown(session, turn.person.id or 0, turn.now)
    if seen >= asked.SHOWN_AN_HOUR:
        return privately(turn, say("people.budget"))
    told = await people.answer(turn, listed)

    async def commit(desk: Desk) -> None:
        await told(desk)
        await listed.besides(desk)
        person = turn.person.id or 0
        if listed.people and await asked.count_shown(desk.session, person, listed.people, desk.now):
            desk.record(Entry("many_looked_up", "directory", turn.person.key, {}, {"who": turn.person.name}))
            alert = say("people.budget_alert", who=turn.person.name, count=asked.SHOWN_AN_HOUR)
            await _tell_admins(desk, turn, alert)

    return commit


async def _answered(turn: Turn, finder: Finder, question: str, skip: int, skipped: tuple[str, ...]) -> Listed | None:
    wanted = Narrowing(skipped=skipped)
    found = await people.found(turn, finder, question, skip, wanted)
    if isinstance(found, NotAQuestion):
        return None
    place, thread = _where(turn)
    names = skip + len(found.matches) if isinstance(found, Answer) else 0
    kept = Before(question, _outcome(found), found.topic, skipped, _offered(found), names)

    async def besides(desk: Desk) -> None:
        await asked.keep(desk.session, place, thread, kept, desk.now)
        if isinstance(found, Nobody) and not skipped and _is_term(found.topic):
            term = normal(found.topic)
            asker = turn.services.keys.pseudonym(f"gap:{term}:{turn.person.id}")
            await asked.count_gap(desk.session, term, asker, desk.now)

    told = people.told(found, question, skip, wanted)
    return replace(told, buttons=_buttons(turn, found, skipped), besides=besides)


def _buttons(turn: Turn, found: Found, skipped: tuple[str, ...]) -> tuple[Button, ...]:
    match found:
        case Answer():
            buttons = (Button(OTHER, say("people.other_button"), OTHER),)
            return (*buttons, Button(MEANT, say("people.meant_button"), MEANT)) if skipped else buttons
        case Nobody() if turn.services.questions_room is not None:
            return (Button(POST, say("people.post_button"), POST),)
        case _:
            return ()


def _outcome(found: Found) -> str:
    return "answer" if isinstance(found, Answer) else "choose" if isinstance(found, Choose) else "nobody"


def _offered(found: Found) -> tuple[str, ...]:
    """The labels that an answer took the question to mean."""
    if isinstance(found, Answer):
        return (found.sense,)
    return tuple(hit.label for hit in found.skills) if isinstance(found, Choose) else ()


def _is_term(topic: str) -> bool:
    return 0 < len(re.findall(r"\w+", topic)) <= LONGEST_GAP


def _where(turn: Turn) -> tuple[str, str]:
    """The conversation that this belongs to: a thread of a room, or the whole of a direct conversation."""
    room, thread = place_of(turn.event.ref)
    alone = turn.direct or (turn.event.ref.thread is None and turn.is_button)
    return str(room), "" if alone else thread


async def _earlier(turn: Turn) -> Before | None:
    async with turn.services.database.reading() as session:
        return await asked.before(session, *_where(turn), turn.now)


async def _tell_admins(desk: Desk, turn: Turn, text: str) -> None:
    for admin in await holders(desk.session, turn.services, {Role.ADMIN}):
        for account in await accounts(desk.session, turn.services, admin):
            desk.letters.tell(account, plain(text))
