"""Waits after failures."""

from adapters.chat.matrix.backoff import Backoff


def test_waits_grow_and_are_bounded() -> None:
    waits = Backoff(1.0, 60.0)
    found = [waits.next() for _ in range(100)]
    assert found[0] == 1.0
    for number, wait in enumerate(found[1:], 1):
        step = min(60.0, 2.0**number)
        assert step / 2 <= wait <= step
    assert len(set(found[7:])) > 80  # drawn anew each time
    waits.reset()
    assert waits.next() == 1.0


def test_never_more_than_one_request_a_second() -> None:
    waits = Backoff(1.0, 60.0)
    spent = 0.0
    for requests in range(1, 200):
        spent += waits.next()
        assert spent >= requests


def test_the_server_s_wish_counts_within_the_bound() -> None:
    waits = Backoff(1.0, 60.0)
    assert waits.next(5.0) == 5.0
    assert waits.next(86_400.0) == 60.0
    assert waits.next(0.0) >= 1.0
