"""Who recalls a third announcement within ten minutes needs somebody else: one account alone cannot empty the feed."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import Button, Content
from bot.access import TABLE, Action, RoleGrant
from bot.announcements import store
from bot.announcements.holders import holders
from bot.announcements.tables import AnnouncementRow
from bot.audit import AuditRow, Entry, history
from bot.desk import Desk
from bot.protocol.model import State, Trigger
from bot.turn import Turn, plain
from bot.wording import say

WITHIN = timedelta(minutes=10)
ALONE = 2
"""Recalls by one person `WITHIN` that time which need nobody else (PROTOCOL section 2)."""

RECALLED = (State.RECALLING, State.RECALLED, State.RECALL_PARTIAL)


async def needs_second(turn: Turn, desk: Desk, stored: store.Stored) -> bool:
    """Whether somebody else must agree to this recall first; that person is asked in the comms room.

    Called in the commit, before the announcement is locked: this person's recalls are counted one after another.
    """
    mine = select(RoleGrant).where(col(RoleGrant.person_id) == turn.person.id)
    await desk.session.execute(mine.with_for_update())
    if await recalled(desk, turn.person.key) < ALONE:
        return False
    await store.lock(desk.session, stored.number, stored.row.version)
    actor = turn.services.keys.pseudonym(turn.person.key)
    asked = [row.row for row in await history(desk.session, stored.subject) if row.row.action == "recall_asked"]
    eligible = await _eligible(desk.session, turn)
    if any(row.actor in eligible - {actor} for row in asked):
        return False
    if not any(row.actor == actor and row.at > desk.now - WITHIN for row in asked):
        _ask(turn, desk, stored, len(asked))
    turn.confide(desk, plain(say("incident.second.wait", number=stored.number)))
    return True


async def recalled(desk: Desk, person: str) -> int:
    """How many announcements a person has recalled within the last ten minutes."""
    since = desk.now - WITHIN
    # Whatever was recalled since then changed since then: this finds them by their state, not in all the evidence.
    touched = select(col(AnnouncementRow.number)).where(
        col(AnnouncementRow.state).in_([state.value for state in RECALLED]), col(AnnouncementRow.changed) > since
    )
    numbers = (await desk.session.execute(touched)).scalars().all()
    query = select(func.count()).where(
        col(AuditRow.subject).in_([f"announcement:{number}" for number in numbers]),
        col(AuditRow.action) == Trigger.RECALL.value,
        col(AuditRow.actor) == desk.services.keys.pseudonym(person),
        col(AuditRow.at) > since,
    )
    return int((await desk.session.execute(query)).scalar_one())


async def _eligible(session: AsyncSession, turn: Turn) -> frozenset[str]:
    """Everybody who may recall now, by the name that the evidence gives them."""
    people = await holders(session, turn.services, TABLE[Action.RECALL])
    return frozenset(turn.services.keys.pseudonym(f"person:{one}") for one in people)


def _ask(turn: Turn, desk: Desk, stored: store.Stored, before: int) -> None:
    number, services = stored.number, turn.services
    text = say("incident.second.ask", number=number, who=turn.person.name)
    button = Button("recall", say("incident.second.button", number=number), str(number))
    key = desk.letters.say(services.comms_room, Content(text, buttons=(button,)), key=f"second/{number}/{before}")
    desk.letters.react(services.comms_room, key, "✅")
    details: dict[str, str | int | None] = {"revision": stored.row.revision}
    desk.record(Entry("recall_asked", stored.subject, turn.person.key, details, {"who": turn.person.name}))
