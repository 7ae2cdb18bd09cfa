"""Reads what the feed writes as a stranger's programme would, and tells what stands in it."""

import json
import xml.etree.ElementTree as Tree
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from adapters.events import Picture
from adapters.publish.feed import FeedEntry

ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 3, 4, 13, 5, 6, tzinfo=UTC)
PICTURE = Picture("0b" * 32, "image/png", "A map of the closed roads")

# All that our pages are made of; anything else came from a text.
ALLOWED: dict[str, set[str]] = {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "link": {"rel", "type", "title", "href"},
    "body": set(),
    "header": set(),
    "main": {"id", "tabindex"},
    "article": set(),
    "footer": set(),
    "nav": {"aria-label"},
    "h1": {"lang", "dir"},
    "h2": {"lang", "dir"},
    "p": {"class", "dir", "lang"},
    "div": {"lang", "dir", "class"},
    "span": {"dir"},
    "ol": {"role", "class"},
    "ul": {"role"},
    "li": set(),
    "a": {"href", "class", "lang", "dir"},
    "br": set(),
    "img": {"src", "alt"},
    "time": {"datetime"},
}


def entry(text: str = "The library opens at noon.", number: int = 12, **fields: Any) -> FeedEntry:
    """An entry with everything that a test does not care about."""
    given: dict[str, Any] = {"language": "en-GB", "pictures": (), "published": AT} | fields
    return FeedEntry(key=f"k{number}", number=number, text=text, **given)


@dataclass
class Page(HTMLParser):
    """HTML taken apart: its start tags in order, and its words."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, html: str) -> "Page":
        """The page that `html` is."""
        page = cls()
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "br":
            self.pieces.append("\n")
        self.open.append(tag)

    def handle_data(self, data: str) -> None:
        (self.titles if self.open and self.open[-1] == "title" else self.pieces).append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    @property
    def words(self) -> str:
        """All text of the body, in order."""
        return "".join(self.pieces)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every such element."""
        return [attributes for name, attributes in self.tags if name == tag]


def atom_entries(document: bytes) -> list[dict[str, str]]:
    """Title, id, content and language of each entry of an Atom feed."""
    root = Tree.fromstring(document)
    return [
        {
            "id": found.findtext(f"{ATOM}id") or "",
            "title": found.findtext(f"{ATOM}title") or "",
            "html": found.findtext(f"{ATOM}content") or "",
            "language": found.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
            "updated": found.findtext(f"{ATOM}updated") or "",
        }
        for found in root.iter(f"{ATOM}entry")
    ]


def rss_items(document: bytes) -> list[dict[str, str]]:
    """Title, id, content and language of each item of an RSS feed."""
    return [
        {
            "id": found.findtext("guid") or "",
            "title": found.findtext("title") or "",
            "html": found.findtext("description") or "",
            "language": found.findtext("{http://purl.org/dc/elements/1.1/}language") or "",
        }
        for found in Tree.fromstring(document).iter("item")
    ]


def json_items(document: bytes) -> list[dict[str, str]]:
    """Title, id, content and language of each item of a JSON feed."""
    return [
        {
            "id": found["id"],
            "title": found["title"],
            "html": found["content_html"],
            "text": found["content_text"],
            "language": found["language"],
        }
        for found in json.loads(document)["items"]
    ]
