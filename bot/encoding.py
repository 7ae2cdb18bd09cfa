"""Events and content as JSON, for the inbox and the outbox; exact both ways."""

import dataclasses
import json
from datetime import datetime
from typing import Any

from adapters import events
from adapters.events import AccountRef, AnyEvent, Attachment, Button, Content, MessageRef, Part, Picture, Post

EVENTS: dict[str, type[AnyEvent]] = {
    kind.__name__: kind
    for kind in (
        events.MessageReceived,
        events.MessageEdited,
        events.MessageDeleted,
        events.CommandInvoked,
        events.ReactionAdded,
        events.ReactionRemoved,
        events.ButtonPressed,
        events.FormSubmitted,
        events.FormChanged,
        events.PageOpened,
        events.RoomJoined,
        events.FileShared,
        events.MessageUnreadable,
        events.RoomReplaced,
        events.Connected,
        events.Disconnected,
    )
}


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored")


def dump(value: Any) -> str:
    """A dataclass of `adapters.events` as compact JSON, in ASCII: people's half surrogate pairs are no UTF-8."""
    return json.dumps(dataclasses.asdict(value), default=_plain, separators=(",", ":"))


def kind_of(event: AnyEvent) -> str:
    """The name under which an event is stored."""
    return type(event).__name__


def load_event(kind: str, body: str) -> AnyEvent:
    """The event back from its JSON. Raises KeyError or TypeError when it is none of ours."""
    fields: dict[str, Any] = json.loads(body)
    fields["at"] = datetime.fromisoformat(fields["at"])
    if "sender" in fields:
        fields["sender"] = AccountRef(**fields["sender"])
        fields["ref"] = MessageRef(**fields["ref"])
    if "files" in fields:
        fields["files"] = tuple(Attachment(**file) for file in fields["files"])
    if fields.get("writer"):
        fields["writer"] = AccountRef(**fields["writer"])
    if "file" in fields:
        fields["file"] = Attachment(**fields["file"])
    return EVENTS[kind](**fields)


def load_content(body: str) -> Content:
    """Content back from its JSON."""
    fields: dict[str, Any] = json.loads(body)
    fields["buttons"] = tuple(Button(**button) for button in fields["buttons"])
    fields["pictures"] = tuple(Picture(**picture) for picture in fields["pictures"])
    return Content(**fields)


def load_post(body: str) -> Post:
    """A post back from its JSON."""
    fields: dict[str, Any] = json.loads(body)
    fields["parts"] = tuple(
        Part(part["text"], tuple(Picture(**picture) for picture in part["pictures"])) for part in fields["parts"]
    )
    return Post(**fields)
