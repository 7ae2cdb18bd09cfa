"""What every handler is given: the parts that `bot.app` put together."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.errors import AdapterError
from adapters.events import AccountRef, MessageRef, RoomRef
from adapters.ports import ChatAdapter, Publisher
from bot.leaks.context import Contacts
from config.database import Database
from config.keys import Keys
from config.settings import Settings

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Pages:
    """What the pages show that people have opened in this life, as hashes; `tip` is the evidence they are up to."""

    shown: dict[AccountRef, str] = field(default_factory=dict)
    tip: int = -1

    def note(self, account: AccountRef, digest: str, most: int) -> None:
        """A page shows that; the ones shown longest ago are forgotten."""
        self.shown[account] = digest
        while len(self.shown) > most:
            del self.shown[next(iter(self.shown))]


class NotYet(Exception):
    """This event must wait `seconds` and be tried again; it is nobody's fault."""

    def __init__(self, seconds: float) -> None:
        """Keep the wait."""
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Moved(Exception):
    """What was decided on has changed since it was observed: observe and decide again."""


async def as_written(address: str) -> str:
    """Where an address leads when nothing follows it: itself."""
    return address


@dataclass(frozen=True, slots=True)
class Services:
    """The parts a handler works with. `clock` gives UTC; `contacts` is what the organisation publishes;
    `final_target` finds out where a web address leads in the end (raises `AdapterError`).
    """

    database: Database
    settings: Settings
    keys: Keys
    chats: Mapping[str, ChatAdapter]
    publishers: Mapping[str, Publisher]
    contacts: Contacts
    clock: Clock
    final_target: Callable[[str], Awaitable[str]] = as_written
    pages: Pages = field(default_factory=Pages)

    def chat(self, platform: str) -> ChatAdapter:
        """The adapter for a platform. Raises `AdapterError` when it is not switched on."""
        try:
            return self.chats[platform]
        except KeyError:
            raise AdapterError(f"{platform} is not switched on") from None

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.settings.organisation.time_zone)

    @property
    def comms_room(self) -> RoomRef:
        """Where previews are shown."""
        return _room(self.settings.rooms.comms)

    @property
    def questions_room(self) -> RoomRef | None:
        """Where questions can be put that nobody is listed for, if there is such a room."""
        chosen = self.settings.rooms.questions
        return _room(chosen) if chosen else None

    @property
    def governance_room(self) -> RoomRef | None:
        """Where what only information governance may let on is shown first, if there is such a room."""
        chosen = self.settings.rooms.information_governance
        return _room(chosen) if chosen else None


def _room(text: str) -> RoomRef:
    platform, _, room = text.partition(":")
    return RoomRef(platform, room)


def account_ref(text: str) -> AccountRef:
    """An account written `platform:id`."""
    platform, _, identity = text.partition(":")
    return AccountRef(platform, identity)


def place_of(ref: MessageRef) -> tuple[RoomRef, str]:
    """Where an answer to a message belongs: its room, in its thread (or one that begins at it)."""
    return ref.place, ref.thread or ref.message
