"""What Slack knows, refuses and tells and local-slack does not; made after Slack's documentation.

Error codes, scopes and fields are those of the methods' pages at docs.slack.dev as summed up in the fact sheet.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.real.slack_server import APP, BOT, TEAM, Server, World

Told = dict[str, Any]
SHOWN_REACTORS = 3  # names that a message lists for a reaction; all of them only with reactions.get full=true
LONGEST_TEXT = 40_000
NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.open": "im:write",
    "conversations.info": "channels:read",
    "conversations.members": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "reactions.get": "reactions:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "files.info": "files:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "team.info": "team:read",
}
SCOPES = {*NEEDED.values(), "app_mentions:read", "commands", "im:history", "im:read", "groups:read", "groups:history"}
# Of a room's kind depends which scope reads it.
BY_KIND = {"D": "im", "G": "groups"}
ROOM_METHODS = {
    "chat.postMessage",
    "chat.update",
    "chat.delete",
    "chat.postEphemeral",
    "reactions.add",
    "reactions.remove",
    "conversations.history",
    "conversations.replies",
    "conversations.info",
}


def no(code: str, **more: Any) -> Told:
    """An error as Slack tells it."""
    return {"ok": False, "error": code, **more}


class Strict:
    """Slack's strictness in front of one server."""

    def __init__(self, world: World, server: Server) -> None:
        self._world, self._server = world, server
        self._metadata: dict[tuple[str, str], Any] = {}
        self._instead: dict[str, Callable[[Told], Awaitable[Told]]] = {"reactions.get": self._reactions}

    def becomes(self, person: str, **fields: Any) -> None:
        """Slack knows other things of somebody from now on."""
        people = {**self._world.people, person: _merged(dict(self._world.people[person]), fields)}
        self._world = replace(self._world, people=people)

    async def refuses(self, method: str, told: Told, token: str, scopes: set[str]) -> Told | None:
        """Slack's refusal of a call, or None."""
        secrets = self._world.secrets
        wanted = secrets.app if method == "apps.connections.open" else secrets.bot
        if token != wanted:
            known = token in (secrets.app, secrets.bot)
            return no("not_allowed_token_type" if known else "invalid_auth" if token else "not_authed")
        needed = NEEDED.get(method, "")
        if needed.startswith("channels:") and (kind := BY_KIND.get(str(told.get("channel", ""))[:1])):
            needed = needed.replace("channels", kind)
        if needed and needed not in scopes:
            return no("missing_scope", needed=needed, provided=",".join(sorted(scopes)))
        return await self._room_refuses(method, told) or await self._message_refuses(method, told)

    async def instead(self, method: str, told: Told) -> Told | None:
        """The answer to a method that the server lacks."""
        make = self._instead.get(method)
        return await make(told) if make else None

    async def after(self, method: str, told: Told, answer: Told) -> Told:
        """The server's answer as Slack would give it."""
        if not answer["ok"]:
            return answer
        if method in ("chat.postMessage", "chat.update") and told.get("metadata"):
            self._metadata[answer["channel"], answer["ts"]] = told["metadata"]
        if method in ("conversations.history", "conversations.replies"):
            return self._page(told, answer)
        return answer

    def complete(self, told: Any, files: Mapping[str, Told]) -> Any:
        """The same with the fields that Slack tells of people, rooms, files and messages."""
        if isinstance(told, list):
            return [self.complete(one, files) for one in told]
        if not isinstance(told, dict):
            return told
        found = {key: self.complete(value, files) for key, value in told.items()}
        if "profile" in found:
            found = _merged(found, self._world.people.get(str(found.get("id")), {}))
        elif "num_members" in found:
            found |= {k: v for k, v in self._world.rooms.get(str(found.get("id")), {}).items() if k != "members"}
        elif "url_private" in found:
            found |= files.get(str(found.get("name")), {})
        elif found.get("type") == "message" and "event_ts" in found:
            kind = {"D": "im", "G": "group"}.get(str(found.get("channel"))[:1], "channel")
            found |= {"channel_type": kind}
        elif found.get("type") == "block_actions":
            return _interaction(found)
        return found

    def own_event(self, method: str, told: Mapping[str, Any], answer: Mapping[str, Any]) -> Told:
        """The event that tells what the bot itself did."""
        room = str(answer.get("channel") or told.get("channel"))
        at = str(answer.get("ts") or told.get("ts") or told.get("timestamp"))
        if method.startswith("reactions."):
            kind = "reaction_added" if method == "reactions.add" else "reaction_removed"
            item = {"type": "message", "channel": room, "ts": at}
            return {"type": kind, "user": BOT, "reaction": told["name"], "item": item, "item_user": BOT}
        message = {
            "type": "message",
            "user": BOT,
            "bot_id": "B" + BOT[1:],
            "app_id": APP,
            "team": TEAM,
            "text": told.get("text", ""),
            "ts": at,
            **{key: told[key] for key in ("blocks", "thread_ts", "metadata") if told.get(key)},
        }
        changed = {"type": "message", "channel": room, "ts": f"{time.time():.6f}", "previous_message": message}
        if method == "chat.update":
            return changed | {"subtype": "message_changed", "message": message}
        if method == "chat.delete":
            return changed | {"subtype": "message_deleted", "deleted_ts": at}
        return message | {"channel": room}

    async def _room_refuses(self, method: str, told: Told) -> Told | None:
        room, user = str(told.get("channel", "")), str(told.get("user") or told.get("users") or "")
        state = await self._server.control("state")
        if method == "conversations.open" and user not in {one["id"] for one in state["users"]}:
            return no("user_not_found")
        if method not in ROOM_METHODS or room.startswith("U"):
            return None
        found = next((one for one in state["channels"] if one["id"] == room), None)
        if found is None:
            return no("channel_not_found")
        if BOT not in found["members"]:
            return no("channel_not_found" if found["is_private"] else "not_in_channel")
        if method == "chat.postEphemeral" and user not in found["members"]:
            return no("user_not_in_channel")
        return None

    async def _message_refuses(self, method: str, told: Told) -> Told | None:
        if method in ("chat.postMessage", "chat.postEphemeral", "chat.update"):
            if not told.get("text") and not told.get("blocks"):
                return no("no_text")
            if len(told.get("text") or "") > LONGEST_TEXT:
                return no("msg_too_long")
        if method in ("chat.update", "chat.delete"):
            found = await self._message(told, "ts")
            if found is None:
                return no("message_not_found")
            if found.get("user") != BOT:
                return no("cant_update_message" if method == "chat.update" else "cant_delete_message")
        if method in ("reactions.add", "reactions.remove"):
            found = await self._message(told, "timestamp")
            if found is None:
                return no("message_not_found")
            there = any(one["name"] == told["name"] and BOT in one["users"] for one in found.get("reactions", []))
            if there is (method == "reactions.add"):
                return no("already_reacted" if there else "no_reaction")
        return None

    async def _message(self, told: Told, key: str) -> Told | None:
        """The message a call is about; what is for one person's eyes cannot be found again."""
        messages = await self._server.messages(str(told.get("channel", "")))
        found = (one for one in messages if one["ts"] == told.get(key) and one.get("subtype") != "ephemeral")
        return next(found, None)

    async def _reactions(self, told: Told) -> Told:
        message = await self._message(told, "timestamp")
        if message is None:
            return no("message_not_found")
        full = str(told.get("full", "")).lower() in ("true", "1")
        shown = message if full else _shortened(message)
        return {"ok": True, "type": "message", "channel": told["channel"], "message": shown}

    def _page(self, told: Told, answer: Told) -> Told:
        """History as asked for: between times, so many, without what is for one person's eyes."""
        oldest, latest = float(told.get("oldest") or 0), float(told.get("latest") or "inf")
        inclusive = str(told.get("inclusive", "")).lower() in ("true", "1")
        kept = [
            one
            for one in answer["messages"]
            if one.get("subtype") != "ephemeral"
            and (oldest < float(one["ts"]) < latest or (inclusive and float(one["ts"]) in (oldest, latest)))
        ]
        skipped, limit = int(told.get("cursor") or 0), int(told.get("limit") or 100)
        page = [_shortened(one) for one in kept[skipped : skipped + limit]]
        if str(told.get("include_all_metadata", "")).lower() in ("true", "1"):
            room = str(told["channel"])
            page = [one | _known(self._metadata.get((room, one["ts"]))) for one in page]
        more = len(kept) > skipped + limit
        cursor = {"next_cursor": str(skipped + limit) if more else ""}
        return answer | {"messages": page, "has_more": more, "response_metadata": cursor}


def _interaction(told: Told) -> Told:
    """What a person did with a message. Pressing `shortcut:NAME`, which is nowhere, stands for that shortcut."""
    shortcut = str(told["actions"][0]["action_id"]).partition("shortcut:")[2]
    if shortcut:
        kept = {key: value for key, value in told.items() if key not in ("actions", "container", "state")}
        return kept | {"type": "message_action", "callback_id": shortcut, "message_ts": told["message"]["ts"]}
    if (told.get("message") or {}).get("subtype") == "ephemeral":
        container = told["container"] | {"is_ephemeral": True}
        return {key: value for key, value in told.items() if key != "message"} | {"container": container}
    return told


def _known(metadata: Any) -> Told:
    return {"metadata": metadata} if metadata else {}


def _shortened(message: Told) -> Told:
    """Of many who reacted a message names some, and counts all."""
    reactions = [one | {"users": one["users"][:SHOWN_REACTORS]} for one in message.get("reactions", [])]
    return message | ({"reactions": reactions} if reactions else {})


def _merged(told: Told, more: Mapping[str, Any]) -> Told:
    profile = told["profile"] | more.get("profile", {})
    return told | dict(more) | {"profile": profile}
