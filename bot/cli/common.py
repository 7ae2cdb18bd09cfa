"""What several commands share: settings, the database, one-line failures."""

import contextlib
import getpass
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import typer
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import anchor, audit, epochs, migrations
from bot.audit import Pin
from bot.wording import say
from config import settings as settings_module
from config.database import Database, DatabaseUnavailable
from config.keys import KeyFileUnsafe, Keys, open_keys
from config.settings import SETTINGS_FILE, BadSettings, Settings

FAILED = 2


def fail(message: str) -> NoReturn:
    """Say in one line on standard error what is wrong and what to do, and exit with 2."""
    sys.stderr.write(" ".join(message.split()) + "\n")
    sys.exit(FAILED)


def announcement_number(words: str) -> int:
    """The number of an announcement as people write it: 12 or #12, up to nine digits as in the chat.

    Raises `typer.BadParameter`.
    """
    digits = words.strip().removeprefix("#")
    if not re.fullmatch("[1-9][0-9]{0,8}", digits):
        raise typer.BadParameter(say("cli.number", words=words))
    return int(digits)


def fail_with(lines: Sequence[str]) -> NoReturn:
    """Say several faults, one a line, and exit with 2."""
    sys.stderr.write("".join(" ".join(line.split()) + "\n" for line in lines))
    sys.exit(FAILED)


def read_settings(file: Path | None = None) -> Settings:
    """The settings; every fault at once, then exit 2."""
    named, beside = os.environ.get("CREDENTIALS_DIRECTORY"), secrets_folder(file)
    folders = [Path(named)] if named else [beside] if beside.is_dir() else []
    try:
        return settings_module.load(file, folders)
    except BadSettings as error:
        lines = []
        for fault in error.faults:
            shown = "" if fault.value is None else f" = {fault.value!r}"
            lines.append(say("cli.setting", key=fault.key, shown=shown, reason=fault.reason))
        fail_with([*lines, say("cli.settings_help")])


def secrets_folder(file: Path | None) -> Path:
    """Where secret files lie unless systemd names a folder: beside the settings file."""
    return (file or Path(SETTINGS_FILE)).parent / "switchboard.secrets"


def prepare_database(file: Path | None = None) -> Database:
    """The database of the settings, not opened yet; a clear line and exit 2 when its address cannot be used."""
    settings = read_settings(file)
    try:
        password = settings.secrets.database_password
        return Database(settings.database.url, password.get_secret_value() if password else None)
    except DatabaseUnavailable as error:
        fail(error.reason)


@contextlib.asynccontextmanager
async def open_database(file: Path | None = None, *, moved: bool = False) -> AsyncIterator[Database]:
    """The database of the settings, brought up to date; a clear line and exit 2 when it cannot be used.

    One that was moved away from is opened only for whoever asks for it (`moved`): to read its evidence.
    """
    database = prepare_database(file)
    try:
        await migrations.upgrade(database)
        if not moved:
            await epochs.refuse_if_moved(database)
        before = await _head(database)
        try:
            yield database
        finally:
            if await _head(database) != before:
                await _anchor(database)
        await database.checkpoint()
    except (migrations.NewerSchema, DBAPIError, OSError) as error:
        fail(explain(database, error))
    except DatabaseUnavailable as error:
        fail(error.reason)
    finally:
        await database.close()


def key_file(database: Database) -> Path:
    """Where the key stands: beside a SQLite database, else in the working folder; never inside the database."""
    folder = database.path.parent if database.path else Path()
    return folder / "switchboard.key"


def anchor_file(database: Database) -> Path:
    """Where the heads of the evidence are kept: beside the key."""
    return key_file(database).with_name("switchboard.anchor")


async def _head(database: Database) -> Pin:
    async with database.reading() as session:
        return await audit.tip(session)


async def _anchor(database: Database) -> None:
    """What a command recorded is anchored when it ends: the bot may never run here."""
    if not key_file(database).exists():
        return
    try:
        keys = open_keys(key_file(database))
        await anchor.keep(database, keys, anchor_file(database), lambda: datetime.now(UTC))
    except (KeyFileUnsafe, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        sys.stderr.write(say("audit.not_anchored", file=anchor_file(database), reason=reason) + "\n")


def open_keys_for(database: Database) -> Keys:
    """The keys of an installation; a clear line and exit 2 when the key file cannot be used."""
    try:
        return open_keys(key_file(database))
    except (KeyFileUnsafe, OSError) as error:
        fail(key_fault(database, error))


def operator() -> str:
    """Who is at the command line, for the evidence."""
    return f"cli:{getpass.getuser()}"


def key_fault(database: Database, error: KeyFileUnsafe | OSError) -> str:
    """Why the key cannot be used, and what to do."""
    if isinstance(error, KeyFileUnsafe):
        return str(error)
    return say("cli.key", file=key_file(database), reason=error.strerror or type(error).__name__)


def explain(database: Database, error: migrations.NewerSchema | DBAPIError | OSError | SQLAlchemyError) -> str:
    """What a database error means for the person at the keyboard."""
    text = str(getattr(error, "orig", error)).lower()
    place = _place(database)
    if isinstance(error, migrations.NewerSchema):
        return say("cli.database.newer", place=place)
    for sign, code in _SIGNS:
        if sign in text:
            return say(f"cli.database.{code}", place=place)
    return say("cli.database.other", place=place, kind=type(getattr(error, "orig", error)).__name__)


def _place(database: Database) -> str:
    return str(database.path.absolute()) if database.path else database.url.render_as_string(hide_password=True)


_SIGNS = (
    ("readonly", "read_only"),
    ("read-only", "read_only"),
    ("permission", "read_only"),
    ("unable to open", "cannot_open"),
    ("disk is full", "full"),
    ("no space", "full"),
    ("disk i/o", "full"),
    ("locked", "busy"),
    ("not a database", "no_database"),
    ("malformed", "no_database"),
    ("connection", "unreachable"),
)
