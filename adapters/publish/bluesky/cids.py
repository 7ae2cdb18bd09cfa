"""Names of records by their content: DAG-CBOR, SHA-256 and CIDs, as the AT Protocol writes them.

Only what a post is made of can be written: maps, lists, strings, whole numbers and links. The tests hold every name
made here against the one that a real server gives.
"""

import base64
import hashlib
from typing import Any

LINK = "$link"
"""The one key of a map that stands for a link in JSON."""

RECORD, BYTES = 0x71, 0x55
"""What a CID names: a record in DAG-CBOR, or plain bytes."""

_NUMBER, _BYTES, _TEXT, _LIST, _MAP, _TAG = 0, 2, 3, 4, 5, 6
_IS_CID = 42


def cid(kind: int, digest: bytes) -> str:
    """The CID, version 1, of what has this SHA-256."""
    name = bytes([1, kind, 0x12, len(digest)]) + digest
    return "b" + base64.b32encode(name).decode().rstrip("=").lower()


def record_cid(record: dict[str, Any]) -> str:
    """The CID of a record."""
    return cid(RECORD, hashlib.sha256(dag_cbor(record)).digest())


def dag_cbor(value: Any) -> bytes:
    """A value in its one canonical form. Raises TypeError for what no post holds."""
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return _head(_NUMBER, value)
    if isinstance(value, list):
        return _head(_LIST, len(value)) + b"".join(map(dag_cbor, value))
    if isinstance(value, dict):
        return _link(value[LINK]) if value.keys() == {LINK} else _map(value)
    raise TypeError(f"no part of a post: {type(value).__name__}")


def _map(value: dict[str, Any]) -> bytes:
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return _head(_MAP, len(keys)) + b"".join(dag_cbor(key) + dag_cbor(value[key]) for key in keys)


def _link(name: str) -> bytes:
    packed = name[1:].upper()
    target = b"\0" + base64.b32decode(packed + "=" * (-len(packed) % 8))
    return _head(_TAG, _IS_CID) + _head(_BYTES, len(target)) + target


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in range(4) if number < 1 << (8 << size))
    return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")
