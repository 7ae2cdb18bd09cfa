"""What can happen in chat, and the values that cross the line between the product and a platform.

Events are past tense and frozen. Everything that happens in a room carries `event_id` (unique on its
platform), `at` (UTC), `sender` and `ref`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AccountRef:
    """A person's account on a platform, by its immutable id; never a display name."""

    platform: str
    id: str

    def __str__(self) -> str:
        """Write it as settings and audit do: `platform:id`."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class RoomRef:
    """A place in chat, by its immutable id."""

    platform: str
    id: str

    def __str__(self) -> str:
        """Write it as settings do: `platform:id`."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message in a room; `thread` is the id of the thread's first message, if it stands in one."""

    platform: str
    room: str
    message: str
    thread: str | None = None

    @property
    def place(self) -> RoomRef:
        """The room it stands in."""
        return RoomRef(self.platform, self.room)


class RoomKind(StrEnum):
    """How many people read a room."""

    DIRECT = "direct"
    PRIVATE = "private"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message. `size` is in bytes as the platform tells it; `alt` describes a picture in words."""

    id: str
    name: str
    media_type: str
    size: int
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a room."""

    event_id: str
    at: datetime
    sender: AccountRef
    ref: MessageRef


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """Somebody wrote. `addressed` when it is a direct message or mentions the bot; `text` without the mention.

    `proven` when even the platform's administrator could not have written it in the sender's name.
    """

    text: str
    addressed: bool
    direct: bool
    files: tuple[Attachment, ...] = ()
    proven: bool = False


@dataclass(frozen=True, slots=True)
class MessageEdited(Event):
    """Somebody changed a message; `text` is the new wording."""

    text: str
    addressed: bool
    direct: bool


@dataclass(frozen=True, slots=True)
class MessageDeleted(Event):
    """A message was removed, by its author or a moderator."""


@dataclass(frozen=True, slots=True)
class CommandInvoked(Event):
    """A slash command or shortcut: `command` is its name, `text` what followed.

    `files` are those of the message that a shortcut was used on, `writer` is whoever wrote it.
    """

    command: str
    text: str
    files: tuple[Attachment, ...] = ()
    writer: AccountRef | None = None


@dataclass(frozen=True, slots=True)
class ReactionAdded(Event):
    """Somebody reacted to the message `ref` with the emoji as the platform names it."""

    emoji: str


@dataclass(frozen=True, slots=True)
class ReactionRemoved(Event):
    """A reaction on the message `ref` was taken away by `sender`."""

    emoji: str


@dataclass(frozen=True, slots=True)
class ButtonPressed(Event):
    """Somebody pressed a button of the message `ref`."""

    action: str
    value: str


@dataclass(frozen=True, slots=True)
class FormSubmitted(Event):
    """Somebody sent a form that the bot showed."""

    form: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormChanged(Event):
    """Somebody changed a field that is `heard` in a form that stands open; `values` is what all fields hold now."""

    form: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageOpened(Event):
    """Somebody opened the page that the bot keeps for them alone."""


@dataclass(frozen=True, slots=True)
class RoomJoined(Event):
    """`sender` added the bot to the room of `ref`."""


@dataclass(frozen=True, slots=True)
class FileShared(Event):
    """A file was shared without any words."""

    file: Attachment
    direct: bool


@dataclass(frozen=True, slots=True)
class MessageUnreadable(Event):
    """A message arrived that could not be read (keys missing, malformed); `reason` is a code."""

    reason: str


@dataclass(frozen=True, slots=True)
class RoomReplaced(Event):
    """`sender` closed the room of `ref` for another, called `replacement`; `joined` when the bot is in that one."""

    replacement: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection to a platform stands (again)."""

    event_id: str
    platform: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection to a platform was lost; `reason` is a code."""

    event_id: str
    platform: str
    at: datetime
    reason: str


RoomEvent = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | CommandInvoked
    | ReactionAdded
    | ReactionRemoved
    | ButtonPressed
    | FormSubmitted
    | FormChanged
    | PageOpened
    | RoomJoined
    | FileShared
    | MessageUnreadable
    | RoomReplaced
)
AnyEvent = RoomEvent | Connected | Disconnected


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; pressing it gives `ButtonPressed(action, value)`. `label` is unique in its message."""

    action: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is shown: bytes without metadata, and its description (empty only when decorative)."""

    sha256: str
    media_type: str
    alt: str


@dataclass(frozen=True, slots=True)
class Content:
    """What the bot says. `text` is plain; a platform escapes it, so it can neither mention, link nor format.

    `quote` is shown whole and literally below the text (the exact wording of an announcement). `key` of a
    picture in `pictures` is its SHA-256; the adapter asks `PictureStore` for the bytes.
    """

    text: str
    quote: str | None = None
    buttons: tuple[Button, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """Something to write in a form or on a page; `name` is unique there. `lines`: it may take several lines.

    `hint` stands below it. `heard`: the product is told while it is being written.
    """

    name: str
    label: str
    hint: str = ""
    lines: bool = False
    optional: bool = False
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Part of a page: a heading, plain words, buttons below them, and perhaps one thing to write.

    What is written gives `FormSubmitted` with the field's name as the form's.
    """

    title: str
    text: str
    buttons: tuple[Button, ...] = ()
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class LiveReaction:
    """A reaction as it stands now: who, and the emoji as the platform names it."""

    account: AccountRef
    emoji: str


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """A message as it is shown now."""

    sender: AccountRef
    content: Content


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform knows about an account; everything doubtful counts against it."""

    account: AccountRef
    name: str
    guest: bool
    external: bool
    active: bool
    bot: bool
    verified_email: str | None = None


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """What a platform knows about a room; `shared` when people of other organisations read it."""

    ref: RoomRef
    name: str
    kind: RoomKind
    shared: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a post on a channel: its final text and pictures."""

    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """What one channel receives: ordered parts of final text, the language (BCP 47) and the account posted from.

    `number` is the announcement's, and `corrects` that of the one it puts right, for channels that show them.
    """

    channel: str
    account: str
    language: str
    parts: tuple[Part, ...]
    number: int
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Remote:
    """A post as the channel knows it: its id there and its public address, if it has one."""

    id: str
    url: str | None
