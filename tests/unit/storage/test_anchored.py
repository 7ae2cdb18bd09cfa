"""Evidence against its anchor: cut, rewritten with the key, replaced by an older copy; and what a restore explains."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col

from bot import anchor, audit
from bot.audit import AuditNote, AuditRow, Pin
from config.database import Database
from tests.unit.storage.evidence import KEYS, Table, anchored, cut, dump, found, head, put_back, rewrite, write
from tests.unit.storage.stage import AT, make_tables


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the anchor file comes."""
    return tmp_path / "switchboard.anchor"


@pytest.mark.asyncio
async def test_whole_evidence_fits_its_anchor_also_with_rows_not_anchored_yet(database: Database, path: Path) -> None:
    assert await found(database, path) == set()
    await anchored(database, path, 2, 1, 3)
    await write(database, 2, first=7)
    report = await anchor.examine(database, KEYS, path)
    assert (report.rows, report.faults, len(report.anchors.pins)) == (8, [], 3)


@pytest.mark.asyncio
async def test_evidence_without_an_anchor_is_a_fault(database: Database, path: Path) -> None:
    await anchored(database, path, 2)
    path.unlink()
    assert await found(database, path) == {("no_anchor", 2)}
    path.write_bytes(b"")
    assert await found(database, path) == {("no_anchor", 2)}


@pytest.mark.asyncio
@pytest.mark.parametrize("kept", [0, 1, 4, 5])
async def test_a_tail_cut_off_with_its_head_put_right_is_found(database: Database, path: Path, kept: int) -> None:
    await anchored(database, path, 3, 3)
    await cut(database, kept)
    async with database.reading() as session:
        assert await audit.verify(session, KEYS) == (kept, []), "by itself the chain is whole"
    assert await found(database, path) == {("older", 3 if kept < 3 else 6)}


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [1, 3, 4, 6])
async def test_a_chain_rewritten_with_the_key_is_found(database: Database, path: Path, first: int) -> None:
    await anchored(database, path, 3, 3)
    await rewrite(database, first)
    async with database.reading() as session:
        assert await audit.verify(session, KEYS) == (6, []), "by itself the chain is whole"
    assert await found(database, path) == {("rewritten", 3 if first <= 3 else 6)}


@pytest.mark.asyncio
async def test_the_whole_of_what_was_rewritten_is_told_in_one_line(database: Database, path: Path) -> None:
    await anchored(database, path, 3, 3, 3)
    await rewrite(database, 4)
    report = await anchor.examine(database, KEYS, path)
    assert [(one.row, one.to, one.at) for one in report.faults] == [(6, 9, AT)]


@pytest.mark.asyncio
async def test_an_older_database_put_back_is_found_also_when_it_has_grown_since(database: Database, path: Path) -> None:
    await anchored(database, path, 3)
    older = await dump(database)
    await anchored(database, path, 3)
    await put_back(database, older)
    assert await found(database, path) == {("older", 6)}
    await anchored(database, path, 2)
    assert await found(database, path) == {("older", 6)}
    await anchored(database, path, 2)
    assert await found(database, path) == {("rewritten", 6)}, "also after the bot went on with it, anchoring"


@pytest.mark.asyncio
async def test_a_backup_put_back_as_it_should_be_is_a_note_and_reuses_numbers(database: Database, path: Path) -> None:
    await anchored(database, path, 3)
    backup = await dump(database)
    await anchored(database, path, 3)
    await put_back(database, backup)
    anchor.append(path, KEYS, await head(database, AT + timedelta(days=1)), anchor.RESTORED)
    assert await found(database, path) == set()
    await anchored(database, path, 4, 1)
    report = await anchor.examine(database, KEYS, path)
    assert (report.rows, report.faults) == (8, [])
    assert report.anchors.given_up == [anchor.GivenUp(4, 6, AT + timedelta(days=1))]
    await rewrite(database, 3)
    assert await found(database, path) == {("rewritten", 3)}, "what stands from before is held as before"


@pytest.mark.asyncio
async def test_a_restore_explains_no_cut_below_the_backup(database: Database, path: Path) -> None:
    await anchored(database, path, 3, 3)
    anchor.append(path, KEYS, await head(database), anchor.RESTORED)
    await cut(database, 4)
    assert await found(database, path) == {("older", 6)}


@pytest.mark.asyncio
async def test_a_posted_head_is_looked_for_by_itself(database: Database, path: Path) -> None:
    await anchored(database, path, 3, 3)
    posted = replace(await head(database), at=None)
    assert await found(database, path, posted) == set()
    assert await found(database, path, Pin(4, posted.mac)) == {("posted_differs", 4)}
    assert await found(database, path, Pin(7, posted.mac)) == {("posted_gone", 7)}
    path.unlink()
    await rewrite(database, 5)
    anchor.append(path, KEYS, await head(database))
    assert await found(database, path) == set(), "whoever has key and file is found by the room alone"
    assert await found(database, path, posted) == {("posted_differs", 6)}
    await cut(database, 4)
    path.unlink()
    anchor.append(path, KEYS, await head(database))
    assert await found(database, path, posted) == {("posted_gone", 6)}


@pytest.mark.asyncio
async def test_a_posted_head_that_a_restore_gave_up_is_known_from_the_file(database: Database, path: Path) -> None:
    await anchored(database, path, 3)
    backup = await dump(database)
    await anchored(database, path, 3)
    posted = replace(await head(database), at=None)
    await put_back(database, backup)
    anchor.append(path, KEYS, await head(database), anchor.RESTORED)
    assert await found(database, path, posted) == set()
    assert await found(database, path, Pin(5, posted.mac)) == {("posted_gone", 5)}


