"""What was asked last in a thread, what nobody could answer, and how many colleagues somebody was shown.

As little as works: a question stays one day, so that "more" and "anyone in Barnstaple?" are understood; a gap is the
term with a keyed hash of who asked, so that askers can be counted and not found; shown people are a number an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import JSON, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from config.database import Base

KEPT = timedelta(days=1)
GAPS_KEPT = timedelta(days=365)
ASKERS = 3
"""People who must have asked for the same before a gap is shown: fewer could be recognised."""

SHOWN_AN_HOUR = 120
"""Colleagues that answers show one person in an hour; forty questions of three names."""

LONGEST_TERM = 60


class Asked(Base, table=True):
    """The last question of a thread, or of a direct conversation (`thread` empty), and what was said of it."""

    __tablename__ = "asked"

    place: str = Field(primary_key=True)
    thread: str = Field(primary_key=True)
    question: str
    outcome: str = Field(description="answer, choose or nobody")
    topic: str
    skipped: list[str] = Field(sa_type=JSON, description="labels that were not meant")
    offered: list[str] = Field(sa_type=JSON, description="labels that the answer took it to mean")
    told: int = Field(description="names that were told so far")
    at: datetime


class Gap(Base, table=True):
    """Somebody asked for what nobody is listed for."""

    __tablename__ = "gap"

    term: str = Field(primary_key=True)
    asker: str = Field(primary_key=True, description="a keyed hash of term and asker: it joins no two terms")
    at: datetime


class Shown(Base, table=True):
    """How many colleagues answers showed somebody within an hour."""

    __tablename__ = "shown"

    person_id: int = Field(primary_key=True)
    hour: datetime = Field(primary_key=True)
    people: int


@dataclass(frozen=True, slots=True)
class Before:
    """A question that was asked before, what was said of it, and labels that it does not and may mean."""

    question: str
    outcome: str
    topic: str
    skipped: tuple[str, ...]
    offered: tuple[str, ...]
    told: int = 0


async def before(session: AsyncSession, place: str, thread: str, now: datetime) -> Before | None:
    """What was asked last there, if that was not long ago."""
    row = await session.get(Asked, (place, thread))
    if row is None or row.at <= now - KEPT:
        return None
    return Before(row.question, row.outcome, row.topic, tuple(row.skipped), tuple(row.offered), row.told)


async def keep(session: AsyncSession, place: str, thread: str, asked: Before, now: datetime) -> None:
    """Remember what was asked there, inside the caller's write transaction."""
    row = await session.get(Asked, (place, thread))
    if row is None:
        row = Asked(
            place=place, thread=thread, question="", outcome="", topic="", skipped=[], offered=[], told=0, at=now
        )
    row.question, row.outcome, row.topic, row.at = asked.question, asked.outcome, asked.topic, now
    row.skipped, row.offered, row.told = list(asked.skipped), list(asked.offered), asked.told
    session.add(row)


async def count_gap(session: AsyncSession, term: str, asker: str, now: datetime) -> None:
    """Somebody asked for `term`; `asker` is a keyed hash of both."""
    if term and len(term) <= LONGEST_TERM and await session.get(Gap, (term, asker)) is None:
        session.add(Gap(term=term, asker=asker, at=now))


async def gaps(session: AsyncSession) -> list[tuple[str, int]]:
    """Terms that at least ASKERS people asked for and nobody is listed for, most asked first, with how many."""
    askers = func.count(col(Gap.asker))
    wanted = select(col(Gap.term), askers).group_by(col(Gap.term)).having(askers >= ASKERS)
    rows = await session.execute(wanted.order_by(askers.desc(), col(Gap.term)).limit(50))
    return [(term, number) for term, number in rows]


def hour_of(now: datetime) -> datetime:
    """The hour a moment belongs to."""
    return now.replace(minute=0, second=0, microsecond=0)


async def shown(session: AsyncSession, person: int, now: datetime) -> int:
    """How many colleagues somebody was shown in this hour."""
    row = await session.get(Shown, (person, hour_of(now)))
    return row.people if row else 0


async def count_shown(session: AsyncSession, person: int, people: int, now: datetime) -> bool:
    """Add to that, inside the caller's write transaction. True when this is what went over the budget."""
    row = await session.get(Shown, (person, hour_of(now)))
    if row is None:
        row = Shown(person_id=person, hour=hour_of(now), people=0)
    was, row.people = row.people, row.people + people
    session.add(row)
    return was < SHOWN_AN_HOUR <= row.people


async def forget(session: AsyncSession, now: datetime) -> None:
    """Remove what has been kept long enough, inside the caller's write transaction."""
    await session.execute(delete(Asked).where(col(Asked.at) <= now - KEPT))
    await session.execute(delete(Gap).where(col(Gap.at) <= now - GAPS_KEPT))
    await session.execute(delete(Shown).where(col(Shown.hour) <= now - KEPT))
