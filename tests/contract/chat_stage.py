"""What the contract suite of ChatAdapter stands on: a stand-in for the product, and the people's hands.

A platform joins by a driver with the methods of `Hands`; everything else is the suite's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from adapters.events import AccountRef, AnyEvent, Connected, Disconnected, MessageReceived, RoomEvent, RoomRef
from adapters.ports import ChatAdapter

E = TypeVar("E", bound=AnyEvent)

SOON = 20.0  # seconds; a bound for what hangs, never something that is measured


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a person sees it: the words on the screen, and whether it called for attention or was formatted."""

    id: str
    sender: str
    text: str
    quote: str | None
    thread: str | None
    buttons: tuple[str, ...]
    files: tuple[str, ...]
    formatted: bool
    notified: bool


class Hands(Protocol):
    """A platform's test driver.

    `people` has ann, bob, guest, external, inactive, robot (another bot); ann and bob are in every room.
    `rooms` has open, private, shared. `handle` is how the bot is mentioned.
    """

    handle: str

    @property
    def adapter(self) -> ChatAdapter:
        """The adapter as it is now."""

    @property
    def people(self) -> Mapping[str, AccountRef]:
        """Their accounts."""

    @property
    def rooms(self) -> Mapping[str, RoomRef]:
        """The rooms."""

    async def restart(self) -> None:
        """Close the adapter and make a new one, as a new process would; listening is the suite's business."""

    async def says(self, who: str, room: RoomRef, text: str, thread: str | None = None) -> str:
        """Somebody writes; the id of the message."""

    async def edits(self, who: str, room: RoomRef, message: str, text: str) -> None:
        """Somebody changes their message."""

    async def deletes(self, who: str, room: RoomRef, message: str) -> None:
        """Somebody deletes their message."""

    async def reacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody reacts."""

    async def unreacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody takes their reaction back."""

    async def shares(self, who: str, room: RoomRef, name: str, data: bytes, text: str, alt: str) -> str:
        """Somebody shares a file with words (or without) and a description (or without)."""

    async def presses(self, who: str, room: RoomRef, message: str, label: str) -> None:
        """Somebody presses a button."""

    async def sees(self, who: str, room: RoomRef) -> Sequence[Shown]:
        """What somebody sees in a room, oldest first."""


@dataclass
class Desk:
    """A stand-in for the product: it keeps events and checkpoint in one breath, and pictures by their hash."""

    events: list[AnyEvent] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    refusals: int = 0  # how many batches of room events it still fails to take
    freeze: bool = False  # take the next room event, but never return
    frozen: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, batch: Sequence[AnyEvent], checkpoint: str) -> None:
        """Take a batch, as the product's inbox does."""
        from_rooms = any(not isinstance(event, Connected | Disconnected) for event in batch)
        if from_rooms and self.refusals:
            self.refusals -= 1
            raise OSError("the disk is full")
        self.events.extend(batch)
        self.kept["checkpoint"] = checkpoint
        self._news.set()
        if from_rooms and self.freeze:
            self.frozen.set()
            await asyncio.Event().wait()

    async def get(self, key: str) -> str | None:
        """AdapterState: the value last put."""
        return self.kept.get(key)

    async def put(self, key: str, value: str) -> None:
        """AdapterState: remember."""
        self.kept[key] = value

    async def picture(self, sha256: str) -> bytes:
        """PictureStore: the bytes."""
        return self.pictures[sha256]

    def of_rooms(self) -> list[RoomEvent]:
        """What happened in rooms, in the order told."""
        return [event for event in self.events if not isinstance(event, Connected | Disconnected)]

    async def hears(self, kind: type[E], fits: Callable[[E], bool] = lambda _: True) -> E:
        """The first event of that kind that fits, once it is there."""
        async with asyncio.timeout(SOON):
            while True:
                self._news.clear()
                for event in self.events:
                    if isinstance(event, kind) and fits(event):
                        return event
                await self._news.wait()


@dataclass
class Stage:
    """One case's world: a fresh platform, its people's hands, and the desk that listens."""

    hands: Hands
    desk: Desk
    _listening: asyncio.Task[None] | None = None

    @property
    def adapter(self) -> ChatAdapter:
        """The adapter as it is now; a restart makes a new one."""
        return self.hands.adapter

    @property
    def room(self) -> RoomRef:
        """The room where most cases play."""
        return self.hands.rooms["open"]

    async def listen(self) -> None:
        """Begin to listen, and wait until the connection stands."""
        known = {event.event_id for event in self.desk.events if isinstance(event, Connected)}
        self._listening = asyncio.create_task(self.adapter.listen(self.desk.receive))
        await self.desk.hears(Connected, lambda event: event.event_id not in known)

    async def stop(self) -> None:
        """Stop listening, as a product does that is killed."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None

    async def restart(self) -> None:
        """Stop, make the adapter anew and listen again."""
        await self.stop()
        await self.hands.restart()
        await self.listen()

    async def settled(self) -> list[RoomEvent]:
        """Everything told so far, with nothing still on its way: a last word is waited for, and left out."""
        last = await self.hands.says("bob", self.room, f"{self.hands.handle} that is all")
        await self.desk.hears(MessageReceived, lambda event: event.ref.message == last)
        return [event for event in self.desk.of_rooms() if event.ref.message != last]


@asynccontextmanager
async def staged(hands: Hands, desk: Desk) -> AsyncIterator[Stage]:
    """A stage that listens, and is cleared away afterwards."""
    stage = Stage(hands, desk)
    await stage.listen()
    try:
        yield stage
    finally:
        await stage.stop()
        await hands.adapter.close()
