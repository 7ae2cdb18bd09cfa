"""Who a sentence is about, and how surely a reader could tell who that is.

Each subject has a weight: a name weighs most, a relative of somebody known or a person told by role and place less, a
pronoun least; what narrows it down (a place, an age, "the only", "whose") adds to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.leaks import places
from bot.leaks.lexicon import Mark, Word
from bot.leaks.people import COMMON_STARTS, NO_NAMES, ORGANISATIONS, Person
from bot.leaks.reading import Reading

NAMED = 3.0
RELATIVE = 2.0
DEFINITE = 1.5
INDEFINITE = 1.0
MOST_QUALIFIED = 2.5


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody in a sentence: where it stands, with all that narrows it down, how heavy it weighs, and why."""

    start: int
    end: int
    weight: float
    cues: tuple[str, ...]
    sentence: int
    named: bool = False
    head: tuple[int, int] = (0, 0)
    """Where the words stand that say who, without what narrows it down."""


_DEFINITE = frozenset("the our this that my your his her their whose both y yr ein".split())
_INDEFINITE = frozenset("a an one another some two three four five".split())
_POSSESSIVE = frozenset("his her their my our whose ei eu".split())
_PLURAL = re.compile(r"(?:children|people|men|women|kids|staff|[a-z]+[^s]s)")
_FAMILY = re.compile(
    r"(?<![\w-])(?P<name>[A-Z][\w'-]{2,20}(?: [A-Z][\w'-]{2,20})?)(?:'s?)? (?:family|twins|children|brothers|sisters"
    r"|household|"
    r"siblings|boys|girls|kids|baby|couple|lad|lads|teulu)(?![\w-])|(?<![\w-])[Tt]eulu (?P<welsh>[A-Z][\w'-]{2,20})"
)
_ADDRESSED = re.compile(
    r"(?:\b(?:[Rr]eply to|[Hh]i|[Hh]ello|[Dd]ear|[Hh]iya|[Ss]orry)\s@?[A-Z@]\w{2,30}|(?:\A|\n)@\w{2,30})"
)
_DETAIL = re.compile(
    r"\b(?:with (?:the|a|an|his|her) \w+|who \w+s? (?:by|at|in|on|near|above|behind|opposite)|by the \w+|next door"
    r"|above the \w+"
    r"|opposite the \w+|behind the \w+|at the end of|on the corner|the end house|next to the \w+|up the road|round the "
    r"corner)\b"
)
_BUILDING = re.compile(
    r"\b(?:bungalow|cottage|flat|farm|caravan|vicarage|lodge|end house|bedsit|maisonette|narrowboat)\b"
)


def subjects(reading: Reading, sentence: int) -> list[Subject]:
    """Everybody in a sentence who may be told from others."""
    start, end = reading.bounds(sentence)
    marks = [mark for mark in reading.marks if reading.words[mark.first].sentence == sentence]
    found = [*_named(reading, sentence, marks), *_families(reading, sentence, start, end)]
    described = [*_relatives(reading, sentence, marks), *_described(reading, sentence, marks)]
    described += _houses(reading, sentence, start, end)
    extra, cues, reach = _qualifiers(reading, start, end, marks)
    found = [replace(one, head=(one.start, one.end)) for one in found]
    for one in described:
        first, last = min(one.start, *reach) if reach else one.start, max(one.end, *reach) if reach else one.end
        wider = replace(one, start=first, end=last, head=(one.start, one.end))
        found.append(replace(wider, weight=one.weight + extra, cues=(*one.cues, *cues)))
    found += _unlisted(reading, sentence, start, end, found)
    if not found:
        found += _pronouns(reading, sentence, marks, extra, cues)
    return found


def _named(reading: Reading, sentence: int, marks: list[Mark]) -> Iterator[Subject]:
    for person in reading.people:
        if person.sentence != sentence:
            continue
        if not person.public:
            yield Subject(person.start, person.end, NAMED, ("person_named",), sentence, named=True)
            continue
        relative = _relative_of(reading, person, marks)
        if relative is not None:
            yield Subject(relative[0], relative[1], NAMED, ("relative",), sentence)
    if any(mark.tag == "your" for mark in marks) or _says_your(reading, sentence):
        addressed = _ADDRESSED.search(reading.text)
        if addressed:
            yield Subject(addressed.start(), addressed.end(), DEFINITE + 1, ("addressed",), sentence)


