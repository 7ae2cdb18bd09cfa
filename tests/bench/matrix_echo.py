"""Two bots that say everything again, to be measured: `python -m tests.bench.matrix_echo ours|bare SETTINGS.json`.

`ours` is the Matrix adapter with what it remembers in memory; `bare` is matrix-nio with its own loop and a callback.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nio

from adapters.chat.matrix import MatrixChat, MatrixSettings
from adapters.events import AnyEvent, Content, MessageReceived
from config import logs
from tests.contract.chat_stage import Desk


async def ours(told: dict[str, Any]) -> None:
    """The adapter."""
    desk = Desk()
    chat = MatrixChat(MatrixSettings(**told | {"store": Path(told["store"])}), desk, desk)

    async def receive(batch: Sequence[AnyEvent], checkpoint: str) -> None:
        desk.kept["checkpoint"] = checkpoint
        for event in batch:
            if isinstance(event, MessageReceived):
                await chat.send(event.ref.place, Content(f"again: {event.text}"), thread=None, key=event.event_id)

    await chat.listen(receive)


async def bare(told: dict[str, Any]) -> None:
    """The library alone."""
    folder = Path(told["store"])
    folder.mkdir()
    client = nio.AsyncClient(told["homeserver"], told["user_id"], told["device_id"], str(folder))
    client.restore_login(told["user_id"], told["device_id"], told["access_token"])

    async def heard(room: nio.MatrixRoom, event: nio.RoomMessageText) -> None:
        if event.sender != told["user_id"]:
            content = {"msgtype": "m.text", "body": f"again: {event.body}"}
            await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

    await client.sync(timeout=0, full_state=True)
    client.add_event_callback(heard, nio.RoomMessageText)
    await client.sync_forever(30_000)


if __name__ == "__main__":
    logs.set_up("error")
    bot = {"ours": ours, "bare": bare}[sys.argv[1]]
    asyncio.run(bot(json.loads(Path(sys.argv[2]).read_text())))
