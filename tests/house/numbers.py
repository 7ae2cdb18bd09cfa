"""The house in numbers: `python -m tests.house.numbers` prints a table and every broken rule."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house.facts import SourceFile, body_length, class_length, is_protocol, method_names
from tests.house.rules import (
    LONGEST_CLASS,
    LONGEST_FILE,
    LONGEST_FUNCTION,
    RULES,
    Fault,
    broad_excepts,
    silencers,
)

PACKAGES = ("bot", "adapters", "directory", "config")
# Written by alembic; what it holds is checked by the tests of the migrations.
GENERATED = "bot/migrations/versions/"
P90_FUNCTION = 20
SILENCED_PER_THOUSAND = 0.5


@dataclass(frozen=True)
class Report:
    """What was looked at, the figures with their goals, and what is wrong."""

    files: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    faults: tuple[Fault, ...]


def find(root: Path) -> list[SourceFile]:
    """Every Python file of the four packages, generated migrations left out."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    files = [SourceFile.read(root, path) for path in paths]
    return [file for file in files if not file.place.startswith(GENERATED)]


def look(root: Path) -> Report:
    """Measure the tree at `root` and try every rule on it."""
    files = find(root)
    ports = frozenset(
        name for file in files for node in file.classes() if is_protocol(node) for name in method_names(node)
    )
    faults = [fault for file in files for rule in RULES for fault in rule(file, ports)]
    lengths = sorted(body_length(function) for file in files for function in file.functions())
    p90 = lengths[min(len(lengths) - 1, int(0.9 * len(lengths)))] if lengths else 0
    if p90 > P90_FUNCTION:
        faults.append(Fault("all files", 0, f"nine in ten functions over {P90_FUNCTION} lines", str(p90)))
    code = sum(file.code_lines for file in files)
    silenced = sum(len(silencers(file)) for file in files)
    # A small tree may have one; a proportion of next to nothing would forbid even that.
    if silenced > max(1, code * SILENCED_PER_THOUSAND / 1000):
        faults.append(
            Fault("all files", 0, f"silenced checks over {SILENCED_PER_THOUSAND} in 1,000 lines", str(silenced))
        )
    sizes = [("functions, nine in ten at most", str(p90), f"{P90_FUNCTION} lines")]
    sizes += _longest(files, lengths)
    counts = [
        ("silenced checks", str(silenced), f"{SILENCED_PER_THOUSAND} in 1,000 lines"),
        ("except Exception", str(sum(len(broad_excepts(file)) for file in files)), "each with its reason"),
        ("broken rules", str(len(faults)), "0"),
    ]
    figures = [("files", str(len(files)), "-"), ("lines of code", str(code), "-"), *sizes, *counts]
    return Report(tuple(file.place for file in files), tuple(figures), tuple(faults))


def _longest(files: list[SourceFile], lengths: list[int]) -> list[tuple[str, str, str]]:
    classes = [class_length(node) for file in files for node in file.classes()]
    return [
        ("longest function", str(max(lengths, default=0)), f"{LONGEST_FUNCTION} lines"),
        ("longest file", str(max((file.lines for file in files), default=0)), f"{LONGEST_FILE} lines"),
        ("longest class", str(max(classes, default=0)), f"{LONGEST_CLASS} lines"),
    ]


def main() -> int:
    """Print the table and the faults; 1 when a rule is broken or nothing was looked at."""
    report = look(Path.cwd())
    for what, figure, goal in report.figures:
        print(f"{what:32} {figure:>8}   {goal}")
    for fault in report.faults:
        print(fault)
    return 1 if report.faults or not report.files else 0


if __name__ == "__main__":
    sys.exit(main())
