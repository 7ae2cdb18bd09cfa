"""What was said while nobody listened: Slack throws away what it could not deliver, so rooms are read on connecting.

A room's newest page is read, older ones as far as something may be missing, and the answers in threads of that page.
Where the scopes do not let rooms be read, nothing is caught up with there.
"""

from collections.abc import AsyncIterator
from typing import Any

from adapters.chat.slack.api import Api, Json
from adapters.chat.slack.translate import Translator
from adapters.errors import Refused
from adapters.events import RoomEvent
from config import logs

log = logs.get("slack")

PAGE = 100  # messages at once
MOST_PAGES = 10  # of one room
MOST_ROOMS = 1000
KINDS = ("im", "mpim", "private_channel", "public_channel")


class CatchUp:
    """Reads what rooms hold since a time."""

    def __init__(self, api: Api, translator: Translator) -> None:
        self._api = api
        self._translator = translator
        self._forbidden: set[str] = set()  # kinds of rooms that may not be read

    async def since(self, stamp: str) -> AsyncIterator[list[RoomEvent]]:
        """What happened in each room since then, in order within the room. Raises `AdapterError`."""
        for kind in KINDS:
            if kind in self._forbidden:
                continue
            try:
                async for room in self._rooms(kind):
                    events = await self._room(room, stamp)
                    if events:
                        yield events
            except Refused as error:
                log.info("not_readable", kind=kind, code=error.code)
                if error.code == "missing_scope":
                    self._forbidden.add(kind)

    async def _rooms(self, kind: str) -> AsyncIterator[Json]:
        query: Json = {"types": kind, "exclude_archived": True, "limit": 200}
        for _ in range(MOST_ROOMS // 200):
            told = await self._api.read("users.conversations", **query)
            for room in told.get("channels") or []:
                yield room
            after = (told.get("response_metadata") or {}).get("next_cursor")
            if not after:
                return
            query["cursor"] = after

    async def _room(self, room: Json, since: str) -> list[RoomEvent]:
        place = str(room["id"])
        told = await self._pages("conversations.history", since, {"channel": place})
        for one in list(told):
            if one.get("thread_ts") == one.get("ts") and _later(one.get("latest_reply"), since):
                told += await self._thread(place, str(one["ts"]), since)
        told.sort(key=lambda one: float(one["ts"]))
        kind = "im" if room.get("is_im") else ""
        return [event for one in told for event in self._events(place, kind, one, since)]

    async def _thread(self, room: str, root: str, since: str) -> list[Json]:
        try:
            found = await self._pages("conversations.replies", since, {"channel": room, "ts": root, "oldest": since})
        except Refused:  # deleted in the meantime
            return []
        return [one for one in found if one.get("ts") != root]

    async def _pages(self, method: str, since: str, query: Json) -> list[Json]:
        """Newest pages first for rooms, oldest first for threads; at least one."""
        found: list[Json] = []
        asked = query | {"limit": PAGE}
        for _ in range(MOST_PAGES):
            told = await self._api.read(method, **asked)
            page = [one for one in told.get("messages") or [] if isinstance(one, dict) and _is_stamp(one.get("ts"))]
            found += page
            after = (told.get("response_metadata") or {}).get("next_cursor")
            old = method == "conversations.history" and any(not _later(one["ts"], since) for one in page)
            if not after or not page or old:
                break
            asked["cursor"] = after
        return found

    def _events(self, room: str, kind: str, message: Json, since: str) -> list[RoomEvent]:
        event = message | {"channel": room, "channel_type": kind}
        try:
            if _later(message["ts"], since):
                return self._translator.said(event)
            edited = message.get("edited")
            if isinstance(edited, dict) and _later(edited.get("ts"), since):
                return self._translator.edited(event, message)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("event_malformed", kind="message", error=type(error).__name__)
        return []


def _is_stamp(stamp: Any) -> bool:
    try:
        return float(stamp) > 0
    except (TypeError, ValueError):
        return False


def _later(stamp: Any, since: str) -> bool:
    return _is_stamp(stamp) and float(stamp) > float(since)
