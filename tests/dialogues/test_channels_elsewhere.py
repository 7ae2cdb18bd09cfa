"""Mastodon and X in the whole story: counted and priced in the preview, published once, recalled."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import cast

import pytest

from adapters.ports import Publisher
from bot.wording import say
from tests.contract.mastodon_stage import mastodon
from tests.contract.x_stage import x
from tests.dialogues.stage import Talk
from tests.fakes.mastodon import FakeMastodon
from tests.fakes.x import FakeX

pytestmark = pytest.mark.asyncio

WORDS = "Roads that are closed this week: https://example.org/a/rather/long/address/with/all/of/them"


def publishers(talk: Talk) -> MutableMapping[str, Publisher]:
    return cast(MutableMapping[str, Publisher], talk.services.publishers)


async def test_the_preview_counts_as_each_channel_and_names_the_price(talk: Talk, tmp_path: Path) -> None:
    async with mastodon(FakeMastodon()) as one, x(FakeX(), tmp_path) as other:
        publishers(talk).update(mastodon=one.publisher, x=other.publisher)
        preview = await talk.draft(WORDS)
        for channel, length in (("feed", len(WORDS)), ("mastodon", 56), ("x", 56)):
            assert f"{channel} ({length} characters)" in preview.text
        assert say("channels.cost", channel="x", amount="0.200") in preview.text
        await talk.reacts("jo", "✅", preview)
        assert [seen.text for seen in one.server.seen] == [seen.text for seen in other.server.seen] == [WORDS]
        assert await talk.state() == "published"
        await talk.says("jo", "recall #1")
        assert [*one.server.seen, *other.server.seen] == []
        assert await talk.state() == "recalled"


async def test_what_is_too_long_as_x_counts_is_refused_in_the_chat(talk: Talk, tmp_path: Path) -> None:
    async with x(FakeX(), tmp_path) as other:
        publishers(talk).update(x=other.publisher)
        await talk.says("ama", f"announce {'語' * 141}")
        await talk.told("ama", "That is 282 characters; x takes at most 280")
        assert other.server.calls == []
