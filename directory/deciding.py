"""What becomes of a ranking: an answer, a choice between senses, or an honest nobody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from directory.answers import Choose, Nobody, NotAQuestion, SkillHit
from directory.matching import Ranking, Scored
from directory.question import Asked

SKILLS_SHOWN = 10
OPTIONS = 4
# Labels of the best one's sense that score this near to it are answered together; nearer still, their holders are
# ranked as if it were one label.
TOGETHER = 0.75
AS_ONE = 0.95
# A single word that fits labels of several senses about as well as the best is asked back: "planning".
AS_WELL = 0.8
LESS_ELSEWHERE = 0.4
SURELY = 0.9  # the lexical fit of what is meant as a question, however it begins
HOLDS_ALL = 0.5  # the lexical fit of a label that holds every word of the question
HOLDS_IT = 0.4  # the lexical fit of a label that holds the word
# A question that a listed skill fits is meant as one; what begins like a question for a fact rather is not.
OF_FIT, FIT_EXPECTED, FOR_A_FACT = 2.0, 0.5, 2.0
ASKS_FROM = -0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """Below `least` nobody is named; nor when something that nobody has is nearer by `gap`. `near` is worth a hint."""

    least: float
    gap: float
    near: float
    close: float


WITH_VECTORS = Limits(least=0.40, gap=0.10, near=0.45, close=0.01)
BY_WORDS = Limits(least=0.36, gap=0.0, near=0.25, close=0.001)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The labels whose holders answer (`together`), those of them that count as one, and all that were considered."""

    together: tuple[Scored, ...]
    as_one: tuple[Scored, ...]
    considered: tuple[Scored, ...]


def decide(asked: Asked, ranking: Ranking, skipped: Collection[str] = ()) -> Chosen | Choose | Nobody | NotAQuestion:
    """Answer, ask back, say that nobody is listed, or that nobody was asked for. `skipped` labels were not meant."""
    if skipped:
        return _next_sense(asked, ranking, skipped)
    if not is_asked(asked, ranking):
        return NotAQuestion(asked.doubt or "chat")
    limits = WITH_VECTORS if ranking.with_vectors else BY_WORDS
    repaired = ranking.reading.repaired
    hits = ranking.labels
    if bare := _bare(asked, hits):
        return Choose(asked.topic, told(bare), repaired)
    if not hits or is_refused(ranking):
        return Nobody(asked.topic, _senses([hit for hit in hits if hit.score >= limits.near]), repaired)
    if options := _rivals(hits, limits):
        return Choose(asked.topic, told(options), repaired)
    return _chosen(hits)


def _chosen(hits: tuple[Scored, ...]) -> Chosen:
    best = hits[0]
    together = tuple(hit for hit in hits if hit.sense == best.sense and hit.score >= TOGETHER * best.score)
    as_one = tuple(hit for hit in together if hit.score >= AS_ONE * best.score)
    return Chosen(together, as_one, hits)


def _next_sense(asked: Asked, ranking: Ranking, skipped: Collection[str]) -> Chosen | Nobody:
    """The best sense that has not been offered yet, if it is worth a hint."""
    limits = WITH_VECTORS if ranking.with_vectors else BY_WORDS
    senses = {hit.sense for hit in ranking.labels if hit.label.text in skipped}
    hits = tuple(hit for hit in ranking.labels if hit.sense not in senses)
    if not hits or hits[0].score < limits.near:
        return Nobody(asked.topic, (), ranking.reading.repaired)
    return _chosen(hits)


def is_asked(asked: Asked, ranking: Ranking) -> bool:
    """Whether somebody who knows is looked for: by what the line means, or, without vectors, by how it begins."""
    best = ranking.labels[0] if ranking.labels else None
    if asked.outright:
        return True
    if ranking.asks is None:
        return asked.doubt is None or (best is not None and best.fit >= SURELY)
    # What is well known elsewhere is asked for too: "Mandarin".
    known = max(best.score if best else 0.0, ranking.elsewhere_score - LESS_ELSEWHERE)
    return asks(ranking.asks, known, for_a_fact=asked.doubt is not None)


def is_refused(ranking: Ranking) -> bool:
    """Whether nothing that is listed is meant: too far from everything, or nearer to what nobody has."""
    limits = WITH_VECTORS if ranking.with_vectors else BY_WORDS
    best = ranking.labels[0]
    if best.code == "exact" or (best.fit >= HOLDS_ALL and ranking.reading.worth.keys() <= best.evidence):
        return False  # every word that was asked for stands in it
    return best.score < limits.least or ranking.elsewhere_score - best.score > limits.gap


def asks(logit: float, fit: float, *, for_a_fact: bool) -> bool:
    """Whether a line asks for somebody: `fit` is the score of the best label; other questions begin `for_a_fact`."""
    return logit + OF_FIT * (fit - FIT_EXPECTED) - FOR_A_FACT * for_a_fact >= ASKS_FROM


def told(hits: Sequence[Scored]) -> tuple[SkillHit, ...]:
    """Labels and scores as an answer shows them."""
    return tuple(SkillHit(hit.label.text, round(min(hit.score, 1.0), 3)) for hit in hits[:SKILLS_SHOWN])


def _senses(hits: Sequence[Scored]) -> tuple[str, ...]:
    """The best label of each of the first few senses."""
    first = {hit.sense: hit.label.text for hit in reversed(hits)}
    ordered = [first.pop(hit.sense) for hit in hits if hit.sense in first]
    return tuple(ordered[:3])


def _bare(asked: Asked, hits: Sequence[Scored]) -> tuple[Scored, ...]:
    """The labels to choose between when a single word is asked for that labels of several senses hold: "planning"."""
    own = max((hit.fit for hit in hits), default=0.0)
    if len(asked.words) > 1 or own < HOLDS_IT or hits[0].code == "exact":
        return ()
    return _one_a_sense([hit for hit in hits if hit.fit >= AS_WELL * own])


def _rivals(hits: Sequence[Scored], limits: Limits) -> tuple[Scored, ...]:
    """The labels to choose between because they score alike."""
    if hits[0].code == "exact":
        return ()
    return _one_a_sense([hit for hit in hits if hit.score > hits[0].score - limits.close])


def _one_a_sense(hits: Sequence[Scored]) -> tuple[Scored, ...]:
    """The best of each sense, if there are several."""
    first = {hit.sense: hit for hit in reversed(hits)}
    ordered = sorted(first.values(), key=lambda hit: -hit.score)
    return tuple(ordered[:OPTIONS]) if len(ordered) > 1 else ()
