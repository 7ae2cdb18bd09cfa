"""HTTP mode: what only a signature vouches for is looked up at Slack before it is believed.

Whoever holds the signing secret could write anything in anybody's name. What can be read back - messages, reactions -
is read back; what cannot - buttons, forms, commands - is not taken at all, and the chat shows none.
"""

from dataclasses import replace

from adapters.chat.slack.api import Json
from adapters.chat.slack.emoji import character
from adapters.chat.slack.looking import Looker
from adapters.events import (
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PageOpened,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
    RoomJoined,
)


class NotConfirmed(Exception):
    """Slack does not tell the same when asked: not yet, or it is forged."""


class Confirmation:
    """Asks Slack whether something happened."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker

    async def checked(self, event: RoomEvent) -> RoomEvent:
        """What happened as Slack itself tells it. Raises `NotConfirmed`, `AdapterError`."""
        if isinstance(event, RoomJoined | PageOpened) or (isinstance(event, MessageReceived) and not event.addressed):
            return event  # nobody acts upon it, but for a line of welcome
        message = await self._looker.message(event.ref)
        if isinstance(event, MessageReceived | MessageEdited) and message and _is_of(message, event):
            heard, text = self._looker.names.heard(str(message.get("text") or ""))
            return replace(event, text=text, addressed=heard or event.direct)
        if not _stands(event, message):
            raise NotConfirmed
        return event


def _stands(event: RoomEvent, message: Json | None) -> bool:
    if isinstance(event, MessageDeleted):
        return message is None
    if message is None:
        return False
    if isinstance(event, ReactionAdded | ReactionRemoved):
        return _has_reacted(message, event) is isinstance(event, ReactionAdded)
    files = {one.get("id") for one in message.get("files") or []}
    return isinstance(event, FileShared) and event.file.id in files and _is_of(message, event)


def _is_of(message: Json, event: RoomEvent) -> bool:
    return message.get("user") == event.sender.id and not message.get("bot_id") and not message.get("app_id")


def _has_reacted(message: Json, event: ReactionAdded | ReactionRemoved) -> bool:
    return any(
        event.sender.id in (one.get("users") or [])
        for one in message.get("reactions") or []
        if character(str(one.get("name"))) == event.emoji
    )
