"""The Publisher of a Bluesky account.

A post is a record whose key we choose. `putRecord` with `swapRecord: null` makes it or finds the same one there, and
never changes one; a thread is written by one `applyWrites`, all of it or nothing. So every write may be repeated.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from adapters.canonical import check_permit, readable_digest
from adapters.errors import AdapterError, OutcomeUnknown, Refused, Unavailable
from adapters.events import Picture, Post, Remote
from adapters.particular import OwnAccount, Pace, Threads
from adapters.ports import AdapterState, Guarantee, Health, Limits, Permit, PictureStore, Prepared
from adapters.publish.bluesky.facets import handles
from adapters.publish.bluesky.keys import MOST_PARTS, first_key, thread
from adapters.publish.bluesky.own import PUBLIC, Own
from adapters.publish.bluesky.records import COLLECTION, GRAPHEMES, Known, Record, blob, length, records, words
from adapters.publish.bluesky.session import BlueskyAccount, Session, fault
from adapters.webapi import WebApi

CHANNEL = "bluesky"
PICTURES, PICTURE_BYTES, ALT_CHARACTERS = 4, 2_000_000, 2_000
"""Lexicon of app.bsky.embed.images; it bounds no description, but the app shows no more than 2,000 characters."""

MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
PACE = Pace(10, timedelta(seconds=10))
"""Far below the server's limit of some 1,600 posts an hour: what appears in a burst is taken for spam."""

NOT_THERE = frozenset({"RecordNotFound"})


