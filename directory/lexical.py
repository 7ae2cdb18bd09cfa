"""Texts by their words: an exact text wins; else words, weighed by how rare they are, must cover each other.

Both sides count: how much of the question the text explains, and how much of the text the question asked for. A
question that is mostly about something else is refused, whatever single word it shares.
"""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from directory.question import Asked
from directory.vocabulary import Spelling, normal, stem, words

EXACT = 1.0
PART = 0.97  # an alternative inside a label: "employee relations" in "HR casework / employee relations"
INITIALS = 0.9  # "DPIA" for "Data protection impact assessments", and the other way round
THREE_INITIALS = 0.7  # of three words they may be chance
REPAIRED = 0.85  # what a repaired word counts, against 1 for a word as written
ASIDE = 0.4  # what words in brackets count in the length of a label: "Excel (pivot tables)"
LEAST_COVER = 0.22  # of the question, however well the text fits
SHORTEST_INITIALS = 3  # two letters are initials of too much
LONGEST_INITIALS = 6
BESIDES = 1  # words that may stand beside those whose initials are a short form: "freedom of information requests"
SHORT_FORM = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]{1,5}s?\b")
ALTERNATIVES = re.compile(r"\s+/\s+|\s+[-–]\s+|[()]|,\s")
FRAMELESS = re.compile(r"\([^)]*\)")
PASSED_OVER = frozenset("a an and at by for in of on or the to with".split())


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one text fits: from 0 to 1, by which evidence, and which stems of the question it explains."""

    score: float
    code: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as the vocabulary reads it: what a match of each stem is worth, all words of the topic, those of
    them that look like short forms, and repairs.
    """

    worth: Mapping[str, float]
    words: tuple[str, ...]
    short: tuple[str, ...]
    repaired: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Text:
    text: str
    stems: dict[str, float]


