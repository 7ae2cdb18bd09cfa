"""The organisation's own short forms and words: "FOI means Freedom of Information".

Admins add them; "Long Name (LN)" in the labels that visible people hold adds itself; and when somebody says that an
answer was not what was meant, what was meant instead is proposed, for an admin to agree to.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import privacy, question
from directory.lexical import initials
from directory.models import GlossaryEntry
from directory.question import Asked
from directory.vocabulary import normal, words

LONGEST = 80  # characters of either side
BRACKETED = re.compile(r"([^()]{4,80}?)\s*\(([A-Z][A-Za-z]{1,6})\)")
MOST_EXPANDED = 2  # short forms put in full in one question


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody's question showed that a word may mean here."""

    key: str
    short: str
    long: str


async def agreed(session: AsyncSession) -> dict[str, str]:
    """Normal form of the short to the long, of all entries that hold."""
    wanted = select(col(GlossaryEntry.key), col(GlossaryEntry.long)).where(col(GlossaryEntry.agreed))
    return dict((await session.execute(wanted)).all())


async def entries(session: AsyncSession) -> tuple[list[Proposal], list[Proposal]]:
    """All entries that hold, and all that are proposed, by their short form."""
    rows = (await session.execute(select(GlossaryEntry).order_by(col(GlossaryEntry.key)))).scalars().all()
    told = [(row.agreed, Proposal(row.key, row.short, row.long)) for row in rows]
    return [one for holds, one in told if holds], [one for holds, one in told if not holds]


async def add(session: AsyncSession, short: str, long: str, at: datetime, *, holds: bool) -> bool:
    """Add an entry, or propose one, inside the caller's write transaction; False when nothing would change.

    A proposal changes no entry that holds, and no other proposal for the same word.
    """
    key = normal(short)
    if not key or not normal(long) or key == normal(long):
        return False
    row = await session.get(GlossaryEntry, key)
    if row is not None and (not holds or (row.agreed and row.long == long)):
        return False
    if row is None:
        row = GlossaryEntry(key=key, short=short[:LONGEST], long=long[:LONGEST], agreed=holds, at=at)
    row.short, row.long, row.agreed, row.at = short[:LONGEST], long[:LONGEST], holds, at
    session.add(row)
    if holds:
        (await privacy.state_for_change(session)).revision += 1
    await session.flush()
    return True


async def remove(session: AsyncSession, short: str) -> bool:
    """Take an entry or a proposal away, inside the caller's write transaction; False when there is none."""
    row = await session.get(GlossaryEntry, normal(short))
    if row is None:
        return False
    await session.execute(delete(GlossaryEntry).where(col(GlossaryEntry.key) == row.key))
    (await privacy.state_for_change(session)).revision += 1
    await session.flush()
    return True


def mined(labels: Iterable[str]) -> dict[str, str]:
    """Short forms that labels explain themselves: "Freedom of Information (FOI)"."""
    found: dict[str, str] = {}
    for label in labels:
        for long, short in BRACKETED.findall(label):
            if normal(short) in initials(words(long)):
                found.setdefault(normal(short), long.strip())
    return found


def expanded(asked: Asked, known: Mapping[str, str]) -> list[Asked]:
    """The question with short forms put in full, one at a time; empty when it holds none."""
    topic = words(asked.topic)
    found = []
    for key, long in known.items():
        short = key.split()
        places = [at for at in range(len(topic) - len(short) + 1) if topic[at : at + len(short)] == short]
        if places:
            put = [*topic[: places[0]], long, *topic[places[0] + len(short) :]]
            full = question.about(" ".join(put))
            found.append(replace(full, text=asked.text, doubt=asked.doubt))
    return found[:MOST_EXPANDED]
