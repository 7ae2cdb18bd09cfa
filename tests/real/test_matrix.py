"""The Matrix adapter on a real Synapse, when things go wrong: crashes, gaps, strangers' junk, used-up and lost keys."""

import asyncio
import contextlib
import json
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.matrix import MatrixChat, MatrixSettings
from adapters.errors import NotAuthenticated, Refused, Unavailable
from adapters.events import (
    AccountRef,
    Content,
    Disconnected,
    MessageReceived,
    MessageUnreadable,
    RoomJoined,
    RoomRef,
)
from adapters.ports import HealthState
from tests.contract.chat_stage import Desk
from tests.contract.matrix_hands import bot_settings
from tests.process import environment
from tests.real.matrix_bot import CRASHED
from tests.real.matrix_faults import Fault, Faults
from tests.real.matrix_nio import NioLine
from tests.real.matrix_peer import PeerLine
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.synapse import CLIENT, Account, Homeserver, MatrixRefused

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]
KINDS = pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
SOON = 60.0


@asynccontextmanager
async def listening(settings: MatrixSettings, desk: Desk) -> AsyncIterator[MatrixChat]:
    """The adapter, connected and taking everything in."""
    chat = MatrixChat(settings, desk, desk)
    connections = len(desk.events) - len(desk.of_rooms())
    task = asyncio.create_task(chat.listen(desk.receive))
    try:
        await until(lambda: len(desk.events) - len(desk.of_rooms()) > connections or task.done())
        if task.done():
            task.result()
        yield chat
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await chat.close()


async def until(so: Callable[[], bool]) -> None:
    """Return once it is so."""
    async with asyncio.timeout(SOON):
        while True:
            if so():
                return
            await asyncio.sleep(0.05)


async def told(desk: Desk, event_id: str) -> MessageReceived:
    """The message with that id, once it is there."""
    async with asyncio.timeout(SOON):
        while True:
            for event in desk.of_rooms():
                if isinstance(event, MessageReceived) and event.event_id == event_id:
                    return event
            await asyncio.sleep(0.02)


def a_room(server: Homeserver, owner: Account, bot: Account, *, encrypted: bool, version: str = "12") -> str:
    """A room of somebody's with the bot in it."""
    return server.new_room(owner, name="desk", encrypted=encrypted, version=version, members=[bot])


# crashes and gaps


async def _process(folder: Path, given: dict[str, Any]) -> asyncio.subprocess.Process:
    file = folder / "bot.json"
    file.write_text(json.dumps(given))
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.real.matrix_bot", file, env=environment())


def _inbox(folder: Path) -> list[str]:
    if not (folder / "bot.db").exists():
        return []
    with sqlite3.connect(f"file:{folder / 'bot.db'}?mode=ro", uri=True) as db:
        try:
            rows = db.execute("SELECT event_id FROM inbox WHERE kind = 'MessageReceived' ORDER BY id").fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []
    return [row[0] for row in rows]


async def _until(folder: Path, count: int, process: asyncio.subprocess.Process) -> None:
    """Return once so many messages are in the inbox, and the process has had time for more."""
    async with asyncio.timeout(SOON):
        while len(_inbox(folder)) < count:
            assert process.returncode is None
            await asyncio.sleep(0.1)


async def _say(person: MatrixPerson, room: str, words: list[str]) -> list[str]:
    """Say all that without looking round after each sentence."""
    assert isinstance(person.line, NioLine)
    said = []
    for text in words:
        content = {"msgtype": "m.text", "body": text}
        answer = await person.line.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
        said.append(str(answer.event_id))
    return said


