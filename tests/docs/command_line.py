"""The command line as the reference shows it, taken from the commands themselves."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand
from typer.exceptions import TyperException

from bot.cli import COMMANDS

BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^(?:  |\$ )?(switchboard \w.*)$", re.MULTILINE)
DOES_SOMETHING = {"--help"}


def leaves() -> Iterator[tuple[str, TyperCommand]]:
    """Every command with its name; a group such as `db` by each of its commands."""
    for name in COMMANDS:
        app: typer.Typer = importlib.import_module(f"bot.cli.{name}").app
        made: Any = typer.main.get_command(app)  # typer's own kinds of command have no public name
        inner: dict[str, TyperCommand] = getattr(made, "commands", {})
        yield from ((f"{name} {word}", command) for word, command in inner.items())
        if not inner:
            yield name, made


def examples(text: str) -> list[str]:
    """The calls of `switchboard` that a text shows on lines of their own."""
    return [match.strip() for match in EXAMPLE.findall(text)]


def shown_in(page: Path) -> list[str]:
    """The calls of `switchboard` in the fenced blocks of a page."""
    return [call for block in BLOCK.findall(page.read_text(encoding="utf-8")) for call in examples(block)]


def understand(call: str) -> None:
    """Read a call as its command would, without doing it. Raises `TyperException` when it is not understood."""
    words = shlex.split(re.split(r" (?:\|\|?|&&|[<>]) ", call)[0])[1:]
    if words[0] in DOES_SOMETHING:
        return
    known = dict(leaves())
    name = next((name for name in (" ".join(words[:2]), words[0]) if name in known), None)
    if name is None:
        raise TyperException(f"there is no command {words[0]}")
    rest = words[len(name.split()) :]
    if rest != ["--help"]:
        known[name].make_context(name, rest)


def page(made: str) -> str:
    """The page of the reference."""
    parts = [_command(name, command) for name, command in leaves()]
    return f"""# Command line

{made}

`switchboard` and `python -m bot` are the same. Each command explains itself with `--help`. A failure is one line that
says what to do. The exit is 0 when all is done, 1 when it is done and something was found or refused, 2 when the
command could not run.

{"".join(parts)}"""


def _command(name: str, command: TyperCommand) -> str:
    told, calls = split_help(command.help or "")
    usage = " ".join(["switchboard", name, *command.collect_usage_pieces(typer.Context(command))])
    parts = [f"## `switchboard {name}`", told, f"Usage: `{usage}`", _options(command)]
    parts.append("For example:\n\n```\n" + "\n".join(calls) + "\n```")
    return "\n\n".join(part for part in parts if part) + "\n\n"


def split_help(text: str) -> tuple[str, list[str]]:
    """What a command says about itself, and the examples it gives."""
    block = re.search(r"^Examples?:\n((?:  .*\n?)+)", text.replace("\b\n", ""), re.MULTILINE)
    if block is None:
        return text.strip(), []
    told = f"{block.string[: block.start()].strip()} {block.string[block.end() :].strip()}"
    return " ".join(told.split()), examples(block.group(1))


def _options(command: TyperCommand) -> str:
    context = typer.Context(command)
    records = [parameter.get_help_record(context) for parameter in command.params if "--help" not in parameter.opts]
    rows = [f"| `{name}` | {told.replace('|', chr(92) + '|')} |" for name, told in filter(None, records)]
    return "\n".join(["| argument or option | what it is |", "| --- | --- |", *rows]) if rows else ""
