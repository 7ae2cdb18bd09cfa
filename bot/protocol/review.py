"""What the votes say: where an announcement belongs is a function of the votes that stand, in whatever order they came.

So two people who vote at once, an event that comes twice, and a look at the live reactions after an outage all
lead to the same state (PROTOCOL invariants I16 and I17).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.protocol.model import APPROVERS, Ballot, Facts, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, counts, covered
from bot.protocol.timing import is_late, is_over

ASKED = "asked"
"""The reason of a state that lasts as long as somebody's objection stands."""

_OBJECTIONS = (
    (Vote.REJECT, State.REJECTED, Trigger.REJECT),
    (Vote.HOLD, State.HELD, Trigger.HOLD),
    (Vote.REQUEST_CHANGES, State.CHANGES_REQUESTED, Trigger.REQUEST_CHANGES),
)
"""From the gravest to the mildest: when several stand, the gravest decides."""

RELEASING = frozenset({Vote.APPROVE, Vote.ACKNOWLEDGE})
"""Votes that help something out: nobody gives them to words of their own."""

_APPROVING = frozenset({Vote.APPROVE})
_OBJECTING = frozenset(vote for vote, _, _ in _OBJECTIONS)
_AGREED = frozenset({State.APPROVED, State.SCHEDULED})
UNDER_REVIEW = frozenset(
    {State.IN_REVIEW, State.APPROVED, State.SCHEDULED, State.HELD, State.REJECTED, State.CHANGES_REQUESTED}
)
"""States in which votes are heard, and the preview is looked at after an outage."""

INTACT = frozenset({"paused", "late", "missed", "unreachable"})
"""Reasons of HELD that leave the preview and what was approved as they were."""


def ruling(facts: Facts, voter: Voter, vote: Vote, revision: int) -> str:
    """Why a vote on the preview of `revision` does not count, as a code; empty when it does."""
    if not voter.eligible_roles:
        return "outsider"
    if revision != facts.revision:
        return "old_preview"
    if vote in RELEASING and voter.person in facts.contributors:
        return "own"
    if not voter.eligible_roles & APPROVERS:
        return "not_approver"
    if not is_heard(facts):
        return "too_late"
    return ""


def is_heard(facts: Facts) -> bool:
    """Whether votes change anything now: before it goes out, and until the first channel is asked to show it."""
    if facts.state is State.PUBLISHING:
        return not facts.begun
    stopped = facts.state is State.CHANGES_REQUESTED and facts.reason != ASKED  # by the scan: there is no preview
    return facts.state in UNDER_REVIEW and not stopped


def sought(facts: Facts, needed: Requirement) -> State:
    """Where the votes that stand now say it belongs: an objection, approved, or still in review."""
    standing = {ballot.vote for ballot in facts.ballots if counts(ballot, facts)}
    for vote, state, _ in _OBJECTIONS:
        if vote in standing:
            return state
    return State.APPROVED if covered(needed, facts) else State.IN_REVIEW


def follow(facts: Facts, needed: Requirement) -> tuple[Trigger, ...]:
    """The triggers, in order, that bring it to where its votes say; none when it is there or votes are not heard."""
    if not is_heard(facts):
        return ()
    wanted = sought(facts, needed)
    if facts.state is State.PUBLISHING:
        return () if wanted is State.APPROVED else (Trigger.TAKE_BACK, *_from_agreed(facts, wanted))
    if facts.state in _AGREED:
        return _from_agreed(facts, wanted)
    if facts.state is State.IN_REVIEW:
        return (Trigger.APPROVE,) if wanted is State.APPROVED else _object(wanted)
    return _from_objected(facts, wanted)


def after_act(facts: Facts, needed: Requirement, now: datetime) -> tuple[Trigger, ...]:
    """The triggers that somebody's act leads to: as `follow`, but what is past its time is not approved by it.

    A late approval never publishes at once (PROTOCOL section 2), nor does taking an objection away.
    """
    steps = follow(facts, needed)
    if is_late(facts, now) and Trigger.REJECT not in steps:
        return (Trigger.LATE,)
    if is_over(facts, now) and Trigger.RECONSIDER in steps:
        return (Trigger.RECONSIDER, Trigger.LATE)
    return steps


def _object(wanted: State) -> tuple[Trigger, ...]:
    return tuple(trigger for _, state, trigger in _OBJECTIONS if state is wanted)


def _from_agreed(facts: Facts, wanted: State) -> tuple[Trigger, ...]:
    if wanted is State.IN_REVIEW:
        return (Trigger.LOST_COVER,) if lost_roles(facts, _APPROVING) else (Trigger.WITHDRAW,)
    return _object(wanted)


def _from_objected(facts: Facts, wanted: State) -> tuple[Trigger, ...]:
    if wanted is facts.state:
        return ()
    if wanted is State.REJECTED:
        return (Trigger.REJECT,)
    if facts.reason != ASKED or lost_roles(facts, _OBJECTING):
        return ()  # held for another reason, or who objected cannot take it back: a person must take it up again
    again = (Trigger.APPROVE,) if wanted is State.APPROVED else _object(wanted)
    return (Trigger.RECONSIDER, *again)


def lost_roles(facts: Facts, votes: frozenset[Vote]) -> bool:
    """Whether somebody gave one of `votes` who may not vote any more: a role ended, or the person was suspended."""
    return any(
        ballot.vote in votes
        and (ballot.void or not ballot.withdrawn)
        and ballot.digest == facts.digest
        and not ballot.voter.eligible_roles & APPROVERS
        for ballot in facts.ballots
    )


def resumption(facts: Facts, needed: Requirement) -> Trigger | None:
    """How something on hold is taken up again: as it was approved, as it waits for approval, or anew (None)."""
    if facts.reason not in INTACT:
        return None
    wanted = sought(facts, needed)
    if wanted is State.APPROVED:
        return Trigger.RELEASE
    return Trigger.RESUME if wanted is State.IN_REVIEW else None


def reconcile(facts: Facts, observed: Iterable[Ballot], source: Source = Source.REACTION) -> Facts:
    """The facts with the ballots of one source *replaced* by those that were seen to stand now.

    An approval that was made void stays void while it still stands: only a new act of its giver revives it. An
    objection that everybody can see blocks, whatever was typed. Somebody who may not vote is left out, unless the
    vote was counted before: then a role was lost, which must be noticed.
    """
    known = {(one.account, one.vote): one.void for one in facts.ballots if one.source is source}
    kept = tuple(ballot for ballot in facts.ballots if ballot.source is not source)
    seen = tuple(
        replace(one, void=known.get((one.account, one.vote), False) and not _objects(one))
        for one in observed
        if (one.account, one.vote) in known or not _may_not_vote(one, facts)
    )
    return replace(facts, ballots=kept + seen)


def _objects(ballot: Ballot) -> bool:
    return ballot.vote in _OBJECTING and bool(ballot.voter.eligible_roles & APPROVERS)


def _may_not_vote(ballot: Ballot, facts: Facts) -> bool:
    own = ballot.vote in RELEASING and ballot.voter.person in facts.contributors
    return own or not ballot.voter.eligible_roles & APPROVERS
