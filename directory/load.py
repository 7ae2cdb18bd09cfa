"""A staff file into the directory: plan, stage in short transactions, switch in one, undo.

Staged records belong to a generation that nobody reads. A crash leaves them unread; the next load, or
`tidy`, clears them away.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from config.database import Database
from directory import privacy
from directory.bulk import insert_many, touched
from directory.compare import plan
from directory.models import (
    Account,
    DirectoryState,
    FormerPerson,
    ImportBatch,
    PersonRecord,
    PersonSkill,
    Skill,
    SkillLabel,
)
from directory.plans import REFUSALS, LoadPlan, LoadRefused, PersonChange
from directory.staging import Progress, Staging, hold

__all__ = [
    "REFUSALS",
    "LoadPlan",
    "LoadRefused",
    "PersonChange",
    "Progress",
    "batches",
    "drop",
    "labels",
    "loses_many",
    "plan",
    "stage",
    "switch",
    "tidy",
    "undo",
]

ROWS_AT_ONCE = 500
FORGOTTEN_AFTER = timedelta(days=1)
STAGED, APPLIED, UNDONE, DROPPED = "staged", "applied", "undone", "dropped"


async def stage(
    database: Database, agreed: LoadPlan, by: str, file_name: str, at: datetime, progress: Progress | None = None
) -> int:
    """Write the planned records where nobody reads them yet, in short transactions; returns the batch's id.

    Raises `LoadRefused` (`unchanged`, `moved_on` when the directory changed since the plan, `overtaken`).
    """
    if not agreed.changes_anything:
        raise LoadRefused("unchanged")
    async with database.writing() as session:
        batch = await _begin(session, agreed, ImportBatch(by=by, file_name=file_name, at=at, **_counts(agreed)))
    batch_id = batch.id or 0
    await _clear_staged(database, agreed.generation, batch_id)
    await Staging(database, agreed, batch_id, batch.generation).run(progress)
    return batch_id


def _counts(agreed: LoadPlan) -> dict[str, Any]:
    numbers = {name: getattr(agreed, name) for name in ("people", "added", "changed", "left", "before", "digest")}
    faults = {"duplicates": len(agreed.duplicates), "refused": len(agreed.refused)}
    return {**numbers, **faults, "generation": 0, "previous": agreed.generation}


async def _begin(session: AsyncSession, agreed: LoadPlan, batch: ImportBatch) -> ImportBatch:
    state = await privacy.state_for_change(session)
    if (state.generation, state.revision) != (agreed.generation, agreed.revision):
        raise LoadRefused("moved_on")
    unfinished = update(ImportBatch).where(col(ImportBatch.state) == STAGED)
    await session.execute(unfinished.values(state=DROPPED))
    state.latest += 1
    batch.generation = state.latest
    session.add(batch)
    await session.flush()
    state.staging = batch.id
    return batch


async def switch(session: AsyncSession, batch_id: int) -> ImportBatch:
    """Make a staged batch the directory, inside the caller's write transaction.

    Raises `LoadRefused` (`not_staged`, `overtaken`, `moved_on`).
    """
    batch = await session.get(ImportBatch, batch_id)
    if batch is None or batch.state != STAGED:
        raise LoadRefused("not_staged")
    await hold(session, batch_id)
    state = await privacy.state_for_change(session)
    if state.generation != batch.previous:
        raise LoadRefused("moved_on")
    state.generation, state.staging = batch.generation, None
    state.revision += 1
    batch.state = APPLIED
    await session.flush()
    return batch


async def undo(session: AsyncSession, batch_id: int) -> ImportBatch:
    """Go back to before the batch, inside the caller's write transaction.

    Only the load that is in force can be undone; before it, only what `tidy` has not taken away: one step.
    Raises `LoadRefused("not_undoable")`.
    """
    state = await privacy.state_for_change(session)
    batch = await session.get(ImportBatch, batch_id)
    if batch is None or batch.state != APPLIED or batch.generation != state.generation or batch.previous < state.floor:
        raise LoadRefused("not_undoable")
    state.generation = batch.previous
    state.revision += 1
    batch.state = UNDONE
    await session.flush()
    return batch


async def batches(session: AsyncSession, limit: int = 10) -> list[ImportBatch]:
    """The latest loads, newest first."""
    wanted = select(ImportBatch).order_by(col(ImportBatch.id).desc()).limit(limit)
    return list((await session.execute(wanted)).scalars())


def loses_many(batch: ImportBatch) -> bool:
    """Whether it takes more than a fifth of the people away, which needs a second admin."""
    return batch.left > batch.before / 5


async def labels(session: AsyncSession) -> frozenset[str]:
    """The skills as the directory writes them: what they show about a file that is read next."""
    return frozenset((await session.execute(select(col(SkillLabel.label)))).scalars())


async def drop(session: AsyncSession, batch_id: int) -> None:
    """Give up a staged batch, inside the caller's write transaction. Raises `LoadRefused("not_staged")`."""
    batch = await session.get(ImportBatch, batch_id)
    if batch is None or batch.state != STAGED:
        raise LoadRefused("not_staged")
    state = await privacy.state_for_change(session)
    batch.state = DROPPED
    state.staging = None
    await session.flush()


