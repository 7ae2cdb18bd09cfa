"""What can be pressed in a text: links, hashtags and mentions, by their place in its UTF-8 bytes.

The server takes any offsets, also such as lie outside the text, so they are made from places in the text itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from adapters.counting import addresses, graphemes

LONGEST_TAG = 64
"""Characters of a hashtag (lexicon of app.bsky.richtext.facet)."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MENTION = regex.compile(
    rf"(?<![^\s(])@((?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?)(?![\w-])", regex.IGNORECASE
)
_TAG = regex.compile(r"(?<!\S)[#＃](?!\ufe0f)([^\s\p{Cf}]+)")
_END = regex.compile(r"\p{P}+$")
_LETTER = regex.compile(r"\p{L}|\p{So}")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    feature: dict[str, str]


def links(text: str) -> list[tuple[int, int]]:
    """Where the web addresses of a text are: those with http:// or https://, which are followed at the guard."""
    return addresses(text, bare=False)


def handles(text: str) -> list[str]:
    """The accounts that a text names, in small letters, each once."""
    return list(dict.fromkeys(match.group(1).lower() for match in _MENTION.finditer(text)))


def facets(text: str, people: Mapping[str, str]) -> list[dict[str, Any]]:
    """What can be pressed, in order; `people`: handle -> DID of those who exist."""
    found: list[_Span] = []
    for span in [*_links(text), *_mentions(text, people), *_tags(text)]:
        if all(span.end <= other.start or span.start >= other.end for other in found):
            found.append(span)
    return [_facet(text, span) for span in sorted(found, key=lambda span: span.start)]


def _links(text: str) -> Iterator[_Span]:
    for start, end in links(text):
        yield _Span(start, end, {"$type": "app.bsky.richtext.facet#link", "uri": text[start:end]})


def _mentions(text: str, people: Mapping[str, str]) -> Iterator[_Span]:
    for match in _MENTION.finditer(text):
        did = people.get(match.group(1).lower())
        if did:
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
            yield _Span(match.start(), match.end(), feature)


def _tags(text: str) -> Iterator[_Span]:
    for match in _TAG.finditer(text):
        tag = _END.sub("", match.group(1))
        if _LETTER.search(tag) and graphemes(tag) <= LONGEST_TAG:
            start = match.start()
            yield _Span(start, start + 1 + len(tag), {"$type": "app.bsky.richtext.facet#tag", "tag": tag})


def _facet(text: str, span: _Span) -> dict[str, Any]:
    start, end = (len(text[:place].encode()) for place in (span.start, span.end))
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [span.feature]}
