"""What the bot says as Matrix events: plain text with its formatted twin, so escaped that it can only be read.

The plain body is the text, an empty line and the quote. The formatted one shows the quote set off. Neither can
mention anybody (`m.mentions` is empty, which switches off mentions by words), nor hide where a link leads: the
only addresses are those that stand there as text.
"""

import hashlib
import html
import json
import re
from typing import Any

from adapters.chat.matrix.server import Json
from adapters.chat.matrix.settings import LONGEST_TEXT
from adapters.errors import Refused
from adapters.events import Content, Picture

OURS = "org.switchboard.content"
GAP = "\n\n"
# An event may have 65,536 bytes; encryption adds a third, and the server its own fields.
LARGEST_EVENT = 44_000
GLIMPSE = 200  # characters of an edit for clients that show no edits
_SPACES = re.compile(r"(?<= ) |^ | $|(?<=\n) | (?=\n)")


def transaction(action: str, key: str) -> str:
    """The transaction id of a key: the same event for the same key, on the same device."""
    return hashlib.sha256(f"{action}:{key}".encode()).hexdigest()[:40]


def message(content: Content, pictures: list[str]) -> Json:
    """A message's content; `pictures` are the ids of the events that show them. Raises `Refused("too_long")`."""
    check(content)
    plain = _plain(content)
    body: Json = {"msgtype": "m.text", "body": plain, "m.mentions": {}, OURS: _marks(content, pictures)}
    whole = body | {"format": "org.matrix.custom.html", "formatted_body": _formatted(content)}
    # A very long text in a script of many bytes is shown without its formatted twin rather than not at all.
    for one in (whole, body):
        if len(json.dumps(one, ensure_ascii=False).encode()) <= LARGEST_EVENT:
            return one
    raise Refused("too_long")


def replacement(content: Content, pictures: list[str], target: str) -> Json:
    """The content of an event that changes what `target` shows."""
    fresh = message(content, pictures)
    glimpse = f"* {fresh['body'][:GLIMPSE]}"
    relation = {"rel_type": "m.replace", "event_id": target}
    return {"msgtype": "m.text", "body": glimpse, "m.mentions": {}, "m.new_content": fresh, "m.relates_to": relation}


def in_thread(body: Json, thread: str | None) -> Json:
    """The same in a thread, for older clients as an answer to its first message."""
    if thread is None:
        return body
    relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": True}
    return body | {"m.relates_to": relation | {"m.in_reply_to": {"event_id": thread}}}


def shared_file(place: Json, name: str, media_type: str, size: int) -> Json:
    """The content of a message with a file."""
    return {
        "msgtype": "m.image" if media_type.startswith("image/") else "m.file",
        "body": name,
        "filename": name,
        "info": {"mimetype": media_type, "size": size},
        "m.mentions": {},
        **place,
    }


def picture(place: Json, shown: Picture, size: int) -> Json:
    """The content of a message that shows a picture, with its description as the caption."""
    name = f"picture.{shown.media_type.rpartition('/')[2]}"
    body = shared_file(place, name, shown.media_type, size)
    return body | ({"body": shown.alt, "m.alt_text": {"m.text": [{"body": shown.alt}]}} if shown.alt else {})


def shown(content: Json) -> tuple[Content, list[str]]:
    """What a message of the bot's shows, and the ids of its pictures' events.

    Our own marks only say where the quote begins; they are believed if exactly they give what is shown.
    """
    body = content.get("body")
    text = body if isinstance(body, str) else ""
    try:
        found, events = _unmarked(text, content[OURS])
        expected = message(found, events)
    except (KeyError, TypeError, ValueError, Refused):
        return Content(text), []
    same = all(expected.get(name) == content.get(name) for name in ("msgtype", "body", "formatted_body", "format"))
    return (found, events) if same else (Content(text), [])


def check(content: Content) -> None:
    """Raises `Refused` for what cannot be shown: `too_long`, `not_text`, or `no_buttons`."""
    if len(content.text) + len(content.quote or "") > LONGEST_TEXT:
        raise Refused("too_long")
    if content.buttons:
        raise Refused("no_buttons")
    try:
        f"{content.text}{content.quote}".encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair, which no platform takes
        raise Refused("not_text") from error


def _plain(content: Content) -> str:
    return GAP.join(part for part in (content.text, content.quote) if part)


def _formatted(content: Content) -> str:
    quote = "" if content.quote is None else f"<blockquote>{_literal(content.quote)}</blockquote>"
    return _literal(content.text) + quote


def _literal(text: str) -> str:
    """Text as HTML that looks exactly like it: white space stays, nothing is markup."""
    spaced = _SPACES.sub("\u00a0", text).replace("\t", "\u2003")
    return html.escape(spaced).replace("\n", "<br>")


def _marks(content: Content, pictures: list[str]) -> Json:
    shown = [
        {"sha256": one.sha256, "media_type": one.media_type, "alt": one.alt, "event": event}
        for one, event in zip(content.pictures, pictures, strict=True)
    ]
    return {"text": len(content.text), "quote": content.quote is not None, "pictures": shown}


def _unmarked(body: str, marks: Any) -> tuple[Content, list[str]]:
    length, rest = int(marks["text"]), ""
    text, rest = body[:length], body[length:]
    quote = rest.removeprefix(GAP if text else "") if marks["quote"] else None
    pictures = tuple(Picture(str(one["sha256"]), str(one["media_type"]), str(one["alt"])) for one in marks["pictures"])
    return Content(text, quote, (), pictures), [str(one["event"]) for one in marks["pictures"]]
