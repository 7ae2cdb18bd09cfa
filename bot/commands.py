"""What people can say to the bot: one table of words, help, who may, and handler. Help is printed from it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.events import MessageReceived
from bot import people, staff_file
from bot.access import Action, may
from bot.announcements import drafting, explain, recalling
from bot.desk import Commit
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


async def _announce(turn: Turn, _finder: Finder, rest: str) -> Commit:
    files = turn.event.files if isinstance(turn.event, MessageReceived) else ()
    return await drafting.submit(turn, rest, files)


async def _edit(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, text = split_number(rest)
    return await drafting.edit(turn, number, text) if number else privately(turn, say("help.needs_number", word="edit"))


async def _recall(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, _ = split_number(rest)
    return await recalling.recall(turn, number) if number else privately(turn, say("help.needs_number", word="recall"))


async def _cancel(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, _ = split_number(rest)
    return await recalling.cancel(turn, number) if number else privately(turn, say("help.needs_number", word="cancel"))


async def _why(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, _ = split_number(rest)
    return await explain.why(turn, number) if number else privately(turn, say("help.needs_number", word="why"))


async def _resume(turn: Turn, _finder: Finder, rest: str) -> Commit:
    number, _ = split_number(rest)
    return await drafting.resume(turn, number) if number else privately(turn, say("help.needs_number", word="resume"))


async def _who_knows(turn: Turn, finder: Finder, rest: str) -> Commit:
    return await people.who_knows(turn, finder, f"who knows about {rest}") or privately(
        turn, say("people.not_a_question")
    )


async def _undo(turn: Turn, _finder: Finder, rest: str) -> Commit:
    return await staff_file.undo(turn, rest)


async def _help(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    return privately(turn, help_text(turn))


COMMANDS: tuple[Command, ...] = (
    Command(("who knows about", "who knows"), "who_knows", Action.ASK, _who_knows),
    Command(("who is", "who's"), "who_is", Action.ASK, people.who_is),
    Command(("team",), "team", Action.ASK, people.team),
    Command(("announce", "announcement"), "announce", Action.DRAFT, _announce),
    Command(("edit",), "edit", Action.DRAFT, _edit),
    Command(("cancel",), "cancel", Action.DRAFT, _cancel),
    Command(("resume",), "resume", Action.APPROVE, _resume),
    Command(("why",), "why", Action.EXPLAIN, _why),
    Command(("recall",), "recall", Action.RECALL, _recall),
    Command(("undo load", "undo"), "undo_load", Action.LOAD, _undo),
    Command(("help", "hello", "hi", "?"), "help", Action.ASK, _help),
)


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


def help_text(turn: Turn) -> str:
    """What this person can say here."""
    lines = [say(f"help.command.{command.code}") for command in COMMANDS if may(turn.person.roles, command.action)]
    extra = [say("help.reactions")] if may(turn.person.roles, Action.APPROVE) else []
    extra += [say("help.files")] if may(turn.person.roles, Action.LOAD) else []
    return "\n".join([say("help.head"), *lines, *extra])


async def run(turn: Turn, finder: Finder, text: str) -> Commit:
    """Do what a message asks for; what is no command may still be a question."""
    chosen = find(text)
    if chosen is None:
        answer = await people.who_knows(turn, finder, text) if text.strip() else None
        return answer or privately(turn, say("help.unknown") if text.strip() else help_text(turn))
    command, rest = chosen
    if not may(turn.person.roles, command.action):
        code = f"refuse.action.{command.action.value}"
        return privately(turn, say(code if known(code) else "refuse.action.other"))
    return await command.handler(turn, finder, rest)


def as_markdown() -> str:
    """The commands as the documentation shows them."""
    lines = ["| say | who may | what it does |", "| --- | --- | --- |"]
    lines += [
        f"| `{command.words[0]}` | {command.action.value} | {say(f'help.command.{command.code}')} |"
        for command in COMMANDS
    ]
    return "\n".join(lines) + "\n"