@KINDS
async def test_270_of_270(matrix: Matrix, tmp_path: Path, *, encrypted: bool) -> None:
    server, ama, bot = matrix.homeserver, await matrix.nio("ama"), matrix.homeserver.new_user("switchboard")
    room = a_room(server, ama.account, bot, encrypted=encrypted)
    given = {
        "database": f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
        "homeserver": server.url,
        "user_id": bot.id,
        "device_id": bot.device,
        "access_token": bot.token,
        "store": str(tmp_path / "store"),
        "store_key": "a key of this test",
    }
    process = await _process(tmp_path, given)
    sent = [await ama.says(room, "before anything")]
    async with asyncio.timeout(SOON):
        while _inbox(tmp_path) != sent:  # said before the bot ever came, it stays unanswered: said again
            assert process.returncode is None
            await asyncio.sleep(0.5)
            if not _inbox(tmp_path):
                sent = [await ama.says(room, "are you there?")]
                await asyncio.sleep(1)
    process.kill()
    await process.wait()
    await ama.line.catch_up()
    sent += await _say(ama, room, [f"message {number}" for number in range(250)])
    for crash in CRASHED:
        process = await _process(tmp_path, given | {"crash": crash})
        async with asyncio.timeout(SOON):
            assert await process.wait() == CRASHED[crash]
        assert len(_inbox(tmp_path)) == (1 if crash == "before" else 251)
    sent += await _say(ama, room, [f"message {number}" for number in range(250, 270)])
    process = await _process(tmp_path, given)
    await _until(tmp_path, 271, process)
    process.kill()
    await process.wait()
    assert _inbox(tmp_path) == sent


# strangers


OLM = "m.olm.v1.curve25519-aes-sha2"


def _junk(curve: str) -> list[tuple[str, dict[str, Any]]]:
    """What a stranger may send to a device. The first five stopped matrix-nio 0.26's own loop."""

    def sealed(kind: int, body: Any, sender: str = curve) -> dict[str, Any]:
        return {"algorithm": OLM, "sender_key": sender, "ciphertext": {curve: {"type": kind, "body": body}}}

    return [
        ("m.room.encrypted", sealed(0, "!!! no base64 !!!")),
        ("m.room.encrypted", sealed(0, "AAAA")),
        ("m.room.encrypted", sealed(1, "AAAA")),
        ("m.room.encrypted", sealed(0, "Aw" + "A" * 200)),
        ("m.room.encrypted", sealed(0, "", "no key")),
        ("m.room.encrypted", {"algorithm": OLM}),
        ("m.room.encrypted", {"algorithm": "m.unheard.of", "sender_key": 7}),
        ("m.room_key_request", {"body": "no action"}),
        ("m.room_key_request", {"action": "request", "requesting_device_id": 7, "request_id": None}),
        ("m.key.verification.start", {"transaction_id": "t", "method": "m.sas.v1"}),
        ("m.room_key.withheld", {"session_id": 7, "code": ["?"]}),
        ("m.room_key", {"session_key": "in clear"}),
        ("m.dummy", {}),
    ]


async def test_junk_to_the_device_stops_nothing(matrix: Matrix, tmp_path: Path) -> None:
    server, ama, bot = matrix.homeserver, await matrix.nio("ama"), matrix.homeserver.new_user("switchboard")
    room, stranger, desk = a_room(server, ama.account, bot, encrypted=True), server.new_user("eve"), Desk()
    async with listening(bot_settings(server, bot, tmp_path / "store"), desk) as chat:
        keys = server.call(stranger, "POST", f"{CLIENT}/keys/query", {"device_keys": {bot.id: []}})
        curve = keys["device_keys"][bot.id][bot.device]["keys"][f"curve25519:{bot.device}"]
        for number, (kind, content) in enumerate(_junk(curve)):
            where = f"{CLIENT}/sendToDevice/{kind}/{number}"
            server.call(stranger, "PUT", where, {"messages": {bot.id: {bot.device: content}}})
            said = await ama.says(room, f"still there? {number}")
            assert (await told(desk, said)).text == f"still there? {number}"
        assert chat.health().state is HealthState.OK
    assert not [event for event in desk.events if isinstance(event, Disconnected)]


