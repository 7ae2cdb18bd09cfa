"""Pictures that a channel wants before the post that names them; until then nobody sees them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from adapters.errors import Refused, Unavailable
from adapters.events import Picture
from adapters.ports import PictureStore

KEPT = timedelta(hours=1)
"""How long an upload is counted on: channels throw away after a day what no post names."""

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
"""How the name of a picture ends, by its kind."""


class Host(Protocol):
    """A channel's side of it."""

    async def upload(self, picture: Picture, data: bytes) -> str:
        """Give it the bytes; the id they have there."""

    async def settle(self, identity: str, picture: Picture) -> None:
        """Return when a post may name it. Raises `Refused` when it would not show what was approved."""


@dataclass(slots=True)
class Upload:
    """One picture there."""

    identity: str
    settled: bool = False


class Uploads:
    """What was uploaded for posts that are not out yet, by the digest of the post.

    Kept in memory, as it may be repeated.
    """

    def __init__(self, host: Host, pictures: PictureStore, clock: Callable[[], datetime]) -> None:
        """Keep where pictures come from and go to, and a clock that tells UTC."""
        self._host, self._pictures, self._clock = host, pictures, clock
        self._kept: dict[str, tuple[datetime, list[Upload]]] = {}

    async def take(self, digest: str, pictures: tuple[Picture, ...], most_bytes: int) -> None:
        """Upload what is not there yet, and wait until a post may name it. Raises `Refused("picture_too_large")`."""
        self._kept = {one: kept for one, kept in self._kept.items() if self._clock() - kept[0] < KEPT}
        _, there = self._kept.setdefault(digest, (self._clock(), []))
        for number, picture in enumerate(pictures):
            if number == len(there):
                data = await self._pictures.picture(picture.sha256)
                if len(data) > most_bytes:
                    raise Refused("picture_too_large")
                there.append(Upload(await self._host.upload(picture, data)))
            if not there[number].settled:
                await self._host.settle(there[number].identity, picture)
                there[number].settled = True

    def ids(self, digest: str, count: int) -> list[str]:
        """What a post names. Raises `Unavailable` when it was not prepared here."""
        _, there = self._kept.get(digest, (None, []))
        found = [one.identity for one in there if one.settled]
        if len(found) != count:
            raise Unavailable("not_prepared")
        return found

    def used(self, digest: str) -> None:
        """A post names them now; no other may."""
        self._kept.pop(digest, None)
