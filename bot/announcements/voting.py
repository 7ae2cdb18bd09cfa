"""Votes on a preview or a receipt, by reaction, button or typed word: each verified in its way, counted once."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from adapters.events import ButtonPressed, MessageRef, ReactionAdded, ReactionRemoved
from bot.access import Action, may
from bot.announcements import looking, reasons, recalling, retrying, standing, store
from bot.announcements.standing import act_of
from bot.announcements.tables import VoteRow
from bot.desk import Commit, Desk, nothing
from bot.protocol import review
from bot.protocol.model import Facts, Source, State, Trigger, Vote, Voter
from bot.protocol.review import UNDER_REVIEW
from bot.protocol.table import NotAllowed, step
from bot.protocol.votes import meaning
from bot.services import account_ref
from bot.turn import Turn, plain, privately
from bot.wording import listed, say

RETRY_WITHIN = timedelta(hours=24)
"""How long after a failure the same words may be sent again without being approved anew."""

BALLOTS = frozenset({Vote.APPROVE, Vote.REJECT, Vote.HOLD, Vote.REQUEST_CHANGES, Vote.ACKNOWLEDGE})
"""Votes that are kept, and stand until they are taken back."""


_OBJECTED = frozenset({State.HELD, State.REJECTED, State.CHANGES_REQUESTED})


async def reacted(turn: Turn, event: ReactionAdded, number: int, revision: int | None) -> Commit:
    """A reaction was added to the preview of a revision, or to a receipt (`revision` None)."""
    vote = meaning(event.emoji)
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None or vote in {Vote.NONE, Vote.LOOKING}:
        return nothing
    if vote is Vote.SOCIAL:
        return _explain_once(turn, "social", say("vote.social"))
    if vote is Vote.RECALL:
        return await recalling.recall(turn, number)
    if vote is Vote.CANCEL:
        return await recalling.cancel(turn, number)
    if revision is None:
        return await _on_receipt(turn, event, stored, vote)
    if vote is Vote.RETRY:
        return await _retry(turn, stored)
    return await cast(turn, stored, vote, revision, Source.REACTION)


async def _on_receipt(turn: Turn, event: ReactionAdded, stored: store.Stored, vote: Vote) -> Commit:
    """🔁 under the message that tells the outcome, or an answer under one that asks about a delivery."""
    delivery = await retrying.asked_about(turn.services, event.ref)
    if vote not in ({Vote.RETRY} if delivery is None else {Vote.APPROVE, Vote.RETRY}):
        return nothing
    if delivery is None:
        return await _retry(turn, stored)
    if not may(turn.person.roles, Action.APPROVE):
        return _not_yours(turn, stored, vote)
    return await retrying.answered(turn, stored, delivery, there=vote is Vote.APPROVE)


def _not_yours(turn: Turn, stored: store.Stored, vote: Vote) -> Commit:
    code = "vote.not_approver" if turn.person.id else "vote.outsider"
    return _explain_once(turn, f"{vote.value}/{stored.number}/receipt", say(code, number=stored.number))


async def try_again(turn: Turn, number: int) -> Commit:
    """`retry #n`: what 🔁 does, in words."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    refusal = _retry_refusal(turn, stored)
    return privately(turn, refusal) if refusal else await retrying.retry(turn, stored)


async def _retry(turn: Turn, stored: store.Stored) -> Commit:
    if not may(turn.person.roles, Action.APPROVE):
        return _not_yours(turn, stored, Vote.RETRY)
    refusal = _retry_refusal(turn, stored)
    if refusal:
        return _explain_once(turn, f"retry/{stored.number}/{stored.state.value}", refusal)
    return await retrying.retry(turn, stored)


def _retry_refusal(turn: Turn, stored: store.Stored) -> str:
    """Why nothing can be tried again now; empty when something can."""
    number, state = stored.number, stored.state
    if state in {State.PARTIAL, State.FAILED} and turn.now > stored.row.changed + RETRY_WITHIN:
        return say("vote.retry_old", number=number)
    try:
        step(state, Trigger.RETRY)
    except NotAllowed:
        return say("vote.too_late", number=number, state=say(f"state.{state.value}"))
    return ""


