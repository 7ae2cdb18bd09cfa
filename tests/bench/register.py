"""The list of benchmarks: a function with the decorator `benchmark` is one line or more of the table."""

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table; within when `value` is at most `goal`."""

    what: str
    value: float
    goal: float
    unit: str

    @property
    def within(self) -> bool:
        """Whether the goal is kept."""
        return self.value <= self.goal


Benchmark = Callable[[], list[Figure]]
benchmarks: list[Benchmark] = []


def benchmark(function: Benchmark) -> Benchmark:
    """Put `function` on the list."""
    benchmarks.append(function)
    return function


@dataclass
class Spent:
    """CPU seconds of a block, children included; filled in when the block ends."""

    seconds: float = field(default=0.0)


def cpu() -> float:
    """CPU seconds of this process and its finished children until now."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure the CPU seconds of a block."""
    spent, begun = Spent(), cpu()
    yield spent
    spent.seconds = cpu() - begun


def switchboard(*arguments: str) -> float:
    """CPU seconds of one run of the command line; the lowest of five, as the others were disturbed."""
    program = Path(sys.executable).with_name("switchboard")
    runs = []
    for _ in range(5):
        with measured() as spent:
            subprocess.run([program, *arguments], check=True, capture_output=True)
        runs.append(spent.seconds)
    return min(runs)
