"""What the tests of storage share: tables, events, owners, and leases that lapse when they are told to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import inspect, select, update

from adapters.events import AccountRef, MessageReceived, MessageRef
from bot import migrations
from bot.inbox import InboxRow, RoomLease
from bot.leases import Owner
from bot.outbox import OutboxRow
from config.database import Base, Database

Row = TypeVar("Row", bound=Base)

ME = Owner("here", 1, "aaaa")
OTHER = Owner("there", 2, "bbbb")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)


async def make_tables(database: Database) -> None:
    """Every table of the product."""
    async with database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)


def message(event_id: str, room: str = "lobby", text: str = "hello", **more: Any) -> MessageReceived:
    """Somebody wrote something to the bot."""
    values: dict[str, Any] = {"addressed": True, "direct": False} | more
    ref = MessageRef("web", room, f"m-{event_id}")
    return MessageReceived(event_id, AT, AccountRef("web", "ama"), ref, text=text, **values)


async def let_lapse(database: Database) -> None:
    """Every lease and every wait is over, as if much time had passed."""
    async with database.writing() as session:
        await session.execute(update(RoomLease).values(until=LONG_AGO))
        await session.execute(update(OutboxRow).values(until=LONG_AGO, not_before=LONG_AGO))
        await session.execute(update(InboxRow).values(not_before=LONG_AGO))


async def rows(database: Database, kind: type[Row]) -> Sequence[Row]:
    """All rows of a table, by their key."""
    async with database.reading() as session:
        keys = inspect(kind).primary_key
        return (await session.execute(select(kind).order_by(*keys))).scalars().all()
