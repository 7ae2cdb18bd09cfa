"""Homes and names: an address beside a person, the place of a refuge, and a name beside what was found."""

import re
from collections.abc import Iterator

from bot.leaks import places
from bot.leaks.findings import Severity
from bot.leaks.reading import Reading
from bot.leaks.rules.base import ContextRule, Example, Found, Sighting
from bot.leaks.weighing import lowered

_WORKS = frozenset({"planning", "meetings", "venue", "heritage"})
_LIVING = re.compile(
    r"\b(?:lives?|lived|living|home|moved (?:in)?to|rehoused|resident|tenant|household|neighbour|occupier|occupant"
    r"|family|householder|"
    r"caddy|delivered|waiting (?:since|for)|staying|lady|gentleman|man|woman|couple|yn byw|cartref|whose)\b",
    re.IGNORECASE,
)
_BESIDE = 60


def _look_address(reading: Reading, found: Found) -> Iterator[Sighting]:
    for match in reading.addresses:
        if reading.contacts.publishes("ADDRESS", match.group()):
            continue
        start, end = match.span()
        first, last = reading.bounds(reading.sentence_at(start))
        person = bool(reading.private_people(start, end, _BESIDE))
        private = person or _LIVING.search(reading.text, max(first, start - 80), min(last, end + 60)) is not None
        beside = any(one.start < last and first < one.end and one.stops and one.label in _ABOUT for one in found)
        if not (private or beside):
            continue
        planned = reading.hears(frozenset({"planning"}), first, last)
        if not beside and (planned or (reading.hears(_WORKS, first, last) and not person)):
            continue
        cues = (*(("person_named",) if person else ()), *(("raised",) if private or beside else ()))
        yield Sighting(start, end, Severity.MEDIUM, "address", cues)


_ABOUT = frozenset(
    "HEALTH SAFEGUARDING CRIMINAL BENEFITS FINANCIAL SPECIAL_CATEGORY SCHOOL_RECORD INDIRECT_ID CHILD DATE_OF_BIRTH "
    "NHS_NUMBER NINO "
    "CASE_REF PASSCODE POSTCODE".split()
)

ADDRESS = ContextRule(
    id="address",
    label="ADDRESS",
    severity=Severity.MEDIUM,
    summary="A house told by number and street, beside a person, words of living there, or anything else that was "
    "found. "
    "Published offices, venues and places of works and planning are none.",
    source="Royal Mail, addressing standards; Getmapping of UK street names is not used: streets are known by what "
    "they are called last",
    look=_look_address,
    reasons=("address",),
    replacement="[address removed]",
    must=(
        Example("Sorry to Mrs Penhaligon, waiting since 7am at 14 Pound Close.", Severity.MEDIUM),
        Example("The tenant of 22 Larkfield Rise complained again.", Severity.MEDIUM),
    ),
    must_not=(
        "Tree works at 9 Larkfield Rise: consent 24/00331/TPO has been granted.",
        "Gas works: 12 to 48 Albion Terrace, no parking on Monday.",
        "The office at 2 Tallow Street is open.",
    ),
)

_SHELTER = re.compile(
    r"\b(?:(?:women's |domestic abuse |safe )?refuges?|safe ?houses?|women's (?:shelter|hostel)|move-on house|crisis "
    r"house|"
    r"mother and baby unit|secure unit|children's home|lloches)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\b(?:opposite|behind|above|beside|next to|next door to|near|round the corner from|across from|just off|the old"
    r"|the former|formerly|"
    r"at the end of|the one with|gyferbyn|tu ôl)\b[^.!?\n;]{3,60}"
)


