"""`switchboard run` on Matrix: a real Synapse, people with real clients, the bot as a process of its own."""

import asyncio
import contextlib
import json
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wording import say
from tests.process import PATIENCE, call, spoilt
from tests.real.matrix_faults import Fault, Faults
from tests.real.matrix_house import ELSEWHERE, House, housed
from tests.real.matrix_people import Matrix
from tests.real.switchboard_run import Running
from tests.real.synapse import CLIENT

pytestmark = pytest.mark.real
HIDES_SLACK = """
import sys
sys.modules["slack_bolt"] = sys.modules["slack_sdk"] = None
from bot.cli import main
main()
"""


@pytest_asyncio.fixture(params=[False, True], ids=["plain", "encrypted"])
async def house(request: pytest.FixtureRequest, matrix: Matrix, tmp_path: Path) -> AsyncIterator[House]:
    async with housed(matrix, tmp_path / "here", encrypted=request.param) as made:
        yield made


@pytest.mark.asyncio
async def test_it_serves_without_slack_and_ends_in_order(house: House) -> None:
    running = house.run(program=[sys.executable, "-c", HIDES_SLACK])
    await running.logs("connected")
    await house.asks()
    await house.is_answered()
    code, said, faults = await running.ends()
    assert (code, faults) == (0, "")
    assert said.startswith("Serving.")
    assert said.endswith("Stopped. Everything begun is done.\n")
    again = house.run()
    await again.logs("connected")
    await house.asks()
    await house.is_answered()
    assert (await again.ends(signal.SIGINT))[0] == 0


@pytest.mark.asyncio
async def test_whoever_begins_a_direct_message_is_greeted_and_told_to_say_it_again(house: House) -> None:
    server, ann = house.matrix.homeserver, house.ann
    await house.run().logs("connected")
    await ann.rooms()
    encrypted = (await ann.line.rooms())[house.room].encrypted
    room = server.new_room(ann.account, direct=True, encrypted=encrypted, invited=[house.bot])
    # As Element does it: the room is made with the first words, before anybody can have come in.
    question = "who knows about flood mapping?"
    await ann.says(room, question)
    hello = await ann.sees("^Hello", room=room)
    assert (hello.text, hello.encrypted) == (say("screens.room.direct"), encrypted)
    answer = await ann.sees("Rhys Vaughan", room=room, after=await ann.says(room, question))
    assert answer.encrypted == encrypted


@pytest.mark.asyncio
async def test_a_second_one_waits_and_takes_over(house: House) -> None:
    first = house.run(program=spoilt(ELSEWHERE.format(host="one")))
    await first.logs("connected")
    second = house.run("--settings", "second.toml", program=spoilt(ELSEWHERE.format(host="two")))
    await second.logs("standing_by")
    await house.asks()
    await house.is_answered()
    first.kill()
    await house.asks()
    await house.asks()
    await second.logs("connected")
    await house.asks()
    await house.is_answered()
    assert (await second.ends())[0] == 0


@pytest.mark.asyncio
async def test_one_that_stood_still_too_long_ends_when_another_works(house: House) -> None:
    first = house.run(program=spoilt(ELSEWHERE.format(host="one")))
    await first.logs("connected")
    second = house.run("--settings", "second.toml", program=spoilt(ELSEWHERE.format(host="two")))
    await second.logs("standing_by")
    await stands_still(first, house.folder / "switchboard.db")
    await second.logs("connected")
    await house.asks()
    await house.is_answered()
    code, _, faults = await first.ends(signal.SIGCONT)
    assert (code, faults) == (2, f"{say('run.lost')}\n")
    await house.asks()
    await house.is_answered()


async def stands_still(running: Running, database: Path) -> None:
    """Stop a process where it does not hold SQLite's one lock, as two machines would have no such lock in common."""
    while True:
        running.process.send_signal(signal.SIGSTOP)
        with contextlib.closing(sqlite3.connect(database, timeout=0.2, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError:
                running.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.2)


@pytest.mark.asyncio
async def test_a_stopped_token_ends_it_and_is_told(house: House) -> None:
    running = house.run()
    await running.logs("connected")
    house.matrix.homeserver.call(house.bot, "POST", f"{CLIENT}/logout", {})
    code, _, faults = await running.ends(None)
    assert (code, faults) == (2, f"{say('matrix.fault.unknown_token')}\n")
    code, _, faults = await house.run().ends(None)
    assert (code, faults) == (2, f"{say('matrix.fault.unknown_token')}\n")


@pytest.mark.parametrize("house", [False], indirect=True, ids=["plain"])
@pytest.mark.asyncio
async def test_one_that_cannot_hear_is_told_by_check_and_hears_again(house: House, faults: Faults) -> None:
    file = house.folder / "switchboard.toml"
    (house.folder / "second.toml").write_text(file.read_text())  # `check` itself gets through
    file.write_text(file.read_text().replace(house.matrix.homeserver.url, faults.url))

    async def is_told(ok: bool, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                done = await asyncio.to_thread(call, house.folder, "check", "--settings", "second.toml", "--json")
                found = [one for one in json.loads(done.stdout) if one["part"] == "matrix connection"]
                if [one["ok"] for one in found if words in one["says"]] == [ok]:
                    return

    refused = faults.spoil(Fault.BAD_GATEWAY)
    running = house.run()
    await is_told(False, "(http_502), so it hears nothing said there")  # from the very start
    refused.lift()
    await running.logs("connected")
    await is_told(True, "is connected, since")
    deaf = faults.spoil(Fault.SERVER_ERROR, "/sync")
    faults.cut()
    await house.asks()
    await is_told(False, "(http_500), so it hears nothing said there")
    deaf.lift()
    await house.is_answered()
    await is_told(True, "is connected, since")
    assert (await running.ends())[0] == 0


@pytest.mark.asyncio
async def test_the_second_signal_ends_it_at_once_also_while_it_waits(house: House) -> None:
    first = house.run()
    await first.logs("connected")
    second = house.run("--settings", "second.toml")
    await second.logs("standing_by")
    assert (await second.ends())[0] == 0
    assert (await first.ends())[0] == 0