def _says_your(reading: Reading, sentence: int) -> bool:
    return any(word.sentence == sentence and word.low in {"your", "you"} for word in reading.words)


def _relative_of(reading: Reading, person: Person, marks: list[Mark]) -> tuple[int, int] | None:
    """A relative of somebody in public life: "Cllr Example ... her husband"."""
    words = reading.words
    for mark in marks:
        word = words[mark.first]
        if mark.tag != "kin" or word.start < person.end:
            continue
        before = words[mark.first - 1] if mark.first else None
        if before is not None and (
            before.low in _POSSESSIVE or reading.text[person.end : word.start] in {"'s ", "s' "}
        ):
            return (before.start, words[mark.last].end)
    return None


def _families(reading: Reading, sentence: int, start: int, end: int) -> Iterator[Subject]:
    for match in _FAMILY.finditer(reading.text, start, end):
        name = (match["name"] or match["welsh"]).split()[-1].lower().removesuffix("'s")
        if name not in NO_NAMES and not reading.contacts.knows_person(match["name"] or match["welsh"]):
            yield Subject(match.start(), match.end(), NAMED, ("family_named",), sentence, named=True)


def _before(words: tuple[Word, ...], place: int, sentence: int) -> list[Word]:
    """Up to four words before one, in its sentence, nearest first."""
    near = [words[index] for index in range(place - 1, max(-1, place - 5), -1)]
    return [word for word in near if word.sentence == sentence]


def _relatives(reading: Reading, sentence: int, marks: list[Mark]) -> Iterator[Subject]:
    words = reading.words
    for mark in marks:
        if mark.tag != "kin":
            continue
        before = _before(words, mark.first, sentence)[:2]
        if not before:
            continue
        low = {word.low for word in before}
        possessed = low & _POSSESSIVE or any(
            reading.text[word.end - 2 : word.end] in {"'s", "s'"} for word in before[:1]
        )
        end = words[mark.last].end
        first = before[-1].start if before[-1].low in _DEFINITE | _INDEFINITE else before[0].start
        if possessed:
            yield Subject(first, end, RELATIVE, ("relative",), sentence)
        elif low & (_DEFINITE | _INDEFINITE):
            yield Subject(first, end, DEFINITE, ("relative",), sentence)


def _described(reading: Reading, sentence: int, marks: list[Mark]) -> Iterator[Subject]:
    words = reading.words
    for mark in marks:
        if mark.tag not in {"person", "child"}:
            continue
        head = words[mark.last]
        before = _before(words, mark.first, sentence)[:3]
        lows = [word.low for word in before]
        article = next((low for low in lows if low in _DEFINITE), None)
        article = article or next((low for low in lows if low in _INDEFINITE), None)
        if article is None and not before and words[mark.first].capital and not _PLURAL.fullmatch(head.low):
            # "Caretaker's off": at the head of a sentence the article is left out.
            yield Subject(words[mark.first].start, head.end, DEFINITE, ("person_told",), sentence)
        if article is None:
            continue
        plural = bool(_PLURAL.fullmatch(head.low)) and not {"one", "both", "two", "three"} & set(lows)
        if plural and "one" not in lows:
            continue
        weight = DEFINITE if article in _DEFINITE else INDEFINITE
        if article in {"our", "my", "ein"} and plural:
            continue
        start = min(word.start for word in before if word.low == article)
        yield Subject(start, head.end, weight, ("person_told",), sentence)


def _houses(reading: Reading, sentence: int, start: int, end: int) -> Iterator[Subject]:
    for match in reading.addresses:
        if start <= match.start() < end and not reading.contacts.publishes("ADDRESS", match.group()):
            yield Subject(match.start(), match.end(), RELATIVE, ("house",), sentence)
    for match in places.NUMBER_ONLY.finditer(reading.text, start, end):
        yield Subject(match.start(), match.end(), DEFINITE, ("house",), sentence)


