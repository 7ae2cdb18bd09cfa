"""What a feed shows, and the port through which it reaches the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from adapters.events import Picture


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One announcement as the feed keeps it. `published`, `withdrawn` are UTC; `language` is BCP 47.

    `corrects` and `corrected_by` are numbers of other announcements. A withdrawn entry may have lost its text
    and pictures; nothing of them is shown either way.
    """

    key: str
    number: int
    text: str
    language: str
    pictures: tuple[Picture, ...]
    published: datetime
    withdrawn: datetime | None = None
    corrects: int | None = None
    corrected_by: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a time without a zone: it would be shown an hour off in summer."""
        if any(at is not None and at.utcoffset() is None for at in (self.published, self.withdrawn)):
            raise ValueError("times of an entry need their zone")


class FeedShelf(Protocol):
    """Where entries stand: a table of the product, handed in."""

    async def put(self, entry: FeedEntry) -> None:
        """Keep a new entry. A key there already changes nothing; withdrawn: raises `Refused("withdrawn")`."""

    async def get(self, key: str) -> FeedEntry | None:
        """The entry put under `key`, withdrawn or not."""

    async def withdraw(self, key: str, at: datetime) -> None:
        """Make the entry a tombstone for ever. The first time given stays; an unknown key is fine."""

    async def entries(self, limit: int) -> Sequence[FeedEntry]:
        """At most `limit` entries, newest first, tombstones included."""

    async def by_number(self, number: int) -> FeedEntry | None:
        """The entry of that announcement, withdrawn or not."""

    async def picture(self, sha256: str) -> Picture | None:
        """The picture, if an entry that stands shows it: those of drafts and recalled entries are not served."""
