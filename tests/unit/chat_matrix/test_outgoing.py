"""What the bot says: only readable, never a mention or a hidden link, and found again as it was."""

import html
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.matrix import outgoing
from adapters.chat.matrix.settings import LONGEST_TEXT
from adapters.errors import Refused
from adapters.events import Button, Content, Picture

WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
CONTENTS = st.builds(Content, WORDS, st.none() | WORDS)
SLY = [
    "@room @everyone @jo:council.example",
    '<a href="https://elsewhere.example">https://council.example</a>',
    "[council](https://elsewhere.example) <img src=x> </blockquote><h1>",
    "https://matrix.to/#/@jo:council.example",
    "&lt;b&gt; &amp;",
]


@given(CONTENTS)
def test_what_was_said_is_found_again(content: Content) -> None:
    assert outgoing.shown(outgoing.message(content, [])) == (content, [])


@given(CONTENTS)
def test_only_two_tags_are_ever_written(content: Content) -> None:
    formatted = outgoing.message(content, [])["formatted_body"]
    assert set(re.findall(r"<[^>]*>", formatted)) <= {"<br>", "<blockquote>", "</blockquote>"}
    assert formatted.count("<blockquote>") == (content.quote is not None)


@given(WORDS)
def test_the_formatted_body_says_the_same(text: str) -> None:
    formatted = outgoing.message(Content(text), [])["formatted_body"]
    drawn = html.unescape(formatted.replace("<br>", "\n")).replace("\u00a0", " ").replace("\u2003", "\t")
    assert drawn == text.replace("\u00a0", " ").replace("\u2003", "\t")


def test_white_space_survives() -> None:
    formatted = outgoing.message(Content("  a  b \n c\t"), [])["formatted_body"]
    assert formatted == "\u00a0\u00a0a \u00a0b\u00a0<br>\u00a0c\u2003"


@pytest.mark.parametrize("text", SLY)
def test_nobody_is_called_and_nothing_hidden(text: str) -> None:
    body = outgoing.message(Content(text, text), [])
    assert body["m.mentions"] == {}
    assert "href" not in re.sub(r"&[a-z#0-9]+;", "", re.sub(r"[^<]*(<[^>]*>)?", r"\1", body["formatted_body"]))
    assert body["body"] == f"{text}\n\n{text}"
    assert outgoing.replacement(Content(text), [], "$old")["m.mentions"] == {}
    assert outgoing.shared_file({"url": "mxc://a/b"}, text, "text/plain", 1)["m.mentions"] == {}


def test_marks_that_do_not_fit_are_not_believed() -> None:
    real = outgoing.message(Content("text", "quote"), [])
    changes: tuple[dict[str, Any], ...] = (
        {"body": "something else\n\nquote"},
        {"formatted_body": "text<blockquote>something else</blockquote>"},
        {"msgtype": "m.notice"},
        {outgoing.OURS: {"text": 2, "quote": True, "pictures": []}},
        {outgoing.OURS: {"text": "x"}},
        {outgoing.OURS: None},
    )
    for change in changes:
        forged = real | change
        assert outgoing.shown(forged) == (Content(forged["body"]), [])
    assert outgoing.shown({}) == (Content(""), [])


def test_pictures_are_found_again() -> None:
    content = Content("look", None, (), (Picture("ab" * 32, "image/png", "a dot"),))
    assert outgoing.shown(outgoing.message(content, ["$picture"])) == (content, ["$picture"])


def test_what_cannot_be_shown() -> None:
    outgoing.check(Content("x" * LONGEST_TEXT))
    for content, code in (
        (Content("x" * LONGEST_TEXT, "y"), "too_long"),
        (Content("\ud83d"), "not_text"),
        (Content("x", buttons=(Button("a", "A", ""),)), "no_buttons"),
    ):
        with pytest.raises(Refused, match=code):
            outgoing.check(content)


def test_a_long_text_of_many_bytes_goes_without_its_formatted_twin() -> None:
    content = Content("\U0001f388" * LONGEST_TEXT)
    body = outgoing.message(content, [])
    assert "formatted_body" not in body
    assert outgoing.shown(body) == (content, [])
    for one in (body, outgoing.replacement(content, [], "$old")):
        assert len(json.dumps(one, ensure_ascii=False).encode()) * 4 / 3 < 64_000


def test_transactions() -> None:
    keys = [("send", "a"), ("send", "b"), ("edit", "a"), ("upload", "a")]
    assert len({outgoing.transaction(*key) for key in keys}) == len(keys)
    assert outgoing.transaction("send", "a") == outgoing.transaction("send", "a")


def test_threads() -> None:
    assert outgoing.in_thread({"body": "x"}, None) == {"body": "x"}
    relation = outgoing.in_thread({"body": "x"}, "$root")["m.relates_to"]
    assert (relation["rel_type"], relation["event_id"], relation["is_falling_back"]) == ("m.thread", "$root", True)