class TextIndex:
    """An index of texts by their places in the list it is given. Built once, then only read."""

    def __init__(self, texts: Iterable[str], right: Container[str] = ()) -> None:
        """Index the texts; words that are `right` are never taken for misspelt ones."""
        self._right = right
        self._texts = [_Text(text, _weights(text)) for text in texts]
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._joined: dict[str, tuple[str, str]] = {}
        self._initials: dict[str, list[int]] = defaultdict(list)
        self._short: dict[str, list[int]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        for place, entry in enumerate(self._texts):
            self._add(place, entry, counts)
        self._vocabulary = set(counts)
        self._spelling = Spelling(counts.items())
        self._rarest = math.log(1 + len(self._texts)) if self._texts else 1.0

    def _add(self, place: int, entry: _Text, counts: dict[str, int]) -> None:
        self._exact[normal(entry.text)].append(place)
        for one in entry.stems:
            self._holding[one].append(place)
        spelt = words(entry.text)
        for word in set(spelt):
            counts[word] += 1
        for first, second in itertools.pairwise(spelt):
            self._joined.setdefault(first + second, (first, second))
        for short in SHORT_FORM.findall(entry.text):
            self._short[normal(short)].append(place)
        for part in ALTERNATIVES.split(entry.text):
            for short in initials(words(part)):
                self._initials[short].append(place)

    def _rarity(self, one: str) -> float:
        held = len(self._holding.get(one, ()))
        return math.log(1 + len(self._texts) / held) if held else self._rarest

    def exact(self, asked: Asked) -> list[int]:
        """The places of texts that stand in the question as they are written, the longest form of it first."""
        return next((self._exact[form] for form in asked.forms if form in self._exact), [])

    def read(self, asked: Asked) -> Reading:
        """The words asked for, put right where no text holds them and one nearby does."""
        worth: dict[str, float] = {}
        repaired = []
        for word in self._split_and_join(asked.words):
            better = None if self._is_known(word) else self._spelling.repair(word)
            if better:
                repaired.append((word, better))
                worth.setdefault(stem(better), REPAIRED)
            else:
                worth[stem(word)] = 1.0
        put = dict(repaired)
        topic = tuple(put.get(word, word) for word in words(asked.topic))
        written = {word for short in SHORT_FORM.findall(asked.topic) for word in words(short)}
        short = tuple(word for word in topic if word in written or stem(word) not in self._holding)
        return Reading(worth, topic, short, tuple(repaired))

    def _is_known(self, word: str) -> bool:
        return stem(word) in self._holding or word in self._initials or word in self._right or stem(word) in self._right

    def _split_and_join(self, asked: Sequence[str]) -> list[str]:
        """ "powerbi" is read as "power bi" where texts write it so, and the other way round."""
        found: list[str] = []
        for word in asked:
            if found and found[-1] + word in self._vocabulary and {found[-1], word} - self._vocabulary:
                found[-1] += word
            elif word not in self._vocabulary and stem(word) not in self._holding and word in self._joined:
                found += self._joined[word]
            else:
                found.append(word)
        return found

    def fits(self, reading: Reading) -> dict[int, Fit]:
        """The texts that share anything that counts with the question."""
        worth = reading.worth
        rarity = {one: self._rarity(one) for one in worth}
        whole = sum(rarity.values()) or 1.0
        hits = {}
        for place in {place for one in worth for place in self._holding.get(one, ())}:
            text = self._texts[place]
            shared = text.stems.keys() & worth.keys()
            of_question = sum(rarity[one] * worth[one] for one in shared) / whole
            length = sum(self._rarity(one) * weight for one, weight in text.stems.items())
            of_text = sum(rarity[one] * worth[one] * text.stems[one] for one in shared) / length
            of_text = max(of_text, self._best_part(text.text, shared, worth))
            if of_question >= LEAST_COVER:
                code = "repaired" if reading.repaired else "words"
                hits[place] = Fit(math.sqrt(of_question * of_text), code, frozenset(shared))
        for place, fit in self._by_initials(reading, rarity, whole):
            if place not in hits or hits[place].score < fit.score:
                hits[place] = fit
        return hits

    def _by_initials(self, reading: Reading, rarity: Mapping[str, float], whole: float) -> Iterable[tuple[int, Fit]]:
        for word in reading.short:
            for place in self._initials.get(word.removesuffix("s"), ()) or self._initials.get(word, ()):
                yield place, self._initials_fit((word,), rarity, whole)
        spelt = reading.words
        for first, last in itertools.combinations(range(len(spelt) + 1), 2):
            span = spelt[first:last]
            if {span[0], span[-1]} & PASSED_OVER or len(span) < len(spelt) - BESIDES:
                continue
            for short in initials(span):
                for place in {*self._short.get(short, ()), *self._short.get(f"{short}s", ())}:
                    yield place, self._initials_fit(span, rarity, whole)

    def _initials_fit(self, span: Sequence[str], rarity: Mapping[str, float], whole: float) -> Fit:
        shared = frozenset(stem(word) for word in span)
        surely = INITIALS if len(span) != SHORTEST_INITIALS else THREE_INITIALS
        return Fit(surely * math.sqrt(sum(rarity.get(one, 0.0) for one in shared) / whole), "initials", shared)

    def _best_part(self, text: str, shared: set[str], worth: Mapping[str, float]) -> float:
        """PART when one alternative of the text is wholly asked for."""
        for part in ALTERNATIVES.split(text):
            stems = {stem(word) for word in words(part)}
            if stems and stems <= shared and any(len(one) > 1 for one in stems):
                return PART * min(worth[one] for one in stems)
        return 0.0


def initials(spelt: Sequence[str]) -> set[str]:
    """The short forms a long name may have: with and without its little words ("foi", "fi"); three letters at least."""
    found = {
        "".join(word[0] for word in some)
        for some in (spelt, [word for word in spelt if word not in PASSED_OVER])
        if SHORTEST_INITIALS <= len(some) <= LONGEST_INITIALS
    }
    return {short for short in found if short.isalpha()}


def _weights(text: str) -> dict[str, float]:
    """The stems of a text; what stands only in brackets weighs less."""
    outside = {stem(word) for word in words(FRAMELESS.sub(" ", text))}
    everything = {stem(word) for word in words(text)}
    return {one: 1.0 if one in outside or not outside else ASIDE for one in everything}
