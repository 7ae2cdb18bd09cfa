"""What a person sees of a Slack message: words, quotation, buttons, files; whether it calls people or is formatted.

Drawn after Slack's documentation of `mrkdwn`, plain text and rich text. Where a message has blocks, Slack draws these,
and its top-level text is for notifications and screen readers; who is called is decided by both.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

CALLS = re.compile(r"<(!(?:channel|here|everyone|subteam\^\w+)|@\w+)[^>]*>")
MARKUP = re.compile(r"<[^>]*>|(?<!\w)([*_~`])(?=\S)[^\n]*?\S\1(?!\w)|^&gt;", re.MULTILINE)
EMOJI_CODE = re.compile(r":[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:")
STYLED = ("bold", "italic", "strike", "code")


@dataclass(frozen=True, slots=True)
class SlackSeen:
    """A message as somebody sees it."""

    id: str
    sender: str
    text: str
    quote: str | None
    thread: str | None
    buttons: tuple[str, ...]
    files: tuple[str, ...]
    pictures: tuple[str, ...]
    reactions: Mapping[str, tuple[str, ...]]
    formatted: bool
    notified: bool
    private: bool
    told: Mapping[str, Any]


@dataclass
class _Drawn:
    """What blocks come to."""

    text: str = ""
    quote: str | None = None
    goes_on: bool = True  # what comes next stands on the same line
    buttons: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    formatted: bool = False
    notified: bool = False

    def add(self, words: str, *, goes_on: bool = False) -> None:
        """More words, in a line of their own unless the last ones go on. Below a line stands a quotation."""
        before = self.text if self.quote is None else self.quote
        whole = before + ("" if self.goes_on else "\n") + words
        self.goes_on = goes_on
        if self.quote is None:
            self.text = whole
        else:
            self.quote = whole

    def line(self) -> None:
        """A line across."""
        self.quote, self.goes_on = self.quote or "", True


def seen(told: Mapping[str, Any]) -> SlackSeen:
    """A message as Slack's own programs draw it."""
    drawn = drawn_blocks(told.get("blocks") or [])
    fallback = str(told.get("text") or "")
    if not told.get("blocks"):
        _mrkdwn(drawn, fallback)
    called = bool(CALLS.search(fallback))
    files = tuple(str(one["name"]) for one in told.get("files", []))
    return SlackSeen(
        str(told["ts"]),
        str(told.get("user", "")),
        drawn.text,
        drawn.quote,
        told.get("thread_ts"),
        tuple(one["text"]["text"] for one in drawn.buttons),
        files,
        tuple(drawn.pictures),
        {one["name"]: tuple(one["users"]) for one in told.get("reactions", [])},
        drawn.formatted,
        drawn.notified or called,
        told.get("subtype") == "ephemeral",
        told,
    )


def button(told: Mapping[str, Any], label: str) -> dict[str, Any]:
    """The button of that message with that label, as it is pressed."""
    found = [one for one in drawn_blocks(told.get("blocks") or []).buttons if one["text"]["text"] == label]
    assert len(found) == 1, f"{len(found)} buttons are called {label}"
    return found[0]


def drawn_blocks(blocks: list[dict[str, Any]]) -> _Drawn:
    """What those blocks come to on the screen."""
    drawn = _Drawn()
    for block in blocks:
        draw = KINDS.get(str(block["type"]))
        assert draw, f"this block is new to the tests: {block['type']}"
        draw(drawn, block)
    return drawn


def _mrkdwn(drawn: _Drawn, text: str) -> None:
    drawn.formatted |= bool(MARKUP.search(text) or EMOJI_CODE.search(text))
    drawn.notified |= bool(CALLS.search(text))
    drawn.add(html.unescape(re.sub(r"<([^>|]*)(?:\|([^>]*))?>", lambda m: m[2] or m[1], text)))


def _text(drawn: _Drawn, told: Mapping[str, Any], *, goes_on: bool = False) -> None:
    if told["type"] == "mrkdwn":
        _mrkdwn(drawn, told["text"])
        return
    drawn.formatted |= told.get("emoji", True) and bool(EMOJI_CODE.search(told["text"]))
    drawn.add(told["text"], goes_on=goes_on)


def _section(drawn: _Drawn, block: Mapping[str, Any]) -> None:
    # A long text is cut into several; of ours the id tells whether it was cut within a line.
    goes_on = (
        re.fullmatch(r"(?:text|quote)\.\d+\.[0-9a-f]{16}\.(?:~[0-9a-f]+)?", str(block.get("block_id"))) is not None
    )
    for told in [*([block["text"]] if "text" in block else []), *block.get("fields", [])]:
        _text(drawn, told, goes_on=goes_on)
    if block.get("accessory", {}).get("type") == "button":
        drawn.buttons.append({**block["accessory"], "block_id": block.get("block_id")})


def _header(drawn: _Drawn, block: Mapping[str, Any]) -> None:
    _text(drawn, block["text"])


def _context(drawn: _Drawn, block: Mapping[str, Any]) -> None:
    for told in block["elements"]:
        if told["type"] == "image":
            drawn.pictures.append(str(told["alt_text"]))
        else:
            _text(drawn, told)


def _actions(drawn: _Drawn, block: Mapping[str, Any]) -> None:
    drawn.buttons += [
        {**told, "block_id": block.get("block_id")} for told in block["elements"] if told["type"] == "button"
    ]


def _image(drawn: _Drawn, block: Mapping[str, Any]) -> None:
    drawn.pictures.append(str(block["alt_text"]))


def _rich_text(drawn: _Drawn, block: Mapping[str, Any]) -> None:
    for part in block["elements"]:
        if part["type"] == "rich_text_list":
            for item in part["elements"]:
                drawn.add(_words(drawn, item))
        else:
            drawn.add(_words(drawn, part))


def _words(drawn: _Drawn, part: Mapping[str, Any]) -> str:
    words = []
    for told in part["elements"]:
        kind = told["type"]
        drawn.formatted |= any(told.get("style", {}).get(one) for one in STYLED) or kind in ("link", "emoji")
        drawn.notified |= kind in ("user", "usergroup", "broadcast")
        words.append(told.get("text") or told.get("url") or told.get("name") or told.get("user_id") or "")
    return "".join(words)


KINDS: dict[str, Callable[[_Drawn, Mapping[str, Any]], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "rich_text": _rich_text,
    "divider": lambda drawn, block: drawn.line(),
}
