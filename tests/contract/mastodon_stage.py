"""Mastodon on a stage: our own publisher against the pretend server, read as its visitors see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp.test_utils import TestServer

from adapters.publish.mastodon import MastodonAccount, MastodonPublisher
from tests.contract.chat_stage import Desk
from tests.contract.feed_stage import PICTURE
from tests.contract.publisher_suite import Seen, Stage
from tests.fakes.faults import Fault
from tests.fakes.mastodon import TOKEN, FakeMastodon

IMAGE = b"\x89PNG\r\n\x1a\n and what else a picture has"


@dataclass
class Mastodon:
    """The pretend server, the account there, what the publisher remembers, and the publisher."""

    server: FakeMastodon
    account: MastodonAccount
    desk: Desk
    publisher: MastodonPublisher


@asynccontextmanager
async def mastodon(server: FakeMastodon, warning: str = "") -> AsyncIterator[Mastodon]:
    """A publisher at work on a pretend server."""
    desk = Desk()
    desk.pictures[PICTURE.sha256] = IMAGE
    async with TestServer(server.application()) as running:
        account = MastodonAccount(str(running.make_url("/")), TOKEN, warning=warning, poll=0.01)
        publisher = MastodonPublisher(account, desk, desk, lambda: datetime.now(UTC))
        try:
            yield Mastodon(server, account, desk, publisher)
        finally:
            await publisher.close()


def stage_of(stage: Mastodon) -> Stage:
    """The same for the contract suite."""
    server = stage.server

    async def seen() -> list[Seen]:
        return [
            Seen(
                f"https://social.example/@news/{post.id}",
                post.text,
                post.language,
                tuple(server.media[identity]["description"] or "" for identity in post.media),
            )
            for post in server.seen
        ]

    return Stage(stage.publisher, "news", PICTURE, seen, lambda: server.script.then(Fault.DROPPED), keeps_ends=False)


@asynccontextmanager
async def mastodon_stage(*faults: Fault) -> AsyncIterator[Stage]:
    """A publisher at work on a server with these faults, on a stage."""
    server = FakeMastodon()
    server.script.always(*faults)
    async with mastodon(server) as stage:
        yield stage_of(stage)
