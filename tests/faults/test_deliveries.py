"""`kill -9` of a process that delivers: everything arrives once, or a person is asked. `make soak` does more of it."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.protocol.sending import DeliveryState
from tests.faults.arrivals import Figures, murder
from tests.faults.deliverer import PROMISES

pytestmark = [pytest.mark.faults, pytest.mark.asyncio, pytest.mark.timeout(300)]


def holds(figures: Figures, kills: int, deliveries: int) -> None:
    """Nothing is lost, nothing is visible twice, and only where the channel cannot tell was a person asked."""
    assert figures.kills == kills
    assert sum(figures.states.values()) == deliveries
    assert figures.states.keys() <= {DeliveryState.SENT.value, DeliveryState.NEEDS_HUMAN.value}
    assert figures.lost == []
    assert figures.doubled == 0
    assert figures.states[DeliveryState.NEEDS_HUMAN.value] <= kills
    assert figures.lines >= deliveries


async def test_five_kills(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    kills, deliveries = 5, 99
    assert deliveries % len(PROMISES) == 0
    url = f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}"
    chance = random.Random(20261123)
    figures = await murder(url, tmp_path, kills=kills, deliveries=deliveries, crew=1, chance=chance)
    record_property("kills of a deliverer", str(figures))
    holds(figures, kills, deliveries)
