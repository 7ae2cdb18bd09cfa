"""What every handler is given: the parts that `bot.app` put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


class NotYet(Exception):
    """This event must wait `seconds` and be tried again; it is nobody's fault."""

    def __init__(self, seconds: float) -> None:
        """Keep the wait."""
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Moved(Exception):
    """What was decided on has changed since it was observed: observe and decide again."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts a handler works with. `clock` gives UTC; `contacts` is what the organisation publishes."""

    database: Database
    settings: Settings
    keys: Keys
    chats: Mapping[str, ChatAdapter]
    publishers: Mapping[str, Publisher]
    contacts: Contacts
    clock: Clock

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
        platform, _, room = self.settings.rooms.comms.partition(":")
        return RoomRef(platform, room)


def account_ref(text: str) -> AccountRef:
    """An account written `platform:id`."""
    platform, _, identity = text.partition(":")
    return AccountRef(platform, identity)


def place_of(ref: MessageRef) -> tuple[RoomRef, str]:
    """Where an answer to a message belongs: its room, in its thread (or one that begins at it)."""
    return ref.place, ref.thread or ref.message
