"""What every FeedShelf must do, written against the port; tests/contract/test_publishers.py runs it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.errors import Refused
from adapters.events import Picture
from adapters.publish.feed import FeedEntry, FeedShelf

AT = datetime(2026, 3, 4, 13, 5, 6, 789000, tzinfo=UTC)
MAP = Picture("0b" * 32, "image/png", "A map")
ENTRY = FeedEntry("k1", 12, "Line one\n\nLine two \U0001f4da", "cy", (MAP,), AT, corrects=3)

Rule = Callable[[FeedShelf], Awaitable[None]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    """Add a rule to the suite."""
    RULES.append(check)
    return check


@rule
async def gives_back_what_was_put(shelf: FeedShelf) -> None:
    assert await shelf.get("k1") is None
    await shelf.put(ENTRY)
    assert await shelf.get("k1") == ENTRY
    assert await shelf.by_number(12) == ENTRY
    assert await shelf.by_number(1) is None


@rule
async def a_key_keeps_its_first_entry(shelf: FeedShelf) -> None:
    await shelf.put(ENTRY)
    await shelf.put(replace(ENTRY, text="other", published=AT + timedelta(days=1)))
    assert await shelf.get("k1") == ENTRY


@rule
async def a_tombstone_stays_with_its_first_time(shelf: FeedShelf) -> None:
    await shelf.put(ENTRY)
    later = AT + timedelta(hours=1)
    await shelf.withdraw("k1", later)
    await shelf.withdraw("k1", later + timedelta(hours=1))
    stored = await shelf.get("k1")
    assert stored is not None
    assert (stored.number, stored.published, stored.withdrawn) == (12, AT, later)
    with pytest.raises(Refused):
        await shelf.put(ENTRY)
    assert await shelf.get("k1") == stored == await shelf.by_number(12)


@rule
async def withdrawing_an_unknown_key_is_fine(shelf: FeedShelf) -> None:
    await shelf.withdraw("never", AT)
    assert await shelf.get("never") is None


@rule
async def entries_come_newest_first_with_tombstones(shelf: FeedShelf) -> None:
    for day in (1, 3, 2):
        await shelf.put(replace(ENTRY, key=f"k{day}", number=day, published=AT + timedelta(days=day)))
    await shelf.withdraw("k2", AT + timedelta(days=9))
    assert [entry.number for entry in await shelf.entries(10)] == [3, 2, 1]
    assert [entry.number for entry in await shelf.entries(2)] == [3, 2]


@rule
async def only_pictures_that_stand_are_found(shelf: FeedShelf) -> None:
    assert await shelf.picture(MAP.sha256) is None
    await shelf.put(ENTRY)
    assert await shelf.picture(MAP.sha256) == MAP
    assert await shelf.picture("0c" * 32) is None
    assert await shelf.picture("A map") is None
    await shelf.withdraw("k1", AT)
    assert await shelf.picture(MAP.sha256) is None


@rule
async def a_picture_stands_while_any_entry_shows_it(shelf: FeedShelf) -> None:
    await shelf.put(ENTRY)
    await shelf.put(replace(ENTRY, key="k2", number=13))
    await shelf.withdraw("k1", AT)
    assert await shelf.picture(MAP.sha256) == MAP