class BlueskyPublisher:
    """One account."""

    channel = CHANNEL
    guarantee = Guarantee.IDEMPOTENT
    key_life: timedelta | None = None
    threads = Threads(MOST_PARTS, whole=True)
    pace = PACE

    def __init__(
        self,
        account: BlueskyAccount,
        state: AdapterState,
        pictures: PictureStore,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Keep the account, where the session and tombstones are remembered, the pictures, a clock that tells UTC."""
        self._api = WebApi(account.server, clock, transport)
        self._session = Session(account, self._api, state, clock)
        self._state, self._pictures, self._clock = state, pictures, clock
        self._people: dict[str, str] = {}
        self.own: OwnAccount = Own(self._session, state)

    async def prepare(self, post: Post) -> Prepared:
        """Check that it fits, upload its pictures, find whom it mentions. Raises `Refused` with a code."""
        digest = readable_digest(post)
        wrong = _fault(post)
        if wrong is not None:
            raise Refused(wrong)
        for picture in _pictures(post):
            await self._upload(picture)
        for part in post.parts:
            for handle in handles(part.text):
                await self._meet(handle)
        return Prepared(post, digest)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Write the record, or all those of a thread. Raises `Refused`: `permit`, `withdrawn`, `key_taken`."""
        post = prepared.post
        check_permit(permit, key, post)
        first = first_key(key)
        if await self._state.get(_grave(first)) is not None:
            raise Refused("withdrawn")
        sizes = {picture.sha256: len(await self._pictures.picture(picture.sha256)) for picture in _pictures(post)}
        did = await self._session.did()
        made = records(post, thread(first, len(post.parts)), permit.at, Known(did, self._people, sizes))
        if len(made) == 1:
            await self._put(made[0])
        else:
            await self._state.put(_count(first), str(len(made)))
            await self._put_thread(made)
        return _remote(did, first)

    async def find(self, key: str) -> Remote | None:
        """What stands under `key`. Raises `AdapterError` when it cannot be told."""
        first = first_key(key)
        return _remote(await self._session.did(), first) if await self._standing(first) else None

    async def withdraw(self, remote: Remote) -> None:
        """Put up the tombstone, then take the post down with its whole thread; gone already is fine."""
        did = await self._session.did()
        place, _, first = remote.id.rpartition("/")
        if place != f"at://{did}/{COLLECTION}":
            return
        await self._state.put(_grave(first), self._clock().isoformat())
        standing = await self._standing(first)
        if standing:
            kind = "com.atproto.repo.applyWrites#delete"
            await self._write([{"$type": kind, "collection": COLLECTION, "rkey": key} for key in standing])

    async def limits(self) -> Limits:
        """What the lexicon of the network says."""
        return Limits(GRAPHEMES, PICTURES, ALT_CHARACTERS)

    def length(self, text: str) -> int:
        """How many of the characters of `limits` a text takes."""
        return length(text)

    async def close(self) -> None:
        """Let go of the connections; the session stays good."""
        await self._api.close()

    def health(self) -> Health:
        """How the server did when it was asked last."""
        return self._session.health()

    async def _upload(self, picture: Picture) -> None:
        """Uploads are known by what they hold, so a repeat changes nothing; what no post names is thrown away."""
        data = await self._pictures.picture(picture.sha256)
        if len(data) > PICTURE_BYTES:
            raise Refused("picture_too_large")
        kind = {"Content-Type": picture.media_type}
        answer = await self._session.call("POST", "com.atproto.repo.uploadBlob", headers=kind, content=data)
        if answer.body.get("blob") != blob(picture, len(data)):
            raise Refused("picture_changed")

    async def _meet(self, handle: str) -> None:
        """Find out whose handle it is. One that nobody has, or that cannot be looked up now, is plain text."""
        name = "com.atproto.identity.resolveHandle"
        try:
            answer = await self._session.call("GET", name, params={"handle": handle})
            self._people[handle] = answer.body["did"]
        except (Refused, Unavailable):
            self._people.pop(handle, None)

    async def _put(self, record: Record) -> None:
        body = {"collection": COLLECTION, "rkey": record.key, "record": record.value, "swapRecord": None}
        name, repo = "com.atproto.repo.putRecord", {"repo": await self._session.did()}
        answer = await self._session.call("POST", name, visible=True, accept={"InvalidSwap"}, json=repo | body)
        if fault(answer):  # another record has this key
            await self._must_be(record)
        elif answer.body.get("cid") != record.cid:
            raise OutcomeUnknown("other_bytes")

    async def _put_thread(self, made: Sequence[Record]) -> None:
        """All or nothing: the first one stands for all. A repeat is a fault of the server, so it is looked up first."""
        if await self._get(made[0].key) is not None:
            return await self._must_be(*made)
        kind = "com.atproto.repo.applyWrites#create"
        creations = [{"$type": kind, "collection": COLLECTION, "rkey": one.key, "value": one.value} for one in made]
        try:
            await self._write(creations, visible=True)
        except OutcomeUnknown as unclear:
            try:  # another worker may have been quicker
                await self._must_be(*made)
            except AdapterError:
                raise unclear from None

    async def _write(self, writes: Sequence[dict[str, Any]], *, visible: bool = False) -> None:
        body = {"repo": await self._session.did(), "writes": writes}
        await self._session.call("POST", "com.atproto.repo.applyWrites", visible=visible, json=body)

    async def _must_be(self, *made: Record) -> None:
        """What stands there must have our words, if written at another moment, as before a backup was put back."""
        for record in made:
            there = await self._get(record.key)
            if there is None or words(there) != words(record.value):
                raise Refused("key_taken")

    async def _standing(self, first: str) -> list[str]:
        """Which posts of a thread are there. How many it has is known, or else it ends where one is missing."""
        told = await self._state.get(_count(first))
        found = []
        for key in thread(first, int(told or MOST_PARTS)):
            if await self._get(key) is not None:
                found.append(key)
            elif told is None:
                break
        return found

    async def _get(self, key: str) -> dict[str, Any] | None:
        asked = {"repo": await self._session.did(), "collection": COLLECTION, "rkey": key}
        answer = await self._session.call("GET", "com.atproto.repo.getRecord", accept={"RecordNotFound"}, params=asked)
        return None if fault(answer) else dict(answer.body["value"])


def _remote(did: str, first: str) -> Remote:
    return Remote(f"at://{did}/{COLLECTION}/{first}", f"{PUBLIC}/{did}/post/{first}")


def _grave(first: str) -> str:
    return f"withdrawn/{first}"


def _count(first: str) -> str:
    return f"parts/{first}"


def _pictures(post: Post) -> list[Picture]:
    return [picture for part in post.parts for picture in part.pictures]


def _fault(post: Post) -> str | None:
    checks = {
        "channel": post.channel != CHANNEL,
        "empty": not post.parts or any(not (part.text.strip() or part.pictures) for part in post.parts),
        "too_many_parts": len(post.parts) > MOST_PARTS,
        "too_long": any(length(part.text) > GRAPHEMES for part in post.parts),
        "too_many_pictures": any(len(part.pictures) > PICTURES for part in post.parts),
        "alt_too_long": any(len(picture.alt) > ALT_CHARACTERS for picture in _pictures(post)),
        "media_type": any(picture.media_type not in MEDIA_TYPES for picture in _pictures(post)),
    }
    return next((code for code, wrong in checks.items() if wrong), None)
