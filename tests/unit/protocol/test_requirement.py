"""Who must approve: the rows of PROTOCOL section 3, and the cover of slots against brute force."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.model import APPROVERS, Approval, Facts, Role, State, Voter
from bot.protocol.requirement import NOBODY, Requirement, Slot, counting, covered, missing, requirement

ANY = frozenset({Role.COMMS, Role.INFORMATION_GOVERNANCE})
IG = frozenset({Role.INFORMATION_GOVERNANCE})
CASES: list[tuple[int, list[str], list[frozenset[Role]]]] = [
    (1, [], [ANY]),
    (1, ["note"], [ANY]),
    (1, ["note", "note"], [ANY]),
    (1, ["medium"], [ANY, ANY]),
    (1, ["medium", "medium", "note"], [ANY, ANY]),
    (1, ["high"], [IG, ANY]),
    (1, ["medium", "high"], [IG, ANY]),
    (2, [], [ANY, ANY]),
    (2, ["medium"], [ANY, ANY]),
    (2, ["high"], [IG, ANY]),
    (3, [], [ANY, ANY, ANY]),
    (3, ["note", "medium"], [ANY, ANY, ANY]),
    (3, ["high"], [IG, ANY, ANY]),
    (5, ["high"], [IG, ANY, ANY, ANY, ANY]),
]
SEVERITIES = ["note", "medium", "high"]
FACTS = Facts(12, 1, State.IN_REVIEW, 7, "d1", frozenset({"person:1"}))


def voter(person: str, *roles: Role) -> Voter:
    return Voter(person, frozenset(roles))


JO = voter("person:2", Role.STAFF, Role.COMMS)
DEE = voter("person:3", Role.STAFF, Role.INFORMATION_GOVERNANCE)
SAM = voter("person:4", Role.STAFF, Role.COMMS)
BOTH = voter("person:5", Role.COMMS, Role.INFORMATION_GOVERNANCE)
PAT = voter("person:6", Role.STAFF, Role.ADMIN, Role.DUTY_OFFICER, Role.AUDITOR)
GIL = voter("account:web:gil")


def approved_by(*voters: Voter) -> Facts:
    return replace(FACTS, approvals=tuple(Approval(one, "d1") for one in voters))


def test_approvers_are_comms_and_information_governance() -> None:
    assert APPROVERS == ANY


@pytest.mark.parametrize(("approvals", "severities", "slots"), CASES)
def test_each_row_of_the_protocol(approvals: int, severities: list[str], slots: list[frozenset[Role]]) -> None:
    assert [slot.roles for slot in requirement(approvals, severities).slots] == slots


@pytest.mark.parametrize("severity", ["critical", "unheard of", "", "HIGH"])
def test_what_nobody_may_approve_nobody_can_cover(severity: str) -> None:
    """I9: a critical finding, or one of a gravity that the protocol does not know, is never released."""
    for severities in ([severity], ["high", severity], [severity, "note"]):
        needed = requirement(1, severities)
        everybody = [voter(f"person:{number}", *Role) for number in range(10, 20)]
        assert not covered(needed, approved_by(*everybody))
        assert NOBODY in missing(needed, everybody)


@given(st.integers(1, 5), st.lists(st.sampled_from(SEVERITIES)), st.sampled_from(SEVERITIES))
def test_a_further_finding_never_asks_for_less(approvals: int, found: list[str], more: str) -> None:
    before, after = requirement(approvals, found), requirement(approvals, [*found, more])
    assert len(after.slots) >= len(before.slots) >= approvals
    assert all(late.roles <= early.roles for early, late in zip(before.slots, after.slots, strict=False))
    assert requirement(approvals, reversed([*found, more])) == after


COUNTING: list[tuple[str, Approval, bool]] = [
    ("comms", Approval(JO, "d1"), True),
    ("information governance", Approval(DEE, "d1"), True),
    ("withdrawn", Approval(JO, "d1", withdrawn=True), False),
    ("of other bytes", Approval(JO, "d2"), False),
    ("no longer in the role", Approval(voter("person:2", Role.STAFF), "d1"), False),
    ("no role at all", Approval(voter("person:2"), "d1"), False),
    ("admin, duty officer and auditor", Approval(PAT, "d1"), False),
    ("an outsider", Approval(GIL, "d1"), False),
    ("the author", Approval(voter("person:1", Role.COMMS), "d1"), False),
]


@pytest.mark.parametrize(("approval", "counts"), [case[1:] for case in COUNTING], ids=[case[0] for case in COUNTING])
def test_which_approvals_count(approval: Approval, counts: bool) -> None:
    facts = replace(FACTS, approvals=(approval,))
    assert counting(facts) == ([approval.voter] if counts else [])
    assert covered(requirement(1, []), facts) is counts


def test_one_person_counts_once_from_whatever_source() -> None:
    facts = approved_by(JO, JO, replace(JO, eligible_roles=ANY))
    assert counting(facts) == [JO]
    assert not covered(requirement(2, []), facts)
    assert covered(requirement(2, []), approved_by(JO, JO, SAM))


def test_a_withdrawn_approval_does_not_hide_one_that_stands() -> None:
    gone, stands = Approval(JO, "d1", withdrawn=True), Approval(JO, "d1")
    assert counting(replace(FACTS, approvals=(gone, stands))) == [JO]
    assert counting(replace(FACTS, approvals=(stands, gone))) == [JO]


HIGH = [
    ([JO, SAM], False),
    ([DEE], False),
    ([JO, DEE], True),
    ([DEE, JO], True),
    ([BOTH], False),
    ([BOTH, JO], True),
    ([JO, BOTH], True),
    ([BOTH, DEE], True),
    ([DEE, voter("person:7", Role.INFORMATION_GOVERNANCE)], True),
    ([], False),
]


@pytest.mark.parametrize(("people", "enough"), HIGH)
def test_a_high_finding_takes_two_of_whom_one_is_information_governance(people: list[Voter], enough: bool) -> None:
    assert covered(requirement(1, ["high"]), approved_by(*people)) is enough


def test_what_is_missing_is_told_slot_by_slot() -> None:
    needed = requirement(1, ["high"])
    assert missing(needed, []) == (Slot(IG), Slot(ANY))
    assert missing(needed, [JO]) == (Slot(IG),)
    assert missing(needed, [DEE]) == (Slot(ANY),)
    assert missing(needed, [BOTH]) == (Slot(ANY),)
    assert missing(needed, [JO, SAM]) == (Slot(IG),)
    assert missing(needed, [JO, DEE]) == ()
    assert missing(Requirement(()), []) == ()


roles = st.frozensets(st.sampled_from([Role.COMMS, Role.INFORMATION_GOVERNANCE, Role.DUTY_OFFICER]), max_size=3)
requirements = st.lists(roles.map(Slot), max_size=4).map(lambda slots: Requirement(tuple(slots)))
crowds = st.lists(roles, max_size=5).map(lambda each: [Voter(str(index), held) for index, held in enumerate(each)])


def most_filled(needed: Requirement, voters: Sequence[Voter]) -> int:
    """By trying every way to seat people: the most slots that distinct people can fill at once."""
    seats = [*voters, *[Voter("nobody")] * len(needed.slots)]
    return max(
        sum(bool(one.eligible_roles & slot.roles) for one, slot in zip(seating, needed.slots, strict=True))
        for seating in itertools.permutations(seats, len(needed.slots))
    )


@given(requirements, crowds)
def test_the_cover_is_the_best_there_is(needed: Requirement, voters: list[Voter]) -> None:
    left = missing(needed, voters)
    assert len(needed.slots) - len(left) == most_filled(needed, voters)
    in_order = iter(needed.slots)
    assert all(slot in in_order for slot in left)


@given(requirements, crowds, roles, roles)
def test_more_people_never_leave_more_open_and_more_slots_never_fewer(
    needed: Requirement, voters: list[Voter], newcomer: frozenset[Role], slot: frozenset[Role]
) -> None:
    left = len(missing(needed, voters))
    assert left - 1 <= len(missing(needed, [*voters, Voter("new", newcomer)])) <= left
    assert left <= len(missing(Requirement((*needed.slots, Slot(slot))), voters)) <= left + 1


@given(requirements, crowds)
def test_it_does_not_matter_who_came_first(needed: Requirement, voters: list[Voter]) -> None:
    assert len({len(missing(needed, order)) for order in itertools.permutations(voters)}) == 1


@given(requirements, crowds)
def test_covered_means_that_nothing_is_missing(needed: Requirement, voters: list[Voter]) -> None:
    counted = [one for one in voters if one.eligible_roles & APPROVERS]
    assert covered(needed, approved_by(*voters)) is (missing(needed, counted) == ())
