"""What the bot says as Slack blocks, and back: plain text only, so that it can only be read.

The words stand in `plain_text` sections, which Slack neither formats nor links; the exact wording of an announcement
stands below a line. The id of a section names what it is and a hash of its words, by which the same words are known
again however Slack has written their entities.
"""

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.chat.slack.api import Json
from adapters.chat.slack.markup import escaped
from adapters.chat.slack.settings import LONGEST_TEXT
from adapters.errors import Refused
from adapters.events import Button, Content, Picture

SECTION = 2900  # UTF-16 units in a section; Slack takes 3,000
MOST_BLOCKS = 50
LONGEST_LABEL = 75
LONGEST_ALT = 2000
LONGEST_VALUE = 2000
BUTTONS_IN_A_ROW = 25
TEXT, QUOTE, LINE, BUTTONS, PICTURE = "text", "quote", "line", "buttons", "picture"
_KEY = r"(?:~[0-9a-f]+)?\Z"
_ID = re.compile(rf"(text|quote)\.(\d+)\.([0-9a-f]{{16}})\.(n?){_KEY}")
_PICTURE_ID = re.compile(rf"picture\.\d+(d?)\.([0-9a-f]{{64}})\.([\w.+-]+/[\w.+-]+){_KEY}")


def plain(content: Content) -> str:
    """The whole message as escaped text: what notifications show and screen readers read."""
    return escaped("\n\n".join(part for part in (content.text, content.quote) if part)) or " "


def rendered(content: Content, pictures: Sequence[str], key: str) -> list[Json]:
    """The blocks of a message; `pictures` are the ids of its files at Slack. Raises `Refused`: `too_long`, `not_text`.

    `key` (hexadecimal) goes with the first block, so that a message of which nobody knows whether it arrived is found.
    """
    check(content)
    blocks = _sections(TEXT, content.text)
    if content.quote is not None:
        blocks += [{"type": "divider", "block_id": LINE}, *_sections(QUOTE, content.quote)]
    for number, (picture, file) in enumerate(zip(content.pictures, pictures, strict=True)):
        decorative = "" if picture.alt.strip() else "d"
        mark = f"{PICTURE}.{number}{decorative}.{picture.sha256}.{picture.media_type}"
        # Slack wants a description of every picture; of a decorative one it says what it is.
        alt = picture.media_type if decorative else picture.alt[:LONGEST_ALT]
        blocks.append({"type": "image", "block_id": mark, "slack_file": {"id": file}, "alt_text": alt})
    for first in range(0, len(content.buttons), BUTTONS_IN_A_ROW):
        row = content.buttons[first : first + BUTTONS_IN_A_ROW]
        elements = [button(place, one) for place, one in enumerate(row, first)]
        blocks.append({"type": "actions", "block_id": f"{BUTTONS}.{first}", "elements": elements})
    if len(blocks) > MOST_BLOCKS:
        raise Refused("too_long")
    if blocks:
        blocks[0]["block_id"] += f"~{key}"
    return blocks


def has_key(message: Mapping[str, Any], key: str) -> bool:
    """Whether a message was sent under a key."""
    told = message.get("blocks")
    first = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
    return str(first.get("block_id", "")).endswith(f"~{key}")


def check(content: Content) -> None:
    """Raises `Refused` for what cannot be shown."""
    if len(content.text) + len(content.quote or "") > LONGEST_TEXT:
        raise Refused("too_long")
    try:
        f"{content.text}{content.quote}".encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair, which no platform takes
        raise Refused("not_text") from error


def shown(message: Mapping[str, Any]) -> Content:
    """What a message of the bot's shows."""
    told = message.get("blocks")
    blocks = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    strange = _strange(message, blocks)
    if not blocks:
        return Content(html.unescape(str(message.get("text", "")).strip(" ")) + strange)
    has_quote = any(str(one.get("block_id", "")).partition("~")[0] == LINE for one in blocks)
    quote = _words(blocks, QUOTE)
    buttons = tuple(button for one in blocks if one.get("type") == "actions" for button in _buttons(one))
    pictures = tuple(picture for one in blocks if (picture := _picture(one)) is not None)
    return Content(_words(blocks, TEXT) + strange, quote if has_quote else None, buttons, pictures)


