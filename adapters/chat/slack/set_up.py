"""Coming into a workspace for the first time: whom the tokens belong to, and the room of communications."""

import re
from dataclasses import dataclass

from adapters.chat.slack.api import Api
from adapters.chat.slack.checkup import room_finding, scope_findings
from adapters.chat.slack.settings import SlackOptions, SlackTokens
from adapters.chat.slack.socket import socket_address
from adapters.chat.slack.starting import check_tokens, who_we_are
from adapters.errors import NotAuthenticated, Refused
from adapters.ports import Finding

ROOM_ID = re.compile(r"(?:^|/)([CG][A-Z0-9]{2,})(?:[/?]|$)")
"""The id of a room alone, or in an address as Slack's "Copy link" gives it; names of rooms are in small letters."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What Slack says: the bot's name, the workspace, the id of the room ("": not found), and what to look at."""

    name: str
    workspace: str
    room: str
    findings: list[Finding]


async def enter(tokens: SlackTokens, address: str, options: SlackOptions, room: str) -> Entered:
    """Ask Slack about the tokens and `room`, an id, link or name; "" for none.

    Raises `AdapterError`: `NotAuthenticated` for a token, as `SlackChat.preflight` does.
    """
    check_tokens(tokens, http=options.http)
    api, sockets = (Api(token, address, options.request_timeout) for token in (tokens.bot, tokens.app))
    try:
        me, granted = await who_we_are(api)
        if options.workspace not in ("", me.team):
            raise NotAuthenticated("other_workspace")
        if not options.http:
            await socket_address(sockets)
        found = scope_findings(granted, http=options.http)
        id_ = await _room_id(api, room) if room else ""
        found += [await room_finding(api, room, id_)] if id_ else [Finding(room, False, "no_room")] if room else []
        return Entered(me.name, me.team, id_, found)
    finally:
        await api.close()
        await sockets.close()


async def _room_id(api: Api, room: str) -> str:
    if told := ROOM_ID.search(room):
        return told[1]
    cursor = ""
    while True:
        try:
            page = await api.read(
                "users.conversations", types="public_channel,private_channel", limit=200, cursor=cursor or None
            )
        except Refused:  # the scope for it is missing, and is told as such
            return ""
        for one in page.get("channels", []):
            if one.get("name") == room.removeprefix("#"):
                return str(one["id"])
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return ""
