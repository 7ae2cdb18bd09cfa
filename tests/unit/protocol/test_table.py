"""The transition table against an expectation written from PROTOCOL section 2, state by state."""

import itertools
from collections.abc import Iterable

import pytest

from bot.protocol.model import State, Trigger
from bot.protocol.table import TABLE, NotAllowed, Row, as_markdown, step

# State by state: what may happen there and what follows. Written by hand from PROTOCOL section 2, with what the
# sections after it ask for: an objection taken away (reconsider), many taken up again (release), pause, expiry and
# renewal, break-glass, taking back what no channel was asked to show, what remained found gone later. Not the table.
EXPECTED: dict[str, dict[str, str]] = {
    "draft": {"submit": "scanning"},
    "scanning": {"clear": "in_review", "stop": "changes_requested"},
    "changes_requested": {
        "edit": "scanning",
        "reject": "rejected",
        "reconsider": "in_review",
        "cancel": "cancelled",
    },
    "in_review": {
        "edit": "scanning",
        "approve": "approved",
        "reject": "rejected",
        "hold": "held",
        "request_changes": "changes_requested",
        "cancel": "cancelled",
        "late": "held",
        "expire": "expired",
    },
    "approved": {
        "edit": "scanning",
        "withdraw": "in_review",
        "lost_cover": "held",
        "reject": "rejected",
        "hold": "held",
        "request_changes": "changes_requested",
        "cancel": "cancelled",
        "grace_over": "scheduled",
    },
    "scheduled": {
        "edit": "scanning",
        "withdraw": "in_review",
        "lost_cover": "held",
        "reject": "rejected",
        "hold": "held",
        "request_changes": "changes_requested",
        "pause": "held",
        "cancel": "cancelled",
        "late": "held",
        "cannot_verify": "held",
        "publish": "publishing",
    },
    "held": {
        "edit": "scanning",
        "reject": "rejected",
        "reconsider": "in_review",
        "resume": "in_review",
        "release": "scheduled",
        "break_glass": "publishing",
        "cancel": "cancelled",
    },
    "publishing": {
        "take_back": "scheduled",
        "all_sent": "published",
        "some_sent": "partial",
        "none_sent": "failed",
        "recall": "recalling",
    },
    "published": {"recall": "recalling"},
    "partial": {"retry": "publishing", "recall": "recalling", "all_sent": "published"},
    "failed": {"retry": "publishing"},
    "recalling": {"all_gone": "recalled", "some_remain": "recall_partial"},
    "recalled": {"some_remain": "recall_partial"},
    "recall_partial": {"retry": "recalling", "all_gone": "recalled"},
    "rejected": {"reconsider": "in_review"},
    "cancelled": {},
    "expired": {"renew": "in_review", "cancel": "cancelled"},
}
ALLOWED = {(state, trigger): target for state, moves in EXPECTED.items() for trigger, target in moves.items()}
FORBIDDEN = sorted(set(itertools.product((s.value for s in State), (t.value for t in Trigger))) - ALLOWED.keys())
ROWS = list(enumerate(TABLE))


def outcomes(table: Iterable[Row]) -> dict[tuple[str, str], str]:
    """Every move that a table allows."""
    rows = tuple(table)
    found = {}
    for state, trigger in itertools.product(State, Trigger):
        try:
            found[state.value, trigger.value] = step(state, trigger, rows).value
        except NotAllowed:
            continue
    return found


def test_the_expectation_names_every_state_and_every_trigger() -> None:
    assert EXPECTED.keys() == {state.value for state in State}
    assert {trigger for _, trigger in ALLOWED} == {trigger.value for trigger in Trigger}


@pytest.mark.parametrize(("state", "trigger", "target"), [(*key, target) for key, target in ALLOWED.items()])
def test_what_is_allowed_leads_where_it_should(state: str, trigger: str, target: str) -> None:
    assert step(State(state), Trigger(trigger)) is State(target)


@pytest.mark.parametrize(("state", "trigger"), FORBIDDEN)
def test_everything_else_is_refused_and_says_what(state: str, trigger: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        step(State(state), Trigger(trigger))
    assert (refused.value.state, refused.value.trigger) == (State(state), Trigger(trigger))
    assert str(refused.value) == f"{trigger} is not possible in {state}"


@pytest.mark.parametrize(("index", "row"), ROWS, ids=lambda value: value if isinstance(value, int) else value.trigger)
def test_switching_off_a_row_is_noticed(index: int, row: Row) -> None:
    """Each row carries moves that no other row carries: without it some move of the expectation is gone."""
    without = outcomes(TABLE[:index] + TABLE[index + 1 :])
    lost = {(state.value, row.trigger.value) for state in row.sources}
    assert lost
    assert ALLOWED.items() - without.items() == {(move, row.target.value) for move in lost}


def test_no_two_rows_say_something_about_the_same_move() -> None:
    moves = [(state, row.trigger) for row in TABLE for state in row.sources]
    assert len(moves) == len(set(moves)) == len(ALLOWED)


def test_nothing_gets_to_publishing_but_by_the_guard_a_retry_of_what_was_permitted_or_break_glass() -> None:
    into = {key for key, target in ALLOWED.items() if target == "publishing"}
    assert into == {("scheduled", "publish"), ("partial", "retry"), ("failed", "retry"), ("held", "break_glass")}


def test_nothing_gets_to_scheduled_but_approved_or_taken_up_again_or_taken_back() -> None:
    into = {key for key, target in ALLOWED.items() if target == "scheduled"}
    assert into == {("approved", "grace_over"), ("held", "release"), ("publishing", "take_back")}


def test_every_stop_of_the_guard_is_a_move_of_what_is_scheduled() -> None:
    """Verdicts that the guard can give, and after taking back those that the votes can ask for."""
    stops = {"reject", "hold", "request_changes", "lost_cover", "withdraw", "pause", "cannot_verify", "late"}
    assert stops <= EXPECTED["scheduled"].keys()


def test_what_is_out_can_be_recalled_and_what_is_not_out_can_be_cancelled() -> None:
    out = {state for state, moves in EXPECTED.items() if "recall" in moves}
    waiting = {state for state, moves in EXPECTED.items() if "cancel" in moves}
    assert out == {"publishing", "published", "partial"}
    assert waiting == {"changes_requested", "in_review", "approved", "scheduled", "held", "expired"}


def test_the_printed_table_is_whole_and_in_order() -> None:
    lines = as_markdown().splitlines()
    assert lines[:2] == ["| from | event | to | when |", "| --- | --- | --- | --- |"]
    assert len(lines) == 2 + len(TABLE)
    assert as_markdown().endswith("|\n")
    assert "| approved, scheduled | withdraw | in_review | no longer covered |" in lines
    assert all(row.guard and row.guard in line for row, line in zip(TABLE, lines[2:], strict=True))
