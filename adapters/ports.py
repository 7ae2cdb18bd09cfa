"""The ports: what the product asks of a chat platform and of a channel. Standard library only.

The contract suites in tests/contract run against every implementation; a docstring here is what they check.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from adapters.events import (
    AccountRef,
    AnyEvent,
    Attachment,
    Content,
    Field,
    LiveMessage,
    LiveReaction,
    MessageRef,
    Post,
    Profile,
    Remote,
    RoomInfo,
    RoomRef,
    Section,
)

Receive = Callable[[Sequence[AnyEvent], str], Awaitable[None]]
"""`receive(batch, checkpoint)` returns only once the events and the opaque checkpoint are committed together."""


class HealthState(StrEnum):
    """How a part is doing."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a part and a code that says why."""

    state: HealthState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at an installation found: of which part, whether it is well, and a code that says what.

    `room` is the one that the code speaks of, if it is another than the part names.
    """

    part: str
    ok: bool
    code: str
    room: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do, so that the product offers only what works."""

    buttons: bool
    private_answers_in_rooms: bool
    removes_others_messages: bool
    longest_text: int  # characters


class AdapterState(Protocol):
    """What an adapter must remember, kept by the product: the sync token, reaction id -> message and the like."""

    async def get(self, key: str) -> str | None:
        """The value last put under `key`, or None."""

    async def put(self, key: str, value: str) -> None:
        """Remember `value`. Raises `LeaseLost` in the implementation when another replica has taken over."""


class PictureStore(Protocol):
    """Where the bytes of stripped pictures are found by their SHA-256."""

    async def picture(self, sha256: str) -> bytes:
        """The bytes. Raises KeyError when there is no such picture."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form to show: its name, its title, what sends it, the fields, and plain words below them."""

    name: str
    title: str
    send: str
    fields: tuple[Field, ...]
    notes: str = ""


class Screens(Protocol):
    """Forms, and a page that each person has to themselves. Every method may raise `AdapterError`."""

    async def show(self, account: AccountRef, trigger: str, form: Form) -> None:
        """Show a form to whoever has just done what the event `trigger` told. Raises `Refused("too_late")`."""

    async def renew(self, ref: MessageRef, form: Form) -> None:
        """Show other words in the form that `FormChanged` told of (its `ref`); what was written in it stays."""

    async def answer(self, trigger: str, faults: Mapping[str, str]) -> None:
        """Tell whoever has just sent a form what is wrong, by field; without faults it closes.

        Raises `Refused("too_late")` when it has closed by itself.
        """

    async def keep(self, account: AccountRef, page: Sequence[Section]) -> None:
        """Show somebody's page."""


class ChatAdapter(Protocol):
    """One connection to one chat platform.

    It delivers every event at least once, in order within a room, ignores what the bot itself wrote, and acts
    only through these methods. `key` makes sending safe to repeat: the same key never shows twice, also after a
    restart, within what the platform promises. Every method may raise `adapters.errors.AdapterError`.
    """

    platform: str
    capabilities: Capabilities

    @property
    def screens(self) -> Screens | None:
        """Forms and pages, where there are any."""

    async def preflight(self) -> AccountRef:
        """Check credentials and connection; the bot's own account."""

    async def listen(self, receive: Receive) -> None:
        """Hand events over until cancelled; acknowledge to the platform only after `receive` returned."""

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        """Post a message in a room or thread."""

    async def edit(self, ref: MessageRef, content: Content, *, key: str) -> None:
        """Replace what one of the bot's own messages shows."""

    async def delete(self, ref: MessageRef) -> None:
        """Remove one of our messages, or any where `removes_others_messages`. Gone already is fine."""

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Add the bot's reaction; there already is fine."""

    async def reactions(self, ref: MessageRef) -> Sequence[LiveReaction]:
        """All reactions as they stand now, the bot's own included. Raises `Refused("gone")` when it was deleted."""

    async def fetch(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""

    async def whisper(
        self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None, key: str
    ) -> MessageRef:
        """Tell one person, so that nobody else sees it: in the room where the platform can, else directly."""

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of the bot's direct messages with that person, opened if need be."""

    async def upload(self, room: RoomRef, name: str, data: bytes, *, thread: str | None, key: str) -> MessageRef:
        """Share a file."""

    async def download(self, file: Attachment, *, limit: int) -> bytes:
        """The bytes of a shared file. Raises `Refused("too_large")` beyond `limit` bytes, counted while reading."""

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is, as far as the platform knows. Raises `Refused("unknown_account")`."""

    async def room(self, ref: RoomRef) -> RoomInfo:
        """What kind of room that is. Raises `Refused("unknown_room")`."""

    async def close(self) -> None:
        """Let go of everything, within a few seconds."""

    def health(self) -> Health:
        """How the connection is doing."""


class RoomPoster(Protocol):
    """What a chat whose rooms can be channels does for them, besides what `ChatAdapter` says of the same methods.

    `key_life` is how long the same key never shows twice; None: for ever.
    """

    capabilities: Capabilities
    key_life: timedelta | None

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        """Post a message in a room or thread."""

    async def sent(self, room: RoomRef, key: str, since: datetime) -> MessageRef | None:
        """What was sent to a room under `key` since then, also when it is gone by now; None when nothing was.

        Raises `Unavailable` when that cannot be told for certain.
        """

    async def fetch(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""

    async def delete(self, ref: MessageRef) -> None:
        """Remove one of our messages. Gone already is fine."""

    def health(self) -> Health:
        """How the connection is doing."""


class Guarantee(StrEnum):
    """What a channel can promise about a repeated write (PROTOCOL section 5)."""

    IDEMPOTENT = "idempotent"
    KEYED_READBACK = "keyed+readback"
    READBACK = "readback"


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to publish exactly one post: made only in the commit of the publish guard.

    `key` is the delivery's, `digest` the SHA-256 of the post's canonical form, `at` when it was given (UTC). `follows`
    is the key of the part before it, on a channel that takes a thread part by part.
    """

    key: str
    digest: str
    at: datetime
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A post with everything uploaded that its channel needs beforehand."""

    post: Post
    digest: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel accepts: characters as it counts them, pictures a part, characters of a description."""

    characters: int
    pictures: int
    alt_characters: int


class Publisher(Protocol):
    """One account on one channel. Only `publish` makes anything visible, and only with a permit.

    `key_life` is how long the channel knows a key after it was first used; None: for ever, or it knows none.
    """

    channel: str
    guarantee: Guarantee
    key_life: timedelta | None

    async def prepare(self, post: Post) -> Prepared:
        """Upload what must be there first; may be repeated. Raises `AdapterError`."""

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """The one visible write. Raises `Refused("permit")` unless the permit is for this key and these bytes."""

    async def find(self, key: str) -> Remote | None:
        """What was published under `key`, if it stands; never guesses."""

    async def withdraw(self, remote: Remote) -> None:
        """Take a post down; gone already is fine. Afterwards the same key may not publish again."""

    async def limits(self) -> Limits:
        """What the channel accepts now."""

    async def close(self) -> None:
        """Let go of everything."""

    def health(self) -> Health:
        """How the channel is doing."""
