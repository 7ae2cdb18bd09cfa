"""`switchboard db`: upgrade the database, back it up, put a backup back, move it to PostgreSQL."""

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.cli import key_backup, moving_over, putting_back
from bot.cli.common import fail, open_database, prepare_database, read_settings
from bot.wording import say
from config.database import Database
from config.settings import Settings

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Upgrade, back up, restore or move the database.",
    no_args_is_help=True,
)


@app.command()
def upgrade() -> None:
    """Bring the database to this version's tables; nothing is lost, and twice is fine.

    \b
    Example:
      switchboard db upgrade
    """

    async def work() -> None:
        async with open_database():
            pass

    asyncio.run(work())
    typer.echo(say("cli.db.upgraded"))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the copy; it must not exist yet.")],
    move: Annotated[
        bool, typer.Option("--move", help="The bot moves to the copy: this database starts no more.")
    ] = False,
) -> None:
    """Write a consistent copy while the bot may go on working. Keep the key file with it, apart from it.

    The keys of Matrix's encryption go into FILE.matrix.tar beside it.

    \b
    Examples:
      switchboard db backup backup.db
      switchboard db backup to-the-new-machine.db --move
    """
    if os.path.lexists(file):
        fail(say("cli.init.there", file=file))
    settings = read_settings()
    if move:
        asyncio.run(putting_back.move_away(file))
    else:
        asyncio.run(_backup(file, settings))
        typer.echo(say("cli.db.backed_up", file=file))
    _with_keys(settings, file)


async def _backup(file: Path, settings: Settings) -> None:
    async with open_database() as database:
        if not database.is_sqlite:
            _with_keys(settings, file)
            fail(say("cli.db.postgresql"))
        await _to_file(database, file)
    file.chmod(0o600)


def _with_keys(settings: Settings, file: Path) -> None:
    """The keys of encryption belong to the backup, on every database."""
    store = key_backup.store_of(settings, prepare_database())
    try:
        kept = key_backup.pack(store, file)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        fail(say("keys.not_backed_up", file=key_backup.beside(file), store=store, reason=reason))
    if kept is not None:
        typer.echo(say("keys.backed_up", file=kept))


async def _to_file(database: Database, file: Path) -> None:
    """The copy, or nothing: half a backup would be worse than none."""
    try:
        await copy(database, file)
    except DBAPIError as error:
        with contextlib.suppress(OSError):
            file.unlink()
        fail(say("cli.db.not_written", file=file, reason=error.orig))


async def copy(database: Database, file: Path) -> None:
    """A copy of a SQLite database by its own `VACUUM INTO`: consistent, and without what was erased."""
    async with database.outside_transactions() as connection:
        await connection.execute(text("VACUUM INTO :file"), {"file": str(file)})


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Put a backup back. Nothing that was sent goes out again: what was open waits until somebody has looked.

    \b
    Example:
      switchboard db restore backup.db
    """
    asyncio.run(putting_back.put_back(file, yes=yes))


@app.command()
def restored() -> None:
    """Tell the database that it was put back by other means, as pg_restore does. Before the bot starts.

    \b
    Example:
      switchboard db restored
    """
    asyncio.run(putting_back.was_put_back())


@app.command()
def move(
    url: Annotated[str, typer.Argument(help="The address of an empty PostgreSQL database, without a password.")],
) -> None:
    """Take everything from the SQLite database of the settings to PostgreSQL, and compare it row by row.

    The SQLite file stays and starts no more. Stop the bot first. The password comes from the secrets, or from where
    PostgreSQL's own programs find it.

    \b
    Example:
      switchboard db move postgresql+psycopg://switchboard@db.example.org/switchboard
    """
    moving_over.move(url)
