"""How long to wait after a failure: longer each time, bounded, and never in step with others."""

from dataclasses import dataclass, field
from random import SystemRandom


@dataclass(slots=True)
class Backoff:
    """Waits from `first` to `longest` seconds; `retry_after` of the server counts, within the same bound."""

    first: float
    longest: float
    failures: int = 0
    chance: SystemRandom = field(default_factory=SystemRandom)

    def next(self, retry_after: float | None = None) -> float:
        """The next wait: drawn from the upper half of the step, so that it never comes near to none."""
        step = min(self.longest, self.first * 2.0 ** min(self.failures, 16))
        self.failures += 1
        wait = step * self.chance.uniform(0.5, 1.0) if self.failures > 1 else step
        return min(self.longest, max(wait, retry_after or 0.0))

    def reset(self) -> None:
        """It works again."""
        self.failures = 0
