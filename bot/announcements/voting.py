"""Reactions on a preview or a receipt: approve, take it back, reject, hold, ask for changes, try again, recall."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.errors import Refused
from adapters.events import MessageRef, ReactionAdded, ReactionRemoved
from bot.access import Action, may, roles_of
from bot.announcements import preview, recalling, retrying, review, store
from bot.announcements.tables import VoteRow, ToldRow
from bot.audit import Entry
from bot.desk import Commit, Desk, nothing
from bot.protocol.model import Approval, Facts, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, counting, missing, requirement
from bot.protocol.table import BEFORE_PUBLISHING, NotAllowed, step
from bot.protocol.votes import meaning
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import say
from config.database import insert_for

RETRY_WITHIN = timedelta(hours=24)
"""How long after a failure the same words may be sent again without being approved anew."""


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
        return await _on_receipt(turn, event, stored, vote)
    refusal = _refusal(turn, stored, vote, revision)
    if refusal:
        return _explain_once(turn, f"{vote.value}/{number}/{revision}/{stored.state.value}", refusal)
    return await _HANDLERS[vote](turn, stored)


async def _on_receipt(turn: Turn, event: ReactionAdded, stored: store.Stored, vote: Vote) -> Commit:
    """🔁 under the message that tells the outcome, or an answer under one that asks about a delivery."""
    delivery = await retrying.asked_about(turn.services, event.ref)
    if vote not in ({Vote.RETRY} if delivery is None else {Vote.APPROVE, Vote.RETRY}):
        return nothing
    if not may(turn.person.roles, Action.APPROVE):
        topic = f"{vote.value}/{stored.number}/receipt"
        return _explain_once(turn, topic, say("vote.not_approver", number=stored.number))
    if delivery is not None:
        return await retrying.answered(turn, stored, delivery, there=vote is Vote.APPROVE)
    refusal = _untimely(turn, stored, vote)
    if refusal:
        return _explain_once(turn, f"{vote.value}/{stored.number}/receipt/{stored.state.value}", refusal)
    return await retrying.retry(turn, stored)


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
    return _untimely(turn, stored, vote)


def _untimely(turn: Turn, stored: store.Stored, vote: Vote) -> str:
    """Why a vote changes nothing as things stand; empty when it does."""
    number = stored.number
    try:
        step(stored.state, _TRIGGERS[vote])
    except NotAllowed:
        return say("vote.too_late", number=number, state=say(f"state.{stored.state.value}"))
    failed = stored.state in {State.PARTIAL, State.FAILED}
    if vote is Vote.RETRY and failed and turn.now > stored.row.changed + RETRY_WITHIN:
        return say("vote.retry_old", number=number)
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
        if fresh.state is not State.IN_REVIEW:
            return
        if open_slots:
            needs = preview.needs_line(open_slots)
            say_in_thread(desk, turn, say("vote.counted", number=stored.number, who=turn.person.name, needs=needs))
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
        row = await desk.session.get(VoteRow, known.id)
        if row is not None:
            row.withdrawn, row.withdrawn_by, row.received = None, None, desk.now
            row.account, row.message = str(person.account), ref.message
        return True
    desk.session.add(
        VoteRow(
            announcement=stored.number,
            revision=stored.row.revision,
            person=person.id or 0,
            kind="approve",
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
    seconds = turn.services.settings.announcements.grace_seconds
    code = "vote.approved" if round(seconds) else "vote.approved_now"
    say_in_thread(desk, turn, say(code, number=stored.number, who=turn.person.name, grace=review.lasting(seconds)))


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
            lines = [say(code, number=stored.number, who=turn.person.name)]
            if trigger is Trigger.HOLD:
                lines.append(say("resume.how", number=stored.number))
            say_in_thread(desk, turn, "\n".join(lines))
            author = store.author(stored)
            desk.letters.tell(author, plain(say(f"{code}_author", number=stored.number, who=turn.person.name)))

        return commit

    return handler


_HANDLERS: dict[Vote, Callable[[Turn, store.Stored], Awaitable[Commit]]] = {
    Vote.APPROVE: _approve,
    Vote.REJECT: _simple(Trigger.REJECT, "vote.rejected"),
    Vote.HOLD: _simple(Trigger.HOLD, "vote.held"),
    Vote.REQUEST_CHANGES: _simple(Trigger.REQUEST_CHANGES, "vote.changes"),
    Vote.RETRY: retrying.retry,
}


async def unreacted(turn: Turn, event: ReactionRemoved, number: int, revision: int) -> Commit:
    """A ✅ was taken away, by whoever: approvals that no longer stand are withdrawn.

    The reactions are looked at, as whoever removed one need not be who gave it, and the same person may have
    given it again, or in another skin tone.
    """
    if meaning(event.emoji) is not Vote.APPROVE:
        return nothing
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None or stored.row.revision != revision or stored.state not in BEFORE_PUBLISHING:
        return nothing
    given = [one for one in stored.approvals if one.withdrawn is None and one.source == "reaction"]
    live = await _approving(turn.services, event.ref) if given else set()
    gone = [one for one in given if one.account not in live]
    return _withdraw(turn, stored, gone) if gone else nothing


async def _approving(services: Services, ref: MessageRef) -> set[str]:
    """The accounts whose ✅ stands under a message now. Raises `AdapterError`."""
    try:
        reactions = await services.chat(ref.platform).reactions(ref)
    except Refused:
        return set()
    return {str(one.account) for one in reactions if meaning(one.emoji) is Vote.APPROVE}


def _withdraw(turn: Turn, stored: store.Stored, gone: Sequence[VoteRow]) -> Commit:
    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        for approval in gone:
            await store.withdraw(desk, stored, approval, by=turn.person.key, name=turn.person.name)
        row.version += 1
        await desk.session.flush()
        rest = await store.load(desk.session, stored.number)
        if rest is None or rest.state not in {State.APPROVED, State.SCHEDULED}:
            return
        left = await facts(desk.session, turn.services, rest)
        if missing(needed(turn.services, rest), counting(left)):
            store.move(desk, row, Trigger.WITHDRAW, by=turn.person.key, note=turn.person.name)
            say_in_thread(desk, turn, say("vote.withdrawn", number=stored.number, who=turn.person.name))

    return commit


def _explain_once(turn: Turn, topic: str, text: str) -> Commit:
    """Explain a rule to a person once; afterwards the same thing is met with silence."""
    told = {"account": str(turn.person.account), "topic": topic}

    async def commit(desk: Desk) -> None:
        # Somebody may react in two rooms at once: the second is no fault, it is just not the first.
        insert = insert_for(desk.session)(ToldRow).values(**told, at=desk.now).on_conflict_do_nothing()
        if getattr(await desk.session.execute(insert), "rowcount", 0):
            turn.confide(desk, plain(text))

    return commit
