"""Children: a name or a sole mark joined to school, class, age or place."""

import re
from collections.abc import Iterator

from bot.leaks import places
from bot.leaks.findings import Severity
from bot.leaks.lexicon import Word
from bot.leaks.people import NO_NAMES, Person, is_given
from bot.leaks.reading import Reading
from bot.leaks.rules.base import ContextRule, Example, Found, Sighting
from bot.leaks.subjects import subjects
from bot.leaks.weighing import SURE, lowered, told

_LINK = re.compile(
    r"(?:'s?)?,?\s?(?:\(|who(?:'s| is| was|se)? |is |was |in |from |of |at |a |our |the |now |both |all |currently "
    r"|our own |"
    r"goes to |attends |pupil |student |from our |in our |[a-z]{1,9}(?:ed|ing) (?:in|from|at) ){0,4}"
)
_NAME = re.compile(r"(?<![\w@#.-])[A-Z][a-zâêîôûŵŷáéíóúñç'-]{1,20}(?: [A-Z](?:[a-zâêîôûŵŷáéíóúñç'-]{1,20}|\b\.?)){0,2}")
_PUPIL = re.compile(
    r"(?:pupils?|students?|boy|girl|lad|son|daughter|twins?|child|children|baby|toddler|winner|named|called"
    r"|disgybl)[,:]? \Z"
)
_ADULTS = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|teacher|teaching|head|headteacher|governor|author|cllr|councillor|mayor|mp|coach"
    r"|chair|officer|"
    r"lollipop|caretaker|cook|librarian|parent|mum|dad|former pupil|ex-pupil|alumn\w+)\b",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"\b(?:missing|last seen|have you seen)\b.*\b(?:101|999|police|quoting|quote)\b", re.IGNORECASE | re.DOTALL
)
_MOST_LOWERED = 2.0
_OLDEST_CHILD = 17
_FAR = 60


def _look(reading: Reading, found: Found) -> Iterator[Sighting]:
    del found
    seen: list[tuple[int, int]] = []
    for sighting in (*_named(reading), *_sole(reading), *_told(reading)):
        if not any(start < sighting.end and sighting.start < end for start, end in seen):
            seen.append((sighting.start, sighting.end))
            yield sighting


def _named(reading: Reading) -> Iterator[Sighting]:
    """A first name with a class, a school or a child's age right behind or before it."""
    text = reading.text
    for match in _NAME.finditer(text):
        told = _joined(reading, match)
        if told is None or not _is_childs(reading, match):
            continue
        start, end, cues = told
        taken, speak = lowered(reading, "child", reading.sentence_at(match.start()))
        if taken >= _MOST_LOWERED:
            continue
        if _MISSING.search(text):
            yield Sighting(start, end, Severity.MEDIUM, "child_appeal", ("person_named", *cues, *speak))
            continue
        sure = is_given(match.group().split()[0]) and len(cues) > 0
        yield Sighting(
            start, end, Severity.CRITICAL if sure else Severity.HIGH, "child_named", ("person_named", *cues, *speak)
        )


def _joined(reading: Reading, match: re.Match[str]) -> tuple[int, int, tuple[str, ...]] | None:
    """Where a name and what joins it to a school, a class or a child's age begin and end, and which that was."""
    text = reading.text
    start, end = match.span()
    cues: list[str] = []
    sentence_end = reading.bounds(reading.sentence_at(start))[1]
    for _ in range(3):
        link = _LINK.match(text, end)
        after = link.end() if link else end
        for pattern, cue in ((places.CLASS, "class"), (places.SCHOOL, "school_named"), (places.AGE, "age")):
            joined = pattern.match(text, after) or (_aged(text, end) if cue == "age" else None)
            if joined and joined.end() <= sentence_end + 1 and (cue != "age" or places.years(joined) <= _OLDEST_CHILD):
                cues.append(cue)
                end = joined.end()
                break
        else:
            break
    before = text[max(0, start - _FAR) : start]
    for pattern, cue in ((places.CLASS, "class"), (places.SCHOOL, "school_named"), (places.AGE, "age")):
        earlier = [one for one in pattern.finditer(before) if _touches(before, one.end())]
        if earlier and (cue != "age" or places.years(earlier[-1]) <= _OLDEST_CHILD):
            cues.append(cue)
            start = max(0, match.start() - _FAR) + earlier[-1].start()
            break
    if not cues:
        return None
    # An age alone may be anybody's on a list of results; it needs another word of children.
    little = cues == ["age"] and is_given(match.group().split()[0]) and _years(reading, match, end) <= _LITTLE
    if (
        cues == ["age"]
        and not (little or _MISSING.search(text))
        and not reading.hears(frozenset({"child", "school", "school+", "care", "care+"}), *_around(reading, match))
    ):
        return None
    if cues == ["school_named"] and not _PUPIL.search(before[-12:]):
        near = reading.hears(frozenset({"child"}), *_around(reading, match))
        if not near:
            return None
    clause = re.compile(r",? (?:who|whose)[^.!?\n]{3,120}").match(text, end)
    return start, clause.end() if clause else end, tuple(cues)


def _aged(text: str, end: int) -> re.Match[str] | None:
    """An age right behind a name, in brackets or between commas."""
    return places.AGE.match(text, end) or places.AGE.match(text, end + 1)


