"""A chat room as a channel on a stage: of the local web chat, a real Synapse, or local-slack, read as people see it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.chat.matrix import MatrixChat
from adapters.chat.web import WebChat, WebChatSettings
from adapters.errors import Unavailable
from adapters.events import MessageRef, RoomRef
from adapters.publish.room import RoomPublisher
from tests.chat import Dialogue
from tests.contract.chat_stage import Desk
from tests.contract.feed_stage import PICTURE
from tests.contract.matrix_hands import bot_settings
from tests.contract.publisher_suite import Seen, Stage
from tests.contract.slack_hands import SlackHands
from tests.contract.web_hands import ACCOUNTS, ROOMS
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.slack_people import workspace

IMAGE = b"\x89PNG\r\n\x1a\n and what else a picture has"


class Lossy:
    """A chat whose answer to a sending gets lost on the way, when asked."""

    def __init__(self, chat: Any) -> None:
        self._chat, self._loses = chat, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chat, name)

    def lose_next_answer(self) -> None:
        self._loses = True

    async def send(self, *words: Any, **more: Any) -> MessageRef:
        ref: MessageRef = await self._chat.send(*words, **more)
        if self._loses:
            self._loses = False
            raise Unavailable("connection_lost")
        return ref


def _stage(chat: Any, desk: Desk, room: RoomRef, seen: Callable[[], Awaitable[list[Seen]]]) -> Stage:
    desk.pictures[PICTURE.sha256] = IMAGE
    lossy: Any = Lossy(chat)
    publisher = RoomPublisher("staff", room, lossy, Desk(), lambda: datetime.now(UTC))
    return Stage(publisher, "news", PICTURE, seen, lossy.lose_next_answer, shows_language=False)


@asynccontextmanager
async def web_room_stage(folder: Path) -> AsyncIterator[Stage]:
    """A room of the web chat, through its API."""
    desk = Desk()
    chat = WebChat(WebChatSettings(folder / "chat.db", ACCOUNTS, ROOMS, port=0), desk, desk)
    await chat.preflight()
    try:
        async with Dialogue.at(chat.new_link()) as dialogue:

            async def seen() -> list[Seen]:
                said = await dialogue.person("ann").reads("private")
                return [Seen(None, one.text, "", tuple(str(each["alt"]) for each in one.pictures)) for one in said]

            yield _stage(chat, desk, RoomRef("web", "private"), seen)
    finally:
        await chat.close()


@asynccontextmanager
async def slack_room_stage(program: Path, folder: Path) -> AsyncIterator[Stage]:
    """A room of local-slack."""
    desk = Desk()
    async with workspace(program, folder) as slack:
        hands = SlackHands(slack, desk)
        await hands.start()

        async def seen() -> list[Seen]:
            said = await slack.person("ann").reads(hands.rooms["private"].id)
            return [Seen(None, one.text, "", tuple(map(_described, one.pictures))) for one in said]

        try:
            yield _stage(hands.adapter, desk, hands.rooms["private"], seen)
        finally:
            await hands.adapter.close()


def _described(alt: str) -> str:
    # Slack takes no picture without words; a decorative one has only its kind.
    return "" if alt == PICTURE.media_type else alt


@asynccontextmanager
async def matrix_room_stage(matrix: Matrix, *, encrypted: bool) -> AsyncIterator[Stage]:
    """A room of a real Synapse, read by somebody with matrix-nio."""
    desk, server = Desk(), matrix.homeserver
    bot = server.new_user("switchboard")
    ann = await matrix.nio("ann")
    room = server.new_room(ann.account, encrypted=encrypted, members=[bot])
    chat = MatrixChat(bot_settings(server, bot, matrix.folder / "bot", encryption=encrypted), desk, desk)
    await chat.preflight()
    try:
        yield _stage(chat, desk, RoomRef("matrix", room), lambda: _read(ann, room))
    finally:
        await chat.close()
        await matrix.leave()


async def _read(person: MatrixPerson, room: str) -> list[Seen]:
    """Posts as they stand: a message's pictures are the ones right before it."""
    found: list[Seen] = []
    alts: list[str] = []
    for one in await person.reads(room):
        if one.content.get("msgtype") == "m.image":
            alts.append(str(one.content["body"]) if "m.alt_text" in one.content else "")
        else:
            found.append(Seen(None, one.text, "", tuple(alts)))
            alts = []
    return found
