"""The people of the tests understand each other: matrix-nio and the crypto of Element, plain and encrypted."""

import asyncio
import io

import pytest
from PIL import Image

from tests.real.matrix_faults import Fault, Faults
from tests.real.matrix_nio import AT_ONCE, PAGE, NioLine
from tests.real.matrix_peer import PeerLine
from tests.real.matrix_people import Matrix
from tests.real.matrix_reading import Reading
from tests.real.synapse import CLIENT

pytestmark = pytest.mark.real
OLM = "m.olm.v1.curve25519-aes-sha2"
KINDS = pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
VERSIONS = pytest.mark.parametrize("version", ["11", "12"])


def picture() -> bytes:
    """A small picture that says where it was taken."""
    image, facts = Image.new("RGB", (8, 8)), Image.Exif()
    facts.get_ifd(0x8825)[1] = "N"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=facts)
    return written.getvalue()


@VERSIONS
@KINDS
@pytest.mark.asyncio
async def test_a_talk_between_two(matrix: Matrix, version: str, encrypted: bool) -> None:
    ama, jo = await matrix.nio("ama"), await matrix.nio("jo")
    room = matrix.homeserver.new_room(
        ama.account, version=version, encrypted=encrypted, members=[jo.account], name="library"
    )
    matrix.names["library"] = room
    asked = await ama.says("library", "Who knows about flood mapping?")
    seen = await jo.sees("flood", by="ama")
    assert (seen.id, seen.room, seen.encrypted, seen.private, seen.unreadable) == (
        asked,
        "library",
        encrypted,
        True,
        None,
    )
    answered = await jo.says("library", "Rhys does.", thread=asked)
    assert (await ama.sees("Rhys", by="jo", thread=asked, after=asked)).id == answered
    await jo.edits(answered, "Rhys Morgan does.")
    edited = await ama.sees("Rhys Morgan", by="jo")
    assert (edited.id, edited.text, edited.edited, edited.thread) == (answered, "Rhys Morgan does.", True, asked)
    await ama.reacts(answered, "✅")
    found = await jo.looks(answered, "library")
    assert found
    assert found.reactions == {"✅": {"ama"}}
    await ama.unreacts(answered, "✅")
    found = await jo.looks(answered, "library")
    assert found
    assert found.reactions == {}
    await jo.deletes(answered)
    assert await ama.looks(answered, room) is None
    assert await ama.finds("Rhys", by=None) is None


@KINDS
@pytest.mark.asyncio
async def test_files_arrive_as_they_are(matrix: Matrix, encrypted: bool) -> None:
    ama, jo = await matrix.nio("ama"), await matrix.nio("jo")
    room = matrix.homeserver.new_room(ama.account, encrypted=encrypted, members=[jo.account])
    data = picture()
    await ama.drops(room, "river.jpg", data, text="The river today")
    seen = await jo.sees("The river", by="ama")
    assert (seen.files[0]["name"], seen.files[0]["media_type"]) == ("river.jpg", "image/jpeg")
    assert seen.pictures == seen.files
    assert await jo.opens(seen.files[0]["id"]) == data
    assert ("url" in seen.content) is not encrypted
    await jo.drops(room, "staff.csv", b"name\nRhys\n")
    shared = (await ama.reads(room))[-1]
    assert (shared.text, shared.files[0]["name"], shared.pictures) == ("", "staff.csv", ())
    assert await ama.opens(shared.id) == b"name\nRhys\n"


@KINDS
@pytest.mark.asyncio
async def test_nothing_is_missed_between_two_looks(matrix: Matrix, encrypted: bool) -> None:
    ama, jo = await matrix.nio("ama"), await matrix.nio("jo")
    room = matrix.homeserver.new_room(ama.account, encrypted=encrypted, members=[jo.account])
    await jo.reads(room)
    said = [await ama.says(room, f"number {number}") for number in range(AT_ONCE + 10)]
    assert [one.id for one in await jo.reads(room)] == said
    assert [one.text for one in await jo.reads(room)] == [f"number {number}" for number in range(AT_ONCE + 10)]


@pytest.mark.asyncio
async def test_a_direct_message_is_found_by_its_name(matrix: Matrix) -> None:
    ama, bot = await matrix.nio("ama"), await matrix.nio("switchboard")
    with pytest.raises(LookupError, match="make the room first"):
        await ama.says(ama.direct, "Hello?")
    matrix.homeserver.new_room(ama.account, direct=True, encrypted=True, invited=[bot.account])
    await bot.rooms()
    await ama.says("direct-ama", "Hello?")
    assert (await bot.sees("Hello", by="ama")).private
    assert await ama.finds("Hello") is None, "what the bot says is looked for, unless somebody else is named"


