"""What the votes say: which count, where they lead from each state, what a fresh look replaces."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.model import Ballot, Facts, Role, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import requirement
from bot.protocol.review import (
    ASKED,
    INTACT,
    UNDER_REVIEW,
    after_act,
    follow,
    is_heard,
    lost_roles,
    reconcile,
    resumption,
    ruling,
    sought,
)
from bot.protocol.table import step

NINE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
TEN, NOON = NINE + timedelta(hours=1), NINE + timedelta(hours=3)
ONE, TWO = requirement(1, []), requirement(2, [])
JO = Voter("person:2", frozenset({Role.STAFF, Role.COMMS}))
DEE = Voter("person:3", frozenset({Role.STAFF, Role.INFORMATION_GOVERNANCE}))
SAM = Voter("person:4", frozenset({Role.STAFF, Role.COMMS}))
AUTHOR = Voter("person:1", frozenset({Role.STAFF, Role.COMMS}))
STAFF = Voter("person:6", frozenset({Role.STAFF, Role.ADMIN, Role.AUDITOR, Role.DUTY_OFFICER}))
GUEST = Voter("account:web:gil")
LEFT = replace(JO, eligible_roles=frozenset({Role.STAFF}))
S, T, V = State, Trigger, Vote


def vote(voter: Voter, kind: Vote = Vote.APPROVE, **more: object) -> Ballot:
    given = Ballot(voter, kind, "d1", account=f"web:{voter.person}")
    return replace(given, **more)  # type: ignore[arg-type]  # names are checked when made


def at(state: State, *ballots: Ballot, **changes: object) -> Facts:
    reason = ASKED if state in {S.HELD, S.REJECTED, S.CHANGES_REQUESTED} else ""
    facts = Facts(12, 2, state, 7, "d1", frozenset({"person:1"}), NINE, reason, ballots=ballots)
    return replace(facts, **changes)  # type: ignore[arg-type]  # names are checked when made


RULINGS: list[tuple[str, Voter, Vote, int, str]] = [
    ("comms", JO, V.APPROVE, 2, ""),
    ("information governance", DEE, V.APPROVE, 2, ""),
    ("a guest", GUEST, V.APPROVE, 2, "outsider"),
    ("a guest, on an old preview", GUEST, V.APPROVE, 1, "outsider"),
    ("an old preview", JO, V.APPROVE, 1, "old_preview"),
    ("a preview to come", JO, V.APPROVE, 3, "old_preview"),
    ("an old preview of one's own", AUTHOR, V.APPROVE, 1, "old_preview"),
    ("one's own", AUTHOR, V.APPROVE, 2, "own"),
    ("one's own, without the role", replace(AUTHOR, eligible_roles=STAFF.eligible_roles), V.APPROVE, 2, "own"),
    ("an objection to one's own", AUTHOR, V.REJECT, 2, ""),
    ("one's own on hold", AUTHOR, V.HOLD, 2, ""),
    ("staff", STAFF, V.APPROVE, 2, "not_approver"),
    ("staff objecting", STAFF, V.REJECT, 2, "not_approver"),
    ("comms objecting", JO, V.REJECT, 2, ""),
]


@pytest.mark.parametrize(
    ("voter", "kind", "revision", "code"), [case[1:] for case in RULINGS], ids=[case[0] for case in RULINGS]
)
def test_whose_vote_counts_on_what(voter: Voter, kind: Vote, revision: int, code: str) -> None:
    assert ruling(at(S.IN_REVIEW), voter, kind, revision) == code
    outside = ruling(at(S.PUBLISHED), voter, kind, revision)
    assert outside == (code or "too_late")


HEARD = {S.IN_REVIEW, S.APPROVED, S.SCHEDULED, S.HELD, S.REJECTED, S.CHANGES_REQUESTED, S.PUBLISHING}


@pytest.mark.parametrize("state", [*State])
def test_votes_are_heard_until_a_channel_was_asked(state: State) -> None:
    assert is_heard(at(state)) is (state in HEARD)
    assert is_heard(at(state, begun=True)) is (state in HEARD - {S.PUBLISHING})
    assert HEARD - {S.PUBLISHING} == UNDER_REVIEW


def test_there_is_no_preview_of_what_the_scan_stopped() -> None:
    for reason in ("", "critical", "scan_failed"):
        assert not is_heard(at(S.CHANGES_REQUESTED, reason=reason))
        assert is_heard(at(S.HELD, reason=reason))
        assert is_heard(at(S.REJECTED, reason=reason))


SOUGHT: list[tuple[str, tuple[Ballot, ...], State]] = [
    ("nothing", (), S.IN_REVIEW),
    ("one approval", (vote(JO),), S.APPROVED),
    ("withdrawn", (vote(JO, withdrawn=True),), S.IN_REVIEW),
    ("its author's", (vote(AUTHOR),), S.IN_REVIEW),
    ("rejection", (vote(JO, V.REJECT),), S.REJECTED),
    ("hold", (vote(JO, V.HOLD),), S.HELD),
    ("changes", (vote(JO, V.REQUEST_CHANGES),), S.CHANGES_REQUESTED),
    ("approved, and rejection", (vote(JO), vote(SAM, V.REJECT)), S.REJECTED),
    ("approved, and rejection taken back", (vote(JO), vote(SAM, V.REJECT, withdrawn=True)), S.APPROVED),
    ("approved, and rejection made void", (vote(JO), vote(SAM, V.REJECT, void=True)), S.APPROVED),
    ("approved, and rejection of other bytes", (vote(JO), vote(SAM, V.REJECT, digest="d0")), S.APPROVED),
    ("approved, and a guest's rejection", (vote(JO), vote(GUEST, V.REJECT)), S.APPROVED),
    ("approved and rejection by one person", (vote(JO), vote(JO, V.REJECT)), S.REJECTED),
    ("rejection by the author", (vote(JO), vote(AUTHOR, V.REJECT)), S.REJECTED),
    ("hold and rejection", (vote(JO, V.HOLD), vote(SAM, V.REJECT)), S.REJECTED),
    ("changes and rejection", (vote(JO, V.REQUEST_CHANGES), vote(SAM, V.REJECT)), S.REJECTED),
    ("changes and hold", (vote(JO, V.REQUEST_CHANGES), vote(SAM, V.HOLD)), S.HELD),
]


@pytest.mark.parametrize(("ballots", "state"), [case[1:] for case in SOUGHT], ids=[case[0] for case in SOUGHT])
def test_where_it_belongs_is_what_the_votes_say_in_any_order(ballots: tuple[Ballot, ...], state: State) -> None:
    for order in itertools.permutations(ballots):
        for now in State:
            assert sought(at(now, *order), ONE) is state
            assert sought(at(now, *order, *order), ONE) is state
    assert sought(at(S.IN_REVIEW, *ballots), TWO) is (S.IN_REVIEW if state is S.APPROVED else state)


YES, NO, WAIT, CHANGE = vote(JO), vote(SAM, V.REJECT), vote(SAM, V.HOLD), vote(SAM, V.REQUEST_CHANGES)
GONE = vote(LEFT)
# From a state, with votes, by which triggers; where that ends is looked up in the table.
FOLLOWED: list[tuple[State, tuple[Ballot, ...], tuple[Trigger, ...]]] = [
    (S.IN_REVIEW, (), ()),
    (S.IN_REVIEW, (YES,), (T.APPROVE,)),
    (S.IN_REVIEW, (GONE,), ()),
    (S.IN_REVIEW, (YES, NO), (T.REJECT,)),
    (S.IN_REVIEW, (YES, WAIT), (T.HOLD,)),
    (S.IN_REVIEW, (CHANGE,), (T.REQUEST_CHANGES,)),
    (S.APPROVED, (YES,), ()),
    (S.APPROVED, (), (T.WITHDRAW,)),
    (S.APPROVED, (GONE,), (T.LOST_COVER,)),
    (S.APPROVED, (YES, NO), (T.REJECT,)),
    (S.APPROVED, (GONE, NO), (T.REJECT,)),
    (S.SCHEDULED, (YES,), ()),
    (S.SCHEDULED, (YES, GONE), ()),
    (S.SCHEDULED, (), (T.WITHDRAW,)),
    (S.SCHEDULED, (GONE,), (T.LOST_COVER,)),
    (S.SCHEDULED, (WAIT,), (T.HOLD,)),
    (S.SCHEDULED, (CHANGE,), (T.REQUEST_CHANGES,)),
    (S.HELD, (WAIT,), ()),
    (S.HELD, (YES, WAIT), ()),
    (S.HELD, (), (T.RECONSIDER,)),
    (S.HELD, (YES,), (T.RECONSIDER, T.APPROVE)),
    (S.HELD, (NO, WAIT), (T.REJECT,)),
    (S.HELD, (YES, CHANGE), (T.RECONSIDER, T.REQUEST_CHANGES)),
    (S.REJECTED, (NO,), ()),
    (S.REJECTED, (), (T.RECONSIDER,)),
    (S.REJECTED, (YES,), (T.RECONSIDER, T.APPROVE)),
    (S.REJECTED, (YES, WAIT), (T.RECONSIDER, T.HOLD)),
    (S.CHANGES_REQUESTED, (CHANGE,), ()),
    (S.CHANGES_REQUESTED, (NO, CHANGE), (T.REJECT,)),
    (S.CHANGES_REQUESTED, (WAIT, CHANGE), (T.RECONSIDER, T.HOLD)),
    (S.CHANGES_REQUESTED, (YES,), (T.RECONSIDER, T.APPROVE)),
    (S.PUBLISHING, (YES,), ()),
    (S.PUBLISHING, (), (T.TAKE_BACK, T.WITHDRAW)),
    (S.PUBLISHING, (GONE,), (T.TAKE_BACK, T.LOST_COVER)),
    (S.PUBLISHING, (YES, NO), (T.TAKE_BACK, T.REJECT)),
    (S.PUBLISHING, (YES, WAIT), (T.TAKE_BACK, T.HOLD)),
    (S.PUBLISHING, (YES, CHANGE), (T.TAKE_BACK, T.REQUEST_CHANGES)),
]


@pytest.mark.parametrize(("state", "ballots", "triggers"), FOLLOWED)
def test_the_votes_are_followed(state: State, ballots: tuple[Ballot, ...], triggers: tuple[Trigger, ...]) -> None:
    facts = at(state, *ballots)
    assert follow(facts, ONE) == after_act(facts, ONE, NOON) == triggers


def test_every_state_is_followed_with_and_without_approval_and_objections() -> None:
    """The cases above hold each state in which votes are heard, and each trigger that a vote can lead to."""
    assert {state for state, _, _ in FOLLOWED} == HEARD
    asked = {T.APPROVE, T.REJECT, T.HOLD, T.REQUEST_CHANGES, T.WITHDRAW, T.LOST_COVER, T.RECONSIDER, T.TAKE_BACK}
    assert {trigger for _, _, triggers in FOLLOWED for trigger in triggers} == asked


@pytest.mark.parametrize("state", sorted(set(State) - HEARD))
def test_no_vote_moves_what_is_not_under_review(state: State) -> None:
    for ballots in ((), (YES,), (NO,), (YES, WAIT)):
        assert follow(at(state, *ballots), ONE) == ()


def test_no_vote_moves_what_a_channel_was_asked_to_show() -> None:
    assert follow(at(S.PUBLISHING, NO, begun=True), ONE) == ()


@pytest.mark.parametrize("reason", ["late", "missed", "paused", "lost_approver", "new_finding", "not_me", ""])
def test_what_is_held_for_another_reason_waits_for_a_person(reason: str) -> None:
    """Only ❌ moves it; taking an objection away, or one more approval, releases nothing."""
    for ballots in ((), (YES,), (WAIT,), (YES, CHANGE)):
        assert follow(at(S.HELD, *ballots, reason=reason), ONE) == ()
    assert follow(at(S.HELD, YES, NO, reason=reason), ONE) == (T.REJECT,)
    assert follow(at(S.REJECTED, YES, reason=reason), ONE) == ()


LOST: list[tuple[str, Ballot, bool]] = [
    ("in the role", YES, False),
    ("role ended", GONE, True),
    ("role ended, and taken away", vote(LEFT, withdrawn=True), False),
    ("suspended", vote(replace(JO, eligible_roles=frozenset()), withdrawn=True, void=True), True),
    ("void, but not noted as withdrawn", vote(LEFT, void=True), True),
    ("taken back by typing: the role is still there", vote(JO, withdrawn=True, void=True), False),
    ("of other bytes", vote(LEFT, digest="d0"), False),
    ("another vote", vote(LEFT, V.ACKNOWLEDGE), False),
]


@pytest.mark.parametrize(("ballot", "lost"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_a_role_that_was_lost_is_noticed(ballot: Ballot, lost: bool) -> None:
    """I21. It goes on hold, to be looked at, rather than back to review."""
    assert lost_roles(at(S.SCHEDULED, ballot), frozenset({V.APPROVE})) is lost
    expected = () if ballot is YES else (T.LOST_COVER,) if lost else (T.WITHDRAW,)
    assert follow(at(S.SCHEDULED, ballot), ONE) == expected


OBJECTORS_GONE = [
    vote(replace(SAM, eligible_roles=frozenset()), kind, **void)
    for kind in (V.REJECT, V.HOLD, V.REQUEST_CHANGES)
    for void in ({}, {"withdrawn": True, "void": True})
]


@pytest.mark.parametrize("ballot", OBJECTORS_GONE)
def test_an_objection_ends_when_it_is_taken_back_and_not_when_who_objected_leaves(ballot: Ballot) -> None:
    """Otherwise the end of somebody's role, at midnight, would let out what they had stopped."""
    state = {V.REJECT: S.REJECTED, V.HOLD: S.HELD, V.REQUEST_CHANGES: S.CHANGES_REQUESTED}[ballot.vote]
    assert follow(at(state, YES, ballot), ONE) == ()
    assert follow(at(state, YES, replace(ballot, withdrawn=True, void=False)), ONE) == (T.RECONSIDER, T.APPROVE)
    assert follow(at(state, YES, replace(ballot, digest="d0")), ONE) == (T.RECONSIDER, T.APPROVE)
    assert follow(at(S.SCHEDULED, YES, ballot), ONE) == ()


