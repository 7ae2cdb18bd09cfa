"""Who must approve: computed from policy and content alone, never from who is around (PROTOCOL section 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.protocol.model import APPROVERS, Approval, Facts, Role, Voter


@dataclass(frozen=True, slots=True)
class Slot:
    """One approval that is needed, from anybody holding one of `roles`."""

    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Slots that distinct people must fill."""

    slots: tuple[Slot, ...]


_RELEASABLE = frozenset({"note", "medium", "high"})
NOBODY = Slot(frozenset())
"""A slot that no role fills."""


def requirement(approvals: int, severities: Iterable[str]) -> Requirement:
    """What is needed: `approvals` people; two for a medium finding; two, one of information governance, for a high one.

    A critical finding, or one of a gravity that is not known here, gets a slot that nobody can fill.
    """
    found = set(severities)
    slots = [Slot(APPROVERS)] * max(approvals, 2 if found & {"medium", "high"} else 1)
    if "high" in found:
        slots[0] = Slot(frozenset({Role.INFORMATION_GOVERNANCE}))
    if found - _RELEASABLE:
        slots.append(NOBODY)
    return Requirement(tuple(slots))


def counting(facts: Facts) -> list[Voter]:
    """The distinct people whose approval counts now: of these very bytes, not withdrawn, eligible, no contributor."""
    people: dict[str, Voter] = {}
    for approval in facts.approvals:
        if _counts(approval, facts):
            people.setdefault(approval.voter.person, approval.voter)
    return list(people.values())


def _counts(approval: Approval, facts: Facts) -> bool:
    return (
        not approval.withdrawn
        and approval.digest == facts.digest
        and approval.voter.person not in facts.contributors
        and bool(approval.voter.eligible_roles & APPROVERS)
    )


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


def covered(needed: Requirement, facts: Facts) -> bool:
    """Whether the approvals that count now fill every slot."""
    return not missing(needed, counting(facts))
