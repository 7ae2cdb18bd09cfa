"""The homeserver of the tests works: accounts, rooms of both versions, powers, messages, its administration."""

import pytest

from tests.real.synapse import CLIENT, Homeserver, MatrixRefused

pytestmark = pytest.mark.real
VERSIONS = ["11", "12"]


def test_accounts_have_names_of_their_own_and_can_log_in_again(homeserver: Homeserver) -> None:
    one, two = homeserver.new_user("ama"), homeserver.new_user("ama")
    assert one.id != two.id
    again = homeserver.login(one)
    assert (again.id, again.device == one.device, again.token == one.token) == (one.id, False, False)
    told = homeserver.call(again, "GET", f"{CLIENT}/account/whoami")
    assert (told["user_id"], told["device_id"]) == (one.id, again.device)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
@pytest.mark.parametrize("version", VERSIONS)
def test_rooms_of_both_versions(homeserver: Homeserver, version: str, encrypted: bool) -> None:
    ama, jo, guest = (homeserver.new_user(name) for name in ("ama", "jo", "gil"))
    room = homeserver.new_room(ama, name="library", version=version, encrypted=encrypted, members=[jo], invited=[guest])
    created = homeserver.state(ama, room, "m.room.create")
    assert created["room_version"] == version
    assert (":" in room) is (version == "11")
    member = {one: homeserver.state(ama, room, "m.room.member", one.id)["membership"] for one in (ama, jo, guest)}
    assert list(member.values()) == ["join", "join", "invite"]
    if encrypted:
        assert homeserver.state(jo, room, "m.room.encryption")["algorithm"].startswith("m.megolm")
        return
    with pytest.raises(MatrixRefused, match="M_NOT_FOUND"):
        homeserver.state(jo, room, "m.room.encryption")


@pytest.mark.parametrize("version", VERSIONS)
def test_power_kicks_and_words(homeserver: Homeserver, version: str) -> None:
    ama, jo, sam = (homeserver.new_user(name) for name in ("ama", "jo", "sam"))
    room = homeserver.new_room(ama, version=version, members=[jo, sam])
    event = homeserver.send(sam, room, "The library is closed on Monday.")
    with pytest.raises(MatrixRefused, match="M_FORBIDDEN"):
        homeserver.redact(jo, room, event)
    homeserver.power(ama, room, jo, 50)
    homeserver.redact(jo, room, event)
    homeserver.member(jo, room, "kick", sam)
    with pytest.raises(MatrixRefused, match="M_FORBIDDEN"):
        homeserver.send(sam, room, "Why?")
    last = homeserver.events(jo, room)[-4:]
    assert [one["type"] for one in last] == [
        "m.room.message",
        "m.room.power_levels",
        "m.room.redaction",
        "m.room.member",
    ]
    assert last[0]["content"] == {}


def test_an_administrator_can_act_for_anybody(homeserver: Homeserver) -> None:
    admin, jo = homeserver.new_user("root", admin=True), homeserver.new_user("jo")
    room = homeserver.new_room(jo)
    path = f"/_synapse/admin/v1/users/{jo.id}/login"
    with pytest.raises(MatrixRefused, match="M_FORBIDDEN"):
        homeserver.call(jo, "POST", path, {})
    forged = jo._replace(token=homeserver.call(admin, "POST", path, {})["access_token"])
    homeserver.send(forged, room, "I never said this.")
    assert homeserver.events(jo, room)[-1]["sender"] == jo.id
