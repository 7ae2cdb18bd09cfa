"""The inbox: each event once, in order within its room, never lost; rooms side by side; poison set aside."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from adapters.events import AccountRef, AnyEvent, Connected, Disconnected, FormSubmitted, MessageRef
from bot import inbox
from bot.inbox import InboxRow, LeaseLost, RoomLease, Taken
from bot.leases import LEASE, Owner
from config.database import Database
from tests.unit.storage.stage import AT, LONG_AGO, ME, OTHER, let_lapse, message, rows

UNSTORABLE = FormSubmitted("bad", AT, AccountRef("web", "a"), MessageRef("web", "r", "m"), "f", {"x": object()})  # type: ignore[dict-item]  # the fault under test


async def arrived(database: Database, *events: AnyEvent, checkpoint: str = "1") -> int:
    return await inbox.receive(database, "web", events, checkpoint)


async def checkpoint(database: Database, platform: str = "web") -> str | None:
    async with database.reading() as session:
        return await inbox.get_state(session, platform, "checkpoint")


async def take(database: Database, owner: Owner = ME) -> Taken:
    taken = await inbox.take(database, owner)
    assert taken is not None
    return taken


async def finish(database: Database, taken: Taken, owner: Owner = ME) -> None:
    async with database.writing() as session:
        await inbox.finish(session, taken, owner)


async def put_back(database: Database, taken: Taken, wait: timedelta = timedelta(), *, counts: bool = True) -> None:
    async with database.writing() as session:
        until = await database.now(session) + wait
        await inbox.put_back(session, taken, ME, until, counts=counts)


async def drained(database: Database) -> list[str]:
    """The ids of all events in the order in which they are handled."""
    handled = []
    while (taken := await inbox.take(database, ME)) is not None:
        assert taken.event is not None
        handled.append(taken.event.event_id)
        await finish(database, taken)
    return handled


@pytest.mark.asyncio
async def test_an_event_that_comes_again_is_stored_once(database: Database) -> None:
    assert await arrived(database, message("1"), message("2"), message("1"), checkpoint="a") == 2
    assert await arrived(database, message("2", text="other words"), message("3"), checkpoint="b") == 1
    assert await arrived(database, message("3"), checkpoint="c") == 0
    assert await drained(database) == ["1", "2", "3"]
    assert await arrived(database, message("1"), checkpoint="d") == 0
    assert await inbox.take(database, ME) is None
    assert await checkpoint(database) == "d"


@pytest.mark.asyncio
async def test_the_same_id_on_another_platform_is_another_event(database: Database) -> None:
    await arrived(database, message("1"))
    assert await inbox.receive(database, "matrix", [message("1")], "x") == 1
    assert (await checkpoint(database), await checkpoint(database, "matrix")) == ("1", "x")


@pytest.mark.asyncio
async def test_a_batch_that_fails_leaves_neither_events_nor_checkpoint(database: Database) -> None:
    await arrived(database, message("1"), checkpoint="before")
    with pytest.raises(TypeError):
        await arrived(database, message("2"), UNSTORABLE, checkpoint="after")
    assert [row.event_id for row in await rows(database, InboxRow)] == ["1"]
    assert await checkpoint(database) == "before"


@pytest.mark.asyncio
async def test_an_empty_batch_moves_the_checkpoint_alone(database: Database) -> None:
    assert await arrived(database, checkpoint="later") == 0
    assert await checkpoint(database) == "later"
    assert await checkpoint(database, "slack") is None


@pytest.mark.asyncio
async def test_what_an_adapter_remembers_is_kept_by_platform_and_key(database: Database) -> None:
    for platform, key, value in [("web", "a", "1"), ("web", "b", "2"), ("slack", "a", "3"), ("web", "a", "4")]:
        async with database.writing() as session:
            await inbox.put_state(session, platform, key, value)
            assert await inbox.get_state(session, platform, key) == value
    async with database.reading() as session:
        found = [await inbox.get_state(session, *at) for at in (("web", "a"), ("web", "b"), ("slack", "a"), ("x", "a"))]
    assert found == ["4", "2", "3", None]


@pytest.mark.asyncio
async def test_batches_of_one_platform_may_come_at_once(database: Database) -> None:
    await asyncio.gather(*(arrived(database, message(str(number)), checkpoint="x") for number in range(6)))
    assert sorted(await drained(database)) == list("012345")


@pytest.mark.asyncio
async def test_what_was_said_half_is_stored_and_given_out_as_it_was(database: Database) -> None:
    event = message("1", text="half a 👍: \ud83d and a nought: \x00")
    await arrived(database, event)
    taken = await take(database)
    assert taken.event == event
    assert (taken.room, taken.attempts, taken.fence) == ("web:lobby", 1, 1)


@pytest.mark.asyncio
async def test_a_room_is_worked_on_in_order_and_by_one_alone(database: Database) -> None:
    await arrived(database, message("1"), message("2"), message("3"))
    first = await take(database)
    assert await inbox.take(database, OTHER) is None
    assert await inbox.take(database, ME) is None
    await finish(database, first)
    assert await drained(database) == ["2", "3"]


@pytest.mark.asyncio
async def test_rooms_and_connections_go_side_by_side_the_oldest_first(database: Database) -> None:
    await arrived(
        database,
        message("1", "lobby"),
        message("2", "lobby"),
        message("3", "comms"),
        Disconnected("4", "web", AT, "reset"),
        Connected("5", "web", AT),
    )
    taken = [await take(database, owner) for owner in (ME, OTHER, ME)]
    assert [one.room for one in taken] == ["web:lobby", "web:comms", "web:"]
    assert [one.event.event_id for one in taken if one.event] == ["1", "3", "4"]
    assert await inbox.take(database, OTHER) is None


@pytest.mark.asyncio
async def test_many_workers_handle_each_event_once_and_each_room_in_order(database: Database) -> None:
    rooms = ["a", "b", "c"]
    await arrived(database, *(message(f"{room}{number}", room) for number in range(8) for room in rooms))
    busy: set[str] = set()
    handled: list[str] = []

    async def work(owner: Owner) -> None:
        idle = 0
        while idle < 25:
            taken = await inbox.take(database, owner)
            if taken is None:
                idle += 1
                await asyncio.sleep(0.01)
                continue
            assert taken.room not in busy
            assert taken.event is not None
            busy.add(taken.room)
            await asyncio.sleep(0)
            handled.append(taken.event.event_id)
            busy.remove(taken.room)
            await finish(database, taken, owner)

    await asyncio.gather(*(work(Owner("here", number, "n")) for number in range(4)))
    assert len(handled) == len(set(handled)) == 24
    assert [[one for one in handled if one[0] == room] for room in rooms] == [
        [f"{room}{number}" for number in range(8)] for room in rooms
    ]


@pytest.mark.asyncio
async def test_a_lease_lasts_as_long_as_it_says_from_the_database_clock(database: Database) -> None:
    await arrived(database, message("1"))
    async with database.reading() as session:
        before = await database.now(session)
    taken = await take(database)
    async with database.reading() as session:
        after = await database.now(session)
    (lease,) = await rows(database, RoomLease)
    assert (lease.owner, lease.fence, taken.fence) == (str(ME), 1, 1)
    assert lease.until is not None
    assert before + LEASE <= lease.until <= after + LEASE


@pytest.mark.asyncio
async def test_a_lapsed_room_is_taken_over_and_its_late_holder_fenced_off(database: Database) -> None:
    await arrived(database, message("1"), message("2"))
    late = await take(database)
    await let_lapse(database)
    now = await take(database, OTHER)
    assert (now.id, now.attempts, now.fence) == (late.id, 2, 2)
    with pytest.raises(LeaseLost):
        await finish(database, late)
    with pytest.raises(LeaseLost):
        await put_back(database, late)
    with pytest.raises(LeaseLost):
        await quarantine(database, late)
    await finish(database, now, OTHER)
    assert await drained(database) == ["2"]


@pytest.mark.asyncio
async def test_the_fence_tells_two_holds_of_one_worker_apart(database: Database) -> None:
    await arrived(database, message("1"))
    late = await take(database)
    await let_lapse(database)
    await take(database)
    with pytest.raises(LeaseLost):
        await finish(database, late)


@pytest.mark.asyncio
async def test_a_late_holder_may_finish_what_nobody_has_taken_over(database: Database) -> None:
    await arrived(database, message("1"))
    late = await take(database)
    await let_lapse(database)
    await finish(database, late)
    assert await inbox.take(database, OTHER) is None


@pytest.mark.asyncio
async def test_finishing_goes_with_the_commit_that_handles(database: Database) -> None:
    await arrived(database, message("1"))
    taken = await take(database)

    async def handle() -> None:
        async with database.writing() as session:
            await inbox.put_state(session, "web", "done", "yes")
            await inbox.finish(session, taken, ME)
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await handle()
    (row,) = await rows(database, InboxRow)
    assert row.state == "waiting"
    assert row.body
    await finish(database, taken)


@pytest.mark.asyncio
async def test_words_go_with_the_commit_that_handles_them(database: Database) -> None:
    await arrived(database, message("1", text="943 476 5919"))
    await finish(database, await take(database))
    (row,) = await rows(database, InboxRow)
    assert (row.state, row.body, row.event_id) == ("done", None, "1")
    (lease,) = await rows(database, RoomLease)
    assert (lease.owner, lease.until, lease.fence) == (None, None, 1)


@pytest.mark.asyncio
async def test_a_renewed_lease_holds_and_a_lost_one_is_not_renewed(database: Database) -> None:
    await arrived(database, message("1"))
    taken = await take(database)
    await let_lapse(database)
    await inbox.renew(database, taken, ME)
    assert await inbox.take(database, OTHER) is None
    await let_lapse(database)
    other = await take(database, OTHER)
    await let_lapse(database)
    await inbox.renew(database, taken, ME)
    (lease,) = await rows(database, RoomLease)
    assert (lease.owner, lease.until) == (str(OTHER), LONG_AGO)
    await inbox.renew(database, Taken(other.id, other.room, other.fence - 1, 1, None), OTHER)
    assert [row.until for row in await rows(database, RoomLease)] == [LONG_AGO]


@pytest.mark.asyncio
async def test_what_is_put_back_waits_and_the_room_with_it(database: Database) -> None:
    await arrived(database, message("1"), message("2"), message("3", "comms"))
    await put_back(database, await take(database), timedelta(hours=1))
    assert [(await take(database)).room, await inbox.take(database, ME)] == ["web:comms", None]
    await let_lapse(database)
    again = await take(database)
    assert again.event is not None
    assert (again.event.event_id, again.attempts, again.fence) == ("1", 2, 2)


@pytest.mark.asyncio
async def test_a_wait_that_is_nobodys_fault_does_not_count(database: Database) -> None:
    await arrived(database, message("1"))
    for _ in range(5):
        taken = await take(database)
        assert taken.attempts == 1
        await put_back(database, taken, counts=False)
    await put_back(database, await take(database), counts=True)
    assert (await take(database)).attempts == 2


async def quarantine(database: Database, taken: Taken) -> str:
    async with database.writing() as session:
        return await inbox.quarantine(session, taken, ME)


@pytest.mark.asyncio
async def test_after_three_failures_it_is_set_aside_without_its_words_and_the_room_goes_on(database: Database) -> None:
    await arrived(database, message("1"), message("2"))
    tries = []
    while (taken := await take(database)).attempts < inbox.ATTEMPTS:
        tries.append(taken.attempts)
        await put_back(database, taken)
    reference = await quarantine(database, taken)
    assert tries == [1, 2]
    (row, _) = await rows(database, InboxRow)
    assert (row.state, row.body, row.reference, row.attempts) == ("quarantined", None, reference, 3)
    assert len(reference) == 8
    assert await drained(database) == ["2"]


BODIES: list[dict[str, Any]] = [
    {"body": "{"}, {"body": "null"}, {"body": "[]"}, {"body": None}, {"body": "{}"}, {"kind": "NobodyKnows"},
]  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("damage", BODIES)
async def test_a_row_that_cannot_be_read_back_is_given_out_without_its_event(
    database: Database, damage: dict[str, Any]
) -> None:
    """So that it can be set aside like anything that fails; it must not stop the worker."""
    await arrived(database, message("1"), message("2"))
    async with database.writing() as session:
        await session.execute(update(InboxRow).where(col(InboxRow.event_id) == "1").values(**damage))
    taken = await take(database)
    assert (taken.event, taken.room) == (None, "web:lobby")
    await quarantine(database, taken)
    assert await drained(database) == ["2"]


@pytest.mark.asyncio
async def test_rooms_of_dead_processes_of_this_host_are_freed_at_once(database: Database) -> None:
    me = Owner()
    dead = Owner(me.host, me.pid, "an earlier life")
    holders = {"dead": dead, "mine": me, "parent": Owner(me.host, 1, "x"), "elsewhere": Owner("elsewhere", 1, "x")}
    for room, owner in holders.items():
        await arrived(database, message(room, room))
        await take(database, owner)
    assert await inbox.reclaim(database, me) == 1
    leases = {lease.room: lease for lease in await rows(database, RoomLease)}
    assert {room: lease.owner is None for room, lease in leases.items()} == {
        "web:dead": True,
        "web:mine": False,
        "web:parent": False,
        "web:elsewhere": False,
    }
    assert leases["web:dead"].until is None
    taken = await take(database, me)
    assert (taken.room, taken.fence, taken.attempts) == ("web:dead", 2, 2)
    assert await inbox.reclaim(database, me) == 0


@pytest.mark.asyncio
async def test_only_what_was_handled_long_ago_is_forgotten(database: Database) -> None:
    await arrived(database, message("1"), message("2"), message("3", "comms"), message("4", "other"))
    await finish(database, await take(database))
    await quarantine(database, await take(database))
    await finish(database, await take(database))
    async with database.writing() as session:
        old = col(InboxRow.event_id).in_(["1", "2", "4"])
        await session.execute(update(InboxRow).where(old).values(received=LONG_AGO))
    async with database.writing() as session:
        await inbox.forget(session, LONG_AGO)
    assert len(await rows(database, InboxRow)) == 4
    async with database.writing() as session:
        await inbox.forget(session, LONG_AGO + timedelta(microseconds=1))
    assert [row.event_id for row in await rows(database, InboxRow)] == ["2", "3", "4"]
