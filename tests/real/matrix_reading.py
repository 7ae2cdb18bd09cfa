"""What a person at Matrix sees: events of rooms, as any client gives them, made into messages with their reactions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.chat import Seen

MEDIA = {"m.file", "m.image", "m.audio", "m.video"}
Source = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MatrixSeen(Seen):
    """A message as a Matrix client shows it, with what only Matrix has.

    `html` is its formatted body; `mentions` the ids it calls for (`@room` for everybody); `unreadable` why it could
    not be decrypted; `encrypted` whether it came so; `shield` what a strict client warns of; `content` as it is now.
    """

    html: str | None = None
    mentions: frozenset[str] = frozenset()
    unreadable: str | None = None
    encrypted: bool = False
    shield: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction by its own event."""

    message: str
    emoji: str
    sender: str


class Reading:
    """Everything that one person has seen; `names` are short names of people and rooms, for what a test reads."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._seen: dict[str, MatrixSeen] = {}
        self._reactions: dict[str, Reaction] = {}
        self._edits: dict[str, Source] = {}

    def room_of(self, message: str) -> str:
        """The id of the room where a message stands. Raises LookupError."""
        return self._seen[message].room

    def message(self, message: str) -> MatrixSeen:
        """One message as it was told last, with ids as they are. Raises LookupError."""
        return self._seen[message]

    def reaction(self, message: str, emoji: str, sender: str) -> str:
        """The event of somebody's reaction. Raises LookupError when there is none."""
        wanted = Reaction(message, emoji, sender)
        for event, reaction in self._reactions.items():
            if reaction == wanted:
                return event
        raise LookupError(f"{sender} has not reacted to {message} with {emoji}")

    def room(self, room: str, *, private: bool) -> list[MatrixSeen]:
        """What stands in a room, oldest first."""
        return [self._shown(one, private) for one in self._seen.values() if one.room == room]

    def take(self, room: str, events: Iterable[Source]) -> None:
        """Take events of a room in their order; those that were taken already change nothing, but for decryption."""
        for event in events:
            kind, content = event.get("type"), event.get("content")
            if not isinstance(content, Mapping):
                continue
            if kind == "m.room.redaction":
                self._redact(str(event.get("redacts") or content.get("redacts")))
            elif kind == "m.reaction" and content:
                self._react(event, content)
            elif kind in {"m.room.message", "m.room.encrypted"} and content:
                self._write(room, event, content)

    def _write(self, room: str, event: Source, content: Source) -> None:
        relation = content.get("m.relates_to") or {}
        if relation.get("rel_type") == "m.replace":
            self._edit(str(relation.get("event_id")), event)
            return
        known = self._seen.get(event["event_id"])
        if known is None or known.unreadable:
            self._seen[event["event_id"]] = _message(room, event)
            for edit in [one for one in self._edits.values() if _target(one) == event["event_id"]]:
                self._edit(event["event_id"], edit)

    def _edit(self, message: str, event: Source) -> None:
        self._edits[event["event_id"]] = event
        known = self._seen.get(message)
        if known is None or known.sender != event["sender"] or known.unreadable:
            return
        new = {**event, "content": event["content"].get("m.new_content") or event["content"]}
        told = _message(known.room, new)
        self._seen[message] = replace(told, id=message, thread=known.thread, encrypted=known.encrypted, edited=True)

    def _react(self, event: Source, content: Source) -> None:
        relation = content.get("m.relates_to") or {}
        if isinstance(relation.get("key"), str) and isinstance(relation.get("event_id"), str):
            self._reactions[event["event_id"]] = Reaction(relation["event_id"], relation["key"], event["sender"])

    def _redact(self, event: str) -> None:
        self._reactions.pop(event, None)
        self._seen.pop(event, None)

    def _shown(self, seen: MatrixSeen, private: bool) -> MatrixSeen:
        short = {id_: name for name, id_ in self._names.items()}
        found: dict[str, set[str]] = {}
        for one in self._reactions.values():
            if one.message == seen.id:
                found.setdefault(one.emoji, set()).add(short.get(one.sender, one.sender))
        return replace(
            seen,
            room=short.get(seen.room, seen.room),
            sender=short.get(seen.sender, seen.sender),
            private=private,
            reactions={emoji: frozenset(people) for emoji, people in found.items()},
        )


def _target(event: Source) -> str | None:
    target: str | None = event["content"]["m.relates_to"].get("event_id")
    return target


def _message(room: str, event: Source) -> MatrixSeen:
    content = event["content"]
    relation = content.get("m.relates_to") or {}
    mentions = content.get("m.mentions") or {}
    files = _files(event) if content.get("msgtype") in MEDIA else ()
    body = str(content.get("body", ""))
    return MatrixSeen(
        id=event["event_id"],
        room=room,
        thread=relation.get("event_id") if relation.get("rel_type") == "m.thread" else None,
        sender=event["sender"],
        # The body of a file without words is its name.
        text="" if files and body == files[0]["name"] else body,
        quote=None,
        private=False,
        edited=False,
        buttons=(),
        files=files,
        pictures=files if content.get("msgtype") == "m.image" else (),
        html=content.get("formatted_body"),
        mentions=frozenset(mentions.get("user_ids", ())) | ({"@room"} if mentions.get("room") else set()),
        unreadable=event.get("unreadable"),
        encrypted=bool(event.get("encrypted")),
        shield=event.get("shield"),
        content=content,
    )


def _files(event: Source) -> tuple[Mapping[str, Any], ...]:
    content = event["content"]
    info = content.get("info") or {}
    name = str(content.get("filename") or content.get("body", ""))
    media_type = info.get("mimetype", "application/octet-stream")
    return ({"id": event["event_id"], "name": name, "media_type": media_type, "size": info.get("size", 0)},)
