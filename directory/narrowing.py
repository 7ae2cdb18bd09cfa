"""What a question says about the colleague wanted, beside what she should know: where, which team, which day, senior.

It is taken out of the question before the rest is matched, so that "anyone at Mill Lane who knows first aid" looks for
first aid. Only places that visible people have are known.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from directory.question import FRAME
from directory.vocabulary import normal, words

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERYWHERE = frozenset(
    "office offices depot centre center library house hub building based home hall road site".split()
)
"""Words that name no place alone."""

LONGEST_PLACE = 4  # words
WHEN = re.compile(rf"\b(?:today|tomorrow|(?:on|this|next) (?:{'|'.join(DAYS)}))\b", re.IGNORECASE)
SENIOR = re.compile(r"\b(?:(?:some|any)(?:one|body) (?:more )?senior|(?:a )?more senior(?: person)?)\b", re.IGNORECASE)
AT = re.compile(r"\b(?:in|at|near|from|based (?:in|at))\s+(?:the\s+)?", re.IGNORECASE)
OF = re.compile(
    r"\b(?:who|(?:any|some)(?:one|body)|colleagues?|person|people)\s+(?:in|from)\s+(?:the\s+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, a team or a service: the field it stands in (location, team, service) and its spellings there."""

    field: str
    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Who of those that know is wanted. `day` counts from Monday, 0; `skipped` are labels that were not meant;
    `after` is how many were named already.
    """

    spot: Spot | None = None
    day: int | None = None
    senior: bool = False
    skipped: tuple[str, ...] = ()
    after: int = 0

    @property
    def asks(self) -> bool:
        """Whether it says anything about the colleague."""
        return bool(self.spot or self.senior or self.day is not None)


class Spots:
    """Finds the places, teams and services of visible people."""

    def __init__(self, rows: Iterable[tuple[str | None, str | None, str | None]]) -> None:
        """Index rows of location, team and service."""
        self._known: dict[str, dict[str, set[str]]] = {"location": {}, "team": {}, "service": {}}
        for row in rows:
            for field, written in zip(self._known, row, strict=True):
                if written and normal(written):
                    self._known[field].setdefault(normal(written), set()).add(written)

    def read(self, text: str, today: date) -> tuple[str, Narrowing]:
        """The question without what it says about the colleague, and that."""
        text, day = _day(text, today)
        text, count = SENIOR.subn(" ", text)
        spot = None
        for pattern, fields in ((OF, ("team", "service", "location")), (AT, ("location",))):
            for found in [] if spot else pattern.finditer(text):
                spot, end = self._spot(text, found.end(), fields)
                if spot:
                    begun = found.start() + (len(found[0].split()[0]) if pattern is OF else 0)
                    text = text[:begun] + " " + text[end:]
                    break
        return text, Narrowing(spot, day, count > 0)

    def _spot(self, text: str, start: int, fields: tuple[str, ...]) -> tuple[Spot | None, int]:
        """The place whose name begins at `start`, the longest there is, and where it ends."""
        ends = [found.end() for found in re.finditer(r"[\w'’&.-]+", text[start:])][:LONGEST_PLACE]
        for end in reversed(ends):
            key = normal(text[start : start + end])
            for field in fields:
                if spot := self._called(key, field):
                    return spot, start + end
        return None, start

    def _called(self, key: str, field: str) -> Spot | None:
        known = self._known[field]
        if key in known:
            return _spot(field, known[key])
        asked = set(key.split())
        if field != "location" or not asked or asked <= EVERYWHERE:
            return None
        same = [spelt for name, spelt in known.items() if asked <= set(name.split())]
        return _spot(field, set().union(*same)) if same else None


def says_nothing_else(text: str) -> bool:
    """Whether nothing is left of a question but the frame around it: "anyone in Barnstaple?"."""
    return all(word in FRAME for word in words(text))


def works_on(working_days: str | None, day: int) -> bool | None:
    """Whether the working days, as the file has them, hold a day; None when they do not say so."""
    plain = normal(working_days or "")
    named = [number for number, name in enumerate(DAYS) if re.search(rf"\b{name[:3]}(?:s|{name[3:]})?\b", plain)]
    if len(named) == 2 and re.search(r"[-–]|\bto\b", working_days or ""):
        named = list(range(named[0], named[1] + 1))
    if named:
        return day in named
    return day < DAYS.index("saturday") if re.search(r"\b(?:ft|full time|every day)\b", plain) else None


def _day(text: str, today: date) -> tuple[str, int | None]:
    found = WHEN.search(text)
    if found is None:
        return text, None
    said = found[0].casefold().split()[-1]
    ahead = {"today": 0, "tomorrow": 1}.get(said)
    day = DAYS.index(said) if ahead is None else (today + timedelta(days=ahead)).weekday()
    return text[: found.start()] + " " + text[found.end() :], day


def _spot(field: str, spellings: set[str]) -> Spot:
    ordered = tuple(sorted(spellings))
    return Spot(field, ordered[0], ordered)
