"""Answers on a Slack server: CPU of one beside slack-bolt alone, and the memory of the whole bot while nothing happens.

Many people write at once, each in direct messages, as Slack lets a bot write once a second in each room.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bench.register import Figure, benchmark
from tests.process import environment, spoilt
from tests.real.needs import manifest
from tests.real.slack_council import STAFF, WORLD, Town, populate
from tests.real.slack_house import House
from tests.real.slack_people import SlackPerson, Workspace, somebody, workspace
from tests.real.slack_server import BOT, World

PEOPLE = 40
WARM, ROUNDS = 1, 3  # messages of each: before anything is measured, and while it is
QUESTION = "who knows about flood mapping?"
TIERS = {"by words alone": 'import sys; sys.modules["tokenizers"] = None', "with the encoder": ""}
IDLE = 10.0  # seconds in which nothing happens before memory is read
PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
MANY = {f"U5{number:03}": somebody(f"staff{number}", f"Staff {number}") for number in range(PEOPLE)}
TOWN = World({**WORLD.people, **MANY}, WORLD.rooms)
ROWS = STAFF + "".join(f"10{n:04},Staff {n},staff{n}@council.example,{id_},\n" for n, id_ in enumerate(MANY))

Measured = Callable[[Workspace, Path], Coroutine[Any, Any, list[Figure]]]


def _cpu(process: "subprocess.Popen[Any]") -> float:
    """CPU milliseconds that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def _memory(process: "subprocess.Popen[Any]") -> float:
    """MB (a million bytes) that a process holds."""
    line = next(one for one in Path(f"/proc/{process.pid}/status").read_text().splitlines() if one[:6] == "VmRSS:")
    return int(line.split()[1]) * 1024 / 1e6


async def _talk(slack: Workspace, rounds: int, words: str) -> None:
    """Everybody says that so often, each as soon as all are answered."""
    people = [SlackPerson(id_, slack) for id_ in MANY]
    rooms = [await one.direct() for one in people]
    for _ in range(rounds):
        before = [await _answers(slack, room) for room in rooms]
        await asyncio.gather(*[one.says(room, words) for one, room in zip(people, rooms, strict=True)])
        async with asyncio.timeout(PATIENCE):
            for room, answers in zip(rooms, before, strict=True):
                while await _answers(slack, room) == answers:  # noqa: ASYNC110 - the server tells nobody of itself
                    await asyncio.sleep(0.05)


async def _answers(slack: Workspace, room: str) -> int:
    return sum(one.get("user") == BOT for one in await slack.server.messages(room))


async def _answering(slack: Workspace, process: "subprocess.Popen[Any]", words: str) -> float:
    """CPU milliseconds of one answer."""
    await _talk(slack, WARM, words)
    before = _cpu(process)
    await _talk(slack, ROUNDS, words)
    return (_cpu(process) - before) / (ROUNDS * PEOPLE)


@asynccontextmanager
async def _echo(kind: str, slack: Workspace, folder: Path) -> "AsyncIterator[subprocess.Popen[bytes]]":
    """A bot that says everything again; it listens."""
    hellos = slack.edge.delivery.hellos
    process = _started(kind, slack, folder)
    try:
        async with asyncio.timeout(PATIENCE):
            await slack.edge.delivery.linked(hellos + 1)
        yield process
    finally:
        process.kill()
        process.wait()


def _started(kind: str, slack: Workspace, folder: Path) -> "subprocess.Popen[bytes]":
    secrets, file = slack.world.secrets, folder / f"{kind}.json"
    file.write_text(json.dumps({"bot": secrets.bot, "app": secrets.app, "api": slack.base_url}))
    command = [sys.executable, "-m", "tests.bench.slack_echo", kind, str(file)]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def _house(slack: Workspace, folder: Path) -> House:
    """The whole bot, as an operator sets it up, and its staff file."""
    home = folder / "here"
    home.mkdir()
    town = Town(slack, home, 0)
    app = town.new_app()
    await populate(app.services, (), ROWS)
    await app.close()
    house = House(town, home)
    house.install(0)
    return house


async def _compared(slack: Workspace, folder: Path) -> list[Figure]:
    cpu = {}
    for kind in ("bare", "ours"):
        async with _echo(kind, slack, folder) as process:
            cpu[kind] = await _answering(slack, process, "hello")
    figures = [
        Figure("Slack, an answer by slack-bolt alone, CPU", cpu["bare"], cpu["bare"], "ms"),
        Figure("the adapter beyond that", cpu["ours"] - cpu["bare"], 10, "ms"),
    ]
    house = await _house(slack, folder)
    for what, code in TIERS.items():
        running = await house.serves(program=spoilt(code))
        whole = await _answering(slack, running.process, QUESTION)
        await asyncio.sleep(IDLE)
        figures += [
            Figure(f"the whole bot {what}, beyond that", whole - cpu["bare"], 10, "ms"),
            Figure(f"the whole bot {what}, idle memory", _memory(running.process), 120, "MB"),
        ]
        await running.ends()
    return figures


def _on_slack(work: Measured) -> list[Figure]:
    async def measured(folder: Path) -> list[Figure]:
        program = Path(str(manifest()["local-slack"]["path"]))
        async with workspace(program, folder, world=TOWN) as slack:
            return await work(slack, folder)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(Path(folder)))


@benchmark
def slack_answers() -> list[Figure]:
    """CPU of one answer beside slack-bolt alone in the same run, and the whole bot's memory afterwards."""
    return _on_slack(_compared)