def _strange(message: Mapping[str, Any], blocks: Sequence[Json]) -> str:
    """What is shown and the bot never writes: whoever has its token could put it there, to be read with the rest."""
    found: list[Any] = [one for one in blocks if not _is_like_ours(one)]
    attached = message.get("attachments")
    found += attached if isinstance(attached, list) else []
    return "".join(f"\n[{json.dumps(one, sort_keys=True, ensure_ascii=False)}]" for one in found)


def _is_like_ours(block: Json) -> bool:
    match block.get("type"):
        case "section":
            told = block.get("text")
            plain_words = isinstance(told, dict) and told.get("type") == "plain_text"
            return plain_words and not block.get("fields") and not block.get("accessory")
        case "image":
            return _picture(block) is not None
        case "actions":
            return all(isinstance(one, dict) and one.get("type") == "button" for one in block.get("elements", []))
        case kind:
            return kind == "divider"


def files_of(message: Mapping[str, Any]) -> list[str]:
    """The ids of the files that a message's pictures are at Slack."""
    told = message.get("blocks")
    found = []
    for one in told if isinstance(told, list) else []:
        file = one.get("slack_file") if isinstance(one, dict) and one.get("type") == "image" else None
        if isinstance(file, dict) and isinstance(file.get("id"), str):
            found.append(file["id"])
    return found


def _sections(kind: str, text: str) -> list[Json]:
    blocks = []
    for number, (chunk, ends_line) in enumerate(pieces(text)):
        mark = f"{kind}.{number}.{_hash(chunk)}.{'n' if ends_line else ''}"
        words = {"type": "plain_text", "text": chunk, "emoji": False}
        blocks.append({"type": "section", "block_id": mark, "text": words})
    return blocks


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, cut at the ends of lines where there are any; whether a line's end was cut out."""
    found = []
    while _units(text) > SECTION:
        most = _fitting(text)
        end = text.rfind("\n", most // 2, most)
        # A piece of nothing but white space would be refused.
        if end > 0 and text[:end].strip() and text[end + 1 :].strip():
            found.append((text[:end], True))
            text = text[end + 1 :]
        else:
            found.append((text[:most], False))
            text = text[most:]
    return [*found, (text, False)] if text else found


def _fitting(text: str) -> int:
    """How many characters of it a section takes."""
    most = SECTION
    while _units(text[:most]) > SECTION:
        most -= max(1, (_units(text[:most]) - SECTION) // 2)
    return most


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def button(place: int, told: Button) -> Json:
    """A button; `place` tells it apart from the others around it."""
    label = {"type": "plain_text", "text": told.label[:LONGEST_LABEL], "emoji": True}
    body: Json = {"type": "button", "action_id": f"{place}.{told.action}"[:255], "text": label}
    return body | ({"value": told.value[:LONGEST_VALUE]} if told.value else {})


def action_of(action_id: object) -> str:
    """What a button does, from its id, which is unique in its message."""
    return str(action_id).partition(".")[2]


def _buttons(block: Json) -> list[Button]:
    found = []
    for one in block.get("elements", []):
        if isinstance(one, dict) and one.get("type") == "button":
            label = one.get("text", {})
            words = label.get("text", "") if isinstance(label, dict) else ""
            found.append(Button(action_of(one.get("action_id")), html.unescape(str(words)), str(one.get("value", ""))))
    return found


def _picture(block: Json) -> Picture | None:
    found = _PICTURE_ID.match(str(block.get("block_id", "")))
    if block.get("type") != "image" or found is None:
        return None
    alt = str(block.get("alt_text", ""))
    return Picture(found[2], found[3], "" if found[1] else html.unescape(alt))


def _words(blocks: Sequence[Json], kind: str) -> str:
    """The words of all sections of a kind. Sections that are not ours count as text: nothing shown is left out."""
    pieces = []
    for block in blocks:
        told = block.get("text")
        if block.get("type") != "section" or not isinstance(told, dict):
            continue
        mark = _ID.match(str(block.get("block_id", "")))
        if (mark[1] if mark else TEXT) == kind:
            pieces.append(_piece(str(told.get("text", "")), mark))
    return "".join(pieces)


def _piece(told: str, mark: re.Match[str] | None) -> str:
    if mark is None:
        return html.unescape(told)
    words = next((one for one in (told, html.unescape(told)) if _hash(one) == mark[3]), html.unescape(told))
    return words + ("\n" if mark[4] else "")
