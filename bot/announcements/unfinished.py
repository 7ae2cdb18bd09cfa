"""What is out, or may be, and waits for a person: to look, to post by hand, to take down by hand."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.announcements import posters
from bot.announcements.tables import DeliveryRow
from bot.protocol.sending import DeliveryState as D
from bot.services import Services
from bot.wording import say

WAITS = {D.NEEDS_HUMAN.value, D.ASKED.value, D.REMAINS.value}


async def lines(session: AsyncSession, services: Services, most: int) -> list[str]:
    """A line for each, as the queue shows it, those of the oldest announcements first; beyond `most` a count."""
    waits = col(DeliveryRow.state).in_(WAITS)
    ordered = select(DeliveryRow).where(waits).order_by(col(DeliveryRow.announcement), col(DeliveryRow.id))
    rows = (await session.execute(ordered.limit(most))).scalars().all()
    told = [await _line(session, services, row) for row in rows]
    if len(rows) == most:
        beyond = await session.scalar(select(func.count()).where(waits)) or 0
        told += [say("queue.more", count=beyond - most)] if beyond > most else []
    return told


async def _line(session: AsyncSession, services: Services, row: DeliveryRow) -> str:
    number, channel = row.announcement, posters.label(row)
    if row.state == D.NEEDS_HUMAN.value:
        return say("queue.needs_human", number=number, channel=channel)
    if posters.poster(services, row.channel):
        who = await posters.name(session, services, row.channel)
        code = "queue.to_post" if row.state == D.ASKED.value else "queue.to_remove"
        return say(code, number=number, channel=channel, who=who)
    return say("queue.remains", number=number, channel=channel)
