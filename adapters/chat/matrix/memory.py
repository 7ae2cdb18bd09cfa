"""Which reaction said what: a reaction that is taken back is told by its id alone.

Kept in a bounded number of shelves, each with its newest reactions, so that years of thumbs in a busy room do not
fill the database. What has fallen off is found again by the product when it looks at all reactions of a message.
"""

import hashlib
import json
from dataclasses import dataclass

from adapters.ports import AdapterState

SHELVES = 1024
LONGEST_SHELF = 32  # reactions; 32,768 in all, in rows of about 5 KB


@dataclass(frozen=True, slots=True)
class Kept:
    """A reaction: the message it is on, who reacted, and the emoji."""

    message: str
    person: str
    emoji: str


class Reactions:
    """Reactions by their id."""

    def __init__(self, state: AdapterState) -> None:
        self._state = state

    async def find(self, reaction: str) -> Kept | None:
        """The reaction with that id, if it is still known."""
        told = (await self._shelf(reaction)).get(reaction)
        return Kept(*told) if told else None

    async def keep(self, reaction: str, kept: Kept) -> None:
        """Remember a reaction."""
        shelf = await self._shelf(reaction)
        told = [kept.message, kept.person, kept.emoji]
        if shelf.get(reaction) == told:
            return
        shelf[reaction] = told
        newest = dict(list(shelf.items())[-LONGEST_SHELF:])
        await self._state.put(_name(reaction), json.dumps(newest))

    async def _shelf(self, reaction: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(await self._state.get(_name(reaction)) or "{}")
        return found


def _name(reaction: str) -> str:
    return f"reactions-{int.from_bytes(hashlib.sha256(reaction.encode()).digest()[:4], 'big') % SHELVES}"
