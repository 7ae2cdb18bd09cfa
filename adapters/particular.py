"""What some publishers tell besides their port: how they count and charge, how they take many. Stdlib only."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol, runtime_checkable

from adapters.events import Part


@runtime_checkable
class Counted(Protocol):
    """A channel that counts a text in its own way."""

    def length(self, text: str) -> int:
        """How many of the characters of `limits` a text takes."""


@runtime_checkable
class Priced(Protocol):
    """A channel that charges."""

    def price(self, part: Part) -> Decimal:
        """What publishing a part costs, in US dollars, as far as the channel's price list tells."""


@dataclass(frozen=True, slots=True)
class Threads:
    """How a channel takes a text in several posts: `most` of them; `whole`: all in one write, or none of them."""

    most: int
    whole: bool


@runtime_checkable
class Threaded(Protocol):
    """A channel where posts can follow one another."""

    threads: Threads


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel may be published to, whatever waits: `posts` at once, then one `every` so often."""

    posts: int
    every: timedelta


@runtime_checkable
class Paced(Protocol):
    """A channel that a burst of posts would do harm."""

    pace: Pace
