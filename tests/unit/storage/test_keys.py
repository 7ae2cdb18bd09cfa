"""The key file: made once and private, refused when others may read it or when it is damaged."""

import os
import stat
from pathlib import Path

import pytest

from config.keys import KeyFileUnsafe, Keys, open_keys

KEYS = Keys(bytes(range(32)))


def test_it_is_made_once_private_and_by_chance(tmp_path: Path) -> None:
    keys = open_keys(tmp_path / "a.key")
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert len(keys.master) == 32
    assert open_keys(tmp_path / "a.key") == keys
    assert open_keys(tmp_path / "b.key") != keys


def test_a_generous_umask_makes_no_difference(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_keys(tmp_path / "a.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
def test_what_others_may_touch_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.key"
    open_keys(file)
    file.chmod(mode)
    with pytest.raises(KeyFileUnsafe, match=f"run: chmod 600 {file}$"):
        open_keys(file)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_what_only_its_owner_may_touch_is_used(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.key"
    keys = open_keys(file)
    file.chmod(mode)
    assert open_keys(file) == keys


DAMAGED = [b"", b"\n", b"00" * 31, b"00" * 33, b"0" * 63, b"zz" * 32, b"\xff" * 64, b"\x00" * 64, b"key: " + b"00" * 32]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.key"
    file.touch(0o600)
    file.write_bytes(content)
    with pytest.raises(KeyFileUnsafe, match="does not hold a key of 64 hexadecimal digits; restore it from a backup"):
        open_keys(file)
    assert file.read_bytes() == content


def test_where_it_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_keys(tmp_path / "no folder" / "a.key")


def test_each_purpose_has_a_key_of_its_own() -> None:
    # RFC 2104 with SHA-256 over the purpose; reckoned with openssl, since what is stored depends on it.
    assert KEYS.purpose("audit").hex() == "0547ef6ed83d95a331b92dbfc65a15e855482fac6d799f464721a9ba79e2d7d3"
    assert len({KEYS.purpose(name) for name in ("audit", "pseudonym", "text", "")}) == 4
    assert Keys(bytes(32)).purpose("audit") != KEYS.purpose("audit")


def test_a_pseudonym_is_stable_short_and_tells_nothing() -> None:
    name = KEYS.pseudonym("person:12")
    assert name == KEYS.pseudonym("person:12")
    assert len(name) == 16
    assert int(name, 16) >= 0
    assert len({KEYS.pseudonym(f"person:{number}") for number in range(1000)}) == 1000
    assert Keys(bytes(32)).pseudonym("person:12") != name


def test_a_key_is_never_printed() -> None:
    assert KEYS.master.hex() not in repr(KEYS)
    assert repr(KEYS.master) not in repr(KEYS)
    assert KEYS.master.hex() not in f"{KEYS} {[KEYS]}"
