"""An export of the evidence: written as JSON lines, and checked without the database."""

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import anchor, audit
from bot.anchor import Report
from bot.audit import AuditNote, AuditRow, Fault, Pin, Walk
from config.database import Database
from config.keys import Keys

Found = tuple[AuditRow, str | None, str | None] | Pin | None
"""A row with its note's salt and text, the end, or nothing of ours."""


def as_object(row: AuditRow, note: AuditNote | None) -> dict[str, Any]:
    """A row as it is exported; `note` and `salt` are null where the note was erased."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": details_of(row),
        "note": audit.words_of(note) if note else None,
        "salt": note.salt if note else None,
        "commitment": row.commitment,
        "previous": row.previous,
        "mac": row.mac,
    }


def details_of(row: AuditRow) -> Any:
    """What a row says in codes and numbers; as it stands there when somebody spoilt it."""
    try:
        return json.loads(row.details)
    except (ValueError, TypeError):
        return row.details


def as_line(value: dict[str, Any]) -> str:
    """One line. Only ASCII: nothing in a name can steer a terminal or break the line."""
    return json.dumps(value, default=repr) + "\n"


def as_end(keys: Keys, head: Pin) -> dict[str, Any]:
    """The last line, sealed: a file that was cut has none."""
    at = head.at.isoformat() if head.at else ""
    text = json.dumps(["export", head.last, head.mac, at])
    seal = hmac.new(keys.purpose("audit export"), text.encode(), hashlib.sha256).hexdigest()
    return {"end": head.last, "mac": head.mac, "at": at, "seal": seal}


async def lines(database: Database, keys: Keys) -> AsyncIterator[str]:
    """The whole evidence, a line for each row and one for the end; one state of it, however long it takes."""
    at = datetime.now(UTC)
    async with database.reading() as session:
        async for row, note in audit.everything(session):
            yield as_line(as_object(row, note))
        head = await audit.tip(session)
    yield as_line(as_end(keys, Pin(head.last, head.mac, at)))


async def write(file: Path, text: AsyncIterator[str]) -> None:
    """Write a new file for the bot's user alone, because it holds names; all of it or none.

    Raises OSError, also when the file is there already.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    whole = False
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            async for line in text:
                stream.write(line)
        whole = True
    finally:
        if not whole:
            file.unlink(missing_ok=True)


async def examine(file: Path, keys: Keys, path: Path, posted: Pin | None) -> Report:
    """Check an export as the database is checked: by itself, against the anchor file, against a posted head.

    Raises OSError.
    """
    return await asyncio.to_thread(_examine, file, keys, path, posted)


def _examine(file: Path, keys: Keys, path: Path, posted: Pin | None) -> Report:
    end = next((found for _, _, found in _parsed(file, keys) if isinstance(found, Pin)), None)
    anchors = anchor.read(path, keys, end.at if end else None)
    walk, bad, closed = Walk(keys, anchor.wanted(anchors, posted)), list[int](), False
    for number, raw, found in _parsed(file, keys):
        if isinstance(found, tuple) and not closed:
            walk.step(*found)
        elif isinstance(found, Pin) and not closed:
            closed = True
        elif raw.strip():
            bad.append(number)
    head = end or Pin(walk.last, walk.mac)
    walk.end(head.last, head.mac)
    unread = [Fault(bad[0], "file_line", bad[-1])] if bad else []
    faults = [*unread, *walk.faults, *([] if end else [Fault(walk.last, "file_end")])]
    return anchor.judged(walk.rows, faults, anchors)


def _parsed(file: Path, keys: Keys) -> Iterator[tuple[int, bytes, Found]]:
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, 1):
            yield number, raw, _parse(raw, keys)


def _parse(raw: bytes, keys: Keys) -> Found:
    try:
        value = json.loads(raw)
        if "end" in value:
            head = Pin(int(value["end"]), str(value["mac"]), datetime.fromisoformat(value["at"]))
            return head if hmac.compare_digest(as_line(as_end(keys, head)).encode(), raw) else None
        return _row(value)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _row(value: dict[str, Any]) -> Found:
    """Raises KeyError, ValueError or TypeError when it is none."""
    row = AuditRow(
        id=int(value["id"]),
        at=datetime.fromisoformat(value["at"]),
        actor=value["actor"],
        action=value["action"],
        subject=value["subject"],
        details=audit.canonical(value["details"]),
        commitment=value["commitment"],
        previous=value["previous"],
        mac=value["mac"],
    )
    note = value["note"]
    return row, value["salt"], None if note is None else audit.canonical(note)
