"""The engine's decisions against expectations written from PROTOCOL section 5, and each at its very edge."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.ports import Guarantee
from bot.protocol import sending
from bot.protocol.model import State, Trigger
from bot.protocol.sending import (
    ASK_AGAIN,
    MOVES,
    ON_RECALL,
    OPEN,
    OUT,
    RETRY_AFTER,
    Answer,
    DeliveryState,
    Happening,
    Look,
    Move,
    Next,
    NoSuchMove,
    Promise,
    Removal,
    Rules,
    Standing,
    after,
    after_look,
    after_removal,
    after_said_absent,
    after_write,
    before_write,
    conclusion,
    is_late,
    may_retry,
    settled,
)

D, H = DeliveryState, Happening

# State by state: what may happen there and what follows. Written by hand, not from the table.
EXPECTED: dict[str, dict[str, str]] = {
    "pending": {
        "claimed": "sending",
        "too_late": "failed",
        "stopped": "cancelled",
        "not_wanted": "cancelled",
        "handed_over": "asked",
        "cannot": "failed",
    },
    "sending": {
        "accepted": "sent",
        "refused": "failed",
        "not_done": "pending",
        "too_late": "failed",
        "unclear": "unsure",
        "lost": "unsure",
        "not_wanted": "cancelled",
    },
    "unsure": {
        "found": "sent",
        "absent": "pending",
        "look_again": "unsure",
        "cannot_tell": "needs_human",
        "not_wanted": "cancelled",
        "stuck": "remains",
    },
    "needs_human": {
        "said_there": "sent",
        "said_absent": "unsure",
        "said_absent_late": "failed",
        "stuck": "remains",
    },
    "asked": {"done": "sent", "cannot": "failed", "not_wanted": "cancelled"},
    "sent": {"gone": "withdrawn", "stuck": "remains", "away": "sent"},
    "failed": {"retried": "unsure", "asked_anew": "pending", "done": "sent"},
    "cancelled": {"retried": "unsure", "asked_anew": "pending", "done": "remains"},
    "withdrawn": {},
    "remains": {"gone": "withdrawn", "recalled_anew": "sent"},
}
ALLOWED = {(state, what): target for state, moves in EXPECTED.items() for what, target in moves.items()}
FORBIDDEN = sorted(set(itertools.product((d.value for d in D), (h.value for h in H))) - ALLOWED.keys())
ROWS = list(enumerate(MOVES))

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
RULES = Rules(lease=MINUTE, settle=30 * SECOND, tolerance=10 * MINUTE)
FRESH = Standing(Promise.READBACK, permitted=NOW, wanted=NOW)
RECALLED = replace(FRESH, recalled=True)
PROMISES = list(Promise)


def outcomes(moves: Iterable[Move]) -> dict[tuple[str, str], str]:
    """Every move that a table allows."""
    rows, found = tuple(moves), {}
    for state, happening in itertools.product(D, H):
        try:
            found[state.value, happening.value] = after(state, happening, rows).value
        except NoSuchMove:
            continue
    return found


def test_the_expectation_names_every_state_and_everything_that_may_happen() -> None:
    assert EXPECTED.keys() == {state.value for state in D}
    assert {what for _, what in ALLOWED} == {happening.value for happening in H}


@pytest.mark.parametrize(("state", "what", "target"), [(*key, target) for key, target in ALLOWED.items()])
def test_what_is_allowed_leads_where_it_should(state: str, what: str, target: str) -> None:
    assert after(D(state), H(what)) is D(target)


@pytest.mark.parametrize(("state", "what"), FORBIDDEN)
def test_everything_else_is_refused_and_says_what(state: str, what: str) -> None:
    with pytest.raises(NoSuchMove) as refused:
        after(D(state), H(what))
    assert (refused.value.state, refused.value.happening) == (D(state), H(what))
    assert str(refused.value) == f"{what} is not possible in {state}"


@pytest.mark.parametrize(("index", "row"), ROWS, ids=lambda value: value if isinstance(value, int) else value.happening)
def test_switching_off_a_row_is_noticed(index: int, row: Move) -> None:
    without = outcomes(MOVES[:index] + MOVES[index + 1 :])
    lost = {(state.value, row.happening.value) for state in row.sources}
    assert lost
    assert ALLOWED.items() - without.items() == {(move, row.target.value) for move in lost}


def test_no_two_rows_say_something_about_the_same_move() -> None:
    moves = [(state, row.happening) for row in MOVES for state in row.sources]
    assert len(moves) == len(set(moves)) == len(ALLOWED)


def test_the_printed_table_is_whole_and_in_order() -> None:
    lines = sending.as_markdown().splitlines()
    assert lines[:2] == ["| from | event | to | when |", "| --- | --- | --- | --- |"]
    assert len(lines) == 2 + len(MOVES)
    assert sending.as_markdown().endswith("|\n")
    assert "| needs_human, sent, unsure | stuck | remains | recalled, and still there or nobody can tell |" in lines
    assert all(row.when and row.when in line for row, line in zip(MOVES, lines[2:], strict=True))


def test_only_a_claim_leads_to_a_visible_write_and_nothing_unclear_leads_to_it_unseen() -> None:
    assert [key for key, target in ALLOWED.items() if target == "sending"] == [("pending", "claimed")]
    again = {key for key, target in ALLOWED.items() if target == "pending"}
    assert again == {
        ("sending", "not_done"),
        ("unsure", "absent"),
        ("failed", "asked_anew"),
        ("cancelled", "asked_anew"),
    }


def test_what_was_withdrawn_never_comes_back() -> None:
    assert EXPECTED["withdrawn"] == {}


def test_the_promises_are_those_of_the_ports() -> None:
    assert [Promise(one) for one in Guarantee] == PROMISES


def test_a_write_ends_before_its_lease() -> None:
    assert RULES.write_time_out == 30 * SECOND
    assert RULES.may_write(timedelta(0))
    assert RULES.may_write(30 * SECOND)
    assert not RULES.may_write(30 * SECOND + timedelta(microseconds=1))


def test_what_was_tried_is_settled_after_its_lease_and_the_settle_time() -> None:
    assert settled(NOW, RULES) == NOW + MINUTE + 30 * SECOND


@pytest.mark.parametrize(
    ("standing", "since"),
    [
        (FRESH, NOW),
        (replace(FRESH, leave=NOW + HOUR), NOW + HOUR),
        (replace(FRESH, leave=NOW - HOUR), NOW),
        (replace(FRESH, wanted=NOW + HOUR), NOW),
        (replace(FRESH, wanted=NOW + HOUR, recalled=True), NOW + HOUR),
        (replace(FRESH, wanted=NOW, leave=NOW + HOUR, recalled=True), NOW),
    ],
)
def test_lateness_is_counted_from_the_permit_a_persons_leave_or_the_recall(standing: Standing, since: datetime) -> None:
    assert standing.since == since
    assert not is_late(standing, since + 10 * MINUTE, RULES)
    assert is_late(standing, since + 10 * MINUTE + SECOND, RULES)
    assert not is_late(standing, since + 9 * MINUTE, RULES, MINUTE)
    assert is_late(standing, since + 9 * MINUTE, RULES, MINUTE + SECOND)


def test_a_key_lives_as_long_as_the_channel_says_counted_from_the_permit_or_a_persons_leave() -> None:
    assert FRESH.key_lives(NOW + 1000 * HOUR)
    short = replace(FRESH, key_life=HOUR)
    assert short.key_lives(NOW + HOUR - SECOND)
    assert not short.key_lives(NOW + HOUR)
    assert replace(short, leave=NOW + HOUR).key_lives(NOW + HOUR)


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("repeat", [True, False])
def test_nothing_is_begun_late(promise: Promise, repeat: bool) -> None:
    standing = replace(FRESH, promise=promise)
    assert before_write(standing, NOW + 10 * MINUTE, RULES, repeat=repeat) is None
    assert before_write(standing, NOW + 11 * MINUTE, RULES, repeat=repeat) == Next(H.TOO_LATE, "missed")


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("repeat", [True, False])
def test_a_repeat_begins_only_while_the_channel_knows_the_key(promise: Promise, repeat: bool) -> None:
    standing = replace(FRESH, promise=promise, key_life=5 * MINUTE)
    assert before_write(standing, NOW + 4 * MINUTE, RULES, repeat=repeat) is None
    looked = Next(H.UNCLEAR, "unknown") if repeat and promise is Promise.KEYED_READBACK else None
    assert before_write(standing, NOW + 5 * MINUTE, RULES, repeat=repeat) == looked


@pytest.mark.parametrize("recalled", [True, False])
def test_a_clear_answer_is_taken_as_it_is_and_an_unclear_one_never_as_failed(recalled: bool) -> None:
    standing = replace(FRESH, recalled=recalled)
    assert after_write(Answer.ACCEPTED, standing, NOW, RULES) == Next(H.ACCEPTED)
    assert after_write(Answer.REFUSED, standing, NOW, RULES, error="rude") == Next(H.REFUSED, "rude")
    assert after_write(Answer.UNKNOWN, standing, NOW, RULES, error="rude") == Next(H.UNCLEAR, "unknown")


@pytest.mark.parametrize("answer", [Answer.NOT_DONE, Answer.NOT_BEGUN])
def test_what_was_not_done_comes_again_within_the_tolerance(answer: Answer) -> None:
    again = after_write(answer, FRESH, NOW, RULES, wait=5 * MINUTE, error="RateLimited")
    assert again == Next(H.NOT_DONE, "RateLimited", 5 * MINUTE)
    assert after_write(answer, FRESH, NOW, RULES, error="Away") == Next(H.NOT_DONE, "Away", RETRY_AFTER)
    assert after_write(answer, FRESH, NOW, RULES, wait=10 * MINUTE).happening is H.NOT_DONE
    assert after_write(answer, FRESH, NOW, RULES, wait=10 * MINUTE + SECOND) == Next(H.TOO_LATE, "away")
    assert after_write(answer, FRESH, NOW + 10 * MINUTE, RULES) == Next(H.TOO_LATE, "away")
    assert after_write(answer, RECALLED, NOW, RULES, wait=MINUTE, error="Away") == Next(H.NOT_WANTED)


def test_the_wait_for_a_channel_that_is_away() -> None:
    assert timedelta(seconds=30) == RETRY_AFTER


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("recalled", [True, False])
def test_what_is_found_is_out(promise: Promise, recalled: bool) -> None:
    standing = replace(FRESH, promise=promise, recalled=recalled)
    assert after_look(Look.FOUND, standing, NOW + HOUR, RULES) == Next(H.FOUND)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_look_up_that_fails_is_tried_again_until_it_is_late(promise: Promise) -> None:
    standing = replace(FRESH, promise=promise)
    recalled = replace(RECALLED, promise=promise)
    for one in (standing, recalled):
        assert after_look(Look.FAILED, one, NOW, RULES) == Next(H.LOOK_AGAIN, "unknown", RETRY_AFTER)
    assert after_look(Look.FAILED, standing, NOW + HOUR, RULES) == Next(H.CANNOT_TELL, "cannot_tell")
    assert after_look(Look.FAILED, recalled, NOW + HOUR, RULES) == Next(H.STUCK, "cannot_tell")


@pytest.mark.parametrize(
    ("promise", "life", "after_minutes", "repeated"),
    [
        (Promise.IDEMPOTENT, None, 10, True),
        (Promise.IDEMPOTENT, 5, 10, True),
        (Promise.IDEMPOTENT, None, 11, False),
        (Promise.KEYED_READBACK, None, 10, True),
        (Promise.KEYED_READBACK, 5, 4, True),
        (Promise.KEYED_READBACK, 5, 5, False),
        (Promise.KEYED_READBACK, None, 11, False),
        (Promise.READBACK, None, 0, False),
        (Promise.READBACK, 60, 0, False),
    ],
)
def test_what_is_not_found_is_repeated_by_promise_and_key_or_a_person_is_asked(
    promise: Promise, life: int | None, after_minutes: int, repeated: bool
) -> None:
    standing = replace(FRESH, promise=promise, key_life=life * MINUTE if life else None)
    wanted = Next(H.ABSENT) if repeated else Next(H.CANNOT_TELL, "cannot_tell")
    assert after_look(Look.ABSENT, standing, NOW + after_minutes * MINUTE, RULES) == wanted


@pytest.mark.parametrize("promise", PROMISES)
def test_what_a_person_vouched_for_is_sent_when_it_is_not_found(promise: Promise) -> None:
    vouched = replace(FRESH, promise=promise, leave=NOW + 3 * HOUR, tried=False, key_life=MINUTE)
    assert after_look(Look.ABSENT, vouched, NOW + 3 * HOUR + 10 * MINUTE, RULES) == Next(H.ABSENT)
    late = after_look(Look.ABSENT, vouched, NOW + 3 * HOUR + 11 * MINUTE, RULES)
    assert late == Next(H.CANNOT_TELL, "cannot_tell")


def test_a_persons_word_holds_for_one_try_and_is_needed_for_it() -> None:
    assert replace(FRESH, leave=NOW, tried=False).vouched
    assert not replace(FRESH, leave=NOW, tried=True).vouched
    assert not replace(FRESH, leave=None, tried=False).vouched  # such as after a backup was put back
    assert after_look(Look.ABSENT, replace(FRESH, leave=NOW), NOW, RULES).happening is H.CANNOT_TELL
    assert after_look(Look.ABSENT, replace(FRESH, tried=False), NOW, RULES).happening is H.CANNOT_TELL


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("later", [timedelta(0), HOUR])
def test_what_was_recalled_and_is_not_found_is_never_sent(promise: Promise, later: timedelta) -> None:
    standing = replace(RECALLED, promise=promise, leave=NOW, tried=False)
    named = promise is Promise.READBACK
    wanted = Next(H.STUCK, "cannot_tell") if named else Next(H.NOT_WANTED)
    assert after_look(Look.ABSENT, standing, NOW + later, RULES) == wanted


def test_what_is_taken_down_is_gone_or_named_and_a_channel_away_is_waited_for() -> None:
    assert after_removal(Removal.GONE, RECALLED, NOW + HOUR, RULES) == Next(H.GONE)
    assert after_removal(Removal.STILL_THERE, RECALLED, NOW, RULES) == Next(H.STUCK, "still_there")
    assert after_removal(Removal.REFUSED, RECALLED, NOW, RULES) == Next(H.STUCK, "refused")
    assert after_removal(Removal.AWAY, RECALLED, NOW + 10 * MINUTE, RULES) == Next(H.AWAY, "away", RETRY_AFTER)
    assert after_removal(Removal.AWAY, RECALLED, NOW + 11 * MINUTE, RULES) == Next(H.STUCK, "away")


def test_a_recall_ends_what_waits_and_names_what_nobody_could_tell() -> None:
    became = {state.value: after(state, happening).value for state, happening in ON_RECALL.items()}
    assert became == {"pending": "cancelled", "asked": "cancelled", "needs_human": "remains"}


def test_the_same_bytes_go_again_for_a_day_after_their_permit() -> None:
    assert may_retry(NOW, NOW + 24 * HOUR)
    assert not may_retry(NOW, NOW + 24 * HOUR + SECOND)
    assert after_said_absent(NOW, NOW + 24 * HOUR) is H.SAID_ABSENT
    assert after_said_absent(NOW, NOW + 24 * HOUR + SECOND) is H.SAID_ABSENT_LATE


def test_how_often_people_are_asked_again() -> None:
    told = {state.value: period for state, period in ASK_AGAIN.items()}
    assert told == {"needs_human": 4 * HOUR, "asked": 24 * HOUR, "remains": 24 * HOUR}


@pytest.mark.parametrize(
    ("state", "deliveries", "trigger"),
    [
        ("publishing", "sent sent", "all_sent"),
        ("publishing", "sent asked", "all_sent"),
        ("publishing", "asked", "all_sent"),
        ("publishing", "sent failed", "some_sent"),
        ("publishing", "asked cancelled failed", "some_sent"),
        ("publishing", "failed cancelled", "none_sent"),
        ("publishing", "", None),
        ("partial", "sent asked", "all_sent"),
        ("partial", "sent failed", None),
        ("recalling", "withdrawn cancelled failed", "all_gone"),
        ("recalling", "withdrawn remains", "some_remain"),
        ("recalling", "remains sent", None),
        ("recalling", "", "all_gone"),
        ("recall_partial", "withdrawn cancelled", "all_gone"),
        ("recall_partial", "withdrawn remains", None),
        ("recall_partial", "withdrawn sent", None),
        ("recalled", "withdrawn remains", "some_remain"),
        ("recalled", "withdrawn", None),
        ("published", "sent failed", None),
        ("published", "remains", None),
        ("failed", "failed", None),
    ],
)
def test_how_an_announcement_ends(state: str, deliveries: str, trigger: str | None) -> None:
    found = conclusion(State(state), [D(one) for one in deliveries.split()])
    assert found is (None if trigger is None else Trigger(trigger))


@pytest.mark.parametrize("state", ["publishing", "partial", "recalling", "recall_partial"])
@pytest.mark.parametrize("open_one", ["pending", "sending", "unsure", "needs_human"])
@pytest.mark.parametrize("ended", ["sent", "withdrawn", "remains", "failed"])
def test_nothing_ends_while_a_delivery_is_open(state: str, open_one: str, ended: str) -> None:
    assert conclusion(State(state), [D(ended), D(open_one)]) is None


def test_what_is_open_and_what_is_out() -> None:
    assert {one.value for one in OPEN} == {"pending", "sending", "unsure", "needs_human"}
    assert {one.value for one in OUT} == {"sent", "asked"}
