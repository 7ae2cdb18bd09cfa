"""Reading staff files: awkward encodings and delimiters, every fault with its line, nothing evaluated or guessed."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wording import known, say
from directory import csv_file
from directory.csv_file import read
from directory.rows import ROW_CODES, STRUCTURE_CODES, Fault

PEOPLE = [
    ["Staff No", "Full name", "E-mail", "Job title", "Skills"],
    ["000123", "Zoë O’Brien", "zoe@b.example", "Officer\nand clerk", "QGIS (3)"],
    ["1E10", "Renée Smith-Jones", "renee@b.example", "Café lead", "Excel (2)"],
    ["000125", "John Müller", "john@b.example", "Driver", "HGV licence (4)"],
]


def table(mark: str = ",", end: str = "\r\n", inner: str = "\n") -> str:
    def cell(text: str) -> str:
        text = text.replace("\n", inner)
        return f'"{text}"' if any(c in text for c in f"{mark}\n\r") else text

    return "".join(mark.join(map(cell, row)) + end for row in PEOPLE)


AWKWARD = {
    "utf-8": table().encode(),
    "utf-8 with a mark": table().encode("utf-8-sig"),
    "utf-16 little endian": b"\xff\xfe" + table().encode("utf-16-le"),
    "utf-16 big endian": b"\xfe\xff" + table().encode("utf-16-be"),
    "utf-16 without a mark": table().encode("utf-16-le"),
    "utf-16 big endian without a mark": table().encode("utf-16-be"),
    "windows-1252": table().encode("cp1252"),
    "macintosh": table().encode("mac_roman"),
    "semicolons": table(";").encode("cp1252"),
    "tabs": table("\t").encode("utf-16"),
    "pipes": table("|").encode(),
    "sep line": b"sep=;\r\n" + table(";").encode(),
    "unix line ends": table(end="\n").encode(),
    "old macintosh line ends": table(end="\r", inner="\r").encode(),
    "empty columns at the end": table(end=",,\r\n").encode(),
    "blank lines": table().replace("\r\n0", "\r\n\r\n,,,,\r\n0").encode(),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_files_are_read_right(name: str) -> None:
    found = read(AWKWARD[name])
    assert (found.structure, found.refused, found.duplicates) == ((), (), ())
    assert [row.staff_id for row in found.rows] == ["000123", "1E10", "000125"]
    assert [row.name for row in found.rows] == ["Zoë O’Brien", "Renée Smith-Jones", "John Müller"]
    assert [row.job_title for row in found.rows] == ["Officer and clerk", "Café lead", "Driver"]
    assert [row.skills[0][:2] for row in found.rows] == [("QGIS", 3), ("Excel", 2), ("HGV licence", 4)]


def test_there_are_sixteen_awkward_files() -> None:
    assert len(AWKWARD) == 16


def huge_workbook() -> bytes:
    """A workbook of a few kilobytes that unpacks to half a gigabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(500):
            part.write(bytes(1 << 20))
    return out.getvalue()


HEAD = "staff_id,name,email,last_reviewed,contactable,left,slack_id,skills\n"

STRUCTURE: dict[str, tuple[bytes, int]] = {
    "empty_file": (b"\xef\xbb\xbf\r\n \r\n", 1),
    "too_big": (b"name,email\n" + b"x" * csv_file.MOST_BYTES, 0),
    "locked_workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"), 0),
    "broken_workbook": (b"PK\x03\x04" + b"\0" * 30 + b"xl/workbook.xml", 0),
    "too_big_workbook": (huge_workbook(), 0),
    "not_csv": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 1),
    "nul_bytes": (b"name,email\nAma,a@b.example\nJo\0,jo@b.example\n", 3),
    "bad_encoding": (b"name,email\nAma,a@b.example\nJo \x81,jo@b.example\n", 3),
    "mixed_encoding": ("name,email\nZoë,z@b.example\n".encode() + b"Ren\xe9e,r@b.example\n", 3),
    "no_header": (b"Ama,ama@b.example\nJo,jo@b.example\n", 1),
    "missing_column": (b"forename,skills\nAma,QGIS\n", 1),
    "duplicate_column": (("name,email," + ",".join(["skill"] * 100) + "\n").encode(), 1),
    "too_many_columns": (("name,email," + ",".join(f"c{n}" for n in range(300)) + "\n").encode(), 1),
    "too_many_rows": (b"name,email\n" + b"A,a@b.example\n" * (csv_file.MOST_ROWS + 1), csv_file.MOST_ROWS + 2),
    "unclosed_quote": (b'name,email\nAma,a@b.example\n"Jo,jo@b.example\nSam,sam@b.example\n', 3),
}