async def _drop_forgotten(session: AsyncSession, state: DirectoryState, now: datetime) -> None:
    """A load that crashed, or that nobody answered, is not kept for ever."""
    batch = await session.get(ImportBatch, state.staging)
    if batch is None or batch.state != STAGED or batch.at < now - FORGOTTEN_AFTER:
        state.staging = None
        if batch is not None and batch.state == STAGED:
            batch.state = DROPPED


async def tidy(database: Database, now: datetime) -> int:
    """Delete, in short transactions, rows that neither the directory nor its undo needs; returns how many.

    Leaves a load that is being staged, or waits for a yes, alone for a day.
    """
    async with database.writing() as session:
        state = await privacy.state_for_change(session)
        if state.staging is not None:
            await _drop_forgotten(session, state, now)
        if state.staging is not None:
            return 0
        wanted = select(col(ImportBatch.previous)).where(
            col(ImportBatch.generation) == state.generation, col(ImportBatch.state) == APPLIED
        )
        previous = (await session.execute(wanted)).scalar_one_or_none()
        state.floor = max(state.floor, state.generation if previous is None else previous)
        generation, floor = state.generation, state.floor
    gone = await _clear_staged(database, generation, None)
    gone += await _delete_records(database, col(PersonRecord.until) <= floor, None)
    gone += await _repeat(database, None, _piecewise_delete(Account, col(Account.until) <= floor))
    return gone + await _delete_unused_labels(database)


async def _clear_staged(database: Database, generation: int, batch_id: int | None) -> int:
    """Forget every later generation: its records go, and what it would have ended goes on."""
    gone = await _delete_records(database, col(PersonRecord.since) > generation, batch_id)
    gone += await _repeat(database, batch_id, _piecewise_delete(Account, col(Account.since) > generation))
    tables: Iterable[type[PersonRecord] | type[Account]] = (PersonRecord, Account)
    for table in tables:
        piece = select(col(table.id)).where(col(table.until) > generation).limit(ROWS_AT_ONCE)
        await _repeat(database, batch_id, update(table).where(col(table.id).in_(piece)).values(until=None))
    return gone


def _piecewise_delete(table: type[Account], condition: Any) -> Executable:
    return delete(table).where(col(table.id).in_(select(col(table.id)).where(condition).limit(ROWS_AT_ONCE)))


async def _repeat(database: Database, batch_id: int | None, statement: Executable) -> int:
    """Run a statement that touches a few hundred rows until it touches none."""
    total = 0
    while True:
        async with database.writing() as session:
            await _guard(session, batch_id)
            count = touched(await session.execute(statement))
        if not count:
            return total
        total += count


async def _delete_records(database: Database, condition: Any, batch_id: int | None) -> int:
    total = 0
    while True:
        async with database.writing() as session:
            await _guard(session, batch_id)
            wanted = select(col(PersonRecord.id)).where(condition).limit(ROWS_AT_ONCE)
            ids = list((await session.execute(wanted)).scalars())
            if not ids:
                return total
            going = await _keys(session, ids)
            await session.execute(delete(PersonSkill).where(col(PersonSkill.record_id).in_(ids)))
            await session.execute(delete(PersonRecord).where(col(PersonRecord.id).in_(ids)))
            await _remember(session, going)
        total += len(ids)


async def _keys(session: AsyncSession, record_ids: list[int]) -> dict[str, int]:
    """Keyed hashes of the addresses and numbers in these records, each with its person."""
    pepper = (await privacy.state(session)).pepper
    wanted = select(col(PersonRecord.person_id), col(PersonRecord.email), col(PersonRecord.staff_id))
    return {
        privacy.keyed(pepper, kind, value): person
        for person, email, staff_id in await session.execute(wanted.where(col(PersonRecord.id).in_(record_ids)))
        for kind, value in (("mail", email), ("staff", staff_id))
        if value
    }


async def _remember(session: AsyncSession, going: dict[str, int]) -> None:
    """People without any record left keep their id under a hash, should they come back."""
    still = select(col(PersonRecord.person_id)).where(col(PersonRecord.person_id).in_(set(going.values())))
    present = set((await session.execute(still)).scalars())
    wanted = select(col(FormerPerson.key)).where(col(FormerPerson.key).in_(going))
    known = set((await session.execute(wanted)).scalars())
    new = [(key, person) for key, person in going.items() if person not in present and key not in known]
    await insert_many(session, FormerPerson, ("key", "person_id"), new)


async def _guard(session: AsyncSession, batch_id: int | None) -> None:
    if batch_id is not None:
        await hold(session, batch_id)
        return
    state = await session.get(DirectoryState, 1, with_for_update=True)
    if state is None or state.staging is not None:
        raise LoadRefused("overtaken")


async def _delete_unused_labels(database: Database) -> int:
    async with database.writing() as session:
        await _guard(session, None)
        total = 0
        held = select(col(PersonSkill.label_id)).where(col(PersonSkill.label_id) == col(SkillLabel.id))
        named = select(col(SkillLabel.id)).where(col(SkillLabel.skill_id) == col(Skill.id))
        for statement in (delete(SkillLabel).where(~held.exists()), delete(Skill).where(~named.exists())):
            total += touched(await session.execute(statement))
        return total