async def pressed(turn: Turn, event: ButtonPressed, vote: Vote, number: int, revision: int) -> Commit:
    """A button under a preview; what the button carries must be what stands under that message."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        shown = [one.message for one in await standing.previews(session, stored)] if stored else []
    if stored is None:
        return nothing
    if event.ref.message not in shown:
        revision = min(revision, stored.row.revision - 1)  # a button of an older preview, or of a copy
    return await cast(turn, stored, vote, revision, Source.BUTTON)


async def cast(turn: Turn, stored: store.Stored, vote: Vote, revision: int, source: Source, why: str = "") -> Commit:
    """One person's vote on a revision, perhaps with a reason, or the one sentence that says why it does not count."""
    async with turn.services.database.reading() as session:
        now = await standing.facts(session, turn.services, stored)
    refusal = _refusal(turn, now, vote, revision)
    if refusal and source is Source.REACTION:
        return _explain_once(turn, f"{vote.value}/{stored.number}/{revision}/{stored.state.value}", refusal)
    refusal = refusal or (reasons.refusal_of(turn, why) if why else "")
    if refusal:
        return privately(turn, refusal)
    given = _vote(turn, stored, vote, source, reasoned=bool(why))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        if not await standing.note(desk, stored, given, turn.person.name):
            if source is not Source.REACTION:
                turn.confide(desk, plain(say("vote.already", number=stored.number)))
            return
        await _answer(turn, desk, stored, vote)
        if why:
            await reasons.keep(turn, desk, stored, [given], why)
        elif vote is not Vote.APPROVE:
            await reasons.ask(turn, desk, stored, vote)
        await standing.settle(desk, row, act_of(turn.person), quiet=vote is not Vote.APPROVE)

    return commit


def _refusal(turn: Turn, now: Facts, vote: Vote, revision: int) -> str:
    """Why this person's vote does not count, as a kind sentence; empty when it does."""
    voter = Voter(turn.person.key, turn.person.roles)
    code = review.ruling(now, voter, vote, revision)
    state = say(f"state.{now.state.value}")
    return say(f"vote.{code}", number=now.number, revision=revision, current=now.revision, state=state) if code else ""


def _vote(turn: Turn, stored: store.Stored, vote: Vote, source: Source, *, reasoned: bool) -> VoteRow:
    return VoteRow(
        announcement=stored.number,
        revision=stored.row.revision,
        person=turn.person.id or 0,
        kind=vote.value,
        source=source.value,
        account=str(turn.person.account),
        digest=stored.revision.digest,
        message=turn.event.ref.message,
        received=turn.now,
        reasoned=reasoned,
        proven=turn.proven,
    )


async def _answer(turn: Turn, desk: Desk, stored: store.Stored, vote: Vote) -> None:
    """A private receipt of an approval, on every account of the approver: whoever did not approve finds out at once."""
    if vote is not Vote.APPROVE:
        return
    number, lines = stored.number, []
    if standing.needed(turn.services, stored).reasons and not _gave_reason(turn, stored):
        lines.append(say("vote.give_reason", number=number))
    if stored.state in _OBJECTED:
        lines.append(say("vote.objected", number=number, state=say(f"state.{stored.state.value}")))
    await standing.receipt(desk, stored, turn.person.id or 0, turn.person.account, lines)


def _gave_reason(turn: Turn, stored: store.Stored) -> bool:
    mine = [one for one in stored.votes if one.person == turn.person.id and one.withdrawn is None]
    return any(one.kind == Vote.ACKNOWLEDGE.value and one.reasoned for one in mine)


async def unreacted(turn: Turn, event: ReactionRemoved, number: int, revision: int) -> Commit:
    """A reaction was taken away, by whoever: the votes that no longer stand are withdrawn.

    The reactions are looked at, as whoever removed one need not be who gave it, and the same person may have
    given it again, or in another skin tone.
    """
    vote = meaning(event.emoji)
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None or vote not in BALLOTS or stored.row.revision != revision:
        return nothing
    if stored.state not in UNDER_REVIEW | {State.PUBLISHING}:
        return nothing
    given = [one for one in stored.votes if _stands(one) and (one.kind, one.source) == (vote.value, "reaction")]
    live = await looking.reacting(turn.services, event.ref, vote) if given else set()
    gone = [one for one in given if one.account not in live and _is_of(one, event.ref)]
    if not gone:
        return nothing
    inner = _withdrawing(turn, stored, gone)

    async def commit(desk: Desk) -> None:
        await inner(desk)
        for vote in gone:
            _tell_what_stands(desk, stored, vote)

    return commit


