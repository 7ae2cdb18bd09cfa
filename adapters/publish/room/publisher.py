"""The Publisher of a chat room, over whatever chat the room is in.

What it promises is the chat's: a key is sent twice safely within `key_life`, and what was sent is found again. It
remembers by key which message it was, so that a late retry finds a message that was taken down, and posts none.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.canonical import check_permit, post_digest, readable_digest
from adapters.errors import OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Content, MessageRef, Post, Remote, RoomRef
from adapters.particular import Pace
from adapters.ports import AdapterState, Guarantee, Health, Limits, Permit, Prepared, RoomPoster

# As the feed's, so that no text is too long for one channel alone; a chat that bears less says so.
CHARACTERS, PICTURES, ALT_CHARACTERS = 5_000, 10, 1_500
PACE = Pace(10, timedelta(seconds=5))
"""What Synapse lets an account say in a room by default (`rc_message`), and no more than people can read."""

MEDIA_TYPES = {"image/jpeg", "image/png", "image/gif", "image/webp"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a key: when it was first used, for which post, and the message once that is known."""

    begun: datetime
    digest: str
    message: str | None = None


class RoomPublisher:
    """One room. `key_life` is how long its chat shows nothing twice for the same key."""

    guarantee = Guarantee.KEYED_READBACK
    pace = PACE

    def __init__(
        self, channel: str, room: RoomRef, chat: RoomPoster, state: AdapterState, clock: Callable[[], datetime]
    ) -> None:
        """Keep the name of the channel, the room, its chat, where keys are remembered, and a clock that tells UTC."""
        self.channel = channel
        self.key_life: timedelta | None = chat.key_life
        self._room, self._chat, self._state, self._clock = room, chat, state, clock

    async def prepare(self, post: Post) -> Prepared:
        """Check that the room can show the post whole. Raises `Refused` with a code when it cannot."""
        digest = readable_digest(post)
        fault = self._fault(post)
        if fault is not None:
            raise Refused(fault)
        return Prepared(post, digest)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Post one message. Raises `Refused`: `permit`, `key_taken`, `withdrawn`."""
        check_permit(permit, key, prepared.post)
        digest = post_digest(prepared.post)
        kept = await self._kept(key)
        if kept is None:
            kept = Kept(self._clock(), digest)
            await self._keep(key, kept)
        if kept.digest != digest:
            raise Refused("key_taken")
        ref = self._ref(kept.message) if kept.message else await self._send(prepared.post, key)
        await self._keep(key, Kept(kept.begun, digest, ref.message))
        if await self._look(ref) is None:
            raise Refused("withdrawn")
        return Remote(ref.message, None)

    async def find(self, key: str) -> Remote | None:
        """The message under `key`, unless it was taken down. Raises `Unavailable` when the chat cannot tell."""
        kept = await self._kept(key)
        if kept is None:
            return None
        ref = self._ref(kept.message) if kept.message else await self._chat.sent(self._room, self._key(key), kept.begun)
        if ref is None:
            return None
        await self._keep(key, Kept(kept.begun, kept.digest, ref.message))
        return None if await self._look(ref) is None else Remote(ref.message, None)

    async def withdraw(self, remote: Remote) -> None:
        """Take the message away with its pictures."""
        if await self._look(self._ref(remote.id)) is not None:
            await self._chat.delete(self._ref(remote.id))

    async def limits(self) -> Limits:
        """What a room can bear."""
        return Limits(min(CHARACTERS, self._chat.capabilities.longest_text), PICTURES, ALT_CHARACTERS)

    async def close(self) -> None:
        """Nothing is held: the chat belongs to the product."""

    def health(self) -> Health:
        """As well as the chat."""
        return self._chat.health()

    async def _send(self, post: Post, key: str) -> MessageRef:
        pictures = tuple(picture for part in post.parts for picture in part.pictures)
        content = Content(_text(post), pictures=pictures)
        try:
            return await self._chat.send(self._room, content, thread=None, key=self._key(key))
        except RateLimited:
            raise
        except Unavailable as error:  # to a chat it may be sent again; here only after it was looked up
            raise OutcomeUnknown(str(error)) from error

    async def _look(self, ref: MessageRef) -> object | None:
        try:
            return await self._chat.fetch(ref)
        except Unavailable as error:
            raise OutcomeUnknown(str(error)) from error

    def _key(self, key: str) -> str:
        return f"{self.channel}/{key}"  # what the bot says otherwise has keys of its own

    def _ref(self, message: str) -> MessageRef:
        return MessageRef(self._room.platform, self._room.id, message)

    async def _kept(self, key: str) -> Kept | None:
        told = json.loads(await self._state.get(key) or "null")
        return Kept(datetime.fromisoformat(told[0]), told[1], told[2]) if told else None

    async def _keep(self, key: str, kept: Kept) -> None:
        told = json.dumps([kept.begun.isoformat(), kept.digest, kept.message])
        if told != await self._state.get(key):
            await self._state.put(key, told)

    def _fault(self, post: Post) -> str | None:
        pictures = [picture for part in post.parts for picture in part.pictures]
        longest = min(CHARACTERS, self._chat.capabilities.longest_text)
        checks = {
            "channel": post.channel != self.channel,
            "empty": not _text(post).strip() and not pictures,
            "too_long": len(_text(post)) > longest,
            "too_many_pictures": len(pictures) > PICTURES,
            "alt_too_long": any(len(picture.alt) > ALT_CHARACTERS for picture in pictures),
            "media_type": any(picture.media_type not in MEDIA_TYPES for picture in pictures),
        }
        return next((code for code, wrong in checks.items() if wrong), None)


def _text(post: Post) -> str:
    return "\n\n".join(part.text for part in post.parts)
