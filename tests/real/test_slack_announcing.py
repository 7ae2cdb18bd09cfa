"""Announcing on Slack: pictures and whose words they are, with the shortcut; people mentioned in them."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from bot.wording import say
from tests.real.slack_council import COMMS, OPEN, Town, council

pytestmark = [pytest.mark.real, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def town(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path) as made:
        yield made


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (20, 10), "navy").save(data, "PNG")
    return data.getvalue()


async def test_a_picture_goes_with_the_shortcut(town: Town) -> None:
    ann = town.person("ann")
    said = await ann.shares(OPEN, "pool.png", picture(), text="The pool opens at noon.", alt="A blue pool")
    await ann.uses("announce", OPEN, said)
    preview = await town.sees("bob", "^#1 r1 from Ann Abel", COMMS)
    assert (preview.quote, preview.pictures) == ("The pool opens at noon.", ("A blue pool",))


async def test_a_picture_without_a_description_is_not_lost_in_silence(town: Town) -> None:
    ann = town.person("ann")
    said = await ann.shares(OPEN, "pool.png", picture(), text="The pool opens at noon.")
    await ann.uses("announce", OPEN, said)
    [told] = await town.all_seen("ann", "")
    assert (told.private, told.text) == (True, say("picture.no_alt", name="pool.png"))


async def test_whose_words_are_sent_for_approval_does_not_approve_them(town: Town) -> None:
    said = await town.person("bob").says(OPEN, "The pool opens at noon.")
    await town.person("ann").uses("announce", OPEN, said)
    preview = await town.sees("colin", "^#1 r1 from Ann Abel and Bob Brook", COMMS)
    await town.votes("bob", preview)
    assert await town.state() == "in_review"
    await town.votes("colin", preview)
    await town.becomes(town.state, "published")


async def test_who_is_mentioned_stands_there_by_name(town: Town) -> None:
    chosen = "<@U0BOT> announce Ask <@U10COLIN>, not <@U99NOBODY>."  # as Slack marks whom one chooses from its list
    await town.slack.server.control("message", {"channel": OPEN, "user": "U01ANN", "text": chosen})
    preview = await town.sees("bob", "^#1 r1", COMMS)
    assert (preview.quote, preview.notified) == ("Ask Colin Cole, not slack:U99NOBODY.", False)
    assert (await town.sees("ann", "#1 is with communications")).text.endswith(
        say("mentions.named", names="Colin Cole")
    )
