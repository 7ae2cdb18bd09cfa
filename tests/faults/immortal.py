"""The demo's server, started again each time it is killed: `python -m tests.faults.immortal FOLDER PORT GRACE`.

Everything is imported once; each life is a fork, so that starting again costs a moment. It ends when it is told
to (SIGTERM), and then the life that runs ends too. Each life writes the address that lets a client in to `link`.
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from bot.cli.demo import running
from config import logs
from tests.faults.commits import Killer

LINK, LIVES, PROCESS = "link", "lives", "process"


async def _live(folder: Path, port: int, grace: float) -> None:
    logs.set_up(file=folder / "switchboard.log")
    Killer(folder).listen()
    async with running(folder, port, grace) as council:
        aside = folder / f"{LINK}.new"
        aside.write_text(council.new_link(), encoding="ascii")
        aside.replace(folder / LINK)
        await asyncio.Event().wait()


def _end_with(child: int) -> None:
    def end(_number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):  # killed by the test meanwhile
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)


def main() -> None:
    """Fork a life, wait for its end, fork the next."""
    folder, port, grace = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    while True:
        child = os.fork()
        if child == 0:
            asyncio.run(_live(folder, port, grace))
            os._exit(0)
        (folder / PROCESS).write_text(str(child), encoding="ascii")
        with (folder / LIVES).open("a", encoding="ascii") as lives:
            lives.write(".")
        _end_with(child)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"the server ended by itself: {status}")


if __name__ == "__main__":
    main()