def _qualifiers(reading: Reading, start: int, end: int, marks: list[Mark]) -> tuple[float, tuple[str, ...], list[int]]:
    """What narrows down who is meant in a sentence: how much, why, and where it stands."""
    text = reading.text
    found: list[tuple[float, str, int, int]] = []
    for pattern, cue, weight in (
        (places.STREET, "place", 1.0),
        (places.SCHOOL, "school_named", 1.0),
        (places.CLASS, "class", 1.0),
        (places.AGE, "age", 1.0),
        (places.NAMED_PLACE, "place", 1.0),
        (_DETAIL, "detail", 0.5),
        (_BUILDING, "detail", 0.5),
    ):
        match = pattern.search(text, start, end)
        if match and not any(cue == other[1] for other in found):
            found.append((weight, cue, match.start(), match.end()))
    words = reading.words
    for tag, cue, weight in (("sole", "sole", 1.0), ("who", "clause", 0.5)):
        mark = next((mark for mark in marks if mark.tag == tag), None)
        if mark:
            more = 0.5 if words[mark.first].low == "whose" else 0.0
            found.append((weight + more, cue, words[mark.first].start, words[mark.last].end))
    spoken = next((mark for mark in marks if mark.tag == "he_she"), None)
    if spoken is not None:
        found.append((0.5, "pronoun", words[spoken.first].start, words[spoken.last].end))
    extra = min(MOST_QUALIFIED, sum(weight for weight, _, _, _ in found))
    reach = [
        place
        for _, cue, first, last in found
        if cue in {"place", "school_named", "sole", "detail"}
        for place in (first, last)
    ]
    return extra, tuple(cue for _, cue, _, _ in found), reach


_UNLISTED = re.compile(
    r"(?:(?<=[a-z,;] )(?P<inner>[A-Z][a-zâêîôûŵŷáéíóúñç'-]{2,14})(?=(?:'s)? (?:is|was|has|had|isn't|wasn't|hasn't|who"
    r"|whose|and (?:his|her)|"
    r"in (?:Finance|Revenues|Housing|Planning|HR|IT|reception)|from (?:Finance|Revenues|Housing|Planning|HR|IT))\b|, "
    r"(?:who|whose|our)\b)"
    r"|(?:(?<=^)|(?<=[.!?\n:] ))(?P<first>[A-Z][a-zâêîôûŵŷáéíóúñç'-]{2,14})(?=(?:'s (?:been|having|had|got|in|off|on"
    r"|at)|'s? (?:is|was|has)"
    r"| (?:is|was|has|had|isn't|wasn't|hasn't))\b))"
)
_THINGS = re.compile(r"(?:ing|tion|ment|ness|ity|ism|ers|ies|age|ance|ence|ship|ogy|[^s]s)\Z")
_BEFORE_PLACES = re.compile(
    r"\b(?:in|at|near|on|of|from|to|via|by|the|for|around|across|outside|between)\s\Z", re.IGNORECASE
)


def _unlisted(reading: Reading, sentence: int, start: int, end: int, found: list[Subject]) -> Iterator[Subject]:
    """A word with a capital that does what people do, though it is on no list of names."""
    for match in _UNLISTED.finditer(reading.text, start, end):
        name = match["inner"] or match["first"]
        low = name.lower()
        if low in NO_NAMES or low in ORGANISATIONS or any(one.start <= match.start() < one.end for one in found):
            continue
        if match["first"] and _THINGS.search(low):
            continue
        if _BEFORE_PLACES.search(reading.text[max(0, match.start() - 10) : match.start()]):
            continue
        if any(word.start == match.start() and word.low in COMMON_STARTS for word in reading.words):
            continue
        yield Subject(match.start(), match.start() + len(name), RELATIVE, ("name_unlisted",), sentence)


def _pronouns(
    reading: Reading, sentence: int, marks: list[Mark], extra: float, cues: tuple[str, ...]
) -> Iterator[Subject]:
    """He or she: as heavy as who was told of in the sentence before, if anybody was."""
    mark = next((mark for mark in marks if mark.tag == "he_she"), None)
    if mark is None:
        return
    word = reading.words[mark.first]
    weight = INDEFINITE
    named = False
    if sentence > 0:
        earlier = [one for one in subjects(reading, sentence - 1) if one.cues[0] != "pronoun"]
        weight = max([weight, *(one.weight - 0.5 for one in earlier)])
        named = any(one.named for one in earlier)
    yield Subject(word.start, word.end, min(NAMED, weight) + extra * 0.5, ("pronoun", *cues), sentence, named=named)
