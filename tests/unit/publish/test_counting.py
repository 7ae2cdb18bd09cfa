"""Text as channels count it, and the library that needs a hand to be loaded."""

import sys

import pytest

from adapters.counting import addresses, graphemes
from adapters.publish.mastodon import Instance


def test_the_library_is_loaded_without_leaving_anything_behind() -> None:
    assert "twitter_text" in sys.modules
    assert "pkg_resources" not in sys.modules


def test_addresses_are_found_with_and_without_http() -> None:
    text = "See example.gov.uk and https://example.org/a."
    assert [text[start:end] for start, end in addresses(text, bare=True)] == ["example.gov.uk", "https://example.org/a"]
    assert [text[start:end] for start, end in addresses(text, bare=False)] == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("cafe\u0301", 4), ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 1)]
)
def test_characters_are_what_a_reader_sees(text: str, count: int) -> None:
    assert graphemes(text) == count


LONG = "https://example.org/" + "a" * 100


@pytest.mark.parametrize(
    ("version", "length"),
    [
        ("4.7.3", 23 + 1 + len("@news")),
        ("4.3.1+glitch", 23 + 1 + len("@news")),
        ("0.20.0+git-1234", len(LONG) + 1 + len("@news@social.example")),
        ("2.7.2 (compatible; Akkoma 3.1)", len(LONG) + 1 + len("@news@social.example")),
        ("4.0.0 (compatible; Other 1.0)", len(LONG) + 1 + len("@news@social.example")),
        ("unknown", len(LONG) + 1 + len("@news@social.example")),
    ],
)
def test_only_mastodon_itself_is_trusted_to_shorten(version: str, length: int) -> None:
    statuses = {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}
    configuration = {"statuses": statuses, "media_attachments": {"image_size_limit": 1}}
    instance = Instance.told({"version": version, "configuration": configuration})
    assert instance.length(f"{LONG} @news@social.example") == length
    assert instance.alt_characters == 1_500
