"""A look at an installation without changing anything: tokens, scopes, and the rooms that the settings name."""

from collections.abc import Mapping

from adapters.chat.slack.api import Api
from adapters.chat.slack.people import room_id
from adapters.chat.slack.settings import PLATFORM, SlackOptions, SlackTokens
from adapters.chat.slack.socket import socket_address
from adapters.chat.slack.starting import check_tokens, who_we_are
from adapters.errors import AdapterError, NotAuthenticated, Refused
from adapters.events import RoomRef
from adapters.ports import Finding

SCOPES = frozenset(
    "app_mentions:read channels:read chat:write files:read files:write groups:read im:history im:read im:write "
    "reactions:read reactions:write users:read users:read.email".split()
)
"""What the bot cannot do without; docs/how-to/slack.md says what each is for."""

OPTIONAL = frozenset("channels:history groups:history commands mpim:read mpim:history".split())
"""What the bot uses where it is granted."""


async def examine(tokens: SlackTokens, address: str, options: SlackOptions, rooms: Mapping[str, str]) -> list[Finding]:
    """What is well and what is not; `rooms` are the ids of rooms by the names under which they are told."""
    api, sockets = (Api(token, address, options.request_timeout) for token in (tokens.bot, tokens.app))
    try:
        try:
            found = await _tokens(tokens, options, api, sockets)
        except AdapterError as error:
            return [Finding("tokens", False, _code(error))]
        for name, room in rooms.items():
            found.append(await _room(api, name, room))
        return found
    finally:
        await api.close()
        await sockets.close()


async def _tokens(tokens: SlackTokens, options: SlackOptions, api: Api, sockets: Api) -> list[Finding]:
    check_tokens(tokens, http=options.http)
    me, granted = await who_we_are(api)
    if options.workspace not in ("", me.team):
        raise NotAuthenticated("other_workspace")
    found = [Finding("bot token", True, "bot_good")]
    if options.http:
        found.append(Finding("signing secret", True, "signed"))
    else:
        await socket_address(sockets)
        found.append(Finding("app token", True, "app_good"))
    missing = [Finding(f"scope {scope}", False, "scope_missing") for scope in sorted(SCOPES - granted)]
    too_much = [Finding(f"scope {scope}", False, "scope_too_much") for scope in sorted(granted - SCOPES - OPTIONAL)]
    return found + (missing + too_much or [Finding("scopes", True, "scopes_good")])


async def _room(api: Api, name: str, room: str) -> Finding:
    try:
        told = (await api.read("conversations.info", channel=room_id(RoomRef(PLATFORM, room))))["channel"]
    except (Refused, KeyError):
        return Finding(name, False, "not_in_room")
    except AdapterError as error:
        return Finding(name, False, _code(error))
    if told.get("is_member") is False:
        return Finding(name, False, "not_in_room")
    if told.get("is_ext_shared") is True or told.get("is_pending_ext_shared") is True:
        return Finding(name, False, "shared")
    return Finding(name, True, "room_good")


def _code(error: AdapterError) -> str:
    return str(error) if isinstance(error, NotAuthenticated) else "unreachable"
