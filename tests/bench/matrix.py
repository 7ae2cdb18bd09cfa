"""Encrypted messages answered on a real Synapse: CPU an answer beside matrix-nio alone, and memory over 1,500."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.register import Figure, benchmark
from tests.process import environment
from tests.real.matrix_nio import NioLine
from tests.real.matrix_reading import Reading
from tests.real.needs import manifest
from tests.real.synapse import CLIENT, Account, Homeserver, serving

WARM, COMPARED, ALL = 25, 100, 1_500  # messages: before anything is measured, for CPU, for memory
AT_ONCE = 5
PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """CPU milliseconds that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def _memory(process: subprocess.Popen[bytes]) -> float:
    """MiB that a process holds."""
    line = next(one for one in Path(f"/proc/{process.pid}/status").read_text().splitlines() if one[:6] == "VmRSS:")
    return int(line.split()[1]) / 1024


async def _talk(line: NioLine, room: str, count: int) -> None:
    """Say so many things, a few at a time: of more at once matrix-nio alone would lose some."""
    for begin in range(0, count, AT_ONCE):
        wanted = set()
        for number in range(AT_ONCE):
            text = f"message {begin + number} {time.monotonic_ns()}"
            content = {"msgtype": "m.text", "body": text}
            await line.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
            wanted.add(f"again: {text}")
        async with asyncio.timeout(PATIENCE):
            while wanted:
                await line.catch_up(1.0)
                wanted -= {one.text for one in line.reading.room(room, private=True)[-4 * AT_ONCE :]}


async def _bot(server: Homeserver, kind: str, folder: Path, counts: list[int]) -> list[tuple[float, float]]:
    """CPU and memory of that bot after so many messages each."""
    ama, bot = server.new_user("ama"), server.new_user("bot")
    line = NioLine(server.url, ama, folder / "ama", Reading({}))
    process = _start(kind, server, bot, folder)
    try:
        room = server.new_room(ama, encrypted=True, members=[bot])
        await _is_up(server, ama, bot)
        await line.catch_up()
        found = []
        for count in counts:
            await _talk(line, room, count)
            found.append((_cpu(process), _memory(process)))
        return found
    finally:
        process.kill()
        process.wait()
        await line.close()


async def _is_up(server: Homeserver, ama: Account, bot: Account) -> None:
    """Return once the bot has uploaded its keys, and has had time to see the room."""
    async with asyncio.timeout(PATIENCE):
        while True:
            told = server.call(ama, "POST", f"{CLIENT}/keys/query", {"device_keys": {bot.id: []}})
            if bot.device in told["device_keys"].get(bot.id, {}):
                break
            await asyncio.sleep(0.5)
    await asyncio.sleep(3)


def _start(kind: str, server: Homeserver, bot: Account, folder: Path) -> subprocess.Popen[bytes]:
    told: dict[str, Any] = {
        "homeserver": server.url,
        "user_id": bot.id,
        "device_id": bot.device,
        "access_token": bot.token,
        "store": str(folder / "store"),
        "store_key": "a key of the bench",
    }
    file = folder / "bot.json"
    file.write_text(json.dumps(told))
    command = [sys.executable, "-m", "tests.bench.matrix_echo", kind, str(file)]
    return subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)


async def _compared(server: Homeserver, folder: Path) -> list[Figure]:
    cpu = {}
    for kind in ("bare", "ours"):
        (folder / kind).mkdir()
        warm, done = await _bot(server, kind, folder / kind, [WARM, COMPARED])
        cpu[kind] = (done[0] - warm[0]) / COMPARED
    return [
        Figure("Matrix, an encrypted answer, CPU", cpu["ours"], cpu["bare"] + 10, "ms"),
        Figure("of it beyond matrix-nio alone", cpu["ours"] - cpu["bare"], 10, "ms"),
    ]


async def _grown(server: Homeserver, folder: Path) -> list[Figure]:
    (folder / "long").mkdir()
    warm, done = await _bot(server, "ours", folder / "long", [WARM * 8, ALL])
    return [Figure(f"Matrix, {ALL:,} encrypted messages, memory grown", done[1] - warm[1], 10, "MiB")]


def _on_synapse(work: Any) -> list[Figure]:
    packages = Path(str(manifest()["Synapse"]["path"]))
    with serving(packages) as server, tempfile.TemporaryDirectory() as folder:
        found: list[Figure] = asyncio.run(work(server, Path(folder)))
        return found


@benchmark
def matrix_answers() -> list[Figure]:
    """CPU of one answer in an encrypted room, beside a bot of matrix-nio alone in the same run."""
    return _on_synapse(_compared)


@benchmark
def matrix_memory() -> list[Figure]:
    """Memory over many encrypted messages."""
    return _on_synapse(_grown)
