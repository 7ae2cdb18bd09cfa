"""Every sentence a person reads. Below this package there are only codes and parameters.

The sentences stand in `en/*.toml`, nested tables joined by dots: `say("draft.too_long", longest=5000)`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


class NoSuchSentence(KeyError):
    """A code has no sentence, or a sentence misses a parameter: a fault of ours, found by tests."""


def say(code: str, /, **params: object) -> str:
    """The sentence for `code` with its parameters filled in. Raises `NoSuchSentence`."""
    try:
        return catalogue()[code].format_map(params)
    except KeyError as error:
        raise NoSuchSentence(f"{code}: {error}") from error


def known(code: str) -> bool:
    """Whether there is a sentence for `code`."""
    return code in catalogue()


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: `count(1, "person", "people")` is "1 person"."""
    return f"{number:,} {one if number == 1 else many}"


def listed(items: list[str]) -> str:
    """Items as English lists them: "a", "a and b", "a, b and c"."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


@cache
def catalogue() -> Mapping[str, str]:
    """Every sentence by its code."""
    sentences: dict[str, str] = {}
    folder = resources.files("bot.wording").joinpath("en")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            _flatten(tomllib.loads(file.read_text(encoding="utf-8")), "", sentences)
    return sentences


def _flatten(table: Mapping[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in table.items():
        if isinstance(value, str):
            into[prefix + name] = value.strip("\n")
        else:
            _flatten(value, f"{prefix}{name}.", into)