async def test_malformed_events_in_rooms_are_skipped(matrix: Matrix, tmp_path: Path) -> None:
    server, ama, bot = matrix.homeserver, server_user(matrix, "ama"), matrix.homeserver.new_user("switchboard")
    room, desk = a_room(server, ama, bot, encrypted=False), Desk()
    odd: list[tuple[str, dict[str, Any]]] = [
        ("m.room.message", {}),
        ("m.room.message", {"msgtype": "m.text"}),
        ("m.room.message", {"msgtype": "m.text", "body": {"not": "text"}}),
        ("m.room.message", {"msgtype": ["m.text"], "body": "x"}),
        ("m.room.message", {"msgtype": "m.image", "body": "x"}),
        ("m.room.message", {"msgtype": "m.file", "body": "x", "file": {"url": 7}}),
        ("m.room.message", {"msgtype": "m.text", "body": "x", "m.relates_to": ["m.thread"], "m.mentions": "all"}),
        ("m.room.message", {"msgtype": "m.text", "body": "x", "m.new_content": 1, "m.relates_to": {"rel_type": []}}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": 7, "key": []}}),
        ("m.reaction", {}),
        ("m.room.encrypted", {}),
        ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": 5, "session_id": []}),
        ("m.call.invite", {"call_id": 1}),
        ("m.sticker", {"url": 9}),
    ]
    taken: list[str] = []
    async with listening(bot_settings(server, bot, tmp_path / "store"), desk):
        for kind, content in odd:
            with contextlib.suppress(MatrixRefused):  # Synapse itself keeps the worst out; other servers may not
                taken.append(server.send(ama, room, content, kind))
        for kind in (
            "m.room.avatar",
            "m.room.tombstone",
            "m.space.child",
            "m.room.pinned_events",
            "m.room.guest_access",
        ):
            with contextlib.suppress(MatrixRefused):
                taken.append(server.state(ama, room, kind, content={"via": 3, "pinned": {}, "url": []})["event_id"])
        said = server.send(ama, room, "still there?")
        assert (await told(desk, said)).text == "still there?"
    assert len(taken) >= 12


def server_user(matrix: Matrix, name: str) -> Account:
    """An account that is used by plain HTTP."""
    return matrix.homeserver.new_user(name)


# keys


async def test_used_up_keys_are_made_anew(matrix: Matrix, tmp_path: Path) -> None:
    server, bot = matrix.homeserver, matrix.homeserver.new_user("switchboard")
    owner, eve, desk = await matrix.nio("ama"), server.new_user("eve"), Desk()
    room = a_room(server, owner.account, bot, encrypted=True)
    settings = bot_settings(server, bot, tmp_path / "store")
    async with listening(settings, desk):
        assert _count(server, bot) == 50
    wanted = {"one_time_keys": {bot.id: {bot.device: "signed_curve25519"}}}
    claimed = [server.call(eve, "POST", f"{CLIENT}/keys/claim", wanted)["one_time_keys"] for _ in range(70)]
    last = claimed[-1][bot.id][bot.device]
    assert _count(server, bot) == 0
    assert next(iter(last.values()))["fallback"] is True
    said = await owner.says(room, "nobody ever spoke to you before")
    async with listening(settings, desk):
        assert (await told(desk, said)).text == "nobody ever spoke to you before"
        await until(lambda: _count(server, bot) == 50)


def _count(server: Homeserver, bot: Account) -> int:
    return int(server.call(bot, "POST", f"{CLIENT}/keys/upload", {})["one_time_key_counts"].get("signed_curve25519", 0))


async def test_a_strict_peer_and_the_bot(matrix: Matrix, tmp_path: Path) -> None:
    server, jo, bot = matrix.homeserver, await matrix.element("jo", strict=True), None
    bot = server.new_user("switchboard")
    room, desk = a_room(server, jo.account, bot, encrypted=True), Desk()
    async with listening(bot_settings(server, bot, tmp_path / "store"), desk) as chat:
        said = await jo.says(room, f"{bot.id} who knows about floods?")
        event = await told(desk, said)
        assert (event.text, event.proven) == ("who knows about floods?", True)
        ref = await chat.send(RoomRef("matrix", room), Content("Rhys", "and nobody else"), thread=None, key="k")
        seen = await jo.sees("Rhys", by=None)
        assert (seen.id, seen.unreadable, seen.shield) == (ref.message, None, None)
        assert isinstance(jo.line, PeerLine)
        assert (await jo.line.trust(bot.id))[bot.device]["signed"]
        assert chat.health().state is HealthState.OK


async def test_a_talk_does_not_wait_for_its_own_words(matrix: Matrix, faults: Faults, tmp_path: Path) -> None:
    server, ama, bot = matrix.homeserver, await matrix.nio("ama"), matrix.homeserver.new_user("switchboard")
    room, desk = a_room(server, ama.account, bot, encrypted=True), Desk()
    # What waits for a key waits longer than the test.
    settings = bot_settings(server, bot, tmp_path / "store", homeserver=faults.url, late_key=10 * SOON)
    async with listening(settings, desk) as chat:
        for number in range(5):
            await told(desk, await ama.says(room, f"question {number}"))
            await chat.send(RoomRef("matrix", room), Content(f"answer {number}"), thread=None, key=str(number))
        asked = faults.count("/keys/query")
        for number in range(5, 10):
            await told(desk, await ama.says(room, f"question {number}"))
            await chat.send(RoomRef("matrix", room), Content(f"answer {number}"), thread=None, key=str(number))
        assert faults.count("/keys/query") == asked


async def test_files_of_keys_are_private(matrix: Matrix, tmp_path: Path) -> None:
    server, bot = matrix.homeserver, matrix.homeserver.new_user("switchboard")
    store = tmp_path / "store"
    async with listening(bot_settings(server, bot, store), Desk()):
        assert stat.S_IMODE(store.stat().st_mode) == 0o700
        files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in store.iterdir()}
    assert files["nio.db"] == files["cross-signing.json"] == 0o600
    assert set(files.values()) == {0o600}


