"""Which label belongs to which concept of the thesaurus: by its words, or by what it means."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from directory.encoder import Meaning
from directory.lexical import ALTERNATIVES
from directory.thesaurus import Thesaurus
from directory.vocabulary import stem, words

BY_MEANING_FROM = 0.7  # the cosine of a label with a term, from which it belongs to the term's concept
THE_SAME_FROM = 0.8  # and to what stands for itself alone
WORD_FROM = 0.4  # the cosine that one everyday word inside a label needs besides
WHOLE, SHORT_FORM, WITHIN, WORD = 1.0, 0.95, 0.9, 0.85  # how surely, by words: the whole label, or a part of it
LONGEST_TERM = 6  # words

Pairs = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Ties:
    """What each label gets of the score of a concept it belongs to, by the label's place and the concept."""

    weights: Mapping[tuple[int, int], float]

    def best(self, count: int) -> list[int]:
        """The concept that each of `count` labels most surely belongs to; -1 for none."""
        chosen, surest = [-1] * count, [0.0] * count
        for (place, concept), weight in self.weights.items():
            if weight >= surest[place]:
                chosen[place], surest[place] = concept, weight
        return chosen

    def concepts(self, place: int) -> list[int]:
        """The concepts that a label belongs to."""
        return [concept for label, concept in self.weights if label == place]


def tie(labels: Sequence[str], thesaurus: Thesaurus, meaning: Meaning | None) -> Ties:
    """Tie labels to concepts, by meaning too if there is any."""
    surely: Pairs = {}
    for place, term, weight in _by_words(labels, thesaurus, meaning):
        _keep(surely, place, thesaurus.concepts[term], weight)
    for place, term, cosine in _by_meaning(thesaurus, meaning) if meaning else ():
        _keep(surely, place, thesaurus.concepts[term], cosine)
    return Ties({pair: 0.8 + 0.2 * weight for pair, weight in surely.items()})


def _keep(surely: Pairs, place: int, concept: int, weight: float) -> None:
    surely[place, concept] = max(weight, surely.get((place, concept), 0.0))


def _by_words(labels: Sequence[str], thesaurus: Thesaurus, meaning: Meaning | None) -> Iterator[tuple[int, int, float]]:
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
                    cosine = meaning.cosine(place, number) if meaning else 1.0
                    if weight := _within(thesaurus.terms[number], length, cosine):
                        yield place, number, weight


def _within(term: str, length: int, cosine: float) -> float:
    if length > 1:
        return WITHIN
    if term.isupper():
        return SHORT_FORM
    return WORD if cosine >= WORD_FROM else 0.0


def _by_meaning(thesaurus: Thesaurus, meaning: Meaning) -> Iterator[tuple[int, int, float]]:
    elsewhere = len(thesaurus.terms) - thesaurus.first_elsewhere
    return meaning.near([BY_MEANING_FROM] * thesaurus.first_elsewhere + [THE_SAME_FROM] * elsewhere)


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text))
