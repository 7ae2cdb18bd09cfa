"""`switchboard audit` as people run it: what it says, its exits, its files, and that nothing in a name gets out."""

import asyncio
import json
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import anchor, audit, migrations
from bot.audit import Entry, Pin
from bot.protocol.model import Trigger
from bot.wording import known
from config.database import Database
from config.keys import open_keys
from tests.process import call
from tests.unit.spoken import first_arguments

AT = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)
WHEN = "2 July 2026 at 10:30:00"  # in the council's summer time
SUBJECT = "announcement:12"
ENTRIES = (
    Entry("submit", SUBJECT, "person:1", {"revision": 1}, {"who": "Ama Mensah"}),
    Entry("approval", SUBJECT, "person:2", {"revision": 1, "source": "reaction"}, {"who": "Jo \x1b[31m\u202eevil"}),
    Entry("hold", SUBJECT, "person:3", {"revision": 1, "reason": "asked"}, {"who": "Half \ud83d"}),
    Entry("delivery", SUBJECT, "", {"channel": "feed", "state": "sent", "attempt": 1}),
    Entry("something_new", SUBJECT, "person:3", {}, {"who": "Sam"}),
    Entry("vote", SUBJECT, "person:3", {"vote": "request_changes"}, {"who": "Sam"}),
    Entry("approval_withdrawn", SUBJECT, "person:3", {"by": "other"}, {"removed_by": "Pat"}),
    Entry("reason", SUBJECT, "person:3", {}, {"who": "Sam", "why": "Too long.\nSays nothing."}),
    Entry("load", "load:1", "cli:pat", {"added": 3}, {"who": "cli:pat", "file": "staff.csv"}),
)


async def _fill(folder: Path) -> None:
    database, keys = Database(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}"), open_keys(folder / "switchboard.key")
    await migrations.upgrade(database)
    for entry in ENTRIES:
        async with database.writing() as session:
            await audit.record(session, keys, [entry], AT)
        await anchor.keep(database, keys, folder / "switchboard.anchor", lambda: AT)
    async with database.writing() as session:
        assert await audit.erase_notes(session, actor=keys.pseudonym("person:1")) == 1
    await database.checkpoint()
    await database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with evidence of one announcement and one load, anchored row by row."""
    asyncio.run(_fill(tmp_path))
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database, open to somebody who tampers."""
    connection = sqlite3.connect(folder / "switchboard.db", isolation_level=None)
    yield connection
    connection.close()


def run(folder: Path, *words: str, code: int = 0) -> str:
    """What `switchboard audit` prints, with the exit that was to be."""
    done = call(folder, "audit", *words)
    assert (done.returncode, done.stderr) == (code, ""), done
    return done.stdout


def refused(folder: Path, *words: str) -> str:
    """The one line of a command that could not do what it was asked."""
    done: subprocess.CompletedProcess[str] = call(folder, "audit", *words)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def head(folder: Path) -> str:
    """The head as the auditors' room shows it."""
    newest = anchor.newest(folder / "switchboard.anchor")
    assert newest is not None
    return f"{newest.last}:{newest.mac}"


def test_whole_evidence_is_told_in_two_lines(folder: Path) -> None:
    assert run(folder, "verify").splitlines() == [
        f"The anchor file fits: it holds 9 heads, from row 1 ({WHEN}) to row 9 ({WHEN}).",
        "The evidence is whole: 9 rows.",
    ]
    assert "Row 9 still has the head that was posted." in run(folder, "verify", "--head", head(folder))
    assert {"whole": True, "rows": 9, "faults": []}.items() <= json.loads(run(folder, "verify", "--json")).items()


def test_each_fault_is_a_line_that_says_where(folder: Path, database: sqlite3.Connection) -> None:
    database.execute("UPDATE audit SET action = 'cancel' WHERE id IN (2, 3)")
    lines = run(folder, "verify", code=1).splitlines()
    assert lines[0].startswith("Rows 2 to 3: not as written. ")
    assert lines[-1].startswith("The evidence is damaged; 9 rows were read. ")
    database.execute("DELETE FROM audit_note WHERE audit_id > 4")
    database.execute("DELETE FROM audit WHERE id > 4")
    database.execute("UPDATE audit_head SET last = 4, mac = (SELECT mac FROM audit WHERE id = 4)")
    told = run(folder, "verify", "--head", head(folder), code=1)
    assert "Rows 5 to 9: the anchor file saw this on 2 July 2026 at 10:30:00" in told
    assert "Row 9 was posted as the head, and is not there." in told
    found = json.loads(run(folder, "verify", "--json", code=1))
    assert [(one["code"], one["row"], one["to"]) for one in found["faults"]] == [("changed", 2, 3), ("older", 5, 9)]
    assert found["whole"] is False
    assert all(one["says"] for one in found["faults"])


