"""Who posts to the channels that no machine posts to, as the settings name them."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import AccountRef
from bot.access import Suspension
from bot.announcements.tables import DeliveryRow
from bot.identity import RECORD
from bot.services import Services, account_ref
from bot.wording import say
from directory.models import PersonRecord

ACTIVE = RECORD.where(col(Suspension.at).is_(None))
"""The current record of whoever holds an account and is not suspended."""


def poster(services: Services, channel: str) -> AccountRef | None:
    """The account of whoever posts to a channel by hand; None when a machine does, or nobody is named any more."""
    named = services.settings.by_hand.channels.get(channel)
    return account_ref(named) if named else None


async def person(session: AsyncSession, services: Services, account: AccountRef | None) -> PersonRecord | None:
    """The record of whoever holds the account now; None when that person has left, is suspended or is not known."""
    if account is None:
        return None
    today = services.clock().astimezone(services.zone).date()
    values = {"platform": account.platform, "account": account.id, "today": today}
    row = (await session.execute(ACTIVE, values)).first()
    return None if row is None else row[0]


async def name(session: AsyncSession, services: Services, channel: str) -> str:
    """The name of whoever posts to a channel by hand."""
    account = poster(services, channel)
    record = await person(session, services, account)
    return record.name if record else str(account or say("why.unknown"))


def label(row: DeliveryRow) -> str:
    """The channel, and which part of a thread, as people read it."""
    return say("sending.part", channel=row.channel, part=row.part + 1) if row.part else row.channel
