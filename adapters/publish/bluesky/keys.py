"""The record key of a post: a TID that follows from the delivery's key alone.

So whatever happened, and also after a backup was put back, the same delivery is looked for in the same place, and two
tries can only ever write the same record. A TID is a moment in microseconds and the number of a clock; only its form
is looked at, as readers sort by the time inside the record.
"""

import hashlib
from datetime import UTC, datetime, timedelta

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_CLOCKS = 1 << 10
# The years 2023 to 2025: a moment that any server takes, and never one to come.
_FIRST, _SPAN = 1_672_531_200_000_000, 94_694_400_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOST_PARTS = 20
"""Posts in one thread."""


def first_key(key: str) -> str:
    """The record key of a delivery's post, or of the first one of its thread."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:16])
    clock, moment = number % _CLOCKS, _FIRST + number // _CLOCKS % _SPAN
    return _tid(moment * _CLOCKS + clock)


def thread(first: str, count: int) -> list[str]:
    """The record keys of a thread's posts, each a microsecond after the one before it."""
    return [_tid(_number(first) + part * _CLOCKS) for part in range(count)]


def moment_of(key: str) -> datetime:
    """The moment that a record key names; of a key by any app that is when the record was made."""
    return _EPOCH + timedelta(microseconds=_number(key) // _CLOCKS)


def _number(key: str) -> int:
    return sum(_DIGITS.index(digit) << 5 * place for place, digit in enumerate(reversed(key)))


def _tid(number: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in range(12, -1, -1))