def test_an_anchor_that_is_gone_changed_or_not_readable(folder: Path) -> None:
    path = folder / "switchboard.anchor"
    copy = path.rename(folder / "copy.anchor")
    assert "There is no anchor file" in run(folder, "verify", code=1)
    assert not path.exists(), "looking makes none"
    assert "is whole" in run(folder, "verify", "--anchor", "copy.anchor")
    path.write_bytes(copy.read_bytes().replace(b'"last": 3', b'"last": 2'))
    assert "Anchor file, lines 3 to 4: not as written." in run(folder, "verify", code=1)
    path.write_bytes(copy.read_bytes()[:-10])
    assert "The last line of the anchor file was not written to its end" in run(folder, "verify")
    path.unlink()
    path.mkdir()
    assert "switchboard.anchor cannot be read (Is a directory)" in refused(folder, "verify")


def test_a_restore_is_a_note(folder: Path) -> None:
    path, keys = folder / "switchboard.anchor", open_keys(folder / "switchboard.key")
    newest = anchor.newest(path)
    assert newest is not None
    for last in (11, 12):
        anchor.append(path, keys, Pin(last, "f" * 64, AT))
    posted = f"12:{'f' * 64}"
    anchor.append(path, keys, Pin(newest.last, newest.mac, AT), anchor.RESTORED)
    told = run(folder, "verify", "--head", posted)
    assert "Rows 10 to 12 were given up when a backup was put back on 2 July 2026 at 10:30:00." in told
    assert "Row 12 had the head that was posted, and was given up" in told
    anchor.append(path, keys, Pin(newest.last, newest.mac, AT), anchor.RESTORED)
    assert "No row that was anchored went with it." in run(folder, "verify")


def test_what_cannot_be_checked_is_told_and_changes_nothing(folder: Path) -> None:
    for text in ("12", "twelve:" + "a" * 64, "6:" + "A" * 64, "6:" + "a" * 63, "\x1b[31m"):
        assert "is no posted head" in refused(folder, "verify", "--head", text)
    (folder / "switchboard.key").unlink()
    assert "switchboard.key is not there" in refused(folder, "verify")
    assert "switchboard.key is not there" in refused(folder, "export")
    assert not (folder / "switchboard.key").exists(), "a new key would call all evidence false"


def test_another_key_is_suspected_when_every_row_fails(folder: Path) -> None:
    (folder / "switchboard.key").unlink()
    open_keys(folder / "switchboard.key")
    assert "Perhaps switchboard.key is not the key file of this database" in run(folder, "verify", code=1)


def test_one_announcement_is_told_in_words(folder: Path) -> None:
    lines = run(folder, "show", "12").splitlines()
    assert len(lines) == 8
    assert all(line.startswith(f"{WHEN}  ") for line in lines)
    keys = open_keys(folder / "switchboard.key")
    actor = keys.pseudonym("person:1")
    assert [line.partition("  ")[2] for line in lines] == [
        f"somebody ({actor}) drafted it (wording 1; the name was erased)",
        r"Jo \x1b[31m\u202eevil approved it (wording 1)",
        r"Half \ud83d put it on hold (wording 1; Somebody asked for that)",
        "its delivery to feed: published",
        "Sam: something_new",
        "Sam voted on it: request changes",
        f"the approval of somebody ({keys.pseudonym('person:3')}) was withdrawn (by Pat)",
        r"Sam gave a reason: Too long.\nSays nothing.",
    ]
    assert "no announcement" in refused(folder, "show", "13").lower()
    for words in ("x", "0", "1.5", "9" * 20, "٣"):
        assert f"{words} is not the number of an announcement" in refused(folder, "show", words)


def test_one_announcement_for_a_machine(folder: Path) -> None:
    found = [json.loads(line) for line in run(folder, "show", "12", "--json").splitlines()]
    assert [(one["id"], one["action"]) for one in found] == [
        (number, entry.action) for number, entry in enumerate(ENTRIES[:8], 1)
    ]
    assert found[0]["note"] is None
    assert found[2]["note"] == {"who": "Half \ud83d"}


