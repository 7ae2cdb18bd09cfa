"""Every name that Slack has for an emoji, and back; skin tones and custom emoji."""

import pytest

from adapters.chat.slack.emoji import CHARACTERS, character, short_name, spelt_out
from adapters.errors import Refused
from bot.protocol.model import Vote
from bot.protocol.votes import ALIASES, MEANING, meaning, normalise


def test_every_name_gives_its_emoji_and_every_emoji_a_name() -> None:
    assert len(CHARACTERS) > 1900
    for name, emoji in CHARACTERS.items():
        assert character(name) == emoji
        assert character(short_name(emoji)) == emoji
        assert spelt_out(f"a :{name}: b") == f"a {emoji} b"


def test_whatever_counts_here_counts_under_all_its_names_on_slack() -> None:
    counted = {emoji for emoji, vote in MEANING.items() if vote is not Vote.NONE}
    found = {normalise(emoji) for emoji in CHARACTERS.values()}
    assert counted
    assert counted <= found
    for name, emoji in CHARACTERS.items():
        assert meaning(character(name)) is MEANING.get(normalise(emoji), Vote.NONE)
    assert {name: normalise(CHARACTERS[name]) for name in ALIASES} == ALIASES


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("+1", "👍"),
        ("thumbsup", "👍"),
        ("thumbsup::skin-tone-2", "👍🏻"),
        ("+1::skin-tone-6", "👍🏿"),
        (":+1::skin-tone-4:", "👍🏽"),
        ("female-technologist::skin-tone-4", "👩🏽‍💻"),
        ("flag-wales", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
        ("point_up::skin-tone-3", "☝🏼"),
        ("council_crest", "council_crest"),
        ("council_crest::skin-tone-3", "council_crest"),
        ("+1::skin-tone-9", "+1::skin-tone-9"),
    ],
)
def test_names_with_tones(name: str, emoji: str) -> None:
    assert character(name) == emoji


def test_the_bot_reacts_by_slacks_own_name() -> None:
    assert [short_name(emoji) for emoji in ("✅", "✔️", "👍🏽", "⏸️", "👀")] == [
        "white_check_mark",
        "heavy_check_mark",
        "+1::skin-tone-4",
        "double_vertical_bar",
        "eyes",
    ]
    with pytest.raises(Refused, match="unknown_emoji"):
        short_name("no emoji")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (":balloon: free", "🎈 free"),
        (":+1::skin-tone-3:", "👍🏼"),
        (":council_crest:", ":council_crest:"),
        ("at 10:100:20", "at 10:100:20"),
        ("fe80:1234:1", "fe80:1234:1"),
        ("a:x:b", "a:x:b"),
        (":x::x:", ":x::x:"),
    ],
)
def test_emoji_in_words(text: str, read: str) -> None:
    assert spelt_out(text) == read
