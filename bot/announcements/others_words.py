"""Whose words somebody sends for approval, when they are not their own: whoever wrote them approves them no more."""

from adapters.events import CommandInvoked
from bot.announcements.tables import AnnouncementRow, ContributorRow
from bot.audit import Entry
from bot.desk import Desk
from bot.identity import Person, identify, observe
from bot.turn import Turn


async def writer(turn: Turn) -> Person | None:
    """Who wrote the message that a shortcut was used on, if that is another colleague. Raises `AdapterError`."""
    account = turn.event.writer if isinstance(turn.event, CommandInvoked) else None
    if account is None or account == turn.person.account:
        return None
    profile = await observe(turn.services, account)
    async with turn.services.database.reading() as session:
        found = await identify(session, turn.services, account, profile)
    return None if found.id in (None, turn.person.id) else found


def note(desk: Desk, row: AnnouncementRow, person: Person) -> None:
    """Write down that this person wrote part of it."""
    number = row.number or 0
    desk.session.add(ContributorRow(announcement=number, person=person.id or 0, since_revision=row.revision))
    desk.record(Entry("contributed", f"announcement:{number}", person.key, {}, {"who": person.name}))
