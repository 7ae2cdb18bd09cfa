"""X on a stage: our own publisher against the pretend X, read as its visitors see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp.test_utils import TestServer

from adapters.publish.x import Client, XAccount, XPublisher
from tests.contract.chat_stage import Desk
from tests.contract.feed_stage import PICTURE
from tests.contract.mastodon_stage import IMAGE
from tests.contract.publisher_suite import Seen, Stage
from tests.fakes.faults import Fault
from tests.fakes.x import CLIENT, FIRST, FakeX


@dataclass
class X:
    """The pretend X, the account there, what the publisher remembers, and the publisher."""

    server: FakeX
    account: XAccount
    desk: Desk
    publisher: XPublisher


@asynccontextmanager
async def x(server: FakeX, folder: Path) -> AsyncIterator[X]:
    """A publisher at work on a pretend X."""
    desk = Desk()
    desk.pictures[PICTURE.sha256] = IMAGE
    async with TestServer(server.application()) as running:
        account = XAccount(str(running.make_url("/")), Client(CLIENT, "", FIRST), folder / "switchboard.x")
        publisher = XPublisher(account, desk, desk, lambda: datetime.now(UTC))
        try:
            yield X(server, account, desk, publisher)
        finally:
            await publisher.close()


def stage_of(stage: X) -> Stage:
    """The same for the contract suite."""
    server = stage.server

    async def seen() -> list[Seen]:
        return [
            Seen(
                f"https://x.com/i/web/status/{post.id}",
                post.text,
                "",
                tuple(str(server.media[identity]["alt"]) for identity in post.media),
            )
            for post in server.seen
        ]

    def lose() -> None:
        server.script.then(Fault.DROPPED)

    return Stage(stage.publisher, "news", PICTURE, seen, lose, shows_language=False)


@asynccontextmanager
async def x_stage(folder: Path, *faults: Fault) -> AsyncIterator[Stage]:
    """A publisher at work with these faults, on a stage."""
    server = FakeX()
    server.script.always(*faults)
    async with x(server, folder) as stage:
        yield stage_of(stage)
