"""The dialogue client: people of the web chat as objects, for the tour and for tests that read like a talk.

    async with Dialogue.at(link) as chat:
        ama = chat.person("ama")
        await ama.says("general", "@switchboard who knows about flood mapping?")
        answer = await ama.sees("Rhys", within=5)

It goes on when the server is killed and started again on the same port and file: every request is repeated until
it is answered, with the same `client_id`, so nothing is said or pressed twice.
"""

import asyncio
import io
import re
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

BOT = "switchboard"
PATIENCE = 30.0  # seconds to wait for a server that is being started again
PAUSE = 0.05  # seconds between two looks


class Refusal(RuntimeError):
    """The chat said no: its status, code and the line a person reads."""

    def __init__(self, status: int, code: str, line: str) -> None:
        super().__init__(f"{status} {code}: {line}")
        self.status, self.code, self.line = status, code, line


class NotSeen(LookupError):
    """What should have been seen was not, within the time given."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person sees it. `reactions`: emoji -> the ids of who reacted."""

    id: str
    room: str
    thread: str | None
    sender: str
    text: str
    quote: str | None
    private: bool
    edited: bool
    buttons: tuple[str, ...]
    files: tuple[Mapping[str, Any], ...]
    pictures: tuple[Mapping[str, Any], ...]
    reactions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Everything it says: text and quote."""
        return self.text if self.quote is None else f"{self.text}\n{self.quote}"


class Dialogue:
    """The way in: one browser's session at the chat."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.address = address
        self._http = http

    @classmethod
    @asynccontextmanager
    async def at(cls, link: str) -> AsyncIterator["Dialogue"]:
        """Go in by a link with its key."""
        parts = urlsplit(link)
        jar = aiohttp.CookieJar(unsafe=True)  # an address in digits may have cookies too
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            chat = cls(http, f"{parts.scheme}://{parts.netloc}")
            async with http.get(link) as response:
                if response.status != 200:
                    raise Refusal(response.status, "not_let_in", await response.text())
            yield chat

    def person(self, account: str) -> "Person":
        """Somebody of the chat, by the id of their account."""
        return Person(self, account)

    async def page(self, path: str) -> str:
        """The text of a page, such as `/public/`."""
        async with self._http.get(self.address + path) as response:
            text = await response.text()
            if response.status != 200:
                raise Refusal(response.status, "page", text)
            return text

    async def ask(
        self, who: str, method: str, path: str, body: Callable[[], dict[str, Any] | aiohttp.FormData] | None = None
    ) -> Any:
        """One request of the API, repeated while nobody answers. `body` is made anew for each attempt."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await self._ask_once(who, method, path, body() if body else None)
                except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
                    await asyncio.sleep(PAUSE)

    async def _ask_once(self, who: str, method: str, path: str, body: dict[str, Any] | aiohttp.FormData | None) -> Any:
        given = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        async with self._http.request(method, self.address + path, headers={"X-Persona": who}, **given) as response:
            if response.content_type != "application/json":
                return await response.read()
            answer = await response.json()
            if response.status == 503:
                raise aiohttp.ClientConnectionError(answer["error"])
            if response.status >= 400:
                raise Refusal(response.status, answer["code"], answer["error"])
            return answer


class Onlooker:
    """Somebody at the chat, with eyes only."""

    def __init__(self, chat: Dialogue, account: str) -> None:
        self.account = account
        self._chat = chat

    @property
    def direct(self) -> str:
        """The room of the direct messages with the bot."""
        return f"direct-{self.account}"

    async def opens(self, file: str) -> bytes:
        """The bytes of a file that is shared in a message."""
        return bytes(await self._chat.ask(self.account, "GET", f"/api/files/{file}"))

    async def rooms(self) -> list[str]:
        """The ids of the rooms one is in."""
        return [room["id"] for room in (await self._chat.ask(self.account, "GET", "/api/rooms"))["rooms"]]

    async def reads(self, room: str) -> list[Seen]:
        """What stands in a room now, oldest first."""
        found = await self._chat.ask(self.account, "GET", f"/api/rooms/{room}/messages")
        return [_seen(message) for message in found["messages"]]

    async def finds(
        self,
        pattern: str,
        *,
        room: str | None = None,
        thread: str | None = None,
        private: bool | None = None,
        by: str | None = BOT,
        after: str = "0",
    ) -> Seen | None:
        """The newest message that says so now. `by` None: by anybody; `after`: written after that message."""
        rooms = [room] if room else await self.rooms()
        found = [message for place in rooms for message in await self.reads(place)]
        for message in sorted(found, key=lambda one: int(one.id), reverse=True):
            fits = by in (None, message.sender) and int(message.id) > int(after)
            fits = fits and private in (None, message.private) and thread in (None, message.thread)
            if fits and re.search(pattern, message.words, re.DOTALL):
                return message
        return None

    async def sees(self, pattern: str, *, within: float = 10.0, **where: Any) -> Seen:
        """As `finds`, waiting until it is there. Raises `NotSeen`."""
        try:
            async with asyncio.timeout(within):
                while True:
                    if found := await self.finds(pattern, **where):
                        return found
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            room = where.get("room")
            said = [one.words for place in ([room] if room else await self.rooms()) for one in await self.reads(place)]
            raise NotSeen(f"{self.account} did not see {pattern!r} {where or ''}, but: {said[-8:]}") from None

    async def looks(self, message: str, room: str) -> Seen | None:
        """One message as it stands now, None when it is gone."""
        return next((one for one in await self.reads(room) if one.id == message), None)


class Person(Onlooker):
    """Somebody at the chat, with eyes and hands."""

    async def says(self, room: str, text: str, *, thread: str | None = None) -> str:
        """Write; the id of the message."""
        body = {"text": text, "thread": thread, "client_id": uuid.uuid4().hex}
        return str((await self._ask("POST", f"/api/rooms/{room}/messages", body))["id"])

    async def drops(
        self, room: str, name: str, data: bytes, *, text: str = "", alt: str = "", thread: str | None = None
    ) -> str:
        """Share a file; the id of the message."""
        fields = {"text": text, "thread": thread or "", "client_id": uuid.uuid4().hex, "alt": alt}

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData(quote_fields=False)
            for key, value in fields.items():
                made.add_field(key, value)
            made.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
            return made

        return str((await self._chat.ask(self.account, "POST", f"/api/rooms/{room}/files", form))["id"])

    async def edits(self, message: str, text: str) -> None:
        """Change one's own words."""
        await self._ask("PATCH", f"/api/messages/{message}", {"text": text})

    async def deletes(self, message: str) -> None:
        """Remove a message."""
        await self._ask("DELETE", f"/api/messages/{message}", {})

    async def reacts(self, message: str, emoji: str) -> None:
        """Add a reaction."""
        await self._ask("POST", f"/api/messages/{message}/react", {"emoji": emoji})

    async def unreacts(self, message: str, emoji: str, *, whose: str | None = None) -> None:
        """Take a reaction back; a moderator also somebody else's."""
        await self._ask("POST", f"/api/messages/{message}/unreact", {"emoji": emoji, "account": whose})

    async def presses(self, message: str, label: str) -> None:
        """Press a button by its label."""
        body = {"label": label, "client_id": uuid.uuid4().hex}
        await self._ask("POST", f"/api/messages/{message}/press", body)

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> Any:
        return await self._chat.ask(self.account, method, path, lambda: body)


def _seen(message: dict[str, Any]) -> Seen:
    return Seen(
        id=message["id"],
        room=message["room"],
        thread=message["thread"],
        sender=message["sender"],
        text=message["text"],
        quote=message["quote"],
        private=message["private"],
        edited=message["edited"],
        buttons=tuple(message["buttons"]),
        files=tuple(message["files"]),
        pictures=tuple(message["pictures"]),
        reactions={one["emoji"]: frozenset(who["id"] for who in one["people"]) for one in message["reactions"]},
    )
