"""What changes by the clock alone: requests that ran out, roles of leavers, and the auditors' weekly line."""

import contextlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.desk import opened
from bot.outbox import OutboxRow
from bot.people import today
from bot.roles import leaving, requests, watching
from bot.roles.notices import auditors_room
from bot.services import Services
from bot.turn import plain

EVERY = timedelta(minutes=1)
"""How often the clock is looked at."""


@dataclass(slots=True)
class Upkeep:
    """The loop's step; one for each process."""

    services: Services
    _again: datetime | None = None
    _reported: str = ""
    _day: date | None = None

    async def step(self) -> bool:
        """Look, at most once a minute. True when there is a letter to send."""
        now = self.services.clock()
        if self._again is not None and now < self._again:
            return False
        self._again = now + EVERY
        closed = await requests.give_up_old(self.services)
        return await self._daily() or await self._report(now) or closed

    async def _daily(self) -> bool:
        day = today(self.services)
        if day == self._day:
            return False
        self._day = day
        return await leaving.fall_away(self.services)

    async def _report(self, now: datetime) -> bool:
        """Name the pairs in the auditors' room, once a week, whoever of several processes comes first."""
        room = auditors_room(self.services)
        year, week, _ = now.astimezone(self.services.zone).isocalendar()
        key = f"pairs/{year}-{week}"
        if room is None or key == self._reported:
            return False
        async with self.services.database.reading() as session:
            posted = (await session.execute(select(exists().where(col(OutboxRow.key) == key)))).scalar_one()
            text = "" if posted else await watching.in_words(session, self.services)
        if text:
            with contextlib.suppress(IntegrityError):  # another process came first
                async with opened(self.services, key) as desk:
                    desk.letters.say(room, plain(text), key=key)
        self._reported = key
        return bool(text)
