"""The fault proxy spoils what it is asked to, exactly so often, and passes everything else on."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from tests.real.matrix_faults import Fault, Faults
from tests.real.synapse import CLIENT, Account, Homeserver

pytestmark = pytest.mark.real
REPEATS = 2  # aiohttp's client asks once more by itself when a connection ends before the answer begins
WHOAMI = f"{CLIENT}/account/whoami"
MADE = {
    Fault.BAD_GATEWAY: 502,
    Fault.SERVER_ERROR: 500,
    Fault.UNKNOWN_TOKEN: 401,
    Fault.LIMITED: 429,
    Fault.LIMITED_BODY: 429,
    Fault.LIMITED_HEADER: 429,
}


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def ama(homeserver: Homeserver) -> Account:
    return homeserver.new_user("ama")


def bearer(who: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {who.token}"}


async def whoami(http: aiohttp.ClientSession, faults: Faults, who: Account) -> str:
    async with http.get(faults.url + WHOAMI, headers=bearer(who)) as answer:
        return str((await answer.json())["user_id"])


@pytest.mark.parametrize("fault", MADE)
@pytest.mark.asyncio
async def test_answers_it_makes_up(http: aiohttp.ClientSession, faults: Faults, ama: Account, fault: Fault) -> None:
    rule = faults.spoil(fault, "/whoami", times=2, seconds=3)
    for _ in range(2):
        async with http.get(faults.url + WHOAMI, headers=bearer(ama)) as answer:
            text = await answer.text()
            assert answer.status == MADE[fault]
            assert (answer.headers.get("Retry-After") == "3") is (fault is Fault.LIMITED_HEADER)
            assert ("retry_after_ms" in text) is (fault is Fault.LIMITED_BODY)
            assert (answer.content_type == "text/html") is (fault is Fault.BAD_GATEWAY)
    assert await whoami(http, faults, ama) == ama.id
    assert (rule.used, rule.done, faults.count("/whoami")) == (2, True, 3)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.RESET, Fault.LOST])
@pytest.mark.asyncio
async def test_broken_connections(http: aiohttp.ClientSession, faults: Faults, ama: Account, fault: Fault) -> None:
    faults.spoil(fault, "GET .*/whoami", times=1 if fault is Fault.CUT else REPEATS)
    with pytest.raises(aiohttp.ClientPayloadError if fault is Fault.CUT else aiohttp.ClientConnectionError):
        await whoami(http, faults, ama)
    assert await whoami(http, faults, ama) == ama.id


@pytest.mark.asyncio
async def test_half_an_answer(http: aiohttp.ClientSession, faults: Faults, ama: Account) -> None:
    faults.spoil(Fault.BROKEN, times=1)
    with pytest.raises(json.JSONDecodeError):
        await whoami(http, faults, ama)


@pytest.mark.asyncio
async def test_no_answer_and_a_poll_that_is_cut(http: aiohttp.ClientSession, faults: Faults, ama: Account) -> None:
    rule = faults.spoil(Fault.HANG, "/whoami")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await whoami(http, faults, ama)
    waiting = asyncio.create_task(whoami(http, faults, ama))
    for knock in range(2, 2 + REPEATS):
        await rule.met(knock)
        faults.cut()
    with pytest.raises(aiohttp.ClientConnectionError):
        await waiting
    rule.lift()
    assert await whoami(http, faults, ama) == ama.id


@pytest.mark.parametrize(("fault", "copies"), [(Fault.LOST, 1), (Fault.RESET, 0), (Fault.CUT, 1)])
@pytest.mark.asyncio
async def test_whether_the_server_has_heard_of_it(
    http: aiohttp.ClientSession, homeserver: Homeserver, faults: Faults, ama: Account, fault: Fault, copies: int
) -> None:
    room = homeserver.new_room(ama)
    path = f"{faults.url}{CLIENT}/rooms/{room}/send/m.room.message/{secrets.token_hex(4)}"
    body = {"msgtype": "m.text", "body": "The library is closed on Monday."}
    faults.spoil(fault, "PUT .*/send/", times=1 if fault is Fault.CUT else REPEATS)

    def kept() -> int:
        return sum(one["content"].get("body") == body["body"] for one in homeserver.events(ama, room))

    async def put() -> int:
        async with http.put(path, json=body, headers=bearer(ama)) as answer:
            await answer.read()
            return answer.status

    with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):
        await put()
    assert kept() == copies
    # The same transaction id again: the server knows it.
    assert (await put(), kept()) == (200, 1)


@pytest.mark.asyncio
async def test_a_server_that_is_down_and_comes_back(http: aiohttp.ClientSession, faults: Faults, ama: Account) -> None:
    assert await whoami(http, faults, ama) == ama.id
    await faults.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await whoami(http, faults, ama)
    await faults.start()
    assert await whoami(http, faults, ama) == ama.id


@pytest.mark.asyncio
async def test_it_tells_how_hard_a_client_knocks(homeserver: Homeserver, http: aiohttp.ClientSession) -> None:
    now = [0.0]
    ama = homeserver.new_user("ama")
    proxy = Faults(homeserver.url, clock=lambda: now[0])
    await proxy.start()
    for at in (10.0, 10.5, 10.9, 12.0, 20.0):
        now[0] = at
        await whoami(http, proxy, ama)
    await proxy.stop()
    assert proxy.times("/whoami", since=11) == [12.0, 20.0]
    assert (proxy.busiest("/whoami"), proxy.busiest("/whoami", window=3), proxy.busiest("/sync")) == (3, 4, 0)
