"""From a question to skills: words, short forms, everyday words and sentences as vectors, weighed together.

A text is a label that somebody visible holds, or a term of the thesaurus. Each is scored alike: the cosine of its
vector with the question's plus half the cube of its lexical fit, so that words count only when they say nearly
everything (docs/explanation/who-knows.md has the measurements). A label gets the better of its own score and that of a
concept it belongs to. The best concept that no label belongs to is what a question may be about instead.
"""

import heapq
import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from directory.encoder import Meaning
from directory.glossary import expanded, mined
from directory.lexical import Fit, Reading, TextIndex
from directory.question import Asked
from directory.thesaurus import Thesaurus
from directory.ties import Ties, tie
from directory.vocabulary import normal, words

LEXICAL_SHARE = 0.5
BRIDGE = 0.9  # what a label gets of its concept's score
BESIDES = 0.15  # and of the lesser of the two: of labels that belong to one concept the one that is named comes first
RANKED = 40  # labels that are told apart; the rest is not looked at
LEAST = 0.5  # of the best score, to be ranked at all
WORDS_SAY_IT = 0.5  # the lexical fit from which words are the reason that is given
SPEAKING = re.compile(
    r"\b(?:speaks?|speaking|speakers?|spoken|languages?|interpret\w*|translat\w*|fluent|native|understands?)\b"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A visible skill label: its id, its text and its skill."""

    id: int
    text: str
    skill: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A label that may be meant. Labels of one `sense` say about the same.

    `code` is the kind of evidence: exact, words, repaired, initials, term (`through` an everyday word) or meaning.
    `fit` is how well its own words fit, from 0 to 1; `evidence` the stems of the question they explain.
    """

    label: Label
    score: float
    code: str
    evidence: frozenset[str]
    sense: int
    fit: float
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Labels best first; the nearest thing that nobody here has, and its score; how the question was read.

    `asks` is the logit of the chance that somebody is looked for, by its vector; None when there are no vectors.
    `expanded` are the readings with short forms put in full.
    """

    labels: tuple[Scored, ...]
    elsewhere: str
    elsewhere_score: float
    reading: Reading
    asks: float | None
    expanded: tuple[str, ...] = ()

    @property
    def with_vectors(self) -> bool:
        """Whether meaning counted, or words alone."""
        return self.asks is not None


class Matcher:
    """The visible labels and the thesaurus, ready for questions. Built once a generation, then only read."""

    def __init__(
        self,
        labels: Sequence[Label],
        thesaurus: Thesaurus,
        meaning: Meaning | None = None,
        right: Container[str] = (),
        known: Mapping[str, str] | None = None,
    ) -> None:
        """Index labels and terms; `known` is the glossary.

        Without `meaning` words alone count; those that are `right` are never repaired.
        """
        self._known = {**mined(label.text for label in labels), **(known or {})}
        self.labels = labels
        self._thesaurus = thesaurus
        texts = [*(label.text for label in labels), *thesaurus.terms]
        self._texts = texts
        self._index = TextIndex(texts, right)
        self._meaning = meaning
        self._terms: dict[int, list[int]] = defaultdict(list)
        for number, concept in enumerate(thesaurus.concepts):
            self._terms[concept].append(number)
        self._ties: Ties = tie([label.text for label in labels], thesaurus, meaning)
        self._senses = self._ties.best(len(labels))
        self._covered = {concept for _, concept in self._ties.weights}

    def match(self, asked: Asked) -> Ranking:
        """The labels that may be meant. Takes milliseconds with vectors: call it in a worker thread."""
        reading = self._index.read(asked)
        fits = self._fits(asked, reading)
        scores, asks = self._scores(asked, reading, fits)
        readings = expanded(asked, self._known)
        for full in readings:
            again = self._index.read(full)
            more = self._fits(full, again)
            scores = [*map(max, scores, self._scores(full, again, more)[0])]
            fits = {place: _better(fits.get(place), more.get(place)) for place in fits.keys() | more.keys()}
        ranking = self._ranked(asked, reading, fits, scores, asks)
        return replace(ranking, expanded=tuple(full.topic for full in readings))

    def _fits(self, asked: Asked, reading: Reading) -> dict[int, Fit]:
        fits = self._index.fits(reading)
        for place in self._index.exact(asked):
            fits[place] = Fit(1.0, "exact", frozenset())
        return fits

    def _scores(self, asked: Asked, reading: Reading, fits: Mapping[int, Fit]) -> tuple[list[float], float | None]:
        """The score of each text, and the logit of the chance that somebody is looked for."""
        if self._meaning is None:
            scores = [0.0] * len(self._texts)
            for place, fit in fits.items():
                scores[place] = fit.score
            return scores, None
        put = dict(reading.repaired)
        scores, asks = self._meaning.read(_put_right(asked.text, put), _put_right(asked.topic, put))
        for place, fit in fits.items():
            scores[place] += LEXICAL_SHARE * fit.score**3
        return scores, asks

    def _ranked(
        self, asked: Asked, reading: Reading, fits: Mapping[int, Fit], scores: Sequence[float], asks: float | None
    ) -> Ranking:
        count = len(self.labels)
        own, terms = [*scores[:count]], scores[count:]
        for place, fit in fits.items():
            if fit.code == "exact" and place < count and asks is not None:
                own[place] = max(own[place], 1 + LEXICAL_SHARE)  # nothing comes before what is asked for by its name
        concepts = [-1.0] * len(self._thesaurus.names)
        for concept, score in zip(self._thesaurus.concepts, terms, strict=True):
            concepts[concept] = max(concepts[concept], score)
        bridged = [-1.0] * count
        for (place, concept), weight in self._ties.weights.items():
            bridged[place] = max(bridged[place], BRIDGE * weight * concepts[concept])
        total = [max(pair) + BESIDES * max(0.0, min(pair)) for pair in zip(own, bridged, strict=True)]
        elsewhere, elsewhere_score = self._elsewhere(concepts)
        if language := self._language(asked):
            spoken = {normal(name) for name in language}
            total = [one if spoken & set(words(self.labels[at].text)) else -1.0 for at, one in enumerate(total)]
            elsewhere = language[0]
        order = heapq.nsmallest(RANKED, range(count), key=lambda place: (-total[place], place))
        kept = [place for place in order if total[place] > 0 and total[place] >= LEAST * total[order[0]]]
        found = [self._scored(place, total[place], fits, terms, bridged[place] > own[place]) for place in kept]
        return Ranking(tuple(found), elsewhere, elsewhere_score, reading, asks)

    def _elsewhere(self, concepts: Sequence[float]) -> tuple[str, float]:
        """The best concept that no label belongs to, and its score."""
        away = [-1.0 if number in self._covered else score for number, score in enumerate(concepts)]
        nearest = max(range(len(away)), key=away.__getitem__)
        return self._thesaurus.names[nearest], away[nearest]

    def _scored(
        self, place: int, score: float, fits: Mapping[int, Fit], terms: Sequence[float], is_bridged: bool
    ) -> Scored:
        fit = fits.get(place, Fit(0.0, "meaning", frozenset()))
        sense = self._senses[place]
        sense = sense if sense >= 0 else -1 - self.labels[place].skill
        code, through = fit.code, None
        if is_bridged and fit.score < 1:
            among = sorted(number for concept in self._ties.concepts(place) for number in self._terms[concept])
            code, through = "term", self._thesaurus.terms[max(among, key=terms.__getitem__)]
        elif fit.score < WORDS_SAY_IT:
            code = "meaning"
        return Scored(self.labels[place], score, code, fit.evidence, sense, fit.score, through)

    def _language(self, asked: Asked) -> tuple[str, ...]:
        """The names of the spoken language that is asked for, if one is: it stands for itself alone."""
        there = words(asked.topic)
        speaking = SPEAKING.search(normal(asked.text)) is not None
        for names in self._thesaurus.languages:
            for name in names:
                if (speaking and name.casefold() in there) or [*words(name)] == [*asked.words]:
                    return names
        return ()


def _better(one: Fit | None, other: Fit | None) -> Fit:
    return max((fit for fit in (one, other) if fit), key=lambda fit: fit.score)


def _put_right(text: str, repaired: Mapping[str, str]) -> str:
    if not repaired:
        return text
    return re.sub(r"\w+", lambda found: repaired.get(found[0].casefold(), found[0]), text)
