"""From what happened in a Matrix room to the product's events. What is malformed is skipped, with a log line."""

import mimetypes
from datetime import UTC, datetime
from typing import Any, TypeGuard

from adapters.chat.matrix.client import Seal
from adapters.chat.matrix.looking import Looker
from adapters.chat.matrix.media import clean_name, place_of
from adapters.chat.matrix.memory import Kept, Reactions
from adapters.chat.matrix.mentions import Names, without_quotation
from adapters.chat.matrix.rooms import LONGEST_ID, Rooms, enter, replacement_of
from adapters.chat.matrix.server import Json, path
from adapters.chat.matrix.settings import PLATFORM, USER, MatrixSettings
from adapters.chat.matrix.trust import Trust
from adapters.errors import Refused
from adapters.events import (
    AccountRef,
    Attachment,
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    MessageUnreadable,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
    RoomJoined,
    RoomReplaced,
)
from config import logs

log = logs.get("matrix")

WORDS = ("m.text", "m.emote")
PICTURE = "m.image"
FILES = ("m.file", PICTURE, "m.video", "m.audio")
LONGEST_EMOJI = 100  # characters; a reaction may hold any text, an emoji has a few
LARGEST_SIZE = 2**53 - 1  # the largest whole number of canonical JSON; inside a sealed message nobody looks


class Malformed(ValueError):
    """An event is not as the specification says."""


class Translator:
    """Knows what an event means in its room."""

    def __init__(
        self, settings: MatrixSettings, looker: Looker, rooms: Rooms, reactions: Reactions, trust: Trust
    ) -> None:
        self._settings = settings
        self._trust = trust
        self._looker = looker
        self._rooms = rooms
        self._reactions = reactions
        self.names = Names(settings.user_id)

    async def told(self, room: str, raw: Json, seal: Seal | None = None) -> RoomEvent | None:
        """What the product is told of an event, if anything; `seal` is that of its sender's device.

        Raises `AdapterError` when the server must be asked and does not answer.
        """
        try:
            if raw.get("type") == "m.room.tombstone" and raw.get("state_key") == "":
                return await self._replaced(room, raw)
            if raw.get("type") == "m.room.member" and raw.get("state_key") == self._settings.user_id:
                return self._joined(room, raw)
            if "state_key" in raw or not isinstance(raw.get("content"), dict):
                return None
            kind = raw.get("type")
            if kind == "m.reaction":
                return await self._reaction(room, raw)
            if _is_redacted(raw) or sender_of(raw) == self._settings.user_id:
                return None
            if kind == "m.room.redaction":
                return await self._redaction(room, raw)
            return await self._message(room, raw, seal) if kind == "m.room.message" else None
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # `Malformed`, and forms nobody thought of
            log.warning("event_malformed", kind=str(raw.get("type")), room=room, error=type(error).__name__)
            return None

    def unreadable(self, room: str, raw: Json, reason: str) -> RoomEvent | None:
        """That a message could not be read."""
        try:
            if _is_redacted(raw) or sender_of(raw) == self._settings.user_id:
                return None
            return MessageUnreadable(**self._base(room, raw, thread=_thread(raw["content"])), reason=reason)
        except Malformed:
            return None

    async def _message(self, room: str, raw: Json, seal: Seal | None) -> RoomEvent | None:
        content = raw["content"]
        if _relation(content).get("rel_type") == "m.replace":
            return await self._edit(room, raw)
        kind = content.get("msgtype")
        base = self._base(room, raw, thread=_thread(content))
        direct = await self._rooms.is_direct(room)
        if kind in FILES:
            file, words = _file(content)
            if not words:
                return FileShared(**base, file=file, direct=direct)
            addressed, text = self.names.heard(content, words)
            return MessageReceived(**base, text=text, addressed=addressed or direct, direct=direct, files=(file,))
        if kind not in WORDS:  # notices come from programs; what programs say is never answered
            return None
        addressed, text = self.names.heard(content, without_quotation(content, _words(content)))
        heard = addressed or direct
        proven = heard and seal is not None and await self._trust.proven(sender_of(raw), seal, event_id(raw))
        files = await self._answered(room, raw) if heard else ()
        return MessageReceived(**base, text=text, addressed=heard, direct=direct, files=files, proven=proven)

    async def _answered(self, room: str, raw: Json) -> tuple[Attachment, ...]:
        """The picture of the sender's own that a message answers: not every client sends words with a picture."""
        relation = _relation(raw["content"])
        answered = relation.get("m.in_reply_to")
        target = answered.get("event_id") if isinstance(answered, dict) else None
        if not is_event_id(target) or relation.get("is_falling_back") is True:
            return ()
        try:
            now = await self._looker.now(MessageRef(PLATFORM, room, target))
        except Refused:  # whatever it is that is answered, the words count
            return ()
        if now is None or now["sender"] != sender_of(raw) or now["content"].get("msgtype") != PICTURE:
            return ()
        return (_file(now["content"])[0],)

    async def _edit(self, room: str, raw: Json) -> RoomEvent | None:
        content = raw["content"]
        fresh, target = content.get("m.new_content"), _relation(content).get("event_id")
        if not isinstance(fresh, dict) or not is_event_id(target):
            raise Malformed("edit")
        if fresh.get("msgtype") not in WORDS + FILES:
            return None
        original = await self._original(room, target)
        if original is None or original.get("sender") != sender_of(raw):  # clients ignore somebody else's edit too
            return None
        base = self._base(room, raw, message=target, thread=_thread(original["content"]))
        direct = await self._rooms.is_direct(room)
        addressed, text = self.names.heard(fresh, _words(fresh))
        return MessageEdited(**base, text=text, addressed=addressed or direct, direct=direct)

    async def _original(self, room: str, event: str) -> Json | None:
        try:
            found = await self._looker.server.get(path("rooms", room, "event", event))
        except Refused:
            return None
        return None if _is_redacted(found) or not isinstance(found.get("content"), dict) else found

    async def _reaction(self, room: str, raw: Json) -> RoomEvent | None:
        me = self._settings.user_id
        if _is_redacted(raw):  # gone before we saw it; what takes it away must not be taken for a deleted message
            await self._reactions.keep(event_id(raw), Kept("", me, ""))
            return None
        relation, person = _relation(raw["content"]), sender_of(raw)
        target, emoji = relation.get("event_id"), relation.get("key")
        if relation.get("rel_type") != "m.annotation" or not is_event_id(target) or not isinstance(emoji, str):
            raise Malformed("reaction")
        emoji = emoji[:LONGEST_EMOJI]
        await self._reactions.keep(event_id(raw), Kept(target, person, emoji))
        return None if person == me else ReactionAdded(**self._base(room, raw, message=target), emoji=emoji)

    async def _replaced(self, room: str, raw: Json) -> RoomEvent | None:
        replacement = replacement_of(raw)
        if replacement is None:
            return None
        joined = await enter(self._settings, self._looker.server, replacement, sender_of(raw))
        return RoomReplaced(**self._base(room, raw), replacement=replacement, joined=joined)

    def _joined(self, room: str, raw: Json) -> RoomEvent | None:
        """That the bot has followed an invitation; what else changes about its being there is not told."""
        unsigned = raw.get("unsigned")
        before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
        was = before.get("membership") if isinstance(before, dict) else None
        if was != "invite" or raw["content"].get("membership") != "join":
            return None
        inviter = str(raw["unsigned"].get("prev_sender"))
        by = inviter if USER.fullmatch(inviter) else self._settings.user_id
        return RoomJoined(**self._base(room, raw) | {"sender": AccountRef(PLATFORM, by)})

    async def _redaction(self, room: str, raw: Json) -> RoomEvent | None:
        # Up to room version 10 beside the content, from 11 within; the server fills in both where it can.
        target = raw.get("redacts") or raw["content"].get("redacts")
        if not is_event_id(target):
            raise Malformed("redaction")
        kept = await self._reactions.find(target)
        if kept is None:
            return MessageDeleted(**self._base(room, raw, message=target))
        if kept.person == self._settings.user_id:
            return None
        return ReactionRemoved(**self._base(room, raw, message=kept.message), emoji=kept.emoji)

    def _base(self, room: str, raw: Json, *, message: str | None = None, thread: str | None = None) -> dict[str, Any]:
        own = event_id(raw)
        return {
            "event_id": own,
            "at": self._when(raw),
            "sender": AccountRef(PLATFORM, sender_of(raw)),
            "ref": MessageRef(PLATFORM, room, message or own, thread),
        }

    def _when(self, raw: Json) -> datetime:
        told = raw.get("origin_server_ts")
        try:
            return datetime.fromtimestamp(float(told) / 1000, UTC)  # type: ignore[arg-type]  # caught below
        except (TypeError, ValueError, OverflowError, OSError):
            return self._settings.clock()


