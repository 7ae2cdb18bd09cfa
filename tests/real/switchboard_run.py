"""Switchboard serving on Matrix as people start it: `switchboard run`, a process of its own in a folder of its own."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.process import PATIENCE, PROGRAM, environment, free_port
from tests.real.synapse import Account, Homeserver

TOKEN, STORE_KEY = "SWITCHBOARD_SECRETS__MATRIX_TOKEN", "SWITCHBOARD_SECRETS__MATRIX_STORE_KEY"


def settings(server: Homeserver, bot: Account, comms: str, **more: str) -> str:
    """A settings file for that account; `more` are tables as they are written."""
    tables = {
        "matrix": f'homeserver = "{server.url}"\nuser = "{bot.id}"\ndevice = "{bot.device}"',
        "rooms": f'comms = "matrix:{comms}"',
        "feed": f'listen = "127.0.0.1:{free_port()}"',
    } | more
    return "\n".join(f"[{name}]\n{text}" for name, text in tables.items()) + "\n"


def install(folder: Path, text: str, bot: Account, key: str = "a long key that only this test knows") -> None:
    """Write settings and secrets as `switchboard init --matrix` does."""
    folder.mkdir(exist_ok=True)
    (folder / "switchboard.toml").write_text(text, encoding="utf-8")
    secrets = folder / "switchboard.secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    for name, value in {TOKEN: bot.token, STORE_KEY: key}.items():
        (secrets / name).write_text(value + "\n")


class Running:
    """A process that serves, or tries to. What it logs is read from its file."""

    def __init__(self, folder: Path, *words: str, program: Any = PROGRAM, env: Mapping[str, str] | None = None) -> None:
        self.log = folder / f"run-{len(list(folder.glob('run-*')))}.log"
        variables = {"SWITCHBOARD_LOG__FILE": str(self.log), **(env or {})}
        self.process = subprocess.Popen(
            [*program, "run", *words],
            cwd=folder,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def events(self) -> list[dict[str, Any]]:
        """What it has logged."""
        text = self.log.read_text() if self.log.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    async def logs(self, event: str, times: int = 1) -> None:
        """Return once it has logged that so often. Raises AssertionError when it ends before."""
        async with asyncio.timeout(PATIENCE):
            while sum(one["event"] == event for one in self.events()) < times:
                assert self.process.poll() is None, self.process.communicate()
                await asyncio.sleep(0.05)

    async def ends(self, number: int | None = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal, if any; the exit and what was said."""
        if number is not None:
            self.process.send_signal(number)
        out, err = await asyncio.to_thread(self.process.communicate, timeout=PATIENCE)
        return self.process.returncode, out, err

    def kill(self) -> None:
        """End it as a power cut does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()