LATENESS: list[tuple[State, tuple[Ballot, ...], tuple[Trigger, ...], tuple[Trigger, ...]]] = [
    # state, votes, what follows in time, what follows from the time asked for on
    (S.IN_REVIEW, (YES,), (T.APPROVE,), (T.LATE,)),
    (S.IN_REVIEW, (), (), (T.LATE,)),
    (S.IN_REVIEW, (NO,), (T.REJECT,), (T.REJECT,)),
    (S.IN_REVIEW, (WAIT,), (T.HOLD,), (T.LATE,)),
    (S.HELD, (YES,), (T.RECONSIDER, T.APPROVE), (T.RECONSIDER, T.LATE)),
    (S.REJECTED, (), (T.RECONSIDER,), (T.RECONSIDER, T.LATE)),
    (S.REJECTED, (YES, WAIT), (T.RECONSIDER, T.HOLD), (T.RECONSIDER, T.LATE)),
    (S.HELD, (YES, WAIT), (), ()),
    (S.HELD, (NO,), (T.REJECT,), (T.REJECT,)),
    (S.APPROVED, (YES,), (), ()),
    (S.SCHEDULED, (), (T.WITHDRAW,), (T.WITHDRAW,)),
]


@pytest.mark.parametrize(("state", "ballots", "in_time", "after"), LATENESS)
def test_nothing_is_approved_past_its_time_by_an_act(
    state: State, ballots: tuple[Ballot, ...], in_time: tuple[Trigger, ...], after: tuple[Trigger, ...]
) -> None:
    """A late approval never publishes at once, nor does an objection taken away, however late it is."""
    facts = at(state, *ballots, due=TEN)
    assert after_act(facts, ONE, TEN - timedelta(microseconds=1)) == in_time
    assert after_act(facts, ONE, TEN) == after_act(facts, ONE, NOON) == after
    assert after_act(replace(facts, starts=TEN), ONE, NOON) == in_time
    assert follow(facts, ONE) == in_time


