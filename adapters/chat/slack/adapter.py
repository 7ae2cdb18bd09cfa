"""Slack as a ChatAdapter: what the product sees of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web

from adapters.chat.slack.api import Api
from adapters.chat.slack.backoff import Backoff
from adapters.chat.slack.handing import Handing
from adapters.chat.slack.http import Door, Port
from adapters.chat.slack.interactive import commander
from adapters.chat.slack.loop import Loop
from adapters.chat.slack.screens import SlackScreens
from adapters.chat.slack.settings import LONGEST_TEXT, PLATFORM, SLACK, SlackOptions, SlackTokens
from adapters.chat.slack.starting import Parts, started
from adapters.errors import AdapterError, NotAuthenticated, Unavailable
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

DEFAULT = SlackOptions()


class SlackChat:
    """One app in one workspace. Only one process may listen with it: Slack tells each thing to one connection only."""

    platform = PLATFORM
    key_life: timedelta | None = timedelta(hours=24)

    def __init__(
        self,
        tokens: SlackTokens,
        state: AdapterState,
        pictures: PictureStore,
        base_url: str = SLACK,
        options: SlackOptions = DEFAULT,
    ) -> None:
        # What a signature alone vouches for is not believed, and a pressed button cannot be read back.
        self.capabilities = Capabilities(
            buttons=not options.http,
            private_answers_in_rooms=True,
            removes_others_messages=False,
            longest_text=LONGEST_TEXT,
        )
        self._tokens = tokens
        self._state = state
        self._pictures = pictures
        self._options = options
        timeout = options.request_timeout
        self._apis = (Api(tokens.bot, base_url, timeout), Api(tokens.app, base_url, timeout))
        self._door = Door(tokens.signing_secret) if tokens.signing_secret else None
        self._port: Port | None = None
        self._health = Health(HealthState.DOWN, "not_started")
        self._closed = False
        self._starting = asyncio.Lock()
        self._parts: Parts | None = None
        self.screens = None if options.http else SlackScreens(self._ready)

    def application(self) -> web.Application:
        """What is served in HTTP mode. Raises `NotAuthenticated("no_signing_secret")`."""
        if self._door is None:
            raise NotAuthenticated("no_signing_secret")
        return self._door.application()

    async def preflight(self) -> AccountRef:
        """Check the tokens; the bot's own account.

        Raises `NotAuthenticated` with a code: `no_bot_token`, `no_app_token`, `no_signing_secret`, `bot_token_refused`,
        `app_token_refused`, `app_token_scope`, `socket_mode_off`.
        """
        return AccountRef(PLATFORM, (await self._ready()).me.user)

    async def listen(self, receive: Receive) -> None:
        """Hand over what happens in rooms. Raises `AdapterError` when only a person or a new start can help."""
        parts = await self._patiently_ready()
        parts.machine.intake.closed = False
        if self._door is not None and self._options.http:
            self._door.app = parts.machine.intake.app
        await self._serve()
        await Loop(parts.machine, Handing(receive, self._tell)).run()

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        """Post a message in a room or thread; the answer to a command is for whoever gave it."""
        parts, person = await self._ready(), commander(thread)
        if person is None:
            said = await parts.poster.say(room, content, thread, key)
            parts.machine.working.answers(room, thread)
            return said
        if parts.machine.interaction.asked.is_fresh(thread or ""):
            return await self.whisper(room, person, content, thread=None, key=key)
        return await parts.poster.say(await parts.people.direct(person), content, None, key)

    async def sent(self, room: RoomRef, key: str, since: datetime) -> MessageRef | None:
        """What was sent to a room under `key`. Raises `Unavailable` when that cannot be told for certain."""
        del since  # it is noted when a message was begun
        return await (await self._ready()).poster.sent(room, key)

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
        """All reactions as Slack has them now. Raises `Refused("gone")`."""
        return await (await self._ready()).looker.reactions(ref)

    async def fetch(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""
        return await (await self._ready()).looker.look(ref)

    async def whisper(
        self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None, key: str
    ) -> MessageRef:
        """Show it to one person in the room; by direct message where Slack cannot, or outsiders read the room."""
        parts = await self._ready()
        parts.machine.working.answers(room, thread, account)
        direct, nowhere = room.id.startswith("D"), room.id == account.id
        if not (direct or nowhere) and not (await parts.people.info(room)).shared:
            shown = await parts.poster.whisper(room, account.id, content, thread, key)
            if shown is not None:
                return shown
        place = room if direct else await parts.people.direct(account)
        return await parts.poster.say(place, content, thread if direct else None, f"whisper:{key}")

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of direct messages with that person."""
        return await (await self._ready()).people.direct(account)

    async def upload(self, room: RoomRef, name: str, data: bytes, *, thread: str | None, key: str) -> MessageRef:
        """Share a file; for whoever gave a command, with them alone."""
        parts, person = await self._ready(), commander(thread)
        if person is not None:
            room, thread = await parts.people.direct(person), None
        return await parts.poster.share(room, name, data, thread, key)

    async def download(self, file: Attachment, *, limit: int) -> bytes:
        """The bytes of a shared file, from Slack's own hosts alone."""
        return await (await self._ready()).files.download(file, limit)

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is. Raises `Refused("unknown_account")`."""
        return await (await self._ready()).people.profile(account)

    async def room(self, ref: RoomRef) -> RoomInfo:
        """What kind of room that is. Raises `Refused("unknown_room")`."""
        return await (await self._ready()).people.info(ref)

    async def close(self) -> None:
        """Let go of the connections."""
        self._closed = True
        self._health = Health(HealthState.DOWN, "closed")
        if self._port is not None:
            await self._port.close()
        for api in self._apis:
            await api.close()

    def health(self) -> Health:
        """How the connection is doing."""
        return self._health

    async def _ready(self) -> Parts:
        if self._closed:
            raise Unavailable("closed")
        async with self._starting:
            if self._parts is None:
                try:
                    self._parts = await started(
                        self._tokens, self._options, self._apis, self._state, self._pictures, self._tell
                    )
                except AdapterError as error:
                    self._tell(Health(HealthState.DOWN, str(error)))
                    raise
                self._tell(Health(HealthState.OK))
            return self._parts

    async def _patiently_ready(self) -> Parts:
        """All parts, tried for until Slack answers."""
        waits = Backoff(self._options.first_wait, self._options.longest_wait)
        while True:
            try:
                return await self._ready()
            except Unavailable as error:
                if self._closed:
                    raise
                await asyncio.sleep(waits.next(error.retry_after))

    async def _serve(self) -> None:
        """In HTTP mode, the port that Slack comes to. Raises `Refused("port_taken")`."""
        if self._options.http and self._options.listen and self._port is None:
            self._port = await Port.opened(self._options.listen, self.application())

    def _tell(self, health: Health) -> None:
        if not self._closed:
            self._health = health
