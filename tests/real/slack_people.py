"""`slack`, the fixture that brings pretend people to a Slack workspace of their own, and the bot's edge of it."""

import contextlib
import html
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.process import free_port
from tests.real.needs import need
from tests.real.slack_delivery import Envelope
from tests.real.slack_edge import HANDED_OVER, Edge
from tests.real.slack_reading import SlackSeen, button, seen
from tests.real.slack_second import faults
from tests.real.slack_server import BOT, PATIENCE, TEAM, Mode, Server, World, serving

STAFF = {"team_id": TEAM, "deleted": False, "is_bot": False, "is_restricted": False, "is_ultra_restricted": False}
STAFF |= {"is_app_user": False, "is_email_confirmed": True}
ELSEWHERE = "T09ELSEWHERE"


def somebody(name: str, real_name: str, **more: Any) -> dict[str, Any]:
    """A person as users.info tells them; `more` are fields that differ from those of a colleague."""
    profile = {"email": f"{name}@council.example", "real_name": real_name, "display_name": name}
    return {**STAFF, "name": name, "real_name": real_name, "profile": profile, **more}


PEOPLE: dict[str, dict[str, Any]] = {
    "U01ANN": somebody("ann", "Ann Abel"),
    "U02BOB": somebody("bob", "Bob Brook"),
    "U03GUEST": somebody("guest", "Gus Green", is_restricted=True),
    "U04SINGLE": somebody("single", "Sia Stone", is_restricted=True, is_ultra_restricted=True),
    "U05EVE": somebody("external", "Eve East", team_id=ELSEWHERE, is_stranger=False),
    "U06STRANGER": somebody("stranger", "Stu South", is_stranger=True),
    "U07IAN": somebody("inactive", "Ian Inch", deleted=True),
    "U08ROBOT": somebody("robot", "Robot", is_bot=True),
    "U09NEW": somebody("unconfirmed", "Uma Upton", is_email_confirmed=False),
    "U10COLIN": somebody("colin", "Colin Cole"),
}
IDS = {str(one["name"]): id_ for id_, one in PEOPLE.items()}
STAFF_IDS = ["U01ANN", "U02BOB", "U10COLIN"]
ROOMS: dict[str, dict[str, Any]] = {
    "C01OPEN": {"name": "open", "members": [*STAFF_IDS, "U03GUEST", "U08ROBOT"]},
    "G02PRIVATE": {"name": "private", "is_private": True, "members": STAFF_IDS},
    "C03SHARED": {"name": "shared", "members": [*STAFF_IDS, "U05EVE"], "is_shared": True, "is_ext_shared": True},
    "C04PENDING": {"name": "pending", "members": STAFF_IDS, "is_pending_ext_shared": True},
    "C05ELSEWHERE": {"name": "elsewhere", "members": STAFF_IDS, "without_the_bot": True},
}
WORLD = World(PEOPLE, ROOMS)


# Slack's names of the emoji that the tests type and react with.
EMOJI = {
    "✅": "white_check_mark",
    "✔️": "heavy_check_mark",
    "👍": "+1",
    "👍🏽": "+1::skin-tone-4",
    "👍🏿": "+1::skin-tone-6",
    "❌": "x",
    "✏️": "pencil2",
    "⏸️": "double_vertical_bar",
    "🚨": "rotating_light",
    "👩🏽‍💻": "female-technologist::skin-tone-4",
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿": "flag-wales",
    "🎈": "balloon",
    "👀": "eyes",
}