ROWS: dict[str, str] = {
    "stray_quote": '"Jo" Smith,x,jo@b.example,,,,,\n',
    "too_long_cell": "1," + "x" * 140_000 + ",jo@b.example,,,,,\n",
    "ragged_row": "1,Jo,jo@b.example\n",
    "no_name": "1,,jo@b.example,,,,,\n",
    "no_key": ",Jo,,,,,,\n",
    "bad_email": "1,Jo,jo at b,,,,,\n".replace("jo at b", "jo.b.example"),
    "email_space": "1,Jo,jo smith@b.example,,,,,\n",
    "bad_date": "1,Jo,jo@b.example,31/02/2026,,,,\n",
    "bad_yes_no": "1,Jo,jo@b.example,,perhaps,,,\n",
    "bad_left": "1,Jo,jo@b.example,,,soon,,\n",
    "bad_account": "1,Jo,jo@b.example,,,,#jo,\n",
    "bad_level": "1,Jo,jo@b.example,,,,,QGIS (7)\n",
    "too_many_skills": "1,Jo,jo@b.example,,,,," + ";".join(f"skill {n}" for n in range(300)) + "\n",
    "too_long": "1," + "x" * 600 + ",jo@b.example,,,,,\n",
    "duplicate_person": "1,Jo,ama@b.example,,,,,\n",
    "duplicate_account": "1,Jo,jo@b.example,,,,U111,\n",
}
FROM_THE_DIRECTORY = {"identity_conflict", "account_taken"}


def test_every_fault_is_tried() -> None:
    assert tuple(STRUCTURE) == STRUCTURE_CODES
    assert {*ROWS, *FROM_THE_DIRECTORY} == set(ROW_CODES)


@pytest.mark.parametrize("code", STRUCTURE)
def test_a_file_at_fault_is_refused_whole(code: str) -> None:
    data, line = STRUCTURE[code]
    found = read(data)
    assert (found.rows, found.refused) == ((), ())
    assert code in [fault.code for fault in found.structure]
    assert found.structure[0].line == line
    for fault in found.structure:
        assert_has_words(fault)


@pytest.mark.parametrize("code", ROWS)
def test_a_row_at_fault_stops_no_other(code: str) -> None:
    ama = "9,Ama,ama@b.example,,,,U111,QGIS (3)\n"
    found = read(
        (HEAD + ama + ROWS[code] + ama.replace("9,", "8,").replace("ama@", "new@").replace("U111", "")).encode()
    )
    assert found.structure == ()
    assert [row.staff_id for row in found.rows] == ["9", "8"]
    (fault,) = (*found.refused, *found.duplicates)
    assert (fault.code, fault.line) == (code, 3)
    assert_has_words(fault)


def assert_has_words(fault: Fault) -> None:
    for part in ("reason", "fix"):
        text = say(f"load.{fault.code}.{part}", value=fault.value, **fault.params)
        assert text
        assert "{" not in text


def test_every_code_has_its_sentences() -> None:
    codes = (*STRUCTURE_CODES, *ROW_CODES)
    assert codes
    assert [code for code in codes if not (known(f"load.{code}.reason") and known(f"load.{code}.fix"))] == []


def test_every_fault_of_a_row_is_told_at_once() -> None:
    found = read((HEAD + "1,Jo,jo smith@b.example,32/01/2026,maybe,,,QGIS (9); Excel (0)\n").encode())
    codes = [fault.code for fault in found.refused]
    assert sorted(codes) == ["bad_date", "bad_level", "bad_level", "bad_yes_no", "email_space"]
    assert {fault.column for fault in found.refused} == {"email", "last_reviewed", "contactable", "skills"}


