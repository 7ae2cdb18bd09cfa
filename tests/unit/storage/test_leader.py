"""One of several processes works: the lease with its fence, its renewal, its doubt and its loss."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot import inbox, leader
from bot.app import StoredState
from bot.inbox import LeaseLost, RoomLease
from bot.leader import Leader, NotShared, Sign, holder
from bot.leases import LEASE, Owner
from config.database import Database, DatabaseUnavailable
from tests.unit.storage.stage import LONG_AGO, ME, OTHER, message

ACCOUNT = "matrix:@switchboard:example.org"


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"LOOK": 0.02, "RENEW": 0.2, "SURE": 0.3}.items():
        monkeypatch.setattr(leader, name, seconds)


async def leading(database: Database, owner: Owner = ME) -> Leader:
    mine = Leader(database, ACCOUNT, owner)
    await asyncio.wait_for(mine.take(), 10)
    return mine


async def lapse(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(
            update(RoomLease).where(col(RoomLease.room) == f"serving {ACCOUNT}").values(until=LONG_AGO)
        )


async def confirmed(one: Leader) -> bool:
    try:
        async with one.database.writing() as session:
            await one.confirm(session)
    except LeaseLost:
        return False
    return True


@pytest.mark.asyncio
async def test_the_second_waits_until_the_first_lets_go(database: Database) -> None:
    first, second = await leading(database), Leader(database, ACCOUNT, OTHER)
    waiting = asyncio.create_task(second.take())
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    assert await confirmed(first)
    await first.let_go()
    await asyncio.wait_for(waiting, 10)
    assert second.fence == 2
    assert await confirmed(second)
    assert not await confirmed(first)


@pytest.mark.asyncio
async def test_accounts_do_not_wait_for_each_other_nor_rooms_for_them(database: Database) -> None:
    await leading(database)
    other = Leader(database, "matrix:@other:example.org", OTHER)
    await asyncio.wait_for(other.take(), 10)
    await inbox.receive(database, "matrix", [message("1")], "a")
    assert await inbox.take(database, ME) is not None


@pytest.mark.asyncio
async def test_the_second_takes_over_what_lapsed_and_the_first_is_fenced_off(database: Database) -> None:
    first = await leading(database)
    await lapse(database)
    second = await leading(database, OTHER)
    state = StoredState(database, "matrix", first.confirm)
    with pytest.raises(LeaseLost):
        await state.put("checkpoint", "late")
    with pytest.raises(LeaseLost):
        await inbox.receive(database, "matrix", [message("1")], "late", first.confirm)
    assert await state.get("checkpoint") is None
    assert await inbox.take(database, OTHER) is None
    await inbox.receive(database, "matrix", [message("1")], "in time", second.confirm)
    assert await state.get("checkpoint") == "in time"


@pytest.mark.asyncio
async def test_who_lapsed_and_is_first_to_look_goes_on(database: Database) -> None:
    first = await leading(database)
    await lapse(database)
    ended = asyncio.Event()
    task = asyncio.create_task(first.lead(_until(ended)))
    await asyncio.sleep(0.5)  # it has renewed by then
    second = Leader(database, ACCOUNT, OTHER)
    waiting = asyncio.create_task(second.take())
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    ended.set()
    await task
    await first.let_go()
    await waiting
    assert not done


@pytest.mark.asyncio
async def test_work_stops_when_another_has_taken_over(database: Database) -> None:
    first, stopped = await leading(database), asyncio.Event()
    await lapse(database)
    await leading(database, OTHER)
    with pytest.raises(LeaseLost):
        await asyncio.wait_for(first.lead(lambda: _work(stopped)), 10)
    assert stopped.is_set()


@pytest.mark.asyncio
async def test_work_pauses_while_the_lease_is_in_doubt(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    first, begun, stopped = await leading(database), [], asyncio.Event()
    away = True

    async def renewed(self: Leader) -> bool:
        return not away

    async def work() -> None:
        begun.append(1)
        if len(begun) == 1:
            await _work(stopped)

    monkeypatch.setattr(Leader, "_renewed", renewed)
    task = asyncio.create_task(first.lead(work))
    await asyncio.wait_for(stopped.wait(), 10)
    assert len(begun) == 1
    away = False
    await asyncio.wait_for(task, 10)
    assert len(begun) == 2


@pytest.mark.asyncio
async def test_a_fault_of_the_work_ends_it(database: Database) -> None:
    first = await leading(database)

    async def work() -> None:
        raise DatabaseUnavailable("gone")

    with pytest.raises(DatabaseUnavailable):
        await first.lead(work)


@pytest.mark.asyncio
async def test_who_works_is_told_and_nobody_who_is_gone(database: Database) -> None:
    assert await holder(database, ACCOUNT) is None
    first = await leading(database, OTHER)
    found = await holder(database, ACCOUNT)
    assert found is not None
    assert (found.host, found.process) == (OTHER.host, str(OTHER.pid))
    async with database.reading() as session:
        left = found.until - await database.now(session)
    assert 0 < left.total_seconds() <= LEASE.total_seconds()
    assert await holder(database, "matrix:@other:example.org") is None
    await lapse(database)
    assert await holder(database, ACCOUNT) is None
    await first.let_go()
    await leading(database, Owner(pid=2**22 + 1))  # no process of this host has such a number
    assert await holder(database, ACCOUNT) is None


async def signed(database: Database, owner: Owner, folder: Path) -> Leader:
    return Leader(database, ACCOUNT, owner, Sign(folder / "serving.lease"))


@pytest.mark.asyncio
async def test_whoever_waits_with_the_same_folder_goes_on_waiting(database: Database, tmp_path: Path) -> None:
    first = await signed(database, ME, tmp_path / "keys")
    await first.take()
    ended = asyncio.Event()
    work = asyncio.create_task(first.lead(_until(ended)))
    second = await signed(database, OTHER, tmp_path / "keys")
    waiting = asyncio.create_task(second.take())
    done, _ = await asyncio.wait({waiting}, timeout=1)  # several renewals, and ten times as many looks
    assert not done
    ended.set()
    await work
    await first.let_go()
    await asyncio.wait_for(waiting, 10)


@pytest.mark.asyncio
async def test_a_copy_of_the_folder_however_new_is_refused(database: Database, tmp_path: Path) -> None:
    first = await signed(database, ME, tmp_path / "keys")
    await first.take()
    ended = asyncio.Event()
    work = asyncio.create_task(first.lead(_until(ended)))
    shutil.copytree(tmp_path / "keys", tmp_path / "copy")
    for folder in ("copy", "empty"):
        second = await signed(database, OTHER, tmp_path / folder)
        with pytest.raises(NotShared):
            await asyncio.wait_for(second.take(), 10)
    ended.set()
    await work


@pytest.mark.asyncio
async def test_a_folder_that_cannot_be_written_stops_nobody(database: Database, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    first = await signed(database, ME, tmp_path / "keys")
    await asyncio.wait_for(first.take(), 10)
    assert first.fence == 1


async def _work(stopped: asyncio.Event) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        stopped.set()


def _until(ended: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        await ended.wait()

    return work
