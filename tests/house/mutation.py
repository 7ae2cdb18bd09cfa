"""The mutation score after `mutmut run`: of the faults planted in the core, how many the tests noticed."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

STATS = Path("mutants/mutmut-cicd-stats.json")
GOAL = 85.0


def score(stats: Mapping[str, int]) -> float:
    """Percent of the planted faults that the tests noticed; one that hangs is noticed too."""
    planted = stats["total"] - stats["skipped"]
    return 100 * (stats["killed"] + stats["timeout"]) / planted if planted else 0.0


def main() -> int:
    """Print the score; 1 when it misses the goal."""
    reached = score(json.loads(STATS.read_text()))
    print(f"mutation score {reached:.1f} %, goal {GOAL:.0f} %")
    return 0 if reached >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
