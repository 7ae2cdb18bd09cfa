"""The web chat as a ChatAdapter: what the product sees of it."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from adapters.chat.web import eventlog, people, posting
from adapters.chat.web.posting import Draft, NewFile, number
from adapters.chat.web.server import Server
from adapters.chat.web.settings import LARGEST_UPLOAD, LONGEST_TEXT, PLATFORM, WebChatSettings
from adapters.chat.web.store import Store
from adapters.chat.web.uploads import clean_name, media_type_of
from adapters.errors import AdapterError, Refused
from adapters.events import (
    AccountRef,
    AnyEvent,
    Attachment,
    Connected,
    Content,
    LiveMessage,
    LiveReaction,
    MessageRef,
    Profile,
    RoomInfo,
    RoomRef,
)
from adapters.ports import AdapterState, Capabilities, Health, HealthState, PictureStore, Receive
from config import logs

BATCH = 50  # events handed over at once
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds before events are offered again
CHECKPOINT = "checkpoint"


class WebChat:
    """The local web chat: one SQLite file, one page, one bot. `preflight` opens the file and the port."""

    platform = PLATFORM
    key_life: timedelta | None = None
    capabilities = Capabilities(
        buttons=True,
        private_answers_in_rooms=True,
        removes_others_messages=True,
        longest_text=LONGEST_TEXT,
    )
    screens = None

    def __init__(
        self,
        settings: WebChatSettings,
        state: AdapterState,
        pictures: PictureStore,
        mounts: Mapping[str, web.Application] | None = None,
    ) -> None:
        self._bot = settings.bot_id
        self._settings = settings
        self._state = state
        self._pictures = pictures
        self._store = Store(settings.database, settings.clock)
        self._server = Server(settings, self._store, pictures, mounts or {})
        self._health = Health(HealthState.DOWN, "not_started")
        self._log = logs.get("web-chat")

    @property
    def address(self) -> str:
        """Where the page is, without the key: `http://127.0.0.1:8420`. Known after `preflight`."""
        return self._server.address

    def new_link(self) -> str:
        """An address that lets one browser in, once."""
        return self._server.new_link()

    async def preflight(self) -> AccountRef:
        """Open the file and the port; the bot's own account. Raises `Unavailable` with one line that says why."""
        if self._health.state is HealthState.DOWN:
            await self._store.open(lambda db: people.settle(db, self._settings))
            try:
                await self._server.start()
            except AdapterError:
                await self._store.close()
                raise
            self._health = Health(HealthState.OK)
        return AccountRef(PLATFORM, self._bot)

    async def listen(self, receive: Receive) -> None:
        """Hand over what happened, in order, from where the product stopped; offer it again when that fails."""
        await self.preflight()
        done = int(await self._state.get(CHECKPOINT) or 0)
        await self._erase(done)
        connected = Connected(f"connected-{uuid.uuid4()}", PLATFORM, self._settings.clock())
        await self._hand_over(receive, [connected], done)
        while True:
            rung = self._store.bell.next()
            batch = await self._store.read(partial(eventlog.after, sequence=done, most=BATCH))
            if not batch:
                await rung.wait()
                continue
            done = batch[-1][0]
            await self._hand_over(receive, [event for _, event in batch], done)
            await self._erase(done)

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        """Post a message in a room or thread."""
        await self._check_pictures(content)
        return await self._post(Draft(_id(room), self._bot, content, thread, key=f"bot:{key}"))

    async def sent(self, room: RoomRef, key: str, since: datetime) -> MessageRef | None:
        """What was sent to a room under `key`; every key is known for ever."""
        del since
        message = await self._store.read(lambda db: posting.under_key(db, f"bot:{key}"))
        return None if message is None else MessageRef(PLATFORM, _id(room), str(message))

    async def edit(self, ref: MessageRef, content: Content, *, key: str) -> None:
        """Replace what one of the bot's own messages shows."""
        await self._check_pictures(content)
        message = _message(ref)
        await self._store.write(lambda db: posting.replace(db, message, self._bot, content, f"edit:{key}"))
        await self._store.tidy()  # what it showed before may have had to go

    async def delete(self, ref: MessageRef) -> None:
        """Remove any message with its files, for good; gone already is fine."""
        message = _message(ref)
        await self._store.write(lambda db: posting.remove(db, message))
        await self._store.tidy()

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Add the bot's reaction; there already is fine."""
        message = _message(ref)
        await self._store.write(lambda db: posting.react(db, message, self._bot, emoji))

    async def reactions(self, ref: MessageRef) -> Sequence[LiveReaction]:
        """All reactions as they stand now, the bot's own included."""
        message = _message(ref)
        rows = await self._store.read(lambda db: posting.reactions(db, message))
        return [LiveReaction(AccountRef(PLATFORM, row["account"]), row["emoji"]) for row in rows]

    async def fetch(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""
        try:
            message = _message(ref)
            row = await self._store.read(lambda db: posting.find(db, message))
        except Refused:
            return None
        return LiveMessage(AccountRef(PLATFORM, row["sender"]), posting.content(row))

    async def whisper(
        self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None, key: str
    ) -> MessageRef:
        """Tell one person in the room, so that nobody else sees it; directly when they are not in it."""
        await self._check_pictures(content)
        place, who = _id(room), account.id
        direct = people.direct_id(who)
        await self.profile(account)
        inside = await self._store.read(lambda db: (people.room_row(db, place), people.is_member(db, place, who))[1])
        draft = Draft(place, self._bot, content, thread, only_for=who, key=f"bot:{key}")
        if not inside or place == direct:
            draft = Draft(direct, self._bot, content, thread if inside else None, key=f"bot:{key}")
        return await self._post(draft)

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of the bot's direct messages with that person."""
        profile = await self.profile(account)
        if profile.bot:
            raise Refused("unknown_account")
        return RoomRef(PLATFORM, people.direct_id(account.id))

    async def upload(self, room: RoomRef, name: str, data: bytes, *, thread: str | None, key: str) -> MessageRef:
        """Share a file."""
        if len(data) > LARGEST_UPLOAD:
            raise Refused("too_large")
        file = NewFile(clean_name(name), media_type_of(name, data), data)
        return await self._post(Draft(_id(room), self._bot, Content(""), thread, files=(file,), key=f"bot:{key}"))

    async def download(self, file: Attachment, *, limit: int) -> bytes:
        """The bytes of a shared file. Raises `Refused("too_large")` or `Refused("gone")`."""
        return await self._store.read(lambda db: posting.file_data(db, file.id, limit))

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is. Raises `Refused("unknown_account")`."""
        return await self._store.read(lambda db: people.profile(db, account))

    async def room(self, ref: RoomRef) -> RoomInfo:
        """What kind of room that is. Raises `Refused("unknown_room")`."""
        return await self._store.read(lambda db: people.room_info(db, ref))

    async def close(self) -> None:
        """Let go of the port and the file."""
        self._health = Health(HealthState.DOWN, "closed")
        await self._server.stop()
        await self._store.close()

    def health(self) -> Health:
        """How the chat is doing."""
        return self._health

    async def _post(self, draft: Draft) -> MessageRef:
        posted = await self._store.write(lambda db: posting.post(db, draft))
        thread = None if posted.thread is None else str(posted.thread)
        return MessageRef(PLATFORM, draft.room, str(posted.message), thread)

    async def _check_pictures(self, content: Content) -> None:
        for picture in content.pictures:
            try:
                await self._pictures.picture(picture.sha256)
            except KeyError as error:
                raise Refused("no_picture") from error

    async def _erase(self, up_to: int) -> None:
        if await self._store.write(lambda db: eventlog.erase(db, up_to)):
            await self._store.tidy()

    async def _hand_over(self, receive: Receive, events: list[AnyEvent], checkpoint: int) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await receive(events, str(checkpoint))
            except Exception as error:  # the product's own trouble: whatever it is, nothing may be skipped
                self._health = Health(HealthState.DEGRADED, "not_received")
                self._log.warning("not_received", error=type(error).__name__, count=len(events), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                self._health = Health(HealthState.OK)
                return


def _id(room: RoomRef) -> str:
    if room.platform != PLATFORM:
        raise Refused("unknown_room")
    return room.id


def _message(ref: MessageRef) -> int:
    if ref.platform != PLATFORM:
        raise Refused("gone")
    return number(ref.message)