_LITTLE = 12


def _years(reading: Reading, match: re.Match[str], end: int) -> int:
    """The age told between a name and where it ends."""
    told_age = places.AGE.search(reading.text, match.start(), end + 1)
    return places.years(told_age) if told_age else _OLDEST_CHILD + 1


def _touches(before: str, end: int) -> bool:
    """Whether only such words as "pupil" stand between a class or school and the name behind it."""
    return (
        re.fullmatch(
            r"(?:'s?)?,?\s?(?:(?:pupil|student|boy|girl|child|twins?|winner|star|starter|leaver|swimmer|artist|our own"
            r"|own|and|-|:|,)\s?){0,3}",
            before[end:],
        )
        is not None
    )


def _around(reading: Reading, match: re.Match[str]) -> tuple[int, int]:
    return reading.bounds(reading.sentence_at(match.start()))


def _is_childs(reading: Reading, match: re.Match[str]) -> bool:
    """Whether a name may be a child's: not a title's, a councillor's, a place's or a word's that begins a sentence."""
    first = match.group().split()[0].removesuffix("'s")
    if first.lower() in NO_NAMES or reading.contacts.knows_person(match.group()):
        return False
    if any(person.public and _overlaps(person, match) for person in reading.people):
        return False
    if any(person.kind == "titled" and _overlaps(person, match) for person in reading.people):
        return False
    if _ADULTS.search(reading.text[max(0, match.start() - 24) : match.start()]):
        return False
    if is_given(first):
        return True
    # A name that is on no list counts within a sentence, or behind a word for pupils.
    before = reading.text[max(0, match.start() - 14) : match.start()]
    words = [word for word in reading.words if word.start >= match.start() and word.end <= match.end()]
    return bool(words) and _PUPIL.search(before) is not None and not _heads(reading, words[0])


def _overlaps(person: Person, match: re.Match[str]) -> bool:
    return person.start < match.end() and match.start() < person.end


def _heads(reading: Reading, word: Word) -> bool:
    return reading.bounds(word.sentence)[0] == word.start


_FAMILIES = ("care", "health", "school", "belief", "trouble", "claim")


def _told(reading: Reading) -> Iterator[Sighting]:
    """A child of whom something private is told."""
    for family in _FAMILIES:
        for one in told(reading, family):
            if reading.hears(frozenset({"child"}), one.start, one.end) or places.CLASS.search(
                reading.text, one.start, one.end
            ):
                yield Sighting(one.start, one.end, Severity.HIGH, "child_told", one.cues)


def _sole(reading: Reading) -> Iterator[Sighting]:
    """The only one of a class or school who is this or that, or a child told by age, place and kin."""
    last = reading.words[-1].sentence if reading.words else -1
    for sentence in range(last + 1):
        start, end = reading.bounds(sentence)
        school = places.CLASS.search(reading.text, start, end) or places.SCHOOL.search(reading.text, start, end)
        if school is None or not reading.hears(frozenset({"sole"}), start, end):
            continue
        if not reading.hears(
            frozenset({"health", "health+", "belief", "belief+", "care", "care+", "child", "school+"}), start, end
        ):
            continue
        heavy = [one for one in subjects(reading, sentence) if {"sole"} & set(one.cues)]
        taken, speak = lowered(reading, "child", sentence)
        if not heavy or max(one.weight for one in heavy) + 2.0 - taken < SURE - 1.0:
            continue
        one = max(heavy, key=lambda subject: subject.weight)
        yield Sighting(
            min(one.start, school.start()), max(one.end, school.end()), Severity.HIGH, "child_sole", (*one.cues, *speak)
        )


CHILD = ContextRule(
    id="child",
    label="CHILD",
    severity=Severity.CRITICAL,
    summary="A child's first name joined to a class, a school or an age under 18, or the only one of a class who is "
    "this or that. "
    "None where consent is told, for councillors, and for teachers and others with a title.",
    source="UK GDPR, recital 38; ICO, Children and the UK GDPR; Department for Education, Data protection in schools",
    look=_look,
    reasons=("child_named", "child_sole", "child_told", "child_appeal"),
    replacement="[a child's details removed]",
    must=(
        Example("So proud of Zofia in Year 5 at Anytown Primary for her first week back.", Severity.CRITICAL),
        Example("Well done Ieuan, 8, who goes to Ysgol Glan Afon, on 40 lengths.", Severity.CRITICAL),
        Example("Have you seen Daniel, 14, missing from his school since noon? Call 101.", Severity.MEDIUM),
        Example("Year 4 pupil Quillon Penhaligon won the cup.", Severity.HIGH),
        Example("The baby from Osier Lane has been taken into care.", Severity.HIGH),
        Example("The only wheelchair user in Year 4 at St Penhaligon's cut the ribbon.", Severity.HIGH),
    ),
    must_not=(
        "Year 5 pupils from Anytown Primary planted 40 trees.",
        "Mrs Penhaligon, Year 4 teacher at Anytown Primary, retires.",
        "Our Young Poets were Amira, Callum and Dev in Year 6. (Posted with the families' consent.)",
        "Cllr Ama Penhaligon visited Year 6 at Anytown Primary.",
        "Closed because of snow: Anytown Infants, Riverside High (Years 7-9 only).",
    ),
)

RULES = (CHILD,)
