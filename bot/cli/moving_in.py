"""`switchboard init --matrix`: asks for the account, logs in, makes the keys, and writes down where everything is."""

import asyncio
import json
import os
import re
import secrets
import sys
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import typer

from adapters.errors import AdapterError
from bot.app import part
from bot.cli.common import fail, key_file, prepare_database, read_settings, secrets_folder
from bot.platforms import store_folder
from bot.wording import known, say
from config.settings import Settings

TOKEN, STORE_KEY = "SWITCHBOARD_SECRETS__MATRIX_TOKEN", "SWITCHBOARD_SECRETS__MATRIX_STORE_KEY"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was given on the command line; empty: to be asked for."""

    homeserver: str
    user: str
    room: str
    encryption: bool


def move_in(file: Path, wanted: Wanted, *, again: bool) -> None:
    """Set Matrix up and write the settings file and the secrets; one clear line when that cannot be."""
    made = _made(file)
    try:
        _move_in(file, wanted, again=again)
    except BaseException:
        if made:  # nothing is left of what did not come about
            file.unlink(missing_ok=True)
        raise


def _made(file: Path) -> bool:
    """Whether the settings file was made now: commented, with every default."""
    text = resources.files("config").joinpath("example.toml").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        fail(say("cli.init.not_written", file=file, reason=error.strerror))
    return True


def _move_in(file: Path, wanted: Wanted, *, again: bool) -> None:
    settings = read_settings(file)
    if settings.matrix.is_on and not again:
        fail(say("init.there", user=settings.matrix.user, file=file))
    asked = _asked(settings, wanted)
    password = _password()
    folder = secrets_folder(file)
    store = store_folder(settings.matrix, key_file(prepare_database(file)).parent)
    store_key = secrets.token_urlsafe(32)
    try:
        done = asyncio.run(
            part("matrix set-up")(
                asked.homeserver,
                asked.user,
                password,
                asked.room,
                store=store,
                store_key=store_key,
                encryption=asked.encryption,
            )
        )
    except AdapterError as error:
        code = f"init.fault.{error}"
        fail(say(code if known(code) else f"matrix.fault.{error}", homeserver=asked.homeserver, user=asked.user))
    try:
        _keep(folder, {TOKEN: done.token, STORE_KEY: store_key})
        _fill(file, asked, done)
    except OSError as error:
        fail(say("init.not_kept", place=error.filename, reason=error.strerror, device=done.device))
    _tell(file, folder, store, asked, done)


def _asked(settings: Settings, wanted: Wanted) -> Wanted:
    """Everything that is needed: as given, as it was before, or asked for."""
    before, comms = settings.matrix, settings.rooms.comms
    room = wanted.room or (comms.removeprefix("matrix:") if comms.startswith("matrix:") else "")
    homeserver = wanted.homeserver or before.homeserver or _ask("homeserver")
    user = wanted.user or before.user or _ask("user")
    room = room or _ask("room")
    if not re.match(r"https?://\S", homeserver):
        fail(say("init.fault.no_address", homeserver=homeserver))
    if room[0] not in "!#":
        fail(say("init.fault.no_room", room=room))
    return Wanted(homeserver, user, room, wanted.encryption and before.encryption)


def _ask(what: str) -> str:
    if not sys.stdin or not sys.stdin.isatty():
        fail(say("init.missing", option=f"--{what}"))
    answer: str = typer.prompt(say(f"init.ask.{what}"))
    return answer.strip() or _ask(what)


def _password() -> str:
    """Asked for without being shown, or the first line of what is piped in; never kept."""
    if sys.stdin and sys.stdin.isatty():
        asked: str = typer.prompt(say("init.ask.password"), hide_input=True)
        return asked
    given = sys.stdin.readline().rstrip("\n") if sys.stdin else ""
    return given or fail(say("init.no_password"))


def _keep(folder: Path, files: dict[str, str]) -> None:
    """Write secret files, each in one step, for the bot's user alone. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, value in files.items():
        half = folder / f".{name}.new"
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(value + "\n")
        half.replace(folder / name)


def _fill(file: Path, asked: Wanted, done: Any) -> None:
    """Write what is known now into the settings file; everything else in it stays as it is. Raises OSError."""
    values = {
        "matrix": {
            "homeserver": asked.homeserver,
            "user": done.user,
            "device": done.device,
            "encryption": asked.encryption,
        },
        "rooms": {"comms": f"matrix:{done.room or asked.room}"},
    }
    text = file.read_text(encoding="utf-8")
    for table, keys in values.items():
        for key, value in keys.items():
            text = filled(text, table, key, json.dumps(value))
    half = file.with_name(f"{file.name}.new")
    half.write_text(text, encoding="utf-8")
    half.chmod(file.stat().st_mode & 0o777)
    half.replace(file)


def filled(text: str, table: str, key: str, value: str) -> str:
    """The text of a settings file in which one key of one table has that value (as TOML writes it)."""
    lines = text.split("\n")
    begin = next((at for at, line in enumerate(lines) if line.strip() == f"[{table}]"), None)
    if begin is None:
        return filled(f"{text.rstrip()}\n\n[{table}]\n", table, key, value)
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    at = next((at for at in range(begin + 1, end) if re.match(rf"{key}\s*=", lines[at])), None)
    if at is None:
        lines.insert(begin + 1, f"{key} = {value}")
    else:
        lines[at] = f"{key} = {value}"
    made = "\n".join(lines)
    tomllib.loads(made)
    return made


def _tell(file: Path, folder: Path, store: Path, asked: Wanted, done: Any) -> None:
    lines = [say("init.done", user=done.user, device=done.device), say("init.stored", file=file, secrets=folder)]
    lines += [say("init.keys", store=store)] if asked.encryption else [say("init.no_keys")]
    lines += [say("init.untrusted")] if done.untrusted else []
    if done.joined:
        lines.append(say("init.joined", room=done.room))
    else:
        lines.append(say("init.not_in" if done.room else "init.no_such_room", room=asked.room, user=done.user))
    typer.echo("\n".join([*lines, say("init.next")]))
