"""How often Slack may be asked: by method, and for messages by channel as well.

Slack promises at least so many calls a minute for each tier (docs.slack.dev, "Rate limits"), and a message a second in
a channel; short bursts are let through. What is asked within them waits here rather than being refused there.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TIERS = {2: 20, 3: 50, 4: 100}
"""Calls a minute."""

METHODS = {
    "users.conversations": 3,
    "conversations.info": 3,
    "conversations.history": 3,
    "conversations.replies": 3,
    "conversations.open": 3,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "users.info": 4,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
    "files.info": 4,
    "views.open": 4,
    "views.update": 4,
    "views.publish": 4,
}
"""The tier of each method; those not named are asked rarely, and have no budget.

Nor has apps.connections.open (one a minute and more): failures pace themselves, and a bot that waits there is deaf.
"""

IN_A_CHANNEL = "chat.postMessage"
POSTS_A_SECOND, POSTS_AT_ONCE = 1.0, 5.0
MOST_CHANNELS = 1000  # of which the budget is kept


@dataclass(slots=True)
class Bucket:
    """A budget of `rate` calls a second, of which `most` may be used at once."""

    rate: float
    most: float
    clock: Callable[[], float] = time.monotonic
    level: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        """Full at the start."""
        self.level, self.at = self.most, self.clock()

    def take(self) -> float:
        """Use one; the seconds to wait before."""
        now = self.clock()
        self.level = min(self.most, self.level + (now - self.at) * self.rate) - 1.0
        self.at = now
        return max(0.0, -self.level / self.rate)

    def stop(self, seconds: float) -> None:
        """Slack asks for patience: nothing before that time."""
        self.level = min(self.level, -seconds * self.rate)


@dataclass(slots=True)
class Budgets:
    """All budgets of one token."""

    clock: Callable[[], float] = time.monotonic
    buckets: dict[str, Bucket] = field(default_factory=dict)

    async def wait(self, method: str, channel: str) -> None:
        """Return when the method may be called."""
        bucket = self._bucket(method, channel)
        wait = bucket.take() if bucket else 0.0
        if wait:
            await asyncio.sleep(wait)

    def refused(self, method: str, channel: str, seconds: float) -> None:
        """Slack has refused a call for so long."""
        bucket = self._bucket(method, channel)
        if bucket:
            bucket.stop(seconds)

    def _bucket(self, method: str, channel: str) -> Bucket | None:
        name = f"{method} {channel}" if method == IN_A_CHANNEL else method
        found = self.buckets.pop(name, None)
        if found is None:
            if method == IN_A_CHANNEL:
                found = Bucket(POSTS_A_SECOND, POSTS_AT_ONCE, self.clock)
            elif method in METHODS:
                calls = TIERS[METHODS[method]]
                found = Bucket(calls / 60, 2 * calls, self.clock)
            else:
                return None
        self.buckets[name] = found  # the one used last stands last
        while len(self.buckets) > MOST_CHANNELS:
            del self.buckets[next(iter(self.buckets))]
        return found
