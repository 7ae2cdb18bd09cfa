"""Excel workbooks: numbers, real dates, merged cells, several and hidden sheets, formulas that are never worked out."""

import io
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

import xlsxwriter
from xlsxwriter.workbook import Workbook

from directory.csv_file import read
from directory.returned import returned
from tests.unit.directory.messy import email_cell, skills_cell
from tests.unit.directory.organisations import Somebody, staff_of
from tests.unit.directory.test_messy import judge


def book(write: Callable[[Workbook], None]) -> bytes:
    """A workbook that `write` filled."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    write(made)
    made.close()
    return out.getvalue()


HEADER = ["Employee No", "Full name", "E-mail", "Job title", "Last reviewed", "Skills"]


def fill(made: Workbook, name: str, staff: Sequence[Somebody], dice: random.Random) -> None:
    """A sheet as an HR department makes it: a merged title, a gap, numbers as numbers, dates as dates, a sum."""
    sheet = made.add_worksheet(name)
    sheet.merge_range("B2:F2", f"Skills audit – {name}")
    sheet.write_row(3, 1, HEADER)
    for row, one in enumerate(staff, 4):
        sheet.write_number(row, 1, int(one.staff_id))
        sheet.write_string(row, 2, one.full_name)
        # What the cell shows is read; the formula itself is nobody's business.
        sheet.write_formula(row, 3, f'=LOWER("{one.email}")', None, email_cell(one, dice))
        sheet.write_string(row, 4, one.job_title)
        sheet.write_datetime(row, 5, datetime.combine(one.last_reviewed, datetime.min.time()))
        sheet.write_string(row, 6, skills_cell(one, dice))
    sheet.write_row(4 + len(staff), 1, ["Total", len(staff)])


def test_staff_on_two_sheets_with_a_read_me_and_a_hidden_one() -> None:
    staff = staff_of("Brackwell", 200, 5)
    dice = random.Random(5)

    def write(made: Workbook) -> None:
        notes = made.add_worksheet("Read me")
        notes.write_row(0, 0, ["How to fill this in", "Ask HR"])
        notes.write_row(1, 0, ["Write each skill", "with its level"])
        fill(made, "North", staff[:120], dice)
        fill(made, "South", staff[120:], dice)
        old = made.add_worksheet("Leavers 2019")
        old.write_row(0, 0, HEADER)
        old.write_row(1, 0, ["1", "Gone Long-Ago", "gone@brackwell.example"])
        old.hide()

    found = read(book(write))
    for one in staff:  # a workbook of numbers never had their zeros
        one.staff_id = one.staff_id.lstrip("0")
    judge(found, staff, 0)
    assert found.sheets == ("North", "South")
    told = {(fault.code, fault.value) for fault in found.aside if not fault.line}
    assert told == {("unread_sheet", "Read me"), ("hidden_sheet", "Leavers 2019")}


def test_skills_on_a_sheet_of_their_own() -> None:
    staff = staff_of("Thornmoor", 60, 5)

    def write(made: Workbook) -> None:
        people = made.add_worksheet("People")
        people.write_row(0, 0, ["Payroll number", "Name", "Email address", "Job title", "Last reviewed"])
        skills = made.add_worksheet("Skills")
        skills.write_row(0, 0, ["Payroll number", "Skill", "Level"])
        line = 1
        for row, one in enumerate(staff, 1):
            people.write_row(row, 0, [one.staff_id, one.full_name, one.email, one.job_title])
            people.write_datetime(row, 4, datetime.combine(one.last_reviewed, datetime.min.time()))
            for label, level in one.skills.items():
                skills.write_row(line, 0, [one.staff_id, label, level])
                line += 1
        skills.write_row(line, 0, ["999999", "Falconry", 4])

    found = read(book(write))
    assert [(fault.code, fault.sheet) for fault in found.refused] == [("no_name", "Skills")]
    by_email = {row.email: row for row in found.rows}
    for one in staff:
        assert {skill.label: skill.level for skill in by_email[one.email].skills} == one.skills


def test_a_matrix_under_merged_headings() -> None:
    def write(made: Workbook) -> None:
        sheet = made.add_worksheet("Matrix")
        for column, name in enumerate(["Name", "Email"]):
            sheet.merge_range(0, column, 1, column, name)
        sheet.merge_range("C1:E1", "Digital")
        sheet.write_row(1, 2, ["QGIS", "Power BI", "Welsh language"])
        sheet.write_row(2, 0, ["Ama Example", "ama@b.example", 3, "x", ""])
        sheet.write_row(3, 0, ["Ben Example", "ben@b.example", "", 1, "expert"])

    found = read(book(write))
    assert found.skill_columns == ("QGIS", "Power BI", "Welsh language")
    assert [[one[:2] for one in row.skills] for row in found.rows] == [
        [("QGIS", 3), ("Power BI", None)],
        [("Power BI", 1), ("Welsh language", 4)],
    ]


def test_particulars_merged_over_the_rows_of_a_persons_skills() -> None:
    def write(made: Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Email", "Skill", "Level"])
        for column, value in enumerate(["Ama Example", "ama@b.example"]):
            sheet.merge_range(1, column, 3, column, value)
        sheet.write_column(1, 2, ["QGIS", "SQL", "Welsh"])
        sheet.write_column(1, 3, [4, "working", "✓✓✓"])
        sheet.write_row(4, 0, ["Ben Example", "ben@b.example", "QGIS", 1])

    found = read(book(write))
    assert (found.refused, found.duplicates) == ((), ())
    assert [[one[:2] for one in row.skills] for row in found.rows] == [
        [("QGIS", 4), ("SQL", 2), ("Welsh", 3)],
        [("QGIS", 1)],
    ]


def test_cells_of_every_kind() -> None:
    def write(made: Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Staff id", "Name", "Email", "Contactable", "Leaving date", "FTE"])
        sheet.write_row(1, 0, [123.0, "Ama Example", "ama@b.example", True])
        sheet.write_datetime(1, 4, datetime.combine(date(2027, 3, 1), time(17, 30)))
        sheet.write_number(1, 5, 0.8)
        sheet.write_row(2, 0, ["000124", "=1+1 is no name", "ben@b.example", False], made.add_format())

    found = read(book(write))
    ama, ben = found.rows
    assert (ama.staff_id, ama.contactable, ama.leaving_date, ama.working_days) == ("123", True, date(2027, 3, 1), "0.8")
    assert (ben.staff_id, ben.contactable) == ("000124", False)


def test_a_formula_without_its_value_is_told_not_worked_out() -> None:
    def write(made: Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Email", "Team"])
        sheet.write_row(1, 0, ["Ama Example", "ama@b.example"])
        sheet.write_formula(1, 2, "=1+1", None, "")

    found = read(book(write))
    assert found.rows[0].team is None
    assert [(fault.code, fault.value) for fault in found.aside] == [("empty_formula", "1")]


def test_rows_that_are_left_out_of_a_workbook_come_back_as_csv() -> None:
    def write(made: Workbook) -> None:
        sheet = made.add_worksheet("Staff")
        sheet.write_row(0, 0, ["Staff list"])
        sheet.write_row(2, 0, ["Name", "Email", "Skills"])
        sheet.write_row(3, 0, ["Ama Example", "ama@b.example", "QGIS (3)"])
        sheet.write_row(4, 0, ["Ben Example", "ben b.example", "QGIS (9)"])

    data = book(write)
    found = read(data)
    text, rows = returned(data, found, {fault.line: fault.code for fault in found.refused}, "what is wrong")
    assert rows == 1
    again = read(text.replace("ben b", "ben@b").replace("(9)", "(1)").encode("utf-8-sig"))
    assert [(row.name, row.skills[0][:2]) for row in again.rows] == [("Ben Example", ("QGIS", 1))]
