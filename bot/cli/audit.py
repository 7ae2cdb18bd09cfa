"""`switchboard audit`: verify the evidence, show one announcement's, export it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import audit
from bot.cli.common import fail, open_database, open_keys_for
from bot.wording import count, say
from config.database import Database

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="The evidence: who did what, when, chained so that a change is found.",
    no_args_is_help=True,
)


@app.command()
def verify() -> None:
    """Walk the whole chain and say whether a row was changed, dropped or cut.

    \b
    Example:
      switchboard audit verify
    """
    sys.exit(asyncio.run(_verify()))


async def _verify() -> int:
    async with open_database() as database:
        keys = open_keys_for(database)
        async with database.reading() as session:
            rows, faults = await audit.verify(session, keys)
    for fault in faults:
        typer.echo(say(f"cli.audit.fault.{fault.code}", row=fault.row))
    typer.echo(say("cli.audit.verified" if not faults else "cli.audit.not_verified", rows=count(rows, "row", "rows")))
    return 1 if faults else 0


@app.command()
def show(number: Annotated[int, typer.Argument(min=1, help="The announcement's number.")]) -> None:
    """Show the evidence about one announcement.

    \b
    Example:
      switchboard audit show 12
    """
    rows = asyncio.run(_rows(f"announcement:{number}"))
    if not rows:
        fail(say("refuse.no_such", number=number))
    for row in rows:
        typer.echo(f"{row['at']}  {row['action']}  {row['actor']}  {json.dumps(row['details'], ensure_ascii=False)}")


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; standard output by default.")] = None,
) -> None:
    """Export all evidence as JSON lines, with the notes that have not been erased.

    \b
    Example:
      switchboard audit export evidence.jsonl
    """
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in asyncio.run(_rows(None)))
    if file is None:
        sys.stdout.write(lines)
        return
    try:
        file.write_text(lines, encoding="utf-8")
    except OSError as error:
        fail(say("cli.init.not_written", file=file, reason=error.strerror))


async def _rows(subject: str | None) -> list[dict[str, object]]:
    async with open_database() as database:
        return await _read(database, subject)


async def _read(database: Database, subject: str | None) -> list[dict[str, object]]:
    async with database.reading() as session:
        found = await audit.history(session, subject)
    return [
        {
            "id": item.row.id,
            "at": item.row.at.isoformat(),
            "actor": item.row.actor,
            "action": item.row.action,
            "subject": item.row.subject,
            "details": json.loads(item.row.details),
            "note": item.note,
            "mac": item.row.mac,
        }
        for item in found
    ]
