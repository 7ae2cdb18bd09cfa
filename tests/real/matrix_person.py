"""People at Matrix as objects, with the methods of the web chat's `Person`: tests read like a talk.

    ama = await matrix.nio("ama")
    event = await ama.says(room, "@switchboard who knows about flood mapping?")
    answer = await ama.sees("Rhys", by=None, within=5)

A person looks only when asked to: `finds`, `reads` and `sees` fetch what is new, each word said does so first. So
what was told before a look is seen by it, and nothing runs on behind a test's back. The client under a person is a
`Line`: matrix-nio (tests/real/matrix_nio.py) or the crypto of Element (tests/real/matrix_peer.py).
"""

import asyncio
import mimetypes
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import httpx
from nio.crypto import decrypt_attachment, encrypt_attachment

from tests.chat import BOT, NotSeen
from tests.real.matrix_reading import MatrixSeen, Reading
from tests.real.synapse import CLIENT, Account, Homeserver

PAIR = 2  # people in a room: what is said there is private
POLL = 0.5  # seconds that the server waits for news, a look at a time
MEDIA = "/_matrix/client/v1/media/download"


class Place(NamedTuple):
    """A room one is in: who is there or invited, and whether it is encrypted."""

    members: frozenset[str]
    encrypted: bool


class Line(Protocol):
    """A client that is logged in: what a person needs of it."""

    @property
    def reading(self) -> Reading:
        """What has come so far."""

    async def catch_up(self, seconds: float = 0) -> None:
        """Take what is new; with nothing new wait so long for it. Rooms one is invited to are joined."""

    async def rooms(self) -> Mapping[str, Place]:
        """The rooms one is in, by their ids."""

    async def send(self, room: str, kind: str, content: Mapping[str, Any]) -> str:
        """Put an event into a room, encrypted where the room is; its id."""


class Onlooker:
    """Somebody at Matrix, with eyes only. `names` gives short names to people and rooms; ids serve as well."""

    def __init__(self, account: Account, line: Line, homeserver: Homeserver, names: dict[str, str]) -> None:
        self.account = account
        self.line = line
        self._homeserver = homeserver
        self._names = names

    @property
    def direct(self) -> str:
        """The name of the room of the direct messages with the bot."""
        short = {id_: name for name, id_ in self._names.items()}
        return f"direct-{short.get(self.account.id, self.account.id)}"

    async def opens(self, file: str) -> bytes:
        """The bytes of a file that is shared in a message, decrypted."""
        content = self.line.reading.message(file).content
        place = content.get("file", content)
        data = await self._http("GET", f"{MEDIA}/{place['url'].removeprefix('mxc://')}")
        if "file" not in content:
            return data
        return bytes(decrypt_attachment(data, place["key"]["k"], place["hashes"]["sha256"], place["iv"]))

    async def rooms(self) -> list[str]:
        """The rooms one is in."""
        await self.line.catch_up()
        short = {id_: name for name, id_ in self._names.items()}
        return [short.get(room, room) for room in await self.line.rooms()]

    async def reads(self, room: str) -> list[MatrixSeen]:
        """What stands in a room now, oldest first."""
        await self.line.catch_up()
        return await self._standing(room)

    async def finds(
        self,
        pattern: str,
        *,
        room: str | None = None,
        thread: str | None = None,
        private: bool | None = None,
        by: str | None = BOT,
        after: str | None = None,
    ) -> MatrixSeen | None:
        """The newest message that says so now. `by` None: by anybody; `after`: it came after that message."""
        await self.line.catch_up()
        return await self._find(pattern, room=room, thread=thread, private=private, by=by, after=after)

    async def sees(self, pattern: str, *, within: float = 30.0, **where: Any) -> MatrixSeen:
        """As `finds`, waiting until it is there. Raises `NotSeen`."""
        found = await self.finds(pattern, **where)
        end = asyncio.get_running_loop().time() + within
        while found is None and asyncio.get_running_loop().time() < end:
            await self.line.catch_up(POLL)
            found = await self._find(pattern, **where)
        if found is None:
            rooms = [where["room"]] if where.get("room") else await self.line.rooms()
            said = [one.unreadable or one.words for place in rooms for one in await self._standing(place)]
            raise NotSeen(f"{self.account.id} did not see {pattern!r} {where or ''}, but: {said[-8:]}")
        return found

    async def looks(self, message: str, room: str) -> MatrixSeen | None:
        """One message as it stands now, None when it is gone."""
        return next((one for one in await self.reads(room) if one.id == message), None)

    async def _standing(self, room: str) -> list[MatrixSeen]:
        id_ = self._names.get(room, room)
        place = (await self.line.rooms()).get(id_)
        return self.line.reading.room(id_, private=place is not None and len(place.members) == PAIR)

    async def _find(
        self,
        pattern: str,
        *,
        room: str | None = None,
        thread: str | None = None,
        private: bool | None = None,
        by: str | None = BOT,
        after: str | None = None,
    ) -> MatrixSeen | None:
        rooms = [room] if room else list(await self.line.rooms())
        found = [message for place in rooms for message in await self._standing(place)]
        ids = [one.id for one in found]
        begin = ids.index(after) + 1 if after in ids else 0
        for message in reversed(found[begin:]):
            fits = by in (None, message.sender) and private in (None, message.private)
            if fits and thread in (None, message.thread) and re.search(pattern, message.words, re.DOTALL):
                return message
        return None

    async def _http(self, method: str, path: str, **options: Any) -> bytes:
        headers = {"Authorization": f"Bearer {self.account.token}"} | options.pop("headers", {})
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            answer = await http.request(method, self._homeserver.url + path, headers=headers, **options)
        answer.raise_for_status()
        return answer.content


