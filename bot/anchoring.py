"""Keeps the evidence anchored while the bot works: its head goes to the file, and once a day to the auditors' room."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from adapters.events import Content, RoomRef
from bot import anchor, outbox
from bot.audit import Pin
from bot.outbox import OutboxRow
from bot.services import Services
from bot.wording import count, say

EVERY = timedelta(minutes=1)
"""How often the head is looked at: what somebody rewrites within this time of its commit is found by nobody."""


LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Keeper:
    """The loop's step; one for each process, on the same file or on one of its own."""

    services: Services
    path: Path
    _again: datetime = LONG_AGO
    _posted: date | None = None

    async def step(self) -> bool:
        """Look whether the head has moved, at most once a minute. True when there is a letter to send."""
        now = self.services.clock()
        if now < self._again:
            return False
        self._again = now + EVERY
        return await self._post(await self.keep(), now)

    async def keep(self) -> Pin:
        """Anchor the head now, as at the end."""
        services = self.services
        return await anchor.keep(services.database, services.keys, self.path, services.clock)

    async def _post(self, head: Pin, now: datetime) -> bool:
        """Write the day's head to the auditors, once, whoever of several processes comes first."""
        auditors, day = self.services.settings.rooms.auditors, now.astimezone(self.services.zone).date()
        if auditors is None or not head.last or day == self._posted:
            return False
        platform, _, room = auditors.partition(":")
        key = f"anchor/{day.isoformat()}"
        posting = not await self._is_posted(key)
        if posting:
            with contextlib.suppress(IntegrityError):  # another process came first
                await self._write(RoomRef(platform, room), key, say_head(head, day), now)
        self._posted = day
        return posting

    async def _is_posted(self, key: str) -> bool:
        async with self.services.database.reading() as session:
            return bool((await session.execute(select(exists().where(col(OutboxRow.key) == key)))).scalar_one())

    async def _write(self, room: RoomRef, key: str, text: str, now: datetime) -> None:
        async with self.services.database.writing() as session, outbox.letters(session, key, now) as letters:
            letters.say(room, Content(text), key=key)


def say_head(head: Pin, day: date) -> str:
    """The line for the room: with it anybody can check later that the evidence is still what it was."""
    rows = count(head.last, "row", "rows")
    return say("audit.head", day=f"{day.day} {day:%B %Y}", rows=rows, last=head.last, mac=head.mac)
