"""Slack for minutes (make soak): sockets refreshed under load; a server that really stands still, and one that dies.

In the last two the bot stands before local-slack itself, without the edge between them.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.slack import SlackChat, SlackTokens
from adapters.events import Connected, Disconnected, MessageReceived, RoomRef
from adapters.ports import HealthState
from tests.contract.chat_stage import Desk
from tests.contract.slack_hands import options, standing
from tests.process import free_port
from tests.real.slack_people import WORLD, Workspace, workspace
from tests.real.slack_server import Mode, serving

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]
OPEN = "C01OPEN"
PATIENCE = 60.0  # seconds; a bound for what hangs


@asynccontextmanager
async def listening(base_url: str) -> AsyncIterator[tuple[SlackChat, Desk]]:
    """The bot before that server."""
    desk, secrets = Desk(), WORLD.secrets
    told = replace(options(), ping=5.0)
    chat = SlackChat(SlackTokens(secrets.bot, secrets.app), desk, desk, base_url, told)
    work = asyncio.create_task(chat.listen(desk.receive))
    await desk.hears(Connected)
    try:
        yield chat, desk
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await chat.close()


async def comes_again(desk: Desk, after: int) -> None:
    """Return once the connection stands again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if sum(isinstance(event, Connected) for event in desk.events) > after:
                return
            await asyncio.sleep(0.1)


@pytest.mark.soak
async def test_r6_refreshed_every_two_seconds_for_a_minute(local_slack: Path, tmp_path: Path) -> None:
    async with standing(local_slack, tmp_path) as (slack, stage):
        said: list[str] = []
        for refresh in range(30):
            for number in range(10):
                said.append(await slack.person("ann").says(OPEN, f"{refresh}.{number}"))
                await asyncio.sleep(0.2)
            await slack.edge.delivery.disconnect("refresh_requested" if refresh % 2 else "warning")
        heard = [event.ref.message for event in await stage.settled()]
        assert sorted(heard) == sorted(said)


async def says(slack: Workspace, desk: Desk, text: str) -> None:
    said = await slack.person("ann").says(OPEN, text)
    await desk.hears(MessageReceived, lambda event: event.ref.message == said)


@pytest.mark.soak
async def test_r7_a_server_that_stands_still_for_half_a_minute(local_slack: Path, tmp_path: Path) -> None:
    async with workspace(local_slack, tmp_path) as slack, listening(f"{slack.server.url}/api/") as (chat, desk):
        await says(slack, desk, "before")
        slack.server.process.send_signal(signal.SIGSTOP)
        try:
            await desk.hears(Disconnected)
            assert chat.health().state is HealthState.DOWN
            await asyncio.sleep(30)
        finally:
            slack.server.process.send_signal(signal.SIGCONT)
        await comes_again(desk, 1)
        await says(slack, desk, "after")
        assert chat.health().state is HealthState.OK
        assert (await chat.room(RoomRef("slack", OPEN))).name == "open"


async def test_a_server_that_is_killed_and_comes_back_is_found_again(local_slack: Path, tmp_path: Path) -> None:
    port = free_port()
    for life in ("one", "two"):
        (tmp_path / life).mkdir()
    base = f"http://127.0.0.1:{port}/api/"
    async with (
        serving(local_slack, tmp_path / "one", port, WORLD, Mode.SOCKET, "") as first,
        listening(base) as (_, desk),
    ):
        first.process.kill()
        await first.process.wait()
        await desk.hears(Disconnected)
        async with serving(local_slack, tmp_path / "two", port, WORLD, Mode.SOCKET, "") as second:
            await comes_again(desk, 1)
            body = {"channel": OPEN, "user": "U01ANN", "text": "there again"}
            await second.control("message", body)
            await desk.hears(MessageReceived, lambda event: event.text == "there again")
