"""Who and where: accounts and rooms as Slack knows them, kept for a minute. Everything doubtful counts against."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from adapters.chat.slack.api import Api, Json
from adapters.chat.slack.settings import PLATFORM
from adapters.errors import Refused
from adapters.events import AccountRef, Profile, RoomInfo, RoomKind, RoomRef

FRESH = 60.0  # seconds for which an answer is believed
MOST_KEPT = 5000
SLACKBOT = "USLACKBOT"  # Slack says of it that it is no bot
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_ROOM = re.compile(r"[CDG][A-Z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account at its workspace, as `auth.test` tells it."""

    user: str
    name: str
    bot: str
    team: str
    enterprise: str = ""


@dataclass(slots=True)
class People:
    """Answers about accounts and rooms."""

    api: Api
    me: Me
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, Json]] = field(default_factory=dict)
    _directs: dict[str, str] = field(default_factory=dict)

    async def profile(self, account: AccountRef) -> Profile:
        """Who that is. Raises `Refused("unknown_account")`."""
        if account.platform != PLATFORM or not _USER.fullmatch(account.id):
            raise Refused("unknown_account")
        user = await self._fresh(f"user {account.id}", lambda: self._user(account.id))
        shown = user.get("profile")
        told: Json = shown if isinstance(shown, dict) else {}
        return Profile(
            account,
            _name(user, told) or account.id,
            guest=_marked(user, "is_restricted", "is_ultra_restricted"),
            external=_marked(user, "is_stranger") or not self._is_ours(user),
            active=user.get("deleted") is not True,
            bot=account.id in (SLACKBOT, self.me.user) or _marked(user, "is_bot", "is_workflow_bot"),
            verified_email=_email(user, told),
        )

    async def info(self, ref: RoomRef) -> RoomInfo:
        """What kind of room that is. Raises `Refused("unknown_room")`."""
        room = await self._fresh(f"room {room_id(ref)}", lambda: self._room(ref.id))
        shared = _marked(room, "is_ext_shared", "is_pending_ext_shared") or bool(room.get("pending_shared"))
        return RoomInfo(ref, str(room.get("name") or ref.id), _kind(room), shared)

    async def direct(self, account: AccountRef) -> RoomRef:
        """The room of direct messages with that person. Raises `Refused("unknown_account")`."""
        if account.id not in self._directs:
            if (await self.profile(account)).bot:
                raise Refused("unknown_account")
            # Opening what is open already changes nothing, so it may be repeated.
            told = await self.api.read("conversations.open", users=account.id)
            self._directs[account.id] = str(told["channel"]["id"])
        return RoomRef(PLATFORM, self._directs[account.id])

    def forget(self, id_: str) -> None:
        """Something about an account or a room has changed."""
        self._kept.pop(f"user {id_}", None)
        self._kept.pop(f"room {id_}", None)

    async def _user(self, user: str) -> Json:
        return dict((await self.api.read("users.info", user=user))["user"])

    async def _room(self, room: str) -> Json:
        return dict((await self.api.read("conversations.info", channel=room))["channel"])

    async def _fresh(self, name: str, ask: Callable[[], Awaitable[Json]]) -> Json:
        now = self.clock()
        until, told = self._kept.get(name, (0.0, {}))
        if now >= until:
            told = await ask()
            self._kept.pop(name, None)
            self._kept[name] = (now + FRESH, told)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return told

    def _is_ours(self, user: Json) -> bool:
        """Whether somebody belongs to our workspace; in an enterprise one belongs to several."""
        grid = user.get("enterprise_user")
        teams = grid.get("teams") if isinstance(grid, dict) else None
        return user.get("team_id") == self.me.team or (isinstance(teams, list) and self.me.team in teams)


def room_id(ref: RoomRef) -> str:
    """The id of a room of ours. Raises `Refused("unknown_room")`."""
    if ref.platform != PLATFORM or not _ROOM.fullmatch(ref.id):
        raise Refused("unknown_room")
    return ref.id


def _marked(told: Json, *names: str) -> bool:
    return any(told.get(name) is True for name in names)


def _name(user: Json, profile: Json) -> str:
    names: list[Any] = [profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name")]
    return next((str(name) for name in names if name), "")


def _email(user: Json, profile: Json) -> str | None:
    email = profile.get("email")
    return email if isinstance(email, str) and email and user.get("is_email_confirmed") is True else None


def _kind(room: Json) -> RoomKind:
    if _marked(room, "is_im"):
        return RoomKind.DIRECT
    return RoomKind.PRIVATE if _marked(room, "is_private", "is_group", "is_mpim") else RoomKind.OPEN
