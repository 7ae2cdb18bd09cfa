"""The sync loop: asks what is new, fills gaps, hands events over together with where to go on.

Whatever fails is tried again, later each time and never in a hurry; the position moves on only when the product has
taken what lies before it.
"""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters.chat.matrix.backoff import Backoff
from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.invitations import Invitations
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.looking import Looker
from adapters.chat.matrix.posting import Poster
from adapters.chat.matrix.rooms import Rooms
from adapters.chat.matrix.server import Json, Server, path
from adapters.chat.matrix.settings import PLATFORM, MatrixSettings
from adapters.chat.matrix.waiting import Hall
from adapters.errors import AdapterError, NotAuthenticated, RateLimited, Refused, Unavailable
from adapters.events import AnyEvent, Connected, Disconnected, RoomEvent
from adapters.ports import AdapterState, Health, HealthState, Receive
from config import logs

log = logs.get("matrix")

CHECKPOINT = "checkpoint"
PAGE = 100  # events of a gap at once
LONGEST_GAP = 500  # pages; beyond that the server answers nonsense
MOST_TRIES = 10  # at one room's gap, while the server answers everything else: about five minutes
CATCHING_UP = 300.0  # seconds for the first answer: of a large account it is long
SHUT_OUT_AFTER = 3  # times that the server says so, and it is believed
GLANCE = 1.0  # seconds between two looks for a late key
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds before events are offered to the product again
FILTER: Json = {
    "presence": {"not_types": ["*"]},
    "account_data": {"not_types": ["*"]},
    "room": {
        "timeline": {"limit": PAGE},
        "ephemeral": {"not_types": ["*"]},
        "account_data": {"not_types": ["*"]},
    },
}


@dataclass(slots=True)
class Machine:
    """The parts of the connection."""

    settings: MatrixSettings
    server: Server
    client: SafeClient
    keeper: KeyKeeper
    rooms: Rooms
    invitations: Invitations
    looker: Looker
    poster: Poster
    hall: Hall
    state: AdapterState
    tell: Callable[[Health], None]


