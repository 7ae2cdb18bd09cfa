"""The Publisher of an account that speaks Mastodon's API.

An `Idempotency-Key` goes with every write, and nothing rests on it alone: some servers ignore it, some answer a repeat
with a fault, and all forget it within the hour. So whatever was tried before is looked up before it is sent again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from adapters.canonical import check_permit, post_digest, readable_digest
from adapters.errors import AdapterError, Refused
from adapters.events import Post, Remote
from adapters.ledger import Ledger
from adapters.particular import OwnAccount, Pace, Threads
from adapters.ports import AdapterState, Guarantee, Health, Limits, Permit, PictureStore, Prepared
from adapters.publish.mastodon.instance import Instance
from adapters.publish.mastodon.media import POLL, Media
from adapters.publish.mastodon.readback import GONE, ReadBack, mark, path_of, status
from adapters.uploads import Uploads
from adapters.webapi import WebApi

CHANNEL = "mastodon"
MOST_PARTS = 20
"""Posts in one thread; the server sets no limit."""

KEY_LIFE = timedelta(hours=1)
"""How long Mastodon keeps an `Idempotency-Key` (its source, up to 4.7)."""

PACE = Pace(20, timedelta(seconds=40))
"""A whole thread at once, and within three hours never more than the 300 posts that Mastodon takes in them."""

FRESH = timedelta(days=1)
"""How old the figures of the server may be."""

AGAIN = timedelta(minutes=5)
"""When a server that did not tell its figures is asked again."""


@dataclass(frozen=True, slots=True)
class MastodonAccount:
    """The account: its server, the access token, who may see its posts, and the content warning before each ("": none).

    `poll` is how many seconds lie between two looks at a picture that the server still works on.
    """

    server: str
    token: str = field(repr=False)
    visibility: str = "public"
    warning: str = ""
    poll: float = POLL


class MastodonPublisher:
    """One account. Its figures are read from its server and read again every day."""

    channel = CHANNEL
    guarantee = Guarantee.KEYED_READBACK
    key_life: timedelta | None = KEY_LIFE
    threads = Threads(MOST_PARTS, whole=False)
    pace = PACE

    def __init__(
        self,
        account: MastodonAccount,
        state: AdapterState,
        pictures: PictureStore,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Keep the account, where keys are remembered, where pictures are found, and a clock that tells UTC."""
        self._account, self._clock = account, clock
        self._api = WebApi(account.server, clock, transport, token=account.token)
        self._ledger = Ledger(state, clock)
        self._uploads = Uploads(Media(self._api, account.poll), pictures, clock)
        self._reading = ReadBack(self._api, self._ledger)
        self.own: OwnAccount = self._reading
        self._instance = Instance()
        self._good_until = self._patience = clock()
        self._turn = asyncio.Lock()

    async def prepare(self, post: Post) -> Prepared:
        """Check that the server takes the post whole, and upload its pictures. Raises `Refused` with a code."""
        digest = readable_digest(post)
        instance = await self._figures()
        fault = self._fault(post, instance)
        if fault is not None:
            raise Refused(fault)
        await self._uploads.take(digest, post.parts[0].pictures, instance.picture_bytes)
        return Prepared(post, digest)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Post one status. Raises `Refused`: `permit`, `key_taken`, `withdrawn`, `thread_broken`."""
        check_permit(permit, key, prepared.post)
        async with self._turn:  # one key at once would be two posts where keys are ignored
            part, digest = prepared.post.parts[0], post_digest(prepared.post)
            known_by = mark(part.text, self._account.warning, len(part.pictures))
            entry = await self._ledger.begin(key, digest, known_by)
            if entry.remote is not None:
                return await self._still(entry.remote)
            remote = await self._reading.find(key, entry) if entry.tried else None
            if remote is None:
                remote = await self._write(prepared.post, digest, permit)
            self._uploads.used(digest)
            return await self._ledger.arrived(key, entry, remote)

    async def find(self, key: str) -> Remote | None:
        """What stands under `key`. Raises `AdapterError` when it cannot be told."""
        entry = await self._ledger.get(key)
        if entry is None:
            return None
        if entry.remote is not None:
            return entry.remote if await self._reading.stands(entry.remote) else None
        remote = await self._reading.find(key, entry)
        return None if remote is None else await self._ledger.arrived(key, entry, remote)

    async def withdraw(self, remote: Remote) -> None:
        """Delete a status; gone already is fine."""
        await self._api.call("DELETE", path_of(remote.id), accept=GONE)
        await self._ledger.bury(remote.id)

    async def limits(self) -> Limits:
        """What the server accepts; while it cannot be asked, what it said last or what every server accepts."""
        if self._clock() >= self._patience:
            try:
                await self._figures()
            except AdapterError:
                self._patience = self._clock() + AGAIN
        instance = self._instance
        warning = instance.length(self._account.warning)
        return Limits(instance.characters - warning, instance.pictures, instance.alt_characters)

    def length(self, text: str) -> int:
        """How many of the characters of `limits` a text takes."""
        return self._instance.length(text)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._api.close()

    def health(self) -> Health:
        """How the server did when it was asked last."""
        return self._api.health()

    async def _figures(self) -> Instance:
        if self._clock() >= self._good_until:
            answer = await self._api.call("GET", "api/v2/instance", accept={404})
            if answer.status == 404:
                answer = await self._api.call("GET", "api/v1/instance")
            self._instance, self._good_until = Instance.told(answer.body), self._clock() + FRESH
        return self._instance

    async def _still(self, remote: Remote) -> Remote:
        if await self._ledger.is_buried(remote.id) or not await self._reading.stands(remote):
            raise Refused("withdrawn")
        return remote

    async def _write(self, post: Post, digest: str, permit: Permit) -> Remote:
        part = post.parts[0]
        body: dict[str, Any] = {
            "status": part.text,
            "media_ids": self._uploads.ids(digest, len(part.pictures)),
            "language": _language(post.language),
            "visibility": self._account.visibility,
            "spoiler_text": self._account.warning,
        }
        if permit.follows is not None:
            before = await self.find(permit.follows)
            if before is None:
                raise Refused("thread_broken")
            body["in_reply_to_id"] = before.id
        once = {"Idempotency-Key": permit.key}
        answer = await self._api.call("POST", "api/v1/statuses", visible=True, json=body, headers=once)
        return status(answer.body)

    def _fault(self, post: Post, instance: Instance) -> str | None:
        pictures = [picture for part in post.parts for picture in part.pictures]
        checks = {
            "channel": post.channel != CHANNEL,
            "one_part": len(post.parts) != 1,
            "empty": not any(part.text.strip() or part.pictures for part in post.parts),
            "too_long": instance.length(post.parts[0].text, self._account.warning) > instance.characters,
            "too_many_pictures": len(pictures) > instance.pictures,
            "alt_too_long": any(len(picture.alt) > instance.alt_characters for picture in pictures),
            "media_type": any(picture.media_type not in instance.media_types for picture in pictures),
        }
        return next((code for code, wrong in checks.items() if wrong), None)


def _language(tag: str) -> str:
    """Mastodon knows languages without their country, but for Chinese."""
    return tag if tag.startswith("zh-") else tag.partition("-")[0]
