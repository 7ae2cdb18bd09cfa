"""Acceptance: 10,000 announcements are no burden. What is asked of the database grows with what waits, not with all.

The figures in milliseconds are `make bench`'s; here statements are counted and their plans are read.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.unit.announcements import crowd
from tests.unit.announcements.town import Town

pytestmark = pytest.mark.asyncio

FEW, MANY, WAITING = 60, 1_500, 40
MOST = {"sweep": 6, "guard": 40, "queue": 100, "deliver": 25, "reconcile": 2}
"""Statements of each, at the most: a line of the queue is read by itself, and at most fifteen are shown."""
LARGE = ("announcement", "revision", "vote", "delivery", "outbox", "contributor", "audit")

ONLY_A_FEW = "ix_announcement_owed"
"""An index of next to nothing: what one person alone released and nobody has looked at yet."""

Works = dict[str, Callable[[Town], Awaitable[None]]]
WORKS: Works = {name: getattr(crowd, name) for name in MOST}


class Listener:
    """Hears every statement of a town."""

    def __init__(self, town: Town) -> None:
        """Begin to listen."""
        self.heard: list[tuple[str, object]] = []
        event.listen(town.services.database.engine.sync_engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        self.heard.append((statement, values))


async def _asked(town: Town, work: Callable[[Town], Awaitable[None]]) -> list[tuple[str, object]]:
    listener = Listener(town)
    await work(town)
    return list(listener.heard)


async def _scans(town: Town, asked: list[tuple[str, object]]) -> set[str]:
    """The large tables that some plan reads from end to end."""
    found = set()
    async with town.services.database.engine.connect() as connection:
        for statement, values in asked:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]  # as it was given
                steps = [f"{row[-1]} " for row in plan.all() if ONLY_A_FEW not in row[-1]]
                found |= {name for step in steps for name in LARGE if f"SCAN {name} " in step}
    return found


async def test_what_is_asked_does_not_grow_with_the_store(tmp_path: Path) -> None:
    counts = []
    for size in (FEW, MANY):
        town = await crowd.gather(tmp_path / str(size), size, waiting=WAITING)
        asked = {name: await _asked(town, work) for name, work in WORKS.items()}
        for name, statements in asked.items():
            assert 0 < len(statements) <= MOST[name], name
            assert not await _scans(town, statements), name
        assert await town.state(crowd.DUE) == "publishing", "the guard has decided"
        counts.append({name: len(statements) for name, statements in asked.items()})
        await town.close()
    assert counts[0] == counts[1]


async def test_a_plan_that_reads_a_whole_table_is_noticed(tmp_path: Path) -> None:
    town = await crowd.gather(tmp_path / "town", FEW, waiting=WAITING)
    assert await _scans(town, [("SELECT * FROM announcement WHERE reason = 'x'", ())]) == {"announcement"}
    await town.close()
