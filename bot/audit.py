"""The evidence: one append-only row for each change, chained by HMAC, with names and reasons beside it.

A row holds pseudonyms and a salted commitment to its note; the note (names, reasons) can be erased without
breaking the chain. The key stands outside the database, so a rewritten chain is found.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from config.database import Base, insert_for
from config.keys import Keys

START = "0" * 64

CHUNK = 10_000
"""Rows looked at together when the whole chain is walked: about 20 MB of memory, however long it is."""


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


def canonical(value: object) -> str:
    """JSON that is the same for equal values, as details and notes are kept and sealed."""
    # Only a tampered cell can be of another kind than JSON knows; it must end as a wrong seal.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)


def _mac(key: bytes, row: AuditRow) -> str:
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
    return hmac.new(key, canonical(parts).encode(), hashlib.sha256).hexdigest()


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
    found = (await session.execute(_HEAD)).scalar_one_or_none()
    if found is None:
        await session.execute(insert_for(session)(AuditHead).values(id=1, last=0, mac=START).on_conflict_do_nothing())
        found = (await session.execute(_HEAD)).scalar_one()
    return found


# Built once: it is asked in every commit that writes evidence.
_HEAD = select(AuditHead).with_for_update().execution_options(populate_existing=True)


def _append(session: AsyncSession, keys: Keys, head: AuditHead, entry: Entry, now: datetime) -> AuditNote:
    salt, text = secrets.token_hex(16), canonical(entry.note)
    row = AuditRow(
        id=head.last + 1,
        at=now,
        actor=keys.pseudonym(entry.person) if entry.person else "switchboard",
        action=entry.action,
        subject=entry.subject,
        details=canonical(entry.details),
        commitment=_commit_to(salt, text),
        previous=head.mac,
        mac="",
    )
    row.mac = _mac(keys.purpose("audit"), row)
    session.add(row)
    head.last, head.mac = row.id, row.mac
    return AuditNote(audit_id=row.id, salt=salt, text=text)


@dataclass(frozen=True, slots=True)
class Pin:
    """The head of the chain as it was kept outside the database; `at` is None for one that a person gives."""

    last: int
    mac: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which row or from which row `to` which; `at`: when a pin saw something else there."""

    row: int
    code: str
    to: int = 0
    at: datetime | None = None

    @property
    def end(self) -> int:
        """The last row it is about."""
        return self.to or self.row


class Walk:
    """Goes along the chain row by row and gathers what is wrong; it holds no row."""

    def __init__(self, keys: Keys, pins: Iterable[Pin] = ()) -> None:
        """Begin before the first row. `pins` are checked on the way."""
        self.rows = 0
        self.last, self.mac = 0, START
        self._key = keys.purpose("audit")
        self._pins = sorted(pins, key=lambda pin: pin.last, reverse=True)
        self._faults: dict[int, Fault] = {}
        self._latest: dict[str, int] = {}

    @property
    def faults(self) -> list[Fault]:
        """What was wrong so far, in the order in which it was met."""
        return list(self._faults.values())

    def step(self, row: AuditRow, salt: str | None, text: str | None) -> None:
        """Look at the next row; `salt` and `text` are its note, None where that was erased."""
        if row.id != self.last + 1 or row.previous != self.mac:
            self.add(Fault(row.id, "missing_before"))
        if not hmac.compare_digest(str(row.mac).encode("utf-8", "replace"), _mac(self._key, row).encode()):
            self.add(Fault(row.id, "changed"))
        if salt is not None and text is not None and _commit_to(salt, text) != row.commitment:
            self.add(Fault(row.id, "note_changed"))
        self.rows, self.last, self.mac = self.rows + 1, row.id, row.mac
        self._compare()

    def _compare(self) -> None:
        """Check what is pinned at this row; what is pinned in a gap before it is told as missing already."""
        while self._pins and self._pins[-1].last <= self.last:
            pin = self._pins.pop()
            if pin.last == self.last and pin.mac != self.mac:
                self.add(Fault(pin.last, "rewritten" if pin.at else "posted_differs", at=pin.at))
            elif pin.last < self.last and pin.at is None:
                self.add(Fault(pin.last, "posted_gone"))

    def end(self, last: int, mac: str) -> None:
        """The rows are over: compare with the head, and tell what is pinned beyond it."""
        if last != self.last or mac != self.mac:
            self.add(Fault(last, "cut"))
        for pin in reversed(self._pins):
            self.add(Fault(pin.last, "older" if pin.at else "posted_gone", at=pin.at))

    def add(self, fault: Fault) -> None:
        """Note a fault; neighbours of one kind are told together, or a long chain would tell a million."""
        at = self._latest.get(fault.code, -1)
        before = self._faults.get(at)
        if before is not None and (fault.at is not None or fault.row == before.end + 1):
            self._faults[at] = replace(before, to=fault.row)
            return
        self._latest[fault.code] = len(self._faults)
        self._faults[len(self._faults)] = fault


