"""What people can say to the bot: one table of words, help, who may, and handler. Help is printed from it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import chain

from adapters.events import Attachment, CommandInvoked, MessageReceived
from bot import asking, people, staff_file, words_here
from bot.access import Action, may
from bot.announcements import (
    answering,
    clearing,
    correcting,
    drafting,
    explain,
    form,
    incidents,
    later_review,
    recall_reasons,
    recalling,
    scheduling,
    typed,
    voting,
)
from bot.desk import Commit, nothing
from bot.protocol.model import Vote
from bot.roles import granting, listing, requests, suspending, watching
from bot.turn import Turn, privately
from bot.wording import known, say
from directory.search import Finder

Handler = Callable[[Turn, Finder, str], Awaitable[Commit]]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to say: `words` begin the message, `code` names its help, `action` who may, `handler` does it."""

    words: tuple[str, ...]
    code: str
    action: Action
    handler: Handler


def _files(turn: Turn) -> tuple[Attachment, ...]:
    return turn.event.files if isinstance(turn.event, MessageReceived | CommandInvoked) else ()


async def _announce(turn: Turn, _finder: Finder, rest: str) -> Commit:
    if isinstance(turn.event, CommandInvoked) and not (rest or turn.event.files):
        return await form.opened(turn)
    return await drafting.submit(turn, rest, _files(turn))


Numbered = Callable[[Turn, int, str], Awaitable[Commit]]


def _about(word: str, handler: Numbered) -> Handler:
    """The handler of a command that names an announcement; without a number it says how to give one."""

    async def run_it(turn: Turn, _finder: Finder, rest: str) -> Commit:
        number, words = split_number(rest)
        return await handler(turn, number, words) if number else privately(turn, say("help.needs_number", word=word))

    return run_it


def _plainly(handler: Callable[[Turn, int], Awaitable[Commit]]) -> Numbered:
    """What needs the number alone."""

    async def run_it(turn: Turn, number: int, _words: str) -> Commit:
        return await handler(turn, number)

    return run_it


def _vote(kind: Vote) -> Numbered:
    async def run_it(turn: Turn, number: int, words: str) -> Commit:
        return await typed.vote(turn, number, words, kind)

    return run_it


def _unclear(*, there: bool) -> Numbered:
    async def run_it(turn: Turn, number: int, words: str) -> Commit:
        return await clearing.typed(turn, number, words, there=there)

    return run_it


async def _correct(turn: Turn, number: int, words: str) -> Commit:
    return await correcting.correct(turn, number, words, _files(turn))


