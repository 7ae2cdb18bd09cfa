"""How the connections of the process that works are doing, kept where another process can tell it: `switchboard check`.

A process that cannot reach a platform goes on trying, for as long as it takes. Nobody may have to read its log to learn
that it is deaf meanwhile.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy.exc import DBAPIError

from adapters.ports import AdapterState, ChatAdapter, Health, HealthState
from config import logs

log = logs.get("health")

KEPT = "health"
"""The name under which it is kept beside what the platform's adapter remembers."""

GLANCE = 1.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a connection is, and since when it is so (UTC)."""

    health: Health
    since: datetime


async def kept(state: AdapterState) -> Kept | None:
    """What was kept last of a platform's connection, by whichever process; None when nothing ever was."""
    text = await state.get(KEPT)
    if text is None:
        return None
    name, reason, since = json.loads(text)
    return Kept(Health(HealthState(name), reason), datetime.fromisoformat(since))


async def watch(
    chats: Mapping[str, ChatAdapter], states: Mapping[str, AdapterState], clock: Callable[[], datetime]
) -> NoReturn:
    """Keep how each platform's connection is doing, whenever that changes, until cancelled.

    Raises `LeaseLost` when another process has taken over.
    """
    last: dict[str, Kept] = {}
    while True:
        for name, chat in chats.items():
            before, health = last.get(name), chat.health()
            if before is None or before.health != health:
                same = before is not None and before.health.state is health.state
                now = Kept(health, before.since if same and before else clock())
                if await _keep(states[name], now):
                    last[name] = now
        await asyncio.sleep(GLANCE)


async def _keep(state: AdapterState, now: Kept) -> bool:
    """Whether it was kept. What the database cannot take now it is told again at the next look."""
    try:
        await state.put(KEPT, json.dumps([now.health.state, now.health.reason, now.since.isoformat()]))
    except (DBAPIError, OSError) as error:
        log.warning("health_not_kept", error=type(error).__name__)
        return False
    return True
