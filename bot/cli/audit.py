"""`switchboard audit`: verify the evidence, show one announcement's, export it."""

import asyncio
import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot import anchor, audit
from bot.anchor import Report
from bot.audit import Fault, Pin, Shown
from bot.cli import evidence_file
from bot.cli.common import (
    anchor_file,
    announcement_number,
    fail,
    key_file,
    open_database,
    open_keys_for,
    prepare_database,
    read_settings,
)
from bot.wording import count, known, say
from config.database import Database
from config.keys import Keys

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="The evidence: who did what, when, chained so that a change is found.",
    no_args_is_help=True,
)
POSTED = re.compile(r"\s*([0-9]{1,18}):([0-9a-f]{64})\s*")
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command()
def verify(
    anchor_path: Annotated[
        Path | None, typer.Option("--anchor", help="The anchor file, or a copy of it; beside the key file by default.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(help="A head from the auditors' room, as posted: NUMBER:MAC.", show_default=False)
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Check this export instead of the database.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a row of evidence was changed, removed, cut off or rewritten since it was written.

    Exit 0: whole. 1: something is wrong. 2: it could not be checked.

    \b
    Examples:
      switchboard audit verify
      switchboard audit verify --file evidence.jsonl --anchor copy.anchor
    """
    posted = _posted(head) if head else None
    sys.exit(asyncio.run(_verify(anchor_path, posted, file, as_json)))


def _posted(head: str) -> Pin:
    found = POSTED.fullmatch(head)
    if not found:
        fail(say("audit.verify.bad_head", head=_safe(head)[:100]))
    return Pin(int(found[1]), found[2])


async def _verify(path: Path | None, posted: Pin | None, file: Path | None, as_json: bool) -> int:
    report, key = await (_in_file(file, path, posted) if file else _in_database(path, posted))
    zone, whole = _zone(), not report.faults
    notes = [*_notes(report, posted, zone), *_wrong_key(report, key)]
    if as_json:
        faults = [{"code": one.code, "row": one.row, "to": one.end, "says": _told(one, zone)} for one in report.faults]
        typer.echo(json.dumps({"whole": whole, "rows": report.rows, "faults": faults, "notes": notes}))
        return 0 if whole else 1
    for line in [*(_told(fault, zone) for fault in report.faults), *notes]:
        typer.echo(line)
    rows = count(report.rows, "row", "rows")
    typer.echo(say("audit.verify.whole" if whole else "audit.verify.damaged", rows=rows))
    return 0 if whole else 1


async def _in_database(path: Path | None, posted: Pin | None) -> tuple[Report, Path]:
    async with open_database(moved=True) as database:
        keys = await _keys(database)
        chosen = _readable(path or anchor_file(database))
        return await anchor.examine(database, keys, chosen, posted), key_file(database)


async def _in_file(file: Path, path: Path | None, posted: Pin | None) -> tuple[Report, Path]:
    database = prepare_database()  # for its place alone: it need not be here
    key = key_file(database)
    if not key.exists():
        fail(say("audit.verify.no_key", file=key))
    keys, chosen = open_keys_for(database), _readable(path or anchor_file(database))
    try:
        return await evidence_file.examine(file, keys, chosen, posted), key
    except OSError as error:
        fail(say("audit.verify.no_file", file=file, reason=error.strerror))


async def _keys(database: Database) -> Keys:
    """The key that is there; a new one would call all evidence false."""
    async with database.reading() as session:
        head = await audit.tip(session)
    if head.last and not key_file(database).exists():
        fail(say("audit.verify.no_key", file=key_file(database)))
    return open_keys_for(database)


def _readable(path: Path) -> Path:
    try:
        anchor.newest(path)
    except OSError as error:
        fail(say("audit.verify.no_anchor_file", file=path, reason=error.strerror))
    return path


def _told(fault: Fault, zone: ZoneInfo) -> str:
    row, end = f"{fault.row:,}", f"{fault.end:,}"
    one = fault.row == fault.end
    at = _when(fault.at, zone)
    rows = say("audit.at.row" if one else "audit.at.rows", first=row, last=end)
    lines = say("audit.at.line" if one else "audit.at.lines", first=row, last=end)
    return say(f"audit.fault.{fault.code}", rows=rows, lines=lines, row=row, at=at)


def _notes(report: Report, posted: Pin | None, zone: ZoneInfo) -> list[str]:
    """What somebody who checks should know, and is no fault."""
    anchors, notes = report.anchors, []
    for one in anchors.given_up:
        rows = say("audit.at.rows", first=f"{one.first:,}", last=f"{one.last:,}")
        gone = one.first <= one.last
        notes.append(
            say("audit.verify.given_up" if gone else "audit.verify.none_given_up", rows=rows, at=_when(one.at, zone))
        )
    if anchors.torn:
        notes.append(say("audit.verify.torn"))
    if anchors.pins and not any(fault.at for fault in report.faults):
        notes.append(_anchored(anchors.pins, zone))
    if posted and not any(fault.code.startswith("posted") for fault in report.faults):
        given_up = (posted.last, posted.mac) in {(pin.last, pin.mac) for pin in anchors.gone}
        notes.append(say("audit.verify.posted_given_up" if given_up else "audit.verify.posted", row=f"{posted.last:,}"))
    return notes


def _anchored(pins: list[Pin], zone: ZoneInfo) -> str:
    first, last = pins[0], pins[-1]
    return say(
        "audit.verify.anchored",
        heads=count(len(pins), "head", "heads"),
        since=_when(first.at, zone),
        first=f"{first.last:,}",
        until=_when(last.at, zone),
        last=f"{last.last:,}",
    )


def _wrong_key(report: Report, file: Path) -> list[str]:
    changed = sum(fault.end - fault.row + 1 for fault in report.faults if fault.code == "changed")
    return [say("audit.verify.key", file=file)] if report.rows and changed == report.rows else []


@app.command()
def show(
    number: Annotated[
        int, typer.Argument(parser=announcement_number, metavar="NUMBER", help="The announcement, for example 12.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, one object a line.")] = False,
) -> None:
    """Show what happened to one announcement, and who did it.

    \b
    Examples:
      switchboard audit show 12
      switchboard audit show 12 --json
    """
    rows = asyncio.run(_history(number))
    if not rows:
        fail(say("refuse.no_such", number=number))
    zone = _zone()
    for shown in rows:
        typer.echo(evidence_file.as_line(_object(shown)).rstrip("\n") if as_json else _line(shown, zone))


async def _history(number: int) -> list[Shown]:
    async with open_database(moved=True) as database, database.reading() as session:
        try:
            return await audit.history(session, f"announcement:{number}")
        except (ValueError, TypeError):
            fail(say("audit.show.unreadable", number=number))


def _object(shown: Shown) -> dict[str, Any]:
    row = shown.row
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "details": evidence_file.details_of(row),
        "note": None if shown.erased else shown.note,
    }


def _line(shown: Shown, zone: ZoneInfo) -> str:
    found = evidence_file.details_of(shown.row)
    details = found if isinstance(found, dict) else {}
    action = shown.row.action if known(f"audit.action.{shown.row.action}") else "other"
    what = say(f"audit.action.{action}", **_words(shown, details))
    more = [say("audit.show.revision", number=details["revision"])] if "revision" in details else []
    reason = details.get("reason")
    more += [say(f"why.reason.{reason}").rstrip(".")] if known(f"why.reason.{reason}") else []
    more += [say("audit.show.by", who=shown.note["removed_by"])] if "removed_by" in shown.note else []
    more += [say("audit.show.erased")] if shown.erased else []
    line = say("audit.show.line", at=_when(shown.row.at, zone), what=f"{what} ({'; '.join(more)})" if more else what)
    return _safe(line)


def _words(shown: Shown, details: dict[str, Any]) -> dict[str, str]:
    row, state = shown.row, details.get("state")
    nobody = say("audit.show.itself") if row.actor == "switchboard" else say("why.somebody", actor=row.actor)
    return {
        "who": shown.note.get("who") or nobody,
        "action": row.action,
        "channel": str(details.get("channel")),
        "vote": str(details.get("vote")).replace("_", " "),
        "why": shown.note.get("why") or say("audit.show.nothing"),
        "state": say(f"delivery.{state}") if known(f"delivery.{state}") else str(state),
    }


def _safe(text: str) -> str:
    """A line that steers no terminal: signs that cannot be seen are written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _zone() -> ZoneInfo:
    return ZoneInfo(read_settings().organisation.time_zone)


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y at %H:%M:%S}"


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; standard output by default.")] = None,
) -> None:
    """Export all evidence as JSON lines, with the notes that have not been erased. `verify --file` checks it later.

    \b
    Example:
      switchboard audit export evidence.jsonl
    """
    asyncio.run(_export(file))


async def _export(file: Path | None) -> None:
    async with open_database(moved=True) as database:
        keys = await _keys(database)
        if file is None:
            async for line in evidence_file.lines(database, keys):
                sys.stdout.write(line)
            return
        try:
            await evidence_file.write(file, evidence_file.lines(database, keys))
        except FileExistsError:
            fail(say("cli.init.there", file=file))
        except OSError as error:
            fail(say("cli.init.not_written", file=file, reason=error.strerror))