async def _resume(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, _ = split_number(rest)
    return await scheduling.resume(turn, number) if number else await scheduling.resume_all(turn)


async def _not_me(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, _ = split_number(rest)
    return await voting.not_me(turn, number or await voting.last_approved(turn))


async def _pause(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    return await scheduling.pause(turn)


async def _queue(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    return await scheduling.queue(turn)


async def _incidents(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    return await incidents.listed(turn)


async def _incident(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, words = split_number(rest)
    return await incidents.decide(turn, number, words) if number else await incidents.listed(turn)


Lister = Callable[[Turn, Finder, str, int], Awaitable[people.Listed | None]]


async def _knows(turn: Turn, finder: Finder, rest: str, skip: int) -> people.Listed | None:
    return await asking.knows(turn, finder, f"who knows about {rest}", skip)


LISTERS: dict[str, Lister] = {"who_knows": _knows, "who_is": people.named, "team": people.members}
"""What names people, by the code of its command."""


def _lists(code: str) -> Handler:
    async def run_it(turn: Turn, finder: Finder, rest: str) -> Commit:
        found = await LISTERS[code](turn, finder, rest, 0)
        return await asking.answer(turn, found) if found else privately(turn, say("people.not_a_question"))

    return run_it


async def _listed(turn: Turn, finder: Finder, words: str, skip: int) -> people.Listed | None:
    """The answer to whatever names people; None for what does not."""
    chosen = find(words)
    if chosen is None:
        return await asking.knows(turn, finder, words, skip)
    lister = LISTERS.get(chosen[0].code)
    return await lister(turn, finder, chosen[1], skip) if lister else None


async def _more(turn: Turn, finder: Finder, rest: str) -> Commit:
    first, words = split_number(rest)
    skip = min(max(0, first - 1), MOST_SKIPPED)
    found = await _listed(turn, finder, words, skip) if words else None if first else await asking.further(turn, finder)
    return await asking.answer(turn, found) if found else privately(turn, say("people.more_empty"))


async def share(turn: Turn, finder: Finder, words: str) -> Commit:
    """Show the room an answer that only this person has seen."""
    if not may(turn.person.roles, Action.ASK):
        return privately(turn, say("refuse.action.other"))
    found = await _listed(turn, finder, words, 0)
    return await people.share(turn, found) if found else nothing


async def _undo(turn: Turn, _finder: Finder, rest: str) -> Commit:
    return await staff_file.undo(turn, rest)


async def _load_file(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    return await staff_file.answered_in_words(turn, Vote.APPROVE)


async def _forget_file(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    return await staff_file.answered_in_words(turn, Vote.REJECT)


async def _confirm_role(turn: Turn, _finder: Finder, rest: str) -> Commit:
    return await requests.answered(turn, split_number(rest)[0], Vote.APPROVE)


async def _refuse_role(turn: Turn, _finder: Finder, rest: str) -> Commit:
    return await requests.answered(turn, split_number(rest)[0], Vote.REJECT)


async def _help(turn: Turn, _finder: Finder, rest: str) -> Commit:
    return privately(turn, help_text(turn, rest))


MOST_SKIPPED = 10_000
"""Names that can have been told before."""

EVERYDAY = "everyday"
TOPICS: dict[str, tuple[Command, ...]] = {
    EVERYDAY: (
        Command(("who knows about", "who knows"), "who_knows", Action.ASK, _lists("who_knows")),
        Command(("who is", "who's"), "who_is", Action.ASK, _lists("who_is")),
        Command(("team",), "team", Action.ASK, _lists("team")),
        Command(("announce", "announcement"), "announce", Action.DRAFT, _announce),
        Command(("help", "hello", "hi", "?"), "help", Action.ASK, _help),
    ),
    "asking": (
        Command(("more",), "more", Action.ASK, _more),
        Command(("not what I meant", "that's not what I meant"), "other", Action.ASK, asking.other),
    ),
    "announcing": (
        Command(("edit",), "edit", Action.DRAFT, _about("edit", drafting.edit)),
        Command(("redact",), "redact", Action.DRAFT, _about("redact", _plainly(drafting.redact))),
        Command(("schedule",), "schedule", Action.DRAFT, _about("schedule", scheduling.schedule)),
        Command(("cancel",), "cancel", Action.DRAFT, _about("cancel", _plainly(recalling.cancel))),
        Command(("renew",), "renew", Action.DRAFT, _about("renew", _plainly(scheduling.renew))),
        Command(("queue",), "queue", Action.DRAFT, _queue),
    ),
    "approving": (
        Command(("approve",), "approve", Action.APPROVE, _about("approve", _vote(Vote.APPROVE))),
        Command(("reject",), "reject", Action.APPROVE, _about("reject", _vote(Vote.REJECT))),
        Command(("changes",), "changes", Action.APPROVE, _about("changes", _vote(Vote.REQUEST_CHANGES))),
        Command(("hold",), "hold", Action.APPROVE, _about("hold", _vote(Vote.HOLD))),
        Command(("acknowledge",), "acknowledge", Action.APPROVE, _about("acknowledge", _vote(Vote.ACKNOWLEDGE))),
        Command(("reason",), "reason", Action.DRAFT, _about("reason", recall_reasons.give)),
        Command(("withdraw",), "withdraw", Action.DRAFT, _about("withdraw", _plainly(voting.take_back))),
        Command(("not me",), "not_me", Action.DRAFT, _not_me),
    ),
    "pausing": (
        Command(("pause",), "pause", Action.APPROVE, _pause),
        Command(("resume",), "resume", Action.APPROVE, _resume),
        Command(("now",), "now", Action.APPROVE, _about("now", _plainly(scheduling.now))),
        Command(("reviewed",), "reviewed", Action.APPROVE, _about("reviewed", _plainly(later_review.signed_off))),
    ),
    "published": (
        Command(("why",), "why", Action.EXPLAIN, _about("why", _plainly(explain.why))),
        Command(("correct",), "correct", Action.DRAFT, _about("correct", _correct)),
        Command(("recall",), "recall", Action.RECALL, _about("recall", _plainly(recalling.recall))),
        Command(("retry",), "retry", Action.APPROVE, _about("retry", _plainly(voting.try_again))),
        Command(("there",), "there", Action.APPROVE, _about("there", _unclear(there=True))),
        Command(("again",), "again", Action.APPROVE, _about("again", _unclear(there=False))),
        Command(("incidents",), "incidents", Action.DECIDE_INCIDENT, _incidents),
        Command(("incident",), "incident", Action.DECIDE_INCIDENT, _incident),
    ),
    "posting": (
        Command(("done",), "done", Action.ASK, _about("done", answering.done)),
        Command(("cannot", "can't"), "cannot", Action.ASK, _about("cannot", answering.cannot)),
        Command(("gone",), "gone", Action.ASK, _about("gone", answering.gone)),
    ),
    "roles": (
        Command(("suspend",), "suspend", Action.SUSPEND, suspending.suspend),
        Command(("restore",), "restore", Action.RESTORE, suspending.restore),
        Command(("grant",), "grant", Action.GRANT, granting.grant),
        Command(("revoke",), "revoke", Action.REVOKE, granting.revoke),
        Command(("confirm role",), "confirm_role", Action.RESTORE, _confirm_role),
        Command(("refuse role",), "refuse_role", Action.RESTORE, _refuse_role),
        Command(("roles",), "roles", Action.SEE_ROLES, listing.roles),
        Command(("pairs",), "pairs", Action.SEE_PAIRS, watching.told),
    ),
    "loading": (
        Command(("load file",), "load_file", Action.LOAD, _load_file),
        Command(("forget file",), "forget_file", Action.LOAD, _forget_file),
        Command(("undo load", "undo"), "undo_load", Action.LOAD, _undo),
        Command(("glossary",), "glossary", Action.GLOSSARY, words_here.listed),
        Command(("forget word",), "forget_word", Action.GLOSSARY, words_here.forgotten),
        Command(("gaps",), "gaps", Action.GLOSSARY, words_here.gaps),
    ),
}
"""What can be said, by topic. `help` tells the everyday ones in full and names the others; `help TOPIC` tells those.

Whoever may not do the first of a topic is not shown that topic.
"""

COMMANDS: tuple[Command, ...] = tuple(command for topic in TOPICS.values() for command in topic)


def find(text: str) -> tuple[Command, str] | None:
    """The command a message begins with, and the rest of it; the longest words win."""
    best: tuple[Command, str] | None = None
    longest = 0
    typed = text.replace("’", "'")  # as a telephone writes it; as long as the text, so places agree
    for command in COMMANDS:
        for words in command.words:
            match = re.match(rf"{re.escape(words)}(?![\w'])[\s:,]*", typed, re.IGNORECASE)
            if match and len(words) > longest:
                best, longest = (command, text[match.end() :].strip()), len(words)
    return best


def split_number(rest: str) -> tuple[int, str]:
    """`#12 some words` as 12 and the words; 0 when no number stands there."""
    match = re.match(r"#?(\d{1,9})(?![\w]|[.,:]\d)[\s:,.?!]*", rest)
    return (int(match.group(1)), rest[match.end() :].strip()) if match else (0, rest)


def help_text(turn: Turn, about: str = "") -> str:
    """What this person can say here: the everyday things and a list of topics, or one topic or command."""
    roles = turn.person.roles
    mine = {
        name: [one for one in topic if may(roles, one.action)]
        for name, topic in TOPICS.items()
        if may(roles, topic[0].action)
    }
    asked = " ".join(re.sub(r"[?!.]+", " ", about).lower().split())
    if asked in mine:
        return "\n".join([f"{_title(asked)}:", *map(_line, mine[asked]), *_besides(asked)])
    one = [_line(command) for command in chain(*mine.values()) if asked in map(str.lower, command.words)]
    if one:
        return "\n".join(one)
    everyday = mine.pop(EVERYDAY, [])
    more = [say("help.more", topic=name, words=", ".join(one.words[0] for one in mine[name])) for name in mine]
    return "\n".join([say("help.head"), *map(_line, everyday), "", say("help.topics"), *more])


def _besides(topic: str) -> list[str]:
    """What belongs to a topic and is not said in words: reactions, files."""
    return [say("help.reactions")] if topic == "approving" else [say("help.files")] if topic == "loading" else []


def _title(topic: str) -> str:
    return say(f"help.topic.{topic}")


def _line(command: Command) -> str:
    return say(f"help.command.{command.code}")


async def run(turn: Turn, finder: Finder, text: str) -> Commit:
    """Do what a message asks for; what is no command may still be a question."""
    chosen = find(text)
    if chosen is None:
        if word := await words_here.means(turn, text):
            return word
        found = await asking.knows(turn, finder, text) if text.strip() else None
        if found:
            return await asking.answer(turn, found)
        return privately(turn, say("help.unknown") if text.strip() else help_text(turn))
    command, rest = chosen
    if not may(turn.person.roles, command.action):
        code = f"refuse.action.{command.action.value}"
        return privately(turn, say(code if known(code) else "refuse.action.other"))
    return await command.handler(turn, finder, rest)


def as_markdown() -> str:
    """The commands as the documentation shows them: a table for each topic."""
    tables, head = [], ["| say | who may | what it does |", "| --- | --- | --- |"]
    for name, topic in TOPICS.items():
        rows = [f"| `{one.words[0]}` | {one.action.value} | {_line(one)} |" for one in topic]
        tables.append("\n".join([f"## {_title(name)}", "", *head, *rows]))
    return "\n\n".join(tables) + "\n"
