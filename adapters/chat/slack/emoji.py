"""Slack's names of emoji and the characters they stand for, with skin tones.

The table beside this file is made of emoji-datasource 16.0.0 (MIT), from which Slack takes its names; of several names
of one emoji the first is Slack's own, the others are aliases.
"""

import json
import re
from pathlib import Path

from adapters.errors import Refused

CHARACTERS: dict[str, str] = json.loads(Path(__file__).with_name("emoji_names.json").read_text(encoding="utf-8"))
TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"  # Slack's skin-tone-2 to skin-tone-6
PICTURE = "\ufe0f"
_TONE = re.compile(r"::?skin-tone-([2-6])")
_IN_TEXT = re.compile(r"(?<![\w:]):([a-z0-9_+'-]+(?:::skin-tone-[2-6])*):(?![\w:])")
_NAMES: dict[str, str] = {}
for _name, _character in CHARACTERS.items():
    _NAMES.setdefault(_character.replace(PICTURE, ""), _name)


def character(name: str) -> str:
    """The emoji of a name such as `thumbsup::skin-tone-3`; of a custom emoji, its name."""
    bare = _TONE.sub("", name.strip(":"))
    found = CHARACTERS.get(bare)
    if found is None:
        return bare
    tone = _TONE.search(name)
    if tone is None:
        return found
    return found[0] + TONES[int(tone[1]) - 2] + found[1:].removeprefix(PICTURE)


def short_name(emoji: str) -> str:
    """Slack's name of an emoji. Raises `Refused("unknown_emoji")`."""
    tones = [TONES.index(char) + 2 for char in emoji if char in TONES]
    name = _NAMES.get("".join(char for char in emoji if char not in TONES and char != PICTURE))
    if name is None:
        raise Refused("unknown_emoji")
    return name + "".join(f"::skin-tone-{tone}" for tone in tones[:1])


def spelt_out(text: str) -> str:
    """Words with `:balloon:` turned back into the emoji that was typed; custom emoji stay as they are."""
    return _IN_TEXT.sub(lambda found: character(found[1]) if _bare(found[1]) in CHARACTERS else found[0], text)


def _bare(name: str) -> str:
    return _TONE.sub("", name)
