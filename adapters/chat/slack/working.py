"""👀 on a message whose answer takes long, gone when the answer is there. Most answers come before anybody looks."""

import asyncio
import contextlib
from dataclasses import dataclass, field

from adapters.chat.slack.api import Api
from adapters.errors import AdapterError
from adapters.events import AccountRef, AnyEvent, MessageReceived, MessageRef, RoomRef

AT_MOST = 60.0  # seconds; what takes longer is told in words
EYES = "eyes"


@dataclass(slots=True)
class Working:
    """Messages that wait for an answer, each with what tells that it is there.

    `slow`: seconds without one after which somebody wonders. Slack lets a reaction be taken away twenty times a minute
    only, so it is not for every message.
    """

    api: Api
    slow: float
    waiting: dict[MessageRef, tuple[AccountRef, asyncio.Event]] = field(default_factory=dict)
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def begins(self, event: AnyEvent) -> None:
        """The product has an event; if it is a message to the bot, an answer is awaited."""
        if not isinstance(event, MessageReceived) or not event.addressed or event.ref in self.waiting:
            return
        answered = asyncio.Event()
        self.waiting[event.ref] = (event.sender, answered)
        task = asyncio.create_task(self._watched(event.ref, answered))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def answers(self, room: RoomRef, thread: str | None, reader: AccountRef | None = None) -> None:
        """Something was said in a room: in a thread, or for one reader, or to the one person there."""
        for ref, (sender, answered) in self.waiting.items():
            there = thread in (ref.message, ref.thread) if thread else reader == sender or room.id.startswith("D")
            if ref.place == room and there:
                answered.set()

    async def end(self) -> None:
        """Watch no more; what stands is taken away as far as that is quick."""
        for _, answered in self.waiting.values():
            answered.set()
        if self.tasks:
            _, late = await asyncio.wait(set(self.tasks), timeout=1.0)
            for task in late:
                task.cancel()

    async def _watched(self, ref: MessageRef, answered: asyncio.Event) -> None:
        try:
            if await _within(answered, self.slow):
                return
            about = {"channel": ref.room, "timestamp": ref.message, "name": EYES}
            with contextlib.suppress(AdapterError):  # a courtesy: what it is about goes on without it
                await self.api.read("reactions.add", **about)
                await _within(answered, AT_MOST)
                await self.api.read("reactions.remove", **about)
        finally:
            self.waiting.pop(ref, None)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Whether it happens in time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
