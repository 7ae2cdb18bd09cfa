"""matrix-nio as we use it: keys, rooms and their members. It asks the server for nothing and runs no loop.

Everything that arrives may be malformed on purpose: anybody can send a device anything. What cannot be read is
dropped here, with a log line, so that one bad event never stops the rest.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

import vodozemac
from nio import (
    Client,
    ClientConfig,
    EncryptionError,
    Event,
    MegolmEvent,
    SyncResponse,
    ToDeviceEvent,
)
from nio.store import SqliteStore
from peewee import PeeweeException

from adapters.chat.matrix.server import Json
from adapters.chat.matrix.settings import MatrixSettings
from adapters.errors import NotAuthenticated
from config import logs

log = logs.get("matrix")

STORE_FILE = "nio.db"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
MOST_WITHHELD = 1000  # sessions whose keys were refused to us, kept to say why


class Seal(NamedTuple):
    """Whose device sealed a message, and the message's place in its key's sequence, which no server can change."""

    device: str
    place: str


class Opened(NamedTuple):
    """A sealed event as it was before; `seal` is None when no known device of its sender has that key."""

    event: Json
    seal: Seal | None


class SafeClient(Client):  # type: ignore[misc]  # the library comes without types
    """nio's client without its networking, guarded where version 0.26 breaks."""

    def __init__(self, settings: MatrixSettings) -> None:
        config = ClientConfig(
            store=SqliteStore,
            encryption_enabled=settings.encryption,
            pickle_key=settings.store_key,
            store_name=STORE_FILE,
        )
        super().__init__(settings.user_id, settings.device_id, str(settings.store), config)
        self.user_id, self.access_token = settings.user_id, "unused"  # it only asks whether there is one
        self.withheld: dict[str, str] = {}

    def feed(self, answer: Json) -> None:
        """Take in a sync answer: keys for us, changed devices, and the state of rooms."""
        self.next_batch = ""  # or an answer that comes a second time would be skipped
        joined = answer.get("rooms", {}).get("join", {})
        for room in answer.get("rooms", {}).get("leave", {}):
            self.rooms.pop(room, None)
        given = {
            "next_batch": answer["next_batch"],
            "device_one_time_keys_count": _counts(answer),
            "device_lists": answer.get("device_lists", {}),
            "to_device": {"events": [one for one in _events(answer, "to_device") if _is_for_us(one)]},
            "rooms": {"join": {room: _state_only(info) for room, info in joined.items()}},
        }
        response = SyncResponse.from_dict(given)
        if not isinstance(response, SyncResponse):
            log.warning("event_malformed", kind="sync", error=type(response).__name__)
            return
        self.receive_response(response)
        for room, info in joined.items():
            state = [*_events(info, "state"), *_events(info, "timeline")]
            if any(one.get("type") == "m.room.encryption" and one.get("state_key") == "" for one in state):
                # Also with a method that the library does not know: then nothing is said, but never in clear.
                self.rooms[room].encrypted = True
                self.encrypted_rooms.add(room)

    def learn(self, room: str, state: Iterable[Json]) -> None:
        """Take in a room's whole state, when it is needed before the sync tells of it."""
        info = {"state": {"events": list(state)}, "timeline": {"events": [], "limited": False, "prev_batch": ""}}
        self.feed({"next_batch": "learn", "rooms": {"join": {room: info}}})

    def is_encrypted(self, room: str) -> bool:
        """Whether a room is encrypted; once it was, it is for ever, whatever the server says later."""
        known = self.rooms.get(room)
        return room in self.encrypted_rooms or bool(known and known.encrypted)

    def opened(self, room: str, raw: Json) -> Opened | None:
        """An encrypted event as it was before; None when its key is not here.

        Raises ValueError for what is malformed.
        """
        try:
            return self._opened(room, raw)
        except Exception as error:  # whatever a stranger's message breaks inside the library, the next one is read
            raise ValueError(type(error).__name__) from error

    def _opened(self, room: str, raw: Json) -> Opened | None:
        event = Event.parse_event(_completed(self, room, raw))
        if not isinstance(event, MegolmEvent):
            raise ValueError("no Megolm event")  # noqa: TRY004 - it is malformed, whatever type it was parsed to
        event.room_id = room
        try:
            plain = self.decrypt_event(event)
        except EncryptionError:
            return None
        inside = getattr(plain, "source", None)
        if not isinstance(inside, dict) or not isinstance(inside.get("content"), dict):
            raise ValueError("no event inside")  # noqa: TRY004 - likewise
        session = self.olm.inbound_group_store.get(room, event.sender_key, event.session_id)
        devices = self.device_store[event.sender].values()
        keys = (event.sender_key, session.ed25519)
        device = next((one.id for one in devices if (one.curve25519, one.ed25519) == keys), None)
        _, number = session.decrypt(event.ciphertext)
        seal = None if device is None else Seal(device, f"{event.session_id}:{number}")
        return Opened(inside | {"sender": event.sender, "event_id": event.event_id}, seal)

    # The two guards, and what they are for: fact sheet of matrix-nio 0.26.

    def _handle_decrypt_to_device(self, to_device_event: Any) -> Any:
        try:
            done = super()._handle_decrypt_to_device(to_device_event)
        except Exception as error:  # whatever a stranger's message breaks inside the library, the next one is read
            log.warning("event_malformed", kind="to_device", error=type(error).__name__)
            return None
        source = getattr(done or to_device_event, "source", None)
        if isinstance(source, dict) and source.get("type") == "m.room_key.withheld":
            self._note_withheld(source.get("content", {}))
        return done

    def _handle_olm_events(self, response: Any) -> None:
        super()._handle_olm_events(response)
        if response.device_key_count.signed_curve25519 == 0:  # taken for "no news" by the library
            self.olm.uploaded_key_count = 0

    def _handle_timeline_event(self, event: Any, room_id: str, room: Any, encrypted_rooms: set[str]) -> Any:
        try:
            return super()._handle_timeline_event(event, room_id, room, encrypted_rooms)
        except Exception as error:  # as above: a room's odd state must not stop every other room
            log.warning("event_malformed", kind="state", room=room_id, error=type(error).__name__)
            return None

    def _note_withheld(self, content: Any) -> None:
        session, code = content.get("session_id"), content.get("code")
        if isinstance(session, str) and isinstance(code, str):
            self.withheld[session] = code
            while len(self.withheld) > MOST_WITHHELD:
                del self.withheld[next(iter(self.withheld))]


