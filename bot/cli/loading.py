"""The work behind `switchboard load`: read, compare, write, and wait for a second admin where it takes one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import audit
from bot.access import TABLE, Action
from bot.announcements.holders import holders
from bot.cli.common import fail, open_database, open_keys_for, operator, prepare_database, read_settings
from bot.cli.progress import bar
from bot.leaks.context import NO_CONTACTS
from bot.roles import links
from bot.services import Services
from bot.wording import count, say
from config.database import Database
from directory import column_maps, csv_file, load
from directory.columns import heading_key
from directory.csv_file import CsvFile
from directory.load import LoadPlan
from directory.models import ImportBatch


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line; `losing`: how many people may go although they are many."""

    file: Path
    data: bytes
    map_name: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False
    dry_run: bool = False
    losing: int | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: `plan` is None when it cannot be used; `waits`: for a second admin, and why."""

    read: CsvFile
    plan: LoadPlan | None = None
    applied: bool = False
    waits: str = ""


async def run(order: Order) -> Outcome:
    """Load the file, or say why not. Raises `LoadRefused`; ends the command when it must not go on."""
    path = prepare_database().path
    if path is not None and not path.exists() and not order.columns and order.map_name is None:
        read = csv_file.read(order.data)  # an unusable file leaves no empty database behind
        if read.structure:
            return Outcome(read)
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(read_settings().organisation.time_zone)).date()
    async with open_database() as database:
        read = await _read(database, order, now)
        if read.structure:
            return Outcome(read)
        async with database.reading() as session:
            plan = await load.plan(session, read, today, complete=order.complete)
        if order.dry_run or not plan.changes_anything:
            return Outcome(read, plan)
        waits = await _apply(database, plan, order, now)
        return Outcome(read, plan, not waits, waits)


async def _read(database: Database, order: Order, now: datetime) -> CsvFile:
    async with database.reading() as session:
        labels = await load.labels(session)
        saved = await column_maps.answers(session, order.map_name)
        names = await column_maps.names(session)
    given = {heading_key(heading): said for heading, said in order.columns.items()}
    if order.map_name is not None and not given and column_maps.plain(order.map_name) not in names:
        fail(say("load.cli.no_map", name=order.map_name, names=", ".join(names) or "-"))
    read = csv_file.read(order.data, labels, lambda shape: {**saved(shape), **given})
    if order.map_name is not None and given and not order.dry_run:
        async with database.writing() as session:
            await column_maps.save(session, order.map_name, order.columns, operator(), now)
    return read


async def _apply(database: Database, plan: LoadPlan, order: Order, now: datetime) -> str:
    """Write the plan and make it the directory; or leave it written, and say for whom it waits."""
    with bar(say("load.cli.progress"), quiet=order.quiet) as report:
        batch = await load.stage(database, plan, operator(), order.file.name, now, report)
    keys = open_keys_for(database)
    services = Services(database, read_settings(), keys, {}, {}, NO_CONTACTS, lambda: datetime.now(UTC))
    if waits := await _second(services, batch, order):
        return waits
    async with database.writing() as session:
        row = await load.switch(session, batch)
        await audit.record(session, keys, [evidence("load", row)], now)
    await load.tidy(database, now)
    return ""


async def _second(services: Services, batch: int, order: Order) -> str:
    """Why another admin must confirm this load, if one must. With no admin at all the operator answers for it alone."""
    async with services.database.reading() as session:
        row = await session.get(ImportBatch, batch)
        if row is None:
            return ""
        moved = await links.moved(session, services, row.previous, row.generation)
        many = load.loses_many(row)
        if not moved and not many:
            return ""
        admins = await holders(session, services, TABLE[Action.LOAD])
        names = await links.names_of(session, services, moved)
    why = say("load.cli.moves", people=names) if moved else _loss(row)
    if admins:
        return why
    if moved or order.losing != row.left:
        async with services.database.writing() as session:
            await load.drop(session, batch)
        fail(say("load.cli.nobody_moves", why=why) if moved else say("load.cli.losing", why=why, left=row.left))
    return ""


def _loss(row: ImportBatch) -> str:
    return say("load.cli.loses", left=row.left, before=count(row.before, "person", "people"))


async def undo() -> str:
    """Take the last load back; what was said. Raises `LoadRefused`."""
    async with open_database() as database:
        keys = open_keys_for(database)
        async with database.writing() as session:
            applied = [one for one in await load.batches(session) if one.state == load.APPLIED]
            if not applied:
                fail(say("file.nothing_to_undo"))
            row = await load.undo(session, applied[0].id or 0)
            await audit.record(session, keys, [evidence("load_undone", row)], datetime.now(UTC))
            return say("file.undone", name=row.file_name)


def evidence(action: str, row: ImportBatch) -> audit.Entry:
    """What is recorded of a load."""
    details: dict[str, str | int | None] = {"added": row.added, "changed": row.changed, "left": row.left}
    note = {"who": operator(), "file": row.file_name}
    return audit.Entry(action, f"load:{row.id}", operator(), details, note)
