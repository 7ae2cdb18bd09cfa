"""Reactions on a preview or a receipt: approve, take it back, reject, hold, ask for changes, recall."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import ReactionAdded, ReactionRemoved
from bot.access import Action, may, roles_of
from bot.announcements import recalling, store
from bot.announcements.tables import ApprovalRow, DeliveryRow, ToldRow
from bot.audit import Entry
from bot.desk import Commit, Desk, nothing
from bot.protocol.model import Approval, Facts, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, counting, missing, requirement
from bot.protocol.table import NotAllowed, step
from bot.protocol.votes import meaning
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import count, say


def needed(services: Services, stored: store.Stored) -> Requirement:
    """What the current revision needs."""
    return requirement(services.settings.announcements.approvals, stored.severities)


async def facts(session: AsyncSession, services: Services, stored: store.Stored) -> Facts:
    """The announcement as the protocol sees it, each approver with the roles held now."""
    row = stored.row
    approvals = []
    for approval in stored.approvals:
        roles = await roles_of(session, approval.person, services.clock())
        voter = Voter(f"person:{approval.person}", roles)
        approvals.append(Approval(voter, approval.digest, approval.withdrawn is not None))
    return Facts(
        stored.number,
        row.revision,
        stored.state,
        row.version,
        stored.revision.digest,
        frozenset(f"person:{person}" for person in stored.contributors),
        row.due,
        services.settings.announcements.tolerance_minutes * 60.0,
        tuple(approvals),
    )


async def reacted(turn: Turn, event: ReactionAdded, number: int, revision: int | None) -> Commit:
    """A reaction was added to the preview of a revision, or to a receipt (`revision` None)."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    vote = meaning(event.emoji)
    if stored is None or vote in {Vote.NONE, Vote.LOOKING}:
        return nothing
    if vote is Vote.SOCIAL:
        return _explain_once(turn, "social", say("vote.social"))
    if vote is Vote.RECALL:
        return await recalling.recall(turn, number)
    if revision is None:
        return nothing
    refusal = _refusal(turn, stored, vote, revision)
    if refusal:
        return _explain_once(turn, f"{vote.value}/{number}/{revision}/{stored.state.value}", refusal)
    handler = _HANDLERS.get(vote)
    return await handler(turn, stored) if handler else nothing


def _refusal(turn: Turn, stored: store.Stored, vote: Vote, revision: int) -> str:
    """Why this person's reaction does not count, as a kind sentence; empty when it does."""
    number = stored.number
    if turn.person.id is None:
        return say("vote.outsider")
    if revision != stored.row.revision:
        return say("vote.old_preview", number=number, revision=revision, current=stored.row.revision)
    if vote is Vote.APPROVE and turn.person.id in stored.contributors:
        return say("vote.own", number=number)
    if not may(turn.person.roles, Action.APPROVE):
        return say("vote.not_approver", number=number)
    if vote is Vote.APPROVE and stored.state in {State.APPROVED, State.SCHEDULED}:
        return ""
    try:
        step(stored.state, _TRIGGERS[vote])
    except (NotAllowed, KeyError):
        return say("vote.too_late", number=number, state=say(f"state.{stored.state.value}"))
    return ""


_TRIGGERS = {
    Vote.APPROVE: Trigger.APPROVE,
    Vote.REJECT: Trigger.REJECT,
    Vote.HOLD: Trigger.HOLD,
    Vote.REQUEST_CHANGES: Trigger.REQUEST_CHANGES,
    Vote.RETRY: Trigger.RETRY,
}


async def _approve(turn: Turn, stored: store.Stored) -> Commit:
    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        if not await _note_approval(turn, desk, stored):
            return
        row.version += 1
        fresh = await store.load(desk.session, stored.number)
        if fresh is None:
            return
        now = await facts(desk.session, turn.services, fresh)
        open_slots = missing(needed(turn.services, fresh), counting(now))
        desk.record(
            Entry(
                "approval",
                stored.subject,
                turn.person.key,
                {"revision": row.revision, "digest": stored.revision.digest[:16], "source": "reaction"},
                {"who": turn.person.name},
            )
        )
        _thank(turn, desk, stored)
        if open_slots or fresh.state is not State.IN_REVIEW:
            return
        store.move(desk, row, Trigger.APPROVE, by=turn.person.key, note=turn.person.name)
        _tell_approved(turn, desk, stored)

    return commit


async def _note_approval(turn: Turn, desk: Desk, stored: store.Stored) -> bool:
    """Write the approval; False when it stood already."""
    person, ref = turn.person, turn.event.ref
    for known in stored.approvals:
        if known.person != person.id:
            continue
        if known.withdrawn is None:
            return False
        row = await desk.session.get(ApprovalRow, known.id)
        if row is not None:
            row.withdrawn, row.withdrawn_by, row.received = None, None, desk.now
        return True
    desk.session.add(
        ApprovalRow(
            announcement=stored.number,
            revision=stored.row.revision,
            person=person.id or 0,
            digest=stored.revision.digest,
            source="reaction",
            account=str(person.account),
            message=ref.message,
            received=desk.now,
        )
    )
    await desk.session.flush()
    return True


