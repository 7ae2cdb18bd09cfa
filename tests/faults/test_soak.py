"""Fifty `kill -9` at random moments, of the tour and of the delivery engine: as if nothing had happened."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.tour import Step, parse
from tests.faults.arrivals import murder
from tests.faults.council import Playing, playing
from tests.faults.test_deliveries import holds
from tests.faults.troubles import cuts, restarts
from tests.real.postgres import Running, Server

KILLS = 50
DELIVERIES = 3_000
SEED = 20261123
TOUR = Path("docs/tour.txt")

pytestmark = [pytest.mark.soak, pytest.mark.asyncio, pytest.mark.timeout(3600)]


def _steps() -> list[Step]:
    return [step for step in parse(TOUR.read_text(encoding="utf-8")) if isinstance(step, Step)]


async def _kill_at_random(council: Playing, chance: random.Random) -> int:
    """Kill the server again and again until cancelled; how often."""
    kills = 0
    try:
        while True:
            await asyncio.sleep(chance.uniform(0.1, 3))
            os.kill(council.process, signal.SIGKILL)
            kills += 1
    except asyncio.CancelledError:
        return kills


async def _play(folder: Path, chance: random.Random | None) -> tuple[int, dict[str, object]]:
    folder.mkdir()
    async with playing(folder) as council:
        killer = asyncio.create_task(_kill_at_random(council, chance)) if chance else None
        for step in _steps():
            await council.act(step)
        kills = 0
        if killer is not None:
            killer.cancel()
            kills = await killer
            await council.settle()
        return kills, await council.outcome()


async def test_fifty_kills_at_random(tmp_path: Path) -> None:
    _, expected = await _play(tmp_path / "quiet", None)
    chance = random.Random(SEED)
    kills = tours = 0
    while kills < KILLS:
        tours += 1
        done, outcome = await _play(tmp_path / str(tours), chance)
        kills += done
        for name, value in expected.items():
            assert outcome[name] == value, f"{name}, tour {tours} of seed {SEED}"
        assert done, "a tour without a kill proves nothing"


@pytest.mark.parametrize("crew", [1, 2])
async def test_fifty_deliverers_killed_on_one_file(
    crew: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}"
    figures = await murder(
        url, tmp_path, kills=KILLS, deliveries=DELIVERIES, crew=crew, chance=random.Random(SEED + crew)
    )
    record_property(f"deliverers killed, SQLite, {crew} at a time", str(figures))
    holds(figures, KILLS, DELIVERIES)


@pytest.mark.real
@pytest.mark.parametrize("trouble", ["restarts", "cuts"])
async def test_fifty_blows_to_replicas_database_and_network(
    trouble: str, own_postgres: Running, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    with own_postgres.server.fresh() as url:
        road = restarts(own_postgres, chance) if trouble == "restarts" else cuts(own_postgres, url, chance)
        figures = await murder(url, tmp_path, kills=KILLS, deliveries=DELIVERIES, crew=2, chance=chance, road=road)
    record_property(f"deliverers on PostgreSQL, 2 at a time, {trouble}", str(figures))
    holds(figures, KILLS, DELIVERIES, crew=2)


@pytest.mark.real
async def test_fifty_replicas_killed_on_postgresql(
    postgres: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with postgres.fresh() as url:
        figures = await murder(url, tmp_path, kills=KILLS, deliveries=DELIVERIES, crew=2, chance=random.Random(SEED))
    record_property("deliverers killed, PostgreSQL, 2 at a time", str(figures))
    holds(figures, KILLS, DELIVERIES)
