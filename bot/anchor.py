"""The anchor: heads of the evidence kept in a file outside the database, so that a cut or rewritten chain is found.

One JSON object a line, only ever appended: the time, the number of the last row and its seal, and a seal of the line
itself over the bytes of the line before it, so that no line can be changed or taken out of the middle.
"""

import asyncio
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from bot import audit
from bot.audit import Fault, Pin
from config import logs
from config.database import Database
from config.keys import Keys

log = logs.get("anchor")

HEAD, RESTORED = "head", "restored"

BLOCK = 4096
"""Bytes read from the end to find the last line, which has about 250; doubled until it is found."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A backup was put back `at` a time, and the rows from `first` to `last` went with it; none if first > last."""

    first: int
    last: int
    at: datetime


@dataclass(slots=True)
class Anchors:
    """What the file says: the heads that must still stand, those given up by a restore, and what is wrong with it."""

    pins: list[Pin] = field(default_factory=list)
    gone: list[Pin] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    torn: bool = False


def append(path: Path, keys: Keys, pin: Pin, event: str = HEAD) -> None:
    """Add the head as it is at `pin.at`, unless the last line says the same; safe on the disk when it returns.

    After a backup was put back, add its head with the event `restored`, before anything new is recorded: rows after
    it that were anchored earlier count as given up. Several processes may write to one file. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, torn = _tail(file)
        found = _parse(last)
        if event == HEAD and found and (found[0].last, found[0].mac) == (pin.last, pin.mac):
            return
        if torn:
            file.truncate(file.seek(0, os.SEEK_END) - torn)
        line = _line(keys, last, pin, event)
        if file.write(line) != len(line):
            raise OSError("the anchor's line was not written whole; the next one mends it")
        os.fsync(file.fileno())
    if not last:
        _keep_name(path)


def newest(path: Path) -> Pin | None:
    """The head on the last line, its seal unchecked; None without one. Raises OSError."""
    try:
        with path.open("rb", buffering=0) as file:
            found = _parse(_tail(file)[0])
    except FileNotFoundError:
        return None
    return found[0] if found else None


def read(path: Path, keys: Keys, until: datetime | None = None) -> Anchors:
    """Everything in the file, each line checked; nothing when it is not there. Raises OSError.

    What was written after `until` is checked and left out: an export knows nothing of it.
    """
    anchors, last = Anchors(), b""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    anchors.torn = True
                    break
                if (found := _checked(keys, last, line)) is None:
                    _add_fault(anchors, number)
                elif until is None or _time(found[0]) <= until:
                    _add(anchors, *found)
                last = line
    except FileNotFoundError:
        pass
    return anchors


def _checked(keys: Keys, last: bytes, line: bytes) -> tuple[Pin, str] | None:
    found = _parse(line)
    return found if found and hmac.compare_digest(line, _line(keys, last, *found)) else None


def _add(anchors: Anchors, pin: Pin, event: str) -> None:
    if event == RESTORED:
        _give_up(anchors, pin)
    if pin.last:
        anchors.pins.append(pin)


def _add_fault(anchors: Anchors, number: int) -> None:
    before = anchors.faults[-1] if anchors.faults else None
    if before is not None and before.end == number - 1:
        anchors.faults[-1] = replace(before, to=number)
    else:
        anchors.faults.append(Fault(number, "anchor_changed"))


def _give_up(anchors: Anchors, restored: Pin) -> None:
    gone = [pin for pin in anchors.pins if pin.last > restored.last]
    anchors.pins = [pin for pin in anchors.pins if pin.last <= restored.last]
    anchors.gone += gone
    tip = max((pin.last for pin in gone), default=restored.last)
    anchors.given_up.append(GivenUp(restored.last + 1, tip, _time(restored)))


def _time(pin: Pin) -> datetime:
    if pin.at is None:
        raise ValueError("a line of the anchor has a time")
    return pin.at


def _line(keys: Keys, last: bytes, pin: Pin, event: str) -> bytes:
    said = {"at": _time(pin).astimezone(UTC).isoformat(), "event": event, "last": pin.last, "mac": pin.mac}
    sealed = hashlib.sha256(last).hexdigest() + json.dumps(said)
    seal = hmac.new(keys.purpose("anchor"), sealed.encode(), hashlib.sha256).hexdigest()
    return json.dumps(said | {"seal": seal}).encode() + b"\n"


def _parse(line: bytes) -> tuple[Pin, str] | None:
    """What a line says, its seal unchecked; None when it is none of ours."""
    try:
        found = json.loads(line)
        pin = Pin(int(found["last"]), str(found["mac"]), datetime.fromisoformat(found["at"]))
        return (pin, found["event"]) if found["event"] in (HEAD, RESTORED) else None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _tail(file: FileIO) -> tuple[bytes, int]:
    """The last whole line, empty when there is none, and how many bytes stand torn after it."""
    size, block = file.seek(0, os.SEEK_END), BLOCK
    while True:
        start = max(0, size - block)
        file.seek(start)
        lines = file.read(size - start).split(b"\n")
        if start == 0 or len(lines) > 2:
            return (lines[-2] + b"\n" if len(lines) > 1 else b""), len(lines[-1])
        block *= 2


def _keep_name(path: Path) -> None:
    """A new file's name must outlive a power cut as well."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def keep(database: Database, keys: Keys, path: Path, clock: Callable[[], datetime]) -> Pin:
    """Add the head to the file if it has moved since its last line. Raises OSError when it cannot be written."""
    known = await asyncio.to_thread(newest, path)
    async with database.reading() as session:
        head = await audit.tip(session)
        follows = known is None or not known.last or await audit.holds(session, known)
    if not follows and known is not None:
        # Goes on all the same: `audit verify` tells it from the older lines, and the newer rows need an anchor too.
        log.error("evidence_differs", number=known.last)
    if head.last:
        await asyncio.to_thread(append, path, keys, Pin(head.last, head.mac, clock()))
    return head


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: how many rows, everything wrong, and what the anchor file says of itself."""

    rows: int
    faults: list[Fault]
    anchors: Anchors


def judged(rows: int, faults: list[Fault], anchors: Anchors) -> Report:
    """Put together what the chain and the file say; evidence that nothing anchors is a fault as well."""
    bare = rows and not (anchors.pins or anchors.given_up or anchors.faults)
    missing = [Fault(rows, "no_anchor")] if bare else []
    return Report(rows, [*anchors.faults, *faults, *missing], anchors)


async def examine(database: Database, keys: Keys, path: Path, posted: Pin | None = None) -> Report:
    """Check the evidence by itself, against every line of the file, and against a head that was posted.

    Raises OSError when the file cannot be read.
    """
    # The file first: what the bot adds while we look is in neither.
    anchors = read(path, keys)
    async with database.reading() as session:
        rows, faults = await audit.verify(session, keys, wanted(anchors, posted))
    return judged(rows, faults, anchors)


def wanted(anchors: Anchors, posted: Pin | None) -> list[Pin]:
    """The heads that must be found; a posted one is not asked for when it was given up in a restore."""
    gone = {(pin.last, pin.mac) for pin in anchors.gone}
    asked = [posted] if posted and (posted.last, posted.mac) not in gone else []
    return [*anchors.pins, *asked]
