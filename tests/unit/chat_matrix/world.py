"""A homeserver that answers from a table, and what the parts of the adapter are made of in these tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.invitations import Invitations
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.looking import Looker
from adapters.chat.matrix.memory import Reactions
from adapters.chat.matrix.rooms import Rooms
from adapters.chat.matrix.server import CLIENT, Json, Server
from adapters.chat.matrix.settings import MatrixSettings
from adapters.chat.matrix.translate import Translator
from adapters.chat.matrix.trust import Trust
from adapters.errors import AdapterError, Refused
from tests.contract.chat_stage import Desk

ME, AMA, JO = "@switchboard:council.example", "@ama:council.example", "@jo:council.example"
ROOM = "!desk:council.example"
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


class TableServer(Server):
    """Answers requests from a table: the end of the path -> an answer, a list of them, or an error to raise."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        super().__init__("http://localhost", "", 1)
        self.answers = dict(answers or {})
        self.asked: list[tuple[str, str, Any]] = []

    async def ask(
        self,
        method: str,
        where: str,
        body: Json | bytes | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float | None = None,
        repeatable: bool = True,
    ) -> Json:
        """Look into the table."""
        self.asked.append((method, where.removeprefix(CLIENT), dict(query or {}) if method == "GET" else body))
        for end, answer in self.answers.items():
            if where.endswith(end):
                found = answer.pop(0) if isinstance(answer, list) else answer
                if isinstance(found, AdapterError):
                    raise found
                return dict(found)
        raise Refused("not_found")


@dataclass
class World:
    """The parts, put together without encryption."""

    settings: MatrixSettings
    server: TableServer = field(default_factory=TableServer)
    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.client = SafeClient(self.settings)
        self.keeper = KeyKeeper(self.client, self.server)
        self.rooms = Rooms(self.settings, self.server, self.client, self.desk)
        self.invitations = Invitations(self.settings, self.server, self.rooms, self.desk)
        self.reactions = Reactions(self.desk)
        self.trust = Trust(self.settings, self.client, self.keeper, self.desk)
        looker = Looker(self.server, self.client)
        self.translator = Translator(self.settings, looker, self.rooms, self.reactions, self.trust)


def settings(**changes: Any) -> MatrixSettings:
    """Settings that lead nowhere."""
    told: dict[str, Any] = {
        "homeserver": "http://localhost",
        "user_id": ME,
        "device_id": "DEVICE",
        "access_token": "token",
        "store": Path("nowhere"),
        "store_key": "key",
        "encryption": False,
        "clock": lambda: NOW,
    }
    return MatrixSettings(**told | changes)


def a_world(**changes: Any) -> World:
    """The parts, with a room of three."""
    world = World(settings(**changes))
    world.client.learn(ROOM, room_state([ME, AMA, JO]))
    return world


def room_state(members: list[str], name: str | None = "desk", **more: str) -> list[Json]:
    """The state of a room: its members, its name, and further events by their type's last part."""
    events = [_state("m.room.create", {"room_version": "11"}, sender=AMA)]
    events += [_state("m.room.member", {"membership": "join", "displayname": one}, key=one) for one in members]
    if name is not None:
        events.append(_state("m.room.name", {"name": name}))
    events.append(_state("m.room.join_rules", {"join_rule": more.get("join_rule", "invite")}))
    visibility = {"history_visibility": more.get("history_visibility", "shared")}
    events.append(_state("m.room.history_visibility", visibility))
    return events


def _state(kind: str, content: Json, *, key: str = "", sender: str = AMA) -> Json:
    return {
        "type": kind,
        "state_key": key,
        "sender": sender,
        "content": content,
        "event_id": f"${kind}{key}",
        "origin_server_ts": 1,
    }


def event(content: Any, *, kind: str = "m.room.message", number: int = 1, **more: Any) -> Json:
    """An event of Ama's in a room."""
    told: Json = {
        "type": kind,
        "sender": AMA,
        "event_id": f"$event{number}",
        "origin_server_ts": 1_772_616_600_000,
        "content": content,
    }
    return told | more


def text(body: str, **content: Any) -> Json:
    """The content of a message in words."""
    return {"msgtype": "m.text", "body": body} | content


def relates(kind: str, target: str, **more: Any) -> Json:
    """The relation of an event to another."""
    return {"m.relates_to": {"rel_type": kind, "event_id": target} | more}
