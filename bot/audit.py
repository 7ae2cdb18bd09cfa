"""The evidence: one append-only row for each change, chained by HMAC, with names and reasons beside it.

A row holds pseudonyms and a salted commitment to its note; the note (names, reasons) can be erased without
breaking the chain. The key stands outside the database, so a rewritten chain is found.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from config.database import Base
from config.keys import Keys

START = "0" * 64


class AuditRow(Base, table=True):
    """One change. `details` is canonical JSON of codes and numbers, never of words."""

    __tablename__ = "audit"

    id: int = Field(primary_key=True)
    at: datetime
    actor: str
    action: str
    subject: str = Field(index=True)
    details: str
    commitment: str
    previous: str
    mac: str


class AuditNote(Base, table=True):
    """The erasable part of a row: who, by name, and why, in words."""

    __tablename__ = "audit_note"

    audit_id: int = Field(primary_key=True, foreign_key="audit.id")
    salt: str
    text: str


class AuditHead(Base, table=True):
    """The tip of the chain; locked last in every commit that writes evidence."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    last: int = 0
    mac: str = START


@dataclass(frozen=True, slots=True)
class Entry:
    """A change to record. `person` is the stable id of who did it (empty: the bot itself)."""

    action: str
    subject: str
    person: str = ""
    details: dict[str, str | int | None] = field(default_factory=dict)
    note: dict[str, str] = field(default_factory=dict)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _mac(keys: Keys, row: AuditRow) -> str:
    parts = [
        row.id,
        row.at.astimezone(UTC).isoformat(),
        row.actor,
        row.action,
        row.subject,
        row.details,
        row.commitment,
        row.previous,
    ]
    return hmac.new(keys.purpose("audit"), _canonical(parts).encode(), hashlib.sha256).hexdigest()


def _commit_to(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


async def record(session: AsyncSession, keys: Keys, entries: Sequence[Entry], now: datetime) -> None:
    """Append entries to the chain; call it last in a commit, because it locks the tip."""
    if not entries:
        return
    head = await _locked_head(session)
    notes = [_append(session, keys, head, entry, now) for entry in entries]
    await session.flush()  # the rows first: a note refers to its row
    session.add_all(notes)


async def _locked_head(session: AsyncSession) -> AuditHead:
    """The tip, held for this commit; made when there is none, also when two make it at once."""
    insert = sqlite.Insert if session.get_bind().dialect.name == "sqlite" else postgresql.Insert
    await session.execute(insert(AuditHead).values(id=1, last=0, mac=START).on_conflict_do_nothing())
    held = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(held)).scalar_one()


def _append(session: AsyncSession, keys: Keys, head: AuditHead, entry: Entry, now: datetime) -> AuditNote:
    salt, text = secrets.token_hex(16), _canonical(entry.note)
    row = AuditRow(
        id=head.last + 1,
        at=now,
        actor=keys.pseudonym(entry.person) if entry.person else "switchboard",
        action=entry.action,
        subject=entry.subject,
        details=_canonical(entry.details),
        commitment=_commit_to(salt, text),
        previous=head.mac,
        mac="",
    )
    row.mac = _mac(keys, row)
    session.add(row)
    head.last, head.mac = row.id, row.mac
    return AuditNote(audit_id=row.id, salt=salt, text=text)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the chain, and at which row."""

    row: int
    code: str


async def verify(session: AsyncSession, keys: Keys) -> tuple[int, list[Fault]]:
    """Walk the whole chain: the number of rows and every fault (changed, missing, cut, note_changed)."""
    faults: list[Fault] = []
    previous, expected = START, 1
    notes = {note.audit_id: note for note in (await session.execute(select(AuditNote))).scalars()}
    rows = (await session.execute(select(AuditRow).order_by(col(AuditRow.id)))).scalars().all()
    for row in rows:
        if row.id != expected or row.previous != previous:
            faults.append(Fault(row.id, "missing_before"))
        if not hmac.compare_digest(row.mac.encode("utf-8", "replace"), _mac(keys, row).encode()):
            faults.append(Fault(row.id, "changed"))
        note = notes.get(row.id)
        if note is not None and _commit_to(note.salt, note.text) != row.commitment:
            faults.append(Fault(row.id, "note_changed"))
        previous, expected = row.mac, row.id + 1
    head = await session.get(AuditHead, 1) or AuditHead()
    if head.last != expected - 1 or head.mac != previous:
        faults.append(Fault(head.last, "cut"))
    return len(rows), faults


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with its note, for people who may read the evidence."""

    row: AuditRow
    note: dict[str, str]


async def history(session: AsyncSession, subject: str | None = None) -> list[Shown]:
    """The evidence about one subject such as `announcement:12`, or all of it, oldest first."""
    beside = col(AuditNote.audit_id) == col(AuditRow.id)
    query = select(AuditRow, col(AuditNote.text)).outerjoin(AuditNote, beside).order_by(col(AuditRow.id))
    if subject is not None:
        query = query.where(col(AuditRow.subject) == subject)
    return [Shown(row, json.loads(note or "{}")) for row, note in await session.execute(query)]
