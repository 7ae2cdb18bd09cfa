"""Bluesky on a stage: our publisher on a real server, read as anybody reads it, with a wire that can lose answers."""

import hashlib
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from PIL import Image

from adapters.events import Picture
from adapters.publish.bluesky import BlueskyAccount, BlueskyPublisher
from tests.contract.chat_stage import Desk
from tests.contract.publisher_suite import Seen, Stage
from tests.real.bluesky import Pds, Person

WRITES = ("com.atproto.repo.putRecord", "com.atproto.repo.applyWrites")


def _image(colour: str) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(packed, "PNG")
    return packed.getvalue()


IMAGE = _image("navy")
PICTURE = Picture(hashlib.sha256(IMAGE).hexdigest(), "image/png", "A map of the closed roads")


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """The network between publisher and server: counts requests by name, and loses answers when told to.

    `spoil` is asked for an answer in place of the server's, before anything is sent.
    """

    lost: int = 0
    asked: list[str] = field(default_factory=list)
    spoil: Callable[[str], httpx.Response | None] = lambda _name: None

    def __post_init__(self) -> None:
        self._wire = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        self.asked.append(name)
        spoilt = self.spoil(name)
        if spoilt is not None:
            return spoilt
        answer = await self._wire.handle_async_request(request)
        if self.lost and name in WRITES:
            self.lost -= 1
            await answer.aclose()
            raise httpx.ReadError("cut off", request=request)
        return answer

    async def aclose(self) -> None:
        await self._wire.aclose()


@dataclass
class Newsroom:
    """An account on a real server, what its publisher remembers, the wire between them, and the publisher."""

    server: Pds
    person: Person
    desk: Desk
    wire: Wire
    publisher: BlueskyPublisher
    others: list[BlueskyPublisher] = field(default_factory=list)

    def another(self, password: str = "", wire: Wire | None = None, desk: Desk | None = None) -> BlueskyPublisher:
        """One more publisher of the same account, as another process has it."""
        account = BlueskyAccount(self.server.url, self.person.handle, password or self.person.app_password)
        desk = desk or self.desk
        made = BlueskyPublisher(account, desk, desk, lambda: datetime.now(UTC), wire or Wire())
        self.others.append(made)
        return made


@asynccontextmanager
async def newsroom(server: Pds) -> AsyncIterator[Newsroom]:
    """A publisher at work for an account of its own."""
    person, desk, wire = server.person(), Desk(), Wire()
    desk.pictures[PICTURE.sha256] = IMAGE
    account = BlueskyAccount(server.url, person.handle, person.app_password)
    publisher = BlueskyPublisher(account, desk, desk, lambda: datetime.now(UTC), wire)
    room = Newsroom(server, person, desk, wire, publisher)
    try:
        yield room
    finally:
        for one in (publisher, *room.others):
            await one.close()


def stage_of(room: Newsroom) -> Stage:
    """The same for the contract suite."""

    async def seen() -> list[Seen]:
        return [
            Seen(
                f"https://bsky.app/profile/{room.person.did}/post/{record['uri'].rpartition('/')[2]}",
                record["value"]["text"],
                record["value"]["langs"][0],
                tuple(image["alt"] for image in record["value"].get("embed", {}).get("images", ())),
            )
            for record in room.server.records(room.person)
        ]

    def lose() -> None:
        room.wire.lost = 1

    return Stage(room.publisher, "news", PICTURE, seen, lose)


@asynccontextmanager
async def bluesky_stage(server: Pds) -> AsyncIterator[Stage]:
    """A publisher at work, on a stage."""
    async with newsroom(server) as room:
        yield stage_of(room)
