"""The evidence: one chain without gaps, in which whatever is changed, dropped, cut or rewritten is found."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import Delete, Update, delete, text, update
from sqlmodel import col

from bot import audit
from bot.audit import START, AuditHead, AuditNote, AuditRow, Entry, Fault
from config.database import Database
from config.keys import Keys
from tests.unit.storage.evidence import KEYS, STOLEN, entry
from tests.unit.storage.stage import AT, make_tables, rows


async def record(database: Database, *entries: Entry, keys: Keys = KEYS) -> None:
    async with database.writing() as session:
        await audit.record(session, keys, entries, AT)


async def five(database: Database, keys: Keys = KEYS) -> None:
    for number in range(1, 6):
        await record(database, entry(number), keys=keys)


async def verified(database: Database) -> tuple[int, list[Fault]]:
    async with database.reading() as session:
        return await audit.verify(session, KEYS)


async def tamper(database: Database, *statements: Update | Delete) -> None:
    async with database.writing() as session:
        for statement in statements:
            await session.execute(statement)


@pytest.mark.asyncio
async def test_nothing_recorded_is_a_whole_chain(database: Database) -> None:
    await record(database)
    assert await verified(database) == (0, [])
    assert await rows(database, AuditHead) == []


@pytest.mark.asyncio
async def test_a_chain_of_commits_is_whole(database: Database) -> None:
    await five(database)
    await record(database, entry(6), entry(7))
    assert await verified(database) == (7, [])
    found = await rows(database, AuditRow)
    assert [row.id for row in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [row.previous for row in found] == [START, *(row.mac for row in found[:-1])]
    (head,) = await rows(database, AuditHead)
    assert (head.last, head.mac) == (7, found[-1].mac)


@pytest.mark.asyncio
async def test_several_records_of_one_commit_are_one_chain(database: Database) -> None:
    async with database.writing() as session:
        await audit.record(session, KEYS, [entry(1)], AT)
        await audit.record(session, KEYS, [entry(2), entry(3)], AT)
    assert await verified(database) == (3, [])


@pytest.mark.asyncio
async def test_a_commit_that_fails_leaves_no_evidence_and_no_gap(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            await audit.record(session, KEYS, [entry(1)], AT)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await five(database)
    assert await verified(database) == (5, [])


@pytest.mark.asyncio
async def test_many_writers_at_once_make_one_chain_also_from_its_first_row(database: Database) -> None:
    async def write(base: int) -> None:
        for number in range(5):
            await record(database, entry(base + number), entry(base + number))

    await asyncio.gather(*(write(100 * task) for task in range(4)))
    assert await verified(database) == (40, [])
    assert [row.id for row in await rows(database, AuditRow)] == list(range(1, 41))


@pytest.mark.asyncio
async def test_a_row_holds_codes_and_numbers_and_no_name(database: Database) -> None:
    await record(database, entry(1), Entry("swept", "announcement:1"))
    first, second = await rows(database, AuditRow)
    assert (first.actor, first.action, first.subject) == (KEYS.pseudonym("person:2"), "approve", "announcement:1")
    assert (first.details, first.at) == ('{"revision":1}', AT)
    assert "Jo" not in f"{first}" + first.commitment
    assert (second.actor, second.details) == ("switchboard", "{}")
    notes = await rows(database, AuditNote)
    assert [json.loads(note.text) for note in notes] == [{"who": "Jo 1"}, {}]
    assert len({note.salt for note in notes} | {"", "0" * 32}) == 4
    assert first.commitment != second.commitment


@pytest.mark.asyncio
async def test_equal_notes_have_commitments_of_their_own(database: Database) -> None:
    await record(database, entry(1), entry(1))
    first, second = await rows(database, AuditRow)
    assert first.commitment != second.commitment


row3 = col(AuditRow.id) == 3
COLUMNS: dict[str, object] = {
    "at": AT.replace(microsecond=0), "actor": "switchboard", "action": "reject", "subject": "announcement:9",
    "details": '{"revision":4}', "commitment": "0" * 64,
}  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("column", COLUMNS)
async def test_a_changed_row_is_found(database: Database, column: str) -> None:
    await five(database)
    await tamper(database, update(AuditRow).where(row3).values(**{column: COLUMNS[column]}))
    _, faults = await verified(database)
    assert Fault(3, "changed") in faults
    assert {fault.row for fault in faults} == {3}


def test_every_column_that_can_be_changed_is_tried() -> None:
    columns = set(AuditRow.__table__.c.keys())  # type: ignore[attr-defined]  # sqlmodel does not type __table__
    assert columns == COLUMNS.keys() | {"id", "previous", "mac"}


@pytest.mark.asyncio
@pytest.mark.parametrize("mac", ["0" * 64, "", "nö mac at all", "\u0130"])
async def test_a_changed_seal_is_found_whatever_it_is_made_of(database: Database, mac: str) -> None:
    await five(database)
    await tamper(database, update(AuditRow).where(row3).values(mac=mac))
    assert await verified(database) == (5, [Fault(3, "changed"), Fault(4, "missing_before")])


@pytest.mark.asyncio
async def test_a_changed_link_is_found(database: Database) -> None:
    await five(database)
    await tamper(database, update(AuditRow).where(row3).values(previous=START))
    assert await verified(database) == (5, [Fault(3, "missing_before"), Fault(3, "changed")])


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [1, 2, 4])
async def test_a_dropped_row_is_found(database: Database, number: int) -> None:
    await five(database)
    await tamper(
        database,
        delete(AuditNote).where(col(AuditNote.audit_id) == number),
        delete(AuditRow).where(col(AuditRow.id) == number),
    )
    assert await verified(database) == (4, [Fault(number + 1, "missing_before")])


@pytest.mark.asyncio
async def test_a_row_that_takes_the_number_of_a_dropped_one_is_found(database: Database) -> None:
    await five(database)
    await tamper(
        database,
        delete(AuditNote).where(col(AuditNote.audit_id) >= 3),
        delete(AuditRow).where(row3),
        update(AuditRow).where(col(AuditRow.id) == 4).values(id=3),
    )
    _, faults = await verified(database)
    assert Fault(3, "missing_before") in faults
    assert Fault(3, "changed") in faults


@pytest.mark.asyncio
@pytest.mark.parametrize("kept", [0, 1, 4])
async def test_a_cut_tail_is_found(database: Database, kept: int) -> None:
    await five(database)
    await tamper(
        database,
        delete(AuditNote).where(col(AuditNote.audit_id) > kept),
        delete(AuditRow).where(col(AuditRow.id) > kept),
    )
    assert await verified(database) == (kept, [Fault(5, "cut")])


@pytest.mark.asyncio
async def test_a_head_that_is_gone_or_wrong_is_found(database: Database) -> None:
    await five(database)
    await tamper(database, update(AuditHead).values(mac=START))
    assert await verified(database) == (5, [Fault(5, "cut")])
    await tamper(database, update(AuditHead).values(last=6))
    assert await verified(database) == (5, [Fault(6, "cut")])
    await tamper(database, delete(AuditHead))
    assert await verified(database) == (5, [Fault(0, "cut")])


@pytest.mark.asyncio
async def test_a_chain_rewritten_without_the_key_is_found(database: Database) -> None:
    await five(database, STOLEN)
    count, faults = await verified(database)
    assert count == 5
    assert faults == [Fault(1, "changed", 5)]


@pytest.mark.asyncio
@pytest.mark.parametrize("change", [{"text": '{"who":"Sam"}'}, {"salt": "0" * 32}, {"text": ""}])
async def test_a_changed_note_is_found(database: Database, change: dict[str, str]) -> None:
    await five(database)
    await tamper(database, update(AuditNote).where(col(AuditNote.audit_id) == 3).values(**change))
    assert await verified(database) == (5, [Fault(3, "note_changed")])


@pytest.mark.asyncio
async def test_erasing_a_note_leaves_the_chain_whole(database: Database) -> None:
    await five(database)
    await tamper(database, delete(AuditNote).where(col(AuditNote.audit_id) == 3))
    assert await verified(database) == (5, [])
    await tamper(database, delete(AuditNote))
    assert await verified(database) == (5, [])
    async with database.reading() as session:
        shown = await audit.history(session, "announcement:1")
    assert [(one.note, one.erased) for one in shown] == [({}, True)] * 3


@pytest.mark.asyncio
async def test_the_history_of_one_subject_or_of_all_in_order(database: Database) -> None:
    await five(database)
    async with database.reading() as session:
        odd = await audit.history(session, "announcement:1")
        none = await audit.history(session, "announcement:9")
        everything = [row.id async for row, _ in audit.everything(session)]
    assert [(one.row.id, one.note) for one in odd] == [(n, {"who": f"Jo {n}"}) for n in (1, 3, 5)]
    assert none == []
    assert everything == [1, 2, 3, 4, 5]


@pytest.mark.asyncio
async def test_a_name_with_half_a_character_is_kept_too(database: Database) -> None:
    await record(database, Entry("approve", "announcement:1", "person:2", {}, {"who": "Jo \ud83d\x00"}))
    assert await verified(database) == (1, [])
    async with database.reading() as session:
        assert [one.note for one in await audit.history(session, "announcement:1")] == [{"who": "Jo \ud83d\x00"}]


GARBAGE = ("at = 'nonsense'", "at = 5", "mac = x'00ff'", "details = x'00ff'", "previous = x'00'", "actor = 7")


@pytest.mark.asyncio
@pytest.mark.parametrize("change", GARBAGE)
async def test_what_sqlite_keeps_though_it_is_of_another_kind_is_a_changed_row(tmp_path: Path, change: str) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    await make_tables(database)
    await five(database)
    async with database.writing() as session:
        await session.execute(text(f"UPDATE audit SET {change} WHERE id = 3"))  # ours, and meant to spoil
    count, faults = await verified(database)
    await database.close()
    assert count == 5
    assert ("changed", 3) in {(fault.code, fault.row) for fault in faults}
    assert {fault.row for fault in faults} <= {3, 4}


@pytest.mark.asyncio
async def test_a_chain_is_walked_in_chunks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "CHUNK", 2)
    await five(database)
    assert await verified(database) == (5, [])
    await tamper(database, delete(AuditNote), delete(AuditRow).where(col(AuditRow.id).in_((2, 3))))
    assert await verified(database) == (3, [Fault(4, "missing_before")])


@pytest.mark.asyncio
async def test_swapped_rows_and_swapped_notes_are_found(database: Database) -> None:
    await five(database)
    notes = {note.audit_id: note for note in await rows(database, AuditNote)}
    for number, other in ((2, 4), (4, 2)):
        values = {"salt": notes[other].salt, "text": notes[other].text}
        await tamper(database, update(AuditNote).where(col(AuditNote.audit_id) == number).values(**values))
    assert await verified(database) == (5, [Fault(2, "note_changed"), Fault(4, "note_changed")])
    await tamper(
        database,
        delete(AuditNote),
        update(AuditRow).where(col(AuditRow.id) == 2).values(id=99),
        update(AuditRow).where(col(AuditRow.id) == 4).values(id=2),
        update(AuditRow).where(col(AuditRow.id) == 99).values(id=4),
    )
    _, faults = await verified(database)
    assert [fault for fault in faults if fault.code == "changed"] == [Fault(2, "changed"), Fault(4, "changed")]


@pytest.mark.asyncio
async def test_erasing_a_person_or_a_subject_takes_its_names_and_leaves_the_chain_whole(database: Database) -> None:
    await five(database)
    await record(database, Entry("approve", "announcement:7", "person:3", {}, {"who": "Sam"}))
    async with database.writing() as session:
        assert await audit.erase_notes(session, subject="announcement:1") == 3
    assert [note.audit_id for note in await rows(database, AuditNote)] == [2, 4, 6]
    async with database.writing() as session:
        assert await audit.erase_notes(session, actor=KEYS.pseudonym("person:2")) == 2
        assert await audit.erase_notes(session, actor=KEYS.pseudonym("person:2")) == 0
        assert await audit.erase_notes(session) == 0
    assert [note.audit_id for note in await rows(database, AuditNote)] == [6]
    assert await verified(database) == (6, [])
    async with database.reading() as session:
        shown = await audit.history(session, "announcement:1")
    assert [(one.erased, one.note, one.row.actor) for one in shown] == [(True, {}, KEYS.pseudonym("person:2"))] * 3
