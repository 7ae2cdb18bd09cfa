"""Who must approve: the rows of PROTOCOL section 3, and the cover of slots against brute force."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.model import APPROVERS, Ballot, Facts, Role, Source, State, Vote, Voter
from bot.protocol.requirement import NOBODY, Requirement, Slot, counting, counts, covered, missing, proven, requirement

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
FACTS = Facts(12, 1, State.IN_REVIEW, 7, "d1", frozenset({"person:1"}), datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
ONE, TWO, HIGH_FINDING = requirement(1, []), requirement(2, []), requirement(1, ["high"])


def voter(person: str, *roles: Role) -> Voter:
    return Voter(person, frozenset(roles))


AMA = voter("person:1", Role.STAFF, Role.COMMS)
JO = voter("person:2", Role.STAFF, Role.COMMS)
DEE = voter("person:3", Role.STAFF, Role.INFORMATION_GOVERNANCE)
SAM = voter("person:4", Role.STAFF, Role.COMMS)
BOTH = voter("person:5", Role.COMMS, Role.INFORMATION_GOVERNANCE)
PAT = voter("person:6", Role.STAFF, Role.ADMIN, Role.DUTY_OFFICER, Role.AUDITOR)
GIL = voter("account:web:gil")


def yes(voter: Voter, digest: str = "d1", **more: object) -> Ballot:
    return replace(Ballot(voter, Vote.APPROVE, digest), **more)  # type: ignore[arg-type]  # checked when made


def because(voter: Voter, digest: str = "d1", *, reasoned: bool = True, **more: object) -> Ballot:
    return yes(voter, digest, vote=Vote.ACKNOWLEDGE, reasoned=reasoned, **more)


def holding(*ballots: Ballot) -> Facts:
    return replace(FACTS, ballots=ballots)


def approved_by(*voters: Voter) -> Facts:
    """Each with a reason in proven words, so that a high finding asks no more of them."""
    return holding(*[ballot for one in voters for ballot in (yes(one), because(one, proven=True))])


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
        assert [slot for slot in needed.slots if slot is NOBODY] == [NOBODY]
        assert not covered(needed, approved_by(*everybody))
        assert NOBODY in missing(needed, everybody)


@given(st.integers(1, 5), st.lists(st.sampled_from(SEVERITIES)), st.sampled_from(SEVERITIES))
def test_a_further_finding_never_asks_for_less(approvals: int, found: list[str], more: str) -> None:
    before, after = requirement(approvals, found), requirement(approvals, [*found, more])
    assert len(after.slots) >= len(before.slots) >= approvals
    assert all(late.roles <= early.roles for early, late in zip(before.slots, after.slots, strict=False))
    assert requirement(approvals, reversed([*found, more])) == after


@pytest.mark.parametrize(("approvals", "severities", "people"), [(1, [], 2), (1, ["note"], 2), (2, [], 2), (3, [], 3)])
def test_out_of_hours_two_are_needed(approvals: int, severities: list[str], people: int) -> None:
    needed = requirement(approvals, severities, out_of_hours=True)
    assert needed == Requirement((Slot(ANY),) * people)
    assert requirement(approvals, ["high"], out_of_hours=True).slots == (Slot(IG), *[Slot(ANY)] * (people - 1))


@pytest.mark.parametrize(
    ("severities", "reasons"), [([], False), (["note"], False), (["medium"], False), (["medium", "high"], True)]
)
def test_reasons_are_asked_for_a_high_finding_alone(severities: list[str], reasons: bool) -> None:
    assert requirement(1, severities).reasons is reasons


COUNTING: list[tuple[str, Ballot, bool]] = [
    ("comms", yes(JO), True),
    ("information governance", yes(DEE), True),
    ("by button", yes(JO, source=Source.BUTTON), True),
    ("typed", yes(JO, source=Source.TYPED), True),
    ("withdrawn", yes(JO, withdrawn=True), False),
    ("made void", yes(JO, void=True), False),
    ("of other bytes", yes(JO, "d2"), False),
    ("no longer in the role", yes(voter("person:2", Role.STAFF)), False),
    ("no role at all", yes(voter("person:2")), False),
    ("admin, duty officer and auditor", yes(PAT), False),
    ("an outsider", yes(GIL), False),
]


@pytest.mark.parametrize(("ballot", "stands"), [case[1:] for case in COUNTING], ids=[case[0] for case in COUNTING])
def test_which_ballots_count(ballot: Ballot, stands: bool) -> None:
    facts = holding(ballot)
    assert counts(ballot, facts) is stands
    assert counting(facts, ONE) == ([ballot.voter] if stands else [])
    assert covered(ONE, facts) is stands


def test_a_contributor_may_object_but_never_approves() -> None:
    own = yes(voter("person:1", Role.COMMS))
    assert counts(own, FACTS)
    assert counting(holding(own), ONE) == []
    assert counting(holding(own, yes(JO)), ONE) == [JO]


@pytest.mark.parametrize("vote", [vote for vote in Vote if vote is not Vote.APPROVE])
def test_no_other_vote_approves(vote: Vote) -> None:
    for needed in (ONE, HIGH_FINDING):
        assert counting(holding(yes(JO, vote=vote, reasoned=True)), needed) == []


def test_one_person_counts_once_from_whatever_source() -> None:
    """I3: by reaction, by button, typed, from two accounts: one person."""
    facts = holding(
        yes(JO, account="a"),
        yes(JO, account="b"),
        yes(replace(JO, eligible_roles=ANY), source=Source.BUTTON),
        yes(JO, source=Source.TYPED),
    )
    assert counting(facts, TWO) == [JO]
    assert not covered(TWO, facts)
    assert covered(TWO, replace(facts, ballots=(*facts.ballots, yes(SAM))))


def test_a_withdrawn_approval_does_not_hide_one_that_stands() -> None:
    gone, stands = yes(JO, withdrawn=True), yes(JO, source=Source.TYPED)
    assert counting(holding(gone, stands), ONE) == [JO]
    assert counting(holding(stands, gone), ONE) == [JO]


REASONS: list[tuple[str, tuple[Ballot, ...], list[Voter]]] = [
    ("no reason", (yes(JO),), []),
    ("a reason", (yes(JO), because(JO)), [JO]),
    ("a reason first", (because(JO), yes(JO)), [JO]),
    ("a reason without approval", (because(JO),), []),
    ("acknowledged without words", (yes(JO), because(JO, reasoned=False)), []),
    ("words of an approval are no acknowledgement", (yes(JO, reasoned=True),), []),
    ("another's reason", (yes(JO), because(SAM)), []),
    ("a reason taken back", (yes(JO), because(JO, withdrawn=True)), []),
    ("a reason for other bytes", (yes(JO), because(JO, digest="d2")), []),
    ("each with a reason", (yes(JO), yes(DEE), because(DEE), because(JO)), [JO, DEE]),
    ("one of two with a reason", (yes(JO), yes(DEE), because(DEE)), [DEE]),
]


@pytest.mark.parametrize(("ballots", "people"), [case[1:] for case in REASONS], ids=[case[0] for case in REASONS])
def test_a_high_finding_asks_each_for_a_reason(ballots: tuple[Ballot, ...], people: list[Voter]) -> None:
    """I10. What asks for no reasons counts them without."""
    assert counting(holding(*ballots), HIGH_FINDING) == people
    assert counting(holding(*ballots), TWO) == list(
        dict.fromkeys(one.voter for one in ballots if one.vote == "approve")
    )


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


ELSEWHERE = "slack:U1"
PROVEN = [
    ("by no one", [], False),
    ("an approval in words", [yes(JO, source=Source.TYPED, account="matrix:@jo:x", proven=True)], True),
    ("a reason", [because(DEE, source=Source.TYPED, account="matrix:@dee:x", proven=True)], True),
    ("taken back", [because(DEE, source=Source.TYPED, proven=True, withdrawn=True)], False),
    ("of other bytes", [yes(JO, "d2", source=Source.TYPED, proven=True)], False),
    ("an objection", [yes(JO, vote=Vote.HOLD, proven=True)], False),
    ("by somebody who does not approve", [because(SAM, proven=True)], False),
    ("by a contributor", [yes(AMA, proven=True), because(AMA, proven=True)], False),
    ("on another network", [yes(JO, account=ELSEWHERE)], True),
    ("on another network by one who gives no reason", [yes(SAM, account=ELSEWHERE)], False),
    ("a reason alone on another network", [because(JO, account=ELSEWHERE)], False),
    ("taken back on another network", [yes(JO, account=ELSEWHERE, withdrawn=True)], False),
]


@pytest.mark.parametrize(("more", "enough"), [case[1:] for case in PROVEN], ids=[case[0] for case in PROVEN])
def test_whoever_runs_one_network_cannot_make_up_all_approvals_of_a_grave_finding(
    more: list[Ballot], enough: bool
) -> None:
    """PROTOCOL section 9: typed from a proven device, or one approval from another network."""
    forgeable = [yes(JO, account="matrix:@jo:x"), because(JO, account="matrix:@jo:x")]
    forgeable += [yes(DEE, account="matrix:@dee:x"), because(DEE, account="matrix:@dee:x")]
    needed = requirement(1, ["high"])
    facts = holding(*forgeable, *more)
    assert missing(needed, counting(facts, needed)) == ()
    assert proven(needed, facts) is enough
    assert covered(needed, facts) is enough
    assert proven(ONE, holding()), "nothing else asks for it"


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
