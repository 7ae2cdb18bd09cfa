"""From approved to going out: what the clock changes, then the publish guard (observe, decide, commit)."""

import contextlib
import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import String, cast, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.errors import AdapterError
from bot import inbox
from bot.announcements import judging, links, looking, reconciling, standing, store
from bot.announcements.looking import Looked
from bot.announcements.permits import permit
from bot.announcements.tables import AnnouncementRow
from bot.desk import Desk, opened
from bot.leaks.findings import Severity
from bot.outbox import OutboxRow
from bot.protocol import timing
from bot.protocol.guard import Observation, Verdict, decide
from bot.protocol.model import State, Trigger
from bot.services import Moved, Services
from bot.turn import plain
from bot.wording import say
from config import logs

log = logs.get("announcements")

PUT_OFF = timedelta(minutes=1)
"""Wait before something is looked at again that could not be judged."""

AT_ONCE = 20
"""Announcements looked at in one sweep; the next one follows at once."""


async def sweep(services: Services) -> bool:
    """Move on what the clock changes, and decide about what is due. True when anything moved."""
    async with services.database.reading() as session:
        waiting = await store.due_now(session, services.clock(), AT_ONCE)
        unseen = await _unseen(session)
    moved = False
    for stored in unseen:
        with contextlib.suppress(Moved):  # edited or decided meanwhile; the next sweep looks again
            await _hold_unseen(services, stored)
            moved = True
    for row in waiting:
        try:
            moved |= await _advance(services, row)
        except Moved:
            log.info("moved", number=row.number)  # somebody was quicker; the next sweep sees the new state
        except Exception as error:  # one that cannot be judged must not keep the others from going out
            log.error("loop_failed", kind=f"sweep of #{row.number}", error=type(error).__name__)
            await _put_off(services, row)
    return moved


async def _put_off(services: Services, row: AnnouncementRow) -> None:
    """Look again in a minute: what fails each time neither fills the log nor stands before the others."""
    async with services.database.writing() as session:
        held = await session.get(AnnouncementRow, row.number, with_for_update=True)
        if held is not None and held.version == row.version:
            held.wake = services.clock() + PUT_OFF


_KEY = (
    literal("preview/") + cast(col(AnnouncementRow.number), String) + "/" + cast(col(AnnouncementRow.revision), String)
)
# Built once, as it is asked all the time; from the few in review to their letters, not from all that ever failed.
UNSEEN = (
    select(col(AnnouncementRow.number))
    .join(OutboxRow, col(OutboxRow.key).in_([_KEY, _KEY + "/comms"]))
    .where(col(AnnouncementRow.state) == State.IN_REVIEW.value, col(OutboxRow.state) == "failed")
    .distinct()
)
"""Announcements in review whose preview could not be posted: nobody can approve what nobody sees."""


async def _unseen(session: AsyncSession) -> list[store.Stored]:
    numbers = (await session.execute(UNSEEN)).scalars().all()
    found = [await store.load(session, number) for number in numbers if number is not None]
    return [stored for stored in found if stored is not None]


async def _hold_unseen(services: Services, stored: store.Stored) -> None:
    async with opened(services, f"unseen/{stored.number}/{stored.row.version}") as desk:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        store.move(desk, row, Trigger.HOLD, reason="not_shown")
        desk.letters.tell(store.author(stored), plain(say("release.not_shown", number=stored.number)))


async def _advance(services: Services, row: AnnouncementRow) -> bool:
    now = services.clock()
    facts = store.clock_facts(services, row)
    trigger = timing.ticked(facts, now, services.zone)
    if trigger is not None:
        async with opened(services, f"clock/{row.number}/{row.version}") as desk:
            await _tick(desk, await store.lock(desk.session, row.number or 0, row.version), trigger)
        return True
    if not timing.is_due(facts, now):
        return False
    return await guard(services, row.number or 0)


async def _tick(desk: Desk, row: AnnouncementRow, trigger: Trigger) -> None:
    """What the clock alone changes, and who is told."""
    number = row.number or 0
    if trigger is Trigger.GRACE_OVER and row.due is None:
        row.starts = row.wake  # what was to go out long ago, before an outage, does not start late by itself
    store.move(desk, row, trigger, reason="late" if trigger is Trigger.LATE else "")
    stored = await store.load(desk.session, number)
    if stored is None or trigger is Trigger.GRACE_OVER:
        return
    text = say("release.expired", number=number) if trigger is Trigger.EXPIRE else standing.plainly("late", number)
    await standing.tell(desk, stored, text)
    code = "release.expired_author" if trigger is Trigger.EXPIRE else "release.late"
    desk.letters.tell(store.author(stored), plain(say(code, number=number)))


async def guard(services: Services, number: int) -> bool:
    """Look at the live reactions and the previews, decide, and commit; whether anything was decided.

    Raises `Moved` when something changed since. While something is received and not yet handled nothing goes out:
    it may be somebody who takes an approval away.
    """
    async with services.database.reading() as session:
        stored = await store.load(session, number)
        refs = await standing.previews(session, stored) if stored else []
    if stored is None or stored.state is not State.SCHEDULED:
        return False
    looked = await looking.look(services, stored, refs)
    seen = await _observation(services, stored, looked)
    async with opened(services, f"guard/{number}/{stored.row.version}") as desk:
        row = await store.lock(desk.session, number, stored.row.version)
        # Roles end, and a pause begins, without changing the announcement: both are looked at once more.
        facts = looking.distrusting(await standing.facts(desk.session, services, stored), looked)
        looked = replace(looked, ballots=await looking.with_roles_now(desk.session, desk.now, looked.ballots))
        verdict = decide(facts, standing.needed(services, stored), replace(seen, ballots=looked.ballots), desk.now)
        if verdict.trigger is Trigger.PUBLISH and await inbox.is_unread(desk.session):
            return False
        # What was seen is what counts, so the evidence holds it: also an approval that nobody had told us of.
        await reconciling.keep(desk, stored, facts, looked)
        if verdict.trigger is not Trigger.PUBLISH:
            await _stop(desk, row, stored, verdict)
        elif not await permit(desk, row, stored, Trigger.PUBLISH):
            await _stop(desk, row, stored, Verdict(Trigger.CANNOT_VERIFY, "channels_changed"))
    return True


async def _observation(services: Services, stored: store.Stored, looked: Looked) -> Observation:
    """Everything the decision needs from outside, as it is now."""
    again = judging.judge(services, stored.revision.text, stored.pictures)
    approved = max((Severity(item).rank for item in stored.severities), default=-1)
    level = max((Severity(item["severity"]).rank for item in again.findings), default=-1)
    if again.rules == judging.BROKEN:
        level = Severity.CRITICAL.rank + 1
    try:
        equal = await links.still_lead(services, stored.revision.text, json.loads(stored.revision.links))
    except AdapterError:
        looked, equal = replace(looked, reachable=False), False
    return Observation(
        version=stored.row.version,
        reachable=looked.reachable,
        shown_equals=looked.equal,
        ballots=looked.ballots,
        level_now=level,
        level_approved=approved,
        links_equal=equal,
    )


async def _stop(desk: Desk, row: AnnouncementRow, stored: store.Stored, verdict: Verdict) -> None:
    """Do not publish; say why."""
    store.move(desk, row, verdict.trigger, reason=verdict.reason if verdict.trigger is not Trigger.WITHDRAW else "")
    text = say(f"release.{verdict.reason}", number=stored.number)
    held = State(row.state) is State.HELD
    await standing.tell(desk, stored, standing.plainly(verdict.reason, stored.number) if held else text)
    if held:
        desk.letters.tell(store.author(stored), plain(text))
