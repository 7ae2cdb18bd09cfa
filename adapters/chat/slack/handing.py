"""Handing events over: each once, in order, together with how far they go, and again until the product has them."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adapters.events import AnyEvent, Disconnected, FileShared, MessageReceived
from adapters.ports import AdapterState, Health, HealthState, Receive
from config import logs

log = logs.get("slack")

CHECKPOINT = "checkpoint"
REMEMBERED = 5000  # events whose repeats are known without asking the database
CARRIED = 64  # messages named in the checkpoint, so that catching up does not tell them again
CLOCKS = 2.0  # seconds by which Slack's clock may be behind ours when the first life begins
OVERLAP = 300.0  # seconds by which Slack may tell messages out of order
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds before events are offered to the product again


@dataclass(slots=True)
class Handing:
    """What was handed over. `begun` is when the first life began, `latest` the time of the newest message."""

    receive: Receive
    tell: Callable[[Health], None]
    begun: str = ""
    latest: str = ""
    carried: dict[str, None] = field(default_factory=dict)
    known: dict[str, None] = field(default_factory=dict)
    connected: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def recall(self, state: AdapterState) -> None:
        """Where the last life stopped; a first one begins now."""
        try:
            kept = json.loads(await state.get(CHECKPOINT) or "{}")
            self.begun, self.latest = str(kept["begun"]), str(kept["latest"])
            self.carried = dict.fromkeys(str(one) for one in kept["carried"])
            float(self.begun), float(self.latest or 0)
        except (ValueError, KeyError, TypeError):
            self.begun, self.latest, self.carried = f"{time.time() - CLOCKS:.6f}", "", {}

    @property
    def since(self) -> str:
        """From when on something may be missing: never from before the bot's first life."""
        return f"{max(float(self.begun), float(self.latest or self.begun) - OVERLAP):.6f}"

    async def over(self, events: Sequence[AnyEvent]) -> None:
        """Return once the product has them, or had them before."""
        async with self.turn:
            fresh: list[AnyEvent] = []
            for event in events:
                if not self.has(event):
                    self.known[event.event_id] = None
                    fresh.append(event)
            if not fresh:
                return
            self._advance(fresh)
            await self._deliver(fresh)
            while len(self.known) > REMEMBERED:
                del self.known[next(iter(self.known))]

    def has(self, event: AnyEvent) -> bool:
        """Whether it was handed over before, as far as that is known here."""
        return event.event_id in self.known or event.event_id in self.carried

    async def lost(self, event: Disconnected) -> None:
        """The connection is gone: told once, for the record only; it is in the log as well."""
        if not self.connected:
            return
        self.connected = False
        with contextlib.suppress(Exception):
            await self.receive([event], self._checkpoint())

    def _advance(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, MessageReceived | FileShared):
                self.carried[event.event_id] = None
                if float(event.ref.message) > float(self.latest or 0):
                    self.latest = event.ref.message
        while len(self.carried) > CARRIED:
            del self.carried[next(iter(self.carried))]

    async def _deliver(self, batch: list[AnyEvent]) -> None:
        """Offer a batch until it is taken: whatever the product's trouble is, nothing may be skipped."""
        checkpoint = self._checkpoint()
        wait = FIRST_WAIT
        while True:
            try:
                await self.receive(batch, checkpoint)
            except Exception as error:  # the product's own trouble
                self.tell(Health(HealthState.DEGRADED, "not_received"))
                log.warning("not_received", error=type(error).__name__, count=len(batch), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if self.connected:
                    self.tell(Health(HealthState.OK))
                return

    def _checkpoint(self) -> str:
        return json.dumps({"begun": self.begun, "latest": self.latest, "carried": list(self.carried)})
