"""Skills by their words: an exact label wins; else words, weighed by how rare they are, must cover each other.

Both sides count: how much of the question the label explains, and how much of the label the question asked
for. A question that is mostly about something else is refused, whatever single word it shares.
"""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from directory.question import Asked
from directory.vocabulary import Spelling, normal, stem, words

EXACT = 1.0
PART = 0.97  # an alternative inside a label: "employee relations" in "HR casework / employee relations"
REPAIRED = 0.85  # what a repaired word counts, against 1 for a word as written
ASIDE = 0.4  # what words in brackets count in the length of a label: "Excel (pivot tables)"
REFUSE_BELOW = 0.36
LEAST_COVER = 0.22  # of the question, however well the label fits
NEAREST_FROM = 0.25
ALTERNATIVES = re.compile(r"\s+/\s+|\s+[-–]\s+|[()]|,\s")
FRAMELESS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Label:
    """A visible skill label: its id, its text, its skill, and the weight of each stem in it."""

    id: int
    text: str
    skill: int
    stems: dict[str, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """A label that fits: its score from 0 to 1, the kind of evidence, and the stems of the question it explains."""

    label: Label
    score: float
    code: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hits:
    """Labels best first, those too weak to answer with, and the words that were read differently."""

    good: tuple[Scored, ...]
    weak: tuple[Scored, ...]
    repaired: tuple[tuple[str, str], ...]


class SkillIndex:
    """An index of the labels that visible people hold. Built once a generation, then only read."""

    def __init__(self, rows: Iterable[tuple[int, str, int]]) -> None:
        """Index rows of label id, label and skill id."""
        self.labels = [Label(number, text, skill, _weights(text)) for number, text, skill in rows]
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._parts: dict[str, list[int]] = defaultdict(list)
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._joined: dict[str, tuple[str, str]] = {}
        counts: dict[str, int] = defaultdict(int)
        for place, label in enumerate(self.labels):
            self._add(place, label, counts)
        self._vocabulary = set(counts)
        self._spelling = Spelling(counts.items())
        self._rarest = math.log(1 + len(self.labels)) if self.labels else 1.0

    def _add(self, place: int, label: Label, counts: dict[str, int]) -> None:
        self._exact[normal(label.text)].append(place)
        for part in {normal(part) for part in ALTERNATIVES.split(label.text)}:
            if part:
                self._parts[part].append(place)
        for one in label.stems:
            self._holding[one].append(place)
        spelt = words(label.text)
        for word in set(spelt):
            counts[word] += 1
        for first, second in itertools.pairwise(spelt):
            self._joined.setdefault(first + second, (first, second))

    def _rarity(self, one: str) -> float:
        held = len(self._holding.get(one, ()))
        return math.log(1 + len(self.labels) / held) if held else self._rarest

    def search(self, asked: Asked) -> Hits:
        """The labels that fit a question."""
        exact = [Scored(self.labels[place], EXACT, "exact", frozenset()) for place in self._exact_places(asked)]
        if exact:
            return Hits(tuple(exact + self._around(exact)), (), ())
        read, repaired = self._read(asked.words)
        scored = sorted(self._score(read, bool(repaired)), key=lambda hit: (-hit.score, hit.label.text))
        good = tuple(hit for hit in scored if hit.score >= REFUSE_BELOW)
        weak = tuple(hit for hit in scored if NEAREST_FROM <= hit.score < REFUSE_BELOW)
        return Hits(good, weak, repaired if good else ())

    def _exact_places(self, asked: Asked) -> list[int]:
        return next((self._exact[form] for form in asked.forms if form in self._exact), [])

    def _around(self, exact: Sequence[Scored]) -> list[Scored]:
        """Behind the exact label: others that say the same and more ("GIS", then "G.I.S. mapping")."""
        own = {hit.label.id for hit in exact}
        read, _ = self._read(tuple(words(exact[0].label.text)))
        more = [hit for hit in self._score(read, repaired=False) if hit.label.id not in own]
        kept = [hit for hit in more if hit.score >= REFUSE_BELOW]
        return sorted(kept, key=lambda hit: (-hit.score, hit.label.text))

    def _read(self, asked: Sequence[str]) -> tuple[dict[str, float], tuple[tuple[str, str], ...]]:
        """The stems asked for, each with what a match is worth; and the words that were repaired."""
        worth: dict[str, float] = {}
        repaired = []
        for word in self._split_and_join(asked):
            if stem(word) in self._holding:
                worth[stem(word)] = 1.0
            elif better := self._spelling.repair(word):
                repaired.append((word, better))
                worth.setdefault(stem(better), REPAIRED)
            else:
                worth.setdefault(stem(word), 1.0)
        return worth, tuple(repaired)

    def _split_and_join(self, asked: Sequence[str]) -> list[str]:
        """ "powerbi" is read as "power bi" where labels write it so, and the other way round."""
        found: list[str] = []
        for word in asked:
            if found and found[-1] + word in self._vocabulary and {found[-1], word} - self._vocabulary:
                found[-1] += word
            elif word not in self._vocabulary and stem(word) not in self._holding and word in self._joined:
                found += self._joined[word]
            else:
                found.append(word)
        return found

    def _score(self, worth: dict[str, float], repaired: bool) -> list[Scored]:
        rarity = {one: self._rarity(one) for one in worth}
        whole = sum(rarity.values()) or 1.0
        candidates = {place for one in worth for place in self._holding.get(one, ())}
        hits = []
        for place in candidates:
            label = self.labels[place]
            shared = label.stems.keys() & worth.keys()
            of_question = sum(rarity[one] * worth[one] for one in shared) / whole
            length = sum(self._rarity(one) * weight for one, weight in label.stems.items())
            of_label = sum(rarity[one] * worth[one] * label.stems[one] for one in shared) / length
            of_label = max(of_label, self._best_part(place, shared, worth))
            if of_question >= LEAST_COVER:
                code = "repaired" if repaired else "words"
                hits.append(Scored(label, math.sqrt(of_question * of_label), code, frozenset(shared)))
        return hits

    def _best_part(self, place: int, shared: set[str], worth: dict[str, float]) -> float:
        """1 when one alternative of the label is wholly asked for."""
        label = self.labels[place].text
        for part in ALTERNATIVES.split(label):
            stems = {stem(word) for word in words(part)}
            if stems and stems <= shared and any(len(one) > 1 for one in stems):
                return PART * min(worth[one] for one in stems)
        return 0.0


def _weights(text: str) -> dict[str, float]:
    """The stems of a label; what stands only in brackets weighs less."""
    outside = {stem(word) for word in words(FRAMELESS.sub(" ", text))}
    everything = {stem(word) for word in words(text)}
    return {one: 1.0 if one in outside or not outside else ASIDE for one in everything}
