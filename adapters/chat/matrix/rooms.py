"""Rooms and people: what kind of room, who somebody is, rooms of two."""

import json
from typing import Any

from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.server import Json, Server, path
from adapters.chat.matrix.settings import PLATFORM, USER, MatrixSettings, server_of
from adapters.errors import AdapterError, OutcomeUnknown, Refused, Unavailable
from adapters.events import AccountRef, Profile, RoomInfo, RoomKind, RoomRef
from adapters.ports import AdapterState
from config import logs

log = logs.get("matrix")

LONGEST_ID = 255  # bytes of any id (specification, "size limits")
DIRECTS = "directs"  # room -> the person, for rooms of the bot and one person
NOT_THERE = {"forbidden", "not_found", "unknown", "invalid_param", "unrecognized", "guest_access_forbidden"}
# Anybody who asks gets in, or everybody of a space: not a closed circle.
OPEN_TO_MANY = {"public", "knock", "restricted", "knock_restricted"}


class Rooms:
    """What is known of rooms and of the people in them."""

    def __init__(self, settings: MatrixSettings, server: Server, client: SafeClient, state: AdapterState) -> None:
        self._settings = settings
        self._server = server
        self._client = client
        self._state = state
        self._directs: dict[str, str] | None = None
        self.complete = False  # whether every room we are in is known

    async def known(self, room: str) -> Any:
        """The room with its members. Raises `Refused("unknown_room")` when the bot is not in it."""
        if room not in self._client.rooms:
            self._client.learn(room, await self.state(room))
        return self._client.rooms[room]

    async def state(self, room: str) -> list[Json]:
        """The room's whole state as events. Raises `Refused("unknown_room")`."""
        try:
            told = await self._server.get(path("rooms", room, "state"))
        except Refused as error:
            raise Refused("unknown_room") from error
        found = [one for one in told["list"] if isinstance(one, dict)]
        inside = any(
            one.get("type") == "m.room.member"
            and one.get("state_key") == self._settings.user_id
            and one.get("content", {}).get("membership") == "join"
            for one in found
        )
        if not inside:  # a room that was left can still be read
            raise Refused("unknown_room")
        return found

    async def info(self, ref: RoomRef) -> RoomInfo:
        """What kind of room that is. Raises `Refused("unknown_room")`."""
        known = await self.known(room_id(ref))
        world = known.history_visibility == "world_readable"
        kind = RoomKind.OPEN if known.join_rule in OPEN_TO_MANY or world else RoomKind.PRIVATE
        if await self.is_direct(ref.id):
            kind = RoomKind.DIRECT
        outsiders = any(not self._settings.is_ours(user) for user in known.users)
        return RoomInfo(ref, known.display_name or ref.id, kind, world or outsiders)

    async def is_direct(self, room: str) -> bool:
        """Whether only the bot and one person are in it, as direct messages."""
        known = self._client.rooms.get(room)
        if known is None or known.join_rule in OPEN_TO_MANY or len(known.users) > 2:
            return False
        return room in await self._told_directs() or (known.name is None and len(known.users) == 2)

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is. Raises `Refused("unknown_account")`."""
        user = account.id
        if account.platform != PLATFORM or not USER.fullmatch(user):
            raise Refused("unknown_account")
        external = not self._settings.is_ours(user)
        name = await self._name(user, external)
        shared = await self._is_with_us(user)
        return Profile(
            account,
            name or user[1:].partition(":")[0],
            # Synapse keeps names of digits alone for guests; no client may ask whether somebody is one.
            guest=user[1:].partition(":")[0].isdigit(),
            external=external,
            # An account that is deactivated leaves every room; of others nothing is known.
            active=external or shared,
            bot=user == self._settings.user_id or user in self._settings.bots,
        )

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of direct messages with that person, made if need be. Raises `AdapterError`."""
        if (await self.profile(account)).bot:
            raise Refused("unknown_account")
        for room, user in (await self._told_directs()).items():
            if user == account.id and await self._just_both_in(room, user):
                return RoomRef(PLATFORM, room)
        room = await self._make_direct(account.id)
        # A sync may have told of it half made: whoever is not known to be invited gets no key to the first words.
        self._client.learn(room, await self.state(room))
        await self.remember_direct(room, account.id)
        return RoomRef(PLATFORM, room)

    async def _name(self, user: str, external: bool) -> str | None:
        try:
            told = await self._server.get(path("profile", user))
        except (Refused, Unavailable) as error:
            if external:  # their server need not answer us
                return None
            if isinstance(error, Refused) and error.code in NOT_THERE:
                raise Refused("unknown_account") from error
            raise
        name = told.get("displayname")
        return name if isinstance(name, str) else None

    async def _is_with_us(self, user: str) -> bool:
        """Whether somebody is in a room with the bot; before the first sync rooms are asked for one by one."""
        if not self.complete and not self._seen(user):
            told = await self._server.get(path("joined_rooms"))
            for room in told.get("joined_rooms", []):
                await self.known(str(room))
                if self._seen(user):
                    return True
            self.complete = True
        return self._seen(user)

    def _seen(self, user: str) -> bool:
        members = [room.users[user] for room in self._client.rooms.values() if user in room.users]
        return any(not one.invited for one in members)

    async def _told_directs(self) -> dict[str, str]:
        if self._directs is None:
            self._directs = json.loads(await self._state.get(DIRECTS) or "{}")
        return self._directs

    async def remember_direct(self, room: str, user: str) -> None:
        """Keep a room as the one of direct messages with somebody."""
        directs = await self._told_directs()
        if directs.get(room) == user:
            return
        directs[room] = user
        await self._state.put(DIRECTS, json.dumps(directs))
        by_user: dict[str, list[str]] = {}
        for place, person in directs.items():
            by_user.setdefault(person, []).append(place)
        try:  # how other programs of the same account show the room
            await self._server.put(path("user", self._settings.user_id, "account_data", "m.direct"), by_user)
        except AdapterError as error:
            log.warning("direct_not_marked", room=room, error=type(error).__name__)

    async def _just_both_in(self, room: str, user: str) -> bool:
        """Whether those two are in it, and nobody who came in later: what is told one person is for no third."""
        try:
            known = await self.known(room)
        except Refused:
            return False
        return set(known.users) == {self._settings.user_id, user}

    async def _make_direct(self, user: str) -> str:
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        body: Json = {
            "preset": "trusted_private_chat",
            "is_direct": True,
            "invite": [user],
            "initial_state": [encryption] if self._settings.encryption else [],
        }
        try:
            told = await self._server.post(path("createRoom"), body, repeatable=False)
        except OutcomeUnknown as error:  # at worst an empty room is left over; nothing was said in it
            raise Unavailable("connection_lost") from error
        return str(told["room_id"])


def room_id(ref: RoomRef) -> str:
    """The id of a room of ours. Raises `Refused("unknown_room")`."""
    if ref.platform != PLATFORM or not ref.id.startswith("!"):
        raise Refused("unknown_room")
    return ref.id


async def enter(settings: MatrixSettings, server: Server, room: str, by: str) -> bool:
    """Go into a room that `by`, if one of ours, has named in the place of another; whether the bot is in it."""
    if not settings.is_ours(by):
        return False
    via = {"via": server_of(by), "server_name": server_of(by)}
    try:
        await server.ask("POST", path("join", room), {}, query=via)
    except Refused as error:  # an invitation may follow, and is followed then
        log.warning("replacement_closed", room=room, code=error.code)
        return False
    return True


def replacement_of(tombstone: Json) -> str | None:
    """The room that stands in the place of one that was upgraded (`m.room.tombstone`); None when none is named."""
    content = tombstone.get("content")
    named = content.get("replacement_room") if isinstance(content, dict) else None
    return named if isinstance(named, str) and named.startswith("!") and len(named) <= LONGEST_ID else None
