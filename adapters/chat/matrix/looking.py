"""What stands in rooms now: single messages with their newest wording, and their reactions."""

from datetime import datetime

from adapters.chat.matrix import outgoing
from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.rooms import room_id
from adapters.chat.matrix.server import CLIENT, Json, Server, path
from adapters.chat.matrix.settings import PLATFORM
from adapters.errors import Refused, Unavailable
from adapters.events import AccountRef, Content, LiveMessage, LiveReaction, MessageRef, RoomRef

RELATIONS = "/_matrix/client/v1"  # this one request has no other version
MOST_PAGES = 100  # of reactions to one message, 100 on each
CLOCKS = 3600.0  # seconds by which our clock and the server's may differ
NO_SUCH = {"not_found", "unknown", "forbidden"}


class Looker:
    """Reads single messages from the server, which alone knows how they stand."""

    def __init__(self, server: Server, client: SafeClient) -> None:
        self.server = server
        self._client = client

    async def reactions(self, ref: MessageRef) -> list[LiveReaction]:
        """All reactions as the server has them now. Raises `Refused("gone")`."""
        if await self._event(ref.room, ref.message) is None:
            raise Refused("gone")
        where = path("rooms", ref.room, "relations", ref.message, "m.annotation", "m.reaction")
        found: list[LiveReaction] = []
        query = {"limit": "100", "dir": "f"}
        for _ in range(MOST_PAGES):
            told = await self.server.get(where.replace(CLIENT, RELATIONS, 1), query)
            found += [one for one in map(_live, told.get("chunk", [])) if one is not None]
            after = told.get("next_batch")
            if not isinstance(after, str):
                return found
            query["from"] = after
        raise Unavailable("too_many_reactions")

    async def look(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""
        now = await self.now(ref)
        if now is None:
            return None
        sender = AccountRef(PLATFORM, now["sender"])
        content = now["content"]
        body = content.get("body")
        if now["sender"] == self._client.user_id:
            return LiveMessage(sender, outgoing.shown(content)[0])
        return LiveMessage(sender, Content(body if isinstance(body, str) else ""))

    async def sent(self, room: RoomRef, transaction: str, since: datetime) -> MessageRef | None:
        """What our device sent under a transaction id since then: the server tells the device, and nobody else, the id.

        Raises `Unavailable` when more was said in the room since than is worth reading.
        """
        place, query = room_id(room), {"dir": "b", "limit": "100"}
        began = (since.timestamp() - CLOCKS) * 1000
        for _ in range(MOST_PAGES):
            told = await self.server.get(path("rooms", place, "messages"), query)
            page = [one for one in told.get("chunk", []) if isinstance(one, dict)]
            for one in page:
                unsigned = one.get("unsigned")
                if isinstance(unsigned, dict) and unsigned.get("transaction_id") == transaction:
                    return MessageRef(PLATFORM, place, str(one["event_id"]))
            end = told.get("end")
            if not page or not isinstance(end, str) or any(one.get("origin_server_ts", 0) < began for one in page):
                return None
            query["from"] = end
        raise Unavailable("too_much_said")

    async def _event(self, room: str, event: str) -> Json | None:
        """An event as the server has it, None when it is gone or never was."""
        if not event.startswith("$"):
            return None
        try:
            found = await self.server.get(path("rooms", room, "event", event))
        except Refused as error:
            if error.code in NO_SUCH:
                return None
            raise
        unsigned = found.get("unsigned")
        redacted = isinstance(unsigned, dict) and unsigned.get("redacted_because")
        return None if redacted or not isinstance(found.get("content"), dict) else found

    async def now(self, ref: MessageRef) -> Json | None:
        """Sender, content and thread of a message with its newest replacement; no content when its key is lost."""
        found = await self._event(room_id(ref.place), ref.message)
        if found is None:
            return None
        told = found["content"].get("m.relates_to")
        relation = told if isinstance(told, dict) else {}
        thread = relation.get("event_id") if relation.get("rel_type") == "m.thread" else None
        content = self._open(ref.room, found)
        newest = found.get("unsigned", {}).get("m.relations", {}).get("m.replace")
        if isinstance(newest, dict) and newest.get("sender") == found["sender"]:
            whole = newest if "content" in newest else await self._event(ref.room, str(newest.get("event_id")))
            fresh = self._open(ref.room, whole).get("m.new_content") if whole else None
            content = fresh if isinstance(fresh, dict) else content
        return {"sender": str(found["sender"]), "content": content, "thread": thread}

    def _open(self, room: str, raw: Json) -> Json:
        if raw.get("type") != "m.room.encrypted":
            content: Json = raw["content"]
            return content
        try:
            opened = self._client.opened(room, raw) if self._client.olm else None
        except ValueError:
            opened = None
        inside: Json = opened.event["content"] if opened else {}
        return inside


def _live(raw: Json) -> LiveReaction | None:
    told = raw.get("content", {}).get("m.relates_to")
    relation = told if isinstance(told, dict) else {}
    emoji, sender = relation.get("key"), raw.get("sender")
    if not isinstance(emoji, str) or not isinstance(sender, str):
        return None
    return LiveReaction(AccountRef(PLATFORM, sender), emoji)
