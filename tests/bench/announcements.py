"""A store of 10,000 announcements: one sweep, one decision of the guard, one answer to `queue`."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from config import logs
from tests.bench.register import Figure, benchmark
from tests.unit.announcements import crowd

GOAL = 50
RUNS = 15


async def _spent(work: Callable[[], Awaitable[object]]) -> float:
    """CPU milliseconds of the whole process, the database's thread included: the median of several."""
    spent = []
    for _ in range(RUNS):
        begun = time.process_time()
        await work()
        spent.append((time.process_time() - begun) * 1000)
    return statistics.median(spent)


async def _figures(folder: Path) -> list[Figure]:
    logs.set_up("error")
    town = await crowd.gather(folder, 10_000)
    works = {"one sweep": crowd.sweep, "one guard decision": crowd.guard_again, "queue": crowd.queue}
    works["a look for deliveries"] = crowd.deliver
    try:
        spent = {name: await _spent(partial(work, town)) for name, work in works.items()}
    finally:
        await town.close()
    return [Figure(f"{name}, 10,000 announcements", value, GOAL, "ms CPU") for name, value in spent.items()]


@benchmark
def announcements_in_a_large_store() -> list[Figure]:
    """Acceptance: each under 50 ms CPU."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_figures(Path(folder) / "town"))
