"""Two replicas on one PostgreSQL play the tour of both networks while one is killed: each time the same story."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.process import spoilt
from tests.real.matrix_people import Matrix
from tests.real.postgres import Server
from tests.real.replicas_house import House, housed

SEED = 20261201

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(1800)]


@pytest_asyncio.fixture
async def house(local_slack: Path, matrix: Matrix, postgres: Server, tmp_path: Path) -> AsyncIterator[House]:
    with postgres.fresh() as url:
        async with housed(local_slack, matrix, tmp_path, url) as made:
            yield made


async def _kill_again_and_again(house: House, seconds: float) -> None:
    """One dies every so often, whichever it is; the other has had time to begin."""
    chance = random.Random(SEED)
    while True:
        await asyncio.sleep(seconds)
        house.kill(chance.randrange(len(house.replicas)))


async def _tell_the_same(house: House, seconds: float, kills: int) -> tuple[int, float]:
    """Play without a kill, then again and again with; how many tours it took, and the seconds of one without."""
    loop = asyncio.get_running_loop()
    house.start()
    began = loop.time()
    expected = await house.plays(1)
    quiet = loop.time() - began
    assert "recalled" in expected.lower()
    killing = asyncio.create_task(_kill_again_and_again(house, seconds))
    tours = 1
    try:
        while house.kills < kills:
            tours += 1
            assert await house.plays(tours) == expected, f"tour {tours}, seed {SEED}"
            if killing.done():
                killing.result()
    finally:
        killing.cancel()
    assert len(await house.town.public()) == 0
    assert await house.town.deliveries() == tours
    return tours, quiet


def told(house: House, tours: int) -> str:
    """The figures in one line."""
    return f"{tours} tours, {house.kills} kills, the same story; {house.looked} told of a reaction found by looking"


async def test_killed_a_few_times(house: House, record_property: Callable[[str, object], None]) -> None:
    tours, _ = await _tell_the_same(house, 6.0, 3)
    record_property("two replicas on PostgreSQL, both networks", told(house, tours))


LEADS_ONLY = """
from bot.announcements import delivery
async def nothing(*_):
    return False
delivery.step = nothing
"""


async def test_who_stands_by_delivers_too(house: House) -> None:
    house.replicas = [house.begin(0, spoilt(LEADS_ONLY))]
    await house.replicas[0].logs("connected", 2)
    house.replicas.append(house.begin(1))
    await house.replicas[1].logs("standing_by")
    await house.plays(1)  # published and taken down again, and not by whoever leads
    states = [one["state"] for one in house.replicas[1].events() if one["event"] == "delivery"]
    assert states == ["sent", "withdrawn"]
    for one in reversed(house.replicas):
        assert (await one.ends())[0] == 0


@pytest.mark.soak
async def test_one_killed_every_ten_seconds(house: House, record_property: Callable[[str, object], None]) -> None:
    tours, _ = await _tell_the_same(house, 10.0, 20)
    record_property(
        "two replicas on PostgreSQL, both networks, one killed every 10 s",
        told(house, tours),
    )
