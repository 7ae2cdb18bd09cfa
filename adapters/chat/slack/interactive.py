"""Buttons, forms, slash commands and shortcuts: what people do with what the bot shows.

What stands in no room - a form, a Home tab, a shortcut from nowhere - has for its room the person's own id, which is
where the bot writes to that person alone.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adapters.chat.slack.api import Json
from adapters.chat.slack.asked import Asked
from adapters.chat.slack.blocks import action_of
from adapters.chat.slack.emoji import spelt_out
from adapters.chat.slack.markup import Names
from adapters.chat.slack.memory import digest
from adapters.chat.slack.people import Me
from adapters.chat.slack.settings import PLATFORM
from adapters.chat.slack.translate import files_of, moment
from adapters.events import (
    AccountRef,
    ButtonPressed,
    CommandInvoked,
    FormChanged,
    FormSubmitted,
    MessageRef,
    RoomEvent,
)
from config import logs

log = logs.get("slack")

_COMMAND = re.compile(r"command\.([UW][A-Z0-9]+)\.(.+)")


@dataclass(slots=True)
class Interaction:
    """Knows what interactive payloads mean; `asked` who waits for what at their screen."""

    me: Me
    names: Names
    clock: Callable[[], datetime]
    asked: Asked = field(default_factory=Asked)

    def told(self, body: Json) -> list[RoomEvent]:
        """What the product is told of a payload, if anything."""
        kind = body.get("type") or ("command" if "command" in body else None)
        try:
            if not self._is_ours(body):
                return []
            match kind:
                case "block_actions":
                    return [one for action in body["actions"] for one in self._acted(body, action)]
                case "view_submission":
                    return [self._submitted(body)]
                case "command":
                    return [self._command(body)]
                case "message_action":
                    return [self._shortcut(body)]
                case "shortcut":
                    return [self._from_nowhere(body)]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("event_malformed", kind=str(kind), error=type(error).__name__)
        return []

    async def answer(self, body: Json) -> Json:
        """What Slack is told besides that a payload is kept."""
        return await self.asked.answer(str(body.get("trigger_id"))) if body.get("type") == "view_submission" else {}

    def _acted(self, body: Json, action: Json) -> list[RoomEvent]:
        event_id = f"press-{body['trigger_id']}-{action['action_id']}"
        self.asked.remember(event_id, body)
        if action.get("type") == "plain_text_input":
            return [self._written(body, action, event_id)]
        if action.get("type") != "button":
            return []
        container, user, stamp = body["container"], str(body["user"]["id"]), str(action["action_ts"])
        if container.get("type") == "view":
            base = self._own(event_id, user, event_id)
        else:
            room = container.get("channel_id") or body["channel"]["id"]
            thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
            base = self._base(event_id, user, room, str(container["message_ts"]), thread, stamp)
        return [ButtonPressed(**base, action=action_of(action["action_id"]), value=str(action.get("value") or ""))]

    def _written(self, body: Json, action: Json, event_id: str) -> RoomEvent:
        """Something is written in a form that stands open, or was entered in a Home tab."""
        shown, name = body["view"], str(action["action_id"])
        base = self._own(event_id, str(body["user"]["id"]), str(shown["id"]))
        if shown["type"] == "home":
            return FormSubmitted(**base, form=name, values={name: spelt_out(str(action.get("value") or ""))})
        return FormChanged(**base, form=str(shown["callback_id"]), values=_values(shown))

    def _submitted(self, body: Json) -> RoomEvent:
        shown, values = body["view"], _values(body["view"])
        event_id = self.asked.expect(f"form-{shown['id']}-{digest(json.dumps(values))}", str(body["trigger_id"]))
        self.asked.remember(event_id, body)
        base = self._own(event_id, str(body["user"]["id"]), str(shown["id"]))
        return FormSubmitted(**base, form=str(shown["callback_id"]), values=values)

    def _command(self, body: Json) -> RoomEvent:
        user, name = str(body["user_id"]), str(body["command"]).removeprefix("/")
        words = self.names.decoded(str(body.get("text") or "")).strip()
        return self._invoked(body, user, str(body["channel_id"]), name, words)

    def _shortcut(self, body: Json) -> RoomEvent:
        """What is done with a message is its name as a command, with the message's words and files."""
        user, name, message = str(body["user"]["id"]), str(body["callback_id"]), body["message"]
        words = self.names.heard(str(message.get("text") or ""))[1].strip()
        invoked = self._invoked(body, user, str(body["channel"]["id"]), name, f"{name}: {words}")
        writer = AccountRef(PLATFORM, str(message.get("user") or message.get("bot_id") or "unknown"))
        return replace(invoked, files=files_of(message), writer=writer)

    def _from_nowhere(self, body: Json) -> RoomEvent:
        """A shortcut that belongs to no message: its name is the command."""
        user, name = str(body["user"]["id"]), str(body["callback_id"])
        return self._invoked(body, user, user, name, name)

    def _invoked(self, body: Json, user: str, room: str, name: str, words: str) -> CommandInvoked:
        place = f"command.{user}.{body['trigger_id']}"
        self.asked.remember(place, body)
        return CommandInvoked(**self._base(place, user, room, place), command=name, text=words)

    def _is_ours(self, body: Json) -> bool:
        """Whether it happened in our workspace; people of other ones are told apart by their profile."""
        told = body.get("team")
        team = told.get("id") if isinstance(told, dict) else body.get("team_id")
        return team in (None, self.me.team)

    def _own(self, event_id: str, user: str, what: str) -> dict[str, Any]:
        """Something that somebody did where nobody else is."""
        return self._base(event_id, user, user, f"command.{user}.{what}")

    def _base(
        self, event_id: str, user: str, room: str, message: str, thread: object = None, when: str = ""
    ) -> dict[str, Any]:
        root = thread if isinstance(thread, str) and thread != message else None
        return {
            "event_id": event_id,
            "at": moment(when, self.clock),
            "sender": AccountRef(PLATFORM, user),
            "ref": MessageRef(PLATFORM, room, message, root),
        }


def commander(thread: str | None) -> AccountRef | None:
    """Who gave the command that stands for a thread: no message does, and nobody else saw it."""
    found = _COMMAND.fullmatch(thread or "")
    return AccountRef(PLATFORM, found[1]) if found else None


def view_of(ref: MessageRef) -> str:
    """Slack's id of the form or page that a place of nobody's names."""
    found = _COMMAND.fullmatch(ref.message)
    return found[2] if found else ""


def _values(view: Json) -> dict[str, str]:
    """What stands in the fields; Slack writes emoji by name there, and nothing else as markup."""
    told = {name: one for block in view["state"]["values"].values() for name, one in block.items()}
    return {name: spelt_out(str(one.get("value") or "")) for name, one in told.items()}
