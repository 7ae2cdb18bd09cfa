"""Rows that were left out come back as a file: as they were written, each with its reason, to be given again."""

import pytest

from directory import returned as module
from directory.csv_file import read
from directory.returned import returned

FILE = (
    "name;email;skills;note\r\n"
    "Ama Mensah;ama@council.example;Flood mapping (4);\r\n"
    "Zoë Hill;nowhere;=1+1;“keep”\r\n"
    "Jo;jo@council.example\r\n"
    'Kim "K" Lee";kim@council.example;"a"b;x\r\n'
)


def test_what_was_left_out_comes_back_as_it_was_written() -> None:
    data = FILE.encode("cp1252")
    found = read(data)
    why = {fault.line: fault.code for fault in found.refused}
    assert why == {3: "bad_email", 4: "ragged_row", 5: "stray_quote"}
    text, rows = returned(data, found, why, "what is wrong")
    assert rows == 3
    assert text.split("\r\n") == [
        "name;email;skills;note;what is wrong",
        "Zoë Hill;nowhere;=1+1;“keep”;bad_email",
        "Jo;jo@council.example;;;ragged_row",
        '"Kim ""K"" Lee"";kim@council.example;""a""b;x";;;;stray_quote',
        "",
    ]


def test_put_right_it_can_be_given_again() -> None:
    data = ("sep=;\n" + FILE).encode("utf-8-sig")
    found = read(data)
    text, _ = returned(data, found, {fault.line: "why" for fault in found.refused[:1]}, "what is wrong")
    again = read(text.replace("nowhere", "zoe@council.example").encode("utf-8-sig"))
    assert ([row.name for row in again.rows], again.refused, again.structure) == (["Zoë Hill"], (), ())
    assert "what is wrong" in again.unused


def test_no_more_than_somebody_can_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    data = ("name,email\n" + "".join(f"P{n},nowhere\n" for n in range(5))).encode()
    found = read(data)
    text, rows = returned(data, found, {fault.line: "why" for fault in found.refused}, "what is wrong")
    assert (rows, text.count("\r\n")) == (2, 3)