@dataclass
class SlackPerson:
    """Somebody in the workspace, doing what people do there. Rooms are given by id."""

    id: str
    workspace: "Workspace"

    async def says(self, room: str, text: str, *, thread: str | None = None) -> str:
        """Write; `text` is as typed, so `@switchboard` mentions the bot. The id (`ts`) of the message."""
        body = {"channel": room, "user": self.id, "text": typed(text)}
        told = await self.workspace.server.control("message", body | ({"thread_ts": thread} if thread else {}))
        return str(told["message"]["ts"])

    async def direct(self) -> str:
        """The room of one's direct messages with the bot."""
        rooms = (await self.workspace.server.control("state"))["channels"]
        found = [one["id"] for one in rooms if one["is_im"] and {self.id, BOT} == set(one["members"])]
        if found:
            return str(found[0])
        async with self.workspace.server.http.post(
            f"{self.workspace.server.url}/api/conversations.open", data={"users": self.id}
        ) as answer:
            return str((await answer.json())["channel"]["id"])

    async def edits(self, room: str, message: str, text: str) -> None:
        """Change one's own message."""
        await self._does("edit-message", room, ts=message, text=typed(text))

    async def deletes(self, room: str, message: str) -> None:
        """Delete one's own message."""
        await self._does("delete-message", room, ts=message)

    async def reacts(self, room: str, message: str, name: str) -> None:
        """React with an emoji as Slack names it, such as `+1::skin-tone-4`."""
        await self._does("reaction", room, ts=message, name=name, present=True)

    async def unreacts(self, room: str, message: str, name: str) -> None:
        """Take a reaction back."""
        await self._does("reaction", room, ts=message, name=name, present=False)

    async def presses(self, room: str, message: str, label: str) -> None:
        """Press a button of a message."""
        told = next(one for one in await self.workspace.server.messages(room) if one["ts"] == message)
        await self._does("interact", room, messageTs=message, action=button(told, label))

    async def commands(self, room: str, command: str, text: str = "") -> None:
        """Give a slash command."""
        await self._does("command", room, command=command, text=text)

    async def uses(self, shortcut: str, room: str, message: str) -> Envelope:
        """Use a message shortcut. The server has none: what a button gives is made into what a shortcut gives."""
        action = {"type": "button", "action_id": f"shortcut:{shortcut}"}
        await self._does("interact", room, messageTs=message, action=action)
        return next(one for one in reversed(self.workspace.edge.delivery.envelopes) if one.what == "message_action")

    async def opens_home(self) -> None:
        """Look at the bot's Home tab."""
        await self.workspace.server.control("open-home", {"user": self.id})

    async def home(self) -> dict[str, Any] | None:
        """What the Home tab shows."""
        async with self.workspace.server.page() as (_, state):
            view: dict[str, Any] | None = next(iter(state["homeViews"].get(self.id, {}).values()), None)
            return view

    async def form(self) -> dict[str, Any] | None:
        """The form that is open now; the server knows one at a time for everybody."""
        async with self.workspace.server.page() as (_, state):
            view: dict[str, Any] | None = next(reversed(state["modalStack"]), None)
            return view

    async def submits(self, values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Send the open form, block -> action -> value; the faults that it then shows (none: it closed)."""
        async with self.workspace.server.page() as (line, _):
            await line.send_json({"t": "view_submit", "user": self.id, "values": values})
            while True:
                told = await line.receive_json(timeout=PATIENCE)
                if told["t"] == "view_errors":
                    faults: dict[str, str] = told["errors"]
                    return faults
                if told["t"] == "view":
                    return {}

    async def shares(
        self, room: str, name: str, data: bytes, *, text: str = "", alt: str = "", thread: str | None = None
    ) -> str:
        """Share a file; the id of the message."""
        if alt:
            self.workspace.edge.files.setdefault(name, {})["alt_txt"] = alt
        form = aiohttp.FormData({"channel": room, "user": self.id, "text": typed(text)})
        if thread:
            form.add_field("thread_ts", thread)
        form.add_field("file", data, filename=name, content_type=_kind(name))
        server = self.workspace.server
        async with server.http.post(f"{server.url}/_control/upload", data=form) as answer:
            return str((await answer.json())["message"]["ts"])

    async def reads(self, room: str) -> Sequence[SlackSeen]:
        """What one sees in a room, oldest first."""
        state = await self.workspace.server.control("state")
        members: list[str] = next((one["members"] for one in state["channels"] if one["id"] == room), [])
        if self.id not in members:
            return []
        messages = await self.workspace.server.messages(room)
        return [seen(one) for one in messages if one.get("ephemeral_to") in (None, self.id)]

    async def _does(self, what: str, room: str, **more: Any) -> None:
        await self.workspace.server.control(what, {"channel": room, "user": self.id, **more})


@dataclass
class Workspace:
    """A workspace of a test's own: its server, the edge where the bot comes in, its people by short name."""

    world: World
    server: Server
    edge: Edge
    people: dict[str, SlackPerson]

    @property
    def base_url(self) -> str:
        """What the bot takes for `https://slack.com/api/`."""
        return f"{self.edge.url}/api/"

    def person(self, name: str) -> SlackPerson:
        """Somebody by their short name."""
        return self.people[name]

    async def posted(self, room: str) -> list[SlackSeen]:
        """What the bot has said in a room, also for one person's eyes only."""
        return [one for one in map(seen, await self.server.messages(room)) if one.sender == BOT]


def typed(text: str) -> str:
    """What Slack makes of typed words: escaped, with the bot's name, addresses and links marked, emoji by name."""
    escaped = html.escape(text, quote=False)
    for emoji, name in EMOJI.items():
        escaped = escaped.replace(emoji, f":{name}:")
    escaped = re.sub(r"https?://[^\s<>]*[^\s<>.,;!?]", lambda found: f"<{found[0]}>", escaped)
    mail = re.compile(r"(?<![\w.@/])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
    escaped = mail.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", escaped)
    return re.sub(r"(?<![\w.@:])@switchboard(?![\w@.-]*\w)", f"<@{BOT}>", escaped)


def _kind(name: str) -> str:
    kinds = {"csv": "text/csv", "png": "image/png", "txt": "text/plain"}
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")


@contextlib.asynccontextmanager
async def workspace(
    program: Path, folder: Path, mode: Mode = Mode.SOCKET, bot_url: str | None = None, world: World = WORLD
) -> AsyncIterator[Workspace]:
    """A fresh workspace; at the end nothing is left of it, and all that the bot sent was what Slack takes."""
    port = free_port()
    edge = Edge(f"http://127.0.0.1:{port}", world=world, mode=mode)
    await edge.start()
    try:
        async with serving(program, folder, port, world, mode, edge.url + HANDED_OVER) as server:
            await edge.connect(server, bot_url)
            made = Workspace(world, server, edge, {})
            made.people |= {name: SlackPerson(id_, made) for name, id_ in IDS.items() if id_ in world.people}
            yield made
            assert not edge.illegal + faults(edge)
    finally:
        await edge.stop()


def changed(person: str, **fields: Any) -> World:
    """The usual world, with fields of one person changed."""
    return replace(WORLD, people={**PEOPLE, IDS[person]: PEOPLE[IDS[person]] | fields})


@pytest.fixture
def local_slack(request: pytest.FixtureRequest) -> Path:
    """The program of a Slack workspace."""
    return need(request, "local-slack")


@pytest_asyncio.fixture
async def slack(local_slack: Path, tmp_path: Path) -> AsyncIterator[Workspace]:
    """A workspace whose bot holds a socket open."""
    async with workspace(local_slack, tmp_path) as made:
        yield made
