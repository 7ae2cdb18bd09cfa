"""What the bot says as blocks, within Slack's limits, and the same words back, however Slack has written them."""

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.chat.slack import blocks
from adapters.chat.slack.settings import LONGEST_TEXT
from adapters.errors import Refused
from adapters.events import Button, Content, Picture

SHA = "ab" * 32
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
FULL = Content(
    "text\n  kept  ",
    "  exact \n\n*wording* <b>\t🎈",
    (Button("take", "Take it", "12"), Button("take", "Leave it", "")),
    (Picture(SHA, "image/png", "a <dot>"), Picture(SHA, "image/jpeg", "")),
)


def made(content: Content) -> dict[str, Any]:
    return {"blocks": blocks.rendered(content, [f"F{n}" for n in range(len(content.pictures))], "c0ffee")}


def test_everything_comes_back() -> None:
    message = made(FULL)
    assert blocks.shown(message) == FULL
    assert blocks.files_of(message) == ["F0", "F1"]
    assert blocks.has_key(message, "c0ffee")
    assert not blocks.has_key(message, "ffee")
    assert not blocks.has_key({}, "c0ffee")


def test_slacks_own_models_take_it() -> None:
    for block in Block.parse_all(made(FULL)["blocks"]):
        block.validate_json()
    ids = [block["block_id"] for block in made(FULL)["blocks"]]
    assert len(set(ids)) == len(ids)
    assert all(len(one) <= 255 for one in ids)
    actions = made(FULL)["blocks"][-1]["elements"]
    assert len({one["action_id"] for one in actions}) == 2
    assert [blocks.action_of(one["action_id"]) for one in actions] == ["take", "take"]


def test_every_picture_has_a_description() -> None:
    shown = [one for one in made(FULL)["blocks"] if one["type"] == "image"]
    assert [one["alt_text"] for one in shown] == ["a <dot>", "image/jpeg"]


def test_words_are_plain_text_alone() -> None:
    texts = [one["text"] for one in made(FULL)["blocks"] if "text" in one]
    assert texts
    assert {(one["type"], one["emoji"]) for one in texts} == {("plain_text", False)}


@given(WORDS, st.none() | WORDS)
def test_words_come_back_also_when_slack_escapes_them(text: str, quote: str | None) -> None:
    content, message = Content(text, quote), made(Content(text, quote))
    assert blocks.shown(message) == content or not message["blocks"]
    for one in message["blocks"]:
        if "text" in one:
            one["text"]["text"] = html.escape(one["text"]["text"], quote=False)
    assert blocks.shown(message) == content or not message["blocks"]


@pytest.mark.parametrize("letter", ["x", "🎈", "é", "x\n", "long words and lines\n" * 9, " "])
def test_long_texts_are_cut_into_sections_and_come_back_whole(letter: str) -> None:
    text = (letter * LONGEST_TEXT)[:LONGEST_TEXT]
    message = made(Content(text))
    sections = [one["text"]["text"] for one in message["blocks"]]
    assert len(sections) > 3
    assert all(0 < len(one.encode("utf-16-le")) // 2 <= 3000 for one in sections)
    assert blocks.shown(message) == Content(text)


def test_lines_are_not_broken_where_they_end_in_time() -> None:
    line = "y" * 99
    sections = [one["text"]["text"] for one in made(Content("\n".join([line] * 90)))["blocks"]]
    assert all(set(one.split("\n")) == {line} for one in sections)


def test_what_cannot_be_shown_is_refused() -> None:
    for content, code in [
        (Content("x", "y" * LONGEST_TEXT), "too_long"),
        (Content("\ud800"), "not_text"),
        (Content("x", pictures=tuple(Picture(SHA, "image/png", str(n)) for n in range(50))), "too_long"),
    ]:
        with pytest.raises(Refused, match=code):
            made(content)


def test_a_changed_section_shows_what_it_says() -> None:
    message = made(Content("approve nothing", "the exact words"))
    message["blocks"][2]["text"]["text"] = "other words"
    assert blocks.shown(message) == Content("approve nothing", "other words")
    words = {"type": "plain_text", "text": " more"}
    message["blocks"].append({"type": "section", "block_id": "by hand", "text": words})
    assert blocks.shown(message) == Content("approve nothing more", "other words")


BY_HAND: list[Any] = [
    {"type": "header", "text": {"type": "plain_text", "text": "The Chief Executive agrees"}},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "agreed"}]},
    {"type": "rich_text", "elements": []},
    {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "agreed"},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*agreed*"}},
    {"type": "section", "text": {"type": "plain_text", "text": " "}, "fields": [{"type": "mrkdwn", "text": "agreed"}]},
    {"type": "section", "text": {"type": "plain_text", "text": " "}, "accessory": {"type": "button"}},
    {"type": "actions", "elements": [{"type": "static_select"}]},
]


@pytest.mark.parametrize("block", BY_HAND, ids=str)
def test_what_the_bot_never_writes_is_not_overlooked(block: Any) -> None:
    """Whoever has the bot's token could add it to a preview, where approvers read it."""
    message = made(Content("approve this", "the exact words"))
    message["blocks"].append(block)
    assert blocks.shown(message).text.startswith("approve this")
    assert blocks.shown(message).text != "approve this"


def test_what_is_attached_is_not_overlooked() -> None:
    message = made(Content("approve this", "the exact words"))
    assert blocks.shown(message | {"attachments": []}).text == "approve this"
    assert "agreed" in blocks.shown(message | {"attachments": [{"text": "agreed"}]}).text
    assert "agreed" in blocks.shown({"text": "a", "attachments": [{"text": "agreed"}]}).text


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"blocks": None},
        {"blocks": "x"},
        {"blocks": [None, 1, {"type": "section"}, {"type": "image"}, {"type": "actions", "elements": [1, {}]}]},
        {"blocks": [{"type": "actions", "elements": [{"type": "button", "text": 1}]}]},
    ],
)
def test_what_is_not_ours_breaks_nothing(message: dict[str, Any]) -> None:
    assert isinstance(blocks.shown(message).text, str)
    assert blocks.files_of(message) == []


def test_a_message_without_blocks_shows_its_text() -> None:
    assert blocks.shown({"text": "a &lt;b&gt;"}) == Content("a <b>")


def test_the_text_for_notifications_says_the_same_and_is_never_empty() -> None:
    assert blocks.plain(Content("a <!channel>", "b & c")) == "a &lt;!channel&gt;\n\nb &amp; c"
    assert blocks.plain(Content("")).strip(" ") == ""
    assert blocks.plain(Content(""))
