"""`switchboard load` with everything it can be told: complete lists, maps, full lists of changes, rows to mend."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import export, load
from tests.unit.directory import messy
from tests.unit.directory.organisations import staff_of

Load = Callable[..., Result]
STAFF = "staff_id,name,email,team,skills\n" + "".join(
    f"{number:06d},Person {number},p{number}@b.example,Team {number % 3},QGIS ({1 + number % 4})\n"
    for number in range(1, 21)
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load a text with options, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(text: str | bytes, *options: str, name: str = "staff.csv") -> Result:
        Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
        result = CliRunner().invoke(load.app, [name, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


def directory() -> dict[str, dict[str, Any]]:
    """What the directory holds, by address."""
    told = CliRunner().invoke(export.app, ["-", "--json"]).stdout
    return {row["email"]: row for row in map(json.loads, told.splitlines())}


def without(*numbers: int) -> str:
    """The staff without these people."""
    return "".join(line for line in STAFF.splitlines(True) if not line.startswith(tuple(f"{n:06d}," for n in numbers)))


def test_whoever_a_file_lacks_stays_unless_it_is_declared_complete(run: Load) -> None:
    run(STAFF)
    assert json.loads(run(without(3), "--json").stdout)["left"] == 0
    told = json.loads(run(without(3), "--complete", "--json").stdout)
    assert (told["left"], told["changed"], told["applied"]) == (1, 0, True)
    people = directory()
    assert [email for email, row in people.items() if row["left"]] == ["p3@b.example"]
    assert people["p3@b.example"]["skills"] == [{"label": "QGIS", "level": 4, "expires": None}]
    assert json.loads(run(without(3), "--complete", "--json").stdout)["applied"] is False


def test_a_complete_file_with_rows_left_out_makes_nobody_leave(run: Load) -> None:
    run(STAFF)
    result = run(STAFF.replace("p4@b.example", "p4 b.example"), "--complete")
    assert (result.exit_code, "declared complete" in result.stderr) == (2, True)
    assert not any(row["left"] for row in directory().values())


def test_more_than_a_fifth_must_be_said(run: Load) -> None:
    run(STAFF)
    result = run(without(1, 2, 3, 4, 5), "--complete")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "takes 5 of 20 people away" in result.stderr
    assert not any(row["left"] for row in directory().values())
    assert run(without(1, 2, 3, 4, 5), "--complete", "--losing", "4").exit_code == 2
    assert run(without(1, 2, 3, 4, 5), "--complete", "--losing", "5").exit_code == 0
    assert sum(bool(row["left"]) for row in directory().values()) == 5


def test_numbers_that_lost_their_zeros_are_the_same_people(run: Load) -> None:
    run(STAFF)
    moved = STAFF.replace("p7@b.example", "new.address@b.example")
    for number in range(1, 21):
        moved = moved.replace(f"\n{number:06d},", f"\n{number},")
    told = json.loads(run(moved, "--json").stdout)
    assert (told["added"], told["changed"], told["people"]) == (0, 1, 20)
    assert directory()["new.address@b.example"]["staff_id"] == "000007"


def test_every_change_is_listed_in_full(run: Load) -> None:
    run(STAFF)
    text = STAFF.replace("Team 1", "Team One") + "=cmd,New Person,new@b.example,,\n"
    result = run(text + "99,Nobody,nowhere,,\n", "--dry-run", "--changes", "changes.csv")
    assert result.exit_code == 1
    rows = list(csv.reader(io.StringIO(Path("changes.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["line", "what", "staff_id", "name", "email", "field", "before", "after"]
    assert sum(row[5:] == ["team", "Team 1", "Team One"] for row in rows) == 7
    assert ["22", "added", "'=cmd", "New Person", "new@b.example", "", "", ""] in rows
    assert [row[1] for row in rows if row[0] == "23"] == ["left_out"]


def test_rows_left_out_are_mended_and_loaded_again(run: Load) -> None:
    faulty = STAFF.replace("p5@b.example", "p5 b.example").replace("QGIS (3)", "QGIS (8)", 1)
    result = run("Staff list\n\n" + faulty, "--refused", "mend.csv")
    assert (result.exit_code, len(directory())) == (1, 18)
    mend = Path("mend.csv").read_text(encoding="utf-8-sig")
    assert len(mend.splitlines()) == 3
    assert run(mend.replace("p5 b", "p5@b").replace("QGIS (8)", "QGIS (3)")).exit_code == 0
    assert len(directory()) == 20


def test_a_map_of_columns_is_kept_under_its_name(run: Load) -> None:
    text = "Who;Reach;Knows\nAma Example;ama@b.example;QGIS (3)\n"
    assert run(text).exit_code == 2
    assert run(text, "--map", "audit").exit_code == 2
    told = run(text, "--map", "audit", "--column", "Who=name", "--column", "Reach=email", "--column", "Knows=skills")
    assert told.exit_code == 0, told.stderr
    assert directory()["ama@b.example"]["name"] == "Ama Example"
    again = run(text.replace("Ama", "Ben").replace("ama@", "ben@"), "--map", "Audit")
    assert (again.exit_code, len(directory())) == (0, 2)


@pytest.mark.parametrize("column", ["Reach", "Reach=telephone", "=email"])
def test_what_no_column_can_be_is_one_line(run: Load, column: str) -> None:
    result = run(STAFF, "--column", column)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert not Path("switchboard.db").exists()


def test_everything_that_is_read_otherwise_is_said(run: Load) -> None:
    result = run(
        "Staff of Brackwell,,,,\n\nPayroll no,Name,E-mail,Line manager,Skills\nHousing,,,,\n"
        '="001","Mensah, Ama",mailto:ama@b.example,Nia Prosser,QGIS (3)\n'
        '1.03E+03,"Hill, Ben",ben@b.example,,N/A\nTotal,2,,,\n'
    )
    assert result.exit_code == 0
    for said in ("a title", "a heading", "a sum", "turned round", "shortened", "nothing at all", "manager's column"):
        assert said in result.stdout, said
    assert {row["name"] for row in directory().values()} == {"Ama Mensah", "Ben Hill"}


def test_columns_that_may_be_something_are_asked_about_not_guessed(run: Load) -> None:
    result = run("Name,Email,Fire warden,Job titel\nAma,ama@b.example,Y,Clerk\nBen,ben@b.example,N,Cook\n", "--dry-run")
    assert "perhaps a skill of its own: the column “Fire warden”" in result.stdout
    assert "perhaps the job titles: the column “Job titel”" in result.stdout


def test_a_messy_file_loads_whole_from_the_command_line(run: Load) -> None:
    staff = staff_of("Brackwell", 120, 9)
    data, duplicates = messy.list_in_a_cell(staff, 9)
    told = json.loads(run(data, "--json").stdout)
    assert (told["people"], len(told["duplicates"]), told["refused"]) == (120, duplicates, [])
    held = directory()
    assert {email: {skill["label"] for skill in row["skills"]} for email, row in held.items()} == {
        one.email: set(one.skills) for one in staff
    }
