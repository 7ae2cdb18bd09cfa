"""The publish guard's decision: each outcome, which goes before which, and nothing out unless all holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.guard import Observation, Verdict, decide
from bot.protocol.model import APPROVERS, Approval, Facts, Role, State, Trigger, Voter
from bot.protocol.requirement import Requirement, requirement
from bot.protocol.table import step

DUE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
TOLERANCE = timedelta(seconds=600)
JO = Voter("person:2", frozenset({Role.STAFF, Role.COMMS}))
SAM = Voter("person:4", frozenset({Role.COMMS}))
DEE = Voter("person:3", frozenset({Role.INFORMATION_GOVERNANCE}))
ONE, TWO, HIGH = requirement(1, []), requirement(2, []), requirement(1, ["high"])
FACTS = Facts(12, 2, State.SCHEDULED, 7, "d2", frozenset({"person:1"}), approvals=(Approval(JO, "d2"),))
SEEN = Observation(True, True, (JO,), False, -1, -1)
PUBLISH = Verdict(Trigger.PUBLISH, "approved")
WITHDRAWN = Verdict(Trigger.WITHDRAW, "withdrawn")
LOST = Verdict(Trigger.LOST_COVER, "lost_approver")
MISSED = Verdict(Trigger.LATE, "missed")

# Each fault of an observation with what it leads to, gravest first: the first that holds decides.
FAULTS: list[tuple[dict[str, object], Verdict]] = [
    ({"reachable": False}, Verdict(Trigger.CANNOT_VERIFY, "unreachable")),
    ({"shown_equals": False}, Verdict(Trigger.CANNOT_VERIFY, "preview_changed")),
    ({"blocked": True}, Verdict(Trigger.HOLD, "asked")),
    ({"level_now": 1, "level_approved": 0}, Verdict(Trigger.CANNOT_VERIFY, "new_finding")),
    ({"approving": ()}, WITHDRAWN),
]


def observed(**changes: object) -> Observation:
    values = {name: getattr(SEEN, name) for name in SEEN.__slots__} | changes
    return Observation(**values)


def facts(*approvals: Approval, **changes: object) -> Facts:
    return replace(FACTS, approvals=approvals, **changes)  # type: ignore[arg-type]  # names are checked when made


def test_all_in_order_is_published() -> None:
    assert decide(FACTS, ONE, SEEN, DUE) == PUBLISH


@pytest.mark.parametrize("state", [state for state in State if state is not State.SCHEDULED])
def test_it_decides_about_scheduled_announcements_alone(state: State) -> None:
    with pytest.raises(ValueError, match=f"^the guard decides about scheduled announcements, not {state}$"):
        decide(replace(FACTS, state=state), ONE, SEEN, DUE)


@pytest.mark.parametrize(("fault", "verdict"), FAULTS)
def test_each_fault_stops_it(fault: dict[str, object], verdict: Verdict) -> None:
    assert decide(FACTS, ONE, observed(**fault), DUE) == verdict


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_gravest_fault_decides(first: int) -> None:
    changes: dict[str, object] = {}
    for fault, _ in FAULTS[first:]:
        changes |= fault
    assert decide(FACTS, ONE, observed(**changes), DUE) == FAULTS[first][1]


LEVELS = [(-1, -1, True), (0, -1, False), (0, 0, True), (1, 2, True), (2, 1, False), (-1, 3, True), (4, 3, False)]


@pytest.mark.parametrize(("now", "approved", "goes"), LEVELS)
def test_only_a_graver_finding_than_what_was_approved_stops_it(now: int, approved: int, goes: bool) -> None:
    verdict = decide(FACTS, ONE, observed(level_now=now, level_approved=approved), DUE)
    assert (verdict == PUBLISH) is goes


LATENESS = [
    (timedelta(), PUBLISH),
    (TOLERANCE - TICK, PUBLISH),
    (TOLERANCE, PUBLISH),
    (TOLERANCE + TICK, MISSED),
    (timedelta(days=1), MISSED),
]


@pytest.mark.parametrize(("late", "verdict"), LATENESS)
def test_past_its_tolerance_it_is_held(late: timedelta, verdict: Verdict) -> None:
    due = replace(FACTS, due=DUE, tolerance_seconds=600)
    assert decide(due, ONE, SEEN, DUE + late) == verdict


def test_lateness_goes_after_what_cannot_be_verified_and_before_the_cover() -> None:
    late, due = DUE + timedelta(days=1), replace(FACTS, due=DUE)
    assert decide(due, ONE, observed(approving=()), late) == MISSED
    for fault, verdict in FAULTS[:-1]:
        assert decide(due, ONE, observed(**fault), late) == verdict


def test_without_a_time_it_is_never_late() -> None:
    assert decide(FACTS, ONE, SEEN, datetime.max.replace(tzinfo=UTC)) == PUBLISH


@pytest.mark.parametrize("early", [TICK, timedelta(days=9)])
def test_it_never_decides_before_the_time(early: timedelta) -> None:
    """Moving a time later voids no approval, so a guard that looked at the earlier time must not go on."""
    with pytest.raises(ValueError, match=r"^#12 is not due before 2026-03-02T09:00:00\+00:00$"):
        decide(replace(FACTS, due=DUE), ONE, SEEN, DUE - early)


COVER: list[tuple[str, Facts, Requirement, tuple[Voter, ...], Verdict]] = [
    ("another person's ✅ is no approval of ours", FACTS, ONE, (SAM,), WITHDRAWN),
    ("a ✅ beside the approval does no harm", FACTS, ONE, (SAM, JO), PUBLISH),
    ("withdrawn, though still to be seen", facts(Approval(JO, "d2", withdrawn=True)), ONE, (JO,), WITHDRAWN),
    ("of other words", facts(Approval(JO, "d1")), ONE, (JO,), WITHDRAWN),
    ("by who wrote it", facts(Approval(JO, "d2"), contributors=frozenset({"person:2"})), ONE, (JO,), WITHDRAWN),
    ("one of two", facts(Approval(JO, "d2"), Approval(SAM, "d2")), TWO, (JO,), WITHDRAWN),
    ("two of two", facts(Approval(JO, "d2"), Approval(SAM, "d2")), TWO, (SAM, JO), PUBLISH),
    ("one person twice", facts(Approval(JO, "d2"), Approval(JO, "d2")), TWO, (JO,), WITHDRAWN),
    ("two, without information governance", facts(Approval(JO, "d2"), Approval(SAM, "d2")), HIGH, (SAM, JO), WITHDRAWN),
    ("with information governance", facts(Approval(JO, "d2"), Approval(DEE, "d2")), HIGH, (DEE, JO), PUBLISH),
    ("no longer in the role", FACTS, ONE, (Voter("person:2", frozenset({Role.STAFF})),), LOST),
    ("no role at all", FACTS, ONE, (Voter("person:2"),), LOST),
    (
        "one without the role, the other gone",
        facts(Approval(JO, "d2"), Approval(SAM, "d2")),
        TWO,
        (Voter("person:2"),),
        LOST,
    ),
    (
        "one without the role, the rest is enough",
        facts(Approval(JO, "d2"), Approval(SAM, "d2")),
        ONE,
        (Voter("person:2"), SAM),
        PUBLISH,
    ),
    (
        "withdrawn by somebody who has lost the role too",
        facts(Approval(JO, "d2", withdrawn=True)),
        ONE,
        (Voter("person:2"),),
        WITHDRAWN,
    ),
    ("a second account of hers is closed", FACTS, ONE, (JO, Voter("person:2")), PUBLISH),
    ("a first account of hers is closed", FACTS, ONE, (Voter("person:2"), JO), PUBLISH),
    ("both accounts of hers are closed", FACTS, ONE, (Voter("person:2"), Voter("person:2")), LOST),
    (
        "role of now, not of then",
        facts(Approval(Voter("person:2"), "d2")),
        ONE,
        (JO,),
        PUBLISH,
    ),
]


@pytest.mark.parametrize(
    ("known", "needed", "live", "verdict"), [case[1:] for case in COVER], ids=[case[0] for case in COVER]
)
def test_the_cover(known: Facts, needed: Requirement, live: tuple[Voter, ...], verdict: Verdict) -> None:
    assert decide(known, needed, observed(approving=live), DUE) == verdict


people = st.sampled_from([f"person:{number}" for number in range(1, 5)])
voters = st.builds(Voter, people, st.frozensets(st.sampled_from([*Role]), max_size=3))
approvals = st.lists(st.builds(Approval, voters, st.sampled_from(["d1", "d2"]), st.booleans()), max_size=5)
observations = st.builds(
    Observation,
    st.sampled_from([True, True, True, False]),
    st.sampled_from([True, True, True, False]),
    st.lists(voters, max_size=5).map(tuple),
    st.sampled_from([False, False, False, True]),
    st.integers(-1, 4),
    st.integers(-1, 4),
)


@given(approvals, observations, st.sampled_from([ONE, TWO, HIGH]))
def test_the_order_in_which_things_are_seen_does_not_matter(
    given_approvals: list[Approval], seen: Observation, needed: Requirement
) -> None:
    backwards = replace(seen, approving=seen.approving[::-1])
    verdict = decide(facts(*given_approvals), needed, seen, DUE)
    assert decide(facts(*reversed(given_approvals)), needed, backwards, DUE) == verdict


@given(approvals, observations, st.sampled_from([ONE, TWO, HIGH]), st.integers(0, 1200))
def test_it_publishes_only_if_every_condition_holds(
    given_approvals: list[Approval], seen: Observation, needed: Requirement, late: int
) -> None:
    known = replace(FACTS, approvals=tuple(given_approvals), due=DUE, tolerance_seconds=600)
    verdict = decide(known, needed, seen, DUE + timedelta(seconds=late))
    after = step(State.SCHEDULED, verdict.trigger)
    assert (after is State.PUBLISHING) == (verdict == PUBLISH)
    if after is not State.PUBLISHING:
        return
    live: dict[str, frozenset[Role]] = {}
    for one in seen.approving:
        live[one.person] = live.get(one.person, frozenset()) | one.eligible_roles
    standing = [one for one in given_approvals if not one.withdrawn and one.digest == "d2"]
    valid = {one.voter.person for one in standing} & live.keys() - {"person:1"}
    eligible = [live[person] for person in valid if live[person] & APPROVERS]
    assert seen.reachable
    assert seen.shown_equals
    assert not seen.blocked
    assert seen.level_now <= seen.level_approved
    assert late <= 600
    assert len(eligible) >= len(needed.slots)
    assert needed != HIGH or any(Role.INFORMATION_GOVERNANCE in held for held in eligible)
