"""How skills are written: normal form, stems, and the repair of single misspelt words.

Spelling is repaired only against the words of labels that somebody visible holds, only word by word, and
never for words of three letters or less: a scorer of whole phrases finds "GIS" in "legislation".
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Letters that do not fall apart into a plain letter and an accent.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
APOSTROPHES = re.compile(r"['’‘`ʼ]")
DOTTED = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?")
WORD = re.compile(r"\w+[+#]*")
EXACT_UP_TO = 3  # letters
ONE_EDIT_UP_TO = 6

# The longest ending that leaves a stem of the given length goes. Endings that make another word of it
# (-er, -or, -ation) are left alone: a pensioner is no pension.
ENDINGS = (("ings", 3), ("ing", 3), ("ies", 2), ("ied", 2), ("ed", 3), ("es", 3), ("s", 3), ("e", 3))
KEEP_S = ("ss", "us", "is")


def words(text: str) -> list[str]:
    """The words of a text: lower case, no accents, no apostrophes; "G.I.S." is "gis", "C#" stays "c#"."""
    low = text.casefold()
    if not low.isascii():
        low = unicodedata.normalize("NFKD", low).translate(PLAIN)
        low = "".join(c for c in low if not unicodedata.combining(c))
    low = APOSTROPHES.sub("", low)
    low = DOTTED.sub(lambda found: found[0].replace(".", ""), low)
    return WORD.findall(low.replace("_", " ").replace("&", " and "))


def normal(text: str) -> str:
    """The normal form: the words with one space between."""
    if text.isascii():
        # Most names and labels are plain: a load of a hundred thousand people passes here.
        plain = text.replace("'", "").replace("-", " ").lower()
        if plain.replace(" ", "").isalnum():
            return " ".join(plain.split())
    return " ".join(words(text))


def stem(word: str) -> str:
    """What "map", "maps", "mapped" and "mapping" share. Words of three letters and less are their own stem."""
    if len(word) <= EXACT_UP_TO or not word.isalpha():
        return word
    for ending, shortest in ENDINGS:
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= shortest
            and not (ending == "s" and word.endswith(KEEP_S))
        ):
            base = word[: -len(ending)]
            return _even(base + "y" if ending in ("ies", "ied") else base)
    return word


def _even(base: str) -> str:
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
        return base[:-1]
    return base[:-1] if base.endswith("e") and len(base) > 4 else base


def edits_allowed(word: str) -> int:
    """How many letters may differ: none up to 3 letters, one up to 6, two from 7."""
    if len(word) <= EXACT_UP_TO:
        return 0
    return 1 if len(word) <= ONE_EDIT_UP_TO else 2


class Spelling:
    """Repairs single words against a vocabulary (word to how many labels hold it)."""

    def __init__(self, known: Iterable[tuple[str, int]]) -> None:
        """Sort the vocabulary by length, so that only words of about the same length are compared."""
        self._by_length: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for word, count in known:
            if len(word) > EXACT_UP_TO and word.isalpha():
                self._by_length[len(word)].append((word, count))

    def repair(self, word: str) -> str | None:
        """The known word nearest to `word`, the commonest of several; None when none is near enough."""
        allowed = edits_allowed(word)
        if not allowed or not word.isalpha():
            return None
        best: tuple[int, int, str] | None = None
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for other, count in self._by_length.get(length, ()):
                distance = OSA.distance(word, other, score_cutoff=allowed)
                if distance <= allowed and (best is None or (distance, -count, other) < best):
                    best = (distance, -count, other)
        return best[2] if best else None
