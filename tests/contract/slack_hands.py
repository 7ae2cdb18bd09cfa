"""Slack's driver for the contract suite: people through local-slack's control, the bot with its own adapter."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.chat.slack import SlackChat, SlackOptions, SlackTokens
from adapters.chat.slack.emoji import character
from adapters.events import AccountRef, ReactionAdded, ReactionRemoved, RoomRef
from tests.contract.chat_stage import SOON, Desk, Shown, Stage, staged
from tests.process import free_port
from tests.real.slack_delivery import Envelope
from tests.real.slack_people import EMOJI, IDS, Workspace, workspace
from tests.real.slack_reading import SlackSeen
from tests.real.slack_server import BOT, Mode

NAMES = {emoji.replace("\ufe0f", ""): name for emoji, name in EMOJI.items()}
PARTICIPANTS = ("ann", "bob", "guest", "external", "inactive", "robot")


class SlackHands:
    """People at Slack, and the bot in Socket Mode or called by HTTP (then at `listen`)."""

    handle: str = "@switchboard"

    def __init__(self, slack: Workspace, desk: Desk, listen: str = "") -> None:
        self.people = {name: AccountRef("slack", IDS[name]) for name in PARTICIPANTS}
        self.rooms = {
            name: RoomRef("slack", id_)
            for name, id_ in {"open": "C01OPEN", "private": "G02PRIVATE", "shared": "C03SHARED"}.items()
        }
        self._slack, self._desk = slack, desk
        secrets = slack.world.secrets
        self._tokens = SlackTokens(secrets.bot, secrets.app, secrets.signing)
        self._options = options(listen)

    async def start(self) -> None:
        """Make the adapter."""
        self.adapter = SlackChat(self._tokens, self._desk, self._desk, self._slack.base_url, self._options)
        await self.adapter.preflight()

    async def restart(self) -> None:
        """Close the adapter and make a new one."""
        await self.adapter.close()
        await self.start()

    async def says(self, who: str, room: RoomRef, text: str, thread: str | None = None) -> str:
        """Somebody writes."""
        return await self._slack.person(who).says(room.id, text, thread=thread)

    async def edits(self, who: str, room: RoomRef, message: str, text: str) -> None:
        """Somebody changes their message."""
        await self._slack.person(who).edits(room.id, message, text)

    async def deletes(self, who: str, room: RoomRef, message: str) -> None:
        """Somebody deletes their message."""
        await self._slack.person(who).deletes(room.id, message)

    async def reacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody reacts."""
        await self._slack.person(who).reacts(room.id, message, NAMES[emoji.replace("\ufe0f", "")])

    async def unreacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody takes their reaction back; called by HTTP, the bot believes only what it still finds there."""
        if self._options.http:
            async with asyncio.timeout(SOON):
                while not self._stands(who, message, emoji):  # noqa: ASYNC110 - the desk tells of the first only
                    await asyncio.sleep(0.01)
        await self._slack.person(who).unreacts(room.id, message, NAMES[emoji.replace("\ufe0f", "")])

    def _stands(self, who: str, message: str, emoji: str) -> bool:
        """Whether the bot was told of the reaction, and not yet of its end."""
        wanted = (self.people[who], message, character(NAMES[emoji.replace("\ufe0f", "")]))
        told = [
            isinstance(one, ReactionAdded)
            for one in self._desk.of_rooms()
            if isinstance(one, ReactionAdded | ReactionRemoved) and (one.sender, one.ref.message, one.emoji) == wanted
        ]
        return bool(told) and told[-1]

    async def shares(self, who: str, room: RoomRef, name: str, data: bytes, text: str, alt: str) -> str:
        """Somebody shares a file."""
        return await self._slack.person(who).shares(room.id, name, data, text=text, alt=alt)

    async def presses(self, who: str, room: RoomRef, message: str, label: str) -> None:
        """Somebody presses a button."""
        await self._slack.person(who).presses(room.id, message, label)

    async def sees(self, who: str, room: RoomRef) -> Sequence[Shown]:
        """What somebody sees in a room."""
        return [_shown(one) for one in await self._slack.person(who).reads(room.id)]


def options(listen: str = "") -> SlackOptions:
    """Options of the bot, in a hurry as tests are."""
    return SlackOptions(http=bool(listen), listen=listen, ping=1.0, first_wait=0.05, longest_wait=0.5, slow=3600.0)


def http_address() -> tuple[str, str]:
    """Where the bot is to listen in HTTP mode, and the address at which Slack calls it."""
    listen = f"127.0.0.1:{free_port()}"
    return listen, f"http://{listen}/slack/events"


@asynccontextmanager
async def standing(program: Path, folder: Path, mode: Mode = Mode.SOCKET) -> AsyncIterator[tuple[Workspace, Stage]]:
    """A workspace, and the bot's adapter that listens there."""
    listen, url = http_address() if mode is Mode.HTTP else ("", None)
    async with workspace(program, folder, mode, url) as slack:
        desk = Desk()
        hands = SlackHands(slack, desk, listen)
        await hands.start()
        async with staged(hands, desk) as stage:
            yield slack, stage


async def taken(*envelopes: Envelope) -> None:
    """Return once the bot has acknowledged them."""
    async with asyncio.timeout(SOON):
        for envelope in envelopes:
            await envelope.acknowledged.wait()


def _shown(seen: SlackSeen) -> Shown:
    # What people write is drawn as they typed it; nobody is called by the bot's own words.
    return Shown(
        id=seen.id,
        sender=seen.sender,
        text=seen.text,
        quote=seen.quote,
        thread=seen.thread,
        buttons=seen.buttons,
        files=seen.files,
        formatted=seen.formatted,
        notified=seen.notified and seen.sender == BOT,
    )
