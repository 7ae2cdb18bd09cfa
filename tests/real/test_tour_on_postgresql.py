"""The whole tour once more with everything in PostgreSQL: the second database of the product."""

from pathlib import Path

import pytest

from bot import audit
from bot.cli.demo import running
from bot.cli.tour import Step, parse, play
from tests.chat import Dialogue
from tests.real.postgres import Server

TOUR = Path("docs/tour.txt")

pytestmark = [pytest.mark.real, pytest.mark.asyncio]


async def test_the_tour_on_postgresql(postgres: Server, tmp_path: Path) -> None:
    steps = parse(TOUR.read_text(encoding="utf-8"))
    shown: list[str] = []
    with postgres.fresh() as url:
        async with running(tmp_path, 0, 0.1, url) as council, Dialogue.at(council.new_link()) as chat:
            played = await play(chat, steps, shown.append)
            services = council.app.services
            async with services.database.reading() as session:
                rows, faults = await audit.verify(session, services.keys)
    assert played == len([step for step in steps if isinstance(step, Step)]) > 0
    assert rows > 10
    assert faults == []
    assert not (tmp_path / "switchboard.db").exists(), "everything was in PostgreSQL"
