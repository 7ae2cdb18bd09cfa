"""Which label belongs to which concept of the thesaurus: by its words, or by what it means."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from directory.encoder import Vectors
from directory.lexical import ALTERNATIVES
from directory.thesaurus import Thesaurus
from directory.vocabulary import stem, words

BY_MEANING_FROM = 0.7  # the cosine of a label with a term, from which it belongs to the term's concept
THE_SAME_FROM = 0.8  # and to what stands for itself alone
WORD_FROM = 0.4  # the cosine that one everyday word inside a label needs besides
WHOLE, SHORT_FORM, WITHIN, WORD = 1.0, 0.95, 0.9, 0.85  # how surely, by words: the whole label, or a part of it
LONGEST_TERM = 6  # words
AT_ONCE = 1000  # labels in one matrix product: bounds the memory

Pairs = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Ties:
    """Three columns of one length: a label's place, a concept, and what the label gets of the concept's score."""

    labels: NDArray[np.int64]
    concepts: NDArray[np.int64]
    weights: NDArray[np.float32]

    def best(self, count: int) -> NDArray[np.int64]:
        """The concept that each of `count` labels most surely belongs to; -1 for none."""
        chosen = np.full(count, -1, np.int64)
        order = np.argsort(self.weights, kind="stable")
        chosen[self.labels[order]] = self.concepts[order]
        return chosen


def tie(labels: Sequence[str], thesaurus: Thesaurus, vectors: Vectors) -> Ties:
    """Tie labels to concepts. `vectors` holds a row a label and then a row a term, or nothing."""
    surely: Pairs = {}
    for place, term, weight in _by_words(labels, thesaurus, vectors):
        _keep(surely, place, thesaurus.concepts[term], weight)
    if len(vectors):
        for place, term, cosine in _by_meaning(labels, thesaurus, vectors):
            _keep(surely, place, thesaurus.concepts[term], cosine)
    keys = np.array(list(surely), np.int64).reshape(-1, 2)
    weights = 0.8 + 0.2 * np.array(list(surely.values()), np.float32)
    return Ties(keys[:, 0], keys[:, 1], weights.astype(np.float32))


def _keep(surely: Pairs, place: int, concept: int, weight: float) -> None:
    surely[place, concept] = max(weight, surely.get((place, concept), 0.0))


def _by_words(labels: Sequence[str], thesaurus: Thesaurus, vectors: Vectors) -> Iterator[tuple[int, int, float]]:
    """Labels that are, or hold, a term."""
    spelt: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, term in enumerate(thesaurus.terms):
        spelt[_stems(term)].append(number)
    for place, label in enumerate(labels):
        for part in {label, *ALTERNATIVES.split(label)}:
            for number in spelt.get(_stems(part), ()):
                yield place, number, WHOLE
        stems = _stems(label)
        for length in range(1, min(LONGEST_TERM, len(stems)) + 1):
            for start in range(len(stems) - length + 1):
                for number in spelt.get(stems[start : start + length], ()):
                    cosine = float(vectors[place] @ vectors[len(labels) + number]) if len(vectors) else 1.0
                    if weight := _within(thesaurus.terms[number], length, cosine):
                        yield place, number, weight


def _within(term: str, length: int, cosine: float) -> float:
    if length > 1:
        return WITHIN
    if term.isupper():
        return SHORT_FORM
    return WORD if cosine >= WORD_FROM else 0.0


def _by_meaning(labels: Sequence[str], thesaurus: Thesaurus, vectors: Vectors) -> Iterator[tuple[int, int, float]]:
    terms = vectors[len(labels) :]
    least = np.where(np.arange(len(terms)) < thesaurus.first_elsewhere, BY_MEANING_FROM, THE_SAME_FROM)
    for first in range(0, len(labels), AT_ONCE):
        cosines = vectors[first : min(first + AT_ONCE, len(labels))] @ terms.T
        for place, number in np.argwhere(cosines >= least):
            yield first + int(place), int(number), float(cosines[place, number])


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text))
