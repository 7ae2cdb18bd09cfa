"""From an emoji as a platform names it to its meaning; skin tones and presentation selectors make no difference."""

import re

from bot.protocol.model import Vote

# U+FE0E and U+FE0F choose text or picture, U+1F3FB to U+1F3FF are skin tones (Unicode TR51); NFKC keeps them all.
_DECORATION = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|::?skin-tone-[2-6]")

# Slack's names for the emoji that count (its emoji-data short names).
ALIASES = {
    "white_check_mark": "✅",
    "x": "❌",
    "pencil2": "✏",
    "eyes": "👀",
    "double_vertical_bar": "⏸",
    "repeat": "🔁",
    "rotating_light": "🚨",
    "unlock": "🔓",
    "wastebasket": "🗑",
    "+1": "👍",
    "thumbsup": "👍",
}

MEANING = {
    "✅": Vote.APPROVE,
    "❌": Vote.REJECT,
    "✏": Vote.REQUEST_CHANGES,
    "👀": Vote.LOOKING,
    "⏸": Vote.HOLD,
    "🔁": Vote.RETRY,
    "🚨": Vote.RECALL,
    "🔓": Vote.ACKNOWLEDGE,
    "🗑": Vote.CANCEL,
    "👍": Vote.SOCIAL,
}


def normalise(emoji: str) -> str:
    """One spelling for each emoji: Slack's names and colons, skin tones and variation selectors taken away."""
    bare = _DECORATION.sub("", emoji.strip()).strip(":")
    return ALIASES.get(bare, bare)


def meaning(emoji: str) -> Vote:
    """What a reaction means; custom and unknown emoji mean nothing."""
    return MEANING.get(normalise(emoji), Vote.NONE)