@pytest.mark.parametrize("reason", sorted(INTACT))
def test_what_stopped_without_fault_is_taken_up_as_it_was(reason: str) -> None:
    assert resumption(at(S.HELD, YES, reason=reason), ONE) is T.RELEASE
    assert resumption(at(S.HELD, YES, reason=reason), TWO) is T.RESUME
    assert resumption(at(S.HELD, GONE, reason=reason), ONE) is T.RESUME
    assert resumption(at(S.HELD, YES, WAIT, reason=reason), ONE) is None


@pytest.mark.parametrize("reason", ["", ASKED, "lost_approver", "new_finding", "preview_changed", "link_changed"])
def test_what_stopped_with_fault_is_taken_up_anew(reason: str) -> None:
    assert {"paused", "late", "missed", "unreachable"} == INTACT
    for ballots in ((), (YES,)):
        assert resumption(at(S.HELD, *ballots, reason=reason), ONE) is None


BUTTON, TYPED = vote(JO, source=Source.BUTTON), vote(JO, source=Source.TYPED)
RECONCILED: list[tuple[str, tuple[Ballot, ...], tuple[Ballot, ...], tuple[Ballot, ...]]] = [
    ("gone", (YES,), (), ()),
    ("still there", (YES,), (YES,), (YES,)),
    ("new", (), (YES,), (YES,)),
    ("another's instead", (YES,), (NO,), (NO,)),
    ("another vote of the same person", (YES,), (vote(JO, V.HOLD),), (vote(JO, V.HOLD),)),
    ("buttons stay", (BUTTON, YES), (), (BUTTON,)),
    ("typed words stay", (TYPED,), (NO,), (TYPED, NO)),
    ("a guest's", (), (vote(GUEST), vote(GUEST, V.REJECT)), ()),
    ("staff's", (), (vote(STAFF),), ()),
    ("its author's approval", (), (vote(AUTHOR),), ()),
    ("its author's objection", (), (vote(AUTHOR, V.HOLD),), (vote(AUTHOR, V.HOLD),)),
    ("a role lost since", (YES,), (GONE,), (GONE,)),
    ("a role lost since, another vote", (YES,), (vote(LEFT, V.REJECT),), ()),
    ("a role lost since, from another account", (YES,), (vote(LEFT, account="web:b"),), ()),
    ("a role lost, by button", (BUTTON,), (GONE,), (BUTTON,)),
    ("withdrawn, and given again", (vote(JO, withdrawn=True),), (YES,), (YES,)),
    ("void, and still there", (vote(JO, withdrawn=True, void=True),), (YES,), (vote(JO, void=True),)),
    ("an objection withdrawn by word, and still there", (replace(NO, withdrawn=True, void=True),), (NO,), (NO,)),
    (
        "an objection made void with its giver's role, and still there",
        (replace(NO, withdrawn=True, void=True),),
        (replace(NO, voter=replace(SAM, eligible_roles=frozenset())),),
        (replace(NO, voter=replace(SAM, eligible_roles=frozenset()), void=True),),
    ),
    ("void, and taken away", (vote(JO, withdrawn=True, void=True),), (), ()),
    ("void by button, by reaction not", (vote(JO, void=True, source=Source.BUTTON),), (YES,), (
        vote(JO, void=True, source=Source.BUTTON), YES,
    )),
]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "observed", "after"), [case[1:] for case in RECONCILED], ids=[case[0] for case in RECONCILED]
)
def test_a_look_replaces_what_is_known_of_reactions(
    known: tuple[Ballot, ...], observed: tuple[Ballot, ...], after: tuple[Ballot, ...]
) -> None:
    facts = at(S.IN_REVIEW, *known)
    assert reconcile(facts, observed) == replace(facts, ballots=after)
    assert reconcile(facts, iter(observed)) == replace(facts, ballots=after)


