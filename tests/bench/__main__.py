"""`python -m tests.bench [WORD ...]` prints what is measured, the figure, the goal and whether it is kept.

With words only the benchmarks whose name holds one of them run. The exit code is 0 unless a benchmark crashes:
a figure is for people to judge, on a machine they know.
"""

import importlib
import pkgutil
import sys
import traceback

import tests.bench
from tests.bench.register import Benchmark, benchmarks


def find() -> list[Benchmark]:
    """Every benchmark of this folder."""
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name != "__main__":
            importlib.import_module(f"tests.bench.{module.name}")
    return benchmarks


def show(chosen: list[Benchmark]) -> int:
    """Run the benchmarks and print a line for each figure; 1 when one crashed or there was none."""
    crashed = 0
    print(f"{'what':44} {'figure':>10} {'goal':>10} {'unit':12} within?")
    for function in chosen:
        try:
            figures = function()
        except Exception:  # one crash must not hide the other figures; it is told, and the exit code says so
            traceback.print_exc()
            crashed += 1
            continue
        for figure in figures:
            line = f"{figure.what:44} {figure.value:10.3g} {figure.goal:10.3g} {figure.unit:12}"
            print(line, "yes" if figure.within else "NO", flush=True)
    return 1 if crashed or not chosen else 0


def main(words: list[str]) -> int:
    """Run the benchmarks whose name holds one of `words`, or all."""
    return show([function for function in find() if not words or any(word in function.__name__ for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
