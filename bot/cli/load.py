"""`switchboard load`: a staff file into the directory, with every fault named and a way back."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.cli import loading
from bot.cli.common import fail
from bot.cli.loading import Order, Outcome
from bot.load_words import changes_csv, column_of, fault_words, notices, refused_csv
from bot.wording import count, say
from directory import column_maps, csv_file
from directory.csv_file import CsvFile
from directory.load import LoadPlan, LoadRefused, PersonChange
from directory.rows import Fault

app = typer.Typer(add_completion=False, rich_markup_mode=None)

T = TypeVar("T")

WITH_FAULTS = 1
FAILED = 2


@app.command()
def main(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file or an Excel workbook of staff and skills.", show_default=False)
    ] = None,
    column_map: Annotated[
        str | None, typer.Option("--map", help="Use the map of columns saved under this name; with --column, save it.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help='What a column is: "Contact=email", "Welsh=skill", "Grade=nothing". Repeatable.'),
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="The file lists everybody: who is not in it has left.")
    ] = False,
    losing: Annotated[
        int | None, typer.Option("--losing", help="How many people may go, where that is over a fifth and no admin is.")
    ] = None,
    changes: Annotated[Path | None, typer.Option("--changes", help="Write every change to this CSV file.")] = None,
    refused: Annotated[
        Path | None, typer.Option("--refused", help="Write the rows left out to this CSV file, each with its reason.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last load back instead.")] = False,
) -> None:
    """Load a staff file: shows what changes and every fault with its line, then does it. It can be undone.

    \b
    Examples:
      switchboard load staff.csv --dry-run --changes changes.csv --refused to-correct.csv
      switchboard load staff.xlsx
      switchboard load staff.csv --map "HR export" --column "Contact=email"
      switchboard load --undo

    Ends with 0 when all of it was loaded, 1 when rows were left out, 2 when it could not run or waits for an admin.
    """
    if undo:
        typer.echo(_refusing(loading.undo()))
        return
    if file is None:
        fail(say("load.cli.which_file"))
    order = Order(file, _bytes(file), column_map, _columns(column or []), complete, dry_run, losing, as_json)
    done = _refusing(loading.run(order))
    if done.plan is None:
        _unusable(file, done.read, as_json)
        return
    plan = done.plan
    _write(changes, lambda: changes_csv(plan))
    _write(refused, lambda: refused_csv(order.data, plan)[0])
    typer.echo(_as_json(plan, done.applied) if as_json else _as_text(file, plan, done, dry_run))
    if done.waits:
        fail(say("load.cli.waits", why=done.waits))
    raise typer.Exit(WITH_FAULTS if plan.refused or plan.duplicates else 0)


def _columns(told: list[str]) -> dict[str, str]:
    """What was said about columns: heading to field; a clear line and exit 2 for what cannot be meant."""
    found = {}
    for one in told:
        heading, _, said = one.rpartition("=")
        said = said.strip().casefold().replace(" ", "_")
        if not heading.strip() or said not in column_maps.FIELDS:
            fail(say("load.cli.bad_column", column=one, fields=", ".join(column_maps.FIELDS)))
        found[heading.strip()] = said
    return found


def _write(file: Path | None, make: Callable[[], str]) -> None:
    if file is None:
        return
    try:
        file.write_text(make(), encoding="utf-8-sig", newline="")
    except OSError as error:
        fail(say("export.not_written", file=file, reason=error.strerror or type(error).__name__))


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


def _as_json(plan: LoadPlan, applied: bool) -> str:
    counts = {name: getattr(plan, name) for name in ("people", "added", "changed", "left")}
    duplicates = [{**_as_object(fault), **fault.params} for fault in plan.duplicates]
    refused = [_as_object(fault) for fault in plan.refused]
    return json.dumps({**counts, "duplicates": duplicates, "refused": refused, "applied": applied}, ensure_ascii=False)


def _as_object(fault: Fault) -> dict[str, Any]:
    reason, fix = fault_words(fault)
    return {"line": fault.line, "column": column_of(fault), "value": fault.value, "reason": reason, "fix": fix}


def _sentence(fault: Fault) -> str:
    reason, fix = fault_words(fault)
    if not fault.line:
        return f"{reason} {fix}"
    column = f", {column_of(fault)}" if column_of(fault) else ""
    return say("load.cli.fault", line=fault.line, column=column, reason=reason, fix=fix)


def _as_text(file: Path, plan: LoadPlan, done: Outcome, dry_run: bool) -> str:
    numbers = {name: f"{getattr(plan, name):,}" for name in ("added", "changed", "left", "unchanged")}
    people = count(plan.people, "person", "people")
    lines = [say("load.cli.summary", file=file.name, people=people, encoding=plan.csv_file.encoding, **numbers)]
    lines += notices(plan.csv_file)
    if plan.absent and not plan.steps.gone and plan.absent < plan.before / 2:
        lines.append(say("load.cli.absent", people=count(plan.absent, "person", "people")))
    if plan.kept_out:
        lines.append(say("load.cli.kept_out", count=plan.kept_out))
    if plan.fields:
        lines.append(say("load.cli.fields", fields=", ".join(f"{name} {n:,}" for name, n in plan.fields.items())))
    lines += [_change(change) for change in plan.sample]
    faults = sorted([*plan.refused, *plan.duplicates], key=lambda fault: fault.line)
    if faults:
        lines.append(say("load.cli.refused", rows=count(len(faults), "row", "rows")))
        lines += [f"  {_sentence(fault)}" for fault in faults]
    if done.waits:
        return "\n".join(lines)
    if done.applied:
        return "\n".join([*lines, say("load.cli.applied")])
    return "\n".join([*lines, say("load.cli.dry_run" if dry_run and plan.changes_anything else "load.cli.nothing")])


def _change(change: PersonChange) -> str:
    fields = "; ".join(say("load.cli.field", field=name, before=a, after=b) for name, a, b in change.fields)
    return say(f"load.cli.{change.kind}", name=change.name, fields=fields)
