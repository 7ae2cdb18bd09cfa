"""What was done under which key, and which messages the bot deleted itself: durable, and bounded.

Kept in a bounded number of shelves, each with its newest entries, so that years of messages do not fill the database.
"""

import asyncio
import hashlib
import json

from adapters.ports import AdapterState

SHELVES = 1024
LONGEST_SHELF = 32  # entries; 32,768 in all, in rows of about 4 KB


def digest(key: str) -> str:
    """A key of any length as a short one."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]


class Memory:
    """Entries by their key: lists of words."""

    def __init__(self, state: AdapterState) -> None:
        self._state = state
        self._turn = asyncio.Lock()

    async def find(self, key: str) -> list[str] | None:
        """What was kept under a key, if it is still known."""
        return (await self._shelf(key)).get(digest(key))

    async def keep(self, key: str, entry: list[str]) -> None:
        """Remember an entry."""
        async with self._turn:
            shelf = await self._shelf(key)
            shelf.pop(digest(key), None)
            shelf[digest(key)] = entry
            await self._put(key, shelf)

    async def drop(self, key: str) -> None:
        """Forget it."""
        async with self._turn:
            shelf = await self._shelf(key)
            if shelf.pop(digest(key), None) is not None:
                await self._put(key, shelf)

    async def _shelf(self, key: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(await self._state.get(_name(key)) or "{}")
        return found

    async def _put(self, key: str, shelf: dict[str, list[str]]) -> None:
        newest = dict(list(shelf.items())[-LONGEST_SHELF:])
        await self._state.put(_name(key), json.dumps(newest))


def _name(key: str) -> str:
    return f"done-{int(digest(key)[:8], 16) % SHELVES}"
