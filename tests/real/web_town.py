"""The web chat in a thread of its own with a small scripted bot, for tests that drive a browser.

Playwright's blocking interface would stop the chat's event loop if both shared a thread.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from adapters.chat.web import WebAccount, WebChat, WebChatSettings, WebRoom
from adapters.events import AnyEvent, Button, ButtonPressed, Content, MessageReceived, RoomKind, RoomRef

T = TypeVar("T")

ACCOUNTS = (
    WebAccount("ama", "Ama Owusu", "library officer"),
    WebAccount("jo", "Jo Bennett", "comms officer"),
    WebAccount("sam", "Sam Iqbal", "comms officer"),
    WebAccount("dee", "Dee Walsh", "information governance"),
    WebAccount("pat", "Pat Lund", "admin", moderator=True),
    WebAccount("gil", "Gil Moreau", "guest from a partner", guest=True),
)
ROOMS = (
    WebRoom("general", "general"),
    WebRoom("comms", "comms", RoomKind.PRIVATE, members=("jo", "sam", "dee", "pat")),
    WebRoom("partners", "partners", shared=True, members=("ama", "jo", "gil")),
)
WORDING = (
    "The library on Mill Lane opens at 10 on Saturday.\n\n  Step-free entrance: round the back.  \nAll welcome! 🎈"
)
PAGE = """<!doctype html><html lang="en-GB"><head><title>Council news</title></head><body><main>
<h1>Council news</h1>{}</main></body></html>"""


@dataclass
class Pretend:
    """A scripted bot, its memory, and the public page it writes."""

    kept: dict[str, str] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    chat: WebChat | None = None

    async def get(self, key: str) -> str | None:
        """AdapterState."""
        return self.kept.get(key)

    async def put(self, key: str, value: str) -> None:
        """AdapterState."""
        self.kept[key] = value

    async def picture(self, sha256: str) -> bytes:
        """PictureStore: there are none."""
        raise KeyError(sha256)

    async def receive(self, batch: Sequence[AnyEvent], checkpoint: str) -> None:
        """Answer a few words; a real product would only note them here."""
        for event in batch:
            if isinstance(event, MessageReceived) and event.addressed:
                await self._answer(event)
            elif isinstance(event, ButtonPressed) and event.action == "publish":
                self.posts.append(event.value)
                await self._send(event.ref.place, Content("Published."), None, event.event_id)
        self.kept["checkpoint"] = checkpoint

    async def show(self, _request: web.Request) -> web.Response:
        """The public page."""
        items = "".join(f"<article><p>{post}</p></article>" for post in self.posts) or "<p>Nothing yet.</p>"
        return web.Response(text=PAGE.format(items), content_type="text/html")

    async def _answer(self, event: MessageReceived) -> None:
        key, thread = event.event_id, event.ref.thread or event.ref.message
        assert self.chat
        if event.text.startswith("announce"):
            buttons = (Button("publish", "Publish", "The library opens"), Button("leave", "Not yet", ""))
            content = Content("#12 r1 is ready for review. ✅ approves, ❌ stops.", WORDING, buttons)
            ref = await self.chat.send(event.ref.place, content, thread=thread, key=key)
            for emoji in ("✅", "❌"):
                await self.chat.react(ref, emoji)
        elif event.text.startswith("secret"):
            content = Content(
                "That looks like an NHS number.", "485 777 ••••", (Button("take", "Use the redaction", "1"),)
            )
            await self.chat.whisper(event.ref.place, event.sender, content, thread=thread, key=key)
        else:
            await self._send(event.ref.place, Content(f"Rhys Morgan knows about that.\n{event.text}"), thread, key)

    async def _send(self, room: RoomRef, content: Content, thread: str | None, key: str) -> None:
        assert self.chat
        await self.chat.send(room, content, thread=thread, key=key)


class Town:
    """The running chat, seen from the test's thread."""

    def __init__(self, folder: Path) -> None:
        self.bot = Pretend()
        self._folder = folder
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="town")
        self._thread.start()

    @property
    def chat(self) -> WebChat:
        """The adapter as it is now."""
        assert self.bot.chat
        return self.bot.chat

    def link(self) -> str:
        """A fresh link."""
        return self.chat.new_link()

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the chat's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def start(self) -> None:
        """Start, or start again on the same port and file."""
        self.does(self._start())

    def stop(self) -> None:
        """Stop the chat; the thread goes on."""
        self.does(self._stop())

    def end(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        public = web.Application()
        public.router.add_get("/", self.bot.show)
        settings = WebChatSettings(self._folder / "chat.db", ACCOUNTS, ROOMS, port=self._port)
        self.bot.chat = WebChat(settings, self.bot, self.bot, {"public": public})
        await self.bot.chat.preflight()
        self._port = int(self.bot.chat.address.rpartition(":")[2])
        self._listening = asyncio.create_task(self.bot.chat.listen(self.bot.receive))

    async def _stop(self) -> None:
        assert self._listening
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self.chat.close()


@contextmanager
def running(folder: Path) -> Iterator[Town]:
    """A town that is cleared away afterwards."""
    town = Town(folder)
    try:
        town.start()
        yield town
        town.stop()
    finally:
        town.end()
