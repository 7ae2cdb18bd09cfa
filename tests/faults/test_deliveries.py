"""`kill -9` of a process that delivers: everything arrives once, or a person is asked. `make soak` does more of it."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.protocol.sending import DeliveryState
from tests.faults.arrivals import Figures, murder
from tests.faults.deliverer import PROMISES
from tests.faults.troubles import cuts, restarts
from tests.real.postgres import Running

pytestmark = [pytest.mark.faults, pytest.mark.asyncio, pytest.mark.timeout(300)]


def holds(figures: Figures, kills: int, deliveries: int, crew: int = 1) -> None:
    """Nothing is lost, nothing is visible twice, and only where the channel cannot tell was a person asked."""
    assert figures.kills == kills
    assert sum(figures.states.values()) == deliveries
    assert figures.states.keys() <= {DeliveryState.SENT.value, DeliveryState.NEEDS_HUMAN.value}
    assert figures.lost == []
    assert figures.doubled == 0
    assert figures.states[DeliveryState.NEEDS_HUMAN.value] <= kills * crew
    assert figures.lines >= deliveries


async def test_five_kills(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    kills, deliveries = 5, 99
    assert deliveries % len(PROMISES) == 0
    url = f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}"
    chance = random.Random(20261123)
    figures = await murder(url, tmp_path, kills=kills, deliveries=deliveries, crew=1, chance=chance)
    record_property("kills of a deliverer", str(figures))
    holds(figures, kills, deliveries)


@pytest.mark.real
@pytest.mark.parametrize("trouble", ["restarts", "cuts"])
async def test_the_database_or_the_network_goes_away(
    trouble: str, own_postgres: Running, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    blows, deliveries, chance = 6, 99, random.Random(20261130)
    with own_postgres.server.fresh() as url:
        road = restarts(own_postgres, chance) if trouble == "restarts" else cuts(own_postgres, url, chance)
        figures = await murder(url, tmp_path, kills=blows, deliveries=deliveries, crew=2, chance=chance, road=road)
    record_property(f"deliverers on PostgreSQL, {trouble}", str(figures))
    holds(figures, blows, deliveries, crew=2)
