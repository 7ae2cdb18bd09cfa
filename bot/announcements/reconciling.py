"""After an outage, and every few minutes: look at every open preview and *replace* what is known of its reactions.

Events get lost while the bot is away, and platforms lose some by themselves (PROTOCOL section 9).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import col

from bot import inbox
from bot.announcements import looking, standing, store
from bot.announcements.looking import Looked
from bot.announcements.standing import Act
from bot.announcements.tables import AnnouncementRow, VoteRow
from bot.audit import Entry
from bot.desk import Desk, opened
from bot.protocol import review
from bot.protocol.model import Ballot, Facts, Source, State, Vote
from bot.services import Moved, Services, account_ref
from bot.wording import listed
from config import logs
from directory import people as staff

log = logs.get("announcements")

EVERY = timedelta(minutes=5)
"""Between two looks at all open previews."""

BREATH, PATIENCE = 5.0, 4
"""Seconds between looks at whether events are still to be handled, and how many such looks."""

AGAIN = 5
"""How often one announcement is looked at in a sweep when it changes in between."""

LOOKED_AT = timedelta(days=7)
"""How long after it was stopped something is still looked at, in case the objection was taken away."""


async def sweep(services: Services) -> int:
    """Look at every open preview; how many turned out different from what was known."""
    changed = 0
    for number in await _open(services):
        try:
            changed += await _look_again(services, number)
        except Exception as error:  # one that cannot be looked at must not keep the others from it
            log.error("loop_failed", kind=f"reconciling #{number}", error=type(error).__name__)
    return changed


async def _look_again(services: Services, number: int) -> bool:
    """Look at one announcement, and once more whenever it changed meanwhile; whether anything was different."""
    for attempt in range(AGAIN):
        try:
            return await one(services, number)
        except Moved:
            log.info("moved", number=number, attempt=attempt)
    return False


async def _open(services: Services) -> Sequence[int]:
    waiting = [State.IN_REVIEW.value, State.APPROVED.value, State.SCHEDULED.value]
    stopped = [State.REJECTED.value, State.CHANGES_REQUESTED.value]
    recent = col(AnnouncementRow.changed) > services.clock() - LOOKED_AT
    held = col(AnnouncementRow.state) == State.HELD.value
    asked = col(AnnouncementRow.state).in_(stopped) & (col(AnnouncementRow.reason) == review.ASKED)
    query = select(col(AnnouncementRow.number)).where(
        or_(col(AnnouncementRow.state).in_(waiting), recent & or_(held, asked))
    )
    async with services.database.reading() as session:
        found = (await session.execute(query.order_by(col(AnnouncementRow.number)))).scalars()
        return [number for number in found if number is not None]


async def one(services: Services, number: int) -> bool:
    """Replace what is known of one announcement's reactions; whether anything was different. Raises `Moved`."""
    async with services.database.reading() as session:
        stored = await store.load(session, number)
        refs = await standing.previews(session, stored) if stored else []
        facts = await standing.facts(session, services, stored) if stored else None
    if stored is None or facts is None or not refs:
        return False
    looked = await looking.look(services, stored, refs)
    # A role that ended by itself changes no reaction: whoever is responsible hears of it now, not when it is due.
    follows = looked.reachable and review.after_act(facts, standing.needed(services, stored), services.clock())
    if not (follows or _differs(facts, looked)):
        return False
    async with opened(services, f"reconciled/{number}/{stored.row.version}") as desk:
        row = await store.lock(desk.session, number, stored.row.version)
        seen = await keep(desk, stored, facts, looked)
        await standing.settle(desk, row, Act(name=seen.who), quiet=not seen.approved)
    return True


def _differs(facts: Facts, looked: Looked) -> bool:
    """Whether the reactions that were seen are not those that are known; unreachable: nobody can tell."""
    after = review.reconcile(facts, looked.ballots).ballots
    return looked.reachable and _reactions(after) != _reactions(facts.ballots)


