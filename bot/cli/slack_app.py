"""`switchboard init --slack`: the manifest from which Slack makes the app."""

import json
import re
from pathlib import Path

import typer

from bot.app import part
from bot.cli.common import fail
from bot.wording import say

FILE = "switchboard.slack.json"
WORDS = ("description", "command", "usage", "shortcut", "shortcut_description", "form", "form_description")


def write_manifest(folder: Path, name: str, address: str) -> None:
    """Write the manifest beside the settings; one clear line when that cannot be."""
    if address and not re.fullmatch(r"https://[^\s/]+/\S*", address):
        fail(say("slack.app.no_address", address=address))
    words = part("slack app words")(name or say("slack.app.name"), *[say(f"slack.app.{word}") for word in WORDS])
    file = folder / FILE
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(json.dumps(part("slack manifest")(words, address), indent=2, ensure_ascii=False) + "\n")
    except FileExistsError:
        fail(say("slack.app.there", file=file))
    except OSError as error:
        fail(say("slack.app.not_written", file=file, reason=error.strerror))
    typer.echo(say("slack.app.written", file=file))
