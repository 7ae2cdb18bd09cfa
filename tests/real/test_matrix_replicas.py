"""Two `switchboard run` for one Matrix account, on one PostgreSQL: one works, the other waits and takes over."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.platforms import STORE
from bot.wording import say
from tests.process import call, spoilt
from tests.real.matrix_house import ELSEWHERE, House, housed
from tests.real.matrix_people import Matrix
from tests.real.postgres import Server

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]
MESSAGES = 20


@pytest_asyncio.fixture(params=[False, True], ids=["plain", "encrypted"])
async def house(
    request: pytest.FixtureRequest, matrix: Matrix, postgres: Server, tmp_path: Path
) -> AsyncIterator[House]:
    with postgres.fresh() as url:
        table = f'url = "{url}"'
        async with housed(matrix, tmp_path / "here", encrypted=request.param, database=table) as made:
            yield made


async def test_no_double_answer_and_what_came_after_a_kill_is_answered_once(house: House) -> None:
    first = house.run(program=spoilt(ELSEWHERE.format(host="one")))
    await first.logs("connected")
    second = house.run("--settings", "second.toml", program=spoilt(ELSEWHERE.format(host="two")))
    await second.logs("standing_by")
    for _ in range(MESSAGES):
        await house.asks()
    await house.is_answered()
    checked = call(house.folder, "check")
    assert f"process {first.process.pid} on one works for this account" in checked.stdout
    await house.asks()  # killed with this in its hands, or just before or after
    first.kill()
    for _ in range(MESSAGES):
        await house.asks()
    await second.logs("connected")
    await house.is_answered()
    await house.asks()
    await house.is_answered()
    fences = [one["fence"] for one in second.events() if one["event"] == "leading"]
    assert fences == [2]
    assert (await second.ends())[0] == 0
    assert say("matrix.process.none") in call(house.folder, "check").stdout


@pytest.mark.parametrize("house", [True], indirect=True, ids=["encrypted"])
async def test_other_keys_than_those_at_work_are_refused_in_one_line(house: House) -> None:
    first = house.run(program=spoilt(ELSEWHERE.format(host="one")))
    await first.logs("connected")
    await house.asks()
    await house.is_answered()
    for name, code in {"copied": "copied_store", "without": "lost_store"}.items():
        folder = house.folder.with_name(name)
        shutil.copytree(house.folder, folder)
        if code == "lost_store":
            shutil.rmtree(folder / STORE)
        second = house.run("--settings", "second.toml", folder=folder, program=spoilt(ELSEWHERE.format(host="two")))
        ended, _, faults = await second.ends(None)
        assert (ended, faults) == (2, f"{say(f'matrix.fault.{code}')}\n")
    await house.asks()
    await house.is_answered()
    assert (await first.ends())[0] == 0
