"""The records that a post becomes: a function of its words, its pictures, its keys and the moment of its permit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from adapters.counting import graphemes
from adapters.events import Part, Picture, Post
from adapters.publish.bluesky.cids import BYTES, LINK, cid, record_cid
from adapters.publish.bluesky.facets import facets, links

COLLECTION = "app.bsky.feed.post"
GRAPHEMES = 300
BYTES_EACH = 10
"""The longest text is 300 characters as a reader sees them and 3,000 bytes (lexicon of app.bsky.feed.post)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: where it stands, what it holds, and its name by content."""

    key: str
    value: dict[str, Any]
    cid: str

    @property
    def uri(self) -> str:
        """Its place within its account."""
        return f"{COLLECTION}/{self.key}"


@dataclass(frozen=True, slots=True)
class Known:
    """What records need besides the post: whose they are, handle -> DID of people, SHA-256 -> bytes of pictures."""

    did: str
    people: Mapping[str, str]
    sizes: Mapping[str, int]


def length(text: str) -> int:
    """How many of the 300 characters a text takes; one of very long characters takes more than it shows."""
    return max(graphemes(text), -(-len(text.encode()) // BYTES_EACH))


def blob(picture: Picture, size: int) -> dict[str, Any]:
    """How a record names a picture."""
    name = cid(BYTES, bytes.fromhex(picture.sha256))
    return {"$type": "blob", "ref": {LINK: name}, "mimeType": picture.media_type, "size": size}


def records(post: Post, keys: Sequence[str], at: datetime, known: Known) -> list[Record]:
    """The posts of a thread, each an answer to the one before it."""
    made: list[Record] = []
    for number, (key, part) in enumerate(zip(keys, post.parts, strict=True)):
        value: dict[str, Any] = {
            "$type": COLLECTION,
            "text": part.text,
            "langs": [post.language],
            "createdAt": _moment(at, number),
        }
        found = facets(part.text, known.people)
        value |= {"facets": found} if found else {}
        value |= _embed(part, known)
        if made:
            value["reply"] = {"root": _reference(known.did, made[0]), "parent": _reference(known.did, made[-1])}
        made.append(Record(key, value, record_cid(value)))
    return made


def words(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """What people approved of a record: text, languages, pictures and their descriptions."""
    pictures = (value.get("embed") or {}).get("images") or []
    return (
        value.get("text"),
        value.get("langs"),
        [(picture["image"]["ref"][LINK], picture["alt"]) for picture in pictures],
    )


def _moment(at: datetime, part: int) -> str:
    """The permit's moment; each post of a thread a millisecond later, so that they sort in order."""
    when = at.astimezone(UTC) + timedelta(milliseconds=part)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def _reference(did: str, record: Record) -> dict[str, str]:
    return {"uri": f"at://{did}/{record.uri}", "cid": record.cid}


def _embed(part: Part, known: Known) -> dict[str, Any]:
    """The pictures, or else a card for the first address. A card shows its host: nobody approved any other words."""
    if part.pictures:
        images = [
            {"alt": picture.alt, "image": blob(picture, known.sizes[picture.sha256])} for picture in part.pictures
        ]
        return {"embed": {"$type": "app.bsky.embed.images", "images": images}}
    found = links(part.text)
    if not found:
        return {}
    start, end = found[0]
    uri = part.text[start:end]
    card = {"uri": uri, "title": urlsplit(uri).hostname or uri, "description": ""}
    return {"embed": {"$type": "app.bsky.embed.external", "external": card}}
