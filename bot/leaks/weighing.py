"""Whether a text tells something private about somebody: who, what, and the public words that speak against it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.leaks.lexicon import Mark
from bot.leaks.reading import Reading
from bot.leaks.subjects import Subject, subjects

THRESHOLD = 4.0
"""What subject and matter must weigh together."""
SURE = 5.0
"""What they weigh where nobody could mistake it."""
_STATE = 2.0
_MATTER = 1.0
_FURTHER = 0.5
_OF_A_NAME = 0.5
_NEXT_SENTENCE = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """Something of one family told about somebody: where from and to, how heavy, and the codes of what counted."""

    start: int
    end: int
    weight: float
    subject: Subject
    cues: tuple[str, ...]


LOWERED: dict[str, tuple[float, float]] = {
    "example": (3.0, 1.5),
    "consent": (4.0, 3.0),
    "hypothetical": (1.0, 0.0),
    "statistics": (1.5, 0.5),
    "explained": (1.0, 0.0),
    "campaign": (1.0, 0.25),
    "jobs": (1.5, 1.0),
    "heritage": (2.5, 1.5),
    "obituary": (3.0, 2.0),
    "sport": (0.5, 0.0),
    "scam": (2.0, 1.5),
    "media": (0.5, 0.0),
}
"""Vocabulary -> how much it lowers the weight when it is heard in the same sentence, and elsewhere in the text."""
_MOST_LOWERED_AROUND = 1.5
_COURT = 2.5


def told(reading: Reading, family: str) -> list[Told]:
    """What a text tells of a family of matters (`health`, `care` ...), the heaviest of each sentence."""
    return reading.remembered(family, _found)


def _found(reading: Reading, family: str) -> list[Told]:
    found: list[Told] = []
    last = reading.words[-1].sentence if reading.words else -1
    marks = [mark for mark in reading.marks if mark.tag in {family, f"{family}+"} and not reading.in_place_name(mark)]
    for sentence in sorted({reading.words[mark.first].sentence for mark in marks}):
        here = [mark for mark in marks if reading.words[mark.first].sentence == sentence]
        best: Told | None = None
        for near in (sentence, sentence - 1, sentence + 1):
            if 0 <= near <= last:
                best = max([*_weighed(reading, family, here, sentence, near), *([best] if best else [])],
                           key=lambda one: one.weight, default=None)  # fmt: skip
        if best is not None and best.weight >= THRESHOLD:
            found.append(_whole(reading, best, sentence))
    return found


_LONGEST = 170


def _whole(reading: Reading, one: Told, sentence: int) -> Told:
    """With everybody else whom the sentence tells of, where that does not grow too long."""
    places = [(subject.start, subject.end) for subject in _subjects(reading, sentence)]
    for start, end in sorted(places, key=lambda place: abs(place[0] - one.start)):
        first, last = min(one.start, start), max(one.end, end)
        if last - first <= max(_LONGEST, one.end - one.start):
            one = replace(one, start=first, end=last)
    return one


def _weighed(reading: Reading, family: str, marks: list[Mark], sentence: int, near: int) -> Iterator[Told]:
    """Each subject of sentence `near` against the matters of `sentence`."""
    taken, speak = lowered(reading, family, sentence)
    for subject in _subjects(reading, near):
        if subject.named and family == "trouble":
            continue
        counted = [mark for mark in marks if not _within(reading, mark, subject) or family in {"belief", "trouble"}]
        if subject.named:
            counted = [
                mark
                for mark in counted
                if mark.tag.endswith("+") or _attached(reading, mark, subject) or _owned(reading, mark)
            ]
        if "addressed" in subject.cues:
            counted = [mark for mark in counted if _yours(reading, mark)]
        if not counted:
            continue
        matter, first, last = _matter(reading, family, counted)
        weight = subject.weight + matter - taken - (_away(family, counted) if near != sentence else 0.0)
        if not subject.named:
            weight -= _for_anybody(reading, family, sentence, subject)
        elif "public_statistics" in speak:
            # Figures are about nobody; a name beside them is somebody's all the same.
            weight += _OF_A_NAME
        start, end = min(subject.start, first), max(subject.end, last)
        yield Told(start, end, weight, subject, (*subject.cues, "matter", *speak))


def _away(family: str, counted: list[Mark]) -> float:
    """What it costs that subject and matter stand in neighbouring sentences; a meeting about somebody is about whoever
    is told of next.
    """
    return 0.0 if family == "care" and any(mark.tag == "care+" for mark in counted) else _NEXT_SENTENCE


_FARTHEST_BEHIND = 26
_OF_A_PATIENT = re.compile(
    r"[ ,]{0,2}(?:(?:patient|sufferer|victim|survivor|resident|tenant|man|woman|dad|mum|mother|father|pupil|student"
    r"|claimant|addict|offender|"
    r"colleague|client),? )?"
)
_LINK = re.compile(
    r"(?<!\w)(?:has|had|have|is|was|are|were|been|being|'s|with|whose|suffers|gets|got|needs|gyda|yn)(?!\w)|'s"
    r"|(?<!\w)(?:her|his|their) \Z"
)


def _attached(reading: Reading, mark: Mark, subject: Subject) -> bool:
    """Whether a word that only names a matter is said of a named person: close behind a verb, or right before the
    name."""
    words = reading.words
    first, last = words[mark.first].start, words[mark.last].end
    if first >= subject.end:
        between = reading.text[subject.end : first]
        return (
            len(between) <= _FARTHEST_BEHIND and _LINK.search(between) is not None and not re.search("[.;!?]", between)
        )
    heads = mark.first == 0 or words[mark.first - 1].sentence != words[mark.first].sentence
    small = heads or not words[mark.first].capital
    return small and subject.start >= last and _OF_A_PATIENT.fullmatch(reading.text, last, subject.start) is not None


_INCIDENTAL = {"health": 2.0, "law": 2.0, "trouble": 2.0}


def _for_anybody(reading: Reading, family: str, sentence: int, subject: Subject) -> float:
    """What advice and news of incidents take off where nobody is named: they are told of anybody."""
    words = reading.words
    here = {mark.tag for mark in reading.marks if words[mark.first].sentence == sentence}
    anywhere = {mark.tag for mark in reading.marks}
    off = 0.0
    if "incident" in anywhere and family in _INCIDENTAL:
        told_here = sum(mark.tag == "incident" and words[mark.first].sentence == sentence for mark in reading.marks)
        off += _INCIDENTAL[family] + _FURTHER * (told_here - 1) if told_here else 1.0
    if "planning" in here and "house" in subject.cues:
        off += 1.5
    if "advice" in here and "addressed" not in subject.cues:
        off += 0.5 if {"sole", "clause", "detail", "house"} & set(subject.cues) else 1.0
    return off


def _subjects(reading: Reading, sentence: int) -> list[Subject]:
    return reading.remembered(sentence, subjects)


def _within(reading: Reading, mark: Mark, subject: Subject) -> bool:
    start, end = subject.head
    return reading.words[mark.first].start >= start and reading.words[mark.last].end <= end


def _matter(reading: Reading, family: str, marks: list[Mark]) -> tuple[float, int, int]:
    """How heavy the matters of a sentence are, and where they begin and end."""
    words = reading.words
    owned = [mark for mark in marks if _owned(reading, mark)]
    states = [mark for mark in marks if mark.tag == f"{family}+" or mark in owned]
    weight = (_STATE if states else _MATTER) + (_FURTHER if owned or len({mark.first for mark in marks}) > 1 else 0.0)
    counted = states or marks
    return weight, min(words[mark.first].start for mark in counted), max(words[mark.last].end for mark in counted)


def _owned(reading: Reading, mark: Mark) -> bool:
    """Whether a matter is said to be his or hers: "her treatment", "his first appraisal"."""
    before = [word.low for word in reading.words[max(0, mark.first - 2) : mark.first]]
    return bool({"his", "her", "ei"} & set(before)) or reading.words[mark.first].low in {"his", "her"}


def _yours(reading: Reading, mark: Mark) -> bool:
    """Whether a matter is said to be that of whoever is addressed."""
    return any(word.low == "your" for word in reading.words[max(0, mark.first - 2) : mark.last + 1])


def lowered(reading: Reading, family: str, sentence: int) -> tuple[float, tuple[str, ...]]:
    """How much the public words of a text take off, and their codes."""
    words = reading.words
    here = {mark.tag for mark in reading.marks if words[mark.first].sentence == sentence}
    anywhere = {mark.tag for mark in reading.marks}
    near = sum(inside for tag, (inside, _) in LOWERED.items() if tag in here)
    around = sum(outside for tag, (_, outside) in LOWERED.items() if tag in anywhere and tag not in here)
    if "consent" not in anywhere and "obituary" not in anywhere:
        around = min(around, _MOST_LOWERED_AROUND)
    if family in {"law", "debt"} and "court" in here:
        near += _COURT
    if family == "belief" and "meetings" in here:
        near += _COURT
    if reading.in_the_past(sentence):
        near += LOWERED["heritage"][0]
    speak = tuple(f"public_{tag}" for tag in LOWERED if tag in anywhere)
    return near + around, speak
