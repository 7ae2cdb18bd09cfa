"""A person's client with the crypto that Element uses (matrix-js-sdk), strict about devices or not."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.real.matrix_person import Place
from tests.real.matrix_reading import Reading
from tests.real.parts import NPM, node
from tests.real.synapse import Account

PATIENCE = 60.0  # seconds for one command
LONGEST = 2**24  # bytes of one answer: it may tell hundreds of messages
LOOK = 0.1  # seconds between two looks while one waits for news


class PeerFault(RuntimeError):
    """The peer could not do what it was asked to."""


class PeerLine:
    """A client in a process of its own; `reading` is what has come so far."""

    def __init__(self, process: asyncio.subprocess.Process, reading: Reading) -> None:
        self.reading = reading
        self._process = process
        self._rooms: dict[str, Place] = {}
        self._turn = asyncio.Lock()

    @classmethod
    async def start(
        cls, url: str, account: Account, sdk: Path, log: Path, reading: Reading, *, strict: bool
    ) -> "PeerLine":
        """Log in. `strict`: serve and believe cross-signed devices only (MSC4153), and have signed one's own."""
        program = node() / "bin/node"
        with log.open("wb") as errors:
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(
                program, NPM / "peer.mjs", sdk, stdin=pipe, stdout=pipe, stderr=errors, env={}, limit=LONGEST
            )
        line = cls(process, reading)
        login = {"url": url, "user": account.id, "device": account.device, "token": account.token}
        try:
            await line.ask("login", **login, strict=strict)
            if strict:
                await line.ask("crossSign")
        except BaseException:
            await line.close()
            raise
        return line

    async def ask(self, command: str, **given: Any) -> Any:
        """What the peer answers to one command of tests/real/npm/peer.mjs. Raises PeerFault."""
        async with self._turn, asyncio.timeout(PATIENCE):
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps({"do": command, **given}).encode() + b"\n")
            await self._process.stdin.drain()
            line = await self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the peer is gone"}
        if "error" in answer:
            raise PeerFault(f"{command}: {answer['error']}")
        return answer["ok"]

    async def catch_up(self, seconds: float = 0) -> None:
        """Take what is new; with nothing new wait so long for it. Rooms one is invited to are joined."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            if await self._news() or asyncio.get_running_loop().time() >= end:
                return
            await asyncio.sleep(LOOK)

    async def rooms(self) -> Mapping[str, Place]:
        """The rooms one is in."""
        return self._rooms

    async def send(self, room: str, kind: str, content: Mapping[str, Any]) -> str:
        """Put an event into a room, encrypted where the room is; its id."""
        await self.catch_up()
        return str(await self.ask("send", room=room, kind=kind, content=content))

    async def trust(self, user: str) -> dict[str, dict[str, bool]]:
        """Somebody's devices: whether each is `signed` by its owner's keys, and these `verified` by us."""
        await self.catch_up()
        found: dict[str, dict[str, bool]] = await self.ask("trust", user=user)
        return found

    async def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _news(self) -> bool:
        told = await self.ask("news")
        self._rooms = {id_: Place(frozenset(one["members"]), one["encrypted"]) for id_, one in told["rooms"].items()}
        for event in told["events"]:
            self.reading.take(event["room"], [event])
        return bool(told["events"])