def test_lines_are_counted_as_an_editor_does() -> None:
    found = read(b'sep=,\r\nname,email\r\n"Jo\r\nSmith",jo@b.example\r\n\r\nSam,sam b@b.example\r\n')
    assert [row.line for row in found.rows] == [3]
    assert [fault.line for fault in found.refused] == [6]


@pytest.mark.parametrize("size", [2, 40])
def test_an_unclosed_quote_names_its_line_even_when_a_later_quote_closes_it(size: int) -> None:
    rest = 'Ama,"a, b",ama@b.example\n' * size
    found = read(f'name,team,email\nSam,x,sam@b.example\nJo,"Parks,jo@b.example\n{rest}'.encode())
    assert [(fault.code, fault.line) for fault in found.structure] == [("unclosed_quote", 3)]


@pytest.mark.parametrize("place", [0, 1, 127, 128, 200, 299])
def test_a_row_at_fault_is_found_wherever_it_stands(place: int) -> None:
    lines = [f"P{n},p{n}@b.example,QGIS" for n in range(300)]
    lines[place] = "Jo,jo b@b.example,QGIS"
    lines[(place + 150) % 300] = "Twice,p77@b.example,QGIS"
    lines[(place + 100) % 300] = "Short"
    found = read("\n".join(["name,email,skills", *lines]).encode())
    codes = {fault.line: fault.code for fault in found.refused}
    assert codes == {place + 2: "email_space", (place + 100) % 300 + 2: "ragged_row"}
    first, later = sorted([79, (place + 150) % 300 + 2])
    assert [(fault.line, fault.params["first_line"]) for fault in found.duplicates] == [(later, first)]
    wrong = {*codes, later}
    assert [row.line for row in found.rows] == [line for line in range(2, 302) if line not in wrong]


def test_a_formula_stays_text_and_its_guard_goes() -> None:
    found = read(b"staff_id,name,email,team\n007,'=cmd|x,jo@b.example,'+44 1632 960001\n")
    assert (found.rows[0].name, found.rows[0].team, found.rows[0].staff_id) == ("=cmd|x", "+44 1632 960001", "007")


def test_names_of_columns_that_hr_systems_use() -> None:
    found = read(
        b"Forename;Surname;Work Email Address;Position Title;Directorate;Leaving Date;Notes\n"
        b"Ama;Mensah;AMA@b.example;Librarian;Culture;31.12.2026;x\n"
    )
    row = found.rows[0]
    assert (row.name, row.email, row.job_title, row.service) == ("Ama Mensah", "ama@b.example", "Librarian", "Culture")
    assert row.leaving_date == date(2026, 12, 31)
    assert found.unused == ("Notes",)


def test_opting_out_has_columns_of_its_own() -> None:
    found = read(
        b"name,email,opted out,status\nAma,a@b.example,yes,active\nJo,j@b.example,,leaver\nSam,s@b.example,no,\n"
    )
    assert [(row.contactable, row.left) for row in found.rows] == [(False, False), (True, True), (True, False)]


def test_direction_marks_and_control_characters_are_taken_out_of_names() -> None:
    found = read("name,email\nAma\u202e nesneM\u0007,a@b.example\n".encode())
    assert found.rows[0].name == "Ama nesneM"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_reading_ends_in_rows_or_faults(data: bytes) -> None:
    found = read(data)
    assert found.rows or found.structure or found.refused or found.columns
    assert not (found.rows and found.structure)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b",", b";", b"\t"]))
def test_whatever_stands_below_a_header(data: bytes, mark: bytes) -> None:
    found = read(mark.join([b"name", b"email", b"skills"]) + b"\n" + data)
    assert all(fault.code in (*STRUCTURE_CODES, *ROW_CODES) for fault in (*found.structure, *found.refused))
    assert all(row.name and row.email for row in found.rows)
