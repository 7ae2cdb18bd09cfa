"""Our account on Bluesky, looked at as a whole: what stands there, whoever posted it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.errors import Unavailable
from adapters.particular import Posted
from adapters.ports import AdapterState
from adapters.publish.bluesky.keys import moment_of, thread
from adapters.publish.bluesky.records import COLLECTION
from adapters.publish.bluesky.session import Session

PUBLIC = "https://bsky.app/profile"
PAGE = 100


class Own:
    """The records of one account; `state` is where the publisher keeps how many posts a thread of ours has."""

    def __init__(self, session: Session, state: AdapterState) -> None:
        """Keep both."""
        self._session, self._state = session, state

    async def whose(self) -> str:
        """The account's DID."""
        return await self._session.did()

    async def is_used(self) -> bool:
        """Whether there is a post."""
        return bool(await self._records(1))

    async def posted(self, since: datetime) -> Sequence[Posted]:
        """Of the hundred posts with the newest keys those made since then, as their key tells or they say themselves.

        Apps name a post by the moment it is made, and our keys lie before those, so what is new comes first.
        """
        did = await self.whose()
        found = []
        for one in await self._records(PAGE):
            made = _made(one)
            if made >= since:
                key = await self._first_of(did, one)
                found.append(Posted(f"at://{did}/{COLLECTION}/{key}", f"{PUBLIC}/{did}/post/{_key(one)}", made))
        return found

    async def _records(self, most: int) -> list[dict[str, Any]]:
        asked = {"repo": await self.whose(), "collection": COLLECTION, "limit": most}
        answer = await self._session.call("GET", "com.atproto.repo.listRecords", params=asked)
        records = answer.body.get("records") if isinstance(answer.body, dict) else None
        if not isinstance(records, list):
            raise Unavailable("answer_unreadable")
        return records

    async def _first_of(self, did: str, record: dict[str, Any]) -> str:
        """The key of the first post of the thread of ours that a post belongs to; else its own.

        Only keys that we chose count: what somebody else answers in our thread is not ours.
        """
        root = str(record["value"].get("reply", {}).get("root", {}).get("uri", ""))
        place, _, first = root.rpartition("/")
        parts = await self._state.get(f"parts/{first}") if place == f"at://{did}/{COLLECTION}" else None
        return first if parts and _key(record) in thread(first, int(parts)) else _key(record)


def _key(record: dict[str, Any]) -> str:
    return str(record["uri"]).rpartition("/")[2]


def _made(record: dict[str, Any]) -> datetime:
    """When it was made, as its key or the record says, whichever is later."""
    try:
        told = datetime.fromisoformat(record["value"]["createdAt"])
        said = told if told.tzinfo else told.replace(tzinfo=UTC)
        return max(said, moment_of(_key(record)))
    except (KeyError, TypeError, ValueError):
        return moment_of(_key(record))
