"""The smaller parts: remembered reactions, places of files, and whose word it is."""

from typing import Any

import pytest

from adapters.chat.matrix import identities, media, memory
from adapters.chat.matrix.client import Seal
from adapters.chat.matrix.crosssigning import SigningKeys
from adapters.chat.matrix.identities import NewIdentity, accept_identity, new_identities
from adapters.chat.matrix.media import Place, clean_name, media_type, place_of
from adapters.chat.matrix.memory import Kept, Reactions
from adapters.chat.matrix.trust import Trust
from adapters.errors import Refused
from tests.contract.chat_stage import Desk
from tests.unit.chat_matrix.world import AMA, NOW, settings

KEPT = Kept("$vote", AMA, "✅")


@pytest.mark.asyncio
async def test_reactions_are_remembered_within_bounds() -> None:
    desk = Desk()
    reactions = Reactions(desk)
    count = memory.SHELVES * 2
    for number in range(count):
        await reactions.keep(f"${number}", KEPT)
    assert await Reactions(desk).find(f"${count - 1}") == KEPT
    assert await reactions.find("$never") is None
    shelf = next(iter(desk.kept))
    for number in range(50_000):
        if reactions._shelves._place(f"$x{number}") == shelf:
            await reactions.keep(f"$x{number}", KEPT)
    assert len(desk.kept) <= memory.SHELVES
    assert len(desk.kept[shelf]) < 6_000


def test_places_of_files() -> None:
    locked = Place("mxc://council.example/abc", "k+/=&#", "i v", "d#1")
    for place in (Place("mxc://council.example/abc"), locked):
        assert Place.of(str(place)) == place
    assert locked.where == "/_matrix/client/v1/media/download/council.example/abc"
    assert Place("mxc://a/../../b").where.endswith("/a/..%2F..%2Fb")
    for text in ("", "no-such-file", "https://elsewhere.example/x", "mxc://a/b#other=1"):
        with pytest.raises(Refused, match="gone"):
            Place.of(text)


def test_where_a_message_s_file_is() -> None:
    file: dict[str, Any] = {"url": "mxc://a/b", "key": {"k": "K"}, "iv": "I", "hashes": {"sha256": "H"}}
    assert place_of({"file": file, "url": "mxc://other/x"}) == Place("mxc://a/b", "K", "I", "H")
    assert place_of({"url": "mxc://a/b"}) == Place("mxc://a/b")
    broken = [{"file": file | {name: None}} for name in file]
    assert len(broken) == 4
    others: list[dict[str, Any]] = [{}, {"url": 7}, {"url": "http://a/b"}, {"file": "x"}]
    for content in others + broken:
        assert place_of(content) is None


def test_names_and_types_of_files() -> None:
    assert clean_name("../../etc/pass\u202ewd\n.csv") == "passwd.csv"
    assert [clean_name(name) for name in ("", "..", "a\\b.txt")] == ["file", "file", "b.txt"]
    assert len(clean_name("x" * 500)) == media.LONGEST_NAME
    assert media_type("a.txt", b"\xff\xd8\xff") == "image/jpeg"
    assert [media_type(name, b"") for name in ("a.csv", "a")] == ["text/csv", "application/octet-stream"]


class Device:
    ed25519, curve25519 = "ed", "curve"


def _trust(desk: Desk, keys: SigningKeys, user: str = AMA) -> Trust:
    published = keys.published(user)
    described = {
        "user_id": user,
        "device_id": "PHONE",
        "keys": {"ed25519:PHONE": "ed", "curve25519:PHONE": "curve"},
    }
    told = {
        "master": published["master_key"],
        "self_signing": published["self_signing_key"],
        "devices": {"PHONE": keys.signed(described, user, "self_signing")},
    }
    client: Any = type("Client", (), {"device_store": {user: {"PHONE": Device}}})
    keeper: Any = type("Keeper", (), {"signing": {user: told}})
    return Trust(settings(), client, keeper, desk)


def _keys(number: int) -> SigningKeys:
    usages = ("master", "self_signing", "user_signing")
    return SigningKeys({usage: bytes([number, place] * 16) for place, usage in enumerate(usages)})


def _seal(place: int, device: str = "PHONE") -> Seal:
    return Seal(device, f"session:{place}")


@pytest.mark.asyncio
async def test_the_first_identity_seen_counts_until_another_is_accepted() -> None:
    desk = Desk()
    assert await _trust(desk, _keys(1)).proven(AMA, _seal(1), "$1")
    assert await _trust(desk, _keys(1)).proven(AMA, _seal(2), "$2")
    assert await new_identities(desk) == []
    assert not await _trust(desk, _keys(1)).proven(AMA, _seal(3, "TABLET"), "$3")
    assert not await _trust(desk, _keys(1)).proven("@jo:council.example", _seal(3), "$3")
    for number in (3, 4):
        assert not await _trust(desk, _keys(2)).proven(AMA, _seal(number), f"${number}")
    (new,) = await new_identities(desk)
    assert new == NewIdentity(AMA, _keys(2).public("master"), NOW)
    assert not await _trust(desk, _keys(3)).proven(AMA, _seal(5), "$5")
    await accept_identity(desk, new)  # what was looked at, though yet another came meanwhile
    assert await _trust(desk, _keys(2)).proven(AMA, _seal(6), "$6")
    assert not await _trust(desk, _keys(1)).proven(AMA, _seal(7), "$7")
    assert not await _trust(desk, _keys(3)).proven(AMA, _seal(7), "$7")


@pytest.mark.asyncio
async def test_true_words_shown_a_second_time_prove_nothing() -> None:
    desk = Desk()
    assert await _trust(desk, _keys(1)).proven(AMA, _seal(1), "$1")
    assert await _trust(desk, _keys(1)).proven(AMA, _seal(1), "$1")  # told again after a crash
    assert not await _trust(desk, _keys(1)).proven(AMA, _seal(1), "$later")
    assert await _trust(desk, _keys(1)).proven(AMA, _seal(2), "$later")


@pytest.mark.asyncio
async def test_strangers_prove_nothing_and_fill_nothing() -> None:
    desk = Desk()
    for number in (1, 2):
        trust = _trust(desk, _keys(number), "@eve:elsewhere.example")
        assert not await trust.proven("@eve:elsewhere.example", _seal(number), "$1")
    assert desk.kept == {}


@pytest.mark.asyncio
async def test_so_many_new_identities_are_noted() -> None:
    desk = Desk()
    for number in range(identities.MOST + 5):
        for key in ("first", "second"):
            await identities.is_believed(desk, f"@{number}:council.example", key, NOW)
    assert len(await new_identities(desk)) == identities.MOST


@pytest.mark.asyncio
async def test_a_device_with_other_keys_than_it_signs_with_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "curve25519", "another")
    assert not await _trust(Desk(), _keys(1)).proven(AMA, _seal(1), "$1")
