"""A channel in memory that does as it is told: refuses, is away, loses answers, forgets. An ordinary Publisher."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.canonical import check_permit, post_digest
from adapters.errors import AdapterError, OutcomeUnknown, Refused
from adapters.events import Picture, Post, Remote
from adapters.ports import Guarantee, Health, HealthState, Limits, Permit, Prepared

LIMITS = Limits(characters=500, pictures=4, alt_characters=100)


@dataclass(frozen=True)
class Shown:
    """What stands on the channel."""

    remote: Remote
    post: Post


@dataclass
class Channel:
    """The channel and its publisher in one.

    What `troubles` holds befalls the next visible writes, `blind` the next looks, `stuck` the next removals.
    """

    channel: str = "board"
    guarantee: Guarantee = Guarantee.IDEMPOTENT
    key_life: timedelta | None = None
    troubles: list[AdapterError | str] = field(default_factory=list)
    blind: list[AdapterError | None] = field(default_factory=list)
    stuck: list[AdapterError | None] = field(default_factory=list)
    shown: dict[str, Shown] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    writes: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self, post: Post) -> Prepared:
        """Check that the post can be shown whole."""
        faults = {
            "channel": post.channel != self.channel,
            "empty": not any(part.text.strip() or part.pictures for part in post.parts),
            "too_long": any(len(part.text) > LIMITS.characters for part in post.parts),
            "pictures": any(len(part.pictures) > LIMITS.pictures for part in post.parts),
            "alt": any(len(picture.alt) > LIMITS.alt_characters for picture in pictures(post)),
        }
        for code, wrong in faults.items():
            if wrong:
                raise Refused(code)
        return Prepared(post, post_digest(post))

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """The one visible write, or what befalls it."""
        check_permit(permit, key, prepared.post)
        self.writes += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, AdapterError):
            raise trouble
        if trouble == "broken":
            raise RuntimeError("a fault nobody thought of")
        if trouble == "hangs":
            await self.go_on.wait()
        remote = self.show(prepared.post, key)
        if trouble == "answer lost":
            raise OutcomeUnknown("the connection was reset after the write")
        return remote

    def show(self, post: Post, key: str) -> Remote:
        """Put a post up, unless its key is withdrawn or taken."""
        if key in self.gone:
            raise Refused("withdrawn")
        standing = self.shown.get(key)
        if standing is not None:
            if standing.post != post:
                raise Refused("key_taken")
            return standing.remote
        remote = Remote(f"id-{key}", f"https://board.example/{len(self.shown) + 1}")
        self.shown[key] = Shown(remote, post)
        return remote

    async def find(self, key: str) -> Remote | None:
        """What stands under a key, unless the channel cannot see just now."""
        trouble = self.blind.pop(0) if self.blind else None
        if trouble is not None:
            raise trouble
        standing = self.shown.get(key)
        return None if standing is None else standing.remote

    async def withdraw(self, remote: Remote) -> None:
        """Take a post down, unless something sticks."""
        trouble = self.stuck.pop(0) if self.stuck else None
        if trouble is not None:
            raise trouble
        for key, standing in list(self.shown.items()):
            if standing.remote == remote:
                del self.shown[key]
                self.gone.add(key)

    async def limits(self) -> Limits:
        """What it takes."""
        return LIMITS

    async def close(self) -> None:
        """Nothing is held."""

    def health(self) -> Health:
        """Always well; its troubles come by surprise."""
        return Health(HealthState.OK)


def pictures(post: Post) -> list[Picture]:
    """All pictures of a post."""
    return [picture for part in post.parts for picture in part.pictures]
