"""A Slack workspace of our own for the tests: `local-slack` on a free port of this machine, gone afterwards.

It is a program by others (npm, pinned by its checksum), starts in a fraction of a second, and keeps everything in
memory: every test has one of its own, with its own people, rooms and files. Beware that it listens on every
interface, as it cannot be told otherwise: nothing but pretend people may ever be put into it.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

PATIENCE = 30.0  # seconds until it answers; 0.1 to 0.3 on an idle machine
BOT, APP, TEAM = "U0BOT", "A01APP", "T01TEST"


class Mode(StrEnum):
    """How Slack hands events over: the bot calls and holds a socket open, or is called and checks a signature."""

    SOCKET = "socket"
    HTTP = "events"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the bot needs to log in. None is good for anything but this server."""

    bot: str = "xoxb-test-bot-token"
    app: str = "xapp-test-app-token"
    signing: str = "test-signing-secret"


@dataclass(frozen=True, slots=True)
class World:
    """Who and what is there. `people` and `rooms` are as users.info and conversations.info tell them.

    The server knows few of their fields; what it does not know is added by the edge (tests/real/slack_edge.py).
    """

    people: Mapping[str, Mapping[str, Any]]
    rooms: Mapping[str, Mapping[str, Any]]
    secrets: Secrets = field(default_factory=Secrets)

    def configuration(self, mode: Mode, request_url: str) -> dict[str, Any]:
        """The server's own settings file."""
        secrets = self.secrets
        app = {
            "appId": APP,
            "botUserId": BOT,
            "botName": "switchboard",
            "botToken": secrets.bot,
            "appToken": secrets.app,
            "signingSecret": secrets.signing,
            "mode": mode.value,
            "requestUrl": request_url,
        }
        users = [
            {
                "id": id_,
                "name": one["name"],
                "real_name": one.get("real_name", one["name"]),
                "is_bot": bool(one.get("is_bot")),
                **({"email": one["profile"]["email"]} if "email" in one.get("profile", {}) else {}),
            }
            for id_, one in self.people.items()
        ]
        channels = [
            {
                "id": id_,
                "name": one["name"],
                "is_private": bool(one.get("is_private")),
                "members": [*one["members"], *([] if one.get("without_the_bot") else [BOT])],
            }
            for id_, one in self.rooms.items()
        ]
        workspace = {"name": "Pretend Council", "domain": "council", "teamId": TEAM}
        return {"workspace": workspace, "apps": [app], "users": users, "channels": channels}


@dataclass
class Server:
    """A running server. `control` is what its people's page does, for programs."""

    url: str
    process: asyncio.subprocess.Process
    http: aiohttp.ClientSession

    async def control(self, action: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do something as a person: POST with a body, GET without. Raises AssertionError when it says no."""
        method = "GET" if body is None else "POST"
        async with self.http.request(method, f"{self.url}/_control/{action}", json=body) as answer:
            told = await answer.json()
        assert answer.status == 200, (action, told)
        assert told.get("ok", True), (action, told)
        return told

    async def messages(self, room: str) -> list[dict[str, Any]]:
        """All messages of a room as the server keeps them, oldest first; those for one person's eyes among them."""
        found: list[dict[str, Any]] = (await self.control(f"messages/{room}"))["messages"]
        return found

    async def file(self, message: Mapping[str, Any], token: str) -> bytes:
        """The bytes of a message's first file; the server gives them to whoever has a token of its app's."""
        path = urlsplit(message["files"][0]["url_private_download"]).path
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.get(f"{self.url}{path}", headers=headers) as answer:
            assert answer.status == 200
            return await answer.read()

    async def log(self) -> list[dict[str, Any]]:
        """What went between server and bot, as the server saw it."""
        found: list[dict[str, Any]] = (await self.control("log"))["log"]
        return found

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]]:
        """The people's page: its line to the server, and everything as it is now."""
        async with self.http.ws_connect(f"{self.url}/ui", max_msg_size=0) as line:
            first = json.loads(await line.receive_str(timeout=PATIENCE))
            yield line, first["state"]


@contextlib.asynccontextmanager
async def serving(
    program: Path, folder: Path, port: int, world: World, mode: Mode, request_url: str
) -> AsyncIterator[Server]:
    """A server with that world; at the end it is gone."""
    home = folder / "slack"
    home.mkdir()
    (home / "workspace.json").write_text(json.dumps(world.configuration(mode, request_url)))
    words = ["--config", "workspace.json", "--port", str(port), "--base-host", "127.0.0.1", "--files-dir", "files"]
    with (home / "out").open("wb") as out:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "TMPDIR": str(home)}
        process = await asyncio.create_subprocess_exec(
            program, *words, cwd=home, env=environment, stdout=out, stderr=out
        )
    # Of the environment's proxies none leads to this machine; aiohttp asks for none by itself.
    async with aiohttp.ClientSession() as http:
        server = Server(f"http://127.0.0.1:{port}", process, http)
        try:
            await _wait(server, home / "out")
            yield server
        finally:
            await _end(process)


async def _wait(server: Server, out: Path) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while server.process.returncode is None:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    await server.control("state")
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    raise RuntimeError(f"local-slack did not start: {out.read_text()[-2000:]}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:  # a test may have frozen it
        process.kill()
        await process.wait()
