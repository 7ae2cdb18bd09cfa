"""Taking cells with several skills apart, and levels in words, numbers, ticks and stars."""

from datetime import date

import pytest

from directory.cells import BadCell
from directory.levels import of_cell, skill, styles_of
from directory.rows import WrittenSkill
from directory.skill_lists import SkillLists, learn

SKILLS: dict[str, tuple[str, int | None]] = {
    "QGIS (3)": ("QGIS", 3),
    "QGIS: 3": ("QGIS", 3),
    "QGIS = expert": ("QGIS", 4),
    "QGIS - Practitioner": ("QGIS", 3),
    "QGIS (awareness)": ("QGIS", 1),
    "British Sign Language (L2)": ("British Sign Language (L2)", None),
    "British Sign Language (L2) (1)": ("British Sign Language (L2)", 1),
    "Licensing Act 2003": ("Licensing Act 2003", None),
    "Section 21 / Section 8 notices (2)": ("Section 21 / Section 8 notices", 2),
    "COVID-19": ("COVID-19", None),
    "Polish (native) (4)": ("Polish (native)", 4),
    "Excel (pivot tables, XLOOKUP) (2)": ("Excel (pivot tables, XLOOKUP)", 2),
}


@pytest.mark.parametrize("cell", SKILLS)
def test_skills_and_levels(cell: str) -> None:
    found = skill(cell)
    assert found is not None
    assert (found.label, found.level) == SKILLS[cell]


def test_a_skill_keeps_its_words_when_it_runs_out() -> None:
    label = "First aid at work - expires 2027"
    assert skill(f"{label} (2)") == WrittenSkill(label, 2, date(2027, 12, 31))
    assert skill("Gas safe, valid until 01/02/2027") == WrittenSkill(
        "Gas safe, valid until 01/02/2027", None, date(2027, 2, 1)
    )
    assert skill("Ladders (expires 3 years after training)") == WrittenSkill(
        "Ladders (expires 3 years after training)", None, None
    )


MORE: dict[str, tuple[str, int | None]] = {
    "QGIS [3]": ("QGIS", 3),
    "QGIS (3/4)": ("QGIS", 3),
    "QGIS (Level 2)": ("QGIS", 2),
    "QGIS ★★★☆": ("QGIS", 3),
    "QGIS ✓✓": ("QGIS", 2),
    "QGIS ***": ("QGIS", 3),
    "QGIS ✓": ("QGIS", None),
    "Expert: QGIS": ("QGIS", 4),
    "3 - QGIS": ("QGIS", 3),
    "(expert) QGIS": ("QGIS", 4),
    "NVQ Level 3": ("NVQ Level 3", None),
    "PRINCE2 Practitioner": ("PRINCE2 Practitioner", None),
    "C++": ("C++", None),
    "18th Edition": ("18th Edition", None),
    "24/7 rota planning": ("24/7 rota planning", None),
    "N/A": ("", None),
}


@pytest.mark.parametrize("cell", MORE)
def test_more_ways_to_write_a_level(cell: str) -> None:
    found = skill(cell)
    assert ((found.label, found.level) if found else ("", None)) == MORE[cell]


def test_loose_ways_count_only_where_the_file_writes_so() -> None:
    items = ["QGIS L3", "SQL L2", "Excel L1", "Welsh"]
    assert styles_of(items) == {"short"}
    assert skill("QGIS L3", styles_of(items)) == WrittenSkill("QGIS", 3, None)
    assert skill("QGIS L3") == WrittenSkill("QGIS L3", None, None)
    bare = styles_of(["QGIS 3", "SQL 2", "Excel 1", "Welsh 4"])
    assert skill("Python 3", bare) == WrittenSkill("Python", 3, None)
    assert skill("Python 3") == WrittenSkill("Python 3", None, None)


CELLS = {
    "": (False, None),
    "0": (False, None),
    "-": (False, None),
    "No": (False, None),
    "x": (True, None),
    "✓": (True, None),
    "Yes": (True, None),
    "3": (True, 3),
    "2.0": (True, 2),
    "Working": (True, 2),
    "★★★★": (True, 4),
    "Level 2": (True, 2),
}


@pytest.mark.parametrize("cell", CELLS)
def test_cells_of_a_column_that_is_a_skill(cell: str) -> None:
    assert of_cell(cell) == CELLS[cell]


@pytest.mark.parametrize(("cell", "code"), [("7", "bad_level"), ("booked for May", "no_tick")])
def test_what_is_neither_tick_nor_level(cell: str, code: str) -> None:
    with pytest.raises(BadCell) as refused:
        of_cell(cell)
    assert refused.value.code == code


SPLIT = {
    "QGIS; Excel|SQL\nWelsh": ["QGIS", "Excel", "SQL", "Welsh"],
    "• QGIS\n• HR casework / employee relations": ["QGIS", "HR casework / employee relations"],
    "1. QGIS\n2. Excel": ["QGIS", "Excel"],
    "- QGIS\n- Excel": ["QGIS", "Excel"],
    "QGIS, Excel (pivot tables, XLOOKUP), SQL": ["QGIS", "Excel (pivot tables, XLOOKUP)", "SQL"],
    "QGIS / Excel / SQL": ["QGIS", "Excel", "SQL"],
    "QGIS, HR casework / employee relations": ["QGIS", "HR casework / employee relations"],
    "QGIS, expert, Excel": ["QGIS, expert", "Excel"],
    "Gas safe, valid until 01/02/2027, QGIS": ["Gas safe, valid until 01/02/2027", "QGIS"],
    "React / JavaScript (3) / SQL (2)": ["React / JavaScript (3)", "SQL (2)"],
    "Expert: QGIS, Excel": ["QGIS (4)", "Excel (4)"],
    ";": [],
}


@pytest.mark.parametrize("cell", SPLIT)
def test_a_cell_taken_apart(cell: str) -> None:
    known = ["QGIS", "Excel", "SQL", "Welsh", "HR casework / employee relations"]
    found = [one.strip() for one in learn([cell, *known], known)(cell)]
    assert [*filter(None, found)] == SPLIT[cell]


def test_the_directory_knows_what_is_whole() -> None:
    assert SkillLists()("Fostering / adoption panel") == ["Fostering / adoption panel"]
    cells = ["Damp / mould", "Damp", "mould", "Damp, QGIS", "QGIS, mould"]
    assert [one.strip() for one in learn(cells)("Damp / mould")] == ["Damp", "mould"]
    assert learn(cells, ["Damp / mould"])("Damp / mould") == ["Damp / mould"]


def test_what_always_stands_together_is_one_skill() -> None:
    cells = ["QGIS, Housing options, allocations", "Housing options, allocations, SQL", "SQL, QGIS", "QGIS", "SQL"]
    split = learn([*cells, "Housing options, allocations; QGIS", "SQL; Housing options, allocations"])
    assert [one.strip() for one in split(cells[0])] == ["QGIS", "Housing options, allocations"]
