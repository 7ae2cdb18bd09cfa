"""`switchboard load`, `who` and `export`, as people and other tools call them."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import export, load, who
from directory.csv_file import MOST_BYTES, read
from tests.process import call, spoilt
from tests.unit.directory.council import COUNCIL, HEADER
from tests.unit.directory.test_csv_file import STRUCTURE

DEMO = Path("config/demo").resolve()
PROGRAM = [sys.executable, "-m", "bot"]
APPS = {"load": load.app, "who": who.app, "export": export.app}
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder, with the default database there."""
    monkeypatch.chdir(tmp_path)

    def call(command: str, *arguments: str | Path) -> Result:
        result = CliRunner().invoke(APPS[command], [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """A staff file."""
    file = tmp_path / "people.csv"
    file.write_text(COUNCIL, encoding="utf-8")
    return file


def test_the_pretend_council_is_loaded_shown_and_found(run: Run) -> None:
    first = run("load", DEMO / "staff.csv", "--json")
    assert json.loads(first.stdout) == {
        "people": 60, "added": 60, "changed": 0, "left": 0, "duplicates": [], "refused": [], "applied": True,
    }  # fmt: skip
    assert (first.exit_code, first.stderr) == (0, "")
    found = run("who", "who knows about flood maping?", "--json")
    answer = json.loads(found.stdout)
    assert (answer["outcome"], answer["skills"][0]["label"]) == ("answer", "Flood mapping")
    assert answer["people"][0] == {
        "name": "Owen Llewellyn",
        "email": "owen.llewellyn@brynford.example",
        "skill": "Flood mapping",
        "level": 4,
        "reviewed": answer["people"][0]["reviewed"],
        "because": answer["people"][0]["because"],
    }
    assert "expert" in answer["people"][0]["because"]
    assert "Owen Llewellyn" in run("who", "who knows about flood mapping").stdout


def test_new_starters_with_faults(run: Run) -> None:
    run("load", DEMO / "staff.csv")
    result = run("load", DEMO / "new-starters.csv", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["people"], told["added"], told["applied"]) == (1, 1, True)
    assert [(fault["line"], fault["column"]) for fault in told["refused"]] == [(4, "Last reviewed"), (5, "Work e-mail")]
    assert [(fault["line"], fault["first_line"]) for fault in told["duplicates"]] == [(3, 2)]
    assert all(fault["reason"] and fault["fix"] and fault["value"] for fault in told["refused"])
    assert "Renée Étienne" in run("who", "bat surveys").stdout
    text = run("load", DEMO / "new-starters.csv")
    assert "line 4, Last reviewed: “31/02/2026” is not a date." in text.stdout
    assert text.exit_code == 1


def test_a_dry_run_changes_nothing(run: Run, staff: Path) -> None:
    result = run("load", staff, "--dry-run")
    assert result.exit_code == 0
    assert "12 new" in result.stdout
    assert "dry run" in result.stdout
    assert json.loads(run("load", staff, "--dry-run", "--json").stdout)["applied"] is False
    assert run("export", "-", "--json").stdout == ""


def test_an_unchanged_file_says_so(run: Run, staff: Path) -> None:
    run("load", staff)
    result = run("load", staff)
    assert (result.exit_code, "nothing was changed" in result.stdout) == (0, True)
    assert json.loads(run("load", staff, "--json").stdout)["applied"] is False


@pytest.mark.parametrize("code", [code for code in STRUCTURE if code not in {"too_big", "too_many_rows"}])
def test_a_file_that_cannot_be_used_is_one_line_and_nothing_is_done(run: Run, tmp_path: Path, code: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(STRUCTURE[code][0])
    result = run("load", file)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    told = json.loads(run("load", file, "--json").stdout)
    assert told["applied"] is False
    assert code in [fault.code for fault in read(STRUCTURE[code][0]).structure]
    assert len(told["refused"]) >= 1
    assert not (tmp_path / "switchboard.db").exists()


def test_a_file_of_200_megabytes_is_not_even_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    with file.open("wb") as stream:
        stream.truncate(4 * MOST_BYTES)
    result = run("load", file)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "MB" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("load", "missing.csv"),
        ("load", "."),
        ("load", "people.csv", "--map", "ours"),
        ("who",),
        ("who", "  "),
        ("who", "--batch", "missing.jsonl"),
        ("who", "a question", "--batch", "missing.jsonl"),
        ("export", "no/such/folder.csv"),
    ],
)
def test_what_cannot_run_is_one_line_with_what_to_do(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_batch_keeps_its_order(run: Run, staff: Path, tmp_path: Path) -> None:
    run("load", staff)
    questions = ["who knows QGIS", "thanks all", "who knows about planning", "who knows falconry", "excel?"]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n\n".join(json.dumps({"id": n, "q": q}) for n, q in enumerate(questions)), encoding="utf-8")
    result = run("who", "--batch", batch, "--json")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(5))
    assert [answer["outcome"] for answer in answers] == ["answer", "not_a_question", "choose", "nobody", "answer"]
    assert [bool(answer["people"]) for answer in answers] == [True, False, False, False, True]
    assert len(answers[2]["skills"]) == 3


@pytest.mark.parametrize("line", ["not json", '{"id": 1}', "[]", '"text"'])
def test_a_bad_line_in_a_batch_is_named_before_anything_is_answered(run: Run, tmp_path: Path, line: str) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": 1, "q": "QGIS"}\n' + line, encoding="utf-8")
    result = run("who", "--batch", batch, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "line 2" in result.stderr


def test_export_is_harmless_and_comes_back_unchanged(run: Run, staff: Path, tmp_path: Path) -> None:
    risky = [f"{n},{start}cmd|' /C calc'!A0,p{n}@b.example,,,,,,,,," for n, start in enumerate("=+-@", 100)]
    staff.write_text(COUNCIL + "\n".join(risky) + "\n", encoding="utf-8")
    run("load", staff)
    file = tmp_path / "out.csv"
    result = run("export", file)
    assert (result.exit_code, "16 people" in result.stderr) == (0, True)
    found = read(file.read_bytes())
    assert (len(found.rows), found.refused, found.encoding) == (16, (), "utf-8-sig")
    for start in "=+-@":
        assert f",'{start}cmd" in file.read_text(encoding="utf-8-sig")
    assert json.loads(run("load", file, "--json").stdout)["applied"] is False
    assert not list(tmp_path.glob(".*.part"))


def test_export_as_json(run: Run, staff: Path) -> None:
    staff.write_text(f"{HEADER}\n007,Ama,ama@b.example,Librarian,,,,,,yes,,First aid - expires 2027 (2); QGIS\n")
    run("load", staff)
    assert json.loads(run("export", "-", "--json").stdout) == {
        "staff_id": "007", "name": "Ama", "email": "ama@b.example", "job_title": "Librarian", "team": None,
        "service": None, "location": None, "manager_email": None, "working_days": None, "pronouns": None,
        "last_reviewed": None, "contactable": True, "left": True,
        "skills": [
            {"label": "First aid - expires 2027", "level": 2, "expires": "2027-12-31"},
            {"label": "QGIS", "level": None, "expires": None},
        ],
    }  # fmt: skip


def test_an_empty_directory_is_told(run: Run) -> None:
    result = run("who", "who knows QGIS", "--json")
    assert json.loads(result.stdout)["outcome"] == "nobody"
    assert "switchboard load" in result.stderr


@pytest.mark.parametrize("command", APPS)
def test_help_shows_an_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"switchboard {command}" in result.stdout


def test_as_a_process_with_no_bar_in_a_pipe(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    result = subprocess.run(
        [*PROGRAM, "load", DEMO / "staff.csv"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "60 new" in result.stdout


def test_as_a_process_with_a_bar_on_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "TERM": "xterm"}
    with subprocess.Popen(
        [*PROGRAM, "load", DEMO / "staff.csv"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how Linux tells that the other end of a terminal is closed
            pass
        out, _ = process.communicate()
    os.close(ours)
    assert process.returncode == 0
    assert b"Loading" in shown
    assert b"Loading" not in out


def test_without_the_encoder_numpy_is_never_imported(run: Run, staff: Path, tmp_path: Path) -> None:
    run("load", staff)
    absent = spoilt('import sys; sys.modules["tokenizers"] = sys.modules["numpy"] = None')
    done = call(tmp_path, "who", "who knows about flood mapping?", program=absent)
    assert done.returncode == 0, done.stderr
    assert "lood" in done.stdout
