"""Channels on loopback that note everything that arrives, and deliverers that are killed while they work."""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlmodel import col

from adapters.canonical import post_digest
from adapters.events import Part, Post
from bot import audit, migrations
from bot.announcements.tables import AnnouncementRow, DeliveryRow, RevisionRow
from bot.encoding import dump
from bot.protocol.model import State
from bot.protocol.sending import OPEN, DeliveryState
from bot.services import Services
from tests.faults.deliverer import PROMISES, pid_file, services_in
from tests.process import environment

ACCEPTS, ANSWERS = 0.0015, 0.003  # seconds after which a channel accepts, and answers
LULL = 60.0  # seconds without an arrival after which nothing more is expected
PATIENCE = 900.0  # seconds for what is left after the last kill: many, as the machine may be busy with other things


@dataclass
class Channels:
    """The channels' side: every arrival by channel and key. `answers`: seconds until they answer."""

    answers: float = ANSWERS
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)
    arrival: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; whether anybody still listens makes no difference."""
        with contextlib.suppress(OSError):
            line = await reader.readline()
            if line.endswith(b"\n"):
                writer.write(json.dumps(await self._answer(*json.loads(line))).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, verb: str, channel: str, key: str) -> str | None:
        await asyncio.sleep(ACCEPTS)
        if verb == "publish":
            self.arrived[channel, key] += 1
            self.arrival.set()
        await asyncio.sleep(self.answers - ACCEPTS)
        return key if self.arrived[channel, key] else None

    @property
    def doubled(self) -> list[tuple[str, str]]:
        """What is visible twice: a channel that knows its keys shows a repeat once."""
        return [found for found, times in self.arrived.items() if times > 1 and found[0] != "keyed"]


@contextlib.asynccontextmanager
async def listening(answers: float = ANSWERS) -> AsyncIterator[tuple[Channels, int]]:
    """Channels at work, and their port."""
    channels = Channels(answers)
    server = await asyncio.start_server(channels.serve, "127.0.0.1", 0)
    async with server:
        yield channels, server.sockets[0].getsockname()[1]


async def fill(services: Services, deliveries: int) -> None:
    """Announcements whose guard has just said yes, one delivery each on each channel."""
    async with services.database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)
    now = datetime.now(UTC)
    for first in range(1, deliveries // len(PROMISES) + 1, 100):
        numbers = range(first, min(first + 100, deliveries // len(PROMISES) + 1))
        async with services.database.writing() as session:
            session.add_all([_announcement(number, now) for number in numbers])
            await session.flush()
            session.add_all([_revision(number, now) for number in numbers])
            session.add_all([_delivery(number, channel, now) for number in numbers for channel in PROMISES])


def _announcement(number: int, now: datetime) -> AnnouncementRow:
    return AnnouncementRow(
        number=number,
        state=State.PUBLISHING.value,
        author=1,
        author_account="web:ama",
        source_platform="web",
        source_room="general",
        source_message=str(number),
        made=now,
        changed=now,
    )


def _revision(number: int, now: datetime) -> RevisionRow:
    return RevisionRow(
        announcement=number,
        revision=1,
        text=f"Words {number}",
        language="en-GB",
        digest="d",
        fingerprint="f",
        rules="r",
        made=now,
    )


def _delivery(number: int, channel: str, now: datetime) -> DeliveryRow:
    post = Post(channel, "The council", "en-GB", (Part(f"Words {number}"),), number)
    return DeliveryRow(
        announcement=number,
        revision=1,
        channel=channel,
        key=f"{channel}-{number}",
        post=dump(post),
        digest=post_digest(post),
        permitted=now,
    )


@dataclass
class Crew:
    """Processes that deliver; whoever is killed is started again."""

    url: str
    port: int
    folder: Path
    size: int
    working: list[asyncio.subprocess.Process] = field(default_factory=list)
    killed: set[int] = field(default_factory=set)

    async def start(self) -> None:
        """Everybody begins."""
        self.working = [await self._begin(str(place)) for place in range(self.size)]

    async def _begin(self, name: str) -> asyncio.subprocess.Process:
        words = ("-m", "tests.faults.deliverer", self.url, str(self.port), str(self.folder), name)
        return await asyncio.create_subprocess_exec(sys.executable, *words, env=environment())

    async def kill(self, place: int) -> None:
        """`kill -9` one of them; another life begins in its place."""
        if self.working[place].returncode is not None:
            raise AssertionError(f"a deliverer ended by itself: {self.working[place].returncode}")
        os.kill(await self._living(place), signal.SIGKILL)

    async def _living(self, place: int) -> int:
        """The process that lives now, which has not been killed yet."""
        file = pid_file(self.folder, str(place))
        async with asyncio.timeout(LULL):
            while not file.exists() or int(file.read_text(encoding="ascii")) in self.killed:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        living = int(file.read_text(encoding="ascii"))
        self.killed.add(living)
        return living

    async def stop(self) -> None:
        """Everybody ends."""
        for process in self.working:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


@dataclass
class Figures:
    """What came of it."""

    kills: int
    states: Counter[str]
    arrivals: int
    doubled: int
    repeats: int
    lost: list[str]
    seconds: float
    lines: int

    def __str__(self) -> str:
        """In one line."""
        asked = self.states[DeliveryState.NEEDS_HUMAN.value]
        return (
            f"{self.kills} blows, {sum(self.states.values())} deliveries, {self.arrivals} arrivals, "
            f"{self.doubled} doubled, {len(self.lost)} lost, {asked} asked a person about, "
            f"{self.repeats} repeats that a channel knew by their keys, {self.seconds:.0f} s"
        )


Blow = Callable[[], Awaitable[None]]
"""Something that goes wrong while deliverers work."""


@dataclass(frozen=True)
class Between:
    """How deliverers reach the database and the channels, and what goes wrong besides: as it is, unless it is said."""

    url: str = ""
    port: int = 0
    blows: tuple[Blow, ...] = ()


Road = Callable[[int], contextlib.AbstractAsyncContextManager[Between]]
"""Given the channels' port."""


