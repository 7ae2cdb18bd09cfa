"""What one machine carries: a delivery, a life of an announcement, a thousand due posts; and what a replica brings."""

import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from adapters.events import Remote
from adapters.particular import Pace
from adapters.ports import Permit, Prepared, Publisher
from adapters.publish.feed import FeedPublisher
from bot.announcements import delivery
from bot.announcements.shelf import DatabaseShelf
from bot.announcements.tables import ChannelRow, DeliveryRow
from bot.services import Services
from config import logs
from config.database import Database
from directory.search import Finder
from tests.bench.load import CRAFTS, SUBJECTS, TODAY, load_file, staff_file
from tests.bench.register import Figure, benchmark
from tests.contract.feed_stage import SITE
from tests.contract.mastodon_stage import mastodon
from tests.fakes.mastodon import FakeMastodon
from tests.faults.arrivals import Crew, fill, listening
from tests.faults.deliverer import services_in
from tests.real.needs import manifest
from tests.real.postgres import running
from tests.unit.announcements import town as towns
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.house import House, build
from tests.unit.announcements.town import Town

ROUNDS, POSTS = 3, 6
"""Announcements delivered for a figure: together no more than what Mastodon's pace lets out at once."""

LIVES = 20
MANY = 1_000
PACE = Pace(10, timedelta(seconds=40))
"""As X has it, the strictest of our channels."""


@contextlib.contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    """The name of each kind -> an address; PostgreSQL only where it is set up."""
    found = {"SQLite": f"sqlite+aiosqlite:///{folder / 'bench.db'}"}
    home = manifest().get("PostgreSQL", {}).get("path")
    with contextlib.ExitStack() as stack:
        if home is not None:
            server = stack.enter_context(running(Path(home)))
            found["PostgreSQL"] = stack.enter_context(server.server.fresh())
        yield found


async def _delivered(url: str, folder: Path, publishers: Mapping[str, Publisher]) -> float:
    """CPU milliseconds of this process for one post on one channel, from the permit to the receipt.

    The lowest of several rounds, as the others were disturbed.
    """
    database, spent = Database(url), []
    house = await build(database, folder, {})
    house.services = replace(house.services, publishers=publishers)
    house.channels = dict.fromkeys(publishers, Channel())
    for number in range(ROUNDS):
        await _post_all(house, range(number * POSTS + 1, (number + 1) * POSTS + 1))
        begun = time.process_time()
        while await delivery.step(house.services, house.owner):
            pass
        spent.append((time.process_time() - begun) * 1000 / POSTS)
    assert {row.state for row in await house.rows()} == {"sent"}
    await database.close()
    return min(spent)


async def _post_all(house: House, numbers: Iterable[int]) -> None:
    for number in numbers:
        await house.publishing(number)


async def _to_the_feed(url: str, folder: Path) -> float:
    database = Database(url)
    feed = FeedPublisher(DatabaseShelf(database), SITE, lambda: datetime.now(UTC))
    found = await _delivered(url, folder, {"feed": feed})
    await database.close()
    return found


async def _to_mastodon(url: str, folder: Path) -> float:
    async with mastodon(FakeMastodon()) as stage:
        return await _delivered(url, folder, {"mastodon": stage.publisher})


@benchmark
def delivering() -> list[Figure]:
    """Acceptance: an approved post costs under 20 ms CPU of ours a channel. That of the pretend server is in it."""
    logs.set_up("error")
    figures = []
    for what, work in {"the feed": _to_the_feed, "Mastodon": _to_mastodon}.items():
        with tempfile.TemporaryDirectory() as name, _databases(Path(name)) as urls:
            for kind, url in urls.items():
                spent = asyncio.run(work(url, Path(name)))
                figures.append(Figure(f"a post delivered to {what}, {kind}", spent, 20, "ms CPU"))
    return figures


async def _lived(folder: Path) -> float:
    """CPU milliseconds from the first word to published on two channels and told, with two votes: the median."""
    town = await towns.found(folder)
    spent = []
    for number in range(1, LIVES + 1):
        begun = time.process_time()
        town.chat.says("ama", "general", f"announce The library opens at noon on day {number}.")
        await town.settle()
        preview = town.preview(number, 1)
        assert preview is not None
        for who in ("jo", "sam"):
            town.chat.reacts(who, preview, "✅")
            await town.settle()
        town.time[0] += timedelta(minutes=3)
        await town.settle()
        spent.append((time.process_time() - begun) * 1000)
        assert await town.state(number) == "published"
    await town.close()
    return statistics.median(spent)


@benchmark
def whole_life() -> list[Figure]:
    """Drafted, scanned, shown, voted on, guarded, delivered twice, told."""
    logs.set_up("error")
    with tempfile.TemporaryDirectory() as name:
        spent = asyncio.run(_lived(Path(name) / "town"))
    return [Figure("a whole life of an announcement", spent, 500, "ms CPU")]


