"""A look at an installation without changing anything: token, device, keys, identity, and what is possible in rooms."""

from collections.abc import Mapping

from adapters.chat.matrix import crosssigning, power
from adapters.chat.matrix.client import STORE_FILE, let_go, opened_client
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.rooms import replacement_of
from adapters.chat.matrix.server import Json, Server, path
from adapters.chat.matrix.settings import MatrixSettings
from adapters.chat.matrix.starting import is_us, known_keys
from adapters.errors import AdapterError, NotAuthenticated, Refused
from adapters.ports import Finding

NEEDED = {
    "m.room.message": "no_right_to_send",
    "m.reaction": "no_right_to_react",
    "m.room.redaction": "no_right_to_take_back",
}
"""What the bot does in rooms, and how it is told that it may not."""


async def examine(settings: MatrixSettings, rooms: Mapping[str, str]) -> list[Finding]:
    """What is well and what is not; `rooms` are the ids of rooms by the names under which they are told.

    A bot at work is not disturbed: its store is read, and nothing is made or uploaded.
    """
    server = Server(settings.homeserver, settings.access_token, settings.request_timeout)
    try:
        try:
            await is_us(settings, server)
        except AdapterError as error:
            return [Finding("token", False, _code(error))]
        found = [Finding("token", True, "token_good")]
        found += [await _keys(settings, server)] if settings.encryption else [Finding("keys", True, "no_encryption")]
        for name, room in rooms.items():
            found += await _room(settings, server, name, room)
        return found
    finally:
        await server.close()


def _code(error: AdapterError) -> str:
    return str(error) if isinstance(error, NotAuthenticated) else "unreachable"


async def _keys(settings: MatrixSettings, server: Server) -> Finding:
    try:
        code = await _key_fault(settings, server)
    except NotAuthenticated as error:
        code = str(error)
    except AdapterError:
        code = "unreachable"
    return Finding("keys", code in {"keys_good", "keys_to_come", "identity_not_here"}, code)


async def _key_fault(settings: MatrixSettings, server: Server) -> str:
    known = await known_keys(server, settings.user_id, settings.device_id)
    if not (settings.store / STORE_FILE).exists():
        return "keys_to_come" if known is None else "lost_store"
    client = opened_client(settings)
    try:
        ours = client.olm.account.identity_keys
        if known is None:
            return "keys_to_come"
        if known != {f"{kind}:{settings.device_id}": key for kind, key in ours.items()}:
            return "lost_store"
        keeper = KeyKeeper(client, server)
        await keeper.query(settings.user_id)
        told, mine = keeper.signing.get(settings.user_id, {}), crosssigning.open_keys(settings.store)
        master = crosssigning.identity(told, settings.user_id, settings.device_id)
        if master is None:
            return "not_cross_signed"
        return "keys_good" if mine and mine.public("master") == master else "identity_not_here"
    finally:
        let_go(client)


async def _room(settings: MatrixSettings, server: Server, name: str, room: str) -> list[Finding]:
    try:
        told = await server.get(path("rooms", room, "state"))
    except Refused:
        return [Finding(name, False, "not_in_room")]
    except AdapterError as error:
        return [Finding(name, False, _code(error))]
    state = [one for one in told["list"] if isinstance(one, dict)]
    replacement = _replacement(state)
    if replacement is not None:
        return [Finding(name, False, "upgraded", replacement)]
    if _membership(state, settings.user_id) != "join":
        return [Finding(name, False, "not_in_room")]
    encrypted = any(one.get("type") == "m.room.encryption" and one.get("state_key") == "" for one in state)
    if encrypted and not settings.encryption:
        return [Finding(name, False, "encryption_off")]
    lacks = [code for kind, code in NEEDED.items() if not power.may(state, settings.user_id, kind)]
    if encrypted and not power.may(state, settings.user_id, "m.room.encrypted"):
        lacks.append("no_right_to_send")
    return [Finding(name, False, code) for code in dict.fromkeys(lacks)] or [
        Finding(name, True, "room_encrypted" if encrypted else "room_plain")
    ]


def _replacement(state: list[Json]) -> str | None:
    told = [one for one in state if one.get("type") == "m.room.tombstone" and one.get("state_key") == ""]
    return replacement_of(told[0]) if told else None


def _membership(state: list[Json], user: str) -> object:
    mine = [one for one in state if one.get("type") == "m.room.member" and one.get("state_key") == user]
    content = mine[0].get("content") if mine else None
    return content.get("membership") if isinstance(content, dict) else None
