"""`switchboard db`: upgrade the database, back it up, put a backup back."""

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.cli import putting_back
from bot.cli.common import fail, open_database
from bot.wording import say
from config.database import Database

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Upgrade, back up or restore the database.", no_args_is_help=True
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

    \b
    Examples:
      switchboard db backup backup.db
      switchboard db backup to-the-new-machine.db --move
    """
    if os.path.lexists(file):
        fail(say("cli.init.there", file=file))
    if move:
        asyncio.run(putting_back.move_away(file))
        return
    asyncio.run(_backup(file))
    typer.echo(say("cli.db.backed_up", file=file))


async def _backup(file: Path) -> None:
    async with open_database() as database:
        if not database.is_sqlite:
            fail(say("cli.db.postgresql"))
        await _to_file(database, file)
    file.chmod(0o600)


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
