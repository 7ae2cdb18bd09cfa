"""`switchboard run`: serve, until told to stop."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from aiohttp import web
from sqlalchemy.exc import DBAPIError

from adapters.errors import AdapterError
from bot.announcements.own_accounts import AccountNotAgreed
from bot.cli import INTERRUPTED
from bot.cli.common import explain, fail, key_file, open_keys_for, prepare_database, read_settings
from bot.inbox import LeaseLost
from bot.installation import Installation, assemble
from bot.migrations import NewerSchema
from bot.platforms import NotAssembled, check_whole
from bot.wording import known, say
from config import logs
from config.database import Database, DatabaseUnavailable
from config.settings import Settings

app = typer.Typer(add_completion=False, rich_markup_mode=None)

FATAL = (
    ExceptionGroup,
    AccountNotAgreed,
    AdapterError,
    LeaseLost,
    DatabaseUnavailable,
    NewerSchema,
    DBAPIError,
    OSError,
)
"""What ends it with one line."""

DRAIN = 25.0
"""Seconds to finish what was begun; those who run services give thirty or more."""


@app.command()
def main(
    settings: Annotated[Path | None, typer.Option(help="The settings file; switchboard.toml by default.")] = None,
) -> None:
    """Serve on the chat platforms that the settings switch on. Of several started, one leads and the others help.

    \b
    Example:
      switchboard run --settings switchboard.toml
    """
    chosen = read_settings(settings)
    database = prepare_database(settings)
    try:
        check_whole(chosen)  # before a key is made for nothing
        installation = assemble(chosen, database, open_keys_for(database), key_file(database).parent)
    except NotAssembled as error:
        fail(say(f"run.{error.code}", **error.params))
    try:
        logs.set_up(chosen.log.level, chosen.log.file)
    except OSError as error:
        fail(say("run.log", file=chosen.log.file, reason=error.strerror))
    asyncio.run(_run(installation, chosen, database))
    sys.stdout.write(say("run.stopped") + "\n")


async def _run(installation: Installation, settings: Settings, database: Database) -> None:
    try:
        await _served(installation, settings)
    except FATAL as error:
        fail(_reason(error, database))


def _reason(error: Exception, database: Database) -> str:
    """Why it ended, in one line. Raises what is a fault of ours."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, AdapterError):
        code = f"matrix.fault.{error}"
        if known(code):
            return say(code)
        slack = f"slack.fault.{error}"
        return say(slack) if known(slack) else say("run.refused", reason=error)
    if isinstance(error, AccountNotAgreed):
        return say(f"accounts.{error.code}", channel=error.channel)
    if isinstance(error, LeaseLost):
        return say("run.lost")
    if isinstance(error, DatabaseUnavailable):
        return error.reason
    if isinstance(error, NewerSchema | DBAPIError | OSError):
        return explain(database, error)
    raise error


async def _served(installation: Installation, settings: Settings) -> None:
    try:
        await installation.prepare()
        async with _pages(installation.pages, settings):
            work = asyncio.create_task(installation.serve())
            with _told_to_stop(installation, work):
                await work
    finally:
        await installation.close()


@contextlib.contextmanager
def _told_to_stop(installation: Installation, work: "asyncio.Task[None]") -> Iterator[None]:
    """The first signal lets what was begun be finished, within limits; the second ends it at once."""
    loop = asyncio.get_running_loop()

    def told() -> None:
        if installation.stopping.is_set():
            work.cancel()
            return
        installation.stop()
        loop.call_later(DRAIN, work.cancel)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told)
    try:
        yield
    except asyncio.CancelledError:
        sys.exit(INTERRUPTED)  # what was begun is taken up at the next start
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


@contextlib.asynccontextmanager
async def _pages(pages: Any, settings: Settings) -> AsyncIterator[None]:
    """Serve the public pages below the path that their public address has."""
    path = urlsplit(settings.feed.base_url).path.rstrip("/")
    site = pages
    if path:
        site = web.Application()
        site.add_subapp(path, pages)
    host, _, port = settings.feed.listen.rpartition(":")
    runner = web.AppRunner(site, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            fail(say("run.port", listen=settings.feed.listen, reason=error.strerror))
        sys.stdout.write(say("run.serving", listen=settings.feed.listen, path=f"{path}/") + "\n")
        sys.stdout.flush()
        yield
    finally:
        await runner.cleanup()
