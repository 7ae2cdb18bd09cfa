"""The tours of votes and times as text: who may approve and how, what becomes of what is late, and many at once."""

from pathlib import Path

import pytest

from bot.cli.tour import Step, parse, play
from tests.dialogues.stage import Talk

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300)]


@pytest.mark.parametrize("name", ["votes", "times", "together"])
async def test_a_tour_comes_true(talk: Talk, name: str) -> None:
    steps = parse(Path(f"docs/{name}.txt").read_text(encoding="utf-8"))
    shown: list[str] = []
    assert await play(talk.chat, steps, shown.append) == sum(isinstance(step, Step) for step in steps) > 40
