"""What the duty officer released alone is owed a second look: shown, reminded of, and signed off by somebody else."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.announcements import store
from bot.announcements.tables import AnnouncementRow, ToldRow
from bot.audit import Entry, history
from bot.desk import Commit, Desk, opened
from bot.protocol.timing import SATURDAY
from bot.services import Services
from bot.turn import Turn, plain, privately
from bot.wording import say

REMIND_FROM = 9
"""The hour of a working day from which communications are reminded."""


async def owing(session: AsyncSession) -> list[int]:
    """The announcements that somebody else must still look at, oldest first."""
    query = select(col(AnnouncementRow.number)).where(col(AnnouncementRow.owes_review))
    found = (await session.execute(query.order_by(col(AnnouncementRow.number)))).scalars()
    return [number for number in found if number is not None]


async def lines(session: AsyncSession) -> list[str]:
    """A line for each, as the queue shows it."""
    return [say("later_review.line", number=number) for number in await owing(session)]


async def signed_off(turn: Turn, number: int) -> Commit:
    """`reviewed #n`: somebody who neither wrote nor released it has looked at what went out."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        rows = await history(session, stored.subject) if stored else []
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    if not stored.row.owes_review:
        return privately(turn, say("later_review.not_owed", number=number))
    released = {row.row.actor for row in rows if row.row.action == "break_glass_agreed"}
    if turn.services.keys.pseudonym(turn.person.key) in released or turn.person.id in stored.contributors:
        return privately(turn, say("later_review.other", number=number))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        row.owes_review, row.version = False, row.version + 1
        details: dict[str, str | int | None] = {"revision": row.revision}
        desk.record(Entry("reviewed", stored.subject, turn.person.key, details, {"who": turn.person.name}))
        done = plain(say("later_review.done", number=number, who=turn.person.name))
        desk.letters.say(turn.services.comms_room, done)
        if turn.event.ref.place != turn.services.comms_room:
            turn.answer(desk, done)

    return commit


async def remind(services: Services) -> bool:
    """Remind communications once on every working day; whether anything was said."""
    local = services.clock().astimezone(services.zone)
    if local.weekday() >= SATURDAY or local.hour < REMIND_FROM:
        return False
    async with services.database.reading() as session:
        waiting = [number for number in await owing(session) if not await _told(session, number, local)]
    for number in waiting:
        async with opened(services, f"later_review/{number}/{_day(local)}") as desk:
            if await store.first_time(desk, _name(number), _day(local)):
                desk.letters.say(services.comms_room, plain(say("later_review.owed", number=number)))
    return bool(waiting)


async def _told(session: AsyncSession, number: int, local: datetime) -> bool:
    return await session.get(ToldRow, (_name(number), _day(local))) is not None


def _day(local: datetime) -> str:
    return f"owes_review/{local:%Y-%m-%d}"


def _name(number: int) -> str:
    return f"announcement:{number}"
