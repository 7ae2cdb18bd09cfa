"""Personal data went out: a record without the value, its clock of 72 hours, and what information governance decide."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.access import Role
from bot.announcements import reasons, store, times
from bot.announcements.holders import accounts, holders
from bot.announcements.tables import AnnouncementRow, IncidentRow, ToldRow
from bot.audit import Entry
from bot.desk import Commit, Desk, opened
from bot.services import Services
from bot.turn import Turn, plain, privately
from bot.wording import count, say

CLOCK = timedelta(hours=72)
"""How long there is to tell the regulator (UK GDPR Art. 33(1))."""

REMIND_AT = (timedelta(0), timedelta(hours=6), timedelta(hours=24))
"""Time left at which information governance are reminded, once each; the most pressing first."""

REPORT, NO_REPORT = "report", "no_report"
_DECISION = re.compile(r"(no\s+|not\s+|do not\s+)?report(?:ed)?\b[\s:,.]*", re.IGNORECASE)


async def open_for(turn: Turn, desk: Desk, stored: store.Stored, why: str) -> None:
    """Open an incident about an announcement, in the commit that learnt of it; one for each announcement."""
    number = stored.number
    await desk.session.get(AnnouncementRow, number, with_for_update=True)  # of two who say so, one is first
    known = (await desk.session.execute(_about(number))).scalar_one_or_none()
    if known is not None:
        await _add(turn, desk, known, why)
        return
    row = IncidentRow(announcement=number, opened=desk.now, deadline=desk.now + CLOCK, by=turn.person.id or 0)
    desk.session.add(row)
    await desk.session.flush()
    details: dict[str, str | int | None] = {"incident": row.id, "revision": stored.row.revision}
    note = {"who": turn.person.name} | ({"why": why} if why else {})
    desk.record(Entry("incident_opened", stored.subject, turn.person.key, details, note))
    lines = [
        say("incident.opened", incident=row.id, number=number, who=turn.person.name),
        *([say("incident.because", why=why)] if why else []),
        say("incident.clock", by=_by(turn.services, row)),
        say("incident.how", incident=row.id, number=number),
    ]
    await tell(desk, "\n".join(lines))
    turn.confide(desk, plain(say("incident.thanks", incident=row.id, number=number)))


async def _add(turn: Turn, desk: Desk, row: IncidentRow, why: str) -> None:
    """More words about an incident that is known: kept with it and passed on."""
    if why:
        note = {"who": turn.person.name, "why": why}
        subject = f"announcement:{row.announcement}"
        desk.record(Entry("incident_note", subject, turn.person.key, {"incident": row.id}, note))
        about = {"incident": row.id, "number": row.announcement}
        await tell(desk, say("incident.more", who=turn.person.name, why=why, **about))
    turn.confide(desk, plain(say("incident.there", number=row.announcement, incident=row.id)))


def _about(number: int) -> Select[IncidentRow]:
    return select(IncidentRow).where(col(IncidentRow.announcement) == number)


async def tell(desk: Desk, text: str) -> None:
    """Tell information governance: in their room, or each of them; without anybody, communications hear that."""
    services = desk.services
    if services.governance_room is not None:
        desk.letters.say(services.governance_room, plain(text))
        return
    people = await holders(desk.session, services, {Role.INFORMATION_GOVERNANCE})
    reached = [account for person in people for account in await accounts(desk.session, services, person)]
    for account in reached:
        desk.letters.tell(account, plain(text))
    if not reached:
        desk.letters.say(services.comms_room, plain(say("incident.nobody")))


async def listed(turn: Turn) -> Commit:
    """`incidents`: those that wait for a decision, with the time left."""
    async with turn.services.database.reading() as session:
        rows = await _open(session)
    lines = [_line(turn.services, row, turn.now) for row in rows]
    head = say("incident.head", count=count(len(rows), "incident", "incidents"))
    return privately(turn, "\n".join([head, *lines, say("incident.decide")]) if rows else say("incident.none"))


async def _open(session: AsyncSession) -> Sequence[IncidentRow]:
    query = select(IncidentRow).where(col(IncidentRow.decided).is_(None))
    return (await session.execute(query.order_by(col(IncidentRow.deadline), col(IncidentRow.id)))).scalars().all()


def _line(services: Services, row: IncidentRow, now: datetime) -> str:
    code = "incident.line" if row.deadline > now else "incident.line_over"
    left = _lasting(abs(row.deadline - now))
    return say(code, incident=row.id, number=row.announcement, left=left, by=_by(services, row))


def _by(services: Services, row: IncidentRow) -> str:
    return times.in_full(row.deadline, None, services.zone)


def _lasting(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    return count(minutes, "minute", "minutes") if minutes < 120 else count(minutes // 60, "hour", "hours")


async def decide(turn: Turn, incident: int, words: str) -> Commit:
    """`incident 3 report REASON` or `incident 3 no report REASON`: the decision, and why, either way."""
    said = _DECISION.match(words)
    if said is None:
        return privately(turn, say("incident.say_which", incident=incident))
    decision, why = (NO_REPORT if said.group(1) else REPORT), words[said.end() :].strip()
    refusal = reasons.refusal_of(turn, why) if why else say("incident.say_why", incident=incident)
    if refusal:
        return privately(turn, refusal)

    async def commit(desk: Desk) -> None:
        row = await desk.session.get(IncidentRow, incident, with_for_update=True)
        refused = _undecidable(row, incident, decision)
        if refused or row is None:
            turn.confide(desk, plain(refused))
            return
        row.decided, row.decided_by, row.decision = desk.now, turn.person.id, decision
        await _record(turn, desk, row, why)

    return commit


def _undecidable(row: IncidentRow | None, incident: int, decision: str) -> str:
    """Why this cannot be decided; empty when it can. What is not to be reported may be, once more is known."""
    if row is None:
        return say("incident.no_such", incident=incident)
    if row.decision is None or (row.decision, decision) == (NO_REPORT, REPORT):
        return ""
    return say(f"incident.already_{row.decision}", incident=incident)


async def _record(turn: Turn, desk: Desk, row: IncidentRow, why: str) -> None:
    """The decision as evidence, and told to those whom it concerns; its reason only to information governance."""
    details: dict[str, str | int | None] = {"incident": row.id, "decision": row.decision}
    note = {"who": turn.person.name, "why": why}
    desk.record(Entry("incident_decided", f"announcement:{row.announcement}", turn.person.key, details, note))
    about = {"incident": row.id, "number": row.announcement, "who": turn.person.name}
    text = say(f"incident.decided_{row.decision}", **about)
    await tell(desk, f"{text}\n{say('incident.because', why=why)}")
    if row.by != turn.person.id:
        for account in await accounts(desk.session, turn.services, row.by):
            desk.letters.tell(account, plain(text))
    turn.confide(desk, plain(say("incident.noted", incident=row.id)))


async def remind(services: Services) -> bool:
    """Remind information governance of what is still undecided; whether anything was said."""
    now = services.clock()
    async with services.database.reading() as session:
        due = [(row, _stage(row, now)) for row in await _open(session)]
        waiting = [(row, stage) for row, stage in due if stage and not await _told(session, row, stage)]
    for row, stage in waiting:
        async with opened(services, f"incident/{row.id}/{stage}") as desk:
            held = await desk.session.get(IncidentRow, row.id, with_for_update=True)
            if held is None or held.decided is not None:
                continue
            if await store.first_time(desk, _name(row), stage):
                how = say("incident.how", incident=row.id, number=row.announcement)
                await tell(desk, f"{_line(services, row, now)}\n{how}")
    return bool(waiting)


def _stage(row: IncidentRow, now: datetime) -> str:
    """Which reminder is due by now, as a topic; empty when none is."""
    left = next((time for time in REMIND_AT if row.deadline - now <= time), None)
    return "" if left is None else f"left/{round(left.total_seconds() / 3600)}"


def _name(row: IncidentRow) -> str:
    return f"incident:{row.id}"


async def _told(session: AsyncSession, row: IncidentRow, stage: str) -> bool:
    return await session.get(ToldRow, (_name(row), stage)) is not None
