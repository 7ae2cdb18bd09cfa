"""Who must approve: computed from policy and content alone, never from who is around (PROTOCOL section 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.protocol.model import APPROVERS, Ballot, Facts, Role, Vote, Voter


@dataclass(frozen=True, slots=True)
class Slot:
    """One approval that is needed, from anybody holding one of `roles`."""

    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Slots that distinct people must fill; with `reasons` each must also say in words why it may go out."""

    slots: tuple[Slot, ...]
    reasons: bool = False


_RELEASABLE = frozenset({"note", "medium", "high"})
NOBODY = Slot(frozenset())
"""A slot that no role fills."""


def requirement(approvals: int, severities: Iterable[str], *, out_of_hours: bool = False) -> Requirement:
    """What is needed: `approvals` people; two out of hours or for a medium finding; two, one of information
    governance, each with a reason, for a high one.

    A critical finding, or one of a gravity that is not known here, gets a slot that nobody can fill.
    """
    found = set(severities)
    two = out_of_hours or bool(found & {"medium", "high"})
    slots = [Slot(APPROVERS)] * max(approvals, 2 if two else 1)
    if "high" in found:
        slots[0] = Slot(frozenset({Role.INFORMATION_GOVERNANCE}))
    if found - _RELEASABLE:
        slots.append(NOBODY)
    return Requirement(tuple(slots), reasons="high" in found)


def counts(ballot: Ballot, facts: Facts) -> bool:
    """Whether a ballot stands now: of these very bytes, not taken back, from somebody who may vote today."""
    return (
        not ballot.withdrawn
        and not ballot.void
        and ballot.digest == facts.digest
        and bool(ballot.voter.eligible_roles & APPROVERS)
    )


def counting(facts: Facts, needed: Requirement) -> list[Voter]:
    """The distinct people whose approval counts now; a contributor's never does."""
    standing = [ballot for ballot in facts.ballots if counts(ballot, facts)]
    gave_reasons = {ballot.voter.person for ballot in standing if ballot.vote is Vote.ACKNOWLEDGE and ballot.reasoned}
    people: dict[str, Voter] = {}
    for ballot in standing:
        person = ballot.voter.person
        if ballot.vote is not Vote.APPROVE or person in facts.contributors:
            continue
        if not needed.reasons or person in gave_reasons:
            people.setdefault(person, ballot.voter)
    return list(people.values())


def missing(needed: Requirement, voters: Sequence[Voter]) -> tuple[Slot, ...]:
    """The slots that `voters` leave open, after the best assignment of distinct people to slots."""
    filled: dict[int, int] = {}

    def place(voter: int, tried: set[int]) -> bool:
        for index, slot in enumerate(needed.slots):
            if index in tried or not voters[voter].eligible_roles & slot.roles:
                continue
            tried.add(index)
            if index not in filled or place(filled[index], tried):
                filled[index] = voter
                return True
        return False

    for voter in range(len(voters)):
        place(voter, set())
    return tuple(slot for index, slot in enumerate(needed.slots) if index not in filled)


def proven(needed: Requirement, facts: Facts) -> bool:
    """Whether no single network's administrator could have made up all approvals that count (PROTOCOL section 9).

    Asked for where reasons are: one of those who approve said so, or why, in a message that was proven, or they
    approve on two networks.
    """
    if not needed.reasons:
        return True
    people = {voter.person for voter in counting(facts, needed)}
    theirs = [ballot for ballot in facts.ballots if counts(ballot, facts) and ballot.voter.person in people]
    said = any(ballot.proven for ballot in theirs if ballot.vote in {Vote.APPROVE, Vote.ACKNOWLEDGE})
    networks = {ballot.account.partition(":")[0] for ballot in theirs if ballot.vote is Vote.APPROVE}
    return said or len(networks) > 1


def covered(needed: Requirement, facts: Facts) -> bool:
    """Whether the approvals that count now fill every slot, and are proven where that is asked for."""
    return not missing(needed, counting(facts, needed)) and proven(needed, facts)
