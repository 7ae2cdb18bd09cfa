"""What was done under which key, and which messages the bot deleted itself: durable, and bounded.

Kept in a bounded number of shelves, each with its newest entries, so that years of messages do not fill the database.
"""

import asyncio
import hashlib
import json

from adapters.ports import AdapterState

SHELVES = 1024
LONGEST_SHELF = 32  # entries; 32,768 in all, in rows of about 4 KB
MOST_READ = 64  # shelves that are not read again; the next message of the same key needs its shelf three times


def digest(key: str) -> str:
    """A key of any length as a short one."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]


class Memory:
    """Entries by their key: lists of words. Only one process writes here, so what it has read stays true."""

    def __init__(self, state: AdapterState) -> None:
        self._state = state
        self._turn = asyncio.Lock()
        self._read: dict[str, dict[str, list[str]]] = {}

    async def find(self, key: str) -> list[str] | None:
        """What was kept under a key, if it is still known."""
        async with self._turn:
            return (await self._shelf(key)).get(digest(key))

    async def keep(self, key: str, entry: list[str]) -> None:
        """Remember an entry."""
        async with self._turn:
            shelf = await self._shelf(key)
            others = {name: kept for name, kept in shelf.items() if name != digest(key)}
            await self._put(key, others | {digest(key): entry})

    async def drop(self, key: str) -> None:
        """Forget it."""
        async with self._turn:
            shelf = await self._shelf(key)
            if digest(key) in shelf:
                await self._put(key, {name: kept for name, kept in shelf.items() if name != digest(key)})

    async def _shelf(self, key: str) -> dict[str, list[str]]:
        name = _name(key)
        if name not in self._read:
            self._note(name, json.loads(await self._state.get(name) or "{}"))
        return self._read[name]

    async def _put(self, key: str, shelf: dict[str, list[str]]) -> None:
        name, newest = _name(key), dict(list(shelf.items())[-LONGEST_SHELF:])
        self._read.pop(name, None)  # when it fails, nobody knows what stands there
        await self._state.put(name, json.dumps(newest))
        self._note(name, newest)

    def _note(self, name: str, shelf: dict[str, list[str]]) -> None:
        self._read[name] = shelf
        while len(self._read) > MOST_READ:
            del self._read[next(iter(self._read))]


def _name(key: str) -> str:
    return f"done-{int(digest(key)[:8], 16) % SHELVES}"
