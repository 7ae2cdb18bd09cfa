"""The edge of the command line: whatever goes wrong is told in one line, and never as a traceback."""

import sys
import traceback
from typing import Any, NoReturn

import typer
from typer.exceptions import TyperException

from bot.cli import INTERRUPTED
from bot.cli.common import fail
from bot.wording import say

OURS = ("bot.", "adapters.", "directory.", "config.")


def run(app: typer.Typer, name: str) -> NoReturn:
    """Run one command to its exit."""
    try:
        code = app(prog_name=name, standalone_mode=False)
    except TyperException as error:
        _misused(error, name)
    except typer.Abort:
        sys.exit(INTERRUPTED)
    except Exception as error:  # the edge of the program: a fault of ours, told by its kind and place
        fail(say("cli.fault", kind=type(error).__name__, place=_place(error)))
    sys.exit(code if isinstance(code, int) else 0)


def _misused(error: TyperException, name: str) -> NoReturn:
    """Words that the command does not understand, in one line; a group called alone shows its commands."""
    told = error.format_message()
    if "\n" in told:
        sys.stderr.write(told + "\n")
        sys.exit(error.exit_code)
    context: Any = getattr(error, "ctx", None)
    command = name if context is None else context.command_path
    fail(say("cli.usage", fault=told.rstrip("."), command=command))


def _place(error: BaseException) -> str:
    """Where in our own code it happened: no word of what was being worked on."""
    place = "?"
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(OURS):
            place = f"{module}:{line}"
    return place