@contextlib.asynccontextmanager
async def plain_road(_port: int) -> AsyncIterator[Between]:
    """Nothing lies between, and nothing goes wrong but what is killed."""
    yield Between()


async def murder(
    url: str,
    folder: Path,
    *,
    kills: int,
    deliveries: int,
    crew: int,
    chance: random.Random,
    road: Road = plain_road,
) -> Figures:
    """Deliver everything while deliverers are killed at random moments, and look what became of it.

    `kills` counts the other blows of the `road` as well; they take turns.
    """
    began = time.monotonic()
    async with listening() as (channels, port), road(port) as between:
        services = services_in(url, port, folder)
        await fill(services, deliveries)
        workers = Crew(between.url or url, between.port or port, folder, crew)
        await workers.start()

        async def kill() -> None:
            await workers.kill(chance.randrange(crew))

        try:
            done = await _strike(channels, [kill, *between.blows], kills, chance)
            await _finish(services)
        finally:
            await workers.stop()
        figures = await _figures(services, channels, done, time.monotonic() - began)
        await services.database.close()
    return figures


async def _strike(channels: Channels, blows: Sequence[Blow], times: int, chance: random.Random) -> int:
    """Strike again and again, each time soon after something has arrived; how often, until nothing arrives any more."""
    for number in range(times):
        channels.arrival.clear()
        try:
            await asyncio.wait_for(channels.arrival.wait(), LULL)
        except TimeoutError:
            return number
        await asyncio.sleep(chance.uniform(0, 0.6))
        await blows[number % len(blows)]()
    return times


async def _left(services: Services) -> int:
    """How many deliveries have not ended, nor wait for a person."""
    busy = [state.value for state in OPEN - {DeliveryState.NEEDS_HUMAN}]
    async with services.database.reading() as session:
        query = select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.state).in_(busy))
        return int((await session.execute(query)).scalar_one())


async def _finish(services: Services) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _left(services):  # noqa: ASYNC110 - other processes ring no bell
            await asyncio.sleep(0.2)


async def _figures(services: Services, channels: Channels, kills: int, seconds: float) -> Figures:
    async with services.database.reading() as session:
        rows = (await session.execute(select(DeliveryRow))).scalars().all()
        lines, faults = await audit.verify(session, services.keys)
        if services.database.is_sqlite:
            assert (await session.execute(text("PRAGMA integrity_check"))).scalars().all() == ["ok"]
    assert faults == []
    return Figures(
        kills,
        Counter(row.state for row in rows),
        channels.arrived.total(),
        len(channels.doubled),
        channels.arrived.total() - len(channels.arrived) - _extra(channels),
        list(_lost(rows, channels)),
        seconds,
        lines,
    )


def _extra(channels: Channels) -> int:
    return sum(channels.arrived[one] - 1 for one in channels.doubled)


def _lost(rows: Iterable[DeliveryRow], channels: Channels) -> Iterable[str]:
    """What is told as out and is not, or has ended in any other way without a person having been asked."""
    for row in rows:
        arrived = channels.arrived[row.channel, row.key] > 0
        asked = row.state == DeliveryState.NEEDS_HUMAN.value
        if not (arrived and row.state == DeliveryState.SENT.value) and not asked:
            yield f"{row.key} is {row.state}"
