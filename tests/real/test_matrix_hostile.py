"""Whoever means harm, on a real Synapse: true words shown twice, sealed junk, depth, and a flood of beginnings."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.chat_stage import Desk
from tests.contract.matrix_hands import bot_settings
from tests.real.matrix_faults import Faults
from tests.real.matrix_nio import NioLine
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.synapse import CLIENT, MatrixRefused
from tests.real.test_matrix import listening, told

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(600)]


async def test_true_words_shown_again_in_another_life_prove_nothing(matrix: Matrix, tmp_path: Path) -> None:
    server, ama = matrix.homeserver, await matrix.nio("ama", signed=True)
    bot, desk = server.new_user("switchboard"), Desk()
    settings, room = bot_settings(server, bot, tmp_path / "store"), server.new_room(ama.account, encrypted=True)
    server.member(ama.account, room, "invite", bot)
    server.join(bot, room)
    async with listening(settings, desk):
        said = await ama.says(room, f"{bot.id} approve #12")
        assert (await told(desk, said)).proven
    sealed = next(one["content"] for one in server.events(ama.account, room) if one["event_id"] == said)
    async with listening(settings, desk):  # the library has forgotten what it saw
        shown = server.send(ama.account, room, sealed, "m.room.encrypted")
        again = await told(desk, shown)
        assert (again.text, again.proven) == ("approve #12", False)
        assert (await told(desk, await ama.says(room, f"{bot.id} approve #13"))).proven


async def test_sealed_junk_and_what_answers_it_hold_nobody_up(matrix: Matrix, tmp_path: Path) -> None:
    server, ama = matrix.homeserver, await matrix.nio("ama")
    bot, desk = server.new_user("switchboard"), Desk()
    room = server.new_room(ama.account, encrypted=True, members=[bot])
    contents: list[dict[str, Any]] = [
        {"msgtype": "m.image", "body": "x", "url": "mxc://a/b", "info": {"size": 10**300}},
        {"msgtype": "m.image", "body": ["x"], "file": {"url": "mxc://a/b", "key": {"k": "?"}, "iv": "", "hashes": {}}},
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": ["m.thread"]}},
        {"msgtype": "m.text", "body": "x" * 15_000, "formatted_body": "<a " * 3_000},
    ]
    async with listening(bot_settings(server, bot, tmp_path / "store"), desk):
        for content in contents:
            junk = await _seals(ama, room, content)
            answer = {"m.relates_to": {"m.in_reply_to": {"event_id": junk}}}
            await _seals(ama, room, {"msgtype": "m.text", "body": f"{bot.id} what do you say to that?", **answer})
        said = await ama.says(room, "still there?")
        assert (await told(desk, said)).text == "still there?"


async def _seals(person: MatrixPerson, room: str, content: dict[str, Any]) -> str:
    assert isinstance(person.line, NioLine)
    return await person.line.send(room, "m.room.message", content)


async def test_depth_without_end_holds_nobody_up(matrix: Matrix, tmp_path: Path) -> None:
    server = matrix.homeserver
    ama, bot, desk = server.new_user("ama"), server.new_user("switchboard"), Desk()
    room, taken = server.new_room(ama, members=[bot]), []
    async with listening(bot_settings(server, bot, tmp_path / "store"), desk):
        for depth in range(100, 1_000, 50):
            content: Any = "x"
            for _ in range(depth):
                content = [content]
            try:
                taken.append(server.send(ama, room, {"msgtype": "m.text", "body": "x", "deep": content}))
            except MatrixRefused:
                break
        said = server.send(ama, room, "still there?")
        assert (await told(desk, said)).text == "still there?"
    assert taken


async def test_verifications_that_are_begun_are_not_answered(matrix: Matrix, faults: Faults, tmp_path: Path) -> None:
    server, ama, desk = matrix.homeserver, await matrix.nio("ama"), Desk()
    bot = server.new_user("switchboard")
    room = server.new_room(ama.account, encrypted=True, members=[bot])
    async with listening(bot_settings(server, bot, tmp_path / "store", homeserver=faults.url), desk):
        await told(desk, await ama.says(room, "now you know my device"))
        asked = faults.count("/sendToDevice")
        for number in range(30):
            begin = {
                "from_device": ama.account.device,
                "transaction_id": f"t{number}",
                "method": "m.sas.v1",
                "key_agreement_protocols": ["curve25519-hkdf-sha256"],
                "hashes": ["sha256"],
                "message_authentication_codes": ["hkdf-hmac-sha256.v2"],
                "short_authentication_string": ["decimal", "emoji"],
            }
            where = f"{CLIENT}/sendToDevice/m.key.verification.start/{number}"
            server.call(ama.account, "PUT", where, {"messages": {bot.id: {bot.device: begin}}})
        await told(desk, await ama.says(room, "still there?"))
        assert faults.count("/sendToDevice") == asked
