"""Setting the bot up on Matrix: logs in on a device of its own, makes its keys and identity, goes into its room."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.chat.matrix.client import STORE_FILE, let_go, opened_client
from adapters.chat.matrix.crosssigning import put_aside
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.server import Json, Server, path
from adapters.chat.matrix.settings import MatrixSettings
from adapters.chat.matrix.starting import keys_in_order
from adapters.errors import AdapterError, NotAuthenticated, RateLimited, Refused

TIMEOUT = 30.0  # seconds for a request; a log-in is slow on purpose on many homeservers
NAME = "Switchboard"
LOST = {"unreachable", "timeout", "connection_lost"}
DENIED = {"forbidden": "wrong_password", "user_deactivated": "user_deactivated", "user_locked": "user_locked"}


class NotSetUp(AdapterError):
    """The bot was not set up, and nothing of it is left; the text is a code."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """The device that was made. `room`: the id of the room, None when there is no such room; `joined`: the bot is in.

    `untrusted`: why others may not trust the device; empty when they can.
    """

    user: str
    device: str
    token: str = field(repr=False)
    room: str | None
    joined: bool
    untrusted: str


async def set_up(
    homeserver: str, user: str, password: str, room: str, *, store: Path, store_key: str, encryption: bool
) -> SetUp:
    """Log in and put everything in place. Raises `NotSetUp`; the device is logged out again then.

    Codes: `unreachable`, `no_homeserver`, `wrong_password`, `user_deactivated`, `user_locked`, `no_password_login`,
    `rate_limited`, `server_fault`, and those of the start.
    """
    async with _asking(homeserver, "") as server:
        logged_in = await _log_in(server, user, password)
    settings = MatrixSettings(
        homeserver=homeserver,
        user_id=str(logged_in["user_id"]),
        device_id=str(logged_in["device_id"]),
        access_token=str(logged_in["access_token"]),
        store=store,
        store_key=store_key,
        encryption=encryption,
    )
    async with _asking(homeserver, settings.access_token) as server:
        try:
            with _instead_of_what_is_there(store / STORE_FILE):
                untrusted = await _keys(settings, server, password) if encryption else ""
                place, joined = await _enter(server, room)
        except AdapterError as error:
            with contextlib.suppress(AdapterError):
                await server.post(path("logout"), {})
            raise NotSetUp(_code(error)) from error
    return SetUp(settings.user_id, settings.device_id, settings.access_token, place, joined, untrusted)


def _code(error: AdapterError) -> str:
    if isinstance(error, NotAuthenticated):
        return str(error)
    if isinstance(error, RateLimited):
        return "rate_limited"
    return "unreachable" if str(error) in LOST else "server_fault"


@contextmanager
def _instead_of_what_is_there(file: Path) -> Iterator[None]:
    """Put another device's file aside, and back again when the new one does not come about."""
    aside = put_aside(file)
    try:
        was = file.exists()
        if was:
            file.rename(aside)
    except OSError as error:
        raise NotAuthenticated("unsafe_store") from error
    try:
        yield
    except BaseException:  # Ctrl-C too: whatever ends it, the device that worked before works again
        file.unlink(missing_ok=True)
        if was:
            aside.rename(file)
        raise


@asynccontextmanager
async def _asking(homeserver: str, token: str) -> AsyncIterator[Server]:
    server = Server(homeserver, token, TIMEOUT)
    try:
        yield server
    finally:
        await server.close()


async def _log_in(server: Server, user: str, password: str) -> Json:
    try:
        told = await server.get("/_matrix/client/versions")
    except RateLimited as error:
        raise NotSetUp("rate_limited") from error
    except AdapterError as error:
        raise NotSetUp("unreachable" if str(error) in LOST else "no_homeserver") from error
    if "versions" not in told:
        raise NotSetUp("no_homeserver")
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
        "initial_device_display_name": NAME,
    }
    try:
        return await server.post(path("login"), body)
    except (Refused, NotAuthenticated) as error:
        raise NotSetUp(DENIED.get(str(error), "no_password_login")) from error
    except AdapterError as error:
        raise NotSetUp(_code(error)) from error


async def _keys(settings: MatrixSettings, server: Server, password: str) -> str:
    """Make the store and the identity, and publish both."""
    client = opened_client(settings)
    try:
        return await keys_in_order(settings, server, client, KeyKeeper(client, server), password)
    finally:
        let_go(client)


async def _enter(server: Server, room: str) -> tuple[str | None, bool]:
    """The room's id if there is such a room, and whether the bot is in it now."""
    try:
        told = await server.post(path("join", room), {})
    except Refused:
        return (room if room.startswith("!") else await _named(server, room)), False
    return str(told["room_id"]), True


async def _named(server: Server, alias: str) -> str | None:
    try:
        return str((await server.get(path("directory", "room", alias)))["room_id"])
    except Refused:
        return None