async def test_keys_that_are_lost_or_wrong_are_told(matrix: Matrix, tmp_path: Path) -> None:
    server, bot, desk = matrix.homeserver, matrix.homeserver.new_user("switchboard"), Desk()
    store = tmp_path / "store"
    async with listening(bot_settings(server, bot, store), desk):
        pass
    cases = {
        "wrong_store_key": bot_settings(server, bot, store, store_key="another"),
        "lost_store": bot_settings(server, bot, tmp_path / "empty"),
        "other_device": bot_settings(server, bot, store, device_id="ELSEWHERE"),
        "other_account": bot_settings(server, bot, store, user_id="@somebody:test.local"),
        "unknown_token": bot_settings(server, bot, store, access_token="revoked"),
    }
    for code, settings in cases.items():
        for _ in range(2):  # the second start finds what the first left
            chat = MatrixChat(settings, desk, desk)
            with pytest.raises(NotAuthenticated, match=code):
                await chat.preflight()
            assert (chat.health().state, chat.health().reason) == (HealthState.DOWN, code)
            await chat.close()
    async with listening(bot_settings(server, bot, store), desk):  # none of it has done harm
        pass


async def test_a_message_without_its_key_is_told_once(matrix: Matrix, tmp_path: Path) -> None:
    server, ama, bot = matrix.homeserver, server_user(matrix, "ama"), matrix.homeserver.new_user("switchboard")
    room, desk = a_room(server, ama, bot, encrypted=True), Desk()
    sealed = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "AwgAEnACgAkLmt6qF84IK++J7UDH2Za1YVchHyprqTqsg",
        "device_id": ama.device,
        "sender_key": "c2VuZGVyc2VuZGVyc2VuZGVyc2VuZGVyc2VuZGVyc2U",
        "session_id": "c2Vzc2lvbnNlc3Npb25zZXNzaW9uc2Vzc2lvbnNlc3M",
    }
    async with listening(bot_settings(server, bot, tmp_path / "store", late_key=2.0), desk):
        first = server.send(ama, room, sealed, "m.room.encrypted")
        server.send(ama, room, sealed, "m.room.encrypted")
        after = server.send(ama, room, "in clear")
        await told(desk, after)
    unreadable = [event for event in desk.of_rooms() if isinstance(event, MessageUnreadable)]
    assert [(event.event_id, event.reason) for event in unreadable] == [(first, "no_key")]
    assert [event.event_id for event in desk.of_rooms()] == [first, after]


# invitations


async def test_invitations(matrix: Matrix, tmp_path: Path) -> None:
    server, ama, bot = matrix.homeserver, server_user(matrix, "ama"), matrix.homeserver.new_user("switchboard")
    old = server.new_room(ama, name="old")
    server.send(ama, old, "@switchboard said long before it came")
    desk = Desk()
    async with listening(bot_settings(server, bot, tmp_path / "store"), desk) as chat:
        for _ in range(2):
            server.member(ama, old, "invite", bot)
            await until(lambda: server.state(ama, old, "m.room.member", bot.id)["membership"] == "join")
            said = server.send(ama, old, "now you are here")
            assert (await told(desk, said)).text == "now you are here"
            server.member(ama, old, "kick", bot)
            server.send(ama, old, "what is said behind its back")
        kinds = [type(event) for event in desk.of_rooms()]
        assert kinds == [RoomJoined, MessageReceived] * 2
        assert {event.sender.id for event in desk.of_rooms()} == {ama.id}
        with pytest.raises(Refused, match="unknown_room"):
            await chat.send(RoomRef("matrix", old), Content("hello?"), thread=None, key="k")


