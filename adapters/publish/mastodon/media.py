"""How a server with Mastodon's API takes pictures: at once, or with a 202 and a wait."""

import asyncio
from typing import Any
from urllib.parse import quote

from adapters.errors import Refused, Unavailable
from adapters.events import Picture
from adapters.uploads import ENDINGS
from adapters.webapi import Answer, WebApi

NOT_READY = 206
POLL = 1.0
"""Seconds between two looks at a picture that the server still works on."""

MOST_LOOKS = 60


class Media:
    """The pictures of one account (`adapters.uploads.Host`)."""

    def __init__(self, api: WebApi, poll: float = POLL) -> None:
        """Keep the server, and how often to look."""
        self._api, self._poll = api, poll

    async def upload(self, picture: Picture, data: bytes) -> str:
        """Give the bytes and the description."""
        described = {"description": picture.alt} if picture.alt else {}
        files = {"file": (f"picture.{ENDINGS[picture.media_type]}", data, picture.media_type)}
        return _id(await self._api.call("POST", "api/v2/media", data=described, files=files))

    async def settle(self, identity: str, picture: Picture) -> None:
        """Wait; then the description must be the one that was approved, as some servers cut it."""
        path = f"api/v1/media/{quote(identity, safe='')}"
        for _ in range(MOST_LOOKS):
            answer = await self._api.call("GET", path)
            if answer.status != NOT_READY:
                break
            await asyncio.sleep(self._poll)
        else:
            raise Unavailable("picture_not_ready")
        if (_table(answer).get("description") or "").strip() != picture.alt.strip():
            raise Refused("alt_changed")


def _id(answer: Answer) -> str:
    value = _table(answer).get("id")
    if not value:
        raise Unavailable("answer_unreadable")
    return str(value)


def _table(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.body, dict):
        raise Unavailable("answer_unreadable")
    return answer.body
