"""When a channel may be called: in bursts of so many, and rarely while it is away."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.pacing import FIRST_WAIT, LONGEST_WAIT, SILENCES, Pace, Pulse, Traffic, after_begin, after_pulse

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEASE = timedelta(seconds=60)
PACE = Pace(3, timedelta(seconds=10))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def silent(times: int, now: datetime = NOW) -> Traffic:
    """A channel that gave no answer so many times."""
    traffic = Traffic()
    for _ in range(times):
        traffic = after_pulse(traffic, Pulse.SILENT, now)
    return traffic


def test_three_at_once_and_then_one_every_ten_seconds() -> None:
    traffic, begun = Traffic(), []
    for second in range(60):
        while traffic.is_open(NOW + seconds(second)):
            begun.append(second)
            traffic = after_begin(traffic, NOW + seconds(second), PACE, LEASE)
    assert begun == [0, 0, 0, 10, 20, 30, 40, 50]


@given(st.lists(st.floats(0, 100), min_size=1), st.integers(1, 5), st.floats(0.5, 20))
def test_in_no_stretch_of_time_more_than_the_pace(gaps: list[float], posts: int, every: float) -> None:
    pace, traffic, at, begun = Pace(posts, seconds(every)), Traffic(), NOW, list[datetime]()
    for gap in gaps:
        at += seconds(gap)
        if traffic.is_open(at):
            begun.append(at)
            traffic = after_begin(traffic, at, pace, LEASE)
    for first, start in enumerate(begun):
        for last in range(first, len(begun)):
            most = posts + (begun[last] - start) / seconds(every)
            assert last - first + 1 <= most + 1e-3


def test_a_channel_without_a_pace_is_always_open() -> None:
    assert after_begin(Traffic(), NOW, None, LEASE) == Traffic()


@pytest.mark.parametrize("times", range(SILENCES))
def test_a_silence_or_two_change_nothing(times: int) -> None:
    assert not silent(times).is_away
    assert silent(times).is_open(NOW)


def test_away_it_is_left_alone_each_time_longer() -> None:
    traffic = silent(SILENCES)
    assert (traffic.is_away, traffic.since) == (True, NOW)
    waits, now = [], NOW
    for _ in range(8):
        assert traffic.opens is not None
        waits.append(traffic.opens - now)
        assert not traffic.is_open(traffic.opens - seconds(0.001))
        now = traffic.opens
        traffic = after_pulse(after_begin(traffic, now, PACE, LEASE), Pulse.SILENT, now)
    assert waits == [seconds(wait) for wait in (30, 60, 120, 240, 300, 300, 300, 300)]
    assert (waits[0], waits[-1]) == (FIRST_WAIT, LONGEST_WAIT)
    assert traffic.since == NOW


def test_while_it_is_away_one_call_at_a_time_finds_out() -> None:
    away = silent(SILENCES)
    trying = after_begin(away, NOW + FIRST_WAIT, None, LEASE)
    assert not trying.is_open(NOW + FIRST_WAIT + LEASE - seconds(1))
    assert trying.is_open(NOW + FIRST_WAIT + LEASE), "whoever tried may have died"


def test_an_answer_opens_it_again_whatever_it_says() -> None:
    trying = after_begin(silent(SILENCES + 4), NOW, PACE, LEASE)
    back = after_pulse(trying, Pulse.ANSWERED, NOW)
    assert (back.is_away, back.since, back.is_open(NOW)) == (False, None, True)
    assert not after_pulse(back, Pulse.SILENT, NOW).is_away, "it counts from the beginning"


def test_an_answer_does_not_set_the_pace_aside() -> None:
    traffic = Traffic()
    for _ in range(3):
        traffic = after_begin(traffic, NOW, PACE, LEASE)
    assert not after_pulse(traffic, Pulse.ANSWERED, NOW).is_open(NOW)


@pytest.mark.parametrize(("asked", "wait"), [(seconds(600), seconds(600)), (None, FIRST_WAIT)])
def test_too_many_requests_close_it_for_everything(asked: timedelta | None, wait: timedelta) -> None:
    limited = after_pulse(silent(2), Pulse.LIMITED, NOW, asked)
    assert (limited.opens, limited.silences) == (NOW + wait, 0)


def test_a_wait_that_is_asked_for_is_kept_while_it_is_away() -> None:
    assert after_pulse(silent(SILENCES - 1), Pulse.SILENT, NOW, seconds(900)).opens == NOW + seconds(900)
