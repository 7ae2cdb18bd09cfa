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
from bot.people import short, today
from bot.protocol.model import Vote
from bot.roles import links
from bot.turn import Turn, plain, privately
from bot.wording import count, say
from directory import csv_file, load
from directory.models import ImportBatch
from directory.returned import returned
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
    read = await asyncio.to_thread(csv_file.read, data)
    async with turn.services.database.reading() as session:
        try:
            plan = await load.plan(session, read, today(turn.services))
        except load.LoadRefused:
            return privately(turn, unusable(file.name, read.structure))
    if not plan.changes_anything:
        told = "file.unchanged" if plan.people else "file.no_rows"
        words = "\n".join([say(told, name=file.name), *faults(plan.refused)])
        return _told(turn, words, await asyncio.to_thread(_returned, file.name, data, plan))
    by = str(turn.person.account)
    try:
        batch = await load.stage(turn.services.database, plan, by, file.name, turn.services.clock())
    except load.LoadRefused as error:  # another file came or was loaded meanwhile
        return privately(turn, say(f"load.refusal.{error.code}"))
    return _ask(turn, batch, file.name, plan, await asyncio.to_thread(_returned, file.name, data, plan))


@dataclass(frozen=True, slots=True)
class _Back:
    """The rows that are left out, as a file with a reason for each."""

    name: str
    words: str
    rows: int


def _returned(name: str, data: bytes, plan: load.LoadPlan) -> _Back | None:
    """What goes back of a file; None when every row can be used."""
    why: dict[int, list[str]] = {}
    for fault in (*plan.refused, *plan.duplicates):
        why.setdefault(fault.line, []).append(fault_reason(fault))
    if not why:
        return None
    reasons = {line: " ".join(said) for line, said in why.items()}
    words, rows = returned(data, plan.csv_file, reasons, say("returned.heading"))
    return _Back(say("returned.name", name=name.rpartition(".")[0] or name), words, rows)


def _give_back(turn: Turn, desk: Desk, back: _Back | None) -> None:
    if back:
        told = say("returned.told", rows=count(back.rows, "row", "rows"), name=back.name)
        desk.letters.say(turn.event.ref.place, plain(told))
        desk.letters.share(turn.event.ref.place, back.name, back.words)


def _told(turn: Turn, words: str, back: _Back | None) -> Commit:
    async def commit(desk: Desk) -> None:
        turn.confide(desk, plain(words))
        _give_back(turn, desk, back)

    return commit


def _ask(turn: Turn, batch: int, name: str, plan: load.LoadPlan, back: _Back | None) -> Commit:
    async def commit(desk: Desk) -> None:
        buttons = (
            Button("load", say("file.confirm_button"), str(batch)),
            Button("drop", say("file.drop_button"), str(batch)),
        )
        text = f"{diff(name, plan)}{await _second(turn, desk, batch, name, plan, buttons)}"
        key = desk.letters.say(turn.event.ref.place, Content(text, buttons=buttons), key=load_key(batch))
        for emoji in ("✅", "❌"):
            desk.letters.react(turn.event.ref.place, key, emoji)
        _give_back(turn, desk, back)

    return commit


async def _second(
    turn: Turn, desk: Desk, batch: int, name: str, plan: load.LoadPlan, buttons: tuple[Button, ...]
) -> str:
    """A file that moves accounts or addresses of people with roles goes to the other admins too: what to add."""
    row = await desk.session.get(ImportBatch, batch)
    moved = await links.moved(desk.session, turn.services, row.previous, row.generation) if row else frozenset()
    if not moved:
        return ""
    people = await links.names_of(desk.session, turn.services, moved)
    asked = say("roles.links.ask", who=turn.person.name, people=people)
    if await links.ask_others(desk, turn, batch, Content(f"{diff(name, plan)}\n{asked}", buttons=buttons)):
        return "\n" + say("roles.links.second", people=people)
    return "\n" + say("roles.links.nobody", people=people)


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
        say("file.where", line=fault.line, column=fault.column) if fault.column else say("file.line", line=fault.line)
    )
    return say("file.fault", where=where, why=fault_reason(fault))


def fault_reason(fault: Fault) -> str:
    """What is wrong and what to do, in words."""
    reason = say(f"load.{fault.code}.reason", value=fault.value, **fault.params)
    return f"{reason} {say(f'load.{fault.code}.fix', value=fault.value, **fault.params)}"


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
            or bool(await links.moved(session, turn.services, row.previous, row.generation))  # then all admins were
        )
    if row is None or not asked:
        return privately(turn, say("file.none_waits"))
    return await answered(turn, row.id or 0, vote)


async def _switch(turn: Turn, desk: Desk, row: ImportBatch) -> None:
    moved = await links.moved(desk.session, turn.services, row.previous, row.generation)
    if moved and await links.is_own(desk.session, turn, row):
        people = await links.names_of(desk.session, turn.services, moved)
        turn.confide(desk, plain(say("roles.links.other", people=people)))
        return
    try:
        await load.switch(desk.session, row.id or 0)
    except load.LoadRefused as error:
        _say(turn, desk, say(f"load.refusal.{error.code}"))
        return
    _note(turn, desk, "load", row)
    counts = {"added": row.added, "changed": row.changed, "left": row.left}
    _say(turn, desk, say("file.loaded", name=row.file_name, batch=row.id, **counts))
    await links.have_moved(desk, turn, row.id or 0, moved)


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
