"""What the clock does: grace, the time asked for, lateness, expiry; each boundary to the microsecond."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.model import Facts, State, Trigger
from bot.protocol.timing import (
    SPACING,
    begins,
    closes,
    expires,
    is_due,
    is_late,
    is_out_of_hours,
    is_over,
    latest,
    spaced,
    ticked,
    wakes,
)

LONDON = ZoneInfo("Europe/London")
NINE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY, TICK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
TEN, ELEVEN, NOON = NINE + HOUR, NINE + 2 * HOUR, NINE + 3 * HOUR
EXPIRY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)  # Thursday, Friday, Monday


def at(state: State = State.SCHEDULED, **changes: object) -> Facts:
    facts = Facts(12, 1, state, 7, "d1", frozenset(), NINE)
    return replace(facts, **changes)  # type: ignore[arg-type]  # names are checked when made


# due, until, starts: when it may begin, the last moment at which it may by itself, when review closes.
TIMES: list[tuple[datetime | None, datetime | None, datetime | None, list[datetime | None]]] = [
    (None, None, None, [None, None, None]),
    (TEN, None, None, [TEN, TEN + 10 * MINUTE, TEN]),
    (TEN, None, NOON, [NOON, NOON + 10 * MINUTE, TEN]),
    (TEN, None, NINE, [TEN, TEN + 10 * MINUTE, TEN]),
    (None, None, NOON, [NOON, NOON + 10 * MINUTE, None]),
    (TEN, NOON, None, [TEN, NOON, NOON]),
    (TEN, TEN + MINUTE, None, [TEN, TEN + MINUTE, TEN + MINUTE]),
    (TEN, NOON, ELEVEN, [ELEVEN, NOON, NOON]),
    (TEN, NOON, NOON, [NOON, NOON + 10 * MINUTE, NOON]),
    (TEN, NOON, NOON - TICK, [NOON - TICK, NOON, NOON]),
    (None, NOON, None, [None, NOON, NOON]),
]


@pytest.mark.parametrize(("due", "until", "starts", "expected"), TIMES)
def test_when_it_may_start_by_itself(
    due: datetime | None, until: datetime | None, starts: datetime | None, expected: list[datetime | None]
) -> None:
    facts = at(due=due, until=until, starts=starts)
    assert [begins(facts), latest(facts), closes(facts)] == expected


def test_the_tolerance_is_that_of_the_facts() -> None:
    assert latest(at(due=TEN, tolerance=HOUR)) == ELEVEN


# Review closes at TEN; whatever happened after that, only a person who takes it up again gives it a new time.
LATE: list[tuple[dict[str, object], datetime, bool]] = [
    ({"due": TEN}, TEN - TICK, False),
    ({"due": TEN}, TEN, True),
    ({"due": TEN}, NOON, True),
    ({"due": TEN, "changed": ELEVEN}, ELEVEN, True),
    ({"due": TEN, "starts": TEN - TICK}, NOON, True),
    ({"due": TEN, "starts": TEN}, NOON, False),
    ({"due": TEN, "starts": ELEVEN}, NOON, False),
    ({"due": NINE, "until": TEN}, TEN - TICK, False),
    ({"due": NINE, "until": TEN}, TEN, True),
    ({"due": NINE, "until": TEN, "starts": NINE + MINUTE}, TEN, True),
    ({}, NOON, False),
    ({"starts": TEN}, NOON, False),
]


@pytest.mark.parametrize(("changes", "now", "over"), LATE)
def test_what_waits_for_approval_past_its_time_is_late(changes: dict[str, object], now: datetime, over: bool) -> None:
    for state in State:
        facts = at(state, **changes)
        assert is_over(facts, now) is over
        assert is_late(facts, now) is (over and state is State.IN_REVIEW)


# Local time in London of the change, and of the expiry.
EXPIRIES = [
    ("2026-03-02T09:00", "2026-03-05T09:00"),  # Monday to Thursday
    ("2026-03-03T09:00", "2026-03-06T09:00"),
    ("2026-03-04T09:00", "2026-03-09T09:00"),
    ("2026-03-05T23:59", "2026-03-10T23:59"),
    ("2026-03-06T00:00", "2026-03-11T00:00"),
    ("2026-03-07T12:00", "2026-03-11T12:00"),  # Saturday
    ("2026-03-08T12:00", "2026-03-11T12:00"),  # Sunday
    ("2026-03-27T09:00", "2026-04-01T09:00"),  # over the change of the clocks: the same hour
]


@pytest.mark.parametrize(("since", "until"), EXPIRIES)
def test_three_working_days_is_the_same_hour_three_weekdays_on(since: str, until: str) -> None:
    began = datetime.fromisoformat(since).replace(tzinfo=LONDON)
    ends = datetime.fromisoformat(until).replace(tzinfo=LONDON)
    assert expires(at(State.IN_REVIEW, changed=began.astimezone(UTC)), LONDON) == ends


def test_working_days_are_those_of_the_council_and_not_of_the_machine() -> None:
    """Friday night in UTC is Saturday in London in summer: Wednesday's first hour there is the end."""
    facts = at(State.IN_REVIEW, changed=datetime(2026, 7, 3, 23, 30, tzinfo=UTC))
    ends = datetime(2026, 7, 7, 23, 30, tzinfo=UTC)
    assert expires(facts, LONDON) == wakes(facts, LONDON) == ends
    assert ticked(facts, ends - TICK, LONDON) is None
    assert ticked(facts, ends, LONDON) is Trigger.EXPIRE


