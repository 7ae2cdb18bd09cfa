"""A copy of a text in the plain form that rules read, with the way back to every original character."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.leaks.lookalikes import OVERLAYS, TWINS

# Format characters nobody sees (Unicode 15, general category Cf, and fillers used like them): soft hyphen,
# zero-width and joining marks, direction marks and overrides, invisible operators, the byte order mark.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
)
# Tag characters (Unicode 15, block E0000): invisible copies of ASCII, only of use in the flags of nations.
_TAGS = "\U000e0000-\U000e007f"
# What makes an emoji of a plain sign: variation selectors and the enclosing keycap.
_EMOJI_MARKS = "\ufe00-\ufe0f\u20e3\U000e0100-\U000e01ef"

HIDDEN_CHARACTERS = f"{_INVISIBLE}{_TAGS}"
"""The inside of a character class of everything that is written but not seen."""

_DROPPED = re.compile(f"[{HIDDEN_CHARACTERS}{_EMOJI_MARKS}{OVERLAYS}]")
_MARK = re.compile(f"[{_EMOJI_MARKS}{OVERLAYS}]*")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4"), "'")
_FOLDED = TWINS | _DASHES | _QUOTES
# NFKC writes a few ligatures out as whole phrases; no identifier is hidden in one, and a text of them would
# grow eighteenfold.
_LONGEST_EXPANSION = 4


@dataclass(frozen=True, slots=True)
class ScanCopy:
    """The plain form of a text and, for each of its characters, where that came from."""

    original: str = field(repr=False)
    text: str = field(repr=False)
    origin: Sequence[int]
    """Index in the original of the first character that each character of `text` stands for."""
    ends: Sequence[int]
    """Index one past the last of them."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] (not empty) stands in the original, with marks that hang on its last sign."""
        first = min(self.origin[start:end])
        last = max(self.ends[start:end])
        mark = _MARK.match(self.original, last)
        return first, mark.end() if mark else last


def normalise(text: str) -> ScanCopy:
    """The plain copy: compatibility forms (NFKC) and letters that look Latin folded one by one, dashes and quotes
    made plain, the unseen dropped.
    """
    if text.isascii():
        return ScanCopy(text, text, range(len(text)), range(1, len(text) + 1))
    parts: list[str] = []
    origin: list[int] = []
    done = 0
    for run in _FOREIGN.finditer(text):
        parts.append(text[done : run.start()])
        origin.extend(range(done, run.start()))
        for index in range(run.start(), run.end()):
            plain = _plain(text[index])
            parts.append(plain)
            origin.extend([index] * len(plain))
        done = run.end()
    parts.append(text[done:])
    origin.extend(range(done, len(text)))
    return ScanCopy(text, "".join(parts), origin, [index + 1 for index in origin])


def replaced(copy: ScanCopy, pattern: re.Pattern[str], spell: Callable[[re.Match[str]], str | None]) -> ScanCopy:
    """Another copy in which each match is spelled otherwise; `spell` answers None to leave one as it is.

    Where the new spelling is as long as the old, each character keeps its own place; otherwise all of it
    stands for all of the match.
    """
    parts: list[str] = []
    origin: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(copy.text):
        spelled = spell(match)
        if spelled is None or not match.group():
            continue
        start, end = match.span()
        parts += [copy.text[done:start], spelled]
        origin.extend(copy.origin[done:start])
        ends.extend(copy.ends[done:start])
        if len(spelled) == end - start:
            origin.extend(copy.origin[start:end])
            ends.extend(copy.ends[start:end])
        else:
            origin.extend([copy.origin[start]] * len(spelled))
            ends.extend([copy.ends[end - 1]] * len(spelled))
        done = end
    if not parts:
        return copy
    parts.append(copy.text[done:])
    origin.extend(copy.origin[done:])
    ends.extend(copy.ends[done:])
    return ScanCopy(copy.original, "".join(parts), origin, ends)


def _plain(letter: str) -> str:
    if _DROPPED.match(letter):
        return ""
    folded = unicodedata.normalize("NFKC", letter).translate(_FOLDED)
    if len(folded) > _LONGEST_EXPANSION:
        return letter
    # Digits of other scripts are digits all the same.
    digit = unicodedata.digit(folded, None) if len(folded) == 1 and not folded.isascii() else None
    return folded if digit is None else str(digit)
