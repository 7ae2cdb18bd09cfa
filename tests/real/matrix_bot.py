"""The bot's Matrix side as a process of its own: `python -m tests.real.matrix_bot SETTINGS.json`.

It takes events into the product's inbox and does nothing about them. `crash` ends it at once, as `kill -9` does:
`before` or `after` the commit of the first events from rooms.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.chat.matrix import MatrixChat, MatrixSettings
from adapters.events import AnyEvent, Connected, Disconnected
from bot import inbox, migrations
from bot.app import StoredState
from config.database import Database

CRASHED = {"before": 3, "after": 4}


class NoPictures:
    """There are none."""

    async def picture(self, sha256: str) -> bytes:
        """Raises KeyError."""
        raise KeyError(sha256)


async def serve(told: dict[str, Any]) -> None:
    """Listen until killed, or until the crash that was asked for."""
    crash = told.pop("crash", "")
    database = Database(told.pop("database"))
    await migrations.upgrade(database)
    settings = MatrixSettings(**told | {"store": Path(told["store"])})
    chat = MatrixChat(settings, StoredState(database, "matrix"), NoPictures())

    async def receive(batch: Sequence[AnyEvent], checkpoint: str) -> None:
        from_rooms = any(not isinstance(event, Connected | Disconnected) for event in batch)
        if from_rooms and crash == "before":
            os._exit(CRASHED["before"])
        await inbox.receive(database, "matrix", batch, checkpoint)
        if from_rooms and crash == "after":
            os._exit(CRASHED["after"])

    await chat.listen(receive)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
