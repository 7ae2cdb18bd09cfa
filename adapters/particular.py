"""What some publishers tell besides their port: how they count and charge, how they take many. Stdlib only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Posted:
    """A post as the channel tells of it; a thread of ours is one, known by the id of its first part."""

    id: str
    url: str | None
    at: datetime


class OwnAccount(Protocol):
    """Our account on a channel, with which whoever has its token can post too. Each may raise `AdapterError`."""

    async def whose(self) -> str:
        """The account's id there, for ever the same."""

    async def is_used(self) -> bool:
        """Whether anything was ever posted with the account and still stands."""

    async def posted(self, since: datetime) -> Sequence[Posted]:
        """What was posted with the account since then, by whomever, and still stands."""


@runtime_checkable
class Watched(Protocol):
    """A channel on which we have an account."""

    @property
    def own(self) -> OwnAccount:
        """That account."""
