"""Two bots that say everything again, to be measured: `python -m tests.bench.slack_echo ours|bare SETTINGS.json`.

`ours` is the Slack adapter with what it remembers in memory; `bare` is slack-bolt in Socket Mode with one listener.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack import SlackChat, SlackTokens
from adapters.events import AnyEvent, Content, MessageReceived
from config import logs
from tests.contract.chat_stage import Desk


async def ours(told: dict[str, str]) -> None:
    """The adapter."""
    desk = Desk()
    chat = SlackChat(SlackTokens(told["bot"], told["app"]), desk, desk, told["api"])

    async def receive(batch: Sequence[AnyEvent], checkpoint: str) -> None:
        desk.kept["checkpoint"] = checkpoint
        for event in batch:
            if isinstance(event, MessageReceived):
                await chat.send(event.ref.place, Content(f"again: {event.text}"), thread=None, key=event.event_id)

    await chat.listen(receive)


async def bare(told: dict[str, str]) -> None:
    """The library alone."""
    app = AsyncApp(client=AsyncWebClient(told["bot"], told["api"]))

    @app.event("message")
    async def heard(event: dict[str, str], say: AsyncSay) -> None:
        await say(f"again: {event['text']}", unfurl_links=False, unfurl_media=False)

    opens = AsyncWebClient(told["app"], told["api"])
    await AsyncSocketModeHandler(app, told["app"], web_client=opens).start_async()  # type: ignore[no-untyped-call]  # bolt says no types


if __name__ == "__main__":
    logs.set_up("error")
    bot = {"ours": ours, "bare": bare}[sys.argv[1]]
    asyncio.run(bot(json.loads(Path(sys.argv[2]).read_text())))
