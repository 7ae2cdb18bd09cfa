"""Buttons, forms, slash commands and shortcuts: what people do with what the bot shows."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adapters.chat.slack.api import Json
from adapters.chat.slack.blocks import action_of
from adapters.chat.slack.markup import Names
from adapters.chat.slack.people import Me
from adapters.chat.slack.settings import PLATFORM
from adapters.chat.slack.translate import files_of, moment
from adapters.errors import Refused
from adapters.events import AccountRef, ButtonPressed, CommandInvoked, FormSubmitted, MessageRef, RoomEvent
from adapters.ports import Form
from config import logs

log = logs.get("slack")

MOST_TRIGGERS = 200  # remembered; Slack takes one for three seconds
LONGEST_TITLE = 24
LONGEST_CALLBACK = 255
FRESH = 60.0  # seconds for which an answer to a command is shown where it was given
_COMMAND = re.compile(r"command\.([UW][A-Z0-9]+)\..+")


@dataclass(slots=True)
class Interaction:
    """Knows what interactive payloads mean, and which trigger of Slack's belongs to which event."""

    me: Me
    names: Names
    clock: Callable[[], datetime]
    triggers: dict[str, str] = field(default_factory=dict)
    given: dict[str, float] = field(default_factory=dict)  # when, by our own clock

    def told(self, body: Json) -> list[RoomEvent]:
        """What the product is told of a payload, if anything."""
        kind = body.get("type") or ("command" if "command" in body else None)
        try:
            if not self._is_ours(body):
                return []
            match kind:
                case "block_actions":
                    return [one for action in body["actions"] for one in self._pressed(body, action)]
                case "view_submission":
                    return [self._submitted(body)]
                case "command":
                    return [self._command(body)]
                case "message_action":
                    return [self._shortcut(body)]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("event_malformed", kind=str(kind), error=type(error).__name__)
        return []

    def trigger(self, event_id: str) -> str:
        """Slack's trigger of an event, for a form. Raises `Refused("too_late")`."""
        found = self.triggers.get(event_id)
        if found is None:
            raise Refused("too_late")
        return found

    def _pressed(self, body: Json, action: Json) -> list[RoomEvent]:
        if action.get("type") != "button":
            return []
        container, user, stamp = body["container"], body["user"]["id"], str(action["action_ts"])
        room = container.get("channel_id") or body["channel"]["id"]
        message = str(container["message_ts"])
        event_id = f"press-{body['trigger_id']}-{action['action_id']}"
        self._remember(event_id, body)
        base = self._base(event_id, user, room, message, container.get("thread_ts"), stamp)
        return [ButtonPressed(**base, action=action_of(action["action_id"]), value=str(action.get("value") or ""))]

    def _submitted(self, body: Json) -> RoomEvent:
        view, user = body["view"], body["user"]["id"]
        values = {name: _value(one) for block in view["state"]["values"].values() for name, one in block.items()}
        room = str(view.get("private_metadata") or "D0")
        event_id = f"form-{view['id']}-{view.get('hash', '')}"
        self._remember(event_id, body)
        return FormSubmitted(
            **self._base(event_id, user, room, str(view["id"])), form=str(view["callback_id"]), values=values
        )

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

    def _invoked(self, body: Json, user: str, room: str, name: str, words: str) -> CommandInvoked:
        place = f"command.{user}.{body['trigger_id']}"
        self._remember(place, body)
        return CommandInvoked(**self._base(place, user, room, place), command=name, text=words)

    def is_fresh(self, place: str) -> bool:
        """Whether a command was given just now."""
        return time.monotonic() - self.given.get(place, -FRESH) < FRESH

    def _remember(self, event_id: str, body: Json) -> None:
        if isinstance(body.get("trigger_id"), str):
            self.triggers[event_id] = body["trigger_id"]
            self.given[event_id] = time.monotonic()
        while len(self.triggers) > MOST_TRIGGERS:
            oldest = next(iter(self.triggers))
            del self.triggers[oldest], self.given[oldest]

    def _is_ours(self, body: Json) -> bool:
        """Whether it happened in our workspace; people of other ones are told apart by their profile."""
        told = body.get("team")
        team = told.get("id") if isinstance(told, dict) else body.get("team_id")
        return team in (None, self.me.team)

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


def view(form: Form, room: str) -> Json:
    """A form as Slack shows it; what it is about goes with it."""
    fields = [
        {
            "type": "input",
            "block_id": name,
            "label": {"type": "plain_text", "text": label},
            "element": {"type": "plain_text_input", "action_id": name, "multiline": True},
            "optional": True,
        }
        for name, label in form.fields.items()
    ]
    return {
        "type": "modal",
        "callback_id": form.name[:LONGEST_CALLBACK],
        "private_metadata": room,
        "title": {"type": "plain_text", "text": form.title[:LONGEST_TITLE]},
        "submit": {"type": "plain_text", "text": form.title[:LONGEST_TITLE]},
        "blocks": fields,
    }


def _value(told: Json) -> str:
    chosen = told.get("selected_option")
    found = told.get("value") if not isinstance(chosen, dict) else chosen.get("value")
    return str(found or "")