@dataclass
class Paced(Channel):
    """A channel that a burst would harm; it notes when it was written to."""

    pace: Pace = PACE
    at: list[datetime] = field(default_factory=list)
    time: list[datetime] = field(default_factory=list)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """The one visible write."""
        self.at.append(self.time[0])
        return await super().publish(prepared, key, permit)


async def _drained(folder: Path) -> tuple[Paced, int]:
    """A thousand posts due at once on one channel and one on another; how many went before that one."""
    town = await towns.found(folder, tolerance_minutes=1_440)
    paced, free, before = Paced("board", time=town.time), Channel("wall"), -1
    services = replace(town.services, publishers={"board": paced, "wall": free})
    for number in range(1, MANY + 1):
        await House(services, {"board": paced}, [], town.owner).publishing(number)
    await House(services, {"wall": free}, [], town.owner).publishing(MANY + 1)
    while len(paced.shown) < MANY:
        while await delivery.step(services, town.owner):
            if before < 0 and free.shown:
                before = len(paced.shown)
        town.time[0] = await _opens(town)
    await town.close()
    return paced, before


async def _opens(town: Town) -> datetime:
    """When the channel may be written to again."""
    async with town.services.database.reading() as session:
        row = await session.get(ChannelRow, "board")
    assert row is not None
    return max(row.opens or town.now, town.now + timedelta(milliseconds=1))


def _most_within(at: list[datetime], window: timedelta) -> int:
    return max(sum(one <= other < one + window for other in at) for one in at)


@benchmark
def a_thousand_due_posts() -> list[Figure]:
    """Acceptance: the channel's limits are kept without a burst, and no other channel waits for it."""
    logs.set_up("error")
    with tempfile.TemporaryDirectory() as name:
        paced, before = asyncio.run(_drained(Path(name) / "town"))
    minute = _most_within(paced.at, timedelta(minutes=1))
    hours = (paced.at[-1] - paced.at[0]) / timedelta(hours=1)
    return [
        Figure(
            "1,000 due posts: most within any minute", minute, PACE.posts + 60 / PACE.every.total_seconds(), "posts"
        ),
        Figure("1,000 due posts: before another channel's", before, PACE.posts, "posts"),
        Figure("1,000 due posts: the last is out after", hours, MANY * PACE.every / timedelta(hours=1), "h (theirs)"),
    ]


ANSWERS = 0.3
"""Seconds that a channel takes to answer, when what a replica brings is measured."""

SHARED = 60


async def _shared(url: str, folder: Path, crew: int) -> float:
    """Seconds until so many replicas have delivered everything to channels that take a moment each."""
    folder.mkdir()
    async with listening(ANSWERS) as (channels, port):
        services = services_in(url, port, folder)
        await fill(services, SHARED)
        workers = Crew(url, port, folder, crew)
        await workers.start()
        await channels.arrival.wait()
        begun = time.perf_counter()
        try:
            await _finish(services)
        finally:
            await workers.stop()
        await services.database.close()
    assert not channels.doubled
    return time.perf_counter() - begun


async def _finish(services: Services) -> None:
    query = select(func.count()).select_from(DeliveryRow).where(col(DeliveryRow.state) != "sent")
    while True:
        async with services.database.reading() as session:
            if not (await session.execute(query)).scalar_one():
                return
        await asyncio.sleep(0.05)


@benchmark
def replicas() -> list[Figure]:
    """What a second replica brings where channels take 0.3 s to answer; only with PostgreSQL set up."""
    home = manifest().get("PostgreSQL", {}).get("path")
    if home is None:
        return []
    took = {}
    with tempfile.TemporaryDirectory() as name, running(Path(home)) as server:
        for crew in (1, 2):
            with server.server.fresh() as url:
                took[crew] = asyncio.run(_shared(url, Path(name) / str(crew), crew))
    return [Figure("deliveries by two replicas, the time of one", took[2] / took[1], 0.75, "times")]


@benchmark
def staff() -> list[Figure]:
    """The first question after a start and those after it, with 100,000 staff."""
    logs.set_up("error")
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite+aiosqlite:///{name}/one.db"
        asyncio.run(load_file(url, staff_file(100_000)))
        first, later = asyncio.run(_asked(url))
    return [
        Figure("first question after a start, 100,000 staff", first, 60, "s CPU"),
        Figure("a question with 100,000 staff, median", later * 1000, 50, "ms CPU"),
    ]


async def _asked(url: str) -> tuple[float, float]:
    """CPU seconds of the first question, which builds the index, and the median of those after it."""
    database, finder, spent = Database(url), Finder(), []
    dice = random.Random(3)
    async with database.reading() as session:
        for _ in range(60):
            question = f"who knows about {dice.choice(SUBJECTS)} {dice.choice(CRAFTS)}"
            begun = time.process_time()
            await finder.answer(session, question, TODAY)
            spent.append(time.process_time() - begun)
    await database.close()
    return spent[0], statistics.median(spent[1:])
