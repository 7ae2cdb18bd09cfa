"""How `switchboard run` ends: the first signal lets what was begun be finished, the second does not."""

import asyncio
import os
import signal

import pytest

from bot.cli import INTERRUPTED
from bot.cli.run import _told_to_stop
from bot.installation import Installation


class Work(Installation):
    """An installation that does one thing, and takes its time over it."""

    def __init__(self, *, ends: bool) -> None:
        self.stopping, self.ends, self.finished = asyncio.Event(), ends, False

    def stop(self) -> None:
        self.stopping.set()

    async def serve(self) -> None:
        await self.stopping.wait()
        await asyncio.sleep(0.1 if self.ends else 60)
        self.finished = True


async def served(work: Work, *signals: int) -> None:
    """Serve, and be told by signals, one after another."""
    task = asyncio.create_task(work.serve())
    with _told_to_stop(work, task):
        for number in signals:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
        await task


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_lets_it_finish(number: int) -> None:
    work = Work(ends=True)
    await served(work, number)
    assert work.finished


@pytest.mark.asyncio
async def test_the_second_signal_ends_it_at_once() -> None:
    work = Work(ends=False)
    with pytest.raises(SystemExit) as ended:
        await served(work, signal.SIGTERM, signal.SIGTERM)
    assert ended.value.code == INTERRUPTED
    assert not work.finished
