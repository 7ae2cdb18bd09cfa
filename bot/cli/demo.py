"""`switchboard demo`: the pretend council in a local web chat; nothing leaves this machine."""

import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from adapters.errors import AdapterError
from bot.app import part
from bot.cli.common import FAILED, explain, fail
from bot.cli.tour import TourFault, parse, play
from bot.pretend import Council, NotPretend, assemble, populate
from bot.wording import say
from config import logs

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
    text = _read(script) if script else None
    try:
        with tempfile.TemporaryDirectory(prefix="switchboard-demo-") as folder:
            chosen = port if text is None and port else _free_port()
            asyncio.run(_demo(Path(folder), chosen, text, open_browser=not no_browser))
    except OSError as error:
        fail(say("cli.demo.folder", reason=error.strerror or type(error).__name__))


def _free_port() -> int:
    """A port nobody listens on now; the public pages must know it before the server starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _read(script: Path) -> str:
    try:
        return script.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail(say("cli.demo.no_script", file=script))


async def _demo(folder: Path, port: int, script: str | None, *, open_browser: bool) -> None:
    logs.set_up(file=folder / "switchboard.log")
    try:
        async with running(folder, port) as council:
            if script is not None:
                await _play(council, script)
            else:
                await _serve(council, open_browser=open_browser)
    except AdapterError as error:
        fail(say("cli.demo.not_started", reason=error))
    except NotPretend as error:
        fail(say("cli.demo.not_pretend", what=error.what))


@contextlib.asynccontextmanager
async def running(folder: Path, port: int, grace_seconds: float = 5) -> AsyncIterator[Council]:
    """A pretend council at work in `folder`; stopped in order at the end."""
    council = assemble(folder, port, grace_seconds)
    work: asyncio.Task[None] | None = None
    try:
        await populate(council)
        await council.app.start()
        work = asyncio.create_task(council.app.run())
        yield council
    except DBAPIError as error:
        fail(explain(council.app.services.database, error))
    finally:
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await council.app.close()


async def _serve(council: Council, *, open_browser: bool) -> None:
    link = council.new_link()
    sys.stdout.write(say("cli.demo.ready", link=link) + "\n")
    sys.stdout.flush()
    if open_browser:
        await asyncio.to_thread(webbrowser.open, link)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    sys.stdout.write(say("cli.demo.stopped") + "\n")


def _show(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _play(council: Council, script: str) -> None:
    try:
        steps = parse(script)
        async with part("web client").at(council.new_link()) as chat:
            played = await play(chat, steps, _show)
    except TourFault as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(FAILED if "is no step" in str(error) else 1)
    sys.stdout.write(say("cli.demo.played", steps=played) + "\n")
