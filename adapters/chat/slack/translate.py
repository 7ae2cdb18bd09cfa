"""From what Slack tells to the product's events. What is malformed is skipped, with a log line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.chat.slack.api import Json
from adapters.chat.slack.emoji import character
from adapters.chat.slack.files import attachment
from adapters.chat.slack.looking import TOMBSTONE
from adapters.chat.slack.markup import Names
from adapters.chat.slack.memory import Memory
from adapters.chat.slack.people import Me, People
from adapters.chat.slack.posting import deletion
from adapters.chat.slack.settings import PLATFORM
from adapters.events import (
    AccountRef,
    Attachment,
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    PageOpened,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
    RoomJoined,
)
from config import logs

log = logs.get("slack")

BY_PEOPLE = {None, "file_share", "thread_broadcast", "me_message"}
"""Subtypes of messages that people write; all others are notices of Slack's or words of programs."""

CHANGED = {"user_change", "user_status_changed", "team_join", "user_profile_changed"}
ROOM_CHANGED = {
    "channel_shared",
    "channel_unshared",
    "channel_rename",
    "channel_archive",
    "channel_unarchive",
    "channel_convert_to_private",
}

STAMP = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")


class Malformed(ValueError):
    """Something is not as Slack documents it."""


@dataclass(slots=True)
class Translator:
    """Knows what Slack's events mean."""

    me: Me
    names: Names
    people: People
    memory: Memory
    clock: Callable[[], datetime]

    async def told(self, body: Json) -> list[RoomEvent]:
        """What the product is told of an event, if anything."""
        event = body.get("event")
        if not isinstance(event, dict) or not self._is_ours(body):
            return []
        kind = event.get("type")
        try:
            if kind in {"message", "app_mention"}:
                return await self._message(event)
            if kind in {"reaction_added", "reaction_removed"}:
                return self._reaction(str(body.get("event_id") or ""), event)
            if kind == "app_home_opened":
                return self._home(event)
            if kind == "member_joined_channel":
                return self._joined(event)
            self._changed(kind, event)
        except (ValueError, TypeError, KeyError, AttributeError) as error:  # and forms nobody thought of
            log.warning("event_malformed", kind=str(kind), error=type(error).__name__)
        return []

    def said(self, event: Json) -> list[RoomEvent]:
        """A message somebody wrote."""
        if event.get("bot_id") or event.get("subtype") not in BY_PEOPLE or event.get("user") in (None, self.me.user):
            return []
        room, stamp = _words(event, "channel"), _stamp(event)
        base = self._base(f"message-{room}-{stamp}", _words(event, "user"), room, stamp, event.get("thread_ts"))
        direct = event.get("channel_type") == "im" or room.startswith("D")
        mentioned, text = self.names.heard(str(event.get("text") or ""))
        files = files_of(event)
        if files and not text.strip():
            return [
                FileShared(**base | {"event_id": f"{base['event_id']}-{file.id}"}, file=file, direct=direct)
                for file in files
            ]
        proven = not event.get("app_id") and event.get("subtype") != "me_message"
        addressed = mentioned or direct
        return [MessageReceived(**base, text=text, addressed=addressed, direct=direct, files=files, proven=proven)]

    def edited(self, event: Json, message: Json) -> list[RoomEvent]:
        """A message that its author changed; `event` says where and when."""
        if message.get("bot_id") or message.get("subtype") not in BY_PEOPLE or message.get("user") == self.me.user:
            return []
        room, stamp = _words(event, "channel"), _stamp(message)
        when = str((message.get("edited") or {}).get("ts") or event.get("event_ts") or event.get("ts"))
        user = _words(message, "user")
        base = self._base(f"edit-{room}-{stamp}-{when}", user, room, stamp, message.get("thread_ts"), when)
        direct = event.get("channel_type") == "im" or room.startswith("D")
        mentioned, text = self.names.heard(str(message.get("text") or ""))
        return [MessageEdited(**base, text=text, addressed=mentioned or direct, direct=direct)]

    async def _message(self, event: Json) -> list[RoomEvent]:
        subtype = event.get("subtype")
        if subtype == "message_changed":
            message, before = event.get("message") or {}, event.get("previous_message") or {}
            if message.get("subtype") == TOMBSTONE:
                return await self._deleted(event, before or message)
            # Answers and previews of links change a message as well, but none of its words.
            same = all(message.get(part) == before.get(part) for part in ("text", "edited", "files"))
            return [] if before and same else self.edited(event, message)
        if subtype == "message_deleted":
            return await self._deleted(event, event.get("previous_message") or {})
        return self.said(event)

    async def _deleted(self, event: Json, message: Json) -> list[RoomEvent]:
        room = _words(event, "channel")
        stamp = event.get("deleted_ts") or message.get("ts")
        if not isinstance(stamp, str) or message.get("subtype") == "ephemeral":
            raise Malformed("deletion")
        if await self.memory.find(deletion(room, stamp)):
            return []
        # Slack does not tell who did it: the author, or whoever may remove the words of others.
        user = str(message.get("user") or message.get("bot_id") or "unknown")
        when = str(event.get("event_ts") or event.get("ts"))
        return [MessageDeleted(**self._base(f"deleted-{room}-{stamp}", user, room, stamp, None, when))]

    def _reaction(self, event_id: str, event: Json) -> list[RoomEvent]:
        item, user = event.get("item") or {}, _words(event, "user")
        if item.get("type") != "message" or user == self.me.user:
            return []
        room, stamp, when = _words(item, "channel"), _stamp(item), str(event.get("event_ts"))
        emoji = _words(event, "reaction")
        kind = ReactionAdded if event["type"] == "reaction_added" else ReactionRemoved
        known = event_id or f"{event['type']}-{room}-{stamp}-{user}-{emoji}-{when}"
        return [kind(**self._base(known, user, room, stamp, None, when), emoji=character(emoji))]

    def _home(self, event: Json) -> list[RoomEvent]:
        """Somebody's Home tab; its other tab is their direct messages."""
        if event.get("tab") != "home":
            return []
        user, when = _words(event, "user"), str(event.get("event_ts"))
        place = f"command.{user}.{when}"  # it stands in no room (adapters/chat/slack/interactive.py)
        return [PageOpened(**self._base(f"home-{user}-{when}", user, user, place, None, when))]

    def _joined(self, event: Json) -> list[RoomEvent]:
        """The bot is in a room now; others coming and going are no concern of ours."""
        if event.get("user") != self.me.user:
            return []
        room, when = _words(event, "channel"), str(event.get("event_ts"))
        self.people.forget(room)
        by = str(event.get("inviter") or self.me.user)
        return [RoomJoined(**self._base(f"joined-{room}-{when}", by, room, "", None, when))]

    def _changed(self, kind: object, event: Json) -> None:
        user = event.get("user")
        if kind in CHANGED:
            self.people.forget(str(user.get("id")) if isinstance(user, dict) else str(user))
        elif kind in ROOM_CHANGED:
            room = event.get("channel")
            self.people.forget(str(room.get("id")) if isinstance(room, dict) else str(room))

    def _is_ours(self, body: Json) -> bool:
        """Whether it is told to our workspace. The team named at the top may be that of whoever shares a channel."""
        told = body.get("authorizations")
        first = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
        team = first.get("team_id") or body.get("team_id")
        if team in (None, self.me.team) or (first.get("is_enterprise_install") and self.me.enterprise):
            return True
        log.warning("other_workspace", kind=str(body.get("type")))
        return False

    def _base(
        self, event_id: str, user: str, room: str, stamp: str, thread: object, when: str | None = None
    ) -> dict[str, Any]:
        root = thread if isinstance(thread, str) and thread != stamp else None
        return {
            "event_id": event_id,
            "at": moment(when or stamp, self.clock),
            "sender": AccountRef(PLATFORM, user),
            "ref": MessageRef(PLATFORM, room, stamp, root),
        }


def moment(stamp: object, clock: Callable[[], datetime]) -> datetime:
    """The time of a message's id or an event: seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(str(stamp)), UTC)
    except (ValueError, OverflowError, OSError):
        return clock()


def files_of(message: Json) -> tuple[Attachment, ...]:
    """The files of a message."""
    told = message.get("files")
    found = [attachment(one) for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return tuple(one for one in found if one is not None)


def _words(told: Json, name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found:
        raise Malformed(name)
    return found


def _stamp(told: Json) -> str:
    """The id of a message, which is also its time."""
    found = _words(told, "ts")
    if not STAMP.fullmatch(found):
        raise Malformed("ts")
    return found
