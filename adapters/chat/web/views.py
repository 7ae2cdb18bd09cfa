"""What one person sees, as the JSON that the page and the test drivers read."""

import sqlite3
import unicodedata
from typing import Any, cast

from adapters.chat.web import eventlog, people, posting

PAGE = 100  # messages fetched at once

# What the page offers at one tap.
QUICK_REACTIONS = ("✅", "❌", "✏️", "👀", "⏸️", "🚨", "👍")
MORE_REACTIONS = (*QUICK_REACTIONS, "🔁", "🔓", "🗑️", "📣", "❤️", "🎉", "🙏", "😀", "🤔", "👎", "👏", "👍🏽")


def emoji_name(emoji: str) -> str:
    """What a screen reader may say: "white heavy check mark"; a custom emoji's own name as it is."""
    names = [unicodedata.name(c, "").lower() for c in emoji if c not in "\ufe0f\u200d"]
    if emoji.isascii() or not all(names):
        return emoji.strip(":").replace("_", " ")
    return ", ".join(name.removeprefix("emoji modifier ") for name in names)


def personas(db: sqlite3.Connection, bot: str) -> dict[str, Any]:
    """Who one can be here, and what the page offers."""
    rows = db.execute("SELECT * FROM account WHERE NOT bot AND active ORDER BY rowid").fetchall()
    bot_row = people.account_row(db, bot)
    return {
        "bot": {"id": bot, "name": bot_row["name"]},
        "personas": [{"id": r["id"], "name": r["name"], "hint": r["hint"], "guest": bool(r["guest"])} for r in rows],
        "quick": [_emoji(emoji) for emoji in QUICK_REACTIONS],
        "more": [_emoji(emoji) for emoji in MORE_REACTIONS],
    }


def rooms(db: sqlite3.Connection, who: str) -> dict[str, Any]:
    """The rooms that person reads, with what is new in each."""
    rows = db.execute(
        "SELECT r.*, (SELECT count(*) FROM shown m WHERE m.viewer = :who AND m.room = r.id AND m.id > mine.read_to"
        " AND m.sender <> :who) AS unread FROM room r JOIN member mine ON mine.room = r.id AND mine.account = :who"
        " ORDER BY r.place, r.rowid",
        {"who": who},
    )
    listed = [{"id": r["id"], "name": r["name"], "kind": r["kind"], "unread": r["unread"]} for r in rows]
    return {"rooms": listed, "sequence": sequence(db)}


def messages(db: sqlite3.Connection, who: str, room: str, before: int | None) -> dict[str, Any]:
    """The newest messages of a room (before a certain one), oldest first."""
    people.check_may_act(db, room, who)
    found = db.execute(
        "SELECT * FROM shown WHERE viewer = ? AND room = ? AND id < ? ORDER BY id DESC LIMIT ?",
        (who, room, before or 2**62, PAGE + 1),
    ).fetchall()
    shown = [message(db, row, who) for row in reversed(found[:PAGE])]
    return {"messages": shown, "more": len(found) > PAGE, "sequence": sequence(db)}


def mark_read(db: sqlite3.Connection, who: str, room: str, up_to: int) -> None:
    """Remember how far that person has read."""
    db.execute("UPDATE member SET read_to = max(read_to, ?) WHERE room = ? AND account = ?", (up_to, room, who))


def message(db: sqlite3.Connection, row: sqlite3.Row, who: str) -> dict[str, Any]:
    """One message as that person sees it."""
    content = posting.content(row)
    sender = people.account_row(db, row["sender"])
    return {
        "id": str(row["id"]),
        "room": row["room"],
        "thread": None if row["thread"] is None else str(row["thread"]),
        "sender": row["sender"],
        "sender_name": sender["name"],
        "bot": bool(sender["bot"]),
        "mine": row["sender"] == who,
        "at": row["at"],
        "text": content.text,
        "quote": content.quote,
        "buttons": [button.label for button in content.buttons],
        "pictures": [{"sha256": p.sha256, "alt": p.alt} for p in content.pictures],
        "files": eventlog.files_body(eventlog.attachments(db, row["id"])),
        "reactions": _reactions(db, row["id"]),
        "edited": bool(row["edited"]),
        "private": row["only_for"] is not None,
    }


def one(db: sqlite3.Connection, message_id: int, who: str) -> dict[str, Any]:
    """One message by its id. Raises `Refused("gone")`."""
    return message(db, posting.visible(db, message_id, who), who)


def changes(db: sqlite3.Connection, who: str, after: int, most: int) -> list[tuple[int, dict[str, Any]]]:
    """What changed after that number, each message once and as it stands now."""
    rows = db.execute(
        "SELECT max(sequence) AS sequence, room, message FROM shown_change WHERE viewer = ? AND sequence > ?"
        " GROUP BY message ORDER BY 1 LIMIT ?",
        (who, after, most),
    ).fetchall()
    return [(row["sequence"], _change(db, row, who)) for row in rows]


def sequence(db: sqlite3.Connection) -> int:
    """The number of the latest change."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'change'").fetchone()
    return cast(int, row["seq"])


def shows_picture(db: sqlite3.Connection, who: str, sha256: str) -> bool:
    """Whether a message that person sees shows that picture."""
    found = db.execute(
        "SELECT 1 FROM shown m, json_each(m.pictures) p WHERE m.viewer = ?"
        " AND json_extract(p.value, '$.sha256') = ? LIMIT 1",
        (who, sha256),
    ).fetchone()
    return found is not None


def file_row(db: sqlite3.Connection, who: str, file: str) -> sqlite3.Row | None:
    """The file with its bytes, if that person sees it."""
    row = db.execute(
        "SELECT f.* FROM file f JOIN shown m ON m.id = f.message WHERE f.id = ? AND m.viewer = ?", (file, who)
    ).fetchone()
    return cast("sqlite3.Row | None", row)


def _change(db: sqlite3.Connection, row: sqlite3.Row, who: str) -> dict[str, Any]:
    now = db.execute("SELECT * FROM message WHERE id = ?", (row["message"],)).fetchone()
    if now is None:
        return {"type": "gone", "room": row["room"], "id": str(row["message"])}
    return {"type": "message", "message": message(db, now, who)}


def _reactions(db: sqlite3.Connection, message_id: int) -> list[dict[str, Any]]:
    rows = db.execute(
        "SELECT x.emoji, a.id, a.name FROM reaction x JOIN account a ON a.id = x.account"
        " WHERE x.message = ? ORDER BY x.id",
        (message_id,),
    )
    by_emoji: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_emoji.setdefault(row["emoji"], []).append({"id": row["id"], "name": row["name"]})
    return [{**_emoji(emoji), "people": who} for emoji, who in by_emoji.items()]


def _emoji(emoji: str) -> dict[str, Any]:
    return {"emoji": emoji, "name": emoji_name(emoji)}