async def verify(session: AsyncSession, keys: Keys, pins: Iterable[Pin] = ()) -> tuple[int, list[Fault]]:
    """Walk the whole chain, in chunks: the number of rows, and every fault in it or against the pins."""
    walk = Walk(keys, pins)
    async for row, note in everything(session):
        walk.step(row, note.salt if note else None, note.text if note else None)
    head = await tip(session)
    walk.end(head.last, head.mac)
    return walk.rows, walk.faults


async def everything(session: AsyncSession) -> AsyncIterator[tuple[AuditRow, AuditNote | None]]:
    """Every row with its note, oldest first, some at a time. A time that cannot be read comes as `NO_TIME`."""
    last: int | None = None
    while True:
        numbers = select(col(AuditRow.id)).order_by(col(AuditRow.id)).limit(CHUNK)
        chunk = numbers if last is None else numbers.where(col(AuditRow.id) > last)
        found = (await session.execute(chunk)).scalars().all()
        if not found:
            return
        last = found[-1]
        for row, note in await _between(session, found[0], last):
            yield row, note
        session.expunge_all()


NO_TIME = datetime.min.replace(tzinfo=UTC)


async def _between(session: AsyncSession, first: int, last: int) -> list[tuple[AuditRow, AuditNote | None]]:
    query = _with_notes().where(col(AuditRow.id).between(first, last))
    try:
        return [(row, note) for row, note in await session.execute(query)]
    except (ValueError, TypeError):  # SQLite keeps whatever somebody writes into a column of times
        if first == last:
            return [await _without_time(session, first)]
    middle = (first + last) // 2
    return await _between(session, first, middle) + await _between(session, middle + 1, last)


async def _without_time(session: AsyncSession, number: int) -> tuple[AuditRow, AuditNote | None]:
    columns = [column for column in Base.metadata.tables["audit"].c if column.name != "at"]
    found = await session.execute(select(*columns).where(col(AuditRow.id) == number))
    return AuditRow(**found.one()._mapping, at=NO_TIME), await session.get(AuditNote, number)


def _with_notes() -> Select[AuditRow, Any]:
    beside = col(AuditNote.audit_id) == col(AuditRow.id)
    return select(AuditRow, AuditNote).outerjoin(AuditNote, beside).order_by(col(AuditRow.id))


async def tip(session: AsyncSession) -> Pin:
    """The head as it stands; nothing is locked."""
    query = select(col(AuditHead.last), col(AuditHead.mac)).where(col(AuditHead.id) == 1)
    found = (await session.execute(query)).first()
    if found is None:
        return Pin(0, START)
    last: object = found[0]
    mac: object = found[1]
    return Pin(last if isinstance(last, int) else -1, str(mac))  # a tampered cell can be of any kind on SQLite


async def holds(session: AsyncSession, pin: Pin) -> bool:
    """Whether the row that was once the head is still the same."""
    query = select(col(AuditRow.mac)).where(col(AuditRow.id) == pin.last)
    return (await session.execute(query)).scalar_one_or_none() == pin.mac


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with its note, for people who may read the evidence; the note is empty where it was `erased`."""

    row: AuditRow
    note: dict[str, str]
    erased: bool = False


async def history(session: AsyncSession, subject: str) -> list[Shown]:
    """The evidence about one subject such as `announcement:12`, oldest first."""
    query = _with_notes().where(col(AuditRow.subject) == subject)
    return [Shown(row, words_of(note), erased=note is None) for row, note in await session.execute(query)]


def words_of(note: AuditNote | None) -> dict[str, str]:
    """What a note says; nothing when it was erased or is no longer what was written."""
    try:
        words: dict[str, str] = json.loads(note.text) if note else {}
    except (ValueError, TypeError):
        return {}
    return words


async def erase_notes(session: AsyncSession, *, actor: str = "", subject: str = "") -> int:
    """Erase names and reasons beside what somebody did (by pseudonym) or beside a subject; how many rows' notes.

    The rows stay and the chain stays whole. Where somebody is named in a note about what another person did,
    that note is erased with the subject, not with the person.
    """
    chosen = select(col(AuditRow.id)).where(
        col(AuditRow.actor) == actor if actor else col(AuditRow.subject) == subject,
    )
    erased = await session.execute(
        delete(AuditNote).where(col(AuditNote.audit_id).in_(chosen)).returning(col(AuditNote.audit_id)),
        execution_options={"synchronize_session": False},
    )
    return len(erased.all())
