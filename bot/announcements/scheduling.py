"""When things go out: giving a time, holding everything, taking up again what is on hold, and what waits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.access import Action, may
from bot.announcements import drafting, judging, later_review, review, standing, store, times, unfinished
from bot.announcements.drafting import give_time, keep_time, written_anew
from bot.announcements.standing import act_of
from bot.announcements.tables import AnnouncementRow, PauseRow, VoteRow
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.protocol import review as votes
from bot.protocol import timing
from bot.protocol.model import State, Trigger, Vote
from bot.protocol.schedule import NotATime, understand
from bot.protocol.table import BEFORE_PUBLISHING
from bot.services import Services
from bot.turn import Turn, plain, privately
from bot.wording import count, say


async def schedule(turn: Turn, number: int, words: str) -> Commit:
    """`schedule #n Friday 9am`, or `now`: another time is another revision, because people approve a time as well."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = drafting.edit_refusal(turn, stored, number)
    if refusal or stored is None:
        return privately(turn, refusal)
    if stored.revision.stopped:
        # Its author has not agreed to the redaction, and where the check broke there are no words at all.
        return privately(turn, say("guarding.no_words", number=number))
    if not words:
        return privately(turn, say("schedule.when", number=number))
    try:
        asked = None if words.casefold() == "now" else understand(words, turn.now, turn.services.zone)
    except NotATime as fault:
        return privately(turn, times.refusal(fault))

    def given(row: AnnouncementRow, _now: datetime) -> None:
        give_time(row, asked)

    judged = judging.judge(turn.services, stored.revision.text, stored.pictures)
    return await drafting.revise(turn, stored, judged, given, contributes=False)


async def pause(turn: Turn) -> Commit:
    """`pause`: nothing goes out until somebody resumes; what was scheduled is put on hold."""

    async def commit(desk: Desk) -> None:
        if await store.is_paused(desk.session):
            turn.confide(desk, plain(say("pause.already")))
            return
        desk.session.add(PauseRow(at=desk.now, by=turn.person.key))
        held = 0
        for row in await _rows(desk, State.SCHEDULED):
            store.move(desk, row, Trigger.PAUSE, by=turn.person.key, reason="paused", note=turn.person.name)
            held += 1
        desk.record(Entry("paused", "announcements", turn.person.key, {"held": held}, {"who": turn.person.name}))
        text = say("pause.done", who=turn.person.name, held=count(held, "announcement", "announcements"))
        desk.letters.say(turn.services.comms_room, plain(text))
        if turn.event.ref.place != turn.services.comms_room:
            turn.answer(desk, plain(text))

    return commit


async def _rows(desk: Desk, state: State, reason: str | None = None) -> Sequence[AnnouncementRow]:
    """Announcements in a state, held for this commit, those that are due first coming first."""
    query = select(AnnouncementRow).where(col(AnnouncementRow.state) == state.value)
    if reason is not None:
        query = query.where(col(AnnouncementRow.reason) == reason)
    ordered = query.order_by(col(AnnouncementRow.due).asc().nulls_first(), col(AnnouncementRow.number))
    return (await desk.session.execute(ordered.with_for_update())).scalars().all()


async def resume_all(turn: Turn) -> Commit:
    """`resume`: the pause is over; what it held is taken up again, spaced out, so that nothing bursts."""

    async def commit(desk: Desk) -> None:
        standing_pause = await desk.session.get(PauseRow, 1)
        rows = await _rows(desk, State.HELD, "paused")
        if standing_pause is None and not rows:
            turn.confide(desk, plain(say("pause.not_paused")))
            return
        if standing_pause is not None:
            await desk.session.delete(standing_pause)
            await desk.session.flush()
        starts = timing.spaced([row.due for row in rows], desk.now)
        resumed = [await _take_up(turn, desk, row, start) for row, start in zip(rows, starts, strict=True)]
        details: dict[str, str | int | None] = {"released": sum(resumed), "held": len(rows) - sum(resumed)}
        desk.record(Entry("resumed", "announcements", turn.person.key, details, {"who": turn.person.name}))
        minutes = round(timing.SPACING.total_seconds() / 60)
        number = count(sum(resumed), "announcement", "announcements")
        text = say("pause.over", who=turn.person.name, resumed=number, minutes=minutes)
        desk.letters.say(turn.services.comms_room, plain(text))
        if turn.event.ref.place != turn.services.comms_room:
            turn.answer(desk, plain(text))

    return commit


async def _take_up(turn: Turn, desk: Desk, row: AnnouncementRow, start: datetime | None) -> bool:
    """Take one up as its votes stand; whether it is on its way again."""
    stored = await store.load(desk.session, row.number or 0)
    if stored is None:
        return False
    facts = await standing.facts(desk.session, turn.services, stored)
    trigger = votes.resumption(facts, standing.needed(turn.services, stored))
    if trigger is None:
        return False
    row.starts = start or (row.starts if row.starts and row.starts > desk.now else None)
    store.move(desk, row, trigger, by=turn.person.key, note=turn.person.name)
    return True


