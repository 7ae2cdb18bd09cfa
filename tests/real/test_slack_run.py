"""`switchboard run` on Slack: local-slack, pretend people, the bot as a process of its own."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wording import say
from tests.process import PATIENCE, call
from tests.real.matrix_faults import Fault
from tests.real.slack_council import COMMS, OPEN
from tests.real.slack_house import SECRETS, House, housed
from tests.real.slack_server import Mode

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
QUESTION = "@switchboard who knows about flood mapping?"
HIDES_MATRIX = """
import sys
sys.modules["nio"] = None
from bot.cli import main
main()
"""


@pytest_asyncio.fixture
async def house(local_slack: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with housed(local_slack, tmp_path) as made:
        yield made


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.name.lower())
async def test_it_serves_without_matrix_and_ends_in_order(local_slack: Path, tmp_path: Path, mode: Mode) -> None:
    async with housed(local_slack, tmp_path, mode=mode) as house:
        running = await house.serves(program=[sys.executable, "-c", HIDES_MATRIX])
        await house.town.person("ann").says(OPEN, QUESTION)
        await house.is_answered("bob", "Rhys Vaughan")
        code, said, faults = await running.ends()
        assert (code, faults) == (0, "")
        assert said.endswith("Stopped. Everything begun is done.\n")
        again = await house.serves()
        await house.town.person("ann").says(OPEN, QUESTION)
        await house.is_answered("bob", "Rhys Vaughan", 2)
        assert (await again.ends(signal.SIGINT))[0] == 0


async def test_no_token_is_kept_or_told_anywhere(house: House) -> None:
    edge = house.town.slack.edge
    running = await house.serves(env={"SWITCHBOARD_LOG__LEVEL": "debug"})
    rules = [edge.spoil(fault, "chat.postMessage", times=1) for fault in (Fault.BAD_GATEWAY, Fault.LOST)]
    await house.town.person("ann").says(OPEN, QUESTION)
    await house.is_answered("bob", "Rhys Vaughan")
    assert all(rule.done for rule in rules)
    edge.cut()
    await running.logs("connected", 2)
    code, said, faults = await running.ends()
    assert code == 0
    secrets = house.town.slack.world.secrets
    for token in (secrets.bot, secrets.app, secrets.signing):
        files = [one for one in house.folder.rglob("*") if one.is_file() and one.parent.name != "switchboard.secrets"]
        assert running.log in files
        assert [one.name for one in files if token.encode() in one.read_bytes()] == []
        assert token not in said + faults


WRONG = {
    "SLACK_BOT_TOKEN": ("xoxb-not-this-one", "bot_token_refused"),
    "SLACK_APP_TOKEN": ("xapp-not-this-one", "app_token_refused"),
}


@pytest.mark.parametrize("file", WRONG)
async def test_r20_a_wrong_token_ends_it_with_one_line(house: House, file: str) -> None:
    value, code = WRONG[file]
    house.secret(file, value)
    ended = await house.run().ends(None)
    assert ended == (2, "", f"{say(f'slack.fault.{code}')}\n")  # not even that it serves
    assert value not in house.running[-1].log.read_text()


@pytest.mark.parametrize("file", [SECRETS["bot"], SECRETS["app"]])
async def test_a_missing_token_is_named(house: House, file: str) -> None:
    (house.folder / "switchboard.secrets" / f"SWITCHBOARD_SECRETS__{file}").unlink()
    ended = await house.run().ends(None)
    assert ended == (2, "", f"{say('run.no_slack_secret', name=file)}\n")


async def test_a_revoked_token_ends_it_and_is_told(house: House) -> None:
    running = await house.serves()
    house.town.slack.edge.spoil(Fault.UNKNOWN_TOKEN)
    house.town.slack.edge.cut()
    code, _, faults = await running.ends(None)
    assert (code, faults) == (2, f"{say('slack.fault.app_token_refused')}\n")


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_c19_an_app_that_is_taken_away_ends_it_with_a_clear_line(house: House, kind: str) -> None:
    running = await house.serves()
    edge = house.town.slack.edge
    edge.happens({"type": kind})  # told by mistake, it would be asked about and not believed
    await house.town.person("ann").says(OPEN, QUESTION)
    await house.is_answered("bob", "Rhys Vaughan")
    edge.spoil(Fault.UNKNOWN_TOKEN, "auth.test")
    edge.happens({"type": kind})
    code, _, faults = await running.ends(None)
    assert (code, faults) == (2, f"{say('slack.fault.bot_token_refused')}\n")


async def test_r2_what_was_told_while_it_was_killed_is_answered_once(house: House) -> None:
    for times in range(1, 4):
        running = await house.serves()
        await house.town.person("ann").says(OPEN, QUESTION)
        running.kill()
        await house.town.person("ann").says(OPEN, QUESTION)
        again = await house.serves()
        await house.is_answered("bob", "Rhys Vaughan", 2 * times)
        await again.ends()


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.7, 1.0])
async def test_r8_killed_between_approval_and_publishing_it_goes_out_once(
    local_slack: Path, tmp_path: Path, seconds: float
) -> None:
    async with housed(local_slack, tmp_path, grace=0.5) as house:
        running = await house.serves()
        await house.town.person("ann").says(OPEN, "@switchboard announce The pool opens at noon.")
        await house.is_answered("bob", "^#1 r1 from")
        [preview] = await house.town.read("bob", "^#1 r1 from", COMMS)
        await house.town.person("bob").reacts(COMMS, preview.id, "white_check_mark")
        await asyncio.sleep(seconds)  # only chooses where it is cut; every place must come to the same
        running.kill()
        again = await house.serves()
        await house.is_answered("colin", "#1 is published")
        await again.ends()
        house.town.app = house.town.new_app()
        assert (await house.town.public(), await house.town.deliveries()) == (["The pool opens at noon."], 1)
        await house.town.app.close()


async def test_check_tells_scopes_rooms_and_tokens(house: House) -> None:
    house.town.slack.edge.scopes -= {"reactions:read"}
    house.town.slack.edge.scopes |= {"channels:manage"}
    async with asyncio.timeout(PATIENCE):
        done = await asyncio.to_thread(call, house.folder, "check", "--json")
    told = {(one["part"], one["ok"]): one["says"] for one in json.loads(done.stdout) if "slack" in one["part"]}
    assert done.returncode == 1
    wrong = [part for part, ok in told if not ok]
    assert any("reactions:read" in part for part in wrong)
    assert any("channels:manage" in part for part in wrong)
    assert not any(token in done.stdout for token in ("xoxb-", "xapp-"))
