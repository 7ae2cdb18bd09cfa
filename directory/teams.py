"""Teams and services by what people call them."""

from collections.abc import Iterable
from dataclasses import dataclass

from directory.vocabulary import Spelling, normal, stem, words

# "the parks team" and "parks service" both mean Parks.
AROUND = frozenset("the team teams service services department dept directorate group unit".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A team or a service: the name as most often written first, every spelling, and a team's service."""

    name: str
    kind: str
    service: str | None
    spellings: tuple[str, ...]


class TeamIndex:
    """Finds teams and services that visible people are in."""

    def __init__(self, rows: Iterable[tuple[str | None, str | None]]) -> None:
        """Index rows of team and service."""
        teams: dict[str, set[str]] = {}
        services: dict[str, set[str]] = {}
        homes: dict[str, set[str]] = {}
        for team, service in rows:
            if team:
                teams.setdefault(normal(team), set()).add(team)
                homes.setdefault(normal(team), set()).add(service or "")
            if service:
                services.setdefault(normal(service), set()).add(service)
        self._places: dict[str, Place] = {key: _place(found, "service", None) for key, found in services.items()}
        for key, found in teams.items():
            home = next(iter(homes[key])) if len(homes[key]) == 1 else None
            self._places[key] = _place(found, "team", home or None)
        self._stems = {key: _stems(key) for key in self._places}
        self._spelling = Spelling({word: 1 for key in self._places for word in words(key)}.items())

    def find(self, name: str) -> Place | None:
        """The place with that name, or the only one that holds all its words."""
        key = normal(name)
        if key in self._places:
            return self._places[key]
        asked = _stems(key)
        same = [key for key, stems in self._stems.items() if asked and stems == asked]
        holding = same or [key for key, stems in self._stems.items() if asked and asked <= stems]
        return self._places[holding[0]] if len(holding) == 1 else None

    def nearest(self, name: str) -> tuple[str, ...]:
        """Up to three places that share a word with `name`, misspelt or not."""
        asked = {stem(self._spelling.repair(word) or word) for word in words(name)} - AROUND
        near = sorted(
            (-len(asked & stems), self._places[key].name) for key, stems in self._stems.items() if asked & stems
        )
        return tuple(name for _, name in near[:3])


def _place(spellings: set[str], kind: str, service: str | None) -> Place:
    ordered = tuple(sorted(spellings))
    return Place(ordered[0], kind, service, ordered)


def _stems(key: str) -> frozenset[str]:
    spelt = words(key)
    return frozenset(stem(word) for word in spelt if word not in AROUND) or frozenset(map(stem, spelt))
