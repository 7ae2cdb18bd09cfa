"""What people are reminded of until somebody has done it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.announcements import incidents, later_review
from bot.services import Services

EVERY = timedelta(minutes=1)
"""How often the clock is looked at."""


@dataclass(slots=True)
class Reminders:
    """The loop's step; one for each process."""

    services: Services
    _again: datetime | None = None

    async def step(self) -> bool:
        """Look, at most once a minute. True when there is a letter to send."""
        now = self.services.clock()
        if self._again is not None and now < self._again:
            return False
        self._again = now + EVERY
        reminded = await incidents.remind(self.services)
        return await later_review.remind(self.services) or reminded
