"""How the pretend timeline may be told to behave: one table, from which the control page is made."""

from dataclasses import dataclass
from enum import StrEnum

WORKS = "works"
REFUSES, AWAY, DROPS, LATE = "refuses", "away", "drops the answer", "accepts late"
FORGETS, BLIND = "forgets keys", "blind"
STUCK = "stuck"

SECONDS = 3.0
"""After how many seconds a post that was accepted late appears, unless told otherwise."""

MOST_SECONDS = 3600.0


class Kind(StrEnum):
    """What a behaviour is about. Of each kind one stands at a time, so that those of two kinds can be combined."""

    WRITE = "write"
    LOOK_UP = "look-up"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A way to behave and what it means, in words."""

    name: str
    kind: Kind
    meaning: str


_TABLE = (
    Behaviour(REFUSES, Kind.WRITE, "Says a definite no to every post."),
    Behaviour(AWAY, Kind.WRITE, "Cannot be reached at all; nothing is done, found or withdrawn."),
    Behaviour(DROPS, Kind.WRITE, "Publishes the post, but the answer gets lost."),
    Behaviour(LATE, Kind.WRITE, "The answer gets lost, and the post appears some seconds later."),
    Behaviour(FORGETS, Kind.LOOK_UP, "Recognises no key of a post that was published before."),
    Behaviour(BLIND, Kind.LOOK_UP, "Cannot tell whether a post is there."),
    Behaviour(STUCK, Kind.WITHDRAWAL, "Says no to taking anything down."),
)

BEHAVIOURS = {behaviour.name: behaviour for behaviour in _TABLE}
"""Every way to behave but `WORKS`, by its name."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A behaviour that stands: `seconds` until a late post appears; `once` when it is for the next call only."""

    name: str = WORKS
    seconds: float = SECONDS
    once: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError, with the line for a person, for a name or a time that nobody can mean."""
        if self.name not in {WORKS, *BEHAVIOURS}:
            raise ValueError(f"There is no such behaviour. Choose one of: {', '.join([WORKS, *BEHAVIOURS])}.")
        if not 0 <= self.seconds <= MOST_SECONDS:
            raise ValueError(f"The seconds must be a number from 0 to {MOST_SECONDS:.0f}.")
