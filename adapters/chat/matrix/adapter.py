"""Matrix as a ChatAdapter: what the product sees of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.chat.matrix import media, outgoing
from adapters.chat.matrix.backoff import Backoff
from adapters.chat.matrix.client import let_go
from adapters.chat.matrix.loop import Loop, Machine
from adapters.chat.matrix.server import Server
from adapters.chat.matrix.settings import LONGEST_TEXT, PLATFORM, MatrixSettings
from adapters.chat.matrix.starting import started
from adapters.errors import AdapterError, Unavailable
from adapters.events import (
    AccountRef,
    Attachment,
    Content,
    LiveMessage,
    LiveReaction,
    MessageRef,
    Profile,
    RoomInfo,
    RoomRef,
)
from adapters.ports import AdapterState, Capabilities, Health, HealthState, PictureStore, Receive

KEY_LIFE = timedelta(hours=24)
"""How long Synapse knows a transaction id at least; the specification names no time."""


class MatrixChat:
    """One account on one device. Only one process may listen with it: the lease is the product's business.

    `removes_others_messages` is False: it depends on the bot's power in each room, and the port has one answer for
    all; what is removed has been sent to every member's device by then anyhow.
    """

    platform = PLATFORM
    key_life: timedelta | None = KEY_LIFE
    capabilities = Capabilities(
        buttons=False,
        private_answers_in_rooms=False,
        removes_others_messages=False,
        longest_text=LONGEST_TEXT,
    )
    screens = None

    def __init__(self, settings: MatrixSettings, state: AdapterState, pictures: PictureStore) -> None:
        self._settings = settings
        self._state = state
        self._pictures = pictures
        self._server = Server(settings.homeserver, settings.access_token, settings.request_timeout)
        self._health = Health(HealthState.DOWN, "not_started")
        self._untrusted = ""  # why others may not trust the device, if so
        self._closed = False
        self._starting = asyncio.Lock()
        self._machine: Machine | None = None

    async def preflight(self) -> AccountRef:
        """Check token, device, keys and cross-signing; the bot's own account.

        Raises `NotAuthenticated` with a code: `unknown_token`, `other_account`, `other_device`, `wrong_store_key`,
        `unsafe_store`, `lost_store`.
        """
        async with self._starting:
            if self._machine is None:
                try:
                    self._machine, self._untrusted = await started(
                        self._settings, self._server, self._state, self._pictures, self._tell
                    )
                except AdapterError as error:
                    self._tell(Health(HealthState.DOWN, str(error)))
                    raise
                self._tell(Health(HealthState.OK))
        return AccountRef(PLATFORM, self._settings.user_id)

    async def listen(self, receive: Receive) -> None:
        """Hand over what happens in rooms; the sync token is the checkpoint."""
        await Loop(await self._patiently_ready(), receive).run()

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        """Post a message in a room or thread."""
        return await (await self._ready()).poster.say(room, content, thread, key)

    async def sent(self, room: RoomRef, key: str, since: datetime) -> MessageRef | None:
        """What this device sent to a room under `key` since then. Raises `Unavailable` when too much was said since."""
        machine = await self._ready()
        return await machine.looker.sent(room, outgoing.transaction("send", key), since)

    async def edit(self, ref: MessageRef, content: Content, *, key: str) -> None:
        """Replace what one of the bot's own messages shows."""
        await (await self._ready()).poster.change(ref, content, key)

    async def delete(self, ref: MessageRef) -> None:
        """Remove one of the bot's messages; gone already is fine."""
        await (await self._ready()).poster.remove(ref)

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Add the bot's reaction; there already is fine."""
        await (await self._ready()).poster.react(ref, emoji)

    async def reactions(self, ref: MessageRef) -> Sequence[LiveReaction]:
        """All reactions as the server has them now. Raises `Refused("gone")`."""
        return await (await self._ready()).looker.reactions(ref)

    async def fetch(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""
        return await (await self._ready()).looker.look(ref)

    async def whisper(
        self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None, key: str
    ) -> MessageRef:
        """Tell one person by direct message: Matrix has nothing that only one person in a room sees."""
        del room, thread
        machine = await self._ready()
        return await machine.poster.say(await machine.rooms.direct(account), content, None, f"whisper:{key}")

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of direct messages with that person, made if need be."""
        return await (await self._ready()).rooms.direct(account)

    async def upload(self, room: RoomRef, name: str, data: bytes, *, thread: str | None, key: str) -> MessageRef:
        """Share a file, encrypted where the room is."""
        return await (await self._ready()).poster.share(room, name, data, thread, key)

    async def download(self, file: Attachment, *, limit: int) -> bytes:
        """The bytes of a shared file, decrypted and checked against what its message says."""
        await self._ready()
        return await media.download(self._server, media.Place.of(file.id), limit)

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is. Raises `Refused("unknown_account")`."""
        return await (await self._ready()).rooms.profile(account)

    async def room(self, ref: RoomRef) -> RoomInfo:
        """What kind of room that is. Raises `Refused("unknown_room")`."""
        return await (await self._ready()).rooms.info(ref)

    async def close(self) -> None:
        """Let go of the connections and of the file of keys."""
        self._closed = True
        self._health = Health(HealthState.DOWN, "closed")
        await self._server.close()
        if self._machine is not None:
            let_go(self._machine.client)

    def health(self) -> Health:
        """How the connection is doing."""
        return self._health

    async def _ready(self) -> Machine:
        if self._closed:
            raise Unavailable("closed")
        await self.preflight()
        if self._machine is None:
            raise Unavailable("not_started")
        return self._machine

    async def _patiently_ready(self) -> Machine:
        """All parts, tried for until the server answers."""
        waits = Backoff(self._settings.first_wait, self._settings.longest_wait)
        while True:
            try:
                return await self._ready()
            except Unavailable as error:
                if self._closed:
                    raise
                await asyncio.sleep(waits.next(error.retry_after))

    def _tell(self, health: Health) -> None:
        if self._closed:
            return
        if health.state is HealthState.OK and self._untrusted:
            health = Health(HealthState.DEGRADED, self._untrusted)
        self._health = health
