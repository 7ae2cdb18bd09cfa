"""The dialogue client goes on through a restart, and says what it saw instead."""

import asyncio
from pathlib import Path

import pytest

from tests.chat import Dialogue, NotSeen, Refusal
from tests.unit.chat_web.house import make, opened


@pytest.mark.asyncio
async def test_what_is_said_while_nobody_answers_arrives_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, Dialogue.at(house.chat.new_link()) as chat:
        ama, jo = chat.person("ama"), chat.person("jo")
        await ama.says("general", "before")
        await house.chat.close()
        saying = asyncio.create_task(ama.says("general", "meanwhile"))
        seeing = asyncio.create_task(jo.sees("meanwhile", by="ama"))
        await asyncio.sleep(0.2)
        assert not saying.done()
        again = make(tmp_path, house.desk, int(house.port))
        await again.preflight()
        assert (await seeing).id == await saying
        assert [seen.text for seen in await jo.reads("general")] == ["before", "meanwhile"]
        await again.close()


@pytest.mark.asyncio
async def test_what_was_not_seen_is_told_with_what_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, Dialogue.at(house.chat.new_link()) as chat:
        ama = chat.person("ama")
        first = await ama.says("general", "hello there")
        with pytest.raises(NotSeen, match=r"goodbye.*hello there"):
            await ama.sees("goodbye", within=0.1, by=None)
        assert await ama.finds("hello") is None  # only the bot's words count unless asked otherwise
        assert await ama.finds("hello", by=None, after=first) is None
        with pytest.raises(Refusal) as refused:
            await ama.says("comms", "hello")
        assert refused.value.code == "not_in_room"


@pytest.mark.asyncio
async def test_a_used_link_lets_nobody_in(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        link = house.chat.new_link()
        async with Dialogue.at(link) as chat:
            assert await chat.person("ama").rooms() == ["general", "direct-ama"]
            assert "News" in await chat.page("/public/")
        with pytest.raises(Refusal):
            async with Dialogue.at(link):
                pass
