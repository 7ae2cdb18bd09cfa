"""The keys that stay outside the database: one file, private to the bot's user, made at first use."""

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path


class KeyFileUnsafe(Exception):
    """The key file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """One master key; each purpose gets its own, so that one leaking says nothing about another."""

    master: bytes

    def purpose(self, name: str) -> bytes:
        """The 32-byte key for `name`, derived by HMAC-SHA-256 (RFC 2104)."""
        return hmac.new(self.master, name.encode(), hashlib.sha256).digest()

    def pseudonym(self, subject: str) -> str:
        """A stable name for a person in the audit, meaningless without the key (16 hexadecimal digits)."""
        return hmac.new(self.purpose("pseudonym"), subject.encode(), hashlib.sha256).hexdigest()[:16]


def open_keys(path: Path) -> Keys:
    """Read the key file, or make it (mode 0600). Raises `KeyFileUnsafe`, or OSError when it cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()  # half a key would be refused at every later start
        raise
    return _read(path)


def _read(path: Path) -> Keys:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileUnsafe(f"{path} can be read by other users of this machine; run: chmod 600 {path}")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        master = bytes.fromhex(text)
    except ValueError:
        master = b""
    if len(master) != 32:
        raise KeyFileUnsafe(f"{path} does not hold a key of 64 hexadecimal digits; restore it from a backup")
    return Keys(master)
