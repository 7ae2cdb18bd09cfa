"""Listening: keeps the connection, takes in what comes through it, and looks for what was missed."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.chat.slack.api import Api
from adapters.chat.slack.backoff import Backoff
from adapters.chat.slack.catchup import CatchUp
from adapters.chat.slack.confirming import Confirmation
from adapters.chat.slack.handing import Handing
from adapters.chat.slack.intake import Intake, Told
from adapters.chat.slack.interactive import Interaction
from adapters.chat.slack.settings import PLATFORM, SlackOptions
from adapters.chat.slack.socket import Connection, opened
from adapters.chat.slack.translate import Translator
from adapters.chat.slack.working import Working
from adapters.errors import AdapterError, NotAuthenticated, Unavailable
from adapters.events import Connected, Disconnected, RoomEvent
from adapters.ports import AdapterState, Health, HealthState
from config import logs

log = logs.get("slack")

FIRST_LOOK = 2.0  # seconds for which what comes in waits for what was missed
SHUT_OUT_AFTER = 3  # times that Slack says so, and it is believed
GIVE_UP_AFTER = 20  # failures of the socket in a row, while Slack answers everything else
SHORT_LIFE, LONGEST_BREATH = 10.0, 2.0  # seconds; of a connection, and before the next one after a short life
TAKEN_AWAY = {"app_uninstalled", "tokens_revoked"}
GLANCE = 1.0  # seconds between two looks of the watchdog


@dataclass(slots=True)
class Machine:
    """The parts of the connection. `socket_api` asks with the app's token, `api` with the bot's."""

    options: SlackOptions
    api: Api
    socket_api: Api
    intake: Intake
    translator: Translator
    interaction: Interaction
    working: Working
    confirmation: Confirmation
    catch_up: CatchUp
    state: AdapterState
    tell: Callable[[Health], None]


@dataclass(slots=True)
class Loop:
    """One run of listening."""

    machine: Machine
    handing: Handing
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    aside: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def run(self) -> None:
        """Listen until cancelled. Raises `AdapterError` when only a person or a new start can help."""
        await self.handing.recall(self.machine.state)
        work = asyncio.create_task(self._work())
        connection = asyncio.create_task(self._reached() if self.machine.options.http else self._keep_connected())
        watch = asyncio.create_task(_watched(self.machine))
        tasks = {watch, connection, work}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            self._beside(watch)
            await self._drained(work, connection)

    async def _drained(self, work: "asyncio.Task[None]", connection: "asyncio.Task[None]") -> None:
        """Take nothing in any more, let what came in be kept and acknowledged within limits, and end."""
        self.machine.intake.closed = True
        if self.looked.is_set() and not work.done():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.machine.options.drain):
                    await self.machine.intake.drain()
        tasks = {work, connection, *self.aside}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await self.machine.working.end()
        self.machine.intake.give_up()

    async def _reached(self) -> None:
        """Slack comes by itself; what it could not deliver is looked for now and then."""
        while True:
            await self._greet()
            await asyncio.sleep(self.machine.options.quiet)

    async def _keep_connected(self) -> None:
        """Open a connection, and the next one when it is about to end or silent."""
        options = self.machine.options
        waits = Backoff(options.first_wait, options.longest_wait)
        current: Connection | None = None
        try:
            while True:
                try:
                    fresh = await opened(self.machine.socket_api, self.machine.intake.app, options.ping)
                except AdapterError as error:
                    await self._failed(error, waits)
                    continue
                if current is not None:
                    self._beside(asyncio.create_task(current.end(options.ping * 2)))
                current, begun = fresh, time.monotonic()
                await self._greet()
                await self._until_it_ends(current)
                if time.monotonic() - begun < SHORT_LIFE:  # or Slack would be asked as fast as it hangs up
                    await asyncio.sleep(min(waits.next(), LONGEST_BREATH))
                else:
                    waits.reset()
        finally:
            if current is not None:
                await current.end()

    async def _until_it_ends(self, connection: Connection) -> None:
        """The watchdog: return when another connection is needed."""
        while not connection.ending.done():
            if time.monotonic() - connection.last > self.machine.options.quiet:
                log.info("renewed", reason="quiet")
                return
            await asyncio.wait({connection.ending}, timeout=GLANCE)
        reason = connection.ending.result()
        log.info("renewed", reason=reason)
        if connection.broken:
            await self._lost(reason)

    async def _greet(self) -> None:
        """The connection stands: first what was missed, as far as that is quick, then the word that it stands."""
        self.looked.clear()
        catching = asyncio.create_task(self._catch_up())
        self._beside(catching)
        await asyncio.wait({catching}, timeout=FIRST_LOOK)
        self.handing.connected = True
        at = self.machine.options.clock()
        await self.handing.over([Connected(f"connected-{uuid.uuid4()}", PLATFORM, at)])
        self.looked.set()

    async def _catch_up(self) -> None:
        try:
            async for events in self.machine.catch_up.since(self.handing.since):
                await self.handing.over(events)
        except AdapterError as error:  # the next connection looks again
            log.warning("not_caught_up", error=type(error).__name__, reason=str(error))

    async def _work(self) -> None:
        """Hand over what comes in; who told it is answered afterwards."""
        while True:
            told = await self.machine.intake.next()
            await self.looked.wait()
            events: list[RoomEvent] = []
            for one in told:
                try:
                    events += await self._meant(one)
                except Exception as error:  # the edge of a payload: Slack comes again with this one, others go on
                    log.warning("not_confirmed", error=type(error).__name__)
                    one.answer(kept=False)
            fresh = [event for event in events if not self.handing.has(event)]
            for event in fresh:
                self.machine.working.begins(event)
            await self.handing.over(events)
            for one in told:
                one.answer(kept=True)

    async def _meant(self, one: Told) -> list[RoomEvent]:
        """What the product is told of it. Raises `NotConfirmed`, `AdapterError` when Slack must be asked again."""
        if one.body.get("type") != "event_callback":
            return [] if one.signed else self.machine.interaction.told(one.body)
        event = one.body.get("event")
        if isinstance(event, dict) and event.get("type") in TAKEN_AWAY:
            self.machine.api.doubted = True  # asked before it is believed
        events = await self.machine.translator.told(one.body)
        if not one.signed:
            return events
        fresh = [event for event in events if not self.handing.has(event)]
        return [await self.machine.confirmation.checked(event) for event in fresh]

    async def _failed(self, error: AdapterError, waits: Backoff) -> None:
        """Wait before the next connection. Raises when waiting cannot help."""
        wait, reason = waits.next(getattr(error, "retry_after", None)), str(error)
        kind, seconds = type(error).__name__, round(wait, 1)
        log.warning("socket_failed", error=kind, reason=reason, seconds=seconds, attempt=waits.failures)
        await self._lost(reason)
        if isinstance(error, NotAuthenticated) and waits.failures >= SHUT_OUT_AFTER:
            raise error
        if waits.failures >= GIVE_UP_AFTER and await _answers(self.machine.api):
            raise Unavailable("socket_lost")  # it is us, then: a new start may help
        await asyncio.sleep(wait)

    async def _lost(self, reason: str) -> None:
        self.machine.tell(Health(HealthState.DOWN, reason))
        at = self.machine.options.clock()
        await self.handing.lost(Disconnected(f"disconnected-{uuid.uuid4()}", PLATFORM, at, reason))

    def _beside(self, task: "asyncio.Task[None]") -> None:
        """Something that goes on beside the loop, and ends with it."""
        self.aside.add(task)
        task.add_done_callback(self.aside.discard)


async def _answers(api: Api) -> bool:
    """Whether Slack answers at all. Raises `NotAuthenticated`."""
    try:
        await api.read("auth.test")
    except NotAuthenticated:
        raise
    except AdapterError:
        return False
    return True


async def _watched(machine: Machine) -> None:
    """Raise `NotAuthenticated` once Slack does not accept the bot's token any more: the app was taken away."""
    refused = 0
    while refused < SHUT_OUT_AFTER:
        await asyncio.sleep(GLANCE)
        refused = 0 if not machine.api.doubted else refused
        try:
            if machine.api.doubted:
                await _answers(machine.api)
        except NotAuthenticated:
            refused += 1
    machine.tell(Health(HealthState.DOWN, "bot_token_refused"))
    raise NotAuthenticated("bot_token_refused")
