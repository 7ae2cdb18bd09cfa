"""The app stops when it is told to, whatever its loops are waiting for just then."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import App, Parts, services_for
from config.database import Database
from config.keys import Keys
from config.settings import given

PATIENCE = 20.0  # seconds; a bound for what hangs, never something that is measured


def made(database: Database, folder: Path) -> App:
    parts = Parts({}, None)
    services = services_for(given({}), database, Keys(b"k" * 32), {}, parts)
    return App(services, folder / "switchboard.anchor")


@pytest.mark.asyncio
@pytest.mark.parametrize("end", [App.stop, None], ids=["told", "cancelled"])
async def test_it_ends_also_when_the_bell_rings_just_then(
    database: Database, tmp_path: Path, end: Callable[[App], None] | None
) -> None:
    for wait in (0.0, 0.05, 0.3, 0.7):
        app = made(database, tmp_path)
        work = asyncio.create_task(app.run())
        await asyncio.sleep(wait)
        app.bell.ring()
        await asyncio.sleep(0.01)  # what empties the log waits for quiet now
        app.bell.ring()
        if end is not None:
            end(app)
        else:
            work.cancel()
        done, _ = await asyncio.wait({work}, timeout=PATIENCE)
        assert done, "it hangs"
        assert work.cancelled() == (end is None)
