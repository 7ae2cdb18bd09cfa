"""The Publisher of an account on X.

X knows no keys, and a repeat may show a post twice. So there is one attempt; whatever leaves it open is looked up, and
what cannot be found is asked of a person.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from adapters.canonical import check_permit, post_digest, readable_digest
from adapters.counting import addresses, weighted
from adapters.errors import NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Part, Post, Remote
from adapters.ledger import Ledger
from adapters.particular import OwnAccount, Pace
from adapters.ports import AdapterState, Guarantee, Health, Limits, Permit, PictureStore, Prepared
from adapters.publish.x.media import Media
from adapters.publish.x.readback import ReadBack, at, created, mark
from adapters.publish.x.tokens import Client, Tokens
from adapters.uploads import Uploads
from adapters.webapi import Answer, WebApi

CHANNEL = "x"
LIMITS = Limits(characters=280, pictures=4, alt_characters=1_000)
"""What X takes (its API documentation, August 2026); it tells no figures of its own."""

PICTURE_BYTES = 5_000_000
MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})

A_POST, A_POST_WITH_ADDRESS, A_DESCRIPTION = Decimal("0.015"), Decimal("0.200"), Decimal("0.005")
"""US dollars (X's price list, from 20 April 2026, read in its documentation of August 2026)."""

AGAIN = 1.0
"""Seconds after which a new token is tried."""


@dataclass(frozen=True, slots=True)
class XAccount:
    """The account: the address of the API, the app at X, and the file in which its tokens are kept."""

    api: str
    client: Client
    tokens: Path


PACE = Pace(10, timedelta(seconds=40))
"""The stricter of the two limits that X's documentation names: 300 posts in three hours."""


class XPublisher:
    """One account. It posts single posts: whether X takes a thread from a program is not certain."""

    channel = CHANNEL
    guarantee = Guarantee.READBACK
    key_life: timedelta | None = None
    pace = PACE

    def __init__(
        self,
        account: XAccount,
        state: AdapterState,
        pictures: PictureStore,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Keep the account, where keys are remembered, where pictures are found, and a clock that tells UTC."""
        self._api = WebApi(account.api, clock, transport)
        self._tokens = Tokens(self._api, account.client, account.tokens, clock)
        self._ledger = Ledger(state, clock)
        self._uploads = Uploads(Media(self._call), pictures, clock)
        self._reading = ReadBack(self._call, self._ledger)
        self.own: OwnAccount = self._reading
        self._turn = asyncio.Lock()

    async def prepare(self, post: Post) -> Prepared:
        """Check that X takes the post whole, and upload its pictures. Raises `Refused` with a code."""
        digest = readable_digest(post)
        fault = _fault(post)
        if fault is not None:
            raise Refused(fault)
        await self._tokens.access()  # now rather than between the permit and the write
        await self._uploads.take(digest, post.parts[0].pictures, PICTURE_BYTES)
        return Prepared(post, digest)

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Post once. Raises `Refused`: `permit`, `key_taken`, `withdrawn`."""
        check_permit(permit, key, prepared.post)
        async with self._turn:
            part, digest = prepared.post.parts[0], post_digest(prepared.post)
            entry = await self._ledger.begin(key, digest, mark(part.text, len(part.pictures)))
            if entry.remote is not None:
                return await self._still(entry.remote)
            remote = await self._reading.find(key, entry) if entry.tried else None
            if remote is None:
                remote = await self._write(part, digest, tried=entry.tried)
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
        """Delete a post; gone already is fine."""
        if await self._reading.stands(remote):
            await self._call("DELETE", f"2/tweets/{remote.id}", accept={404})
        await self._ledger.bury(remote.id)

    async def limits(self) -> Limits:
        """What X takes."""
        return LIMITS

    def length(self, text: str) -> int:
        """How many of the characters of `limits` a text takes: an address 23, a letter of Chinese or an emoji 2."""
        return weighted(text)

    def price(self, part: Part) -> Decimal:
        """What publishing it costs, in US dollars. A host without http:// counts as an address; so it may be billed."""
        base = A_POST_WITH_ADDRESS if addresses(part.text, bare=True) else A_POST
        return base + A_DESCRIPTION * sum(bool(picture.alt) for picture in part.pictures)

    async def close(self) -> None:
        """Let go of the connections, once no token is on its way."""
        await self._tokens.close()
        await self._api.close()

    def health(self) -> Health:
        """How X did when it was asked last."""
        return self._api.health()

    async def _call(self, method: str, path: str, **what: Any) -> Answer:
        """Ask in the account's name. A token that is refused is replaced before the next try."""
        access = await self._tokens.access()
        try:
            return await self._api.call(method, path, headers={"Authorization": f"Bearer {access}"}, **what)
        except NotAuthenticated as error:
            await self._tokens.refused(access)
            raise Unavailable("token_refused", AGAIN) from error

    async def _still(self, remote: Remote) -> Remote:
        if await self._ledger.is_buried(remote.id) or not await self._reading.stands(remote):
            raise Refused("withdrawn")
        return at(remote.id)

    async def _write(self, part: Part, digest: str, *, tried: bool) -> Remote:
        body: dict[str, Any] = {"text": part.text}
        if part.pictures:
            body["media"] = {"media_ids": self._uploads.ids(digest, len(part.pictures))}
        try:
            answer = await self._call("POST", "2/tweets", visible=True, json=body)
        except RateLimited as error:
            if error.retry_after is None:  # X names a time; who says this, and of what, is not known
                raise OutcomeUnknown("limited_without_time") from error
            raise
        except Refused as error:
            if tried:  # it may be refused for being there already
                raise OutcomeUnknown(error.code) from error
            raise
        return created(answer.body)


def _fault(post: Post) -> str | None:
    pictures = [picture for part in post.parts for picture in part.pictures]
    checks = {
        "channel": post.channel != CHANNEL,
        "one_part": len(post.parts) != 1,
        "empty": not any(part.text.strip() or part.pictures for part in post.parts),
        "too_long": weighted(post.parts[0].text) > LIMITS.characters,
        "too_many_pictures": len(pictures) > LIMITS.pictures,
        "alt_too_long": any(len(picture.alt) > LIMITS.alt_characters for picture in pictures),
        "media_type": any(picture.media_type not in MEDIA_TYPES for picture in pictures),
    }
    return next((code for code, wrong in checks.items() if wrong), None)
