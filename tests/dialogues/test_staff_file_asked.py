"""What a staff file is asked about in chat: lists declared complete, losing many, open columns; workbooks too."""

import csv
import io
import re
from pathlib import Path

import pytest
import xlsxwriter

from directory.models import ImportBatch
from tests.dialogues.stage import Talk
from tests.dialogues.test_roles import give
from tests.dialogues.test_staff_file import drop, question, states

pytestmark = pytest.mark.asyncio

OPEN = "name,email,job titel,fire warden\nRhiannon Tudor,rhiannon.tudor@brynford.example,Ranger,Y\n"
FEW = "name,email\nPat Lindqvist,pat.lindqvist@brynford.example\n"


def leavers(number: int) -> str:
    """A file in which so many people of the pretend council have left."""
    with Path("config/demo/staff.csv").open(encoding="utf-8", newline="") as stream:
        people = [row for row in csv.DictReader(stream) if row["left"] == "no" and row["web_id"] not in {"pat", "dee"}]
    return "name,email,left\n" + "".join(f"{row['name']},{row['email']},yes\n" for row in people[:number])


async def test_an_open_column_is_asked_about_and_the_answer_kept(talk: Talk) -> None:
    await drop(talk, OPEN)
    asked = await talk.told("pat", "Is the column “job titel” \\(such as “Ranger”\\) the job titles\\?")
    assert asked.buttons == ("Yes, that is it", "No, leave it out")
    await talk.person("pat").presses(asked.id, "Yes, that is it")
    await talk.settle()
    await talk.told("pat", "“job titel” is the job titles, in every file with these columns")
    warden = await talk.told("pat", "Is the column “fire warden” \\(such as “Y”\\) a skill of its own\\?")
    await talk.reacts("pat", "❌", warden)
    await talk.told("pat", "“fire warden” is left out")
    await drop(talk, OPEN, "again.csv")
    again = await talk.told("pat", "“again.csv” lists 1 person")
    await talk.reacts("pat", "✅", again)
    assert await talk.times("pat", "Is the column “job titel”") == 1
    await talk.says("ama", "who is Rhiannon Tudor", room="direct-ama")
    await talk.told("ama", "Rhiannon Tudor – Ranger")


async def test_losing_more_than_a_fifth_takes_another_admin(talk: Talk) -> None:
    await give(talk, "dee", "admin")
    await drop(talk, leavers(20))
    asked = await question(talk)
    assert re.search("takes 20 of \\d+ people away, more than a fifth", asked.text)
    await talk.reacts("pat", "✅", asked)
    await talk.told("pat", "another admin than the one who brought it must confirm it. Nothing was changed")
    assert await states(talk) == ["staged"]
    await talk.reacts("dee", "✅", await talk.told("dee", "It takes 20 of \\d+ people away", room="direct-dee"))
    await talk.told("dee", "is loaded: 0 new, 0 changed, 20 leaving")
    assert await states(talk) == ["applied"]


async def test_a_list_declared_complete_by_the_word_that_comes_with_it(talk: Talk) -> None:
    await talk.person("pat").drops("direct-pat", "staff.csv", FEW.encode(), text="complete")
    await talk.settle()
    asked = await question(talk)
    assert re.search("0 new, 0 changed, \\d+ leaving, 1 unchanged", asked.text)
    assert "more than a fifth" in asked.text
    (row,) = [one for one in await talk.rows(ImportBatch) if one.state == "staged"]
    assert row.left == row.before - 1


async def test_a_workbook_from_chat(talk: Talk) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Starters, December"])
    sheet.write_row(2, 0, ["Name", "Email", "Job title", "Skills"])
    sheet.write_row(3, 0, ["Rhiannon Tudor", "rhiannon.tudor@brynford.example", "Ranger", "Otter counting (4)"])
    sheet.write_row(4, 0, ["Gwil Tudor", "gwil tudor@brynford.example", "Ranger", "Otter counting (4)"])
    book.close()
    await drop(talk, out.getvalue(), "starters.xlsx")
    asked = await question(talk)
    assert "Lines that are nobody's: a title above the column names (line 1)." in asked.text
    await talk.told("pat", "comes as “starters-to-correct.csv”: 1 row")
    await talk.reacts("pat", "✅", asked)
    await talk.told("pat", "“starters.xlsx” is loaded: 1 new")


async def test_many_changes_come_as_a_file_too(talk: Talk) -> None:
    rows = [f"Person {number},p{number}@brynford.example\n" for number in range(30)]
    await drop(talk, "name,email\n" + "".join(rows))
    await talk.told(
        "pat", "Everything it would change, leave out or read otherwise than written is in “staff-changes.csv”"
    )
