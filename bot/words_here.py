"""The organisation's own words, and what nobody is listed for: for admins."""

import re

from adapters.events import Button, Content
from bot import asked
from bot.access import Action, may
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.people import short
from bot.turn import Turn, plain, privately
from bot.wording import count, say
from directory import glossary
from directory.search import Finder

MEANS = re.compile(
    r"\s*[“\"']?(?P<short>[^“”\"\n]{1,40}?)[”\"']?\s+means\s+[“\"']?(?P<long>[^“”\"\n]{2,80}?)[”\"'.]*\s*$"
)
YES, NO = "word_yes", "word_no"
PROPOSALS = 5  # shown with buttons at a time


async def means(turn: Turn, text: str) -> Commit | None:
    """“FOI means Freedom of Information”, said by an admin; None when it is nothing of the kind."""
    found = MEANS.match(text)
    if found is None or not may(turn.person.roles, Action.GLOSSARY):
        return None
    return await agreed(turn, found["short"].strip(), found["long"].strip())


async def agreed(turn: Turn, brief: str, long: str) -> Commit:
    """Put an entry into the glossary."""

    async def commit(desk: Desk) -> None:
        changed = await glossary.add(desk.session, brief, long, desk.now, holds=True)
        if changed:
            desk.record(Entry("word_agreed", "glossary", turn.person.key, {}, {"short": brief, "long": long}))
        code = "people.word_agreed" if changed else "people.word_known"
        turn.confide(desk, plain(say(code, short=short(brief), long=short(long))))

    return commit


async def forgotten(turn: Turn, _finder: Finder, rest: str) -> Commit:
    """`forget word X`: take an entry or a proposal away."""

    async def commit(desk: Desk) -> None:
        gone = await glossary.remove(desk.session, rest)
        if gone:
            desk.record(Entry("word_forgotten", "glossary", turn.person.key, {}, {"short": short(rest)}))
        turn.confide(desk, plain(say("people.word_gone" if gone else "people.word_unknown", short=short(rest))))

    return commit


async def listed(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    """`glossary`: the entries, and the proposals with a button to agree to each."""
    async with turn.services.database.reading() as session:
        held, proposed = await glossary.entries(session)
    lines = [say("people.glossary", count=count(len(held), "entry", "entries"))]
    lines += [say("people.glossary_line", short=one.short, long=one.long) for one in held]
    buttons: list[Button] = []
    if proposed:
        lines.append(say("people.glossary_proposed"))
        lines += [say("people.glossary_line", short=one.short, long=one.long) for one in proposed[:PROPOSALS]]
        for one in proposed[:PROPOSALS]:
            buttons += [
                Button(YES, say("people.word_yes", short=short(one.short, 30)), one.key),
                Button(NO, say("people.word_no", short=short(one.short, 30)), one.key),
            ]

    async def commit(desk: Desk) -> None:
        turn.confide(desk, Content("\n".join(lines), buttons=tuple(buttons)))

    return commit


async def answered(turn: Turn, finder: Finder, key: str, *, yes: bool) -> Commit:
    """A proposal was agreed to or not."""
    if not may(turn.person.roles, Action.GLOSSARY):
        return privately(turn, say("refuse.action.glossary"))
    async with turn.services.database.reading() as session:
        _, proposed = await glossary.entries(session)
    found = next((one for one in proposed if one.key == key), None)
    if found is None:
        return privately(turn, say("people.word_unknown", short=short(key)))
    return await agreed(turn, found.short, found.long) if yes else await forgotten(turn, finder, found.short)


async def gaps(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    """`gaps`: what at least three people asked for and nobody is listed for."""
    async with turn.services.database.reading() as session:
        found = await asked.gaps(session)
    lines = [say("people.gap", term=term, count=count(number, "person", "people")) for term, number in found]
    return privately(turn, "\n".join([say("people.gaps" if lines else "people.no_gaps"), *lines]))