def opened_client(settings: MatrixSettings) -> SafeClient:
    """The client with its keys loaded, or made at the first start.

    Raises `NotAuthenticated("wrong_store_key")`, and `NotAuthenticated("unsafe_store")` for a store that cannot
    be read or is no store.
    """
    client = SafeClient(settings)
    if not settings.encryption:
        return client
    old = os.umask(0o077)  # the library makes its file readable for everybody otherwise
    try:
        settings.store.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        settings.store.chmod(PRIVATE_FOLDER)
        client.load_store()
        for file in settings.store.iterdir():
            with contextlib.suppress(FileNotFoundError):  # what SQLite writes beside it comes and goes
                file.chmod(PRIVATE_FILE)
    except (vodozemac.PickleException, vodozemac.LibolmPickleException) as error:
        raise NotAuthenticated("wrong_store_key") from error
    except (OSError, sqlite3.Error, PeeweeException, ValueError) as error:
        raise NotAuthenticated("unsafe_store") from error
    finally:
        os.umask(old)
    return client


def let_go(client: SafeClient) -> None:
    """Close the file of keys."""
    if client.store is not None and not client.store.database.is_closed():
        client.store.database.close()


def _events(answer: Json, part: str) -> list[Json]:
    found = answer.get(part, {}).get("events", [])
    return [one for one in found if isinstance(one, dict)]


def _counts(answer: Json) -> Json:
    told = answer.get("device_one_time_keys_count")
    # Without a word about keys nothing is known of them; the field left out within an answer means zero.
    return {"signed_curve25519": told.get("signed_curve25519", 0), "curve25519": 0} if isinstance(told, dict) else {}


def _state_only(info: Json) -> Json:
    """A room as the library needs it: its state, and of the timeline what changes the state."""
    changes = [one for one in _events(info, "timeline") if "state_key" in one and _parses(Event, one)]
    return {
        "state": {"events": [one for one in _events(info, "state") if _parses(Event, one)]},
        "timeline": {"events": changes, "limited": False, "prev_batch": ""},
        "ephemeral": {"events": []},
        "account_data": {"events": []},
    }


def _is_for_us(event: Json) -> bool:
    """Keys and what is sealed. The bot answers no verification: the library would, to whoever begins a thousand."""
    return not str(event.get("type")).startswith("m.key.verification.") and _parses(ToDeviceEvent, event)


def _parses(kind: Any, event: Json) -> bool:
    try:
        return kind.parse_event(event) is not None
    except Exception as error:  # the library's parsers raise anything for what they did not expect
        log.warning("event_malformed", kind=str(event.get("type")), error=type(error).__name__)
        return False


def _completed(client: SafeClient, room: str, raw: Json) -> Json:
    """The event with `sender_key` and `device_id`, which clients may leave out (specification 1.3) but nio needs."""
    content = raw.get("content")
    if not isinstance(content, dict) or ("sender_key" in content and "device_id" in content):
        return raw
    by_key = client.olm.inbound_group_store[room]
    key = next((key for key, sessions in by_key.items() if content.get("session_id") in sessions), "unknown")
    device = client.device_store.device_from_sender_key(raw.get("sender"), key)
    return raw | {"content": {"sender_key": key, "device_id": getattr(device, "id", "unknown")} | content}
