"""`switchboard demo`: the pretend council in a local web chat; nothing leaves this machine."""

import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import AsyncIterator, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError

from adapters.errors import AdapterError
from adapters.ports import Guarantee
from bot.app import part
from bot.cli import INTERRUPTED
from bot.cli.common import explain, fail
from bot.cli.tour import Step, TourFault, parse, play
from bot.pretend import Council, NotPretend, assemble, populate
from bot.wording import count, say
from config import logs
from config.database import DatabaseUnavailable

app = typer.Typer(add_completion=False, rich_markup_mode=None)

PORT = 8420


@app.command()
def main(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes any free one.")] = PORT,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    script: Annotated[Path | None, typer.Option(help="Play this tour as text instead, and exit.")] = None,
) -> None:
    """Try Switchboard with a pretend council in your browser. Nothing leaves this machine.

    \b
    Examples:
      switchboard demo
      switchboard demo --port 9000 --no-browser
      switchboard demo --script docs/tour.txt
    """
    steps = _read(script) if script else None
    try:
        with tempfile.TemporaryDirectory(prefix="switchboard-demo-") as folder:
            chosen = port if steps is None and port else _free_port()
            asyncio.run(_until_told(_demo(Path(folder), chosen, steps, open_browser=not no_browser)))
    except OSError as error:
        fail(say("cli.demo.folder", reason=error.strerror or type(error).__name__))


def _free_port() -> int:
    """A port nobody listens on now; the public pages must know it before the server starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _read(script: Path) -> list[Step | str]:
    try:
        return parse(script.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        fail(say("cli.demo.no_script", file=script))
    except TourFault as error:
        fail(say("cli.demo.bad_script", file=script, faults=error))


async def _demo(folder: Path, port: int, steps: list[Step | str] | None, *, open_browser: bool) -> None:
    logs.set_up(file=folder / "switchboard.log")
    try:
        async with running(folder, port) as council:
            if steps is not None:
                await _play(council, steps)
            else:
                await _serve(council, open_browser=open_browser)
    except asyncio.CancelledError:
        sys.stdout.write(say("cli.demo.stopped") + "\n")
        sys.exit(0 if steps is None else INTERRUPTED)
    except ExceptionGroup as error:
        fail(say("cli.demo.fell", reason=_reason(error)))
    except AdapterError as error:
        fail(say("cli.demo.not_started", reason=error))
    except NotPretend as error:
        fail(say("cli.demo.not_pretend", what=error.what))


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C and SIGTERM end it in order from the first moment on, so that no folder stays behind."""
    task = asyncio.create_task(work)
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    await task


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    port: int,
    grace_seconds: float = 5,
    database_url: str | None = None,
    guarantee: Guarantee = Guarantee.KEYED_READBACK,
    ahead: timedelta = timedelta(0),
) -> AsyncIterator[Council]:
    """A pretend council at work in `folder`; stopped in order at the end."""
    council = assemble(folder, port, grace_seconds, database_url, guarantee, ahead)
    try:
        await populate(council)
        await council.hands.starts()
        yield council
    except DBAPIError as error:
        fail(explain(council.app.services.database, error))
    except DatabaseUnavailable as error:
        fail(error.reason)
    finally:
        try:
            await council.hands.stops()
        finally:
            with contextlib.suppress(OSError):  # a full disk has been told already
                await council.app.close()


async def _serve(council: Council, *, open_browser: bool) -> None:
    link = council.new_link()
    _show(f"{say('cli.demo.ready', link=link)}\n{say('timeline.where', link=council.controls, stage=council.stage)}")
    if open_browser:
        # A browser that is a program of the terminal's returns only when it is closed.
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
    with _more_links(council):
        await council.hands.lasts()


@contextlib.contextmanager
def _more_links(council: Council) -> Iterator[None]:
    """At a terminal, Enter prints a fresh link: each lets in one browser, once."""
    if not sys.stdin or not sys.stdin.isatty():
        yield
        return

    def fresh() -> None:
        if sys.stdin.readline():
            _show(council.new_link())
        else:  # the terminal has gone
            loop.remove_reader(sys.stdin)

    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, fresh)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin)


def _reason(error: BaseException) -> str:
    """The first of the failures that ended the work, in the words of the part that failed."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) if isinstance(error, AdapterError) else type(error).__name__


def _show(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _play(council: Council, steps: list[Step | str]) -> None:
    try:
        async with part("web client").at(council.new_link()) as chat:
            played = await play(chat, steps, _show)
    except TourFault as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    sys.stdout.write(say("cli.demo.played", steps=count(played, "step", "steps")) + "\n")
