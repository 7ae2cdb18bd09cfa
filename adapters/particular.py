"""What some publishers tell besides their port: how their channel counts, what it charges. Standard library only."""

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
