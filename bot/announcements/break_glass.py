"""Released by people at the server while chat cannot be reached: nothing else about the rules is softer.

Only what was approved and then held because its approval could not be looked at. Two people who may approve agree to
the exact bytes; or the duty officer alone, and another person looks at it later (PROTOCOL section 4).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.errors import Unavailable
from adapters.events import AccountRef
from bot.access import roles_of
from bot.announcements import judging, links, preview, reasons, standing, store, times
from bot.announcements.permits import permit
from bot.announcements.tables import VoteRow
from bot.audit import Entry
from bot.desk import Desk, opened
from bot.identity import RECORD
from bot.leaks.findings import Severity
from bot.protocol import review, timing
from bot.protocol.model import APPROVERS, Ballot, Facts, Role, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import NOBODY, Requirement, counting, missing
from bot.services import Moved, Services, account_ref
from bot.turn import plain
from bot.wording import listed, say
from directory import people as staff
from directory.models import PersonRecord

TYPED = 8
"""Characters of the fingerprint that each person types: enough to show that it was looked at."""

ENOUGH = 2
"""People at the server, however few approvals the announcement needs."""

MAY = APPROVERS | {Role.DUTY_OFFICER}


class NotReleased(Exception):
    """It cannot be released so; the text is one line that says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Releaser:
    """Somebody named at the server."""

    account: AccountRef
    id: int
    name: str
    roles: frozenset[Role]

    @property
    def key(self) -> str:
        """The stable id that the protocol and the evidence use."""
        return f"person:{self.id}"


@dataclass(frozen=True, slots=True)
class Case:
    """What would be released, by whom and why. `owed`: the duty officer alone, so another must look at it later."""

    stored: store.Stored
    people: tuple[Releaser, ...]
    reason: str
    owed: bool

    @property
    def digest(self) -> str:
        """What the people agree to: the hash of every byte that goes out, and of its time."""
        return self.stored.revision.digest


async def look(services: Services, number: int, accounts: Sequence[str], reason: str) -> Case:
    """Everything that must hold. Raises `NotReleased`."""
    async with services.database.reading() as session:
        stored = await store.load(session, number)
        if stored is None:
            raise NotReleased(say("refuse.no_such", number=number))
        facts = await standing.facts(session, services, stored)
        _must_be_held(services, stored, facts)
        named = [await _named(session, services, stored, account) for account in accounts]
    if len({one.id for one in named}) < len(named):
        raise NotReleased(say("break_glass.twice"))
    if not reason.strip() or len(reason) > reasons.LONGEST or reasons.holds_finding(services, reason):
        raise NotReleased(say("break_glass.reason", longest=f"{reasons.LONGEST:,}"))
    await _must_be_clean(services, stored)
    needed = standing.needed(services, stored)
    if review.sought(facts, needed) in {State.REJECTED, State.HELD, State.CHANGES_REQUESTED}:
        raise NotReleased(say("break_glass.objection", number=number))
    return Case(stored, tuple(named), reason.strip(), _is_owed(facts, needed, named))


def _must_be_held(services: Services, stored: store.Stored, facts: Facts) -> None:
    number, row = stored.number, stored.row
    if stored.state is not State.HELD:
        raise NotReleased(say("break_glass.not_held", number=number, state=say(f"state.{row.state}")))
    if row.reason != "unreachable":
        raise NotReleased(say("break_glass.other_hold", number=number, why=say(f"why.reason.{row.reason}")))
    if facts.paused:
        raise NotReleased(say("break_glass.paused", number=number))
    start = timing.begins(facts)
    if start is not None and start > services.clock():
        raise NotReleased(say("break_glass.too_early", number=number, when=times.in_full(start, None, services.zone)))


async def _named(session: AsyncSession, services: Services, stored: store.Stored, text: str) -> Releaser:
    account, now = account_ref(text), services.clock()
    today = now.astimezone(services.zone).date()
    values = {"platform": account.platform, "account": account.id, "today": today}
    found = (await session.execute(RECORD, values)).first()
    if found is None:
        raise NotReleased(say("break_glass.nobody", account=text))
    record: PersonRecord = found[0]
    suspended: datetime | None = found[1]
    if suspended is not None:
        raise NotReleased(say("break_glass.suspended", who=record.name))
    roles = await roles_of(session, record.person_id, now)
    if not roles & MAY:
        raise NotReleased(say("break_glass.no_role", who=record.name))
    if record.person_id in stored.contributors:
        raise NotReleased(say("break_glass.own", who=record.name, number=stored.number))
    return Releaser(account, record.person_id, record.name, roles)


async def _must_be_clean(services: Services, stored: store.Stored) -> None:
    """Today's check finds nothing graver than what was approved, and every address leads where it led."""
    number = stored.number
    again = judging.judge(services, stored.revision.text, stored.pictures)
    if again.rules == judging.BROKEN:
        raise NotReleased(say("break_glass.not_scanned", number=number))
    found = max((Severity(item["severity"]).rank for item in again.findings), default=-1)
    if found > max((Severity(item).rank for item in stored.severities), default=-1):
        raise NotReleased(say("break_glass.new_finding", number=number))
    try:
        equal = await links.still_lead(services, stored.revision.text, json.loads(stored.revision.links))
    except Unavailable:
        equal = True  # with the network in trouble nothing can be followed, and two people have read every address
    if not equal:
        raise NotReleased(say("break_glass.link_changed", number=number))


