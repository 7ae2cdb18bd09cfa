"""A chat in memory: what people do there, what the bot is told of it, and faults to order. An ordinary ChatAdapter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from adapters.errors import AdapterError, Refused
from adapters.events import (
    AccountRef,
    Attachment,
    ButtonPressed,
    Connected,
    Content,
    LiveMessage,
    LiveReaction,
    MessageEdited,
    MessageReceived,
    MessageRef,
    Profile,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
    RoomInfo,
    RoomKind,
    RoomRef,
)
from adapters.ports import Capabilities, Health, HealthState, Receive, Screens

PLATFORM = "web"
BOT = "bot"
ABLE = Capabilities(buttons=True, private_answers_in_rooms=True, removes_others_messages=False, longest_text=20_000)


@dataclass
class Message:
    """What stands in a room; `reader` is the only one who sees a whisper."""

    ref: MessageRef
    sender: str
    content: Content
    reader: str = ""
    gone: bool = False
    reactions: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Chat:
    """The platform and its adapter in one. What people did waits in `untold` until the product hears it.

    While `away` every call fails as an unreachable server's does.
    """

    people: dict[str, Profile]
    rooms: tuple[str, ...]
    clock: Callable[[], datetime]
    platform: str = PLATFORM
    capabilities: Capabilities = ABLE
    screens: Screens | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    untold: list[RoomEvent] = field(default_factory=list)
    told: list[RoomEvent] = field(default_factory=list)
    away: AdapterError | None = None
    _keys: dict[str, MessageRef] = field(default_factory=dict)
    _edits: set[str] = field(default_factory=set)
    _count: int = 0

    # What people do.

    def says(self, who: str, room: str, text: str, thread: str | None = None, *, proven: bool = True) -> str:
        """Somebody writes to the bot, `proven` that nobody else did; the id of the event."""
        ref = self._add(room, who, Content(text), thread)
        base = self._event(who, ref)
        direct = room.startswith("direct-")
        return self._happened(MessageReceived(*base, text, addressed=True, direct=direct, proven=proven))

    def rewords(self, who: str, message: str, text: str) -> str:
        """Somebody changes a message to the bot."""
        held = self.messages[message]
        held.content = Content(text)
        direct = held.ref.room.startswith("direct-")
        return self._happened(MessageEdited(*self._event(who, held.ref), text, addressed=True, direct=direct))

    def reacts(self, who: str, message: str, emoji: str) -> str | None:
        """Somebody reacts; None when that reaction stands already or the message is gone."""
        held = self.messages[message]
        if held.gone or (who, emoji) in held.reactions:
            return None
        held.reactions.append((who, emoji))
        return self._happened(ReactionAdded(*self._event(who, held.ref), emoji))

    def unreacts(self, who: str, message: str, emoji: str, by: str = "") -> str | None:
        """A reaction of `who` is taken away, by that person or a moderator; None when there was none."""
        held = self.messages[message]
        if held.gone or (who, emoji) not in held.reactions:
            return None
        held.reactions.remove((who, emoji))
        return self._happened(ReactionRemoved(*self._event(by or who, held.ref), emoji))

    def presses(self, who: str, message: str, value: str) -> str | None:
        """Somebody presses the button of a message that carries `value`."""
        held = self.messages[message]
        for button in held.content.buttons:
            if button.value == value and not held.gone:
                return self._happened(ButtonPressed(*self._event(who, held.ref), button.action, button.value))
        return None

    def live(self, message: str) -> list[tuple[str, str]]:
        """The reactions of people that stand under a message."""
        return [one for one in self.messages[message].reactions if one[0] != BOT]

    def said_by_bot(self) -> list[Message]:
        """What the bot has said and still stands."""
        return [one for one in self.messages.values() if one.sender == BOT and not one.gone]

    def _event(self, who: str, ref: MessageRef) -> tuple[str, datetime, AccountRef, MessageRef]:
        self._count += 1
        return f"e{self._count}", self.clock(), AccountRef(PLATFORM, who), ref

    def _happened(self, event: RoomEvent) -> str:
        self.untold.append(event)
        return event.event_id

    def _add(self, room: str, who: str, content: Content, thread: str | None, reader: str = "") -> MessageRef:
        self._count += 1
        ref = MessageRef(PLATFORM, room, f"m{self._count}", thread)
        self.messages[ref.message] = Message(ref, who, content, reader)
        return ref

    # The port.

    def _reach(self) -> None:
        if self.away is not None:
            raise self.away

    def _ours(self, ref: MessageRef) -> Message:
        held = self.messages.get(ref.message)
        if held is None or held.gone:
            raise Refused("gone")
        return held

    async def preflight(self) -> AccountRef:
        """The bot's account."""
        self._reach()
        return AccountRef(PLATFORM, BOT)

    async def listen(self, receive: Receive) -> None:
        """Hand over everything untold; a reader that must hear for ever asks again."""
        connected = Connected(f"c{self._count}", PLATFORM, self.clock())
        batch, self.untold = self.untold, []
        await receive([connected, *batch], str(self._count))
        self.told += batch

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        """Post once for each key."""
        self._reach()
        if room.id not in self.rooms and not room.id.startswith("direct-"):
            raise Refused("unknown_room")
        return self._post(room, content, thread, key)

    def _post(self, room: RoomRef, content: Content, thread: str | None, key: str, reader: str = "") -> MessageRef:
        if len(content.text) + len(content.quote or "") > self.capabilities.longest_text:
            raise Refused("too_long")
        if key not in self._keys:
            self._keys[key] = self._add(room.id, BOT, content, thread, reader)
        return self._keys[key]

    async def edit(self, ref: MessageRef, content: Content, *, key: str) -> None:
        """Replace one of our own messages, once for each key."""
        self._reach()
        held = self._ours(ref)
        if held.sender != BOT:
            raise Refused("not_ours")
        if key not in self._edits:
            self._edits.add(key)
            held.content = content

    async def delete(self, ref: MessageRef) -> None:
        """Remove one of ours."""
        self._reach()
        if ref.message in self.messages:
            self.messages[ref.message].gone = True

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """The bot's own reaction."""
        self._reach()
        held = self._ours(ref)
        if (BOT, emoji) not in held.reactions:
            held.reactions.append((BOT, emoji))

    async def reactions(self, ref: MessageRef) -> Sequence[LiveReaction]:
        """All reactions as they stand."""
        self._reach()
        return [LiveReaction(AccountRef(PLATFORM, who), emoji) for who, emoji in self._ours(ref).reactions]

    async def fetch(self, ref: MessageRef) -> LiveMessage | None:
        """The message as it is shown now."""
        self._reach()
        held = self.messages.get(ref.message)
        return None if held is None or held.gone else LiveMessage(AccountRef(PLATFORM, held.sender), held.content)

    async def whisper(
        self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None, key: str
    ) -> MessageRef:
        """Tell one person."""
        self._reach()
        return self._post(room, content, thread, key, account.id)

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of two."""
        self._reach()
        if account.id not in self.people:
            raise Refused("unknown_account")
        return RoomRef(PLATFORM, f"direct-{account.id}")

    async def upload(self, room: RoomRef, name: str, data: bytes, *, thread: str | None, key: str) -> MessageRef:
        """Nothing here is shared as a file."""
        raise Refused("no_files")

    async def download(self, file: Attachment, *, limit: int) -> bytes:
        """Nothing here is shared as a file."""
        raise Refused("no_files")

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is."""
        self._reach()
        if account.id not in self.people:
            raise Refused("unknown_account")
        return self.people[account.id]

    async def room(self, ref: RoomRef) -> RoomInfo:
        """Every room is open."""
        self._reach()
        return RoomInfo(ref, ref.id, RoomKind.OPEN, shared=False)

    async def close(self) -> None:
        """Nothing is held."""

    def health(self) -> Health:
        """Well, unless away."""
        return Health(HealthState.DOWN if self.away else HealthState.OK)


def person(name: str, *, guest: bool = False, bot: bool = False) -> Profile:
    """Somebody in the chat."""
    profile = Profile(AccountRef(PLATFORM, name), name.title(), guest=guest, external=False, active=True, bot=bot)
    return replace(profile, verified_email=None if guest or bot else f"{name}@brynford.example")
