"""The feed's shelf over our tables: what stands there is what the public sees, by construction."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.errors import Refused
from adapters.events import Picture
from adapters.shelf import FeedEntry
from bot.announcements.tables import FeedEntryRow
from config.database import Database, insert_for


class DatabaseShelf:
    """Entries of the feed in the database. A withdrawn entry keeps its key and number and loses its words."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    async def put(self, entry: FeedEntry) -> None:
        """Add an entry once. Raises `Refused` when its key was withdrawn."""
        async with self._database.writing() as session:
            values = _row(entry).model_dump()
            await session.execute(insert_for(session)(FeedEntryRow).values(**values).on_conflict_do_nothing())
            row = await session.get(FeedEntryRow, entry.key)
            if row is not None and row.withdrawn is not None:
                raise Refused("withdrawn")
            await _name(session, entry.corrects, entry.number)

    async def get(self, key: str) -> FeedEntry | None:
        """The entry under a key."""
        async with self._database.reading() as session:
            row = await session.get(FeedEntryRow, key)
            return _entry(row) if row else None

    async def withdraw(self, key: str, at: datetime) -> None:
        """Take the words away for good and leave a tombstone."""
        async with self._database.writing() as session:
            row = await session.get(FeedEntryRow, key, with_for_update=True)
            if row is not None and row.withdrawn is None:
                row.text, row.pictures, row.withdrawn = None, "[]", at
                await _name(session, row.corrects, None)

    async def entries(self, limit: int) -> Sequence[FeedEntry]:
        """The newest entries, tombstones included."""
        query = select(FeedEntryRow).order_by(col(FeedEntryRow.published).desc(), col(FeedEntryRow.number).desc())
        async with self._database.reading() as session:
            return [_entry(row) for row in (await session.execute(query.limit(limit))).scalars()]

    async def by_number(self, number: int) -> FeedEntry | None:
        """The latest entry of an announcement."""
        async with self._database.reading() as session:
            row = await _latest(session, number)
            return _entry(row) if row else None

    async def picture(self, sha256: str) -> Picture | None:
        """A picture that an entry shows now."""
        query = select(FeedEntryRow).where(
            col(FeedEntryRow.withdrawn).is_(None), col(FeedEntryRow.pictures).contains(sha256, autoescape=True)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).scalars().all()
        shown = (picture for row in rows for picture in _entry(row).pictures)
        return next((picture for picture in shown if picture.sha256 == sha256), None)


async def _name(session: AsyncSession, corrected: int | None, correction: int | None) -> None:
    """Let what is corrected name its correction, or no longer one that was taken down."""
    row = await _latest(session, corrected) if corrected is not None else None
    if row is not None:
        row.corrected_by = correction


async def _latest(session: AsyncSession, number: int) -> FeedEntryRow | None:
    query = select(FeedEntryRow).where(col(FeedEntryRow.number) == number)
    return (await session.execute(query.order_by(col(FeedEntryRow.published).desc()).limit(1))).scalar_one_or_none()


def _row(entry: FeedEntry) -> FeedEntryRow:
    return FeedEntryRow(
        key=entry.key,
        number=entry.number,
        text=entry.text,
        language=entry.language,
        pictures=json.dumps([asdict(picture) for picture in entry.pictures]),
        published=entry.published,
        withdrawn=entry.withdrawn,
        corrects=entry.corrects,
        corrected_by=entry.corrected_by,
    )


def _entry(row: FeedEntryRow) -> FeedEntry:
    return FeedEntry(
        row.key,
        row.number,
        row.text or "",
        row.language,
        tuple(Picture(**picture) for picture in json.loads(row.pictures)),
        row.published,
        row.withdrawn,
        row.corrects,
        row.corrected_by,
    )
