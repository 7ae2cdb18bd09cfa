"""What people said about columns whose names leave it open: kept for every file of the same shape, or under a name."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory.columns import A_SKILL, NOT_USED, SYNONYMS, Unsure, heading_key
from directory.models import ColumnAnswer

FIELDS = (*SYNONYMS, A_SKILL, NOT_USED)
"""What a column can be."""


def plain(name: str) -> str:
    """The name of a map without space and case."""
    return " ".join(name.split()).casefold()


def of_name(name: str) -> str:
    """The shape under which the map of this name is kept."""
    return f"map:{plain(name)}"


async def answers(session: AsyncSession, name: str | None = None) -> Callable[[str], Mapping[str, str]]:
    """The answers for a file's shape; with a name, those of that map for whatever file."""
    rows = await session.execute(
        select(col(ColumnAnswer.shape), col(ColumnAnswer.key), col(ColumnAnswer.field)).where(
            col(ColumnAnswer.field) != ""
        )
    )
    by_shape: dict[str, dict[str, str]] = {}
    for shape, key, field in rows:
        by_shape.setdefault(shape, {})[key] = field
    if name is not None:
        chosen = by_shape.get(of_name(name), {})
        return lambda _shape: chosen
    return lambda shape: by_shape.get(shape, {})


async def names(session: AsyncSession) -> list[str]:
    """The maps that were given a name."""
    found = (await session.execute(select(col(ColumnAnswer.shape)).distinct())).scalars()
    return sorted(shape.removeprefix("map:") for shape in found if shape.startswith("map:"))


async def save(session: AsyncSession, name: str, columns: Mapping[str, str], by: str, at: datetime) -> None:
    """Keep a map under a name, in place of an older one of that name. Inside the caller's write transaction."""
    await session.execute(delete(ColumnAnswer).where(col(ColumnAnswer.shape) == of_name(name)))
    for heading, field in columns.items():
        key = heading_key(heading)
        session.add(ColumnAnswer(shape=of_name(name), key=key, heading=heading, field=field, by=by, at=at))
    await session.flush()


async def asked(
    session: AsyncSession, shape: str, unsure: tuple[Unsure, ...], by: str, at: datetime
) -> list[ColumnAnswer]:
    """Questions about these columns, old ones taken up again. Inside the caller's write transaction."""
    known = select(ColumnAnswer).where(col(ColumnAnswer.shape) == shape)
    by_key = {one.key: one for one in (await session.execute(known)).scalars()}
    found = []
    for one in unsure:
        key = heading_key(one.heading)
        row = by_key.get(key)
        if row is None:
            row = ColumnAnswer(shape=shape, key=key, heading=one.heading, guess=one.guess, by=by, at=at)
            session.add(row)
        found.append(row)
    await session.flush()
    return found