@pytest.mark.asyncio
async def test_a_key_behind_a_pile_of_junk_is_found(matrix: Matrix) -> None:
    ama, jo, eve = await matrix.nio("ama"), await matrix.nio("jo"), matrix.homeserver.new_user("eve")
    room = matrix.homeserver.new_room(ama.account, encrypted=True, members=[jo.account])
    assert isinstance(ama.line, NioLine)
    key = ama.line.client.olm.account.identity_keys["curve25519"]
    sealed = {"ciphertext": {key: {"type": 0, "body": "AwogAAAA"}}, "sender_key": "A" * 43}
    junk = {"messages": {ama.account.id: {ama.account.device: sealed | {"algorithm": OLM}}}}
    # matrix-nio's own loop ends at one of these. So many do not fit into one answer: the key comes after the words.
    for number in range(PAGE + 1):
        matrix.homeserver.call(eve, "PUT", f"{CLIENT}/sendToDevice/m.room.encrypted/{number}", junk)
    await jo.says(room, "Still there?")
    assert [one.text for one in await ama.reads(room)] == ["Still there?"]


@pytest.mark.asyncio
async def test_a_bad_line_keeps_nobody_from_reading(matrix: Matrix, faults: Faults) -> None:
    jo, ama = await matrix.nio("jo"), matrix.homeserver.new_user("ama")
    room = matrix.homeserver.new_room(jo.account, encrypted=True, members=[ama])
    line = NioLine(faults.url, ama, matrix.folder / "bad", Reading({}))
    await line.catch_up()
    await jo.says(room, "Still there?")
    bad = [Fault.BAD_GATEWAY, Fault.SERVER_ERROR, Fault.BROKEN, Fault.CUT, Fault.RESET, Fault.LOST]
    rules = [faults.spoil(fault, "/sync", times=2) for fault in bad]
    await line.catch_up()
    await line.close()
    assert [rule.used for rule in rules] == [2] * len(bad)
    assert [one.text for one in line.reading.room(room, private=True)] == ["Still there?"]


@pytest.mark.parametrize("strict", [False, True], ids=["legacy", "strict"])
@pytest.mark.asyncio
async def test_the_peer_and_somebody_whose_device_is_signed(matrix: Matrix, strict: bool) -> None:
    ama, jo = await matrix.nio("ama", signed=True), await matrix.element("jo", strict=strict)
    room = matrix.homeserver.new_room(ama.account, encrypted=True, version="12", members=[jo.account])
    asked = await jo.says(room, "Who knows about flood mapping?")
    seen = await ama.sees("flood", by="jo")
    assert (seen.id, seen.encrypted) == (asked, True)
    answer = await ama.says(room, "Rhys does.", thread=asked)
    found = await jo.sees("Rhys", by="ama")
    assert (found.id, found.thread, found.encrypted) == (answer, asked, True)
    await jo.reacts(answer, "✅")
    await ama.edits(answer, "Rhys Morgan does.")
    edited = await jo.sees("Rhys Morgan", by="ama")
    assert edited.edited
    assert edited.reactions == {"✅": {"jo"}}
    data = picture()
    await jo.drops(room, "river.jpg", data)
    assert await ama.opens((await ama.reads(room))[-1].id) == data
    await jo.unreacts(answer, "✅")
    assert (await ama.reads(room))[1].reactions == {}
    assert isinstance(jo.line, PeerLine)
    assert await jo.line.trust(ama.account.id) == {ama.account.device: {"signed": True, "verified": False}}


@pytest.mark.parametrize("strict", [False, True], ids=["legacy", "strict"])
@pytest.mark.asyncio
async def test_the_peer_and_somebody_whose_device_is_not(matrix: Matrix, strict: bool) -> None:
    ama, jo = await matrix.nio("ama"), await matrix.element("jo", strict=strict)
    room = matrix.homeserver.new_room(ama.account, encrypted=True, members=[jo.account])
    await jo.says(room, "Who knows about flood mapping?")
    await ama.says(room, "Rhys does.")
    heard, told = (await ama.reads(room))[0], (await jo.reads(room))[1]
    assert isinstance(jo.line, PeerLine)
    assert await jo.line.trust(ama.account.id) == {ama.account.device: {"signed": False, "verified": False}}
    if strict:
        assert (heard.unreadable, told.unreadable) == ("no key", "UNSIGNED_SENDER_DEVICE")
    else:
        assert (heard.text, told.text) == ("Who knows about flood mapping?", "Rhys does.")


@pytest.mark.asyncio
async def test_two_may_look_at_once(matrix: Matrix) -> None:
    ama, jo = await matrix.nio("ama"), await matrix.nio("jo")
    room = matrix.homeserver.new_room(ama.account, encrypted=True, members=[jo.account])
    looks = [asyncio.create_task(jo.sees(word, by="ama")) for word in ("one", "two")]
    said = [await ama.says(room, word) for word in ("one", "two")]
    assert [(await look).id for look in looks] == said