@dataclass(slots=True)
class Loop:
    """One run of listening. `since` moves with the server's answers, the checkpoint with what the product took."""

    machine: Machine
    receive: Receive
    since: str = ""
    first: bool = True
    kept: str = ""
    connected: bool = False
    events: list[RoomEvent] = field(default_factory=list)
    tries: dict[str, int] = field(default_factory=dict)  # failures at a room's gap since the position moved

    async def run(self) -> None:
        """Listen until cancelled."""
        settings = self.machine.settings
        waits = Backoff(settings.first_wait, settings.longest_wait)
        self.since = self.kept = await self.machine.state.get(CHECKPOINT) or ""
        while True:
            try:
                await self._turn()
            except Exception as error:  # the edge of the loop: it must outlive whatever the network or a peer does
                await self._failed(error, waits)
            else:
                waits.reset()

    async def _turn(self) -> None:
        """Ask once, and hand over what came of it."""
        machine, before = self.machine, self.since
        answer = await self._ask()
        machine.client.feed(answer)
        machine.rooms.complete = True  # the first answer tells the whole state of every room
        await machine.invitations.follow(answer)
        found = []
        for room, info in answer.get("rooms", {}).get("join", {}).items() if before else []:
            found += [(room, raw) for raw in await self._timeline(room, info)]
        # From here on nothing may fail without the events being kept.
        now = time.monotonic()
        for room, raw in found:
            machine.hall.enter(room, raw, before, now)
        self.since, self.first = str(answer["next_batch"]), False
        self.tries.clear()
        await self._kept(machine.keeper.upkeep(answer))
        await machine.hall.ready(self.events, time.monotonic())
        if not machine.hall.empty and machine.client.users_for_key_query:  # somebody's new device: asked for at once
            await self._kept(machine.keeper.query())
            await machine.hall.ready(self.events, time.monotonic())
        await self._hand_over()

    async def _ask(self) -> Json:
        poll = self.machine.settings.poll if self.machine.hall.empty else GLANCE
        hurry = self.first or not self.connected
        query = {"filter": json.dumps(FILTER), "timeout": "0" if hurry else str(int(poll * 1000))}
        query |= {"since": self.since} if self.since else {}
        query |= {"full_state": "true"} if self.first else {}
        limit = CATCHING_UP if self.first else poll + self.machine.settings.request_timeout
        answer = await self.machine.server.get(path("sync"), query, timeout=limit)
        if not isinstance(answer.get("next_batch"), str):
            raise Unavailable("malformed_answer")
        return answer

    async def _timeline(self, room: str, info: Json) -> list[Json]:
        """A room's new events, the gap before them filled; when the bot came in among them, that and what follows."""
        timeline = info.get("timeline", {})
        events = [one for one in timeline.get("events", []) if isinstance(one, dict)]
        if timeline.get("limited") and not self._came_in(events):
            events = await self._gap(room, str(timeline.get("prev_batch", ""))) + events
        return events[max(self._came_in(events) - 1, 0) :]

    def _came_in(self, events: list[Json]) -> int:
        """The place after the bot's own coming in, 0 when it has been there all along."""
        me = self.machine.settings.user_id
        places = [place for place, raw in enumerate(events, 1) if _is_coming_in(raw, me)]
        return places[-1] if places else 0

    async def _gap(self, room: str, start: str) -> list[Json]:
        backwards: list[Json] = []
        query = {"dir": "b", "limit": str(PAGE), "from": start, "to": self.since}
        for _ in range(LONGEST_GAP):
            try:
                told = await self.machine.server.get(path("rooms", room, "messages"), query)
            except (Unavailable, Refused) as error:
                if not self._is_hopeless(room, error):
                    raise
                log.error("gap_not_filled", room=room, reason=str(error), count=len(backwards))
                break
            page = [one for one in told.get("chunk", []) if isinstance(one, dict)]
            backwards += page
            end = told.get("end")
            if not page or not isinstance(end, str) or self._came_in(page):
                break
            query["from"] = end
        else:
            log.error("gap_too_long", room=room, count=len(backwards))
        return backwards[::-1]

    def _is_hopeless(self, room: str, error: Unavailable | Refused) -> bool:
        """Whether a gap is left open: what the server cannot tell of one room must not stop every other."""
        self.tries[room] = self.tries.get(room, 0) + (not isinstance(error, RateLimited))
        return isinstance(error, Refused) or self.tries[room] >= MOST_TRIES

    async def _kept(self, keys: Awaitable[None]) -> None:
        """What failed is asked for again with the next answer; messages do not wait for it."""
        try:
            await keys
        except NotAuthenticated:
            raise
        except AdapterError as error:
            log.warning("keys_not_kept", error=type(error).__name__)

    async def _hand_over(self) -> None:
        batch: list[AnyEvent] = [] if self.connected else [_connected(self.machine.settings)]
        batch += self.events
        self.events, self.connected = [], True
        if batch or self.machine.hall.checkpoint(self.since) != self.kept:
            await self._deliver(batch)
        self.machine.tell(Health(HealthState.OK))

    async def _deliver(self, batch: list[AnyEvent]) -> None:
        """Offer a batch until it is taken: whatever the product's trouble is, nothing may be skipped."""
        checkpoint = self.machine.hall.checkpoint(self.since)
        wait = FIRST_WAIT
        while True:
            try:
                await self.receive(batch, checkpoint)
            except Exception as error:  # the product's own trouble
                self.machine.tell(Health(HealthState.DEGRADED, "not_received"))
                log.warning("not_received", error=type(error).__name__, count=len(batch), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                self.kept = checkpoint
                return

    async def _failed(self, error: Exception, waits: Backoff) -> None:
        wait = waits.next(getattr(error, "retry_after", None))
        reason = str(error) if isinstance(error, AdapterError) else "internal"
        down = waits.failures > 1
        if isinstance(error, NotAuthenticated):  # a person must act, unless the server only erred
            down = waits.failures >= SHUT_OUT_AFTER
            wait = waits.longest if down else wait
        self.machine.tell(Health(HealthState.DOWN if down else HealthState.DEGRADED, reason))
        log.warning(
            "sync_failed", error=type(error).__name__, reason=reason, seconds=round(wait, 1), attempt=waits.failures
        )
        if self.connected and self.kept:
            self.connected = False
            lost = Disconnected(f"disconnected-{uuid.uuid4()}", PLATFORM, self.machine.settings.clock(), reason)
            with contextlib.suppress(Exception):  # told for the record only; it is in the log as well
                await self.receive([lost], self.kept)
        await asyncio.sleep(wait)


def _connected(settings: MatrixSettings) -> Connected:
    return Connected(f"connected-{uuid.uuid4()}", PLATFORM, settings.clock())


def _is_coming_in(raw: Json, me: str) -> bool:
    """Whether it is the bot's own joining, not a change of its name while it is in the room."""
    if raw.get("type") != "m.room.member" or raw.get("state_key") != me:
        return False
    content, unsigned = raw.get("content"), raw.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    was_in = isinstance(before, dict) and before.get("membership") == "join"
    return isinstance(content, dict) and content.get("membership") == "join" and not was_in
