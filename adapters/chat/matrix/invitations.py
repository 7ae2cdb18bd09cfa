"""Invitations: the bot goes where one of ours invites it, and declines all else, a few at a time.

Many may come at once, and a homeserver lets nobody join many rooms at once. So they wait here, kept over a restart,
and messages never wait for them.
"""

import json
import time
from dataclasses import dataclass, field

from adapters.chat.matrix.backoff import Backoff
from adapters.chat.matrix.rooms import Rooms
from adapters.chat.matrix.server import Json, Server, path
from adapters.chat.matrix.settings import USER, MatrixSettings
from adapters.errors import Refused, Unavailable
from adapters.ports import AdapterState
from config import logs

log = logs.get("matrix")

KEPT = "invitations"  # room -> who invited the bot, and whether to direct messages
AT_ONCE = 10  # requests between two answers of the server
MOST = 500  # that wait; a stranger's beyond it is not even declined
PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds after a failure, unless the server names a time

Waiting = dict[str, tuple[str, bool]]


@dataclass(slots=True)
class Invitations:
    """Those that were not answered yet."""

    settings: MatrixSettings
    server: Server
    rooms: Rooms
    state: AdapterState
    waiting: Waiting | None = None
    kept: str = ""
    again: float = field(default=0.0)  # monotonic seconds before which nothing is tried
    pause: Backoff = field(default_factory=lambda: Backoff(PAUSE, LONGEST_PAUSE))

    async def follow(self, answer: Json) -> None:
        """Take in a sync answer's invitations, and answer as many as may be now. Raises `NotAuthenticated`."""
        waiting = await self._known()
        for room in [*answer.get("rooms", {}).get("leave", {}), *answer.get("rooms", {}).get("join", {})]:
            waiting.pop(room, None)
        for room, info in answer.get("rooms", {}).get("invite", {}).items():
            inviter, direct = _read(info, self.settings.user_id)
            if len(waiting) < MOST or self._is_ours(inviter):
                waiting[room] = (inviter, direct)
        await self._answer_some(waiting)
        text = json.dumps(waiting)
        if text != self.kept:
            await self.state.put(KEPT, text)
            self.kept = text

    async def _known(self) -> Waiting:
        if self.waiting is None:
            self.kept = await self.state.get(KEPT) or "{}"
            self.waiting = {room: (str(told[0]), bool(told[1])) for room, told in json.loads(self.kept).items()}
        return self.waiting

    async def _answer_some(self, waiting: Waiting) -> None:
        """Ours first: nobody gets in their way by inviting the bot to hundreds of rooms."""
        if time.monotonic() < self.again:
            return
        for room in sorted(waiting, key=lambda one: not self._is_ours(waiting[one][0]))[:AT_ONCE]:
            try:
                await self._answer(room, *waiting[room])
            except Unavailable as error:
                self.again = time.monotonic() + self.pause.next(error.retry_after)
                log.warning("invitation_waits", count=len(waiting), reason=str(error))
                waiting[room] = waiting.pop(room)  # behind the others: it may be its own server that is down
                return
            except Refused as error:  # taken back in the meantime, or a server that is gone
                log.warning("invitation_declined", room=room, code=error.code)
            del waiting[room]
            self.pause.reset()

    async def _answer(self, room: str, inviter: str, direct: bool) -> None:
        if not self._is_ours(inviter):
            await self.server.post(path("rooms", room, "leave"), {})
            log.warning("invitation_declined", room=room)
            return
        await self.server.post(path("join", room), {})
        if direct:
            await self.rooms.remember_direct(room, inviter)

    def _is_ours(self, inviter: str) -> bool:
        return bool(USER.fullmatch(inviter)) and self.settings.is_ours(inviter)


def _read(info: Json, me: str) -> tuple[str, bool]:
    """Who invites, empty when nobody can be told, and whether to direct messages."""
    events = [one for one in info.get("invite_state", {}).get("events", []) if isinstance(one, dict)]
    mine = next((one for one in events if _is_mine(one, me)), None)
    return (str(mine.get("sender")), mine["content"].get("is_direct") is True) if mine else ("", False)


def _is_mine(event: Json, me: str) -> bool:
    content = event.get("content")
    return (
        event.get("type") == "m.room.member"
        and event.get("state_key") == me
        and isinstance(content, dict)
        and content.get("membership") == "invite"
    )
