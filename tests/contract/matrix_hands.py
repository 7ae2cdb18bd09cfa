"""Matrix's driver for the contract suite: people with matrix-nio, the bot with its own adapter, on a real Synapse."""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.chat.matrix import MatrixChat, MatrixSettings
from adapters.events import AccountRef, ReactionAdded, RoomRef
from tests.contract.chat_stage import Desk, Shown
from tests.real.matrix_people import Matrix
from tests.real.matrix_reading import MatrixSeen
from tests.real.synapse import CLIENT, Account, Homeserver

ELSEWHERE = "@eve:elsewhere.example"


def bot_settings(server: Homeserver, bot: Account, store: Path, **changes: Any) -> MatrixSettings:
    """Settings of the bot on that account, in a hurry as tests are."""
    told: dict[str, Any] = {
        "homeserver": server.url,
        "user_id": bot.id,
        "device_id": bot.device,
        "access_token": bot.token,
        "store": store,
        "store_key": "a key that only this test knows",
    }
    return MatrixSettings(**told | {"first_wait": 0.1, "longest_wait": 1.0, "late_key": 15.0} | changes)


class MatrixHands:
    """People at Matrix. All rooms are of one version, and encrypted or not."""

    def __init__(self, matrix: Matrix, desk: Desk, version: str, *, encrypted: bool) -> None:
        self._matrix = matrix
        self._server = matrix.homeserver
        self._desk = desk
        self._version, self._encrypted = version, encrypted
        self.people: dict[str, AccountRef] = {}
        self.rooms: dict[str, RoomRef] = {}

    async def start(self) -> None:
        """Make the accounts and rooms, and the adapter."""
        server = self._server
        self._bot, robot, gone = (server.new_user(name) for name in ("switchboard", "robot", "ian"))
        guest = server.call(None, "POST", f"{CLIENT}/register?kind=guest", {})
        accounts = {
            "ann": server.new_user("ann"),
            "bob": server.new_user("bob"),
            "guest": Account(guest["user_id"], guest["access_token"], guest["device_id"], ""),
        }
        ids = {name: account.id for name, account in accounts.items()}
        ids |= {"external": ELSEWHERE, "inactive": gone.id, "robot": robot.id}
        self.people = {name: AccountRef("matrix", id_) for name, id_ in ids.items()}
        self.handle = "@" + self._bot.id[1:].partition(":")[0]
        for name, account in accounts.items():
            await self._matrix.nio(name, account)
        self._make_rooms(accounts, [self._bot, robot])
        self._deactivate(gone)
        bots = frozenset({robot.id})
        self._settings = bot_settings(
            server, self._bot, self._matrix.folder / "bot", bots=bots, encryption=self._encrypted
        )
        self._make()
        await self.adapter.preflight()

    async def restart(self) -> None:
        """Close the adapter and make a new one, with the same keys."""
        await self.adapter.close()
        self._make()

    async def says(self, who: str, room: RoomRef, text: str, thread: str | None = None) -> str:
        """Somebody writes."""
        return await self._matrix.person(who).says(room.id, text, thread=thread)

    async def edits(self, who: str, room: RoomRef, message: str, text: str) -> None:
        """Somebody changes their message."""
        await self._matrix.person(who).edits(message, text)

    async def deletes(self, who: str, room: RoomRef, message: str) -> None:
        """Somebody deletes their message."""
        await self._matrix.person(who).deletes(message)

    async def reacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody reacts."""
        await self._matrix.person(who).reacts(message, emoji)

    async def unreacts(self, who: str, room: RoomRef, message: str, emoji: str) -> None:
        """Somebody takes their reaction back, once the bot has seen it: of what is gone the server tells no more."""
        account = self.people[who]

        def is_it(event: ReactionAdded) -> bool:
            return (event.sender, event.ref.message, event.emoji) == (account, message, emoji)

        await self._desk.hears(ReactionAdded, is_it)
        await self._matrix.person(who).unreacts(message, emoji)

    async def shares(self, who: str, room: RoomRef, name: str, data: bytes, text: str, alt: str) -> str:
        """Somebody shares a file."""
        return await self._matrix.person(who).drops(room.id, name, data, text=text, alt=alt)

    async def presses(self, who: str, room: RoomRef, message: str, label: str) -> None:
        """Nobody presses buttons here."""
        raise AssertionError("there are no buttons")

    async def sees(self, who: str, room: RoomRef) -> Sequence[Shown]:
        """What somebody sees in a room, of the messages that show as such."""
        return [_shown(one) for one in await self._matrix.person(who).reads(room.id)]

    def _make(self) -> None:
        self.adapter = MatrixChat(self._settings, self._desk, self._desk)

    def _make_rooms(self, accounts: dict[str, Account], bots: list[Account]) -> None:
        ann, bob, guest = (accounts[name] for name in ("ann", "bob", "guest"))
        made = {
            name: self._server.new_room(
                ann,
                name=name,
                public=name == "open",
                version=self._version,
                encrypted=self._encrypted,
                members=[bob, *bots],
            )
            for name in ("open", "private", "shared")
        }
        self._server.state(ann, made["open"], "m.room.guest_access", content={"guest_access": "can_join"})
        self._server.join(guest, made["open"])
        world = {"history_visibility": "world_readable"}
        self._server.state(ann, made["shared"], "m.room.history_visibility", content=world)
        self.rooms = {name: RoomRef("matrix", id_) for name, id_ in made.items()}

    def _deactivate(self, who: Account) -> None:
        identifier = {"type": "m.id.user", "user": who.id}
        proof = {"type": "m.login.password", "identifier": identifier, "password": who.password}
        self._server.call(who, "POST", f"{CLIENT}/account/deactivate", {"auth": proof})


def _shown(seen: MatrixSeen) -> Shown:
    """As a client draws it: the formatted body where there is one; words in other tags than ours are formatting."""
    text, quote = seen.text, None
    left = ""
    if seen.html is not None:
        found = re.fullmatch(r"(.*?)(?:<blockquote>(.*)</blockquote>)?", seen.html, re.DOTALL)
        assert found
        left = re.sub(r"<br>", "", "".join(part or "" for part in found.groups()))
        text, quote = _drawn(found[1]), None if found[2] is None else _drawn(found[2])
        assert "\n\n".join(part for part in (text, quote) if part) == seen.text, "the plain body says something else"
    formatted = bool(re.search(r"<[^>]*>", left))
    called = bool(seen.mentions) or (seen.sender.startswith("switchboard") and "m.mentions" not in seen.content)
    files = tuple(str(file["name"]) for file in seen.files)
    return Shown(seen.id, seen.sender, text, quote, seen.thread, (), files, formatted, called)


def _drawn(part: str) -> str:
    words = html.unescape(re.sub(r"<[^>]*>", "", part.replace("<br>", "\n")))
    return words.replace("\u00a0", " ").replace("\u2003", "\t")
