"""Where somebody is: postcodes, coordinates and three-word addresses."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict
from bot.leaks.values import compact

# Royal Mail, Postcode Address File, programmers' guide: which letters stand where.
_POSTCODE = re.compile(
    r"(?<![\w/#=-])(?:GIR ?0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]"
    r"|[A-HK-Y][0-9][ABEHMNPRVWXY])"
    r" {0,2}[0-9][ABD-HJLNP-UW-Z]{2})(?!\w)(?!-[0-9A-Z])",
    re.IGNORECASE,
)
_AT_HOME = (
    "lives", "live", "lived", "living at", "home", "house", "flat", "resident", "tenant", "my address", "her address",
    "his address", "their address", "home address", "address is", "moved to", "rehoused", "neighbour", "mr", "mrs",
    "ms", "miss",
    "send to", "send it to", "delivered to", "occupant", "household", "family", "tenancy", "staying at", "byw",
    "cartref",
)  # fmt: skip
_VENUES = (
    "hall", "library", "centre", "hub", "school", "academy", "church", "office", "offices", "park", "station", "museum",
    "theatre", "hospital", "surgery", "club", "pavilion", "market", "college", "university", "depot", "hotel", "pub",
    "inn",
    "café", "cafe", "arms", "sat nav", "satnav", "car park", "application", "planning", "licence", "premises", "bins",
    "recycling", "postcodes", "venue", "doors", "event", "farm", "industrial estate", "business park", "retail park",
    "neuadd", "llyfrgell", "ltd", "road closed", "road closure", "roadworks", "gas works", "water main", "works",
)  # fmt: skip


def _judge_postcode(candidate: Candidate) -> Verdict | None:
    value = compact(candidate.value)
    written = candidate.value == candidate.value.upper()
    if candidate.alone():
        return Verdict(Severity.MEDIUM, "postcode", value)
    if not written and not candidate.near(("postcode", "post code", "address"), 30, 0):
        return None
    start, end = candidate.match.span()
    private = bool(candidate.reading.private_people(start, end, 70)) or candidate.raised()
    if candidate.lowered() and not candidate.near(("lives", "home address", "tenant", "resident"), 60, 30):
        private = (
            private and bool(candidate.reading.private_people(start, end, 70)) and not candidate.near(_VENUES, 60, 0)
        )
    if private:
        return Verdict(Severity.MEDIUM, "postcode", value)
    return Verdict(Severity.NOTE, "postcode_public", value)


POSTCODE = PatternRule(
    id="postcode",
    label="POSTCODE",
    severity=Severity.MEDIUM,
    summary="A full postcode beside a person, or words of homes, or by itself. A note beside nothing of the kind; a "
    "postcode "
    "of a published office is no finding.",
    source="Royal Mail, Postcode Address File programmers' guide (format of postcodes)",
    pattern=_POSTCODE,
    judge=_judge_postcode,
    needs="0123456789",
    reasons=("postcode", "postcode_public"),
    replacement="[postcode removed]",
    cues=Cues(up=_AT_HOME, down=_VENUES),
    must=(
        Example("Mrs Example has been waiting at 14 Pound Close, AB1 2DE", Severity.MEDIUM),
        Example("She lives at AB12 3DE now", Severity.MEDIUM),
        Example("AB1 2DE", Severity.MEDIUM),
        Example("Recycling in AB1 2DE is on Thursday", Severity.NOTE),
    ),
    must_not=("QA1 1AA", "M1 1CA", "Enter the code AB1 2D", "ABCAB1 2DEE"),
)


_COORDINATES = re.compile(
    r"(?<![\w.])-?(?:[1-8]?[0-9]|90)\.[0-9]{3,10}°? ?[NS]?(?:,\s?|\s{1,2}|/|, ?lon[a-z.]{0,7}:? ?)-?(?:1[0-7][0-9]"
    r"|[0-9]{1,2})\.[0-9]{3,10}(?!\w)"
    r"|(?<!\w)[A-Z]{2} ?[0-9]{4,5} ?[0-9]{4,5}(?!\w)|(?<!\w)[HNOST][A-HJ-Z] [0-9]{3} [0-9]{3}(?!\w)"
)
_HOMES = (
    "home", "house", "bungalow", "cottage", "flat", "lives", "back door", "garden", "paddock", "private land",
    "private",
    "victim", "patient", "casualty", "refuge", "placement", "carer", "foster", "gentleman", "lady", "mr", "mrs", "ms",
    "no visitors", "nest", "nesting", "family", "caller", "tent", "rough sleeper", "overdose", "body",
    "medical emergency",
    "collapsed", "tenant", "cartref", "tŷ",
)  # fmt: skip
_LANDMARKS = (
    "defibrillator", "car park", "meet at", "park at", "start point", "trig point", "sampling", "bathing", "trail",
    "walk",
    "meeting point", "entrance", "viewpoint", "picnic", "event", "finish", "playground", "wall of", "toilets", "layby",
    "bench", "bus stop", "launch site", "slipway",
)  # fmt: skip


def _precise_place(candidate: Candidate, reason: str) -> Verdict:
    value = " ".join(candidate.value.split()).casefold()
    start, end = candidate.match.span()
    person = bool(candidate.reading.private_people(start, end, 110))
    home = candidate.near(_HOMES, 110, 110)
    landmark = candidate.near(_LANDMARKS, 90, 60)
    if (person or home) and (home or not landmark):
        return Verdict(Severity.HIGH, reason, value)
    return Verdict(Severity.NOTE, f"{reason}_public", value)


def _judge_coordinates(candidate: Candidate) -> Verdict | None:
    return _precise_place(candidate, "coordinates")


GEO = PatternRule(
    id="coordinates",
    label="GEO",
    severity=Severity.HIGH,
    summary="Latitude and longitude with three places or more, or a grid reference. High beside a person or words of "
    "homes "
    "and emergencies; a note for landmarks and meeting points.",
    source="ISO 6709; Ordnance Survey, National Grid",
    pattern=_COORDINATES,
    judge=_judge_coordinates,
    needs="0123456789",
    reasons=("coordinates", "coordinates_public"),
    replacement="[coordinates removed]",
    cues=Cues(up=_HOMES, down=_LANDMARKS),
    must=(
        Example("Owls nest at 51.50001, -0.12001 in Mr Example's paddock", Severity.HIGH),
        Example("the patient's house, 51.5001 -0.1200", Severity.HIGH),
        Example("Park at TQ 300 800 by the viewpoint", Severity.NOTE),
    ),
    must_not=("Version 51.5 and 0.12", "It scored 9.75, 8.50", "Room AB 12", "from 1.500 to 2.500 m²"),
)


_WORDS = re.compile(
    r"(?<!\w)(?:/{3}|(?:what3words|w3w)(?:\.com)?[ "
    r":/]{1,3}/{0,3})[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}(?![\w.]\w)",
    re.IGNORECASE,
)


def _judge_words(candidate: Candidate) -> Verdict | None:
    return _precise_place(candidate, "three_words")


WHAT3WORDS = PatternRule(
    id="what3words",
    label="WHAT3WORDS",
    severity=Severity.HIGH,
    summary="A three-word address. High beside a person or words of homes and emergencies; a note for landmarks.",
    source="what3words, format of three-word addresses",
    pattern=_WORDS,
    judge=_judge_words,
    needs="/wW",
    reasons=("three_words", "three_words_public"),
    replacement="[location removed]",
    cues=Cues(up=_HOMES, down=_LANDMARKS),
    must=(
        Example("Crews went to a house, ///apple.banana.cherry", Severity.HIGH),
        Example("Defibrillator at ///apple.banana.cherry", Severity.NOTE),
        Example("w3w apple.banana.cherry, the lady is waiting", Severity.HIGH),
    ),
    must_not=("https://example.org/apple.banana.cherry", "apple.banana.cherry", "///apple.banana"),
)

RULES = (POSTCODE, GEO, WHAT3WORDS)
