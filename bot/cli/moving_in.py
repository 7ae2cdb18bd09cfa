"""`switchboard init --matrix`: asks for the account, logs in, makes the keys, and writes down where everything is."""

import asyncio
import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from sqlalchemy.exc import DBAPIError

from adapters.errors import AdapterError
from bot.app import part
from bot.cli.common import fail, key_file, prepare_database, read_settings, secrets_folder
from bot.cli.settings_file import begun, fill, keep_secrets
from bot.leader import Holder, holder
from bot.platforms import account_of, store_folder
from bot.wording import known, say
from config.database import Database, DatabaseUnavailable
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
    with begun(file):
        _move_in(file, wanted, again=again)


def _move_in(file: Path, wanted: Wanted, *, again: bool) -> None:
    settings = read_settings(file)
    if settings.matrix.is_on and not again:
        fail(say("init.there", user=settings.matrix.user, file=file))
    if settings.matrix.is_on:
        _nobody_serves(file, settings)
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
        keep_secrets(folder, {TOKEN: done.token, STORE_KEY: store_key})
        fill(file, _values(asked, done))
    except OSError as error:
        fail(say("init.not_kept", place=error.filename, reason=error.strerror, device=done.device))
    _tell(file, folder, store, asked, done)


def _nobody_serves(file: Path, settings: Settings) -> None:
    """A bot that works with the keys we are about to replace would go blind: it has to be stopped first."""
    database = prepare_database(file)
    if database.path is not None and not database.path.exists():
        return
    found = asyncio.run(_holder(database, account_of(settings)))
    if found is not None:
        fail(say("init.serving", host=found.host, process=found.process))


async def _holder(database: Database, account: str) -> Holder | None:
    try:
        return await holder(database, account)
    except (DBAPIError, DatabaseUnavailable, OSError):
        return None  # where nothing can be read nobody serves
    finally:
        await database.close()


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


def _values(asked: Wanted, done: Any) -> dict[str, dict[str, object]]:
    """What is known now, as it stands in the settings."""
    return {
        "matrix": {
            "homeserver": asked.homeserver,
            "user": done.user,
            "device": done.device,
            "encryption": asked.encryption,
        },
        "rooms": {"comms": f"matrix:{done.room or asked.room}"},
    }


def _tell(file: Path, folder: Path, store: Path, asked: Wanted, done: Any) -> None:
    lines = [say("init.done", user=done.user, device=done.device), say("init.stored", file=file, secrets=folder)]
    lines += [say("init.keys", store=store)] if asked.encryption else [say("init.no_keys")]
    lines += [say("init.untrusted")] if done.untrusted else []
    if done.joined:
        lines.append(say("init.joined", room=done.room))
    else:
        lines.append(say("init.not_in" if done.room else "init.no_such_room", room=asked.room, user=done.user))
    typer.echo("\n".join([*lines, say("init.next")]))
