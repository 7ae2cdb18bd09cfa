"""Pictures are uploaded before a post names them; until then nobody sees them."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from adapters.errors import Refused, Unavailable
from adapters.events import Picture
from adapters.ports import PictureStore
from adapters.publish.mastodon.instance import Instance
from adapters.webapi import Answer, WebApi

NOT_READY = 206
ACCEPTED = 202
POLL = 1.0
"""Seconds between two looks at a picture that the server still works on."""

MOST_LOOKS = 60
KEPT = timedelta(hours=1)
"""How long an upload is counted on: servers throw away after a day what no post names."""

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


class Uploads:
    """What was uploaded for posts that are not out yet, by the digest of the post.

    Kept in memory, as it may be repeated.
    """

    def __init__(self, api: WebApi, pictures: PictureStore, clock: Callable[[], datetime], poll: float = POLL) -> None:
        """Keep where pictures come from and go to."""
        self._api, self._pictures, self._clock, self._poll = api, pictures, clock, poll
        self._kept: dict[str, tuple[datetime, list[str]]] = {}

    async def take(self, digest: str, pictures: tuple[Picture, ...], instance: Instance) -> None:
        """Upload what is not there yet, and wait until the server has made it ready."""
        self._kept = {one: kept for one, kept in self._kept.items() if self._clock() - kept[0] < KEPT}
        _, ids = self._kept.setdefault(digest, (self._clock(), []))
        for number, picture in enumerate(pictures):
            if number == len(ids):
                ids.append(await self._upload(picture, instance))
            await self._until_ready(ids[number], picture)

    def ids(self, digest: str, count: int) -> list[str]:
        """What a post names. Raises `Unavailable` when it was not prepared here."""
        _, ids = self._kept.get(digest, (None, []))
        if len(ids) != count:
            raise Unavailable("not_prepared")
        return list(ids)

    def used(self, digest: str) -> None:
        """A post names them now; no other may."""
        self._kept.pop(digest, None)

    async def _upload(self, picture: Picture, instance: Instance) -> str:
        data = await self._pictures.picture(picture.sha256)
        if len(data) > instance.picture_bytes:
            raise Refused("picture_too_large")
        name = f"picture.{ENDINGS[picture.media_type]}"
        described = {"description": picture.alt} if picture.alt else {}
        files = {"file": (name, data, picture.media_type)}
        answer = await self._api.call("POST", "api/v2/media", data=described, files=files)
        return _field(answer, "id")

    async def _until_ready(self, identity: str, picture: Picture) -> None:
        """Wait; then the description must be the one that was approved, as some servers cut it."""
        path = f"api/v1/media/{quote(identity, safe='')}"
        for _ in range(MOST_LOOKS):
            answer = await self._api.call("GET", path)
            if answer.status != NOT_READY:
                break
            await asyncio.sleep(self._poll)
        else:
            raise Unavailable("picture_not_ready")
        if (answer.body.get("description") or "").strip() != picture.alt.strip():
            raise Refused("alt_changed")


def _field(answer: Answer, name: str) -> str:
    value: Any = answer.body.get(name) if isinstance(answer.body, dict) else None
    if not value:
        raise Unavailable("answer_unreadable")
    return str(value)
