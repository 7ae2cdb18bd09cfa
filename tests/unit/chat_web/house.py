"""A web chat with a few people in it, and a browser's session beside it."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters.chat.web import WebAccount, WebChat, WebChatSettings, WebRoom
from adapters.events import RoomKind
from tests.contract.chat_stage import Desk

ACCOUNTS = (
    WebAccount("ama", "Ama"),
    WebAccount("jo", "Jo"),
    WebAccount("pat", "Pat", moderator=True),
    WebAccount("ian", "Ian", active=False),
)
ROOMS = (WebRoom("general", "general"), WebRoom("comms", "comms", RoomKind.PRIVATE, members=("jo", "pat")))
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
LINE = 200  # characters that fit one kind line


@dataclass
class Open:
    """A running chat and a session that has not been let in yet."""

    chat: WebChat
    desk: Desk
    http: aiohttp.ClientSession

    @property
    def port(self) -> str:
        """The port it took."""
        return self.chat.address.rpartition(":")[2]


async def _public(_request: web.Request) -> web.Response:
    return web.Response(text="<h1>News</h1>", content_type="text/html")


async def _strict(_request: web.Request) -> web.Response:
    policy = "default-src 'none'; img-src data:; frame-ancestors 'none'"
    return web.Response(text="strict", headers={"Content-Security-Policy": policy})


def settings(folder: Path, port: int = 0) -> WebChatSettings:
    """The settings of the chat in that folder."""
    return WebChatSettings(folder / "chat.db", ACCOUNTS, ROOMS, port=port)


def make(folder: Path, desk: Desk, port: int = 0) -> WebChat:
    """A chat that has not been opened."""
    public = web.Application()
    public.add_routes([web.get("/", _public), web.get("/strict", _strict)])
    return WebChat(settings(folder, port), desk, desk, {"public": public})


@asynccontextmanager
async def opened(folder: Path, *, let_in: bool = True) -> AsyncIterator[Open]:
    """A running chat; `let_in` opens the door for the session."""
    desk = Desk()
    chat = make(folder, desk)
    await chat.preflight()
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        async with aiohttp.ClientSession(chat.address, cookie_jar=jar, headers={"X-Persona": "ama"}) as http:
            if let_in:
                async with http.get(chat.new_link()) as response:
                    assert response.status == 200
            yield Open(chat, desk, http)
    finally:
        await chat.close()


async def say(house: Open, text: str, who: str = "ama", room: str = "general") -> str:
    """Write as somebody; the id of the message."""
    answer = await house.http.post(f"/api/rooms/{room}/messages", json={"text": text}, headers={"X-Persona": who})
    return str((await answer.json())["id"])


def form(data: bytes, name: str = "a.txt", **fields: str) -> aiohttp.FormData:
    """An upload of one file."""
    made = aiohttp.FormData(quote_fields=False)
    for key, value in fields.items():
        made.add_field(key, value)
    made.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
    return made


def on_disk(folder: Path) -> bytes:
    """Every byte of every file in the folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