def _is_owed(facts: Facts, needed: Requirement, named: Sequence[Releaser]) -> bool:
    """Whether these people are too few for the rule, but one is the duty officer. Raises `NotReleased` if neither."""
    open_slots = missing(needed, counting(replace(facts, ballots=_ballots(facts.digest, needed, named)), needed))
    if not open_slots and len(named) >= ENOUGH:
        return False
    # What holds a grave finding goes out only with information governance among those who release it (I10).
    if any(Role.DUTY_OFFICER in one.roles for one in named) and not needed.reasons and NOBODY not in needed.slots:
        return True
    needs = preview.needs_line(open_slots) or say("break_glass.one_more")
    raise NotReleased(say("break_glass.too_few", number=facts.number, needs=needs))


def _ballots(digest: str, needed: Requirement, named: Sequence[Releaser]) -> tuple[Ballot, ...]:
    kinds = [Vote.APPROVE, Vote.ACKNOWLEDGE] if needed.reasons else [Vote.APPROVE]
    return tuple(
        Ballot(Voter(one.key, one.roles), kind, digest, Source.TYPED, str(one.account), reasoned=True)
        for one in named
        if one.roles & APPROVERS
        for kind in kinds
    )


async def approvals(services: Services, stored: store.Stored) -> list[str]:
    """Who had approved it, as far as we were told before chat went away; each with the time."""
    given = {vote.person: vote for vote in stored.votes if vote.kind == Vote.APPROVE.value and vote.withdrawn is None}
    today = services.clock().astimezone(services.zone).date()
    async with services.database.reading() as session:
        found = [(await staff.by_id(session, vote.person, today), vote) for vote in given.values()]
    return [
        say("why.approver", who=who.name if who else say("why.unknown"), at=when(services, vote.received))
        for who, vote in found
    ]


def when(services: Services, moment: datetime) -> str:
    """A time as people of the organisation write it, in their zone."""
    return times.to_the_second(moment.astimezone(services.zone))


async def release(services: Services, case: Case, operator: str) -> None:
    """Let it out. Raises `NotReleased` when anything changed since it was looked at."""
    number = case.stored.number
    again = await look(services, number, [str(one.account) for one in case.people], case.reason)
    if (again.stored.row.version, again.digest, again.owed) != (case.stored.row.version, case.digest, case.owed):
        raise NotReleased(say("break_glass.changed", number=number))
    try:
        async with opened(services, f"break_glass/{number}/{case.stored.row.version}") as desk:
            row = await store.lock(desk.session, number, case.stored.row.version)
            row.starts, row.owes_review = desk.now, case.owed
            await _note(desk, again, operator)
            if await store.is_paused(desk.session) or not await permit(desk, row, again.stored, Trigger.BREAK_GLASS):
                raise NotReleased(say("break_glass.changed", number=number))
            await _tell(desk, again)
    except Moved:
        raise NotReleased(say("break_glass.changed", number=number)) from None


async def _note(desk: Desk, case: Case, operator: str) -> None:
    """The votes and the evidence: each person by name, with the reason and who sat at the keyboard."""
    stored = case.stored
    needed = standing.needed(desk.services, stored)
    people = {one.key: one for one in case.people}
    for ballot in _ballots(case.digest, needed, case.people):
        await standing.note(desk, stored, _vote(desk, case, ballot), people[ballot.voter.person].name)
    for one in case.people:
        details: dict[str, str | int | None] = {
            "revision": stored.row.revision,
            "digest": case.digest[:16],
            "owed": int(case.owed),
        }
        note = {"who": one.name, "why": case.reason, "operator": operator}
        desk.record(Entry("break_glass_agreed", stored.subject, one.key, details, note))


def _vote(desk: Desk, case: Case, ballot: Ballot) -> VoteRow:
    return VoteRow(
        announcement=case.stored.number,
        revision=case.stored.row.revision,
        person=int(ballot.voter.person.removeprefix("person:")),
        kind=ballot.vote.value,
        source=ballot.source.value,
        account=ballot.account,
        digest=ballot.digest,
        message="",
        received=desk.now,
        reasoned=ballot.vote is Vote.ACKNOWLEDGE,
    )


async def _tell(desk: Desk, case: Case) -> None:
    """Letters that wait until chat is back: to communications, the author, and each person named."""
    number, services = case.stored.number, desk.services
    who = listed([one.name for one in case.people])
    told = say("break_glass.told", number=number, who=who, why=case.reason)
    owed = say("later_review.owed", number=number) if case.owed else ""
    desk.letters.say(services.comms_room, plain("\n".join(line for line in (told, owed) if line)))
    desk.letters.tell(store.author(case.stored), plain(say("break_glass.told_author", number=number, who=who)))
    for one in case.people:
        # On every account of theirs: whoever was named without knowing finds out.
        for platform, account in await staff.accounts_of(desk.session, one.id):
            if platform in {one.account.platform, services.comms_room.platform}:
                text = say("break_glass.receipt", number=number, revision=case.stored.row.revision)
                desk.letters.tell(AccountRef(platform, account), plain(text))
