"""What Slack tells, through Bolt, acknowledged only once the product has it.

Every kind of payload has a listener, so that nothing stays unanswered: Slack switches off apps that leave much of what
they are told unacknowledged. Bolt's filter of the app's own events is off: it hides the deletion of our own previews.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from adapters.chat.slack.api import Json, mute
from adapters.chat.slack.people import Me
from adapters.chat.slack.settings import SlackTokens

ALL = re.compile(r".*", re.DOTALL)
MOST_WAITING = 1000
"""Payloads that may wait for the product; beyond that Slack is left to come again."""


Answer = Callable[[Json], Awaitable[Json]]
"""What Slack is told of a payload besides that it is kept."""


class Full(Exception):
    """Too much waits, or nobody listens; Slack comes again."""


@dataclass(frozen=True, slots=True)
class Told:
    """A payload and who waits until it is kept, or will not be. `signed`: it came as a signed request."""

    body: Json
    signed: bool
    kept: "asyncio.Future[bool]"

    def answer(self, *, kept: bool) -> None:
        """Tell whoever waits, unless they have been told or have gone."""
        if not self.kept.done():
            self.kept.set_result(kept)


class Intake:
    """The line in which payloads wait, in the order in which they came."""

    def __init__(self, tokens: SlackTokens, me: Me, answer: Answer) -> None:
        self.waiting: asyncio.Queue[Told] = asyncio.Queue()
        self.app = _bolt(tokens, me, self.take, answer)
        self.closed = False
        self._held: set[asyncio.Future[bool]] = set()

    async def take(self, body: Json, *, signed: bool) -> None:
        """Return once the product has it. Raises `Full`, or whatever kept it from being taken."""
        if self.closed or self.waiting.qsize() >= MOST_WAITING:
            raise Full
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._held.add(kept)
        kept.add_done_callback(self._held.discard)
        self.waiting.put_nowait(Told(body, signed, kept))
        if not await kept:
            raise Full

    async def next(self) -> list[Told]:
        """Everything that waits, at least one."""
        found = [await self.waiting.get()]
        while not self.waiting.empty():
            found.append(self.waiting.get_nowait())
        return found

    def give_up(self) -> None:
        """Nobody will take what still waits: Slack comes again with it."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        for kept in self._held:
            if not kept.done():
                kept.set_result(False)

    async def drain(self) -> None:
        """Return when nothing is held any more."""
        while self._held:
            await asyncio.wait(set(self._held))


def _bolt(tokens: SlackTokens, me: Me, take: Any, answer: Answer) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        # Nothing is asked before the acknowledgement: who we are is known since the start.
        return AuthorizeResult(
            enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.bot, bot_token=tokens.bot
        )

    async def keep(body: Json, ack: AsyncAck, req: AsyncBoltRequest) -> None:
        await take(body, signed=req.mode == "http")
        await ack(**await answer(body))

    async def nothing_to_offer(ack: AsyncAck) -> None:
        await ack(options=[])

    async def failed(error: Exception) -> None:
        """Not acknowledged, so Slack comes again; our own lines tell why."""

    app = AsyncApp(
        logger=mute(),
        signing_secret=tokens.signing_secret or "socket mode needs none",
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(failed)
    app.event(ALL)(keep)
    app.action(ALL)(keep)
    app.command(ALL)(keep)
    app.shortcut(ALL)(keep)
    app.view(ALL)(keep)
    app.view_closed(ALL)(keep)
    app.options(ALL)(nothing_to_offer)
    return app
