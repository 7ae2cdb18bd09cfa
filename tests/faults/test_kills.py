"""`kill -9` before and after every commit of the tour: nothing lost, nothing twice, no approval invented."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.tour import Step, parse
from tests.faults import commits
from tests.faults.council import ACTS, Playing, playing

TOUR = Path("docs/tour.txt")

pytestmark = [pytest.mark.faults, pytest.mark.asyncio, pytest.mark.timeout(1200)]


def _steps() -> list[Step]:
    return [step for step in parse(TOUR.read_text(encoding="utf-8")) if isinstance(step, Step)]


async def _play_undisturbed(folder: Path) -> tuple[list[int], dict[str, object]]:
    """The commits that each step takes, and what is left at the end."""
    async with playing(folder) as council:
        taken = [await council.act(step) for step in _steps()]
        assert council.lives == 1
        return taken, await council.outcome()


async def _play_killing(council: Playing, taken: list[int], number: int, phase: str) -> int:
    """Play the tour, with a kill at the `number`-th commit of each step that has so many; how many kills."""
    kills = 0
    for place, (step, most) in enumerate(zip(_steps(), taken, strict=True)):
        aimed = step.verb in ACTS and number <= most
        if aimed:
            commits.order(council.folder, number, phase, str(place))
        await council.act(step)
        if aimed:
            # Timing may save a commit or two (two things in one look); what was not reached is taken back.
            kills += not commits.pending(council.folder)
            commits.cancel(council.folder)
    return kills


@pytest.mark.parametrize("phase", commits.PHASES)
async def test_every_commit(tmp_path: Path, phase: str, record_property: Callable[[str, object], None]) -> None:
    quiet = tmp_path / "quiet"
    quiet.mkdir()
    taken, expected = await _play_undisturbed(quiet)
    acts = [most for step, most in zip(_steps(), taken, strict=True) if step.verb in ACTS]
    assert acts
    assert min(acts) > 0, "every act of the tour commits something"
    kills = 0
    for number in range(1, max(acts) + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with playing(folder) as council:
            done = await _play_killing(council, taken, number, phase)
            assert council.lives == done + 1
            outcome = await council.outcome()
            for name, value in expected.items():
                assert outcome[name] == value, f"{name} after kills {phase} commit {number} of each step"
        kills += done
    record_property("kills", f"{kills} {phase} the {sum(acts)} commits of {len(acts)} steps")
    assert kills >= 0.9 * sum(acts), f"{kills} kills for {sum(acts)} commits"
