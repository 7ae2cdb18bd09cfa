"""What the product relies on from its storage, whatever the database: short cases over a database of their own.

The details of each part are tried in tests/unit/storage; a new kind of database has to keep these promises first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from adapters.events import Content, MessageRef, RoomRef
from bot import audit, inbox, outbox
from bot.access import RoleGrant
from bot.audit import AuditHead, AuditNote, AuditRow, Entry
from bot.inbox import AdapterStateRow, InboxRow, LeaseLost
from bot.outbox import OutboxRow
from config.database import Base, Database
from config.keys import Keys
from tests.unit.storage.stage import AT, ME, OTHER, let_lapse, message, rows

Case = Callable[[Database], Awaitable[None]]
CASES: list[Case] = []
KEYS = Keys(b"k" * 32)
ROOM = RoomRef("web", "comms")


def case(function: Case) -> Case:
    """Put a case on the list."""
    CASES.append(function)
    return function


async def count(database: Database, table: type[Base]) -> int:
    """How many rows a table has."""
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


@case
async def no_update_is_lost_between_writers(database: Database) -> None:
    async with database.writing() as session:
        await inbox.put_state(session, "web", "count", "0")

    async def add() -> None:
        for _ in range(10):
            async with database.writing() as session:
                row = await session.get(AdapterStateRow, ("web", "count"), with_for_update=True)
                assert row is not None
                row.value = str(int(row.value) + 1)

    await asyncio.gather(*(add() for _ in range(4)))
    async with database.reading() as session:
        assert await inbox.get_state(session, "web", "count") == "40"


@case
async def a_commit_is_whole_or_not_at_all(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            await audit.record(session, KEYS, [Entry("a", "b")], AT)
            async with outbox.letters(session, "b", AT) as letters:
                letters.say(ROOM, Content("x"))
            session.add(AuditNote(audit_id=99, salt="", text=""))  # refers to a row that is not there

    with pytest.raises(IntegrityError):
        await fail()
    assert [await count(database, table) for table in (AuditRow, AuditNote, AuditHead, OutboxRow)] == [0, 0, 0, 0]


@case
async def reading_changes_nothing_and_sees_one_state(database: Database) -> None:
    async with database.reading() as reader:
        await inbox.put_state(reader, "web", "k", "mine")
        await reader.flush()
    async with database.reading() as reader:
        assert await inbox.get_state(reader, "web", "k") is None
        async with database.writing() as writer:
            await inbox.put_state(writer, "web", "k", "theirs")
        assert await inbox.get_state(reader, "web", "k") is None


@case
async def times_are_instants_whatever_zone_they_came_in(database: Database) -> None:
    async with database.writing() as session:
        for person, minutes in enumerate((-720, 0, 345)):
            moment: datetime = AT.astimezone(timezone(timedelta(minutes=minutes)))
            session.add(RoleGrant(person_id=person, role="comms", granted=moment))
    grants = await rows(database, RoleGrant)
    assert [(grant.granted, grant.granted.utcoffset()) for grant in grants] == [(AT, timedelta())] * 3


@case
async def any_words_come_back_as_they_were(database: Database) -> None:
    texts = ["", "👍🏽 é ẞ \u202e", "half \ud83d", "\x00\x01\x7f", "'; DROP TABLE inbox; --", "x" * 100_000]
    for number, text in enumerate(texts):
        await inbox.receive(database, "web", [message(str(number), f"room {number}", text)], "c")
    found = [await inbox.take(database, ME) for _ in texts]
    assert [one.event for one in found if one] == [message(str(n), f"room {n}", text) for n, text in enumerate(texts)]


@case
async def an_event_is_stored_once_and_with_its_checkpoint(database: Database) -> None:
    assert await inbox.receive(database, "web", [message("1"), message("2"), message("1")], "a") == 2
    assert await inbox.receive(database, "web", [message("2"), message("3")], "b") == 1
    with pytest.raises(AttributeError):
        await inbox.receive(database, "web", [message("4"), None], "c")  # type: ignore[list-item]  # a batch that fails
    assert [row.event_id for row in await rows(database, InboxRow)] == ["1", "2", "3"]
    async with database.reading() as session:
        assert await inbox.get_state(session, "web", "checkpoint") == "b"


@case
async def a_room_is_handled_in_order_and_by_one_at_a_time(database: Database) -> None:
    await inbox.receive(database, "web", [message("1"), message("2"), message("3", "other")], "c")
    handled = []
    while (first := await inbox.take(database, ME)) is not None:
        second = await inbox.take(database, OTHER)
        assert second is None or second.room != first.room
        for taken, owner in ((first, ME), (second, OTHER)):
            if taken is not None and taken.event is not None:
                handled.append(taken.event.event_id)
                async with database.writing() as session:
                    await inbox.finish(session, taken, owner)
    assert handled == ["1", "3", "2"]


@case
async def a_worker_that_comes_late_commits_nothing(database: Database) -> None:
    await inbox.receive(database, "web", [message("1")], "c")
    late = await inbox.take(database, ME)
    await let_lapse(database)
    assert await inbox.take(database, OTHER) is not None
    assert late is not None

    async def finish() -> None:
        async with database.writing() as session:
            await inbox.put_state(session, "web", "done", "by the late one")
            await inbox.finish(session, late, ME)

    with pytest.raises(LeaseLost):
        await finish()
    async with database.reading() as session:
        assert await inbox.get_state(session, "web", "done") is None


@case
async def what_is_handled_or_sent_keeps_none_of_its_words(database: Database) -> None:
    await inbox.receive(database, "web", [message("1", text="943 476 5919")], "c")
    taken = await inbox.take(database, ME)
    assert taken is not None
    async with database.writing() as session, outbox.letters(session, "b", AT) as letters:
        letters.say(ROOM, Content("943 476 5919"))
        await inbox.finish(session, taken, ME)
    outgoing = await outbox.take(database, ME)
    assert outgoing is not None
    async with database.writing() as session:
        await outbox.sent(session, outgoing, ME, MessageRef("web", "comms", "m1"))
    kept = [*await rows(database, InboxRow), *await rows(database, OutboxRow)]
    assert len(kept) == 2
    assert "943" not in str([row.model_dump() for row in kept])


@case
async def letters_of_a_place_go_in_order_each_by_one_sender(database: Database) -> None:
    async with database.writing() as session, outbox.letters(session, "b", AT) as letters:
        key = letters.say(ROOM, Content("preview"))
        letters.react(ROOM, key, "✅")
    first = await outbox.take(database, ME)
    assert first is not None
    assert await outbox.take(database, OTHER) is None
    async with database.writing() as session:
        await outbox.sent(session, first, ME, MessageRef("web", "comms", "m1"))
    second = await outbox.take(database, OTHER)
    assert second is not None
    assert (second.action, second.message) == ("react", "m1")


@case
async def the_same_letter_is_written_once(database: Database) -> None:
    async def write() -> None:
        async with database.writing() as session, outbox.letters(session, "b", AT) as letters:
            letters.say(ROOM, Content("x"), key="preview/12/1")

    ended = await asyncio.gather(write(), write(), write(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["IntegrityError", "IntegrityError", "NoneType"]
    assert await count(database, OutboxRow) == 1


@case
async def evidence_of_many_writers_is_one_chain(database: Database) -> None:
    async def write(person: int) -> None:
        for number in range(4):
            async with database.writing() as session:
                await audit.record(session, KEYS, [Entry("a", "b", f"person:{person}", {"n": number})], AT)

    await asyncio.gather(*(write(person) for person in range(3)))
    async with database.reading() as session:
        assert await audit.verify(session, KEYS) == (12, [])


@case
async def evidence_that_was_touched_is_found_and_an_erased_name_is_not_missed(database: Database) -> None:
    async with database.writing() as session:
        await audit.record(session, KEYS, [Entry("a", "b", note={"who": f"Jo {number}"}) for number in range(4)], AT)
    async with database.writing() as session:
        await session.execute(delete(AuditNote).where(col(AuditNote.audit_id) == 1))
    async with database.reading() as session:
        assert await audit.verify(session, KEYS) == (4, [])
    async with database.writing() as session:
        await session.execute(update(AuditRow).where(col(AuditRow.id) == 2).values(action="c"))
        await session.execute(update(AuditNote).where(col(AuditNote.audit_id) == 3).values(text="{}"))
    async with database.reading() as session:
        _, faults = await audit.verify(session, KEYS)
    assert [(fault.row, fault.code) for fault in faults] == [(2, "changed"), (3, "note_changed")]
