"""The publish guard's decision (PROTOCOL section 4): a pure function of the facts and a fresh observation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.protocol.model import APPROVERS, Facts, Role, State, Trigger, Voter
from bot.protocol.requirement import Requirement, covered


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen just now. `approving` holds everybody whose approval stands live, with their roles of now."""

    reachable: bool
    shown_equals: bool
    approving: tuple[Voter, ...]
    blocked: bool
    level_now: int
    level_approved: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do: a trigger of the transition table, and a code that says why."""

    trigger: Trigger
    reason: str


def decide(facts: Facts, needed: Requirement, seen: Observation, now: datetime) -> Verdict:
    """Publish, or hold with the reason; the caller commits by compare-and-set.

    Raises ValueError unless `facts` are SCHEDULED and due: a time may have moved since the caller looked.
    """
    if facts.state is not State.SCHEDULED:
        raise ValueError(f"the guard decides about scheduled announcements, not {facts.state}")
    if facts.due is not None and now < facts.due:
        raise ValueError(f"#{facts.number} is not due before {facts.due.isoformat()}")
    if not seen.reachable:
        return Verdict(Trigger.CANNOT_VERIFY, "unreachable")
    if not seen.shown_equals:
        return Verdict(Trigger.CANNOT_VERIFY, "preview_changed")
    if seen.blocked:
        return Verdict(Trigger.HOLD, "asked")
    if seen.level_now > seen.level_approved:
        return Verdict(Trigger.CANNOT_VERIFY, "new_finding")
    if facts.due is not None and now > facts.due + timedelta(seconds=facts.tolerance_seconds):
        return Verdict(Trigger.LATE, "missed")
    return _judge_cover(facts, needed, seen)


def _by_person(voters: Iterable[Voter]) -> dict[str, Voter]:
    """Each person once, with the roles of all their accounts, whatever order these were seen in."""
    roles: dict[str, frozenset[Role]] = {}
    for voter in voters:
        roles[voter.person] = roles.get(voter.person, frozenset()) | voter.eligible_roles
    return {person: Voter(person, held) for person, held in roles.items()}


def _judge_cover(facts: Facts, needed: Requirement, seen: Observation) -> Verdict:
    live = _by_person(seen.approving)
    standing = tuple(
        replace(approval, voter=live[approval.voter.person])
        for approval in facts.approvals
        if approval.voter.person in live
    )
    if covered(needed, replace(facts, approvals=standing)):
        return Verdict(Trigger.PUBLISH, "approved")
    present = {approval.voter.person for approval in facts.approvals if not approval.withdrawn}
    lost_role = any(not live[person].eligible_roles & APPROVERS for person in present & live.keys())
    return Verdict(Trigger.LOST_COVER, "lost_approver") if lost_role else Verdict(Trigger.WITHDRAW, "withdrawn")
