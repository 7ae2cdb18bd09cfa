"""What the tests of the evidence share: rows, an anchor file, and every way to tamper with both."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from bot import anchor, audit
from bot.audit import AuditHead, AuditNote, AuditRow, Entry, Pin
from config.database import Base, Database
from config.keys import Keys
from tests.unit.storage.stage import AT

KEYS, STOLEN = Keys(b"k" * 32), Keys(b"s" * 32)
TABLES = [Base.metadata.tables[name] for name in ("audit_note", "audit", "audit_head")]
Table = dict[str, list[dict[str, Any]]]


def entry(number: int) -> Entry:
    """A row of evidence with a name beside it."""
    return Entry("approve", f"announcement:{number % 2}", "person:2", {"revision": number}, {"who": f"Jo {number}"})


async def write(database: Database, count: int, *, first: int = 1) -> None:
    """So many rows, all in one commit."""
    async with database.writing() as session:
        await audit.record(session, KEYS, [entry(number) for number in range(first, first + count)], AT)


async def head(database: Database, at: datetime = AT) -> Pin:
    """The head as it is now."""
    async with database.reading() as session:
        now = await audit.tip(session)
    return Pin(now.last, now.mac, at)


async def anchored(database: Database, path: Path, *counts: int) -> None:
    """Evidence in several commits, anchored after each."""
    for count in counts:
        await write(database, count, first=(await head(database)).last + 1)
        anchor.append(path, KEYS, await head(database))


async def found(database: Database, path: Path, posted: Pin | None = None) -> set[tuple[str, int]]:
    """Every fault that is found, as its code and first row."""
    report = await anchor.examine(database, KEYS, path, posted)
    return {(fault.code, fault.row) for fault in report.faults}


async def dump(database: Database) -> Table:
    """All that stands in the tables of the evidence."""
    async with database.reading() as session:
        return {
            table.name: [dict(row) for row in (await session.execute(select(table))).mappings()] for table in TABLES
        }


async def put_back(database: Database, state: Table) -> None:
    """Replace it, as somebody does who can write the database or has an older copy."""
    async with database.writing() as session:
        for table in TABLES:
            await session.execute(delete(table))
        for table in reversed(TABLES):
            if state[table.name]:
                await session.execute(insert(table), state[table.name])


async def cut(database: Database, kept: int) -> None:
    """Cut the end off and put the head where the rest ends: by itself the chain is whole."""
    async with database.writing() as session:
        await session.execute(delete(AuditNote).where(col(AuditNote.audit_id) > kept))
        await session.execute(delete(AuditRow).where(col(AuditRow.id) > kept))
        mac = select(col(AuditRow.mac)).where(col(AuditRow.id) == kept)
        last = (await session.execute(mac)).scalar_one_or_none() or audit.START
        await session.execute(update(AuditHead).values(last=kept, mac=last))


async def rewrite(database: Database, first: int, action: str = "reject") -> None:
    """Change row `first` and seal it and every later one anew, with the key: by itself the chain is whole."""
    state = await dump(database)
    rows = [row for row in state["audit"] if row["id"] >= first]
    notes = {note["audit_id"]: note for note in state["audit_note"]}
    await cut(database, first - 1)
    for row in rows:
        changed = action if row["id"] == first else row["action"]
        details, note = json.loads(row["details"]), json.loads(notes[row["id"]]["text"])
        async with database.writing() as session:
            await audit.record(session, KEYS, [Entry(changed, row["subject"], "person:2", details, note)], row["at"])