GRACE = NINE + 2 * MINUTE
TICKED: list[tuple[State, dict[str, object], datetime, Trigger | None]] = [
    (State.IN_REVIEW, {"due": TEN}, TEN - TICK, None),
    (State.IN_REVIEW, {"due": TEN}, TEN, Trigger.LATE),
    (State.IN_REVIEW, {"due": TEN}, EXPIRY + DAY, Trigger.LATE),
    (State.IN_REVIEW, {}, EXPIRY - TICK, None),
    (State.IN_REVIEW, {}, EXPIRY, Trigger.EXPIRE),
    (State.IN_REVIEW, {"due": TEN, "starts": TEN}, EXPIRY, Trigger.EXPIRE),
    (State.IN_REVIEW, {"paused": True}, NOON, None),
    (State.APPROVED, {}, GRACE - TICK, None),
    (State.APPROVED, {}, GRACE, Trigger.GRACE_OVER),
    (State.APPROVED, {"paused": True}, GRACE, Trigger.GRACE_OVER),
    (State.APPROVED, {"grace": timedelta()}, NINE, Trigger.GRACE_OVER),
    (State.APPROVED, {"due": NINE - DAY, "changed": NOON}, NOON, None),
    (State.SCHEDULED, {}, EXPIRY, None),
    (State.SCHEDULED, {"due": TEN}, EXPIRY, None),
    (State.SCHEDULED, {"paused": True}, NINE, Trigger.PAUSE),
]


@pytest.mark.parametrize(("state", "changes", "now", "trigger"), TICKED)
def test_what_the_clock_changes(
    state: State, changes: dict[str, object], now: datetime, trigger: Trigger | None
) -> None:
    assert ticked(at(state, **changes), now, LONDON) is trigger


@pytest.mark.parametrize("state", sorted(set(State) - {State.IN_REVIEW, State.APPROVED, State.SCHEDULED}))
def test_the_clock_alone_changes_nothing_else(state: State) -> None:
    facts = at(state, due=TEN, paused=True)
    assert ticked(facts, EXPIRY + DAY, LONDON) is None
    assert wakes(facts, LONDON) is None
    assert not is_due(facts, EXPIRY + DAY)


DUE: list[tuple[dict[str, object], datetime, bool]] = [
    ({}, NINE, True),
    ({"due": TEN}, TEN - TICK, False),
    ({"due": TEN}, TEN, True),
    ({"due": TEN, "starts": NOON}, TEN, False),
    ({"due": TEN, "starts": NOON}, NOON, True),
]


@pytest.mark.parametrize(("changes", "now", "due"), DUE)
def test_the_guard_decides_from_its_time_on(changes: dict[str, object], now: datetime, due: bool) -> None:
    for state in State:
        assert is_due(at(state, **changes), now) is (due and state is State.SCHEDULED)


WAKES: list[tuple[State, dict[str, object], datetime]] = [
    (State.IN_REVIEW, {}, EXPIRY),
    (State.IN_REVIEW, {"due": TEN}, TEN),
    (State.IN_REVIEW, {"due": EXPIRY + DAY}, EXPIRY),
    (State.IN_REVIEW, {"due": NINE, "until": TEN}, TEN),
    (State.IN_REVIEW, {"due": TEN, "changed": NOON}, TEN),
    (State.IN_REVIEW, {"due": NINE - DAY, "starts": NINE}, EXPIRY),
    (State.APPROVED, {"due": TEN}, GRACE),
    (State.SCHEDULED, {}, NINE),
    (State.SCHEDULED, {"due": TEN}, TEN),
    (State.SCHEDULED, {"due": TEN, "starts": NOON}, NOON),
]


@pytest.mark.parametrize(("state", "changes", "moment"), WAKES)
def test_it_is_looked_at_when_the_clock_changes_something(
    state: State, changes: dict[str, object], moment: datetime
) -> None:
    assert wakes(at(state, **changes), LONDON) == moment


moments = st.none() | st.integers(-600, 600).map(lambda minutes: NINE + minutes * MINUTE)


@given(st.sampled_from([*State]), moments, moments, moments, st.integers(0, 9000))
def test_nothing_is_slept_through(
    state: State, due: datetime | None, until: datetime | None, starts: datetime | None, later: int
) -> None:
    """Before it wakes the clock changes nothing and the guard has nothing to do; once it has woken, there is."""
    facts, now = at(state, due=due, until=until, starts=starts), NINE + later * MINUTE
    wake = wakes(facts, LONDON)
    acts = ticked(facts, now, LONDON) is not None or is_due(facts, now)
    assert acts == (wake is not None and wake <= now)


HOURS = [
    ("2026-03-04T06:59", True),
    ("2026-03-04T07:00", False),
    ("2026-03-04T19:59", False),
    ("2026-03-04T20:00", True),
    ("2026-03-06T12:00", False),
    ("2026-03-07T12:00", True),
    ("2026-03-08T12:00", True),
    ("2026-03-09T12:00", False),
    ("2026-07-01T07:00", False),
    ("2026-07-01T20:00", True),
]


@pytest.mark.parametrize(("local", "out"), HOURS)
def test_out_of_hours_is_by_the_clock_on_the_wall(local: str, out: bool) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=LONDON)
    assert is_out_of_hours(moment.astimezone(UTC), LONDON) is out


def test_what_has_no_time_is_not_out_of_hours() -> None:
    assert not is_out_of_hours(None, LONDON)


def test_twelve_taken_up_again_do_not_burst() -> None:
    dues: list[datetime | None] = [TEN - number * MINUTE for number in range(12)]
    starts = spaced(dues, TEN)
    assert starts == [TEN + number * SPACING for number in range(12)]
    assert timedelta(minutes=2) == SPACING


def test_what_has_its_time_still_before_it_keeps_it() -> None:
    dues = [TEN + TICK, None, TEN, NOON, NINE]
    assert spaced(dues, TEN) == [None, TEN, TEN + SPACING, None, TEN + 2 * SPACING]
    assert spaced([], TEN) == []
