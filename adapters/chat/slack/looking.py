"""What stands in rooms now: single messages and their reactions, read with the scope that reactions need alone."""

from adapters.chat.slack import blocks
from adapters.chat.slack.api import Api, Json
from adapters.chat.slack.emoji import character
from adapters.chat.slack.markup import Names
from adapters.chat.slack.people import Me, room_id
from adapters.chat.slack.settings import PLATFORM
from adapters.errors import Refused, Unavailable
from adapters.events import AccountRef, Content, LiveMessage, LiveReaction, MessageRef

TOMBSTONE = "tombstone"  # what stands in the place of a deleted message that has answers


class Looker:
    """Reads single messages."""

    def __init__(self, api: Api, me: Me, names: Names) -> None:
        self.api = api
        self.me = me
        self.names = names

    async def reactions(self, ref: MessageRef) -> list[LiveReaction]:
        """All reactions as Slack has them now. Raises `Refused("gone")`."""
        message = await self.message(ref)
        if message is None:
            raise Refused("gone")
        found = []
        for one in message.get("reactions") or []:
            users, emoji = one.get("users") or [], character(str(one.get("name")))
            if isinstance(one.get("count"), int) and one["count"] > len(users):
                raise Unavailable("reactions_not_complete")  # a veto may be among those left out
            found += [LiveReaction(AccountRef(PLATFORM, str(user)), emoji) for user in users]
        return found

    async def look(self, ref: MessageRef) -> LiveMessage | None:
        """The message as shown now, or None when it is gone."""
        message = await self.message(ref)
        if message is None:
            return None
        if self.is_mine(message):
            return LiveMessage(AccountRef(PLATFORM, self.me.user), blocks.shown(message))
        words = self.names.decoded(str(message.get("text", "")))
        sender = message.get("user") or message.get("bot_id") or "unknown"
        return LiveMessage(AccountRef(PLATFORM, str(sender)), Content(words))

    async def message(self, ref: MessageRef) -> Json | None:
        """A message as Slack has it with its reactions, None when it is gone or never was."""
        try:
            told = await self.api.read("reactions.get", channel=room_id(ref.place), timestamp=ref.message, full=True)
        except Refused as error:
            if error.code == "gone":
                return None
            raise
        message = told.get("message")
        if not isinstance(message, dict) or message.get("subtype") == TOMBSTONE or message.get("hidden") is True:
            return None
        return message

    def is_mine(self, message: Json) -> bool:
        """Whether the bot wrote it."""
        return self.me.user == message.get("user") or bool(self.me.bot and self.me.bot == message.get("bot_id"))