async def resume(turn: Turn, number: int) -> Commit:
    """`resume #n`: take up again what is on hold: as it was approved where nothing of it is in doubt, else anew."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        facts = await standing.facts(session, turn.services, stored) if stored else None
    if stored is None or facts is None:
        return privately(turn, say("refuse.no_such", number=number))
    if stored.state is not State.HELD:
        return privately(turn, say("resume.not_held", number=number, state=say(f"state.{stored.state.value}")))
    if facts.paused:
        return privately(turn, say("resume.paused", number=number))
    trigger = votes.resumption(facts, standing.needed(turn.services, stored))
    if trigger is None:
        return await _anew(turn, stored)

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        due = timing.begins(facts)
        row.starts = desk.now if due is None or due <= desk.now else row.starts
        store.move(desk, row, trigger, by=turn.person.key, note=turn.person.name)
        again = await store.load(desk.session, number)
        if again is None:
            return
        code = "resume.released" if trigger is Trigger.RELEASE else "resume.waits"
        at = timing.begins(store.clock_facts(turn.services, row))
        when = times.in_full(at, None, turn.services.zone) if at and at > desk.now else say("resume.at_once")
        await _tell(turn, desk, again, say(code, number=number, who=turn.person.name, when=when))

    return commit


async def _anew(turn: Turn, stored: store.Stored) -> Commit:
    """The same words, scanned, shown and approved anew, so that nothing from before counts."""
    number = stored.number
    judged = judging.judge(turn.services, stored.revision.text, stored.pictures)
    written = await written_anew(turn, stored, judged, stored.source, contributes=False)

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        if judged.stopped:
            await store.forget_words(desk.session, stored, judged.text, judged.pictures)
        await review.replace_preview(desk, stored)
        store.move(desk, row, Trigger.RESUME, by=turn.person.key, note=turn.person.name)
        row.revision += 1
        keep_time(row, desk.now)
        store.move(desk, row, Trigger.EDIT)
        if review.settle(turn, desk, row, written):
            turn.answer(desk, plain(say("resume.done", number=number, revision=row.revision, who=turn.person.name)))

    return commit


async def renew(turn: Turn, number: int) -> Commit:
    """`renew #n`: what nobody approved in time waits again, under the same preview while its scan says the same."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    if stored.row.author != turn.person.id and not may(turn.person.roles, Action.CHANGE_ANY):
        return privately(turn, say("refuse.edit", number=number))
    if stored.state is not State.EXPIRED:
        return privately(turn, say("renew.not_expired", number=number, state=say(f"state.{stored.state.value}")))
    judged = judging.judge(turn.services, stored.revision.text, stored.pictures)
    if judged.rules != stored.revision.rules:
        return privately(turn, say("renew.rules_changed", number=number))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        store.move(desk, row, Trigger.RENEW, by=turn.person.key, note=turn.person.name)
        await standing.tell(desk, stored, say("renew.done", number=number, who=turn.person.name))
        await standing.settle(desk, row, act_of(turn.person), quiet=True)
        turn.confide(desk, plain(say("renew.told", number=number)))

    return commit


async def now(turn: Turn, number: int) -> Commit:
    """`now #n`: somebody else than the one whose approval was the last ends the wait after it."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    if stored.state is not State.APPROVED:
        return privately(turn, say("now.not_approved", number=number, state=say(f"state.{stored.state.value}")))
    if turn.person.id in stored.contributors or turn.person.id == _last_approver(stored):
        return privately(turn, say("now.second", number=number))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        store.move(desk, row, Trigger.GRACE_OVER, by=turn.person.key, note=turn.person.name)
        await _tell(turn, desk, stored, say("now.done", number=number, who=turn.person.name))

    return commit


async def _tell(turn: Turn, desk: Desk, stored: store.Stored, text: str) -> None:
    """Tell everybody who follows it, and whoever did it in a direct message there, where the answer is looked for."""
    await standing.tell(desk, stored, text)
    if turn.direct:
        turn.confide(desk, plain(text))


def _last_approver(stored: store.Stored) -> int | None:
    given: list[VoteRow] = [v for v in stored.votes if v.kind == Vote.APPROVE.value and v.withdrawn is None]
    return max(given, key=lambda vote: vote.received).person if given else None


MOST = 15
"""Lines of each part of the queue that are told at once; the rest is counted."""


async def queue(turn: Turn) -> Commit:
    """`queue`: what waits, for whom and until when."""
    waiting = [state.value for state in BEFORE_PUBLISHING]
    query = select(col(AnnouncementRow.number)).where(col(AnnouncementRow.state).in_(waiting))
    ordered = query.order_by(col(AnnouncementRow.wake).asc().nulls_last(), col(AnnouncementRow.number))
    async with turn.services.database.reading() as session:
        numbers = (await session.execute(ordered)).scalars().all()
        found = [await store.load(session, number or 0) for number in numbers[:MOST]]
        lines = [await line(session, turn.services, stored) for stored in found if stored is not None]
        paused = await store.is_paused(session)
        owed = [*await unfinished.lines(session, turn.services, MOST), *await later_review.lines(session)]
    if not numbers and not owed:
        return privately(turn, say("queue.paused") if paused else say("queue.empty"))
    head = [say("queue.head", count=count(len(numbers), "announcement", "announcements"))] if numbers else []
    more = [say("queue.more", count=len(numbers) - MOST)] if len(numbers) > MOST else []
    return privately(turn, "\n".join([*([say("queue.paused")] if paused else []), *head, *lines, *more, *owed]))


async def line(session: AsyncSession, services: Services, stored: store.Stored) -> str:
    """One announcement: where it stands, why, when it goes out and who is still needed."""
    row, state = stored.row, stored.state
    parts = [say("queue.line", number=stored.number, state=say(f"state.{state.value}"))]
    if state is State.IN_REVIEW:
        want = standing.needed(services, stored)
        parts.append(standing.still_needed(await standing.facts(session, services, stored), want))
    if state in {State.HELD, State.CHANGES_REQUESTED} and row.reason:
        parts.append(say(f"why.reason.{row.reason}"))
    if row.due is not None:
        parts.append(say("queue.time", when=times.in_full(row.due, row.until, services.zone)))
    return " ".join(part for part in parts if part)
