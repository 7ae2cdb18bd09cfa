"""What the web chat is told when it is made: where it lives, and who and what is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.events import RoomKind

PLATFORM = "web"
LONGEST_TEXT = 10_000  # characters of a message, a person's or the bot's
LARGEST_UPLOAD = 20 * 1024 * 1024  # bytes of one message's files together
MOST_FILES = 10  # in one message


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WebAccount:
    """Somebody in the chat. `hint` says in a word or two who that is: "comms officer".

    A moderator may remove what others wrote and how they reacted.
    """

    id: str
    name: str
    hint: str = ""
    email: str | None = None
    guest: bool = False
    external: bool = False
    active: bool = True
    bot: bool = False
    moderator: bool = False


@dataclass(frozen=True, slots=True)
class WebRoom:
    """A room; `members` are account ids, None means everybody. The bot is always in it."""

    id: str
    name: str
    kind: RoomKind = RoomKind.OPEN
    shared: bool = False
    members: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WebChatSettings:
    """The chat as a whole. `port` 0 takes any free one; people mention the bot as `@` and its name.

    `clock` tells UTC; the demo's can be put forward.
    """

    database: Path
    accounts: tuple[WebAccount, ...]
    rooms: tuple[WebRoom, ...]
    port: int = 8420
    bot_id: str = "switchboard"
    bot_name: str = "Switchboard"
    clock: Callable[[], datetime] = _now
