"""`switchboard export`: the directory with its skills, as CSV that `load` reads back, or as JSON lines."""

import asyncio
import csv
import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TextIO
from zoneinfo import ZoneInfo

import typer

from bot import audit
from bot.cli.common import fail, open_database, open_keys_for, operator, read_settings
from bot.wording import count, say
from config.database import Database
from directory import export

app = typer.Typer(add_completion=False, rich_markup_mode=None)

STANDARD_OUTPUT = Path("-")


@app.command()
def main(
    file: Annotated[Path, typer.Argument(help="Where to write; - for standard output.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line, instead of CSV.")] = False,
) -> None:
    """Write the directory with its skills to a file: CSV for a spreadsheet and for `load`, or JSON lines.

    \b
    Examples:
      switchboard export staff.csv
      switchboard export - --json
    """
    today = datetime.now(ZoneInfo(read_settings().organisation.time_zone)).date()
    if file == STANDARD_OUTPUT:
        stream = io.StringIO()
        asyncio.run(_write(stream, as_json, today))
        sys.stdout.write(stream.getvalue())
        return
    # Beside the file first: an export that breaks off leaves the old one whole.
    draft = file.with_name(f".{file.name}.part")
    try:
        with draft.open("w", encoding="utf-8" if as_json else "utf-8-sig", newline="") as target:
            people = asyncio.run(_write(target, as_json, today))
        draft.replace(file)
    except OSError as error:
        fail(say("export.not_written", file=file, reason=error.strerror or type(error).__name__))
    finally:
        draft.unlink(missing_ok=True)
    typer.echo(say("export.done", people=count(people, "person", "people"), file=file), err=True)


async def _write(stream: TextIO, as_json: bool, today: date) -> int:
    people = 0
    rows = csv.writer(stream)
    if not as_json:
        rows.writerow(export.COLUMNS)
    async with open_database() as database:
        async with database.reading() as session:
            async for one, accounts in export.everybody(session):
                people += 1
                if as_json:
                    stream.write(json.dumps(export.json_row(one, today), ensure_ascii=False) + "\n")
                else:
                    rows.writerow(export.csv_row(one, accounts))
        await _note(database, people)
    return people


async def _note(database: Database, people: int) -> None:
    """Who took the directory out of the house is evidence too."""
    entry = audit.Entry("export", "directory", operator(), {"people": people}, {"who": operator()})
    keys = open_keys_for(database)
    async with database.writing() as session:
        await audit.record(session, keys, [entry], datetime.now(UTC))
