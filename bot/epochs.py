"""The lives of a database: a backup put back, or a move to another place, begins a new one.

In a new life nothing of an earlier one goes out by itself. Its name goes into every key that is made in it, because
numbers are given again that the platforms and channels may know from what happened after the backup.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from bot.wording import say
from config.database import Base, Database, DatabaseUnavailable

RESTORED, MOVED_AWAY, ARRIVING = "restored", "moved_away", "arriving"
"""Why a life began. After `MOVED_AWAY` there is none: the bot works with another database now. `ARRIVING` stands only
while a database is moved here: the other one may still be at work."""

HUNDRED = 100
"""At least so many numbers are left out: a new life gives none that its earlier one may have given after the backup."""


class EpochRow(Base, table=True):
    """One life. `name` goes into every key made in it; `first` is the first number given to an announcement in it."""

    __tablename__ = "epoch"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    begun: datetime
    reason: str
    first: int = 1


@dataclass(frozen=True, slots=True)
class Epoch:
    """The life that a database is in. The first has no name and no beginning that matters."""

    name: str = ""
    begun: datetime | None = None
    reason: str = ""
    first: int = 1


FIRST = Epoch()
LATEST = select(EpochRow).order_by(col(EpochRow.id).desc()).limit(1)
AT = LATEST.where(col(EpochRow.begun) <= bindparam("moment"), col(EpochRow.reason) == RESTORED)
# A life ends only by a restart with another database, so a process asks once for each that it has open.
_KNOWN: "WeakKeyDictionary[Database, Epoch]" = WeakKeyDictionary()


async def current(session: AsyncSession) -> Epoch:
    """The life that the database is in."""
    return _epoch((await session.execute(LATEST)).scalar_one_or_none())


async def known(database: Database) -> Epoch:
    """The same, asked once for each open database."""
    if database not in _KNOWN:
        async with database.reading() as session:
            _KNOWN[database] = await current(session)
    return _KNOWN[database]


async def made_in(session: AsyncSession, moment: datetime) -> Epoch:
    """The life in which something was made at a moment."""
    return _epoch((await session.execute(AT, {"moment": moment})).scalar_one_or_none())


def _epoch(row: EpochRow | None) -> Epoch:
    return Epoch(row.name, row.begun, row.reason, row.first) if row else FIRST


async def refuse_if_moved(database: Database) -> None:
    """Raise `DatabaseUnavailable` when the bot works with another database now, or its move here is not at its end."""
    reason = (await known(database)).reason
    if reason in {MOVED_AWAY, ARRIVING}:
        place = database.path or database.url.render_as_string(hide_password=True)
        raise DatabaseUnavailable(say(f"epochs.{reason}", place=place))


async def begin(session: AsyncSession, reason: str, now: datetime, above: int = 0) -> Epoch:
    """Begin a new life; `above` is the highest number known to have been given elsewhere.

    Its first number follows the next round hundred by a hundred: 13 was the highest, the next is 201.
    """
    before = await current(session)
    highest = max(await _highest(session), above, before.first - 1)
    row = EpochRow(name=secrets.token_hex(4), begun=now, reason=reason, first=first_after(highest))
    session.add(row)
    if session.get_bind().dialect.name == "postgresql":
        number = select(func.setval(func.pg_get_serial_sequence("announcement", "number"), row.first, False))
        await session.execute(number)
    return _epoch(row)


def first_after(highest: int) -> int:
    """The first number of a new life: a hundred to two hundred are left out, for what was given since the backup."""
    return (-(-highest // HUNDRED) + 1) * HUNDRED + 1


async def _highest(session: AsyncSession) -> int:
    number = Base.metadata.tables["announcement"].c.number
    return (await session.execute(select(func.max(number)))).scalar_one() or 0


async def next_number(session: AsyncSession) -> int | None:
    """The number that the next announcement must be given, or None when the database counts on by itself."""
    life = await current(session)
    if life.first == 1 or session.get_bind().dialect.name == "postgresql":  # whose sequence was moved on
        return None
    return life.first if await _highest(session) < life.first else None


def is_before(moment: datetime, life: Epoch) -> bool:
    """Whether something happened before this life began: it may have been answered in the earlier one."""
    return life.begun is not None and moment < life.begun


def in_life(life: Epoch, key: str) -> str:
    """A key as a platform or channel is given it: in the first life as it is."""
    return f"{life.name}/{key}" if life.name else key


def delivery_name(epoch: str, number: int, revision: int, channel: str, part: int) -> str:
    """What the key of a delivery is made of; `epoch` is the life in which its words were first written."""
    return in_life(Epoch(epoch), f"{number}/{revision}/{channel}/{part}")


def is_earlier(written_in: str, life: Epoch) -> bool:
    """Whether words are from an earlier life: they may be out, so their delivery is looked up before it is sent."""
    return written_in != life.name
