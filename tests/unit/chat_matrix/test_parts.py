"""The smaller parts: remembered reactions, places of files, and whose word it is."""

from typing import Any

import pytest

from adapters.chat.matrix import media, memory
from adapters.chat.matrix.crosssigning import SigningKeys
from adapters.chat.matrix.media import Place, clean_name, media_type, place_of
from adapters.chat.matrix.memory import Kept, Reactions
from adapters.chat.matrix.trust import Trust, trust_anew
from adapters.errors import Refused
from tests.contract.chat_stage import Desk
from tests.unit.chat_matrix.world import AMA

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
        if memory._name(f"$x{number}") == shelf:
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


def _trust(desk: Desk, keys: SigningKeys) -> Trust:
    published = keys.published(AMA)
    described = {
        "user_id": AMA,
        "device_id": "PHONE",
        "keys": {"ed25519:PHONE": "ed", "curve25519:PHONE": "curve"},
    }
    told = {
        "master": published["master_key"],
        "self_signing": published["self_signing_key"],
        "devices": {"PHONE": keys.signed(described, AMA, "self_signing")},
    }
    client: Any = type("Client", (), {"device_store": {AMA: {"PHONE": Device}}})
    keeper: Any = type("Keeper", (), {"signing": {AMA: told}})
    return Trust(client, keeper, desk)


def _keys(number: int) -> SigningKeys:
    usages = ("master", "self_signing", "user_signing")
    return SigningKeys({usage: bytes([number, place] * 16) for place, usage in enumerate(usages)})


@pytest.mark.asyncio
async def test_the_first_identity_seen_counts() -> None:
    desk = Desk()
    assert await _trust(desk, _keys(1)).proven(AMA, "PHONE")
    assert await _trust(desk, _keys(1)).proven(AMA, "PHONE")
    assert not await _trust(desk, _keys(2)).proven(AMA, "PHONE")
    assert not await _trust(desk, _keys(1)).proven(AMA, "TABLET")
    assert not await _trust(desk, _keys(1)).proven("@jo:council.example", "PHONE")
    await trust_anew(desk, AMA)
    assert await _trust(desk, _keys(2)).proven(AMA, "PHONE")
    assert not await _trust(desk, _keys(1)).proven(AMA, "PHONE")


@pytest.mark.asyncio
async def test_a_device_with_other_keys_than_it_signs_with_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "curve25519", "another")
    assert not await _trust(Desk(), _keys(1)).proven(AMA, "PHONE")