# a network that fails


BREAKS = {Fault.CUT, Fault.LOST, Fault.RESET}


@pytest.mark.parametrize("fault", list(Fault))
async def test_faults_while_listening(matrix: Matrix, faults: Faults, tmp_path: Path, fault: Fault) -> None:
    server, ama, bot = matrix.homeserver, server_user(matrix, "ama"), matrix.homeserver.new_user("switchboard")
    room, desk = a_room(server, ama, bot, encrypted=False), Desk()
    settings = bot_settings(
        server, bot, tmp_path / "store", homeserver=faults.url, poll=1.0, request_timeout=2.0, first_wait=0.5
    )
    async with listening(settings, desk) as chat:
        rule = faults.spoil(fault, "/sync", times=4, seconds=0.5)
        faults.cut()
        begun = faults.clock()
        sent = [server.send(ama, room, f"message {number}") for number in range(5)]
        await until(lambda: rule.done)
        # Scaled: waits begin with half a second instead of one, so at most one attempt in half a second; aiohttp
        # itself asks once more, at once, when a connection breaks (RFC 9112, section 9.3.1).
        requests = 2 if fault in BREAKS else 1
        attempts = (faults.clock() - begun) / settings.first_wait + 1
        assert faults.count("/sync", begun) <= requests * attempts + 1
        for message in sent:
            await told(desk, message)
        assert chat.health().state is HealthState.OK
    assert [event.event_id for event in desk.of_rooms()] == sent
    assert [event for event in desk.events if isinstance(event, Disconnected)]


STEPS = ["/keys/claim", "/sendToDevice", "/send/m.room.encrypted", "/joined_members"]


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.LOST, Fault.RESET, Fault.HANG, Fault.LIMITED_BODY])
async def test_sending_after_a_fault(matrix: Matrix, faults: Faults, tmp_path: Path, fault: Fault) -> None:
    server, ama, bot = matrix.homeserver, await matrix.nio("ama"), matrix.homeserver.new_user("switchboard")
    rooms, desk = [a_room(server, ama.account, bot, encrypted=True) for _ in STEPS], Desk()
    settings = bot_settings(server, bot, tmp_path / "store", homeserver=faults.url, request_timeout=2.0)
    async with listening(settings, desk) as chat:
        for step, room in zip(STEPS, rooms, strict=True):
            # What breaks is asked once more by aiohttp, but for a POST.
            rule = faults.spoil(fault, step, times=2 if fault in BREAKS and "claim" not in step else 1, seconds=0.2)
            with pytest.raises(Unavailable):
                await chat.send(RoomRef("matrix", room), Content("hello"), thread=None, key=step)
            assert rule.done
            ref = await chat.send(RoomRef("matrix", room), Content("hello"), thread=None, key=step)
            await ama.sees("hello", by=None, room=room)
            assert [one.id for one in await ama.reads(room) if one.text == "hello"] == [ref.message]


async def test_a_revoked_token_is_told_and_not_hammered(matrix: Matrix, faults: Faults, tmp_path: Path) -> None:
    server, bot, desk = matrix.homeserver, matrix.homeserver.new_user("switchboard"), Desk()
    settings = bot_settings(
        server, bot, tmp_path / "store", homeserver=faults.url, poll=1.0, first_wait=0.5, longest_wait=60.0
    )
    async with listening(settings, desk) as chat:
        server.call(bot, "POST", f"{CLIENT}/logout", {})
        begun = faults.clock()
        await until(lambda: chat.health().state is HealthState.DOWN)
        await asyncio.sleep(2)
        assert chat.health().reason == "unknown_token"
        assert faults.count("/sync", begun) <= 4
        with pytest.raises(NotAuthenticated):
            await chat.profile(AccountRef("matrix", bot.id))
