"""Every ChatAdapter keeps the contract of adapters/ports.py."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.chat_stage import Desk, Stage, staged
from tests.contract.chat_suite import CASES, Case
from tests.contract.web_hands import WebHands

Opener = Callable[[Path], AbstractAsyncContextManager[Stage]]


@asynccontextmanager
async def web(folder: Path) -> AsyncIterator[Stage]:
    """The web chat."""
    desk = Desk()
    hands = WebHands(folder, desk)
    await hands.start()
    async with staged(hands, desk) as stage:
        yield stage
    await hands.stop()


PLATFORMS: dict[str, Opener] = {"web": web}


def test_there_are_cases_and_platforms() -> None:
    assert len(CASES) >= 25
    assert PLATFORMS


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.asyncio
async def test_contract(platform: str, case: Case, tmp_path: Path) -> None:
    async with PLATFORMS[platform](tmp_path) as stage:
        await case(stage)
