"""`switchboard init --slack` as a newcomer goes through it: manifest, tokens, settings; then check, run, an answer."""

import asyncio
import contextlib
import json
import os
import pty
import select
import stat
import subprocess
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.chat.slack.checkup import SCOPES
from bot.wording import say
from tests.process import PATIENCE, PROGRAM, environment, free_port
from tests.real.slack_council import STAFF
from tests.real.slack_people import Workspace, workspace
from tests.real.slack_server import TEAM, Mode
from tests.real.switchboard_run import Running

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
COMMS, OPEN = "G02PRIVATE", "C01OPEN"
BOT, APP, SIGNING = (f"SWITCHBOARD_SECRETS__SLACK_{name}" for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET"))
MANIFEST = "switchboard.slack.json"


@dataclass
class House:
    """A workspace, and the folder where Switchboard is to be set up."""

    slack: Workspace
    folder: Path

    @property
    def tokens(self) -> str:
        """Both tokens, a line each, as they are piped in."""
        secrets = self.slack.world.secrets
        return f"{secrets.bot}\n{secrets.app}\n"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the commands: where Slack is."""
        return environment(SWITCHBOARD_SLACK__API=self.slack.base_url)

    async def call(self, *words: str, told: str = "") -> subprocess.CompletedProcess[str]:
        """One command to its end; `told` is piped in."""
        return await asyncio.to_thread(
            subprocess.run,
            [*PROGRAM, *words],
            cwd=self.folder,
            env=self.variables,
            input=told,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    async def init(self, *words: str, told: str | None = None) -> subprocess.CompletedProcess[str]:
        """Set Slack up; the tokens are piped in unless something else is told."""
        return await self.call("init", "--slack", *words, told=self.tokens if told is None else told)

    async def wrong(self) -> dict[str, str]:
        """What `check` finds wrong, by its part."""
        done = await self.call("check", "--json")
        return {one["part"]: one["says"] for one in json.loads(done.stdout) if not one["ok"]}

    def secret(self, name: str) -> Path:
        """The file of a secret."""
        return self.folder / "switchboard.secrets" / name

    def settings(self) -> dict[str, dict[str, object]]:
        """What stands in the settings file."""
        return tomllib.loads((self.folder / "switchboard.toml").read_text())


@pytest_asyncio.fixture
async def house(local_slack: Path, tmp_path: Path) -> AsyncIterator[House]:
    home = tmp_path / "here"
    home.mkdir()
    async with workspace(local_slack, tmp_path) as made:
        yield House(made, home)


async def test_from_nothing_to_the_first_answer(house: House) -> None:
    first = await house.init("--name", "Brynford Switchboard", told="")
    assert (first.returncode, first.stderr) == (0, "")
    assert [one.name for one in house.folder.iterdir()] == [MANIFEST]
    granted = json.loads((house.folder / MANIFEST).read_text())["oauth_config"]["scopes"]["bot"]
    house.slack.edge.scopes = set(granted)  # Slack grants what the manifest asks for
    done = await house.init("--room", "#private")
    assert (done.returncode, done.stderr) == (0, "")
    assert say("slack_init.done", name="switchboard", workspace=TEAM) in done.stdout
    assert say("slack_init.finding", part="#private", text=say("slack.check.room_good")) in done.stdout
    assert say("slack.check.scopes_good") in done.stdout
    settings = house.settings()
    assert (settings["slack"]["workspace"], settings["slack"]["mode"]) == (TEAM, "socket")
    assert settings["rooms"]["comms"] == f"slack:{COMMS}"
    files = [house.secret(BOT), house.secret(APP)]
    assert "".join(file.read_text() for file in files) == house.tokens
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert not any(token in done.stdout for token in house.tokens.split())
    assert await house.wrong() == {"admins": say("cli.check.admins", count=0)}
    await it_answers(house)


async def it_answers(house: House) -> None:
    """The staff file is loaded, the bot serves, and Ann is answered."""
    (house.folder / "staff.csv").write_text(STAFF)
    assert (await house.call("load", "staff.csv")).returncode == 0
    told = {"SWITCHBOARD_FEED__LISTEN": f"127.0.0.1:{free_port()}", "SWITCHBOARD_SLACK__API": house.slack.base_url}
    running = Running(house.folder, env=told)
    try:
        await running.logs("connected")
        await house.slack.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
        async with asyncio.timeout(PATIENCE):
            while True:
                if any("Rhys Vaughan" in one.text for one in await house.slack.posted(OPEN)):
                    break
                await asyncio.sleep(0.05)
        assert (await running.ends())[0] == 0
    finally:
        running.process.kill()


async def test_it_can_be_run_again(house: House) -> None:
    assert (await house.init("--room", COMMS)).returncode == 0
    before = (house.folder / "switchboard.toml").read_bytes()
    again = await house.init(told="")
    assert (again.returncode, again.stderr) == (0, "")
    assert (house.folder / "switchboard.toml").read_bytes() == before
    other = await house.init("--room", f"https://council.slack.example/archives/{OPEN}", told="")
    assert other.returncode == 0
    assert house.settings()["rooms"]["comms"] == f"slack:{OPEN}"
    house.secret(APP).write_text("xapp-an-old-one\n")
    refused = await house.init(told="")
    assert (refused.returncode, refused.stderr) == (
        2,
        f"{say('slack.fault.app_token_refused')} {say('slack_init.again')}\n",
    )
    assert (await house.init("--again")).returncode == 0
    assert house.secret(APP).read_text().strip() == house.slack.world.secrets.app
    assert stat.S_IMODE(house.secret(APP).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("xoxb-wrong\nxapp-test-app-token\n", "bot_token_refused"),
        ("xoxb-test-bot-token\nxapp-wrong\n", "app_token_refused"),
        ("xapp-test-app-token\nxoxb-test-bot-token\n", "no_bot_token"),
        ("xoxb-test-bot-token\nxoxb-test-bot-token\n", "no_app_token"),
    ],
)
async def test_a_wrong_token_is_one_line_and_nothing_is_stored(house: House, lines: str, code: str) -> None:
    done = await house.init("--room", COMMS, told=lines)
    assert (done.returncode, done.stderr) == (2, f"{say(f'slack.fault.{code}')} {say('slack_init.nothing')}\n")
    assert [one.name for one in house.folder.iterdir()] == [MANIFEST]
    assert "wrong" not in done.stdout + done.stderr


async def test_what_cannot_be_set_up_is_one_line(house: House) -> None:
    async def refused(*words: str, told: str = "") -> str:
        done = await house.init(*words, told=told)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
        return done.stderr.strip()

    assert (await house.init(told="")).returncode == 0  # the manifest alone
    assert await refused() == say("slack_init.no_secret", name="SLACK_BOT_TOKEN")
    assert await refused(told="xoxb-1\n") == say("slack_init.no_secret", name="SLACK_APP_TOKEN")
    assert await refused(told=house.tokens) == say("init.missing", option="--room")
    assert await refused("--matrix") == say("slack_init.apart")
    await house.slack.edge.stop()
    assert await refused("--room", COMMS, told=house.tokens) == say(
        "slack_init.unreachable", address=house.slack.base_url
    )
    (house.folder / MANIFEST).write_text("{}")
    assert await refused() == say("slack_init.no_manifest", file=MANIFEST)
    assert [one.name for one in house.folder.iterdir()] == [MANIFEST]


async def test_another_workspace_is_not_taken(house: House) -> None:
    (house.folder / "switchboard.toml").write_text('[slack]\nworkspace = "T9OTHER"\n')
    done = await house.init("--room", COMMS)
    assert done.stderr.startswith(say("slack.fault.other_workspace"))
    assert house.settings()["slack"]["workspace"] == "T9OTHER"


async def test_what_is_still_to_do_is_told(house: House) -> None:
    house.slack.edge.scopes -= {"commands", "reactions:read"}
    house.slack.edge.scopes |= {"channels:manage"}
    done = await house.init("--room", "nowhere")
    assert done.returncode == 0
    for part, code in {
        "scope reactions:read": "missing",
        "scope commands": "missing",
        "scope channels:manage": "too_much",
    }.items():
        assert say("slack_init.finding", part=part, text=say(f"slack.check.scope_{code}")) in done.stdout
    assert say("slack_init.finding", part="nowhere", text=say("slack_init.no_room")) in done.stdout
    assert house.settings()["rooms"]["comms"] == "web:comms"
    left = await house.init("--room", "C05ELSEWHERE", told="")
    assert say("slack_init.finding", part="C05ELSEWHERE", text=say("slack.check.not_in_room")) in left.stdout


async def test_beside_matrix_the_room_stays_where_it_is(house: House) -> None:
    (house.folder / "switchboard.toml").write_text('[rooms]\ncomms = "matrix:!comms:council.example"\n')
    assert (await house.init()).returncode == 0
    assert house.settings()["rooms"]["comms"] == "matrix:!comms:council.example"


async def test_with_signed_requests_the_signing_secret_is_asked_for(local_slack: Path, tmp_path: Path) -> None:
    home = tmp_path / "here"
    home.mkdir()
    async with workspace(local_slack, tmp_path, Mode.HTTP, "http://127.0.0.1:9/slack/events") as made:
        house, secrets = House(made, home), made.world.secrets
        made.edge.scopes = set(SCOPES)
        address = "https://bot.council.example/slack/events"
        done = await house.init("--address", address, "--room", COMMS, told=f"{secrets.bot}\n{secrets.signing}\n")
        assert (done.returncode, done.stderr) == (0, "")
        assert house.settings()["slack"]["mode"] == "http"
        assert house.secret(SIGNING).read_text() == f"{secrets.signing}\n"
        assert not house.secret(APP).exists()
        assert set(await house.wrong()) == {"admins"}


async def test_at_a_terminal_it_asks_and_shows_no_token(house: House) -> None:
    ours, process = _at_a_terminal(house, "init", "--slack")
    secrets = house.slack.world.secrets
    shown = ""
    for question, answer in (("Bot token", secrets.bot), ("App token", secrets.app), ("channel for", "#private")):
        # The blank comes last, when what is typed is no longer shown and nothing typed before is thrown away.
        shown += await asyncio.to_thread(_until, ours, question, ": ")
        os.write(ours, f"{answer}\n".encode())
    with contextlib.suppress(OSError):  # Linux tells the end of a terminal so
        shown += await asyncio.to_thread(_until, ours, "switchboard run")
    assert await asyncio.to_thread(process.wait, PATIENCE) == 0
    os.close(ours)
    assert secrets.bot not in shown
    assert secrets.app not in shown
    assert house.settings()["rooms"]["comms"] == f"slack:{COMMS}"


def _at_a_terminal(house: House, *words: str) -> tuple[int, subprocess.Popen[bytes]]:
    """A command at a terminal of its own, and our end of it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *words], cwd=house.folder, env=house.variables, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    return ours, process


def _until(terminal: int, words: str, then: str = "") -> str:
    """Read a terminal until it shows those words, and stands still after `then`."""
    shown = b""
    while words.encode() not in shown or not shown.endswith(then.encode()):
        assert select.select([terminal], [], [], PATIENCE)[0], shown
        shown += os.read(terminal, 4096)
    return shown.decode()
