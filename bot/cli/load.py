"""`switchboard load`: a staff file into the directory, with every fault named and a way back."""

import asyncio
import json
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot import audit
from bot.cli.common import fail, open_database, open_keys_for, operator, read_settings
from bot.cli.progress import bar
from bot.load_words import notices
from bot.wording import count, say
from config.database import Database
from directory import csv_file, load
from directory.csv_file import CsvFile
from directory.load import LoadPlan, LoadRefused, PersonChange
from directory.models import ImportBatch
from directory.rows import Fault

app = typer.Typer(add_completion=False, rich_markup_mode=None)

T = TypeVar("T")

WITH_FAULTS = 1
FAILED = 2


@app.command()
def main(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file of staff and their skills.", show_default=False)
    ] = None,
    column_map: Annotated[str | None, typer.Option("--map", help="A saved map of columns (a later version).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last load back instead.")] = False,
) -> None:
    """Load a staff file: shows what changes and every fault with its line, then does it. It can be undone.

    \b
    Examples:
      switchboard load staff.csv --dry-run
      switchboard load staff.csv
      switchboard load --undo

    Ends with 0 when all of it was loaded, 1 when rows were left out, 2 when it could not run.
    """
    if column_map is not None:
        fail(say("load.cli.no_map"))
    if undo:
        typer.echo(_refusing(_undo()))
        return
    if file is None:
        fail(say("load.cli.which_file"))
    read = csv_file.read(_bytes(file))
    if read.structure:
        _unusable(file, read, as_json)
    plan, applied = _refusing(_load(file, read, dry_run, quiet=as_json))
    typer.echo(_as_json(plan, applied) if as_json else _as_text(file, plan, applied, dry_run))
    raise typer.Exit(WITH_FAULTS if plan.refused or plan.duplicates else 0)


def _refusing(work: Coroutine[None, None, T]) -> T:
    try:
        return asyncio.run(work)
    except LoadRefused as error:
        fail(say(f"load.refusal.{error.code}"))


def _bytes(file: Path) -> bytes:
    try:
        if fault := csv_file.too_big(file.stat().st_size):
            fail(say("load.cli.structure", file=file, faults=_sentence(fault)))
        return file.read_bytes()
    except OSError as error:
        fail(say("load.cli.no_file", file=file, reason=error.strerror or type(error).__name__))


def _unusable(file: Path, read: CsvFile, as_json: bool) -> None:
    if as_json:
        counts = dict.fromkeys(("people", "added", "changed", "left"), 0)
        faults = [_as_object(fault) for fault in read.structure]
        typer.echo(json.dumps({**counts, "duplicates": [], "refused": faults, "applied": False}, ensure_ascii=False))
    fail(say("load.cli.structure", file=file, faults=" ".join(map(_sentence, read.structure))))


async def _load(file: Path, read: CsvFile, dry_run: bool, quiet: bool) -> tuple[LoadPlan, bool]:
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(read_settings().organisation.time_zone)).date()
    async with open_database() as database:
        async with database.reading() as session:
            plan = await load.plan(session, read, today)
        if dry_run or not plan.changes_anything:
            return plan, False
        await _apply(database, plan, file.name, now, quiet)
        return plan, True


async def _apply(database: Database, plan: LoadPlan, name: str, now: datetime, quiet: bool) -> None:
    with bar(say("load.cli.progress"), quiet=quiet) as report:
        batch = await load.stage(database, plan, operator(), name, now, report)
    keys = open_keys_for(database)
    async with database.writing() as session:
        row = await load.switch(session, batch)
        await audit.record(session, keys, [_evidence("load", row)], now)
    await load.tidy(database, now)


async def _undo() -> str:
    async with open_database() as database:
        keys = open_keys_for(database)
        async with database.writing() as session:
            applied = [one for one in await load.batches(session) if one.state == load.APPLIED]
            if not applied:
                fail(say("file.nothing_to_undo"))
            row = await load.undo(session, applied[0].id or 0)
            await audit.record(session, keys, [_evidence("load_undone", row)], datetime.now(UTC))
            return say("file.undone", name=row.file_name)


def _evidence(action: str, row: ImportBatch) -> audit.Entry:
    details: dict[str, str | int | None] = {"added": row.added, "changed": row.changed, "left": row.left}
    note = {"who": operator(), "file": row.file_name}
    return audit.Entry(action, f"load:{row.id}", operator(), details, note)


def _as_json(plan: LoadPlan, applied: bool) -> str:
    counts = {name: getattr(plan, name) for name in ("people", "added", "changed", "left")}
    duplicates = [{**_as_object(fault), **fault.params} for fault in plan.duplicates]
    refused = [_as_object(fault) for fault in plan.refused]
    return json.dumps({**counts, "duplicates": duplicates, "refused": refused, "applied": applied}, ensure_ascii=False)


def _as_object(fault: Fault) -> dict[str, Any]:
    reason, fix = _words(fault)
    return {"line": fault.line, "column": fault.column, "value": fault.value, "reason": reason, "fix": fix}


def _words(fault: Fault) -> tuple[str, str]:
    params = {"value": fault.value, **fault.params}
    return say(f"load.{fault.code}.reason", **params), say(f"load.{fault.code}.fix", **params)


def _sentence(fault: Fault) -> str:
    reason, fix = _words(fault)
    if not fault.line:
        return f"{reason} {fix}"
    column = f", {fault.column}" if fault.column else ""
    return say("load.cli.fault", line=fault.line, column=column, reason=reason, fix=fix)


def _as_text(file: Path, plan: LoadPlan, applied: bool, dry_run: bool) -> str:
    numbers = {name: f"{getattr(plan, name):,}" for name in ("added", "changed", "left", "unchanged")}
    people = count(plan.people, "person", "people")
    lines = [say("load.cli.summary", file=file.name, people=people, encoding=plan.csv_file.encoding, **numbers)]
    lines += notices(plan.csv_file)
    if plan.kept_out:
        lines.append(say("load.cli.kept_out", count=plan.kept_out))
    if plan.fields:
        lines.append(say("load.cli.fields", fields=", ".join(f"{name} {n:,}" for name, n in plan.fields.items())))
    lines += [_change(change) for change in plan.sample]
    faults = sorted([*plan.refused, *plan.duplicates], key=lambda fault: fault.line)
    if faults:
        lines.append(say("load.cli.refused", rows=count(len(faults), "row", "rows")))
        lines += [f"  {_sentence(fault)}" for fault in faults]
    if applied:
        return "\n".join([*lines, say("load.cli.applied")])
    return "\n".join([*lines, say("load.cli.dry_run" if dry_run and plan.changes_anything else "load.cli.nothing")])


def _change(change: PersonChange) -> str:
    fields = "; ".join(say("load.cli.field", field=name, before=a, after=b) for name, a, b in change.fields)
    return say(f"load.cli.{change.kind}", name=change.name, fields=fields)
