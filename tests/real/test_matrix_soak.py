"""About twenty minutes of a network that fails in every way, a minute at a time, while people go on asking."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.wording import say
from tests.real.matrix_faults import Fault, Faults
from tests.real.matrix_house import House, housed
from tests.real.matrix_people import Matrix
from tests.real.switchboard_run import Running

pytestmark = [pytest.mark.soak, pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(3600)]

SEED = 20261123
BAD, GOOD = (60.0, 90.0), (20.0, 40.0)  # seconds of a fault, and of peace after it
ASKING = (1.0, 5.0)  # seconds between two questions
RESTART = 5.0  # seconds after which a bot that has ended by itself is started again, as systemd does
WARM = 60.0  # seconds after which a life has everything it needs in memory
LONGEST_WAIT = 60.0  # of the bot between two attempts
MEMORY = 16 * 1024  # KiB that one life may grow by, over hundreds of answers


@dataclass
class Watched:
    """The bot, started again whenever it ends, with its memory (KiB) looked at once a second."""

    house: House
    lives: list[list[int]] = field(default_factory=list)

    async def live(self) -> None:
        """Keep it running until cancelled."""
        while True:
            running = self.house.run()
            self.lives.append([])
            while running.process.poll() is None:
                with suppress(OSError, StopIteration):
                    self.lives[-1].append(memory(running))
                await asyncio.sleep(1)
            code, _, said = await running.ends(None)
            assert (code, said) == (2, f"{say('matrix.fault.unknown_token')}\n")
            await asyncio.sleep(RESTART)

    def growth(self) -> list[int]:
        """By how much each life has grown since it was warm, those that were warm at all."""
        return [max(life[round(WARM) :]) - life[round(WARM)] for life in self.lives if len(life) > WARM * 2]


def memory(running: Running) -> int:
    """What the process holds in memory, in KiB."""
    lines = Path(f"/proc/{running.process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])


@asynccontextmanager
async def going_on(*work: asyncio.Task[None]) -> AsyncIterator[None]:
    """Tasks that run until the end of the block; what ends before was a failure."""
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        results = await asyncio.gather(*work, return_exceptions=True)
        # Told also when the block itself fails, which may be why.
        assert [one for one in results if not isinstance(one, asyncio.CancelledError)] == []


async def keep_asking(house: House, chance: random.Random, asked: list[str]) -> None:
    """Ann asks and asks, at the homeserver itself."""
    while True:
        asked.append(await house.ann.says("comms", f"{house.bot.id} who knows about flood mapping?"))
        await asyncio.sleep(chance.uniform(*ASKING))


async def answered(house: House) -> list[str]:
    """The questions that have an answer, by its thread, in the order of the answers."""
    seen = await house.ann.reads("comms")
    return [one.thread or "" for one in seen if one.sender == "switchboard" and "Rhys" in one.words]


async def goes_wrong(faults: Faults, fault: Fault, seconds: float) -> float:
    """Spoil every request for so long; requests a second."""
    begun = faults.clock()
    rule = faults.spoil(fault, seconds=2)
    faults.cut()
    await asyncio.sleep(seconds)
    rule.lift()
    faults.cut()  # what hangs is let go of
    return faults.count(since=begun) / (faults.clock() - begun)


@pytest.mark.parametrize("encrypted", [True], ids=["encrypted"])
async def test_faults_by_the_minute(
    matrix: Matrix, faults: Faults, tmp_path: Path, record_property: Callable[[str, object], None], *, encrypted: bool
) -> None:
    chance = random.Random(SEED)
    others = [one for one in Fault if one is not Fault.UNKNOWN_TOKEN]
    # First the one fault at which the bot ends by itself, so that the life after it is long and its memory tells.
    order = [Fault.UNKNOWN_TOKEN, *chance.sample(others, len(others))]
    async with housed(matrix, tmp_path / "here", encrypted=encrypted) as house:
        file = house.folder / "switchboard.toml"
        file.write_text(file.read_text().replace(matrix.homeserver.url, faults.url))
        watched, asked, rates = Watched(house), list[str](), dict[str, float]()
        async with going_on(asyncio.create_task(watched.live())):
            await asyncio.sleep(RESTART)
            await house.running[-1].logs("connected")
            async with going_on(asyncio.create_task(keep_asking(house, random.Random(SEED), asked))):
                for fault in order:
                    rates[fault.value] = await goes_wrong(faults, fault, chance.uniform(*BAD))
                    await asyncio.sleep(chance.uniform(*GOOD))
            # Whatever is missing then is named below.
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_WAIT * 4):
                    while len(await answered(house)) < len(asked):
                        await house.ann.line.catch_up(1)
        figures = {"asked": len(asked), "lives": len(watched.lives), "growth in KiB": watched.growth(), **rates}
        record_property("faults by the minute", str(figures))
        assert await answered(house) == asked
        assert len(asked) > len(order)
        assert {name: rate for name, rate in rates.items() if rate > 1} == {}
        assert watched.growth()
        assert max(watched.growth()) < MEMORY
