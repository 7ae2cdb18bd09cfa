"""Reasons in words: asked for privately, scanned, kept apart in the evidence, told only to those whom they concern."""

from collections.abc import Sequence

from bot.announcements import judging, review, standing, store
from bot.announcements.standing import act_of
from bot.announcements.tables import VoteRow
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.protocol.model import Role, Vote
from bot.services import Services
from bot.turn import Turn, plain, privately
from bot.wording import say

LONGEST = 1_000
"""Characters of a reason: people are told that it may have to be disclosed, and it is kept for years."""


async def ask(turn: Turn, desk: Desk, stored: store.Stored, vote: Vote) -> None:
    """Ask privately for the reason of a vote that was given without words."""
    turn.confide(desk, plain(say(f"reason.ask.{vote.value}", number=stored.number)))


async def give(turn: Turn, number: int, text: str) -> Commit:
    """`reason #n TEXT`: why somebody voted as they did."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    mine = [one for one in stored.votes if one.person == turn.person.id and one.withdrawn is None]
    refusal = refusal_of(turn, text)
    if refusal or not mine:
        return privately(turn, refusal or say("reason.none_needed", number=number))

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, number, stored.row.version)
        await keep(turn, desk, stored, mine, text)
        await standing.settle(desk, row, act_of(turn.person), quiet=True)
        if _is_approval_alone(mine):
            turn.confide(desk, plain(say("reason.kept", number=number)))

    return commit


def refusal_of(turn: Turn, text: str) -> str:
    """Why words cannot be kept as a reason; empty when they can."""
    if not text:
        return say("reason.empty")
    if len(text) > LONGEST:
        return say("reason.too_long", longest=LONGEST)
    return say("reason.finding") if holds_finding(turn.services, text) else ""


def holds_finding(services: Services, text: str) -> bool:
    """Whether words hold something that must not be kept in a record; a scan that breaks counts as yes."""
    judged = judging.judge(services, text, ())
    return judged.stopped or any(item["severity"] in {"critical", "high"} for item in judged.findings)


async def keep(turn: Turn, desk: Desk, stored: store.Stored, mine: Sequence[VoteRow], text: str) -> None:
    """Keep a reason for votes in the evidence, tell the author of an objection's, and let on what waited for it."""
    for vote in mine:
        # One that was given again has taken the row of the earlier one, with its reason.
        row = await desk.session.get(VoteRow, vote.id) if vote.id is not None else None
        if row is not None:
            row.reasoned = True
            row.proven = row.proven or turn.proven
    kinds = sorted({vote.kind for vote in mine})
    details: dict[str, str | int | None] = {"revision": stored.row.revision, "votes": " ".join(kinds)}
    note = {"who": turn.person.name, "why": text}
    desk.record(Entry("reason", stored.subject, turn.person.key, details, note))
    objections = {Vote.REJECT.value, Vote.HOLD.value, Vote.REQUEST_CHANGES.value} & set(kinds)
    if objections:
        told = say("reason.told", number=stored.number, who=turn.person.name, why=text)
        desk.letters.tell(store.author(stored), plain(told))
    await desk.session.flush()
    acknowledges = Vote.ACKNOWLEDGE.value in kinds
    code = "reason.acknowledged" if acknowledges and not _approves(turn, stored) else "reason.kept"
    if not _is_approval_alone(mine):  # which has a receipt of its own
        turn.confide(desk, plain(say(code, number=stored.number)))
    if acknowledges and Role.INFORMATION_GOVERNANCE in turn.person.roles:
        await _let_on(desk, stored)


def _is_approval_alone(votes: Sequence[VoteRow]) -> bool:
    return {vote.kind for vote in votes} == {Vote.APPROVE.value}


def _approves(turn: Turn, stored: store.Stored) -> bool:
    mine = [one for one in stored.votes if one.person == turn.person.id and one.withdrawn is None]
    return any(one.kind == Vote.APPROVE.value for one in mine)


async def _let_on(desk: Desk, stored: store.Stored) -> None:
    """Once information governance has said why a grave finding may go out, communications see the preview as well."""
    if desk.services.governance_room is not None and standing.needed(desk.services, stored).reasons:
        await review.show_to_comms(desk, stored)
