"""A council on Slack as people start it: settings and secrets in a folder, and `switchboard run` as a process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.process import PATIENCE, free_port
from tests.real.slack_council import COMMS, COMMUNICATIONS, WORLD, Town, populate
from tests.real.slack_people import workspace
from tests.real.slack_server import TEAM, Mode
from tests.real.switchboard_run import Running

SECRETS = {"bot": "SLACK_BOT_TOKEN", "app": "SLACK_APP_TOKEN", "signing": "SLACK_SIGNING_SECRET"}


@dataclass
class House:
    """A town whose bot is a process of its own."""

    town: Town
    folder: Path
    running: list[Running] = field(default_factory=list)

    def install(self, grace: float, **slack: str) -> None:
        """Write settings and secrets as an operator does; `slack` are further settings of Slack's."""
        told = {"workspace": TEAM, "api": self.town.slack.base_url} | slack
        tables = {
            "access": ['admins = ["slack:U01ANN"]'],
            "rooms": [f'comms = "slack:{COMMS}"'],
            "announcements": [f"grace_seconds = {grace}", "settle_seconds = 1", "lease_seconds = 2"],
            "slack": [f'{name} = "{value}"' for name, value in told.items()],
            "feed": [f'listen = "127.0.0.1:{free_port()}"'],
        }
        text = "\n".join(f"[{name}]\n" + "\n".join(lines) for name, lines in tables.items())
        (self.folder / "switchboard.toml").write_text(text + "\n")
        secrets = self.folder / "switchboard.secrets"
        secrets.mkdir(mode=0o700)
        for name, file in SECRETS.items():
            self.secret(file, getattr(self.town.slack.world.secrets, name))

    def secret(self, file: str, value: str) -> None:
        """Put a secret in its file."""
        (self.folder / "switchboard.secrets" / f"SWITCHBOARD_SECRETS__{file}").write_text(value + "\n")

    def run(self, **options: Any) -> Running:
        """Start serving."""
        self.running.append(Running(self.folder, **options))
        return self.running[-1]

    async def serves(self, **options: Any) -> Running:
        """Start serving; it listens when this returns."""
        running = self.run(**options)
        await running.logs("connected")
        return running

    async def is_answered(self, who: str, pattern: str, times: int = 1) -> None:
        """Return once somebody can read so many answers that say so; more there must not be."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.town.read(who, pattern)
                if len(found) >= times:
                    break
                await asyncio.sleep(0.05)
        assert len(found) == times


@contextlib.asynccontextmanager
async def housed(
    program: Path, folder: Path, *, grace: float = 0, mode: Mode = Mode.SOCKET, **slack: str
) -> AsyncIterator[House]:
    """A house with its staff file loaded and its roles given. Whatever still serves is killed at the end."""
    listen = f"127.0.0.1:{free_port()}"
    url = f"http://{listen}/slack/events" if mode is Mode.HTTP else None
    async with workspace(program, folder, mode, url, WORLD) as made:
        home = folder / "here"
        home.mkdir()
        town = Town(made, home, grace)
        app = town.new_app()
        await populate(app.services, COMMUNICATIONS)
        await app.close()
        house = House(town, home)
        house.install(grace, **({"mode": "http", "listen": listen} if url else {}), **slack)
        try:
            yield house
        finally:
            for one in house.running:
                if one.process.poll() is None:
                    one.kill()
