"""The chat's file: what cannot be opened is told in one line; what the product took is erased."""

import asyncio
import socket
from pathlib import Path

import pytest

from adapters.errors import Unavailable
from adapters.events import MessageReceived
from tests.contract.chat_stage import Desk
from tests.unit.chat_web.house import LINE, make, on_disk, opened, say


async def reason(folder: Path, port: int = 0) -> str:
    """Why a chat in that folder cannot start."""
    chat = make(folder, Desk(), port)
    with pytest.raises(Unavailable) as told:
        await chat.preflight()
    await chat.close()
    line = str(told.value)
    assert "\n" not in line
    assert len(line.replace(str(folder), "")) <= LINE
    return line


@pytest.mark.asyncio
async def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} is in use" in await reason(tmp_path, port)
    chat = make(tmp_path, Desk(), port)
    await chat.preflight()
    await chat.close()


@pytest.mark.asyncio
async def test_a_second_chat_on_the_same_file_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path):
        assert "another Switchboard is using" in await reason(tmp_path)


@pytest.mark.asyncio
async def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert "cannot be made" in await reason(tmp_path / "file" / "below")


@pytest.mark.asyncio
async def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / "chat.db").write_bytes(b"not a database at all " * 100)
    assert "not a chat file of ours" in await reason(tmp_path)


@pytest.mark.asyncio
async def test_what_was_taken_is_erased_from_the_event_log(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        number = await say(house, "@switchboard the secret word")
        listening = asyncio.create_task(house.chat.listen(house.desk.receive))
        await house.desk.hears(MessageReceived)
        await say(house, "@switchboard next")
        await house.desk.hears(MessageReceived, lambda event: event.text == "next")
        await house.chat.delete((await house.desk.hears(MessageReceived)).ref)
        assert number
        listening.cancel()
        assert b"secret word" not in on_disk(tmp_path)


@pytest.mark.asyncio
async def test_what_is_deleted_before_it_was_told_is_not_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        number = await say(house, "@switchboard oh no")
        await house.http.delete(f"/api/messages/{number}")
        listening = asyncio.create_task(house.chat.listen(house.desk.receive))
        last = await say(house, "@switchboard well")
        await house.desk.hears(MessageReceived, lambda event: event.ref.message == last)
        listening.cancel()
        told = [event.ref.message for event in house.desk.events if isinstance(event, MessageReceived)]
        assert told == [last]


@pytest.mark.asyncio
async def test_a_chat_begun_anew_repeats_no_ids(tmp_path: Path) -> None:
    async with opened(tmp_path / "one") as house:
        old = await say(house, "hello")
    async with opened(tmp_path / "two") as house:
        assert int(await say(house, "hello")) > int(old)
