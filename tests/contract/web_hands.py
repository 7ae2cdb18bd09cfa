"""The web chat's driver for the contract suite."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from adapters.chat.web import WebAccount, WebChat, WebChatSettings, WebRoom
from adapters.events import AccountRef, RoomKind, RoomRef
from tests.chat import Dialogue
from tests.contract.chat_stage import Desk, Shown

ACCOUNTS = (
    WebAccount("ann", "Ann", email="ann@council.example"),
    WebAccount("bob", "Bob"),
    WebAccount("guest", "Gus", guest=True),
    WebAccount("external", "Eve", external=True),
    WebAccount("inactive", "Ian", active=False),
    WebAccount("robot", "Switchboard", bot=True),
)
ROOMS = (
    WebRoom("open", "open", members=("ann", "bob", "guest", "robot")),
    WebRoom("private", "private", RoomKind.PRIVATE, members=("ann", "bob")),
    WebRoom("shared", "shared", shared=True, members=("ann", "bob", "external")),
)


class WebHands:
    """People at the web chat, through its API."""

    handle: str = "@switchboard"

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.people = {account.id: AccountRef("web", account.id) for account in ACCOUNTS}
        self.rooms = {room.id: RoomRef("web", room.id) for room in ROOMS}
        self._settings = WebChatSettings(folder / "chat.db", ACCOUNTS, ROOMS, port=0)
        self._desk = desk
        self._open = AsyncExitStack()

    async def start(self) -> None:
        """Make the adapter and go in."""
        self.adapter = WebChat(self._settings, self._desk, self._desk)
        await self.adapter.preflight()
        self._chat = await self._open.enter_async_context(Dialogue.at(self.adapter.new_link()))

    async def stop(self) -> None:
        """Leave the page."""
        await self._open.aclose()

    async def restart(self) -> None:
        """Close the adapter and make a new one on the same file."""
        await self.stop()
        await self.adapter.close()
        await self.start()

    async def says(self, who: str, room: RoomRef, text: str, thread: str | None = None) -> str:
        """Somebody writes."""
        return await self._chat.person(who).says(room.id, text, thread=thread)

    async def edits(self, who: str, room: RoomRef, message: str, text: str) -> None:
        """Somebody changes their message."""
        await self._chat.person(who).edits(message, text)

    async def deletes(self, who: str, room: RoomRef, message: str) -> None:
        """Somebody deletes their message."""
        await self._chat.person(who).deletes(message)

    async def reacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody reacts."""
        await self._chat.person(who).reacts(message, emoji)

    async def unreacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody takes their reaction back."""
        await self._chat.person(who).unreacts(message, emoji)

    async def shares(self, who: str, room: RoomRef, name: str, data: bytes, text: str, alt: str) -> str:
        """Somebody shares a file."""
        return await self._chat.person(who).drops(room.id, name, data, text=text, alt=alt)

    async def presses(self, who: str, room: RoomRef, message: str, label: str) -> None:
        """Somebody presses a button."""
        await self._chat.person(who).presses(message, label)

    async def sees(self, who: str, room: RoomRef) -> Sequence[Shown]:
        """What somebody sees; the page sets every text as text, and calls for nobody's attention."""
        return [
            Shown(
                id=seen.id,
                sender=seen.sender,
                text=seen.text,
                quote=seen.quote,
                thread=seen.thread,
                buttons=seen.buttons,
                files=tuple(file["name"] for file in seen.files),
                formatted=False,
                notified=False,
            )
            for seen in await self._chat.person(who).reads(room.id)
        ]