@pytest.mark.parametrize("change", ["at = 'soon'", "details = 'no JSON'", "details = '7'"])
def test_spoilt_rows_end_no_command_with_a_traceback(folder: Path, database: sqlite3.Connection, change: str) -> None:
    database.execute(f"UPDATE audit SET {change} WHERE id = 2")  # ours, and meant to spoil
    assert "Row 2: not as written." in run(folder, "verify", code=1)
    shown = call(folder, "audit", "show", "12")
    assert ("cannot be read" in shown.stderr) if "at" in change.split() else ("approved it" in shown.stdout)
    assert len(run(folder, "export").splitlines()) == 10


def test_an_export_is_checked_without_the_database(folder: Path) -> None:
    run(folder, "export", "evidence.jsonl")
    file = folder / "evidence.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == "".join(file.read_text().splitlines(keepends=True)), "nothing breaks a line"
    assert file.read_text().isascii()
    assert "was not touched" in refused(folder, "export", "evidence.jsonl")
    assert "nowhere" in refused(folder, "export", "nowhere/evidence.jsonl")
    later, keys = folder / "switchboard.anchor", open_keys(folder / "switchboard.key")
    anchor.append(later, keys, Pin(10, "e" * 64, datetime.now(UTC)))
    (folder / "switchboard.db").unlink()
    assert "The evidence is whole: 9 rows." in run(folder, "verify", "--file", "evidence.jsonl"), "row 10 came after it"
    assert not (folder / "switchboard.db").exists()
    assert "cannot be read" in refused(folder, "verify", "--file", "none.jsonl")


Lines = list[dict[str, Any]]


def _alter(lines: Lines) -> None:
    lines[1]["action"] = "reject"


def _note(lines: Lines) -> None:
    lines[1]["note"]["who"] = "Sam"


def _drop(lines: Lines) -> None:
    del lines[2]


def _swap(lines: Lines) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def _twice(lines: Lines) -> None:
    lines.insert(2, lines[1])


def _cut(lines: Lines) -> None:
    del lines[4:]


def _cut_and_end(lines: Lines) -> None:
    lines[4:] = [lines[-1] | {"end": 4, "mac": lines[3]["mac"]}]


def _cut_before_the_end(lines: Lines) -> None:
    del lines[4:9]


def _no_row(lines: Lines) -> None:
    lines.insert(1, {"hello": 1})


def _kind(lines: Lines) -> None:
    lines[1]["id"] = []


def _after(lines: Lines) -> None:
    lines.append(lines[0])


SPOILT = {
    _alter: "changed", _note: "note_changed", _drop: "missing_before", _swap: "missing_before",
    _twice: "missing_before", _cut: "file_end", _cut_and_end: "file_end", _cut_before_the_end: "cut",
    _no_row: "file_line", _kind: "file_line", _after: "file_line",
}  # fmt: skip


def test_an_export_that_was_spoilt_in_any_way_is_found(folder: Path) -> None:
    run(folder, "export", "evidence.jsonl")
    true = [json.loads(line) for line in (folder / "evidence.jsonl").read_text().splitlines()]
    for spoil, code in SPOILT.items():
        lines = json.loads(json.dumps(true))
        spoil(lines)
        (folder / "spoilt.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        found = json.loads(run(folder, "verify", "--file", "spoilt.jsonl", "--json", code=1))
        assert code in {fault["code"] for fault in found["faults"]}, spoil.__name__
    (folder / "spoilt.jsonl").write_bytes(b"\x00\xff no JSON\n")
    assert "no row of evidence" in run(folder, "verify", "--file", "spoilt.jsonl", code=1)


def test_a_command_that_records_something_anchors_it(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("Staff ID,Name,Email,Skills\n1,Ama Example,ama@example.org,Story time\n")
    assert call(tmp_path, "load", "staff.csv").returncode == 0
    (tmp_path / "switchboard.anchor").rename(tmp_path / "first.anchor")
    assert call(tmp_path, "who", "who knows about story time?").returncode == 0
    assert not (tmp_path / "switchboard.anchor").exists(), "what records nothing writes none"
    assert "1 head" in run(tmp_path, "verify", "--anchor", "first.anchor")
    (tmp_path / "switchboard.anchor").mkdir()
    done = call(tmp_path, "export", "out.csv")
    assert done.returncode == 0
    assert "switchboard.anchor cannot be written (Is a directory)" in done.stderr


def test_every_action_on_an_announcement_has_its_words() -> None:
    actions = {trigger.value for trigger in Trigger} | first_arguments("bot/announcements", "Entry")
    assert len(actions) > 20
    assert {action for action in actions if not known(f"audit.action.{action}")} == set()
