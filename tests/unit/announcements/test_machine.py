"""The invariants of PROTOCOL section 10 over the real workflow and store: hypothesis leads lives, the book judges them.

The book (book.py) knows I1, I2, I3, I4, I5, I8, I9, I10, I18, I21 and I22 as what the guard may commit; the channels
ask it before each write (I7); at rest it is compared with where everything stands (I16, I17), with what the channels
show (I11) and with the evidence (I13). A life that failed is kept in test_machine_found.py.
"""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.unit.announcements.life import NAMES, Life, begin

SMALL = st.integers(0, 63)


class Lives(RuleBasedStateMachine):
    """One town for each example; each rule is one act."""

    folder: Path

    def __init__(self) -> None:
        """A loop of its own: hypothesis calls from outside of any."""
        super().__init__()
        self.runner = asyncio.Runner()
        self.life: Life | None = None

    @initialize()
    def found(self) -> None:
        """An empty town."""
        self.life = self.runner.run(begin(Path(tempfile.mkdtemp(dir=self.folder))))

    @rule(name=st.sampled_from(NAMES), a=SMALL, b=SMALL, c=SMALL)
    def act(self, name: str, a: int, b: int, c: int) -> None:
        """Somebody does something, or something happens."""
        assert self.life is not None
        self.runner.run(self.life.do((name, a, b, c)))

    def teardown(self) -> None:
        """At rest all is as the book says."""
        try:
            if self.life is not None:
                self.runner.run(self._end(self.life))
        finally:
            self.runner.close()

    async def _end(self, life: Life) -> None:
        try:
            await life.rest()
        finally:
            await life.town.close()


def _lead(folder: Path, examples: int, steps: int) -> None:
    # Hypothesis makes the machine itself; where its towns lie is told by the class.
    machine = type("HereLives", (Lives,), {"folder": folder})
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=examples < 100,
    )
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.timeout(300)
def test_lives(tmp_path: Path) -> None:
    _lead(tmp_path, examples=25, steps=30)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_many_lives(tmp_path: Path) -> None:
    _lead(tmp_path, examples=2_000, steps=60)