def test_another_source_can_be_looked_at_in_the_same_way() -> None:
    assert reconcile(at(S.IN_REVIEW, BUTTON, YES), [], Source.BUTTON).ballots == (YES,)


voters = st.sampled_from([JO, SAM, DEE, AUTHOR, replace(LEFT, person="person:7"), STAFF, GUEST])
kinds = st.sampled_from([V.APPROVE, V.APPROVE, V.REJECT, V.HOLD, V.REQUEST_CHANGES])
ballots = st.builds(vote, voters, kinds, source=st.sampled_from([*Source]), withdrawn=st.booleans(), void=st.booleans())
live = st.lists(st.builds(vote, voters, kinds), max_size=4)


@given(st.lists(ballots, max_size=4), live, st.sampled_from(sorted(HEARD)), st.sampled_from([ONE, TWO]))
def test_looking_twice_changes_no_more_than_looking_once(
    known: list[Ballot], seen: list[Ballot], state: State, needed: object
) -> None:
    once = reconcile(at(state, *known), seen)
    assert set(reconcile(once, seen).ballots) == set(once.ballots)


@given(
    st.lists(ballots, max_size=5), st.sampled_from(sorted(HEARD)), st.sampled_from([*INTACT, ASKED, "lost_approver"])
)
def test_following_ends_where_the_votes_say_or_on_hold_and_stays_there(
    known: list[Ballot], state: State, reason: str
) -> None:
    """Every trigger is a move of the table, and nothing more follows: one commit is enough."""
    facts = at(state, *known)
    if state is S.HELD:
        facts = replace(facts, reason=reason)
    after = facts.state
    for trigger in follow(facts, ONE):
        after = step(after, trigger)
    if after is S.HELD and T.HOLD not in follow(facts, ONE):
        return  # it was on hold, or somebody's role was lost: a person must look at it
    assert after is facts.state or after is sought(facts, ONE)
    reason = ASKED if after in {S.REJECTED, S.HELD, S.CHANGES_REQUESTED} else ""
    assert follow(replace(facts, state=after, reason=reason if after is not facts.state else facts.reason), ONE) in {
        (),
        follow(facts, ONE) if after is facts.state else (),
    }