def _thank(turn: Turn, desk: Desk, stored: store.Stored) -> None:
    """A private receipt: whoever did not approve finds out at once."""
    text = say("vote.receipt", number=stored.number, revision=stored.row.revision)
    desk.letters.tell(turn.person.account, plain(text))


def _tell_approved(turn: Turn, desk: Desk, stored: store.Stored) -> None:
    grace = count(round(turn.services.settings.announcements.grace_seconds), "second", "seconds")
    text = say("vote.approved", number=stored.number, who=turn.person.name, grace=grace)
    say_in_thread(desk, turn, text)


def say_in_thread(desk: Desk, turn: Turn, text: str) -> None:
    """Tell the comms room, in the thread of the preview that was reacted to."""
    ref = turn.event.ref
    thread = (ref.thread or ref.message) if ref.place == turn.services.comms_room else None
    desk.letters.say(turn.services.comms_room, plain(text), thread=thread)


def _simple(trigger: Trigger, code: str) -> Callable[[Turn, store.Stored], Awaitable[Commit]]:
    """A vote that one eligible person may cast alone and that stops the announcement."""

    async def handler(turn: Turn, stored: store.Stored) -> Commit:
        async def commit(desk: Desk) -> None:
            row = await store.lock(desk.session, stored.number, stored.row.version)
            store.move(desk, row, trigger, by=turn.person.key, reason="asked", note=turn.person.name)
            say_in_thread(desk, turn, say(code, number=stored.number, who=turn.person.name))
            author = store.author(stored)
            desk.letters.tell(author, plain(say(f"{code}_author", number=stored.number, who=turn.person.name)))

        return commit

    return handler


async def _retry(turn: Turn, stored: store.Stored) -> Commit:
    """Try again what definitely failed; what may be out is never repeated blindly."""

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        store.move(desk, row, Trigger.RETRY, by=turn.person.key, note=turn.person.name)
        failed = (col(DeliveryRow.announcement) == stored.number) & (col(DeliveryRow.state) == "failed")
        await desk.session.execute(update(DeliveryRow).where(failed).values(state="pending", not_before=None))
        say_in_thread(desk, turn, say("vote.retried", number=stored.number, who=turn.person.name))

    return commit


_HANDLERS: dict[Vote, Callable[[Turn, store.Stored], Awaitable[Commit]]] = {
    Vote.APPROVE: _approve,
    Vote.REJECT: _simple(Trigger.REJECT, "vote.rejected"),
    Vote.HOLD: _simple(Trigger.HOLD, "vote.held"),
    Vote.REQUEST_CHANGES: _simple(Trigger.REQUEST_CHANGES, "vote.changes"),
    Vote.RETRY: _retry,
}


async def unreacted(turn: Turn, event: ReactionRemoved, number: int, revision: int) -> Commit:
    """A ✅ was taken away: the approval is withdrawn, and what is no longer covered goes back to review."""
    if meaning(event.emoji) is not Vote.APPROVE:
        return nothing
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None or stored.row.revision != revision:
        return nothing
    mine = next((item for item in stored.approvals if item.person == turn.person.id and item.withdrawn is None), None)
    return nothing if mine is None else _withdraw(turn, stored, mine)


def _withdraw(turn: Turn, stored: store.Stored, mine: ApprovalRow) -> Commit:
    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        approval = await desk.session.get(ApprovalRow, mine.id)
        if approval is None:
            return
        approval.withdrawn, approval.withdrawn_by = desk.now, turn.person.key
        row.version += 1
        details: dict[str, str | int | None] = {"revision": row.revision}
        desk.record(Entry("approval_withdrawn", stored.subject, turn.person.key, details, {"who": turn.person.name}))
        rest = replace(stored, approvals=tuple(item for item in stored.approvals if item is not mine))
        left = await facts(desk.session, turn.services, rest)
        waiting = State(row.state) in {State.APPROVED, State.SCHEDULED}
        if waiting and missing(needed(turn.services, rest), counting(left)):
            store.move(desk, row, Trigger.WITHDRAW, by=turn.person.key, note=turn.person.name)
            text = say("vote.withdrawn", number=stored.number, who=turn.person.name)
            say_in_thread(desk, turn, text)

    return commit


def _explain_once(turn: Turn, topic: str, text: str) -> Commit:
    """Explain a rule to a person once; afterwards the same thing is met with silence."""
    account = str(turn.person.account)

    async def commit(desk: Desk) -> None:
        if await desk.session.get(ToldRow, (account, topic)) is None:
            desk.session.add(ToldRow(account=account, topic=topic, at=desk.now))
            turn.confide(desk, plain(text))

    return commit
