"""Who can read what the bot says: devices that their owner has signed, and those of people without an identity."""

from pathlib import Path

import pytest

from adapters.chat.matrix import MatrixChat
from adapters.events import Content, RoomRef
from tests.contract.chat_stage import Desk
from tests.contract.matrix_hands import bot_settings
from tests.real.matrix_nio import NioLine, cross_sign, sign_device
from tests.real.matrix_people import Matrix
from tests.real.matrix_person import MatrixPerson
from tests.real.synapse import CLIENT
from tests.real.test_matrix import listening, told

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(300)]


async def readable(person: MatrixPerson, room: str, message: str) -> bool:
    """Whether somebody can read a message that stands in a room."""
    seen = await person.looks(message, room)
    assert seen is not None
    return seen.unreadable is None


def line_of(person: MatrixPerson) -> NioLine:
    """Their client, which is matrix-nio."""
    assert isinstance(person.line, NioLine)
    return person.line


async def test_a_device_that_its_owner_has_not_signed_reads_nothing(matrix: Matrix, tmp_path: Path) -> None:
    server, ama, jo = matrix.homeserver, await matrix.nio("ama"), await matrix.nio("jo")
    own = await cross_sign(line_of(jo))
    bot = server.new_user("switchboard")
    room = server.new_room(ama.account, encrypted=True, members=[bot, jo.account])
    settings, desk = bot_settings(server, bot, tmp_path / "store"), Desk()
    # As a homeserver's administrator can: another log-in, of which Jo knows nothing.
    added = await matrix.nio("added", server.login(jo.account))
    said: list[str] = []

    async def reads(chat: MatrixChat, *people: MatrixPerson) -> list[bool]:
        key = str(len(said))
        ref = await chat.send(RoomRef("matrix", room), Content(f"sentence {key}"), thread=None, key=key)
        said.append(ref.message)
        return [await readable(one, room, ref.message) for one in people]

    async with listening(settings, desk) as chat:
        await told(desk, await jo.says(room, "are you there?"))
        assert await reads(chat, jo, ama, added) == [True, True, False]
        assert await reads(chat, jo, ama, added) == [True, True, False]
    async with listening(settings, desk) as chat:  # another life knows it from the start
        assert await reads(chat, jo, ama, added) == [True, True, False]
        assert (await told(desk, await jo.says(room, f"{bot.id} it is me"))).proven
        late = await matrix.nio("late", server.login(jo.account))
        assert await reads(chat, jo, ama, added, late) == [True, True, False, False]
        # Once Jo has verified one, it reads what comes from then on.
        await sign_device(line_of(jo), own, added.account.device)
        await told(desk, await jo.says(room, "that one is mine"))
        assert await reads(chat, jo, ama, added, late) == [True, True, True, False]
        assert not await readable(added, room, said[-2])


async def test_a_device_that_is_shut_out_is_told_why(matrix: Matrix, tmp_path: Path) -> None:
    server, jo = matrix.homeserver, await matrix.nio("jo", signed=True)
    bot = server.new_user("switchboard")
    room = server.new_room(jo.account, encrypted=True, members=[bot])
    added = await matrix.nio("added", server.login(jo.account))
    since = line_of(added).client.next_batch
    async with listening(bot_settings(server, bot, tmp_path / "store"), Desk()) as chat:
        ref = await chat.send(RoomRef("matrix", room), Content("a sentence"), thread=None, key="k")
    news = server.call(added.account, "GET", f"{CLIENT}/sync?since={since}")
    refused = [one["content"] for one in news["to_device"]["events"] if one["type"] == "m.room_key.withheld"]
    sealed = next(one for one in server.events(jo.account, room) if one["event_id"] == ref.message)["content"]
    assert [(one["code"], one["session_id"]) for one in refused] == [("m.unverified", sealed["session_id"])]
