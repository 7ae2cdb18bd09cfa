"""A message through the whole core, the demo's start, and the scan of a long post."""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from adapters.events import AccountRef, MessageReceived, MessageRef
from bot import inbox, sending
from bot.dispatch import Dispatcher
from bot.leaks.scan import scan
from bot.pretend import Council, assemble, populate
from config import logs
from directory.search import Finder
from tests.bench.register import Figure, benchmark

QUESTIONS = 100
POST = "The library in Mill Lane opens at 9am on Saturday, and the café sells tea for £1.20 to anyone who asks. " * 30


def _question(number: int, room: str) -> MessageReceived:
    now = datetime.now(UTC)
    ref = MessageRef("web", room, "1")
    text = "who knows about flood maping?"
    return MessageReceived(f"bench-{number}", now, AccountRef("web", "ama"), ref, text, addressed=True, direct=True)


async def _answers(folder: Path) -> list[float]:
    """CPU milliseconds of each message: stored, handled, answered in the web chat."""
    logs.set_up("error")
    council = assemble(folder, 0, 5)
    await populate(council)
    await council.app.start()
    try:
        dispatcher = Dispatcher(council.app.services, Finder(), council.app.owner)
        return [await _one(council, number, dispatcher) for number in range(QUESTIONS)]
    finally:
        await council.app.close()


async def _one(council: Council, number: int, dispatcher: Dispatcher) -> float:
    services = council.app.services
    begun = time.process_time()
    await inbox.receive(services.database, "web", [_question(number, "direct-ama")], str(number))
    while await dispatcher.step():
        pass
    while await sending.step(services, council.app.owner):
        pass
    return (time.process_time() - begun) * 1000


@benchmark
def message_to_answer() -> list[Figure]:
    """From the platform's event to the answer on its way, CPU of the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        spent = asyncio.run(_answers(Path(folder)))
    return [Figure("message to answer, median", statistics.median(spent), 10, "ms CPU")]


@benchmark
def demo_ready() -> list[Figure]:
    """From the command to the page's address, and the memory then."""
    command = [str(Path(sys.executable).with_name("switchboard")), "demo", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        line = demo.stdout.readline() if demo.stdout else ""
        memory = _resident(demo.pid)
        demo.send_signal(signal.SIGTERM)
        _, _, used = os.wait4(demo.pid, 0)
        demo.returncode = 0
    if "ready" not in line:
        raise RuntimeError(f"the demo did not start: {line}")
    return [
        Figure("demo ready", used.ru_utime + used.ru_stime, 3, "s CPU"),
        Figure("demo resident", memory, 150, "MB"),
    ]


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the demo is gone")


@benchmark
def scan_of_a_long_post() -> list[Figure]:
    """A post of 3,000 characters through the leak scanner, the lowest of twenty."""
    text = POST[:3000]
    scan(text)
    spent = []
    for _ in range(20):
        begun = time.process_time_ns()
        scan(text)
        spent.append((time.process_time_ns() - begun) / 1_000_000)
    return [Figure("scan of 3,000 characters", min(spent), 2, "ms CPU")]