def _look_refuge(reading: Reading, found: Found) -> Iterator[Sighting]:
    del found
    for match in _SHELTER.finditer(reading.text):
        sentence = reading.sentence_at(match.start())
        first, last = reading.bounds(sentence)
        spots = [
            spot
            for pattern in (places.STREET, _WHERE, places.ADDRESS)
            if (spot := pattern.search(reading.text, first, last)) is not None
        ]
        taken, speak = lowered(reading, "care", sentence)
        planned = reading.hears(frozenset({"planning", "meetings"}), first, last)
        if not spots or planned or taken > 1.0:
            continue
        start = min(match.start(), *(spot.start() for spot in spots))
        end = max(match.end(), *(spot.end() for spot in spots))
        yield Sighting(start, end, Severity.CRITICAL, "refuge", ("place", *speak))


REFUGE = ContextRule(
    id="refuge",
    label="SAFEGUARDING",
    severity=Severity.CRITICAL,
    summary="A refuge, safe house or children's home joined to a street or to what stands beside it. Raising money for "
    "one is none.",
    source="Domestic Abuse Act 2021, statutory guidance (confidential addresses)",
    look=_look_refuge,
    reasons=("refuge",),
    replacement="[place of safety removed]",
    must=(
        Example("The women's refuge looks lovely now, the old vicarage opposite the shop.", Severity.CRITICAL),
        Example("A small fire at the safe house in Mafeking Street.", Severity.CRITICAL),
    ),
    must_not=(
        "Thank you to all who ran for the refuge: £6,480!",
        "A traffic refuge will be built.",
        "Refuge beds are full, ring us.",
    ),
)


def _look_refuge_place(reading: Reading, found: Found) -> Iterator[Sighting]:
    for sighting in _look_refuge(reading, found):
        for pattern in (_WHERE, places.STREET):
            spot = pattern.search(reading.text, sighting.start, sighting.end + 1)
            if spot:
                first = reading.text.rfind(" in ", max(0, spot.start() - 4), spot.start() + 1)
                last = reading.bounds(reading.sentence_at(spot.start()))[1]
                yield Sighting(
                    first + 1 if first >= 0 else spot.start(), last, Severity.HIGH, "refuge_place", sighting.cues
                )
                break


REFUGE_PLACE = ContextRule(
    id="refuge-place",
    label="ADDRESS",
    severity=Severity.HIGH,
    summary="The words that tell where a refuge, safe house or children's home stands.",
    source="Domestic Abuse Act 2021, statutory guidance (confidential addresses)",
    look=_look_refuge_place,
    reasons=("refuge_place",),
    replacement="[place removed]",
    must=(Example("A small fire at the safe house in Mafeking Street.", Severity.HIGH),),
    must_not=("Thank you to all who ran for the refuge: £6,480!",),
)

_NO_PERSONS = frozenset(
    "HIDDEN_TEXT PROTECTIVE_MARKING INTERNAL_URL SECRET PASSCODE COMMERCIAL IP_ADDRESS EMAIL PERSON".split()
)
_NEAR_VALUE = 90


def _look_person(reading: Reading, found: Found) -> Iterator[Sighting]:
    told = [one for one in found if one.label not in _NO_PERSONS and one.stops]
    for person in reading.people:
        if person.public:
            continue
        first, last = reading.copy.span(person.start, person.end)
        if any(one.start - _NEAR_VALUE <= last and first <= one.end + _NEAR_VALUE for one in told):
            yield Sighting(person.start, person.end, Severity.MEDIUM, "person", ("person_named",))


PERSON = ContextRule(
    id="person",
    label="PERSON",
    severity=Severity.MEDIUM,
    summary="The name of somebody who is not in public life, beside something else that was found. A name alone is "
    "none.",
    source="UK GDPR, article 4(1); common names after the lists of ONS and National Records of Scotland",
    look=_look_person,
    reasons=("person",),
    replacement="[name removed]",
    must=(
        Example("Found: a passport, number 123456789, of Thandiwe Penhaligon.", Severity.MEDIUM),
        Example("Mrs Pennefather's home number is 01632 960877.", Severity.MEDIUM),
    ),
    must_not=("Thank you to Thandiwe Penhaligon for the cake.", "Cllr Ama Example: NHS number 999 000 0018"),
)

FIRST = (REFUGE, REFUGE_PLACE)
LAST = (ADDRESS, PERSON)
