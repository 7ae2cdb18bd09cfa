"""The command line: a table of commands, each loaded only when it is called, so that `--help` is quick."""

import importlib
import os
import sys

NAME = "switchboard"
USAGE_ERROR = 2
INTERRUPTED = 130
"""What a shell expects of a program that was ended by Ctrl-C."""

COMMANDS: dict[str, str] = {
    "demo": "Try everything in your browser with a pretend council; nothing leaves this machine.",
    "init": "Write a commented settings file.",
    "check": "Say what is wrong with the settings and the installation.",
    "run": "Serve.",
    "load": "Load a staff file into the directory: shows what changes, then does it.",
    "who": "Ask who knows about something.",
    "scan": "Look for personal data in a text or picture before it is published.",
    "contacts": "Propose a first list of what you publish yourselves, from past posts.",
    "publish": "Release what is on hold because chat cannot be reached.",
    "export": "Write the directory with its skills to a file.",
    "accounts": "Say with which accounts announcements are published, or accept one that is used.",
    "identities": "Say whose new identity on Matrix is to be believed.",
    "audit": "Verify, show or export the evidence.",
    "db": "Upgrade, back up, restore or move the database.",
}


def help_text() -> str:
    """What `switchboard --help` prints."""
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            f"Usage: {NAME} COMMAND [OPTIONS]",
            "",
            "Staff find the colleague who knows; announcements go out exactly as approved, once; nothing",
            "personal slips out.",
            "",
            "Commands:",
            *lines,
            "",
            f"Each command explains itself: {NAME} load --help",
            f"Start here: {NAME} demo",
            "",
        ]
    )


def main() -> None:
    """Run one command. Exit 0: done; 1: done with findings or refused rows; 2: could not run."""
    os.umask(0o077)  # whatever is written holds people's data: for the bot's user alone
    words = sys.argv[1:]
    if not words or words[0] in {"--help", "-h", "help"}:
        sys.stdout.write(help_text())
        sys.exit(0 if words else USAGE_ERROR)
    if words[0] not in COMMANDS:
        sys.stderr.write(f"There is no command {words[0]!r}. Commands: {', '.join(COMMANDS)}. Try: {NAME} --help\n")
        sys.exit(USAGE_ERROR)
    sys.argv = [f"{NAME} {words[0]}", *words[1:]]
    try:
        command = importlib.import_module(f"bot.cli.{words[0]}")
        importlib.import_module("bot.cli.edge").run(command.app, sys.argv[0])
    except KeyboardInterrupt:  # also while it is still being loaded
        sys.exit(INTERRUPTED)