def _tell_what_stands(desk: Desk, stored: store.Stored, gone: VoteRow) -> None:
    """Whoever takes a reaction back means it: they hear that the same, said by another route, still counts."""
    others = {
        one.source
        for one in stored.votes
        if (one.person, one.kind) == (gone.person, gone.kind) and one.source != gone.source and one.withdrawn is None
    }
    if others:
        routes = listed([say(f"explain.how.{source}") for source in sorted(others)])
        text = say("guarding.still_stands", number=stored.number, routes=routes)
        desk.letters.tell(account_ref(gone.account), plain(text))


def _stands(vote: VoteRow) -> bool:
    return vote.withdrawn is None or vote.void


def _is_of(vote: VoteRow, ref: MessageRef) -> bool:
    """Whether a vote was given under that message; under the other preview it is looked at when that one changes."""
    return vote.message == ref.message


def _withdrawing(turn: Turn, stored: store.Stored, gone: Sequence[VoteRow], *, void: bool = False) -> Commit:
    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        for vote in gone:
            await standing.withdraw(desk, stored.number, vote, act_of(turn.person), void=void)
            held = await desk.session.get(VoteRow, vote.id)
            if held is not None:
                held.void = void
        await standing.settle(desk, row, act_of(turn.person), quiet=True)

    return commit


async def take_back(turn: Turn, number: int) -> Commit:
    """`withdraw #n`: everything this person has said about it stands no longer, by whatever route it was said.

    A reaction cannot be removed by the bot; seeing it still standing revives nothing.
    """
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        if stored is None:
            return privately(turn, say("refuse.no_such", number=number))
        now = await standing.facts(session, turn.services, stored)
    mine = [one for one in stored.votes if one.person == turn.person.id and one.withdrawn is None]
    if not mine:
        return privately(turn, say("vote.nothing_to_withdraw", number=number))
    if not review.is_heard(now):
        return privately(turn, say("vote.too_late", number=number, state=say(f"state.{stored.state.value}")))
    inner = _withdrawing(turn, stored, mine, void=True)

    async def commit(desk: Desk) -> None:
        await inner(desk)
        turn.confide(desk, plain(say("vote.withdrawn_yours", number=number)))

    return commit


async def not_me(turn: Turn, number: int) -> Commit:
    """Somebody says that an approval in their name was not theirs: it counts no more, and all waits for a person."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    mine = [one for one in stored.votes if one.person == turn.person.id and _stands(one)] if stored else []
    if stored is None or not mine:
        return privately(turn, say("vote.not_me_nothing", number=number))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        for vote in mine:
            await standing.withdraw(desk, number, vote, act_of(turn.person), void=True)
        await standing.forged(desk, row, act_of(turn.person))
        if row.state == State.HELD.value:
            turn.confide(desk, plain(say("vote.not_me_done", number=number)))
        else:
            turn.confide(desk, plain(say("vote.not_me_late", number=number, state=say(f"state.{row.state}"))))

    return commit


async def last_approved(turn: Turn) -> int:
    """The announcement that this person, or somebody in this person's name, approved last; 0 if none."""
    query = (
        select(col(VoteRow.announcement))
        .where(col(VoteRow.person) == (turn.person.id or 0), col(VoteRow.kind) == Vote.APPROVE.value)
        .order_by(col(VoteRow.received).desc())
        .limit(1)
    )
    async with turn.services.database.reading() as session:
        return (await session.execute(query)).scalar_one_or_none() or 0


def _explain_once(turn: Turn, topic: str, text: str) -> Commit:
    """Explain a rule to a person once; afterwards the same thing is met with silence."""

    async def commit(desk: Desk) -> None:
        if await store.first_time(desk, str(turn.person.account), topic):
            turn.confide(desk, plain(text))

    return commit
