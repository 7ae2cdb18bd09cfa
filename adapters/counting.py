"""Text as the channels of the Twitter family count it: where its web addresses are, how many characters a reader sees.

Addresses are found by twitter-text, which X uses itself and on which Mastodon's own pattern is built.
"""

import importlib
import sys
from importlib import resources
from types import ModuleType
from typing import Any

import regex


def _twitter_text() -> Any:
    """The library, which asks the long gone `pkg_resources` for one file while it is loaded; here it is given that."""
    lent = ModuleType("pkg_resources")
    lent.__dict__["resource_string"] = lambda package, name: (
        resources.files(package.rpartition(".")[0]).joinpath(name).read_bytes()
    )
    before = sys.modules.get(lent.__name__)
    sys.modules[lent.__name__] = lent
    try:
        importlib.import_module("twitter_text")
        return importlib.import_module("twitter_text.extract_urls"), importlib.import_module("twitter_text.parse_tweet")
    finally:
        del sys.modules[lent.__name__]
        if before is not None:
            sys.modules[lent.__name__] = before


_urls, _tweets = _twitter_text()


def addresses(text: str, *, bare: bool) -> list[tuple[int, int]]:
    """Where each web address begins and ends; `bare`: also those without http:// or https:// before them."""
    found = _urls.extract_urls_with_indices(text, extract_urls_without_protocol=bare)
    return [(one["indices"][0], one["indices"][1]) for one in found]


def graphemes(text: str) -> int:
    """How many characters a reader sees (Unicode, UAX 29)."""
    return sum(1 for _ in regex.finditer(r"\X", text))


def weighted(text: str) -> int:
    """The length of a post on X, in its weighted characters."""
    length: int = _tweets.parse_tweet(text).weightedLength
    return length
