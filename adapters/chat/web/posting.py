"""What can be done to messages, by people and by the bot: each a short function inside one transaction."""

import json
import secrets
import sqlite3
from dataclasses import asdict, dataclass
from typing import cast

from adapters.chat.web import eventlog, people
from adapters.chat.web.eventlog import Happening
from adapters.chat.web.settings import LONGEST_TEXT
from adapters.errors import Refused
from adapters.events import Button, Content, Picture, RoomKind

LONGEST_EMOJI = 64  # characters: a family with skin tones has eleven


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file on its way in; `name` is clean and `media_type` well formed (see uploads.py)."""

    name: str
    media_type: str
    data: bytes
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be posted; the same `key` never posts twice. `only_for` makes it a private answer."""

    room: str
    sender: str
    content: Content
    thread: str | None = None
    only_for: str | None = None
    files: tuple[NewFile, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands, or stood: posted now (`new`) or earlier under the same key."""

    message: int
    thread: int | None
    new: bool


def post(db: sqlite3.Connection, draft: Draft) -> Posted:
    """Write the message, unless its key was used before."""
    known = under_key(db, draft.key)
    if known is not None:
        return Posted(known, None if draft.thread is None else number(draft.thread), new=False)
    _check(draft.content)
    people.room_row(db, draft.room)
    thread = _thread(db, draft)
    cursor = db.execute(
        "INSERT INTO message (room, thread, sender, at, text, quote, buttons, pictures, only_for)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (draft.room, thread, draft.sender, eventlog.now(db), *_columns(draft.content), draft.only_for),
    )
    message = cast(int, cursor.lastrowid)
    _add_files(db, message, draft.files)
    if draft.key is not None:
        db.execute("INSERT INTO done (key, message) VALUES (?, ?)", (draft.key, message))
    _changed(db, draft.room, message, draft.only_for)
    return Posted(message, thread, new=True)


def say(db: sqlite3.Connection, draft: Draft, handle: str) -> int:
    """Post what a person wrote or dropped, and note it for the product."""
    people.check_may_act(db, draft.room, draft.sender)
    if not draft.content.text.strip() and not draft.files:
        raise Refused("empty")
    posted = post(db, draft)
    if posted.new:
        for what in _told(db, posted.message, handle):
            eventlog.append(db, what)
    return posted.message


def reword(db: sqlite3.Connection, message: int, account: str, text: str, handle: str) -> None:
    """Change the words of one's own message, and note it for the product."""
    row = _own(db, message, account)
    if not text.strip():
        raise Refused("empty")
    _check(Content(text))
    if row["text"] == text:
        return
    db.execute("UPDATE message SET text = ?, edited = 1 WHERE id = ?", (text, message))
    addressed, rest = _addressed(db, row["room"], text, handle)
    direct = _is_direct(db, row["room"])
    body = {"text": rest, "addressed": addressed, "direct": direct}
    eventlog.append(db, Happening("MessageEdited", account, row["room"], message, row["thread"], body))
    _changed(db, row["room"], message, row["only_for"])


def replace(db: sqlite3.Connection, message: int, account: str, content: Content, key: str) -> None:
    """Change what one of the bot's own messages shows; once for each key."""
    if under_key(db, key) is not None:
        return
    row = _own(db, message, account)
    _check(content)
    db.execute(
        "UPDATE message SET text = ?, quote = ?, buttons = ?, pictures = ?, edited = 1 WHERE id = ?",
        (*_columns(content), message),
    )
    db.execute("INSERT INTO done (key, message) VALUES (?, ?)", (key, message))
    _changed(db, row["room"], message, row["only_for"])


def remove(db: sqlite3.Connection, message: int) -> sqlite3.Row | None:
    """Delete a message with its files and reactions; the row as it was, or None when it is gone already."""
    row = db.execute("SELECT id, room, thread, sender, only_for FROM message WHERE id = ?", (message,)).fetchone()
    if row is None:
        return None
    db.execute("DELETE FROM message WHERE id = ?", (message,))
    eventlog.forget_words(db, message)
    _changed(db, row["room"], message, row["only_for"])
    return cast(sqlite3.Row, row)


def take_back(db: sqlite3.Connection, message: int, account: str) -> None:
    """A person deletes a message: their own, or any as a moderator."""
    row = db.execute("SELECT * FROM message WHERE id = ?", (message,)).fetchone()
    if row is None:
        return
    visible(db, message, account)
    if row["sender"] != account and not people.account_row(db, account)["moderator"]:
        raise Refused("not_yours")
    remove(db, message)
    eventlog.append(db, Happening("MessageDeleted", account, row["room"], message, row["thread"]))


def react(db: sqlite3.Connection, message: int, account: str, emoji: str) -> bool:
    """Add a reaction; whether it is new."""
    row = find(db, message)
    if row["only_for"] is not None:
        raise Refused("private")
    if not emoji or len(emoji) > LONGEST_EMOJI or any(c.isspace() or ord(c) < 32 for c in emoji):
        raise Refused("no_emoji")
    added = db.execute(
        "INSERT INTO reaction (message, account, emoji) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (message, account, emoji),
    ).rowcount
    if added:
        _changed(db, row["room"], message, None)
    return added > 0


def person_reacts(db: sqlite3.Connection, message: int, account: str, emoji: str) -> None:
    """A person reacts; noted for the product."""
    row = visible(db, message, account)
    if react(db, message, account, emoji):
        what = Happening("ReactionAdded", account, row["room"], message, row["thread"], {"emoji": emoji})
        eventlog.append(db, what)


def person_unreacts(db: sqlite3.Connection, message: int, account: str, emoji: str, whose: str) -> None:
    """A person takes a reaction back: their own, or anybody's as a moderator."""
    row = visible(db, message, account)
    if whose != account and not people.account_row(db, account)["moderator"]:
        raise Refused("not_yours")
    removed = db.execute(
        "DELETE FROM reaction WHERE message = ? AND account = ? AND emoji = ?", (message, whose, emoji)
    ).rowcount
    if removed:
        what = Happening("ReactionRemoved", account, row["room"], message, row["thread"], {"emoji": emoji})
        eventlog.append(db, what)
        _changed(db, row["room"], message, row["only_for"])


def press(db: sqlite3.Connection, message: int, account: str, label: str, key: str | None) -> None:
    """A person presses a button; once for each key."""
    if under_key(db, key) is not None:
        return
    row = visible(db, message, account)
    button = next((b for b in content(row).buttons if b.label == label), None)
    if button is None:
        raise Refused("no_button")
    body = {"action": button.action, "value": button.value}
    eventlog.append(db, Happening("ButtonPressed", account, row["room"], message, row["thread"], body))
    if key is not None:
        db.execute("INSERT INTO done (key, message) VALUES (?, ?)", (key, message))


def find(db: sqlite3.Connection, message: int) -> sqlite3.Row:
    """The message. Raises `Refused("gone")`."""
    row = db.execute("SELECT * FROM message WHERE id = ?", (message,)).fetchone()
    if row is None:
        raise Refused("gone")
    return cast(sqlite3.Row, row)


def visible(db: sqlite3.Connection, message: int, account: str) -> sqlite3.Row:
    """The message, if that person may act on it. Somebody else's private answer is as good as gone."""
    row = find(db, message)
    people.check_may_act(db, row["room"], account)
    if row["only_for"] not in (None, account):
        raise Refused("gone")
    return row


def reactions(db: sqlite3.Connection, message: int) -> list[sqlite3.Row]:
    """Who reacted with what, oldest first. Raises `Refused("gone")`."""
    find(db, message)
    return db.execute("SELECT account, emoji FROM reaction WHERE message = ? ORDER BY id", (message,)).fetchall()


def file_data(db: sqlite3.Connection, file: str, limit: int) -> bytes:
    """The bytes of a file. Raises `Refused("gone")`, or `Refused("too_large")` before it is read."""
    size = db.execute("SELECT length(data) AS size FROM file WHERE id = ?", (file,)).fetchone()
    if size is None:
        raise Refused("gone")
    if size["size"] > limit:
        raise Refused("too_large")
    return bytes(db.execute("SELECT data FROM file WHERE id = ?", (file,)).fetchone()["data"])


def content(row: sqlite3.Row) -> Content:
    """What a message shows, as it was given."""
    buttons = tuple(Button(**one) for one in json.loads(row["buttons"]))
    pictures = tuple(Picture(**one) for one in json.loads(row["pictures"]))
    return Content(row["text"], row["quote"], buttons, pictures)


def _columns(what: Content) -> tuple[str, str | None, str, str]:
    buttons = json.dumps([asdict(button) for button in what.buttons])
    return what.text, what.quote, buttons, json.dumps([asdict(picture) for picture in what.pictures])


def _check(what: Content) -> None:
    if len(what.text) + len(what.quote or "") > LONGEST_TEXT:
        raise Refused("too_long")
    try:
        f"{what.text}{what.quote}".encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair, which no platform takes
        raise Refused("not_text") from error


def _own(db: sqlite3.Connection, message: int, account: str) -> sqlite3.Row:
    row = find(db, message)
    if row["sender"] != account:
        raise Refused("not_yours")
    people.check_may_act(db, row["room"], account)
    return row


def under_key(db: sqlite3.Connection, key: str | None) -> int | None:
    """The message that was posted or changed under a key, gone or not."""
    row = db.execute("SELECT message FROM done WHERE key = ?", (key,)).fetchone()
    return None if row is None else int(row["message"])


def _thread(db: sqlite3.Connection, draft: Draft) -> int | None:
    if draft.thread is None:
        return None
    first = number(draft.thread)
    row = db.execute("SELECT room, thread FROM message WHERE id = ?", (first,)).fetchone()
    if row is None:
        return first  # the first message was deleted; what was said under it still has its place
    if row["room"] != draft.room:
        raise Refused("unknown_thread")
    return first if row["thread"] is None else int(row["thread"])


def number(message: str) -> int:
    """A message's id as the file keeps it. Raises `Refused("gone")` for what can be no id."""
    if not (message.isascii() and message.isdigit() and len(message) < 19):
        raise Refused("gone")
    return int(message)


def _add_files(db: sqlite3.Connection, message: int, files: tuple[NewFile, ...]) -> None:
    for place, file in enumerate(files):
        db.execute(
            "INSERT INTO file (id, message, place, name, media_type, alt, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (f"file-{secrets.token_hex(12)}", message, place, file.name, file.media_type, file.alt, file.data),
        )


def _told(db: sqlite3.Connection, message: int, handle: str) -> list[Happening]:
    row = find(db, message)
    files = eventlog.files_body(eventlog.attachments(db, message))
    direct = _is_direct(db, row["room"])
    where = (row["sender"], row["room"], message, row["thread"])
    if files and not row["text"].strip():
        return [Happening("FileShared", *where, {"file": file, "direct": direct}) for file in files]
    addressed, text = _addressed(db, row["room"], row["text"], handle)
    body = {"text": text, "addressed": addressed, "direct": direct, "files": files}
    return [Happening("MessageReceived", *where, body)]


def _addressed(db: sqlite3.Connection, room: str, text: str, handle: str) -> tuple[bool, str]:
    mentioned, rest = eventlog.mention(text, handle)
    return mentioned or _is_direct(db, room), rest


def _is_direct(db: sqlite3.Connection, room: str) -> bool:
    return bool(people.room_row(db, room)["kind"] == RoomKind.DIRECT.value)


def _changed(db: sqlite3.Connection, room: str, message: int, only_for: str | None) -> None:
    db.execute("INSERT INTO change (room, message, only_for) VALUES (?, ?, ?)", (room, message, only_for))
