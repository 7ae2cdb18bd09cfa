"""Whether somebody who knows is looked for at all: a direction in the space of vectors, learnt from our own examples.

The examples stand in `directory/world/intent.txt`. A logistic regression on their vectors gives one weight for each
number of a vector and a constant; that file is made beforehand, like the vectors of the terms.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from directory.arrays import Vectors
from directory.encoder import SIZE, Encoder
from directory.thesaurus import WORLD

EXAMPLES, FILE = WORLD / "intent.txt", WORLD / "intent.bin"
ASKED, SAID = "## Somebody", "## Nobody"
HOLD = 0.5  # how strongly weights are held near nought: there are fewer examples than numbers in a vector
ROUNDS = 25  # of Newton's method; eight are enough


@dataclass(frozen=True, slots=True)
class Examples:
    """Lines in which somebody who knows is looked for, and lines in which nobody is."""

    asked: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Direction:
    """The weights and the constant: the more a vector lies along them, the likelier somebody is looked for."""

    weights: Vectors
    constant: float

    def of(self, vector: Vectors) -> float:
        """The logit of the chance that somebody is looked for."""
        return float(vector @ self.weights) + self.constant


@cache
def examples() -> Examples:
    """The examples that come with the product."""
    asked: list[str] = []
    said: list[str] = []
    into: list[str] = []
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            into = asked if line.startswith(ASKED) else said
        elif line.strip() and not line.startswith("#"):
            into.append(line.strip())
    return Examples(tuple(asked), tuple(said))


def learn(encoder: Encoder) -> Direction:
    """The direction between the two kinds of examples."""
    known = examples()
    inside = encoder.encode([*known.asked, *known.said]).astype(np.float64)
    inside = np.hstack([inside, np.ones((len(inside), 1))])
    wanted = np.repeat([1.0, 0.0], [len(known.asked), len(known.said)])
    # Both kinds count alike, however many examples each has.
    share = np.where(wanted == 1, 0.5 / len(known.asked), 0.5 / len(known.said)) * len(wanted)
    hold = np.append(np.full(SIZE, HOLD), 1e-6)
    weights: NDArray[np.float64] = np.zeros(SIZE + 1)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-inside @ weights))
        slope = inside.T @ (share * (chance - wanted)) + hold * weights
        bend = (inside * (share * chance * (1 - chance))[:, None]).T @ inside + np.diag(hold)
        weights -= np.linalg.solve(bend, slope)
    return Direction(weights[:SIZE].astype(np.float32), float(weights[SIZE]))


def heading(model: str) -> bytes:
    """What the file must begin with: it was learnt with that model from these examples."""
    known = examples()
    return hashlib.sha256("\0".join((model, *known.asked, "", *known.said)).encode()).digest()


def make(encoder: Encoder) -> bytes:
    """The file's content."""
    found = learn(encoder)
    return heading(encoder.model) + np.append(found.weights, np.float32(found.constant)).astype("<f4").tobytes()


def load(model: str, file: Path = FILE) -> Direction | None:
    """The direction; None when the file belongs to other examples or another model."""
    data = file.read_bytes() if file.exists() else b""
    expected = heading(model)
    if not data.startswith(expected) or len(data) != len(expected) + 4 * (SIZE + 1):
        return None
    numbers = np.frombuffer(data, "<f4", offset=len(expected))
    return Direction(numbers[:SIZE].astype(np.float32), float(numbers[SIZE]))