def _reactions(ballots: Sequence[Ballot]) -> set[tuple[str, str]]:
    """Who stands how, by reaction."""
    standing_now = (one for one in ballots if one.source is Source.REACTION and (one.void or not one.withdrawn))
    return {(one.account, one.vote.value) for one in standing_now}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look alone has shown: `who` reacted, all to the same effect; nobody is named where that is not clear."""

    who: str = ""
    approved: bool = False


async def keep(desk: Desk, stored: store.Stored, facts: Facts, looked: Looked) -> Seen:
    """Write down what was seen to differ: reactions that are gone, so that giving one again counts, and those that
    nobody told us of; one row of evidence.
    """
    if not _differs(facts, looked):
        return Seen()
    after = review.reconcile(facts, looked.ballots).ballots
    live = _reactions(after)
    known = [vote for vote in stored.votes if vote.source == Source.REACTION.value]
    gone = [vote for vote in known if (vote.account, vote.kind) not in live]
    counted = {(vote.account, vote.kind) for vote in known if vote.withdrawn is None or vote.void}
    for vote in gone:
        await standing.withdraw(desk, stored.number, vote, Act())
        row = await desk.session.get(VoteRow, vote.id)
        if row is not None:
            row.void = False
    new = [one for one in after if one.source is Source.REACTION and (one.account, one.vote.value) in live - counted]
    givers = [await _given(desk, stored, _row(stored, ballot, looked, desk.now)) for ballot in new]
    changed = len(new) + sum(vote.withdrawn is None for vote in gone)
    desk.record(Entry("reconciled", stored.subject, "", {"revision": stored.row.revision, "changed": changed}))
    votes = {one.vote for one in new}
    if gone or len(votes) != 1 or not all(givers):
        return Seen(approved=Vote.APPROVE in votes)
    return Seen(listed(sorted(set(givers))), Vote.APPROVE in votes)


async def _given(desk: Desk, stored: store.Stored, vote: VoteRow) -> str:
    """Keep a vote that only the look has shown; the name of whoever gave it."""
    today = desk.now.astimezone(desk.services.zone).date()
    giver = await staff.by_id(desk.session, vote.person, today)
    name = giver.name if giver else ""
    await standing.note(desk, stored, vote, name)
    if vote.kind == Vote.APPROVE.value:  # whoever did not approve must find out, however it came to be known
        await standing.receipt(desk, stored, vote.person, account_ref(vote.account))
    return name


def _row(stored: store.Stored, ballot: Ballot, looked: Looked, now: datetime) -> VoteRow:
    return VoteRow(
        announcement=stored.number,
        revision=stored.row.revision,
        person=int(ballot.voter.person.removeprefix("person:")),
        kind=ballot.vote.value,
        source=ballot.source.value,
        account=ballot.account,
        digest=ballot.digest,
        message=(looked.messages or {}).get((ballot.account, ballot.vote.value), ""),
        received=now,
        reasoned=ballot.reasoned,
    )


async def _let_events_come(services: Services) -> None:
    """Wait for what a platform kept for us while we were away: an event says more than a look does."""
    for _ in range(PATIENCE):
        await asyncio.sleep(BREATH)
        async with services.database.reading() as session:
            if not await inbox.is_unread(session):
                return


class Reconciler:
    """When to look: at the start, whenever a platform is connected again, and every `EVERY`."""

    def __init__(self) -> None:
        """A look is due at once."""
        self._due = asyncio.Event()
        self._due.set()

    def ask(self) -> None:
        """Look soon: a connection stands again, and events may be lost."""
        self._due.set()

    async def run(self, services: Services) -> None:
        """Look again and again until cancelled."""
        while True:
            self._due.clear()
            try:
                await _let_events_come(services)
                await sweep(services)
            except Exception as error:  # the edge of a background loop: the next look comes anyway
                log.error("loop_failed", kind="reconciling", error=type(error).__name__)
            try:
                async with asyncio.timeout(EVERY.total_seconds()):  # `wait_for` may swallow a cancellation
                    await self._due.wait()
            except TimeoutError:
                continue
