"""The commit: one short write transaction with everything a decision changes, and its evidence written last."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import audit
from bot.outbox import Letters, letters
from bot.services import Services


@dataclass(slots=True)
class Desk:
    """What a commit works with: the session, letters to send, evidence to record, and the time (UTC)."""

    services: Services
    session: AsyncSession
    letters: Letters
    now: datetime
    evidence: list[audit.Entry] = field(default_factory=list)

    def record(self, entry: audit.Entry) -> None:
        """Add a row of evidence."""
        self.evidence.append(entry)


Commit = Callable[[Desk], Awaitable[None]]
"""What a handler gives back: the changes to make, in one transaction, with no network inside."""


@asynccontextmanager
async def opened(services: Services, base: str) -> AsyncIterator[Desk]:
    """A desk whose letters have keys beginning with `base`; committed when the block ends without an error."""
    async with services.database.writing() as session:
        now = services.clock()
        async with letters(session, base, now) as written:
            desk = Desk(services, session, written, now)
            yield desk
        await audit.record(session, services.keys, desk.evidence, now)


async def nothing(_desk: Desk) -> None:
    """The commit that changes nothing: the event is handled and that is all."""
