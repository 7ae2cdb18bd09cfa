"""The publish guard's decision: each outcome, which goes before which, and nothing out unless all holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.guard import Observation, Stale, Verdict, decide
from bot.protocol.model import APPROVERS, Ballot, Facts, Role, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, requirement
from bot.protocol.table import step

DUE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
TOLERANCE = timedelta(minutes=10)
JO = Voter("person:2", frozenset({Role.STAFF, Role.COMMS}))
SAM = Voter("person:4", frozenset({Role.COMMS}))
DEE = Voter("person:3", frozenset({Role.INFORMATION_GOVERNANCE}))
AUTHOR, BOTH = Voter("person:1", APPROVERS), Voter("person:5", APPROVERS)
ONE, TWO, HIGH = requirement(1, []), requirement(2, []), requirement(1, ["high"])
PUBLISH = Verdict(Trigger.PUBLISH, "approved")
WITHDRAWN = Verdict(Trigger.WITHDRAW, "withdrawn")
LOST = Verdict(Trigger.LOST_COVER, "lost_approver")
MISSED = Verdict(Trigger.LATE, "missed")
REJECTED = Verdict(Trigger.REJECT, "asked")
HELD = Verdict(Trigger.HOLD, "asked")
CHANGES = Verdict(Trigger.REQUEST_CHANGES, "asked")


def vote(voter: Voter, kind: Vote = Vote.APPROVE, **more: object) -> Ballot:
    given = Ballot(voter, kind, "d2", account=f"web:{voter.person}")
    return replace(given, **more)  # type: ignore[arg-type]  # names are checked when made


FACTS = Facts(12, 2, State.SCHEDULED, 7, "d2", frozenset({"person:1"}), DUE - timedelta(hours=1), ballots=(vote(JO),))
SEEN = Observation(7, True, True, (vote(JO),), -1, -1)

# What makes publishing impossible whatever the votes say, with what it leads to, gravest first: the first decides.
PAUSED: dict[str, object] = {"paused": True}
FAULTS: list[tuple[dict[str, object], Verdict]] = [
    ({"reachable": False}, Verdict(Trigger.CANNOT_VERIFY, "unreachable")),
    ({"shown_equals": False}, Verdict(Trigger.CANNOT_VERIFY, "preview_changed")),
    ({"level_now": 1, "level_approved": 0}, Verdict(Trigger.CANNOT_VERIFY, "new_finding")),
    ({"links_equal": False}, Verdict(Trigger.CANNOT_VERIFY, "link_changed")),
]


def facts(*ballots: Ballot, **changes: object) -> Facts:
    return replace(FACTS, ballots=ballots, **changes)  # type: ignore[arg-type]  # names are checked when made


def seen(*ballots: Ballot, **changes: object) -> Observation:
    return replace(SEEN, ballots=ballots, **changes)  # type: ignore[arg-type]  # names are checked when made


def faulty(*faults: dict[str, object]) -> Observation:
    changes = {name: value for fault in faults for name, value in fault.items()}
    return seen(vote(JO), **changes)


def test_all_in_order_is_published() -> None:
    assert decide(FACTS, ONE, SEEN, DUE) == PUBLISH


@pytest.mark.parametrize("state", [state for state in State if state is not State.SCHEDULED])
def test_it_decides_about_scheduled_announcements_alone(state: State) -> None:
    with pytest.raises(ValueError, match=f"^#12 is {state} and due None: nothing for the guard$"):
        decide(replace(FACTS, state=state), ONE, SEEN, DUE)


@pytest.mark.parametrize("early", [TICK, timedelta(days=9)])
def test_it_never_decides_before_the_time(early: timedelta) -> None:
    """Moving a time later voids no approval, so a guard that looked at the earlier time must not go on."""
    for due in (replace(FACTS, due=DUE), replace(FACTS, starts=DUE), replace(FACTS, due=DUE - early, starts=DUE)):
        with pytest.raises(ValueError, match=r"^#12 is scheduled and due 2026-03-02 09:00:00\+00:00: nothing for"):
            decide(due, ONE, SEEN, DUE - early)
        assert decide(due, ONE, SEEN, DUE) == PUBLISH


@pytest.mark.parametrize("version", [6, 8])
def test_an_observation_of_another_version_is_worth_nothing(version: int) -> None:
    """Whatever was seen then: votes that were heard meanwhile are not in it."""
    for observed in (SEEN, *[faulty(fault) for fault, _ in FAULTS]):
        with pytest.raises(Stale, match=f"^#12 was at version {version}, is at 7$"):
            decide(FACTS, ONE, replace(observed, version=version), DUE)


@pytest.mark.parametrize(("fault", "verdict"), FAULTS)
def test_each_fault_stops_it(fault: dict[str, object], verdict: Verdict) -> None:
    assert decide(FACTS, ONE, faulty(fault), DUE) == verdict


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_gravest_fault_decides(first: int) -> None:
    late = replace(FACTS, due=DUE - timedelta(days=1))
    observed = replace(faulty(*[fault for fault, _ in FAULTS[first:]]), ballots=(vote(SAM, Vote.REJECT),))
    assert decide(late, ONE, observed, DUE) == FAULTS[first][1]


def test_nothing_goes_out_while_everything_is_paused() -> None:
    """I7. Before anything else: nothing has to be wrong with it."""
    assert decide(facts(vote(JO), paused=True), ONE, SEEN, DUE) == Verdict(Trigger.PAUSE, "paused")
    assert decide(facts(paused=True), ONE, faulty(*[fault for fault, _ in FAULTS]), DUE).reason == "paused"


LEVELS = [(-1, -1, True), (0, -1, False), (0, 0, True), (1, 2, True), (2, 1, False), (-1, 3, True), (4, 3, False)]


@pytest.mark.parametrize(("now", "approved", "goes"), LEVELS)
def test_only_a_graver_finding_than_what_was_approved_stops_it(now: int, approved: int, goes: bool) -> None:
    verdict = decide(FACTS, ONE, faulty({"level_now": now, "level_approved": approved}), DUE)
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
    """I8; the same from the later start that a person gave it."""
    assert decide(facts(vote(JO), due=DUE), ONE, SEEN, DUE + late) == verdict
    assert decide(facts(vote(JO), due=DUE - timedelta(days=1), starts=DUE), ONE, SEEN, DUE + late) == verdict
    assert decide(facts(vote(JO), due=DUE - timedelta(days=1), until=DUE), ONE, SEEN, DUE - TICK) == PUBLISH


def test_lateness_goes_before_the_votes() -> None:
    late = replace(FACTS, due=DUE - timedelta(days=1))
    assert decide(late, ONE, seen(), DUE) == MISSED
    assert decide(late, ONE, seen(vote(JO), vote(SAM, Vote.REJECT)), DUE) == MISSED


def test_without_a_time_it_is_never_late() -> None:
    assert decide(FACTS, ONE, SEEN, datetime.max.replace(tzinfo=UTC)) == PUBLISH


GONE = replace(JO, eligible_roles=frozenset({Role.STAFF}))
BY_BUTTON = vote(JO, source=Source.BUTTON)
REASONED = tuple(vote(one, kind, reasoned=True) for one in (JO, DEE) for kind in (Vote.APPROVE, Vote.ACKNOWLEDGE))
COVER: list[tuple[str, Facts, Requirement, tuple[Ballot, ...], Verdict]] = [
    ("its approval is not there any more", FACTS, ONE, (), WITHDRAWN),
    ("another's approval that nobody told us of", FACTS, ONE, (vote(SAM),), PUBLISH),
    ("noted as withdrawn, but it stands", facts(vote(JO, withdrawn=True)), ONE, (vote(JO),), PUBLISH),
    ("made void, and seen to stand", facts(vote(JO, withdrawn=True, void=True)), ONE, (vote(JO),), WITHDRAWN),
    ("of other words", facts(vote(JO, digest="d1")), ONE, (vote(JO, digest="d1"),), WITHDRAWN),
    ("by who wrote it", facts(contributors=frozenset({"person:2"})), ONE, (vote(JO),), WITHDRAWN),
    ("one of two", facts(vote(JO), vote(SAM)), TWO, (vote(JO),), WITHDRAWN),
    ("two of two", facts(vote(JO), vote(SAM)), TWO, (vote(SAM), vote(JO)), PUBLISH),
    ("one person twice", facts(vote(JO), BY_BUTTON), TWO, (vote(JO), vote(JO, account="b")), WITHDRAWN),
    ("by button", facts(BY_BUTTON), ONE, (), PUBLISH),
    ("by button and withdrawn", facts(replace(BY_BUTTON, withdrawn=True)), ONE, (), WITHDRAWN),
    ("typed", facts(vote(JO, source=Source.TYPED)), ONE, (), PUBLISH),
    ("a button and a reaction", facts(BY_BUTTON), TWO, (vote(SAM),), PUBLISH),
    ("no longer in the role", FACTS, ONE, (vote(GONE),), LOST),
    ("no role at all", FACTS, ONE, (vote(Voter("person:2")),), LOST),
    ("by button, no longer in the role", facts(vote(GONE, source=Source.BUTTON)), ONE, (), LOST),
    ("without the role, and taken away", FACTS, ONE, (vote(SAM),), PUBLISH),
    ("one without the role, the other gone", facts(vote(JO), vote(SAM)), TWO, (vote(GONE),), LOST),
    ("one without the role, the rest is enough", facts(vote(JO), vote(SAM)), ONE, (vote(GONE), vote(SAM)), PUBLISH),
    ("a stranger's approval", FACTS, ONE, (vote(JO), vote(Voter("account:web:gil"))), PUBLISH),
    ("only a stranger's approval", FACTS, ONE, (vote(Voter("account:web:gil")),), WITHDRAWN),
    ("rejection", FACTS, ONE, (vote(JO), vote(SAM, Vote.REJECT)), REJECTED),
    ("hold", FACTS, ONE, (vote(JO), vote(SAM, Vote.HOLD)), HELD),
    ("changes", FACTS, ONE, (vote(JO), vote(SAM, Vote.REQUEST_CHANGES)), CHANGES),
    ("rejection and hold", FACTS, ONE, (vote(JO), vote(DEE, Vote.HOLD), vote(SAM, Vote.REJECT)), REJECTED),
    ("rejection by button", facts(vote(JO), vote(SAM, Vote.REJECT, source=Source.BUTTON)), ONE, (vote(JO),), REJECTED),
    ("a stranger's rejection", FACTS, ONE, (vote(JO), vote(Voter("account:web:gil"), Vote.REJECT)), PUBLISH),
    ("rejection without any approval", FACTS, ONE, (vote(SAM, Vote.REJECT),), REJECTED),
    ("the author's rejection", FACTS, ONE, (vote(JO), vote(AUTHOR, Vote.REJECT)), REJECTED),
    ("a high finding, no reasons", facts(vote(JO), vote(DEE)), HIGH, (vote(JO), vote(DEE)), WITHDRAWN),
    ("a high finding, each with a reason", FACTS, HIGH, (*REASONED, vote(JO, proven=True)), PUBLISH),
    ("a high finding, on two networks", FACTS, HIGH, (*REASONED, vote(JO, account="slack:U1")), PUBLISH),
    ("a high finding, all of it forgeable", FACTS, HIGH, REASONED, WITHDRAWN),
]


@pytest.mark.parametrize(
    ("known", "needed", "live", "verdict"), [case[1:] for case in COVER], ids=[case[0] for case in COVER]
)
def test_the_cover(known: Facts, needed: Requirement, live: tuple[Ballot, ...], verdict: Verdict) -> None:
    assert decide(known, needed, seen(*live), DUE) == verdict


voters = st.sampled_from([AUTHOR, JO, DEE, SAM, BOTH, Voter("person:6", frozenset({Role.ADMIN})), Voter("web:gil")])
kinds = st.sampled_from([Vote.APPROVE] * 4 + [Vote.REJECT, Vote.HOLD, Vote.ACKNOWLEDGE])
accounts = st.sampled_from(["web:a", "web:b"])
digests = st.sampled_from(["d1", "d2", "d2", "d2"])
stored = st.lists(
    st.builds(Ballot, voters, kinds, digests, st.sampled_from([*Source]), accounts, st.booleans()), max_size=5
)
live = st.lists(st.builds(Ballot, voters, kinds, digests, st.just(Source.REACTION), accounts), max_size=5)
mostly = st.sampled_from([True, True, True, False])
observations = st.builds(
    Observation, st.just(7), mostly, mostly, live.map(tuple), st.integers(-1, 1), st.integers(-1, 1), mostly
)


@given(stored, observations, st.sampled_from([ONE, TWO, HIGH]))
def test_the_order_in_which_things_are_seen_does_not_matter(
    given_ballots: list[Ballot], observed: Observation, needed: Requirement
) -> None:
    backwards = replace(observed, ballots=observed.ballots[::-1])
    verdict = decide(facts(*given_ballots), needed, observed, DUE)
    assert decide(facts(*reversed(given_ballots)), needed, backwards, DUE) == verdict


@given(stored, observations, st.sampled_from([ONE, TWO, HIGH]), st.integers(0, 1200), st.booleans())
def test_it_publishes_only_if_every_condition_holds(
    given_ballots: list[Ballot], observed: Observation, needed: Requirement, late: int, paused: bool
) -> None:
    known = facts(*given_ballots, due=DUE, paused=paused)
    verdict = decide(known, needed, observed, DUE + timedelta(seconds=late))
    after = step(State.SCHEDULED, verdict.trigger)
    assert (after is State.PUBLISHING) == (verdict == PUBLISH)
    if after is not State.PUBLISHING:
        return
    lasting = [one for one in given_ballots if one.source is not Source.REACTION and not one.withdrawn]
    valid = [
        one for one in (*lasting, *observed.ballots) if one.digest == "d2" and one.voter.eligible_roles & APPROVERS
    ]
    approving = {one.voter.person for one in valid if one.vote is Vote.APPROVE} - {"person:1"}
    governing = {one.voter.person for one in valid if Role.INFORMATION_GOVERNANCE in one.voter.eligible_roles}
    assert not paused
    assert observed.reachable
    assert observed.shown_equals
    assert observed.links_equal
    assert observed.level_now <= observed.level_approved
    assert late <= 600
    assert not any(one.vote in {Vote.REJECT, Vote.HOLD} for one in valid)
    assert len(approving) >= len(needed.slots)
    assert needed != HIGH or approving & governing
