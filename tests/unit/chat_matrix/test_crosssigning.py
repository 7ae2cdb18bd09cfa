"""The bot's own identity: keys, signatures, and whether another's chain of signatures holds."""

import copy
import stat
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.matrix import crosssigning
from adapters.chat.matrix.crosssigning import (
    SigningKeys,
    decode,
    encode,
    identity,
    is_signed,
    key_of,
    make_keys,
    open_keys,
)
from adapters.errors import NotAuthenticated
from tests.unit.chat_matrix.world import AMA, JO

# RFC 8032, section 7.1, test 1: a secret key and its public key.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
KEYS = SigningKeys({"master": SEED, "self_signing": b"\x01" * 32, "user_signing": b"\x02" * 32})


def told(keys: SigningKeys = KEYS, user: str = AMA, device: str = "PHONE") -> dict[str, Any]:
    """What the server tells of somebody with one signed device."""
    published = keys.published(user)
    described = {"user_id": user, "device_id": device, "keys": {f"ed25519:{device}": "k"}, "unsigned": {"x": 1}}
    return {
        "master": published["master_key"],
        "self_signing": published["self_signing_key"],
        "devices": {device: keys.signed(described, user, "self_signing")},
    }


def test_keys_are_those_of_the_standard() -> None:
    assert decode(KEYS.public("master")) == PUBLIC
    assert encode(PUBLIC) == KEYS.public("master")
    assert "=" not in encode(b"a")


def test_the_specification_s_example_of_signing() -> None:
    # Matrix specification, appendix "Cryptographic Test Vectors": the empty object, signed with this seed.
    keys = SigningKeys({"master": decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1")})
    signatures = keys.signed({}, "domain", "master")["signatures"]["domain"]
    assert list(signatures.values()) == [
        "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"
    ]


def test_a_chain_that_holds() -> None:
    assert identity(told(), AMA, "PHONE") == KEYS.public("master")


def _broken(change: Any) -> dict[str, Any]:
    found = copy.deepcopy(told())
    change(found)
    return found


OTHER = SigningKeys({"master": b"\x03" * 32, "self_signing": b"\x04" * 32, "user_signing": b"\x05" * 32})


@pytest.mark.parametrize(
    "found",
    [
        {},
        _broken(lambda it: it.pop("master")),
        _broken(lambda it: it["self_signing"].pop("signatures")),
        _broken(lambda it: it.update(self_signing=OTHER.published(AMA)["self_signing_key"])),
        _broken(lambda it: it.update(master=OTHER.published(AMA)["master_key"])),
        _broken(lambda it: it["devices"]["PHONE"]["keys"].update({"ed25519:PHONE": "another"})),
        _broken(lambda it: it["devices"]["PHONE"].update(device_id="OTHER")),
        _broken(lambda it: it["devices"]["PHONE"].update(signatures={AMA: "?"})),
        _broken(lambda it: it["devices"].clear()),
        _broken(lambda it: it.update(devices=None)),
        told(user=JO),
    ],
)
def test_a_chain_that_does_not_hold(found: dict[str, Any]) -> None:
    assert identity(found, AMA, "PHONE") is None


def test_signatures_cover_everything_but_what_the_server_adds() -> None:
    signed = KEYS.signed({"b": 1, "a": "ü", "unsigned": {"age": 1}}, AMA, "master")
    public = KEYS.public("master")
    assert is_signed(signed, AMA, public)
    assert is_signed(signed | {"unsigned": {"age": 2}}, AMA, public)
    assert not is_signed(signed | {"b": 2}, AMA, public)
    assert not is_signed(signed, JO, public)
    assert not is_signed(signed, AMA, OTHER.public("master"))
    twice = OTHER.signed(signed, AMA, "master")
    assert is_signed(twice, AMA, public)
    assert is_signed(twice, AMA, OTHER.public("master"))


@pytest.mark.parametrize("body", [None, {}, {"keys": {}}, {"keys": {"a": "b", "c": "d"}}, {"keys": {"a": 1}}])
def test_no_key(body: Any) -> None:
    assert key_of(body) is None


def test_the_file_of_keys(tmp_path: Path) -> None:
    file = tmp_path / crosssigning.FILE
    assert open_keys(tmp_path) is None
    first = make_keys(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_keys(tmp_path) == first
    assert len(set(first.seeds.values())) == 3
    second = make_keys(tmp_path)
    assert open_keys(tmp_path) == second != first
    (aside,) = tmp_path.glob(f"{crosssigning.FILE}.before-*")
    aside.replace(file)
    assert open_keys(tmp_path) == first
    for text in ("", "{}", "[]", '{"master": "!"}'):
        file.write_text(text)
        with pytest.raises(NotAuthenticated, match="unsafe_store"):
            open_keys(tmp_path)
