"""The Publisher of the pretend timeline."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

from adapters.canonical import check_permit, readable_digest
from adapters.errors import Refused
from adapters.events import Post, Remote
from adapters.ports import Health, HealthState, Limits, Permit, Prepared
from adapters.publish.timeline.channel import Timeline

CHANNEL = "timeline"

HERE = frozenset({"127.0.0.1", "localhost"})
"""The only hosts it may stand on: nobody elsewhere can read what it shows."""

MEDIA_TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
"""The pictures a browser shows and cannot run, and how their addresses end."""

# As the feed's: the demo has no text that one of its channels takes and the other does not.
LIMITS = Limits(characters=5_000, pictures=10, alt_characters=1_500)


class TimelinePublisher:
    """One account on a pretend timeline. What it meets there is what somebody told the timeline to do."""

    channel = CHANNEL
    key_life: timedelta | None = None

    def __init__(self, timeline: Timeline, base_url: str) -> None:
        """Keep the timeline and the address of its page. Raises ValueError for one that is not on this machine."""
        parts = urlsplit(base_url)
        if parts.scheme != "http" or parts.hostname not in HERE or not parts.path.endswith("/"):
            raise ValueError("the pretend timeline stands on this machine only, at an address that ends with a slash")
        self.guarantee = timeline.guarantee
        self._timeline = timeline
        self._base_url = base_url

    async def prepare(self, post: Post) -> Prepared:
        """Check that the timeline can show the post whole. Raises `Refused` with a code when it cannot."""
        digest = readable_digest(post)
        fault = _fault(post)
        if fault is not None:
            raise Refused(fault)
        return Prepared(post, digest)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Hand the post over, with all its parts at once."""
        check_permit(permit, key, prepared.post)
        return self._remote(await asyncio.to_thread(self._timeline.publish, key, prepared.post))

    async def find(self, key: str) -> Remote | None:
        """What stands under `key`."""
        found = await asyncio.to_thread(self._timeline.find, key)
        return None if found is None else self._remote(found)

    async def withdraw(self, remote: Remote) -> None:
        """Take a post down."""
        await asyncio.to_thread(self._timeline.withdraw, remote.id)

    async def limits(self) -> Limits:
        """What the page can bear."""
        return LIMITS

    async def close(self) -> None:
        """Let go of the timeline's file."""
        await asyncio.to_thread(self._timeline.close)

    def health(self) -> Health:
        """Always well: how it behaves is found out by asking it, as with a real channel."""
        return Health(HealthState.OK)

    def _remote(self, identity: int) -> Remote:
        return Remote(str(identity), f"{self._base_url}posts/{identity}")


def _fault(post: Post) -> str | None:
    pictures = [picture for part in post.parts for picture in part.pictures]
    checks = {
        "channel": post.channel != CHANNEL,
        "empty": not any(part.text.strip() or part.pictures for part in post.parts),
        "too_long": any(len(part.text) > LIMITS.characters for part in post.parts),
        "too_many_pictures": any(len(part.pictures) > LIMITS.pictures for part in post.parts),
        "alt_too_long": any(len(picture.alt) > LIMITS.alt_characters for picture in pictures),
        "media_type": any(picture.media_type not in MEDIA_TYPES for picture in pictures),
    }
    return next((code for code, wrong in checks.items() if wrong), None)
