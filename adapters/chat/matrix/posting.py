"""What the bot puts into rooms, changes and takes back."""

import secrets

from adapters.chat.matrix import media, outgoing
from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.looking import Looker
from adapters.chat.matrix.rooms import Rooms, room_id
from adapters.chat.matrix.server import Json, path
from adapters.chat.matrix.settings import PLATFORM
from adapters.chat.matrix.trust import Trust
from adapters.errors import Refused
from adapters.events import Content, MessageRef, RoomRef
from adapters.ports import PictureStore


class Poster:
    """Writes to rooms, encrypted where the room is."""

    def __init__(
        self,
        client: SafeClient,
        keeper: KeyKeeper,
        trust: Trust,
        rooms: Rooms,
        looker: Looker,
        pictures: PictureStore,
    ) -> None:
        self._server = looker.server
        self._client = client
        self._keeper = keeper
        self._trust = trust
        self._looker = looker
        self._rooms = rooms
        self._pictures = pictures

    async def say(self, room: RoomRef, content: Content, thread: str | None, key: str) -> MessageRef:
        """Post a message; its pictures come before it, so that it can tell which they are."""
        place = room_id(room)
        outgoing.check(content)
        await self._rooms.known(place)
        events = await self._show(place, content, thread, key)
        body = outgoing.in_thread(outgoing.message(content, events), thread)
        event = await self._put(place, "m.room.message", body, outgoing.transaction("send", key))
        return MessageRef(PLATFORM, place, event, thread)

    async def change(self, ref: MessageRef, content: Content, key: str) -> None:
        """Show something else in the place of one's own message. Raises `Refused`: `gone`, `not_yours`."""
        outgoing.check(content)
        now = await self._looker.now(ref)
        if now is None:
            raise Refused("gone")
        if now["sender"] != self._client.user_id:
            raise Refused("not_yours")
        _, before = outgoing.shown(now["content"])
        events = await self._show(ref.room, content, now["thread"], key)
        body = outgoing.replacement(content, events, ref.message)
        await self._put(ref.room, "m.room.message", body, outgoing.transaction("edit", key))
        for event in set(before) - set(events):
            await self.redact(ref.room, event)

    async def remove(self, ref: MessageRef) -> None:
        """Take one's own message away with its pictures; gone already is fine. Raises `Refused("not_yours")`."""
        now = await self._looker.now(ref)
        if now is None:
            return
        if now["sender"] != self._client.user_id:
            raise Refused("not_yours")
        _, pictures = outgoing.shown(now["content"])
        for event in [ref.message, *pictures]:
            await self.redact(ref.room, event)

    async def redact(self, room: str, event: str) -> None:
        """Take away what an event says."""
        await self._server.put(path("rooms", room, "redact", event, outgoing.transaction("redact", event)), {})

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Add a reaction; there already is fine."""
        relation = {"rel_type": "m.annotation", "event_id": ref.message, "key": emoji}
        place = room_id(ref.place)
        # The server itself keeps a second one out, also after ours was taken away and comes again.
        where = path("rooms", place, "send", "m.reaction", secrets.token_hex(16))
        try:
            await self._server.put(where, {"m.relates_to": relation})
        except Refused as error:
            if error.code != "duplicate_annotation":
                raise await self._why(place, error) from error

    async def share(self, room: RoomRef, name: str, data: bytes, thread: str | None, key: str) -> MessageRef:
        """Share a file."""
        place, named = room_id(room), media.clean_name(name)
        await self._rooms.known(place)
        kind = media.media_type(named, data)
        body = outgoing.shared_file(await self._stored(place, data), named, kind, len(data))
        txn = outgoing.transaction("upload", key)
        event = await self._put(place, "m.room.message", outgoing.in_thread(body, thread), txn)
        return MessageRef(PLATFORM, place, event, thread)

    async def _show(self, room: str, content: Content, thread: str | None, key: str) -> list[str]:
        events = []
        for number, picture in enumerate(content.pictures):
            try:
                data = await self._pictures.picture(picture.sha256)
            except KeyError as error:
                raise Refused("no_picture") from error
            body = outgoing.picture(await self._stored(room, data), picture, len(data))
            txn = outgoing.transaction("picture", f"{key}:{number}")
            events.append(await self._put(room, "m.room.message", outgoing.in_thread(body, thread), txn))
        return events

    async def _stored(self, room: str, data: bytes) -> Json:
        return await media.upload(self._server, data, encrypted=self._client.is_encrypted(room))

    async def _put(self, room: str, kind: str, content: Json, transaction: str) -> str:
        await self._rooms.known(room)
        kind, sealed = await self._keeper.sealed(room, kind, content, self._trust.shut_out)
        try:
            told = await self._server.put(path("rooms", room, "send", kind, transaction), sealed)
        except Refused as error:
            raise await self._why(room, error) from error
        return str(told["event_id"])

    async def _why(self, room: str, error: Refused) -> Refused:
        """A refusal, put right: not being in the room is told like having no right in it."""
        if error.code == "forbidden":
            try:
                await self._rooms.state(room)
            except Refused as outside:
                self._client.rooms.pop(room, None)
                return outside
        return Refused("too_long") if error.code == "too_large" else error
