"""The Publisher of the feed: it puts entries on the shelf and takes them down; the pages follow."""

from collections.abc import Callable
from datetime import datetime, timedelta

from adapters.canonical import check_permit, readable_digest
from adapters.errors import OutcomeUnknown, Refused
from adapters.events import Picture, Post, Remote
from adapters.ports import Guarantee, Health, HealthState, Limits, Permit, Prepared
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.view import EXTENSIONS
from adapters.shelf import FeedEntry, FeedShelf

CHANNEL = "feed"

# Nothing stops at these; they keep a page readable and a mistake small.
LIMITS = Limits(characters=5_000, pictures=10, alt_characters=1_500)


class FeedPublisher:
    """One feed. A repeated publish with the same key changes nothing, so it may always be repeated."""

    channel = CHANNEL
    guarantee = Guarantee.IDEMPOTENT
    key_life: timedelta | None = None

    def __init__(self, shelf: FeedShelf, site: FeedSite, clock: Callable[[], datetime]) -> None:
        """Keep the shelf to write to, the site for addresses, and a clock that tells UTC."""
        self._shelf = shelf
        self._site = site
        self._clock = clock

    async def prepare(self, post: Post) -> Prepared:
        """Check that the feed can show the post whole. Raises `Refused` with a code when it cannot."""
        digest = readable_digest(post)
        fault = _fault(post)
        if fault is not None:
            raise Refused(fault)
        return Prepared(post, digest)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Put the entry on the shelf."""
        check_permit(permit, key, prepared.post)
        entry = _entry(prepared.post, key, self._clock())
        await self._shelf.put(entry)
        stored = await self._shelf.get(key)
        if stored is None:
            raise OutcomeUnknown("the shelf took the entry and does not show it")
        if stored.withdrawn is not None:
            raise Refused("withdrawn")
        if _words(stored) != _words(entry):
            raise Refused("key_taken")
        return self._remote(stored)

    async def find(self, key: str) -> Remote | None:
        """The entry under `key`, unless it was withdrawn."""
        stored = await self._shelf.get(key)
        return self._remote(stored) if stored is not None and stored.withdrawn is None else None

    async def withdraw(self, remote: Remote) -> None:
        """Make the entry a tombstone."""
        await self._shelf.withdraw(remote.id, self._clock())

    async def limits(self) -> Limits:
        """What a page can bear."""
        return LIMITS

    async def close(self) -> None:
        """Nothing is held: the shelf belongs to the product."""

    def health(self) -> Health:
        """Always well: the feed is as well as the database, which tells for itself."""
        return Health(HealthState.OK)

    def _remote(self, entry: FeedEntry) -> Remote:
        # The key is the id, so that a recall finds its entry even after the site's address was changed.
        return Remote(entry.key, self._site.page(entry.number))


def _fault(post: Post) -> str | None:
    pictures = _pictures(post)
    checks = {
        "channel": post.channel != CHANNEL,
        "empty": not _text(post).strip() and not pictures,
        "too_long": len(_text(post)) > LIMITS.characters,
        "too_many_pictures": any(len(part.pictures) > LIMITS.pictures for part in post.parts),
        "alt_too_long": any(len(picture.alt) > LIMITS.alt_characters for picture in pictures),
        "media_type": any(picture.media_type not in EXTENSIONS for picture in pictures),
    }
    return next((code for code, wrong in checks.items() if wrong), None)


def _entry(post: Post, key: str, now: datetime) -> FeedEntry:
    words = _text(post)
    return FeedEntry(key, post.number, words, post.language, _pictures(post), published=now, corrects=post.corrects)


def _text(post: Post) -> str:
    return "\n\n".join(part.text for part in post.parts)


def _pictures(post: Post) -> tuple[Picture, ...]:
    return tuple(picture for part in post.parts for picture in part.pictures)


def _words(entry: FeedEntry) -> tuple[object, ...]:
    return entry.number, entry.text, entry.language, entry.pictures, entry.corrects