def sender_of(raw: Json) -> str:
    """Who sent it. Raises `Malformed`."""
    sender = raw.get("sender")
    if not isinstance(sender, str) or not USER.fullmatch(sender):
        raise Malformed("sender")
    return sender


def event_id(raw: Json) -> str:
    """Its id. Raises `Malformed`."""
    found = raw.get("event_id")
    if not is_event_id(found):
        raise Malformed("event_id")
    return found


def is_event_id(value: object) -> TypeGuard[str]:
    """Whether that can be the id of an event: what one event says of another may be anything, of any length."""
    return isinstance(value, str) and value.startswith("$") and len(value) <= LONGEST_ID and value.isprintable()


def _is_redacted(raw: Json) -> bool:
    unsigned = raw.get("unsigned")
    return isinstance(unsigned, dict) and bool(unsigned.get("redacted_because"))


def _relation(content: Json) -> Json:
    found = content.get("m.relates_to")
    return found if isinstance(found, dict) else {}


def _thread(content: Json) -> str | None:
    relation = _relation(content)
    root = relation.get("event_id")
    return root if relation.get("rel_type") == "m.thread" and is_event_id(root) else None


def _words(content: Json) -> str:
    body = content.get("body")
    if not isinstance(body, str):
        raise Malformed("body")
    return body


def _file(content: Json) -> tuple[Attachment, str]:
    """The file of a message, and its caption: the words, where the file's name stands apart (specification 1.10)."""
    place, words, name = place_of(content), _words(content), content.get("filename")
    if place is None:
        raise Malformed("file")
    told = content.get("info")
    info = told if isinstance(told, dict) else {}
    named = clean_name(name if isinstance(name, str) and name else words)
    kind, size = info.get("mimetype"), info.get("size")
    media_type = kind if isinstance(kind, str) and "/" in kind else mimetypes.guess_type(named)[0]
    file = Attachment(
        str(place),
        named,
        media_type or "application/octet-stream",
        size if isinstance(size, int) and 0 <= size <= LARGEST_SIZE else 0,
        _description(content),
    )
    return file, words if isinstance(name, str) and name and name != words else ""


def _description(content: Json) -> str | None:
    """What describes a picture in words (MSC3552), as plain text or in its block of texts."""
    told = content.get("m.alt_text")
    if isinstance(told, dict):
        texts = told.get("m.text")
        told = texts[0].get("body") if isinstance(texts, list) and texts and isinstance(texts[0], dict) else None
    return told if isinstance(told, str) and told.strip() else None
