"""One at a time under each key: the same thing asked for twice at once is done once, and the second finds it done."""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """The locks of what is being done now; each is forgotten with its last holder."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """The lock of a key."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
