"""What is remembered of single events, in a bounded number of shelves, each with its newest: years of talk in busy
rooms do not fill the database.

Which reaction said what, as one that is taken back is told by its id alone. What has fallen off is found again by the
product when it looks at all reactions of a message. And under which event a sealed message came, as whoever runs the
homeserver could show it a second time as another.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from adapters.ports import AdapterState

SHELVES = 1024
LONGEST_SHELF = 32  # 32,768 in all, in rows of about 5 KB


@dataclass(frozen=True, slots=True)
class Kept:
    """A reaction: the message it is on, who reacted, and the emoji."""

    message: str
    person: str
    emoji: str


class Shelves:
    """Values of JSON by an id."""

    def __init__(self, state: AdapterState, name: str) -> None:
        """Keep them under that name."""
        self._state, self._name = state, name

    async def get(self, key: str) -> Any:
        """The value, or None when there is none, or none any more."""
        return (await self._shelf(key)).get(key)

    async def put(self, key: str, value: Any) -> None:
        """Remember a value."""
        shelf = await self._shelf(key)
        if shelf.get(key) == value:
            return
        shelf[key] = value
        newest = dict(list(shelf.items())[-LONGEST_SHELF:])
        await self._state.put(self._place(key), json.dumps(newest))

    async def _shelf(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self._state.get(self._place(key)) or "{}")
        return found

    def _place(self, key: str) -> str:
        return f"{self._name}-{int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], 'big') % SHELVES}"


class Reactions:
    """Reactions by their id."""

    def __init__(self, state: AdapterState) -> None:
        self._shelves = Shelves(state, "reactions")

    async def find(self, reaction: str) -> Kept | None:
        """The reaction with that id, if it is still known."""
        told = await self._shelves.get(reaction)
        return Kept(*told) if told else None

    async def keep(self, reaction: str, kept: Kept) -> None:
        """Remember a reaction."""
        await self._shelves.put(reaction, [kept.message, kept.person, kept.emoji])