class MatrixPerson(Onlooker):
    """Somebody at Matrix, with eyes and hands."""

    async def says(self, room: str, text: str, *, thread: str | None = None, **content: Any) -> str:
        """Write; the id of the message. `content` is added to the event as it is."""
        body = {"msgtype": "m.text", "body": text} | _in_thread(thread) | content
        return await self.line.send(await self._room(room), "m.room.message", body)

    async def drops(
        self, room: str, name: str, data: bytes, *, text: str = "", alt: str = "", thread: str | None = None
    ) -> str:
        """Share a file, encrypted where the room is; the id of the message. Matrix has no place for `alt` but words."""
        place = await self._room(room)
        await self.line.catch_up()
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kind = "m.image" if media_type.startswith("image/") else "m.file"
        body: dict[str, Any] = {"msgtype": kind, "filename": name, "body": text or alt or name}
        body["info"] = {"mimetype": media_type, "size": len(data)}
        if alt:
            body["m.alt_text"] = {"m.text": [{"body": alt}]}  # MSC3552; most clients show only the words
        if (await self.line.rooms())[place].encrypted:
            locked, keys = encrypt_attachment(data)
            body["file"] = keys | {"url": await self._upload(name, "application/octet-stream", locked)}
        else:
            body["url"] = await self._upload(name, media_type, data)
        return await self.line.send(place, "m.room.message", body | _in_thread(thread))

    async def edits(self, message: str, text: str) -> None:
        """Change one's own words."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": message}
        body = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        await self.line.send(await self._where(message), "m.room.message", body)

    async def deletes(self, message: str) -> None:
        """Remove a message: one's own, or with the power for it another's."""
        await self._redact(await self._where(message), message)

    async def reacts(self, message: str, emoji: str) -> str:
        """Add a reaction; the id of its event."""
        relation = {"rel_type": "m.annotation", "event_id": message, "key": emoji}
        return await self.line.send(await self._where(message), "m.reaction", {"m.relates_to": relation})

    async def unreacts(self, message: str, emoji: str, *, whose: str | None = None) -> None:
        """Take a reaction back; a moderator also somebody else's."""
        room = await self._where(message)
        await self.line.catch_up()
        who = self._names.get(whose, whose) if whose else self.account.id
        await self._redact(room, self.line.reading.reaction(message, emoji, who))

    async def joins(self, room: str) -> None:
        """Go into a room that is open. Invitations are followed without it."""
        await self._http("POST", f"{CLIENT}/join/{self._names.get(room, room)}", json={})
        await self.line.catch_up()

    async def leaves(self, room: str) -> None:
        """Go out of a room."""
        await self._http("POST", f"{CLIENT}/rooms/{self._names.get(room, room)}/leave", json={})
        await self.line.catch_up()

    async def _room(self, room: str) -> str:
        """The id of a room; that of the direct messages is the one where nobody else is. Raises LookupError."""
        if room != self.direct:
            return self._names.get(room, room)
        await self.line.catch_up()
        both = {self.account.id, self._names[BOT]}
        found = [id_ for id_, place in (await self.line.rooms()).items() if place.members == both]
        if not found:
            raise LookupError(f"{self.account.id} has no direct messages with the bot: make the room first")
        return found[-1]

    async def _where(self, message: str) -> str:
        try:
            return self.line.reading.room_of(message)
        except LookupError:
            await self.line.catch_up()
            return self.line.reading.room_of(message)

    async def _redact(self, room: str, event: str) -> None:
        self._homeserver.redact(self.account, room, event)
        await self.line.catch_up()

    async def _upload(self, name: str, media_type: str, data: bytes) -> str:
        answer = await self._http(
            "POST",
            "/_matrix/media/v3/upload",
            params={"filename": name},
            content=data,
            headers={"Content-Type": media_type},
        )
        return str(httpx.Response(200, content=answer).json()["content_uri"])


def _in_thread(thread: str | None) -> dict[str, Any]:
    if thread is None:
        return {}
    fallback = {"is_falling_back": True, "m.in_reply_to": {"event_id": thread}}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": thread} | fallback}
