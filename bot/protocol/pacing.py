"""When a channel may be called: never many posts in a burst, and rarely while it does not answer. Pure.

A channel that is away is left alone, so that nobody asks it a thousand times and it holds up no other; what waits there
is neither sent nor failed, but unknown. Now and then one delivery is let through, to find out whether it answers again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

SILENCES = 3
"""Calls in a row without an answer after which a channel counts as away."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=5)
"""How long a channel that is away is left alone: the first time, and at most; each time twice as long as before."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many posts at once, then one `every` so often."""

    posts: int
    every: timedelta


class Pulse(StrEnum):
    """What a call to a channel told about the channel; a refusal is an answer as well."""

    ANSWERED = "answered"
    LIMITED = "limited"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Traffic:
    """How a channel was called and answered, on the clock of the leases.

    `even`: when the next post were due had all been sent one by one at its pace. `opens`: nothing is begun before.
    `silences`: calls in a row without an answer, the first of them at `since`.
    """

    even: datetime | None = None
    opens: datetime | None = None
    silences: int = 0
    since: datetime | None = None

    @property
    def is_away(self) -> bool:
        """Whether it counts as away."""
        return self.silences >= SILENCES

    def is_open(self, now: datetime) -> bool:
        """Whether something may begin."""
        return self.opens is None or self.opens <= now


def after_begin(before: Traffic, now: datetime, pace: Pace | None, lease: timedelta) -> Traffic:
    """A call begins. While the channel is away that is the only one until it has ended, or its lease has."""
    if before.is_away:
        return replace(before, opens=now + lease)
    if pace is None:
        return before
    even = max(before.even or now, now) + pace.every
    return replace(before, even=even, opens=_later(before.opens, even - (pace.posts - 1) * pace.every))


def after_pulse(before: Traffic, pulse: Pulse, now: datetime, wait: timedelta | None = None) -> Traffic:
    """A call ended. `wait`: how long the channel asked to be left alone."""
    asked = now + wait if wait else None
    if pulse is Pulse.LIMITED:
        return replace(before, opens=_later(before.opens, asked or now + FIRST_WAIT), silences=0, since=None)
    if pulse is Pulse.ANSWERED:
        opens = None if before.is_away else before.opens
        return replace(before, opens=opens, silences=0, since=None)
    after = replace(before, silences=before.silences + 1, since=before.since or now)
    if not after.is_away:
        return after
    away = FIRST_WAIT * 2 ** min(after.silences - SILENCES, 10)
    return replace(after, opens=_later(now + min(away, LONGEST_WAIT), asked))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
