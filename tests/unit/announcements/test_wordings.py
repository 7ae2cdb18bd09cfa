"""A text with words of their own for single channels is taken apart as the page says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.announcements.wordings import WordingFault, apart, check

KNOWN = ("bluesky", "feed", "mastodon", "staff_room", "x")


@pytest.mark.parametrize(
    ("text", "common", "own"),
    [
        ("The pool is open.", "The pool is open.", {}),
        ("Long words.\nfor bluesky: Short words.", "Long words.", {"bluesky": "Short words."}),
        ("Long.\n\nFor x and Mastodon:\nShort.\n\nTwo lines.", "Long.",
         {"x": "Short.\n\nTwo lines.", "mastodon": "Short.\n\nTwo lines."}),
        ("Long.\nFOR x, mastodon and staff_room : Short.\nfor bluesky： Blue.", "Long.",
         {"x": "Short.", "mastodon": "Short.", "staff_room": "Short.", "bluesky": "Blue."}),
        ("For sale: a bus.\nFor Bluesky fans: nothing.", "For sale: a bus.\nFor Bluesky fans: nothing.", {}),
        ("Ask for x: it is free.", "Ask for x: it is free.", {}),
        ("Long.\nfor x and facebook: Short.", "Long.\nfor x and facebook: Short.", {}),
        ("Long.\nfor x\n: Short.", "Long.\nfor x\n: Short.", {}),
    ],
)  # fmt: skip
def test_it_is_taken_apart(text: str, common: str, own: dict[str, str]) -> None:
    found = apart(text, KNOWN)
    assert (found.common, found.own) == (common, own)
    check(text, KNOWN)
    for channel in KNOWN:
        assert found.on(channel) == own.get(channel, common)


@pytest.mark.parametrize(
    ("text", "code", "channel"),
    [
        ("Long.\nfor x: One.\nfor mastodon and x: Two.", "twice", "x"),
        ("Long.\nfor x and x: One.", "twice", "x"),
        ("Long.\nfor x:\n  \nfor mastodon: Two.", "none", "x"),
        ("for x: One.", "none", "bluesky"),
        ("Long.\nfor x:", "none", "x"),
    ],
)
def test_a_channel_without_words_or_with_two_texts_is_refused(text: str, code: str, channel: str) -> None:
    with pytest.raises(WordingFault) as fault:
        check(text, KNOWN)
    assert (fault.value.code, fault.value.channel) == (code, channel)


def test_words_for_every_channel_need_no_others() -> None:
    check("for bluesky, feed, mastodon, staff_room and x: One.", KNOWN)


@given(st.text(alphabet="for x:,and\n bluesky", max_size=60))
def test_no_word_is_lost_or_made_up(text: str) -> None:
    found = apart(text, KNOWN)
    for words in (found.common, *found.own.values()):
        assert words in text


@given(st.text(max_size=80))
def test_without_such_a_line_nothing_changes(text: str) -> None:
    assert apart(text, ()).common == text
