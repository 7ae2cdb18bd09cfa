"""What a reaction means: ten emoji, in every spelling of theirs; every other sign means nothing."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.model import Vote
from bot.protocol.votes import ALIASES, MEANING, meaning, normalise

SIGNS = {
    "\u2705": Vote.APPROVE,  # ✅
    "\u274c": Vote.REJECT,  # ❌
    "\u270f": Vote.REQUEST_CHANGES,  # ✏
    "\U0001f440": Vote.LOOKING,  # 👀
    "\u23f8": Vote.HOLD,  # ⏸
    "\U0001f501": Vote.RETRY,  # 🔁
    "\U0001f6a8": Vote.RECALL,  # 🚨
    "\U0001f513": Vote.ACKNOWLEDGE,  # 🔓
    "\U0001f5d1": Vote.CANCEL,  # 🗑
    "\U0001f44d": Vote.SOCIAL,  # 👍
}
SLACK = {
    "white_check_mark": Vote.APPROVE,
    "x": Vote.REJECT,
    "pencil2": Vote.REQUEST_CHANGES,
    "eyes": Vote.LOOKING,
    "double_vertical_bar": Vote.HOLD,
    "repeat": Vote.RETRY,
    "rotating_light": Vote.RECALL,
    "unlock": Vote.ACKNOWLEDGE,
    "wastebasket": Vote.CANCEL,
    "+1": Vote.SOCIAL,
    "thumbsup": Vote.SOCIAL,
}
TONES = ["\U0001f3fb", "\U0001f3fc", "\U0001f3fd", "\U0001f3fe", "\U0001f3ff"]
SELECTORS = ["\ufe0e", "\ufe0f"]
SAID = [(sign + more, vote) for sign, vote in SIGNS.items() for more in ["", *SELECTORS, *TONES]]
NAMED = [
    (spelt.format(name), vote)
    for name, vote in SLACK.items()
    for spelt in ("{}", ":{}:", "{}::skin-tone-2", ":{}::skin-tone-6:", " {} ")
]
# Near in looks or in name, and none of them a vote; then names people give to emoji of their own.
NOTHING = [
    "", " ", ":", "::", "✔", "✔️", "☑", "☑️", "✅✅", "✅❌", "✅\u200d🔥", "\u200d✅", "✅\ufe00", "✅1", "✓",
    "❎", "✖", "✗", "×", "X", "⏯", "⏹", "📝", "🖊", "👁", "👎", "👌", "🆗", "💯", "🎉", "🔂", "🔄", "📣", "🏽", "\ufe0f",
    "heavy_check_mark", "ballot_box_with_check", "WHITE_CHECK_MARK", "white check mark", "white_check_mark2",
    "approved", "approve", "lgtm", "ok", "shipit", "+11", "-1", "thumbs_up", "thumbsdown", "pencil", "pause",
    "lock", "🔒", "🔐", "🚮",
    "wave::skin-tone-2", "skin-tone-2", "white_check_mark::skin-tone-1", "white_check_mark::skin-tone-7",
    "white_check_mark:skin-tone", "mxc://x/✅", "X✅X", ";✅;",
]  # fmt: skip


def test_the_signs_are_all_that_mean_something() -> None:
    assert {sign: vote for sign, vote in MEANING.items() if vote is not Vote.NONE} == SIGNS
    assert ALIASES.keys() == SLACK.keys()
    assert set(SIGNS.values()) == set(Vote) - {Vote.NONE}


def spelt(value: object) -> str | None:
    """The name of a case in plain letters, by which a single test can be run again."""
    return "-".join(f"{ord(sign):x}" for sign in value) if type(value) is str else None


@pytest.mark.parametrize(("emoji", "vote"), SAID + NAMED, ids=spelt)
def test_each_spelling_means_the_same(emoji: str, vote: Vote) -> None:
    assert meaning(emoji) is vote


@pytest.mark.parametrize("emoji", NOTHING, ids=spelt)
def test_a_look_alike_or_a_custom_emoji_means_nothing(emoji: str) -> None:
    assert meaning(emoji) is Vote.NONE


def test_no_other_character_of_unicode_means_anything() -> None:
    """Each character that is assigned, alone, with a presentation selector and with a skin tone."""
    looked_at = 0
    loud = []
    for number in range(sys.maxunicode + 1):
        sign = chr(number)
        if sign in SIGNS or unicodedata.category(sign) in {"Cn", "Co", "Cs"}:
            continue
        looked_at += 1
        spellings = (sign, sign + "\ufe0f", sign + TONES[0]) if unicodedata.category(sign) == "So" else (sign,)
        loud += [spelt for spelt in spellings if meaning(spelt) is not Vote.NONE and sign != "x"]
    assert looked_at > 100_000
    assert loud == []


@given(st.text(max_size=12))
def test_random_words_mean_nothing_unless_they_are_a_sign(text: str) -> None:
    known = normalise(text) in SIGNS
    assert (meaning(text) is not Vote.NONE) == known
    assert normalise(normalise(text)) in {normalise(text), *SIGNS}


@given(st.sampled_from(sorted(SIGNS)), st.lists(st.sampled_from(SELECTORS + TONES), max_size=4))
def test_any_number_of_decorations_changes_nothing(sign: str, decorations: list[str]) -> None:
    assert meaning(sign + "".join(decorations)) is SIGNS[sign]
    assert normalise(sign + "".join(decorations)) == sign
