"""The feed on a stage: its shelf in memory, a shelf that loses answers, and the eyes of a reader of /feed.json."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

from aiohttp.test_utils import TestClient, TestServer

from adapters.errors import OutcomeUnknown, Refused
from adapters.events import Picture
from adapters.publish.feed import FeedEntry, FeedPublisher, FeedShelf, FeedSite, feed_application
from tests.contract.publisher_suite import Seen, Stage

SITE = FeedSite(
    title="Announcements",
    base_url="https://www.example.gov.uk/news/",
    organisation="Exampleshire Council",
    language="en-GB",
    tag_authority="example.gov.uk",
    tag_date=date(2026, 1, 1),
    contact="news@example.gov.uk",
)
PICTURE = Picture("0b" * 32, "image/png", "A map of the closed roads")


class MemoryShelf:
    """Entries in a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[str, FeedEntry] = {}

    async def put(self, entry: FeedEntry) -> None:
        if self._entries.setdefault(entry.key, entry).withdrawn is not None:
            raise Refused("withdrawn")

    async def get(self, key: str) -> FeedEntry | None:
        return self._entries.get(key)

    async def withdraw(self, key: str, at: datetime) -> None:
        entry = self._entries.get(key)
        if entry is not None and entry.withdrawn is None:
            self._entries[key] = replace(entry, text="", pictures=(), withdrawn=at)

    async def entries(self, limit: int) -> Sequence[FeedEntry]:
        newest = sorted(self._entries.values(), key=lambda entry: (entry.published, entry.number), reverse=True)
        return newest[:limit]

    async def by_number(self, number: int) -> FeedEntry | None:
        return next((entry for entry in await self.entries(len(self._entries)) if entry.number == number), None)

    async def picture(self, sha256: str) -> Picture | None:
        standing = [entry for entry in self._entries.values() if entry.withdrawn is None]
        shown = (picture for entry in standing for picture in entry.pictures)
        return next((picture for picture in shown if picture.sha256 == sha256), None)


class MemoryPictures:
    """Pictures in a dictionary."""

    def __init__(self, **pictures: bytes) -> None:
        self._pictures = pictures

    async def picture(self, sha256: str) -> bytes:
        return self._pictures[sha256]


class LossyShelf:
    """Another shelf whose answer to a `put` gets lost on the way, when asked."""

    def __init__(self, shelf: FeedShelf) -> None:
        self._shelf = shelf
        self._loses = False

    def lose_next_answer(self) -> None:
        self._loses = True

    async def put(self, entry: FeedEntry) -> None:
        await self._shelf.put(entry)
        if self._loses:
            self._loses = False
            raise OutcomeUnknown("the connection was reset after the write")

    async def get(self, key: str) -> FeedEntry | None:
        return await self._shelf.get(key)

    async def withdraw(self, key: str, at: datetime) -> None:
        await self._shelf.withdraw(key, at)

    async def entries(self, limit: int) -> Sequence[FeedEntry]:
        return await self._shelf.entries(limit)

    async def by_number(self, number: int) -> FeedEntry | None:
        return await self._shelf.by_number(number)

    async def picture(self, sha256: str) -> Picture | None:
        return await self._shelf.picture(sha256)


class _Alts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs)["alt"] or "")


def alts(html: str) -> tuple[str, ...]:
    """The alternative texts of the pictures in a piece of HTML."""
    parser = _Alts()
    parser.feed(html)
    parser.close()
    return tuple(parser.found)


@asynccontextmanager
async def feed_stage(shelf: FeedShelf) -> AsyncIterator[Stage]:
    """The feed over any shelf, read through its real web pages."""
    lossy = LossyShelf(shelf)
    publisher = FeedPublisher(lossy, SITE, lambda: datetime.now(UTC))
    application = feed_application(lossy, MemoryPictures(**{PICTURE.sha256: b"picture"}), SITE)
    async with TestClient(TestServer(application)) as client:

        async def seen() -> list[Seen]:
            answer = await client.get("/feed.json")
            items = json.loads(await answer.read())["items"]
            standing = [item for item in items if "withdrawn" not in item["_switchboard"]]
            return [
                Seen(item["url"], item["content_text"], item["language"], alts(item["content_html"]))
                for item in standing
            ]

        yield Stage(publisher, "news", PICTURE, seen, lossy.lose_next_answer)
