"""The accounts on Bluesky (a real server), Mastodon and X (pretend ones) under the contract of `OwnAccount`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.bluesky_stage import newsroom
from tests.contract.bluesky_stage import stage_of as bluesky_stage_of
from tests.contract.mastodon_stage import mastodon
from tests.contract.mastodon_stage import stage_of as mastodon_stage_of
from tests.contract.own_account_suite import RULES, Natively, Rule
from tests.contract.x_stage import stage_of as x_stage_of
from tests.contract.x_stage import x
from tests.fakes.mastodon import FakeMastodon
from tests.fakes.x import FakeX
from tests.real.bluesky import POSTS, Pds, Person

Open = Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Natively]]


def by_an_app(server: Pds, person: Person, text: str, **more: Any) -> str:
    """Post as any app does, with the app password; the address of the record."""
    who = {"identifier": person.handle, "password": person.app_password}
    token = server.call("POST", "com.atproto.server.createSession", json=who)["accessJwt"]
    record = {"$type": POSTS, "text": text, "createdAt": datetime.now(UTC).isoformat()} | more
    body = {"repo": person.did, "collection": POSTS, "record": record}
    return str(server.call("POST", "com.atproto.repo.createRecord", token, json=body)["uri"])


@asynccontextmanager
async def on_bluesky(request: pytest.FixtureRequest) -> AsyncIterator[Natively]:
    async with newsroom(request.getfixturevalue("bluesky")) as room:

        async def posts(text: str) -> str:
            return by_an_app(room.server, room.person, text)

        yield Natively(bluesky_stage_of(room), posts)


@asynccontextmanager
async def on_mastodon(_request: pytest.FixtureRequest) -> AsyncIterator[Natively]:
    async with mastodon(FakeMastodon()) as stage:

        async def posts(text: str) -> str:
            return stage.server.write(text).id

        yield Natively(mastodon_stage_of(stage), posts)


@asynccontextmanager
async def on_x(request: pytest.FixtureRequest) -> AsyncIterator[Natively]:
    async with x(FakeX(), request.getfixturevalue("tmp_path")) as stage:

        async def posts(text: str) -> str:
            return stage.server.write(text).id

        yield Natively(x_stage_of(stage), posts)


ACCOUNTS: dict[str, Open] = {"bluesky": on_bluesky, "mastodon": on_mastodon, "x": on_x}


@pytest.mark.asyncio
@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("check", RULES, ids=lambda check: check.__name__)
async def test_own_account(request: pytest.FixtureRequest, account: str, check: Rule) -> None:
    async with ACCOUNTS[account](request) as natively:
        await check(natively)
