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

OF_SOCKETS = frozenset({"commands"})
"""What the manifest asks for besides in Socket Mode: by signed requests no command is taken."""

OPTIONAL = frozenset("channels:history groups:history commands mpim:read mpim:history".split())
"""What the bot uses where it is granted."""


def asked_for(*, http: bool) -> frozenset[str]:
    """The scopes of the manifest."""
    return SCOPES if http else SCOPES | OF_SOCKETS


def scope_findings(granted: frozenset[str], *, http: bool) -> list[Finding]:
    """What was granted, compared with the manifest."""
    wanted = asked_for(http=http)
    missing = [Finding(f"scope {scope}", False, "scope_missing") for scope in sorted(wanted - granted)]
    too_much = [Finding(f"scope {scope}", False, "scope_too_much") for scope in sorted(granted - wanted - OPTIONAL)]
    return missing + too_much or [Finding("scopes", True, "scopes_good")]


async def examine(tokens: SlackTokens, address: str, options: SlackOptions, rooms: Mapping[str, str]) -> list[Finding]:
    """What is well and what is not; `rooms` are the ids of rooms by the names under which they are told."""
    api, sockets = (Api(token, address, options.request_timeout) for token in (tokens.bot, tokens.app))
    try:
        try:
            found = await _tokens(tokens, options, api, sockets)
        except AdapterError as error:
            return [Finding("tokens", False, _code(error))]
        for name, room in rooms.items():
            found.append(await room_finding(api, name, room))
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
    return found + scope_findings(granted, http=options.http)


async def room_finding(api: Api, name: str, room: str) -> Finding:
    """Whether the bot is in a room that is the council's own; `name` is what it is told as."""
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
