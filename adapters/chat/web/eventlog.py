"""What the platform still has to tell the product. A row is erased as soon as the product has taken it."""

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.chat.web.settings import PLATFORM
from adapters.events import (
    AccountRef,
    AnyEvent,
    Attachment,
    ButtonPressed,
    Event,
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    ReactionAdded,
    ReactionRemoved,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that a person did, before it has a number. `kind` is the name of an event class."""

    kind: str
    sender: str
    room: str
    message: int
    thread: int | None
    body: dict[str, Any] = field(default_factory=dict)


def now(db: sqlite3.Connection) -> str:
    """The time as rows keep it, by the chat's own clock."""
    told: str = db.execute("SELECT wall_clock()").fetchone()[0]
    return told


def append(db: sqlite3.Connection, what: Happening) -> None:
    """Note something for the product."""
    db.execute(
        "INSERT INTO event (at, kind, sender, room, message, thread, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (now(db), what.kind, what.sender, what.room, what.message, what.thread, json.dumps(what.body)),
    )


def after(db: sqlite3.Connection, sequence: int, most: int) -> list[tuple[int, AnyEvent]]:
    """The next events with their numbers, oldest first."""
    rows = db.execute("SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?", (sequence, most))
    return [(row["sequence"], _event(row)) for row in rows]


def erase(db: sqlite3.Connection, up_to: int) -> int:
    """Erase what the product has taken; how many rows."""
    return db.execute("DELETE FROM event WHERE sequence <= ?", (up_to,)).rowcount


def forget_words(db: sqlite3.Connection, message: int) -> None:
    """Drop what was still to be told of a message's words and files: it is being deleted."""
    db.execute(
        "DELETE FROM event WHERE message = ? AND kind IN ('MessageReceived', 'MessageEdited', 'FileShared')",
        (message,),
    )


def mention(text: str, handle: str) -> tuple[bool, str]:
    """Whether `@handle` is mentioned, and the text without its first mention."""
    pattern = rf"(?<![\w@/.])@{re.escape(handle)}(?![\w-])[:,]?[^\S\n]*"
    rest, count = re.subn(pattern, "", text, count=1, flags=re.IGNORECASE)
    return count > 0, rest.strip()


def attachments(db: sqlite3.Connection, message: int) -> tuple[Attachment, ...]:
    """The files of a message, in their order."""
    rows = db.execute(
        "SELECT id, name, media_type, alt, length(data) AS size FROM file WHERE message = ? ORDER BY place", (message,)
    )
    return tuple(Attachment(r["id"], r["name"], r["media_type"], r["size"], r["alt"]) for r in rows)


def files_body(files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Attachments as a body keeps them."""
    return [{"id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size, "alt": f.alt} for f in files]


def _received(base: dict[str, Any], body: dict[str, Any]) -> Event:
    files = tuple(Attachment(**one) for one in body["files"])
    said = {name: body[name] for name in ("text", "addressed", "direct")}
    # The bot runs this chat itself: nobody stands between the person and it.
    return MessageReceived(**base, **said, files=files, proven=True)


_MAKERS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Event]] = {
    "MessageReceived": _received,
    "MessageEdited": lambda base, body: MessageEdited(**base, **body),
    "MessageDeleted": lambda base, body: MessageDeleted(**base, **body),
    "ReactionAdded": lambda base, body: ReactionAdded(**base, **body),
    "ReactionRemoved": lambda base, body: ReactionRemoved(**base, **body),
    "ButtonPressed": lambda base, body: ButtonPressed(**base, **body),
    "FileShared": lambda base, body: FileShared(**base, file=Attachment(**body["file"]), direct=body["direct"]),
}


def _event(row: sqlite3.Row) -> AnyEvent:
    thread = None if row["thread"] is None else str(row["thread"])
    base = {
        "event_id": f"event-{row['sequence']}",
        "at": datetime.fromisoformat(row["at"]),
        "sender": AccountRef(PLATFORM, row["sender"]),
        "ref": MessageRef(PLATFORM, row["room"], str(row["message"]), thread),
    }
    made: Any = _MAKERS[row["kind"]](base, json.loads(row["body"]))
    event: AnyEvent = made
    return event
