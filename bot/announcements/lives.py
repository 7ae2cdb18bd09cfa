"""Where words were first written: a life of the database and a revision, from which their deliveries have their keys.

The same words keep their key when an announcement is taken up again, also after a backup was put back. So what was
sent of them in an earlier life is found by it.
"""

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot import epochs
from bot.announcements.tables import DeliveryRow, RevisionRow


@dataclass(frozen=True, slots=True)
class Origin:
    """The first revision with the same words and pictures. `earlier`: it is of an earlier life and may be out."""

    number: int
    revision: int
    epoch: str
    earlier: bool

    def name(self, channel: str, part: int = 0) -> str:
        """What the key of a delivery of these words is made of."""
        return epochs.delivery_name(self.epoch, self.number, self.revision, channel, part)


async def origin(session: AsyncSession, words: RevisionRow) -> Origin:
    """Where the words of a revision come from."""
    query = select(RevisionRow).where(
        col(RevisionRow.announcement) == words.announcement,
        col(RevisionRow.revision) <= words.revision,
        col(RevisionRow.text) == words.text,
        col(RevisionRow.language) == words.language,
        col(RevisionRow.stopped).is_(False),
    )
    rows = (await session.execute(query.order_by(col(RevisionRow.revision)))).scalars()
    first = next((row for row in rows if _same(row, words)), words)
    life, present = await epochs.made_in(session, first.made), await epochs.current(session)
    return Origin(words.announcement, first.revision, life.name, epochs.is_earlier(life.name, present))


async def origin_of(session: AsyncSession, delivery: DeliveryRow) -> Origin:
    """Where the words of a delivery come from. Raises LookupError when its revision is gone."""
    words = await session.get(RevisionRow, (delivery.announcement, delivery.revision))
    if words is None:
        raise LookupError(f"announcement {delivery.announcement} has no revision {delivery.revision}")
    return await origin(session, words)


def _same(one: RevisionRow, other: RevisionRow) -> bool:
    return one.cuts == other.cuts and _pictures(one) == _pictures(other)


def _pictures(row: RevisionRow) -> list[tuple[str, str]]:
    return [(item["sha256"], item["alt"]) for item in json.loads(row.pictures)]
