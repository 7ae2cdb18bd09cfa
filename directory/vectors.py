"""Vectors of labels, kept in the database under a hash of the model and the text.

They are made after a load, or when a process starts, in short steps in a worker thread; questions never wait for
them: until a label has its vector its words alone count. A vector whose label is gone goes too.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from config.database import Database
from directory import privacy
from directory.arrays import Vectors
from directory.bulk import in_pieces, insert_many
from directory.encoder import SIZE, Encoder
from directory.models import SkillLabel, TextVector

AT_ONCE = 128  # texts encoded in one step: about a third of a second of one core
KEPT = np.float16  # precise enough: cosines move by less than a thousandth


def key(model: str, text: str) -> str:
    """Under what a text's vector is kept."""
    return hashlib.blake2b(f"{model}\0{text}".encode(), digest_size=16).hexdigest()


async def stored(session: AsyncSession, encoder: Encoder, texts: Iterable[str]) -> dict[str, Vectors]:
    """The vectors that are there already, by text."""
    rows = await session.execute(select(col(TextVector.key), col(TextVector.vector)))
    found = {one: blob for one, blob in rows if len(blob) == SIZE * KEPT().itemsize}
    keys = {text: key(encoder.model, text) for text in texts}
    return {text: np.frombuffer(found[one], KEPT).astype(np.float32) for text, one in keys.items() if one in found}


async def prepare(database: Database, encoder: Encoder) -> int:
    """Make what is missing, take away what is no longer needed; returns how many were made."""
    async with database.reading() as session:
        labels = (await session.execute(select(col(SkillLabel.label)))).scalars().all()
        there = set((await session.execute(select(col(TextVector.key)))).scalars())
    wanted = {key(encoder.model, text): text for text in labels}
    for piece in in_pieces(sorted(there - wanted.keys()), AT_ONCE):
        async with database.writing() as session:
            await session.execute(delete(TextVector).where(col(TextVector.key).in_(piece)))
    missing = [one for one in wanted if one not in there]
    for piece in in_pieces(missing, AT_ONCE):
        made = await asyncio.to_thread(encoder.encode, [wanted[one] for one in piece])
        await _keep(database, piece, made)
    return len(missing)


async def _keep(database: Database, keys: Sequence[str], made: Vectors) -> None:
    async with database.writing() as session:
        known = select(col(TextVector.key)).where(col(TextVector.key).in_(keys))
        there = set((await session.execute(known)).scalars())  # another process may have been quicker
        rows = [(one, row.astype(KEPT).tobytes()) for one, row in zip(keys, made, strict=True) if one not in there]
        await insert_many(session, TextVector, ("key", "vector"), rows)


class Upkeep:
    """Makes the vectors of a running bot: looks whether the directory has changed, and then what is missing."""

    def __init__(self, database: Database, encoder: Encoder, changed: Callable[[], None]) -> None:
        """`changed` is called when there are vectors that were not there before."""
        self._database, self._encoder, self._changed = database, encoder, changed
        self._done: int | None = None

    async def step(self) -> bool:
        """Look once. False: nothing waits that the loop should hurry for."""
        async with self._database.reading() as session:
            revision = (await privacy.state(session)).revision
        if revision != self._done:
            await prepare(self._database, self._encoder)
            self._done = revision
            self._changed()
        return False
