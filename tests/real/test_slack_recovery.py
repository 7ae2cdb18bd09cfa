"""How long Slack's faults are felt (make soak): measured, with the waits that the bot really has.

`-s` prints the figures, which docs/reference/slack-servers.md repeats. What is asserted is that it recovers and loses
nothing; how fast is told, as machines differ.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.chat.slack import SlackChat, SlackOptions, SlackTokens
from adapters.events import Connected, Disconnected, MessageReceived
from adapters.ports import HealthState
from tests.contract.chat_stage import Desk
from tests.process import free_port
from tests.real.slack_house import housed
from tests.real.slack_people import WORLD, Workspace, workspace
from tests.real.slack_server import Mode, serving

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.soak, pytest.mark.timeout(600)]
OPEN = "C01OPEN"
PATIENCE = 120.0  # seconds; a bound for what hangs
AWAY = 1.0  # seconds for which a killed server is away, as in the measurement of slack-bolt alone
FROZEN = 30.0
REFRESHES, EVENTS = 10, 400


@asynccontextmanager
async def listening(base_url: str) -> AsyncIterator[tuple[SlackChat, Desk]]:
    """The bot before that server, with the waits that it really has."""
    desk, secrets = Desk(), WORLD.secrets
    chat = SlackChat(SlackTokens(secrets.bot, secrets.app), desk, desk, base_url, SlackOptions())
    work = asyncio.create_task(chat.listen(desk.receive))
    await desk.hears(Connected)
    try:
        yield chat, desk
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await chat.close()


async def until(look: Callable[[], bool]) -> float:
    """Seconds until something is so."""
    begun = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        while not look():  # noqa: ASYNC110 - what is looked at tells nobody of itself
            await asyncio.sleep(0.01)
    return time.monotonic() - begun


def connections(desk: Desk) -> int:
    return sum(isinstance(event, Connected) for event in desk.events)


async def heard(desk: Desk, says: Awaitable[str]) -> None:
    said = await says
    async with asyncio.timeout(PATIENCE):
        await desk.hears(MessageReceived, lambda event: event.ref.message == said)


def tell(what: str, **figures: float) -> None:
    print(what, ", ".join(f"{name.replace('_', ' ')} {value:.2f} s" for name, value in figures.items()))


async def recovered(slack: Workspace, desk: Desk, breaks: Callable[[], Awaitable[None]]) -> float:
    """Seconds from a fault of the socket until it stands again; what is said then is heard."""
    before = connections(desk)
    await breaks()
    seconds = await until(lambda: connections(desk) > before)
    await heard(desk, slack.person("ann").says(OPEN, "after"))
    return seconds


async def test_a_socket_that_is_killed_and_sessions_that_are_closed(local_slack: Path, tmp_path: Path) -> None:
    async with workspace(local_slack, tmp_path) as slack, listening(slack.base_url) as (chat, desk):

        async def cut() -> None:
            slack.edge.cut()

        async def close() -> None:
            for api in chat._apis:
                await (await api.session()).close()

        tell("socket killed:", stands_again_after=await recovered(slack, desk, cut))
        tell("session closed:", stands_again_after=await recovered(slack, desk, close))


async def test_a_server_that_is_killed(local_slack: Path, tmp_path: Path) -> None:
    port = free_port()
    for life in ("one", "two"):
        (tmp_path / life).mkdir()
    async with (
        serving(local_slack, tmp_path / "one", port, WORLD, Mode.SOCKET, "") as first,
        listening(f"http://127.0.0.1:{port}/api/") as (_, desk),
    ):
        first.process.kill()
        await first.process.wait()
        noticed = await until(lambda: any(isinstance(event, Disconnected) for event in desk.events))
        await asyncio.sleep(AWAY)
        async with serving(local_slack, tmp_path / "two", port, WORLD, Mode.SOCKET, ""):
            back = await until(lambda: connections(desk) > 1)
    tell("server killed:", noticed_after=noticed, stands_again_after=back)


async def test_a_server_that_stands_still(local_slack: Path, tmp_path: Path) -> None:
    async with workspace(local_slack, tmp_path) as slack, listening(f"{slack.server.url}/api/") as (chat, desk):
        slack.server.process.send_signal(signal.SIGSTOP)
        try:
            noticed = await until(lambda: chat.health().state is not HealthState.OK)
            await asyncio.sleep(FROZEN - noticed)
        finally:
            slack.server.process.send_signal(signal.SIGCONT)
        back = await until(lambda: chat.health().state is HealthState.OK)
        await heard(desk, slack.person("ann").says(OPEN, "after"))
    tell("server frozen:", noticed_after=noticed, stands_again_after_the_thaw=back)


async def test_ten_forced_reconnects_under_load(local_slack: Path, tmp_path: Path) -> None:
    async with workspace(local_slack, tmp_path) as slack, listening(slack.base_url) as (_, desk):
        said: list[str] = []

        async def talk(who: str) -> None:
            for number in range(EVENTS // 2):
                stamp = await slack.person(who).says(OPEN, f"{who} {number}")
                said.append(stamp)

        load = [asyncio.create_task(talk(who)) for who in ("ann", "bob")]
        for refresh in range(REFRESHES):
            await until(lambda refresh=refresh: len(said) > (refresh + 1) * EVENTS // (REFRESHES + 2))  # type: ignore[misc]
            await slack.edge.delivery.disconnect("refresh_requested" if refresh % 2 else "warning")
            async with asyncio.timeout(PATIENCE):
                await slack.edge.delivery.linked(refresh + 2)
        await asyncio.gather(*load)
        messages = [one for one in slack.edge.delivery.envelopes if one.what == "message"]
        await until(lambda: all(one.acknowledged.is_set() for one in messages))
        told = [event.ref.message for event in desk.events if isinstance(event, MessageReceived)]
        assert sorted(told) == sorted(said)
        slowest = max(one.seconds or 0.0 for one in messages)
        again = sum(one.attempts > 1 for one in messages)
    print(f"{REFRESHES} forced reconnects: {len(said)} said, {len(told)} heard, each once, {again} told again by Slack")
    tell("10 forced reconnects:", slowest_acknowledgement=slowest)


@pytest.mark.parametrize("file", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_wrong_token(local_slack: Path, tmp_path: Path, file: str) -> None:
    async with housed(local_slack, tmp_path) as house:
        house.secret(file, "xoxb-wrong" if file == "SLACK_BOT_TOKEN" else "xapp-wrong")
        begun = time.monotonic()
        code, said, faults = await house.run().ends(None)
        tell(f"wrong {file}:", ended_with_one_line_after=time.monotonic() - begun)
        assert (code, said, faults.count("\n")) == (2, "", 1)
