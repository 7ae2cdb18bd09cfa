"""From a question to skills: words, short forms, everyday words and sentences as vectors, weighed together.

A text is a label that somebody visible holds, or a term of the thesaurus. Each is scored alike: the cosine of its
vector with the question's plus half the cube of its lexical fit, so that words count only when they say nearly
everything (docs/explanation/who-knows.md has the measurements). A label gets the better of its own score and that of a
concept it belongs to. The best concept that no label belongs to is what a question may be about instead.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from directory import intent
from directory.encoder import SIZE, Encoder, Vectors
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
    """

    labels: tuple[Scored, ...]
    elsewhere: str
    elsewhere_score: float
    reading: Reading
    asks: float | None

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
        vectors: Mapping[str, Vectors],
        encoder: Encoder | None = None,
    ) -> None:
        """Index labels and terms. A text without a vector is matched by its words alone."""
        self.labels = labels
        self._thesaurus = thesaurus
        texts = [*(label.text for label in labels), *thesaurus.terms]
        self._texts = texts
        self._index = TextIndex(texts, encoder.words if encoder else ())
        self._direction = intent.load(encoder.model) if encoder else None
        ready = self._direction and all(term in vectors for term in thesaurus.terms)
        self._encoder = encoder if ready else None
        self._vectors = _matrix(texts, vectors) if self._encoder else np.zeros((0, SIZE), np.float32)
        self._concepts = np.array(thesaurus.concepts, np.int64)
        self._ties: Ties = tie([label.text for label in labels], thesaurus, self._vectors)
        self._senses = self._ties.best(len(labels))
        self._covered = np.zeros(len(thesaurus.names), bool)
        self._covered[self._ties.concepts] = True

    def match(self, asked: Asked) -> Ranking:
        """The labels that may be meant. Takes milliseconds with vectors: call it in a worker thread."""
        reading = self._index.read(asked)
        fits = self._index.fits(reading)
        for place in self._index.exact(asked):
            fits[place] = Fit(1.0, "exact", frozenset())
        scores, asks = self._scores(asked, reading, fits)
        return self._ranked(asked, reading, fits, scores, asks)

    def _scores(self, asked: Asked, reading: Reading, fits: Mapping[int, Fit]) -> tuple[Vectors, float | None]:
        """The score of each text, and the logit of the chance that somebody is looked for."""
        lexical = np.zeros(len(self._texts), np.float32)
        for place, fit in fits.items():
            lexical[place] = fit.score
        if self._encoder is None or self._direction is None:
            return lexical, None
        put = dict(reading.repaired)
        pair = self._encoder.encode([_put_right(asked.text, put), _put_right(asked.topic, put)])
        middle = pair.sum(axis=0)
        scores: Vectors = self._vectors @ (middle / np.linalg.norm(middle)) + LEXICAL_SHARE * lexical**3
        return scores, self._direction.of(pair[0])

    def _ranked(
        self, asked: Asked, reading: Reading, fits: Mapping[int, Fit], scores: Vectors, asks: float | None
    ) -> Ranking:
        count = len(self.labels)
        own, terms = scores[:count], scores[count:]
        concepts = np.full(len(self._thesaurus.names), -1.0, np.float32)
        np.maximum.at(concepts, self._concepts, terms)
        bridged = np.full(count, -1.0, np.float32)
        ties = self._ties
        np.maximum.at(bridged, ties.labels, BRIDGE * ties.weights * concepts[ties.concepts])
        total = np.maximum(own, bridged) + BESIDES * np.minimum(own, bridged).clip(min=0)
        away = np.where(self._covered, -1.0, concepts)
        nearest = int(np.argmax(away)) if len(away) else 0
        elsewhere, elsewhere_score = self._thesaurus.names[nearest], float(away[nearest])
        if language := self._language(asked):
            spoken = {normal(name) for name in language}
            total = np.where([bool(spoken & set(words(label.text))) for label in self.labels], total, -1.0)
            elsewhere = language[0]
        order = np.argsort(-total, kind="stable")[:RANKED]
        best = float(total[order[0]]) if count else 0.0
        kept = [int(place) for place in order if total[place] > 0 and total[place] >= LEAST * best]
        found = [self._scored(place, float(total[place]), fits, terms, bridged[place] > own[place]) for place in kept]
        return Ranking(tuple(found), elsewhere, elsewhere_score, reading, asks)

    def _scored(self, place: int, score: float, fits: Mapping[int, Fit], terms: Vectors, is_bridged: bool) -> Scored:
        fit = fits.get(place, Fit(0.0, "meaning", frozenset()))
        sense = int(self._senses[place])
        sense = sense if sense >= 0 else -1 - self.labels[place].skill
        code, through = fit.code, None
        if is_bridged and fit.score < 1:
            mine = self._ties.concepts[self._ties.labels == place]
            among = np.flatnonzero(np.isin(self._concepts, mine))
            code, through = "term", self._thesaurus.terms[int(among[np.argmax(terms[among])])]
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


def _matrix(texts: Iterable[str], vectors: Mapping[str, Vectors]) -> Vectors:
    nothing = np.zeros(SIZE, np.float32)
    return np.stack([vectors.get(text, nothing) for text in texts]).astype(np.float32)


def _put_right(text: str, repaired: Mapping[str, str]) -> str:
    if not repaired:
        return text
    return re.sub(r"\w+", lambda found: repaired.get(found[0].casefold(), found[0]), text)
