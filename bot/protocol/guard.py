"""The publish guard's decision (PROTOCOL section 4): a pure function of the facts and a fresh observation."""

from dataclasses import dataclass
from datetime import datetime

from bot.protocol.model import Ballot, Facts, State, Trigger
from bot.protocol.requirement import Requirement
from bot.protocol.review import follow, reconcile
from bot.protocol.timing import begins, latest


class Stale(Exception):
    """The announcement has changed since it was observed: observe and decide again."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen just now, of the announcement as it was at `version`.

    `ballots` are the reactions that stand live, each with the roles its giver holds now; ranks of gravity are
    those of the findings, -1 for none.
    """

    version: int
    reachable: bool
    shown_equals: bool
    ballots: tuple[Ballot, ...]
    level_now: int
    level_approved: int
    links_equal: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do: a trigger of the transition table, and a code that says why."""

    trigger: Trigger
    reason: str


_REASONS = {
    Trigger.REJECT: "asked",
    Trigger.HOLD: "asked",
    Trigger.REQUEST_CHANGES: "asked",
    Trigger.LOST_COVER: "lost_approver",
    Trigger.WITHDRAW: "withdrawn",
}


def decide(facts: Facts, needed: Requirement, seen: Observation, now: datetime) -> Verdict:
    """Publish, or stop with the reason; the caller commits by compare-and-set.

    Raises `Stale` when the observation is of another version, ValueError unless `facts` are SCHEDULED and due.
    """
    start = begins(facts)
    if facts.state is not State.SCHEDULED or (start is not None and now < start):
        raise ValueError(f"#{facts.number} is {facts.state} and due {start}: nothing for the guard")
    if seen.version != facts.version:
        raise Stale(f"#{facts.number} was at version {seen.version}, is at {facts.version}")
    return _impossible(facts, seen, now) or _by_votes(facts, needed, seen)


def _impossible(facts: Facts, seen: Observation, now: datetime) -> Verdict | None:
    """Why nothing can go out now, whatever the votes say."""
    if facts.paused:
        return Verdict(Trigger.PAUSE, "paused")
    if not seen.reachable:
        return Verdict(Trigger.CANNOT_VERIFY, "unreachable")
    if not seen.shown_equals:
        return Verdict(Trigger.CANNOT_VERIFY, "preview_changed")
    if seen.level_now > seen.level_approved:
        return Verdict(Trigger.CANNOT_VERIFY, "new_finding")
    if not seen.links_equal:
        return Verdict(Trigger.CANNOT_VERIFY, "link_changed")
    last = latest(facts)
    return Verdict(Trigger.LATE, "missed") if last is not None and now > last else None


def _by_votes(facts: Facts, needed: Requirement, seen: Observation) -> Verdict:
    steps = follow(reconcile(facts, seen.ballots), needed)
    return Verdict(steps[0], _REASONS[steps[0]]) if steps else Verdict(Trigger.PUBLISH, "approved")
