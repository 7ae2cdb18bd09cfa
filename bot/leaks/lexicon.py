"""Vocabularies compiled so that one walk over the words of a text finds all their phrases."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_PHRASE_END = re.compile(r"[,\n]")
_STEM = 3
"""How many letters a word with a star needs at least."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: where it stands, its small letters without a possessive s, how it is written."""

    start: int
    end: int
    low: str
    capital: bool
    """Whether it begins with a capital letter."""
    shouted: bool
    """Whether it has capitals only, and more than one."""
    sentence: int
    """Number of the sentence it stands in, from 0."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase of a vocabulary in a text: which, and the words first to last (inclusive)."""

    tag: str
    first: int
    last: int


_ABBREVIATED = frozenset(
    "mr mrs ms mx dr st rev revd prof no nos rd ave tel eg ie cllr fr sgt pc mt etc approx".split()
)
_SENTENCE_END = re.compile(r"[.!?](?=[\s\"')\]*])|\n|…")
_CLAUSE = re.compile(r"[.!?…\n]")


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a plain text, each with its sentence."""
    words: list[Word] = []
    sentence = 0
    previous: re.Match[str] | None = None
    for match in _WORD.finditer(text):
        written = match.group()
        if previous is not None and _ends(text[previous.end() : match.start()], previous.group()):
            sentence += 1
        low = written.lower().removesuffix("'")
        low = low.removesuffix("'s")
        shouted = len(written) > 1 and written.isupper()
        words.append(Word(match.start(), match.end(), low, written[0].isupper(), shouted, sentence))
        previous = match
    return tuple(words)


def _ends(gap: str, word: str) -> bool:
    if gap == " " or not _CLAUSE.search(gap):
        return False
    if gap.startswith(". ") and (word.lower() in _ABBREVIATED or (len(word) == 1 and word.isupper())):
        return False
    return bool(_SENTENCE_END.search(gap))


@dataclass(slots=True)
class Lexicon:
    """Phrases by their first word, and by the first letters of it where it ends in a star."""

    _heads: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    _stems: dict[str, list[tuple[str, tuple[str, ...], str]]] = field(default_factory=dict)

    def add(self, tag: str, phrases: Iterable[str]) -> None:
        """Take phrases up under a tag."""
        for phrase in phrases:
            parts = [part.lower() for part in re.findall(r"[^\W_]+(?:'[^\W_]+)*\*?|\*", phrase)]
            parts = [part.removesuffix("'s") for part in parts]
            if not parts:
                continue
            head, rest = parts[0], tuple(parts[1:])
            if head.endswith("*"):
                self._stems.setdefault(head[:_STEM], []).append((head[:-1], rest, tag))
            else:
                self._heads.setdefault(head, []).append((rest, tag))

    def marks(self, words: tuple[Word, ...]) -> tuple[Mark, ...]:
        """Every phrase in the text, of each tag the longest at each word."""
        found: list[Mark] = []
        for place, word in enumerate(words):
            longest: dict[str, int] = {}
            for rest, tag in self._heads.get(word.low, ()):
                if _follow(words, place, rest):
                    longest[tag] = max(longest.get(tag, 0), len(rest))
            for stem, rest, tag in self._stems.get(word.low[:_STEM], ()):
                if word.low.startswith(stem) and _follow(words, place, rest):
                    longest[tag] = max(longest.get(tag, 0), len(rest))
            found += [Mark(tag, place, place + more) for tag, more in longest.items()]
        return tuple(found)


def _follow(words: tuple[Word, ...], place: int, rest: tuple[str, ...]) -> bool:
    if place + len(rest) >= len(words):
        return False
    for step, part in enumerate(rest, start=1):
        low = words[place + step].low
        if low != part and not (part.endswith("*") and low.startswith(part[:-1])):
            return False
    return True


def compiled(vocabularies: Mapping[str, str]) -> Lexicon:
    """A lexicon of vocabularies, each a text of phrases between commas and line breaks."""
    lexicon = Lexicon()
    for tag, phrases in vocabularies.items():
        lexicon.add(tag, _PHRASE_END.split(phrases))
    return lexicon
