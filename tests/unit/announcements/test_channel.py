"""The channel that the tests of delivery use is a Publisher like any other, with each guarantee."""

import pytest

from adapters.events import Picture
from adapters.ports import Guarantee
from tests.contract import publisher_suite
from tests.contract.publisher_suite import Seen, Stage
from tests.unit.announcements.channel import Channel, pictures


def stage(guarantee: Guarantee) -> Stage:
    """The channel, and the eyes of whoever reads it."""
    channel = Channel(guarantee=guarantee)

    async def seen() -> list[Seen]:
        return [
            Seen(one.remote.url, one.post.parts[0].text, one.post.language, tuple(p.alt for p in pictures(one.post)))
            for one in channel.shown.values()
        ]

    picture = Picture("0b" * 32, "image/png", "A map of the closed roads")
    return Stage(channel, "news", picture, seen, lambda: channel.troubles.append("answer lost"))


def test_there_are_rules() -> None:
    assert publisher_suite.RULES


@pytest.mark.asyncio
@pytest.mark.parametrize("guarantee", Guarantee)
@pytest.mark.parametrize("rule", publisher_suite.RULES, ids=lambda rule: rule.__name__)
async def test_it_keeps_the_contract(rule: publisher_suite.Rule, guarantee: Guarantee) -> None:
    await rule(stage(guarantee))