@pytest.mark.asyncio
async def test_a_posted_row_that_was_dropped_is_told(database: Database, path: Path) -> None:
    await anchored(database, path, 3, 3)
    posted = replace(await head(database), last=4, at=None)
    async with database.writing() as session:
        await session.execute(delete(AuditNote))
        await session.execute(delete(AuditRow).where(col(AuditRow.id) == 4))
    assert await found(database, path, posted) == {("missing_before", 5), ("posted_gone", 4)}


@pytest.mark.asyncio
async def test_keeping_tells_the_log_that_the_database_is_another(
    database: Database, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await write(database, 3)
    for _ in range(2):
        await anchor.keep(database, KEYS, path, lambda: AT)
    assert anchor.read(path, KEYS).pins == [await head(database)]
    assert "evidence_differs" not in "".join(capsys.readouterr())
    await cut(database, 2)
    await anchor.keep(database, KEYS, path, lambda: AT)
    assert "evidence_differs" in "".join(capsys.readouterr())
    assert await found(database, path) == {("older", 3)}, "the older line stands, and so does the newer"
    assert len(anchor.read(path, KEYS).pins) == 2


@pytest.mark.asyncio
async def test_nothing_is_kept_of_no_evidence(database: Database, path: Path) -> None:
    await anchor.keep(database, KEYS, path, lambda: AT)
    assert not path.exists()


ROWS = 12
NUMBERS = st.integers(0, ROWS - 1)
OTHERS = st.one_of(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=70), st.just("0" * 64))
Mutation = Callable[[Table], None]


def seal(row: dict[str, Any]) -> str:
    """A row's seal, made as somebody would who has the key and has read the code."""
    at = row["at"].astimezone(UTC).isoformat()
    names = ("actor", "action", "subject", "details", "commitment", "previous")
    parts = audit.canonical([row["id"], at, *(row[name] for name in names)])
    return hmac.new(KEYS.purpose("audit"), parts.encode(), hashlib.sha256).hexdigest()


def reseal(state: Table) -> None:
    """Number and seal everything anew, with the key, and put the head right."""
    mac = audit.START
    notes = {note["audit_id"]: note for note in state["audit_note"]}
    for number, row in enumerate(state["audit"], 1):
        if row["id"] in notes:
            notes[row["id"]]["audit_id"] = number
        row["id"], row["previous"] = number, mac
        row["mac"] = mac = seal(row)
    state["audit_head"] = [{"id": 1, "last": len(state["audit"]), "mac": mac}]


@st.composite
def alterations(draw: st.DrawFn) -> Mutation:
    """One cell of one row, note or head becomes something else."""
    table = draw(st.sampled_from(["audit", "audit_note", "audit_head"]))
    names = {"audit": [*audit.AuditRow.model_fields], "audit_note": ["salt", "text"], "audit_head": ["last", "mac"]}
    name, number = draw(st.sampled_from([one for one in names[table] if one != "id"])), draw(NUMBERS)
    value: Any = draw(OTHERS)
    if name == "at":
        value = AT + timedelta(microseconds=draw(st.integers(1, 10**12)))
    elif name == "last":
        value = draw(st.integers(-5, ROWS + 5))

    def alter(state: Table) -> None:
        row = state[table][number % len(state[table])]
        assume(row[name] != value)
        row[name] = value

    return alter


@st.composite
def moves(draw: st.DrawFn) -> Mutation:
    """A row goes, comes twice or changes places; half the time all is sealed anew with the key."""
    kind, first, second = draw(st.sampled_from(["delete", "duplicate", "swap"])), draw(NUMBERS), draw(NUMBERS)
    sealed = draw(st.booleans())
    assume(kind != "swap" or first != second)
    # One more row at the end, sealed with the key, is what the bot writes too: nothing could tell them apart.
    assume(not (kind == "duplicate" and sealed and first == ROWS - 1))

    def move(state: Table) -> None:
        rows = state["audit"]
        if kind == "delete":
            gone = rows.pop(first)["id"]
            state["audit_note"] = [note for note in state["audit_note"] if note["audit_id"] != gone]
        elif kind == "duplicate":
            rows.insert(first, rows[first] | {"id": ROWS + 1})
        else:
            rows[first], rows[second] = rows[second] | {"id": first + 1}, rows[first] | {"id": second + 1}
        if sealed:
            reseal(state)

    return move


@st.composite
def rewritings(draw: st.DrawFn) -> Mutation:
    """From some row on everything is written anew with the key, after one word was changed."""
    number, name = draw(NUMBERS), draw(st.sampled_from(["actor", "action", "subject", "details"]))
    value = draw(OTHERS)

    def change(state: Table) -> None:
        assume(state["audit"][number][name] != value)
        state["audit"][number][name] = value
        reseal(state)

    return change


def test_any_one_mutation_after_anchoring_is_found(database_url: str, path: Path) -> None:
    tried: set[str] = set()
    with asyncio.Runner() as runner:
        database = Database(database_url)
        runner.run(make_tables(database))
        runner.run(anchored(database, path, 1, 4, 4, 3))
        true = runner.run(dump(database))

        @settings(max_examples=150)
        @given(st.one_of(alterations(), moves(), rewritings()))
        def check(mutation: Mutation) -> None:
            state = deepcopy(true)
            mutation(state)
            runner.run(put_back(database, state))
            told = {code for code, _ in runner.run(found(database, path))}
            assert told
            tried.update(told)

        try:
            check()
            runner.run(put_back(database, true))
            assert runner.run(found(database, path)) == set()
        finally:
            runner.run(database.close())
    assert tried >= {"changed", "missing_before", "rewritten"}
