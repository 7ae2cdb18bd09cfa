"""A staff file dropped in a direct message: what it would change, a confirmation, and undo."""

import asyncio
import mimetypes
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from adapters.errors import Refused
from adapters.events import Attachment, Button, CommandInvoked, Content, MessageReceived
from bot.access import Action, may
from bot.audit import Entry
from bot.desk import Commit, Desk, nothing
from bot.load_words import changes_csv, column_of, fault_words, notices, refused_csv
from bot.people import short, today
from bot.protocol.model import Vote
from bot.roles import links, second
from bot.staff_columns import ask as ask_columns
from bot.turn import Turn, plain, privately
from bot.wording import count, say
from directory import column_maps, csv_file, load
from directory.models import ImportBatch
from directory.rows import Fault

LARGEST = 20 * 1024 * 1024
"""Bytes of a staff file from chat; 100,000 people are about 15 million."""

SHOWN = 10
"""Faults and changes listed in chat; the rest is counted."""


CELL = 40
"""Characters of a cell that the list of changes repeats."""


def load_key(batch: int) -> str:
    """The outbox key of the message that asks for confirmation."""
    return f"load/{batch}"


async def dropped(turn: Turn, file: Attachment) -> Commit:
    """An admin dropped a file: read it, compare, stage it, and ask."""
    if (mimetypes.guess_type(file.name)[0] or "").startswith("image/"):
        return privately(turn, say("file.picture", name=file.name))
    if not may(turn.person.roles, Action.LOAD):
        return privately(turn, say("file.not_admin"))
    try:
        data = await turn.services.chat(turn.event.ref.platform).download(file, limit=LARGEST)
    except Refused as error:
        code = "file.too_large" if error.code == "too_large" else "file.gone"
        return privately(turn, say(code, name=file.name, limit=LARGEST // 2**20))
    async with turn.services.database.reading() as session:
        known, told = await load.labels(session), await column_maps.answers(session)
    read = await asyncio.to_thread(csv_file.read, data, known, told)
    async with turn.services.database.reading() as session:
        try:
            plan = await load.plan(session, read, today(turn.services), complete=_declared_complete(turn))
        except load.LoadRefused as error:
            structure = error.code == "structure"
            return privately(
                turn, unusable(file.name, read.structure) if structure else say(f"load.refusal.{error.code}")
            )
    files = await asyncio.to_thread(_files, file.name, data, plan)
    if not plan.changes_anything:
        nothing = "file.unchanged" if plan.people else "file.no_rows"
        return _told(turn, "\n".join([say(nothing, name=file.name), *faults(plan.refused)]), plan, files)
    by = str(turn.person.account)
    try:
        batch = await load.stage(turn.services.database, plan, by, file.name, turn.services.clock())
    except load.LoadRefused as error:  # another file came or was loaded meanwhile
        return privately(turn, say(f"load.refusal.{error.code}"))
    return _ask(turn, batch, file.name, plan, files)


def _declared_complete(turn: Turn) -> bool:
    """Whether the words that came with the file say that it lists everybody."""
    event = turn.event
    return isinstance(event, MessageReceived) and event.text.strip().casefold().strip(".!“”\"'") == "complete"


@dataclass(frozen=True, slots=True)
class _File:
    """A file that goes to whoever brought one: its name, what is said of it, and what is in it."""

    name: str
    told: str
    words: str


def _files(name: str, data: bytes, plan: load.LoadPlan) -> list[_File]:
    """The rows that are left out, each with a reason; and all changes, where they are more than the diff shows."""
    stem = name.rpartition(".")[0] or name
    found = []
    if plan.refused or plan.duplicates:
        words, rows = refused_csv(data, plan)
        back = say("returned.name", name=stem)
        found.append(_File(back, say("returned.told", rows=count(rows, "row", "rows"), name=back), words))
    if plan.added + plan.changed + plan.left > SHOWN or plan.csv_file.remarks.seen:
        full = say("file.changes_name", name=stem)
        found.append(_File(full, say("file.changes_told", name=full), changes_csv(plan)))
    return found


def _give(turn: Turn, desk: Desk, files: list[_File]) -> None:
    for file in files:
        desk.letters.say(turn.event.ref.place, plain(file.told))
        desk.letters.share(turn.event.ref.place, file.name, file.words)


def _told(turn: Turn, words: str, plan: load.LoadPlan, files: list[_File]) -> Commit:
    async def commit(desk: Desk) -> None:
        turn.confide(desk, plain(words))
        _give(turn, desk, [file for file in files if plan.refused or plan.duplicates])
        await ask_columns(turn, desk, plan.csv_file)

    return commit


def _ask(turn: Turn, batch: int, name: str, plan: load.LoadPlan, files: list[_File]) -> Commit:
    async def commit(desk: Desk) -> None:
        buttons = (
            Button("load", say("file.confirm_button"), str(batch)),
            Button("drop", say("file.drop_button"), str(batch)),
        )
        text = f"{diff(name, plan)}{await _second(turn, desk, batch, name, plan, buttons)}"
        key = desk.letters.say(turn.event.ref.place, Content(text, buttons=buttons), key=load_key(batch))
        for emoji in ("✅", "❌"):
            desk.letters.react(turn.event.ref.place, key, emoji)
        _give(turn, desk, files)
        await ask_columns(turn, desk, plan.csv_file)

    return commit


async def _second(
    turn: Turn, desk: Desk, batch: int, name: str, plan: load.LoadPlan, buttons: tuple[Button, ...]
) -> str:
    """What another admin must confirm goes to the other admins too: what to add for the one who brought the file."""
    row = await desk.session.get(ImportBatch, batch)
    why = await second.reason(desk.session, turn.services, row) if row else None
    if why is None:
        return ""
    asked = why.say("ask", who=turn.person.name)
    if await links.ask_others(desk, turn, batch, Content(f"{diff(name, plan)}\n{asked}", buttons=buttons)):
        return "\n" + why.say("second")
    return "\n" + why.say("nobody")


def unusable(name: str, structure: tuple[Fault, ...]) -> str:
    """Why a file cannot be used at all, each fault with its line and what to do."""
    return "\n".join([say("file.unusable", name=name), *faults(structure)])


def faults(found: tuple[Fault, ...]) -> list[str]:
    """Faults as lines: where, what was read, why it is wrong, what to do."""
    lines = [fault_line(fault) for fault in found[:SHOWN]]
    return [*lines, say("file.more", count=len(found) - SHOWN)] if len(found) > SHOWN else lines


def fault_line(fault: Fault) -> str:
    """One fault in words."""
    where = (
        say("file.where", line=fault.line, column=column_of(fault))
        if column_of(fault)
        else say("file.line", line=fault.line)
    )
    return say("file.fault", where=where, why=fault_reason(fault))


def fault_reason(fault: Fault) -> str:
    """What is wrong and what to do, in words."""
    return " ".join(fault_words(fault))


def diff(name: str, plan: load.LoadPlan) -> str:
    """What a file would change, short enough to judge."""
    lines = [
        say(
            "file.diff",
            name=name,
            people=count(plan.people, "person", "people"),
            added=plan.added,
            changed=plan.changed,
            left=plan.left,
            unchanged=plan.unchanged,
        )
    ]
    lines += [_change(change) for change in plan.sample[:SHOWN]]
    lines += [f"• {line}" for line in notices(plan.csv_file)]
    if plan.absent and not plan.steps.gone and plan.absent < plan.before / 2:
        lines.append(say("file.absent", people=count(plan.absent, "person", "people")))
    if plan.refused:
        lines += [say("file.refused", rows=count(len(plan.refused), "row", "rows")), *faults(plan.refused)]
    if plan.duplicates:
        lines += [say("file.duplicates", rows=count(len(plan.duplicates), "row", "rows")), *faults(plan.duplicates)]
    return "\n".join([*lines, say("file.ask")])


def _change(change: load.PersonChange) -> str:
    fields = "; ".join(
        say("file.field", field=name, before=short(old, CELL) or "–", after=short(new, CELL) or "–")
        for name, old, new in change.fields
    )
    return say(f"file.{change.kind}", name=change.name, fields=fields)


async def answered(turn: Turn, batch: int, vote: Vote) -> Commit:
    """The confirmation was answered with ✅ or ❌."""
    if vote not in {Vote.APPROVE, Vote.REJECT}:
        return nothing
    if not may(turn.person.roles, Action.LOAD):
        return privately(turn, say("file.not_admin"))

    async def commit(desk: Desk) -> None:
        row = await desk.session.get(ImportBatch, batch, with_for_update=True)
        if row is None or row.state != "staged":
            turn.confide(desk, plain(say("file.answered_already")))
        elif vote is Vote.REJECT:
            await load.drop(desk.session, batch)
            _note(turn, desk, "load_dropped", row)
            _say(turn, desk, say("file.dropped", name=row.file_name))
        else:
            await _switch(turn, desk, row)

    return commit


async def answered_in_words(turn: Turn, vote: Vote) -> Commit:
    """`load file` or `forget file`: the same in words, for the file that this person was asked about."""
    async with turn.services.database.reading() as session:
        waiting = select(ImportBatch).where(col(ImportBatch.state) == "staged").order_by(col(ImportBatch.id).desc())
        row = (await session.execute(waiting.limit(1))).scalar_one_or_none()
        asked = row is not None and (
            await links.is_own(session, turn, row)
            or await second.reason(session, turn.services, row) is not None  # then all admins were
        )
    if row is None or not asked:
        return privately(turn, say("file.none_waits"))
    return await answered(turn, row.id or 0, vote)


async def _switch(turn: Turn, desk: Desk, row: ImportBatch) -> None:
    why = await second.reason(desk.session, turn.services, row)
    if why and await links.is_own(desk.session, turn, row):
        turn.confide(desk, plain(why.say("other")))
        return
    try:
        await load.switch(desk.session, row.id or 0)
    except load.LoadRefused as error:
        _say(turn, desk, say(f"load.refusal.{error.code}"))
        return
    _note(turn, desk, "load", row)
    counts = {"added": row.added, "changed": row.changed, "left": row.left}
    _say(turn, desk, say("file.loaded", name=row.file_name, batch=row.id, **counts))
    await links.have_moved(desk, turn, row.id or 0, why.moved if why else frozenset())


def _say(turn: Turn, desk: Desk, text: str) -> None:
    """What became of a file, where it was asked: files are dropped in direct messages, which need no threads."""
    if isinstance(turn.event, MessageReceived | CommandInvoked):
        turn.confide(desk, plain(text))
    else:
        desk.letters.say(turn.event.ref.place, plain(text))


async def undo(turn: Turn, rest: str) -> Commit:
    """`undo load`: go back to the directory before the last file."""
    del rest
    if not may(turn.person.roles, Action.LOAD):
        return privately(turn, say("file.not_admin"))

    async def commit(desk: Desk) -> None:
        row = await _latest(desk)
        if row is None:
            turn.confide(desk, plain(say("file.nothing_to_undo")))
        elif row.state != "applied":
            turn.confide(desk, plain(say("file.undone_already", name=row.file_name)))
        elif row.previous == 0:
            turn.confide(desk, plain(say("file.first_load", name=row.file_name)))
        else:
            await _undo(turn, desk, row)

    return commit


async def _latest(desk: Desk) -> ImportBatch | None:
    """The load that was made last, also when it was undone since: what lies before it is not undone step by step."""
    made = select(ImportBatch).where(col(ImportBatch.state).in_(("applied", "undone")))
    return (await desk.session.execute(made.order_by(col(ImportBatch.generation).desc()).limit(1))).scalar_one_or_none()


async def _undo(turn: Turn, desk: Desk, row: ImportBatch) -> None:
    moved = await links.moved(desk.session, turn.services, row.generation, row.previous)
    try:
        await load.undo(desk.session, row.id or 0)
    except load.LoadRefused as error:
        turn.confide(desk, plain(say(f"load.refusal.{error.code}")))
        return
    _note(turn, desk, "load_undone", row)
    turn.confide(desk, plain(say("file.undone", name=row.file_name)))
    await links.have_moved(desk, turn, row.id or 0, moved)


def _note(turn: Turn, desk: Desk, action: str, row: ImportBatch) -> None:
    details: dict[str, str | int | None] = {"added": row.added, "changed": row.changed, "left": row.left}
    note = {"who": turn.person.name, "file": row.file_name}
    desk.record(Entry(action, f"load:{row.id}", turn.person.key, details, note))
