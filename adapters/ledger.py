"""What a publisher remembers of its keys where the channel keeps none: a try, where it ended, what was withdrawn.

A key is written down before the visible write, so that after a crash the channel is looked at before anything is sent
again; where the post stands is written down after it. What was withdrawn keeps a tombstone for ever.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.errors import Refused
from adapters.events import Remote
from adapters.ports import AdapterState


@dataclass(frozen=True, slots=True)
class Entry:
    """A key: when it was first used (UTC), for which post, by what the post is known when it is read back, where it is.

    `tried`: it had been used before now, so something may be out.
    """

    begun: datetime
    digest: str
    mark: str
    remote: Remote | None = None
    tried: bool = True


class Ledger:
    """The keys of one channel, over the state that the product keeps for it."""

    def __init__(self, state: AdapterState, clock: Callable[[], datetime]) -> None:
        """Keep both; the clock tells UTC."""
        self._state, self._clock = state, clock

    async def get(self, key: str) -> Entry | None:
        """What is known of a key."""
        told = json.loads(await self._state.get(f"key/{key}") or "null")
        if told is None:
            return None
        remote = Remote(told[3], told[4]) if told[3] else None
        return Entry(datetime.fromisoformat(told[0]), told[1], told[2], remote)

    async def begin(self, key: str, digest: str, mark: str) -> Entry:
        """Write down that something will be sent. Raises `Refused("key_taken")` when the key was for another post."""
        entry = await self.get(key)
        if entry is None:
            entry = Entry(self._clock(), digest, mark, tried=False)
            await self._put(key, entry)
        if entry.digest != digest:
            raise Refused("key_taken")
        return entry

    async def arrived(self, key: str, entry: Entry, remote: Remote) -> Remote:
        """Write down where it is."""
        await self._state.put(f"post/{remote.id}", key)
        await self._put(key, replace(entry, remote=remote))
        return remote

    async def is_of_another(self, remote_id: str, key: str) -> bool:
        """Whether a post is known to have been sent under another key."""
        return await self._state.get(f"post/{remote_id}") not in {None, key}

    async def bury(self, remote_id: str) -> None:
        """Put up a tombstone."""
        await self._state.put(f"withdrawn/{remote_id}", self._clock().isoformat())

    async def is_buried(self, remote_id: str) -> bool:
        """Whether it was withdrawn through us."""
        return await self._state.get(f"withdrawn/{remote_id}") is not None

    async def _put(self, key: str, entry: Entry) -> None:
        at = (entry.remote.id, entry.remote.url) if entry.remote else ("", None)
        await self._state.put(f"key/{key}", json.dumps([entry.begun.isoformat(), entry.digest, entry.mark, *at]))
