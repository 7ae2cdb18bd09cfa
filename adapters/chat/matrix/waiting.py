"""Events on their way from the server to the product, in order within each room; late keys are waited for here.

What must be asked of the server about an event, and is not answered, is waited for like a key: its room stays in
order, and no other room waits with it.

Nothing of it is stored: while an event waits, the checkpoint stays before it, so that a killed process is told
everything again. What was already handed over comes twice then, under the same id.
"""

from collections import deque
from dataclasses import dataclass, field

from adapters.chat.matrix.backoff import Backoff
from adapters.chat.matrix.client import SafeClient, Seal
from adapters.chat.matrix.server import Json
from adapters.chat.matrix.translate import Translator
from adapters.errors import RateLimited, Refused, Unavailable
from adapters.events import RoomEvent
from config import logs

log = logs.get("matrix")

MOST_TOLD = 1000  # sessions of which it was said that they cannot be read
MOST_LOOKS = 10  # at what one event says of others, while the server answers everything else: about five minutes
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two of them


@dataclass(slots=True)
class Waiting:
    """An event that was not handed over yet. `before`: the token that leads to it again.

    `until`, `again`: monotonic seconds after which no key is waited for, and before which nothing is asked.
    """

    raw: Json
    before: str
    order: int
    until: float
    again: float = 0.0
    looks: int = 0
    pause: Backoff = field(default_factory=lambda: Backoff(FIRST_PAUSE, LONGEST_PAUSE))


@dataclass(frozen=True, slots=True)
class Found:
    """An event in clear with its seal, if it had one, or why it is not."""

    raw: Json
    seal: Seal | None = None
    reason: str = ""


@dataclass(slots=True)
class Hall:
    """Where events wait."""

    client: SafeClient
    translator: Translator
    patience: float  # seconds for a key
    rooms: dict[str, deque[Waiting]] = field(default_factory=dict)
    count: int = 0
    told: dict[str, None] = field(default_factory=dict)

    def enter(self, room: str, raw: Json, before: str, now: float) -> None:
        """An event arrives."""
        self.count += 1
        self.rooms.setdefault(room, deque()).append(Waiting(raw, before, self.count, now + self.patience))

    def checkpoint(self, since: str) -> str:
        """The token from which nothing is missing that was not handed over."""
        first = [line[0] for line in self.rooms.values()]
        return min(first, key=lambda one: one.order).before if first else since

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self.rooms

    async def ready(self, into: list[RoomEvent], now: float) -> None:
        """Move everything that can be read by now, or never will be, to `into`. May be repeated after an error."""
        for room in list(self.rooms):
            line = self.rooms[room]
            while line and now >= line[0].again:
                found = self._read(room, line[0].raw)
                if found.reason in WAIT_FOR and now < line[0].until:
                    break
                try:
                    event = await self._event(room, found, line[0].raw)
                except (Unavailable, Refused) as error:
                    if self._is_put_off(room, line[0], error, now):
                        break
                    event = None
                line.popleft()
                if event is not None:
                    into.append(event)
            if not line:
                del self.rooms[room]

    def _is_put_off(self, room: str, head: Waiting, error: Unavailable | Refused, now: float) -> bool:
        """Whether an event waits for another look; one that can never be understood must not wait for ever."""
        head.looks += not isinstance(error, RateLimited)
        if isinstance(error, Refused) or head.looks >= MOST_LOOKS:
            log.error("event_skipped", room=room, kind=str(head.raw.get("type")), reason=str(error))
            return False
        wait = head.pause.next(error.retry_after)
        head.again = now + wait
        log.warning("event_waits", room=room, reason=str(error), seconds=round(wait, 1), attempt=head.looks)
        return True

    async def _event(self, room: str, found: Found, sealed: Json) -> RoomEvent | None:
        if not found.reason:
            return await self.translator.told(room, found.raw, found.seal)
        session = str(sealed["content"].get("session_id"))
        log.warning("message_unreadable", room=room, reason=found.reason)
        if session in self.told:  # a device without keys for us says more than one sentence; once is enough
            return None
        self.told[session] = None
        while len(self.told) > MOST_TOLD:
            del self.told[next(iter(self.told))]
        return self.translator.unreadable(room, sealed, found.reason)

    def _read(self, room: str, raw: Json) -> Found:
        content = raw.get("content")
        if raw.get("type") != "m.room.encrypted" or not isinstance(content, dict) or "algorithm" not in content:
            return Found(raw)
        if raw.get("sender") == self.client.user_id:
            return Found({})  # what we said ourselves is not read back, let alone waited for
        if self.client.olm is None:
            return Found(raw, reason="encryption_off")
        try:
            opened = self.client.opened(room, raw)
        except ValueError as error:
            log.warning("event_malformed", kind="m.room.encrypted", room=room, error=str(error))
            return Found(raw, reason="malformed")
        if opened is None:
            return Found(raw, reason="key_withheld" if content.get("session_id") in self.client.withheld else "no_key")
        inside, seal = opened
        if seal is None:
            # Its key came from no device of the sender's: asked for once more, and never believed without.
            self.client.olm.users_for_key_query.add(inside["sender"])
            return Found(raw, reason="unknown_device")
        # Only messages are ever encrypted; what else is inside was never seen, and never allowed, by the server.
        return Found(inside if inside.get("type") == "m.room.message" else {}, seal)


WAIT_FOR = {"no_key", "key_withheld", "unknown_device"}
