"""Staff files as they really come: the same people, as spreadsheets, HR systems and hurried hands write them.

Every mess is chosen by a seeded dice, so a file can be made again; the truth is in `organisations`.
"""

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import date

from tests.unit.directory.organisations import Somebody

MONTHS = "January February March April May June July August September October November December".split()


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


DATES: tuple[Callable[[date], str], ...] = (
    date.isoformat,
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d.day}.{d.month}.{d:%y}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d:%d}-{MONTHS[d.month - 1][:3]}-{d:%y}",
    lambda d: f"{_ordinal(d.day)} {MONTHS[d.month - 1][:3]} {d.year}",
    lambda d: str((d - date(1899, 12, 30)).days),
    lambda d: f"{d:%d/%m/%Y} 00:00",
    lambda d: f"{d.isoformat()}T00:00:00.000Z",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d:%d}-{MONTHS[d.month - 1][:3].upper()}-{d.year}",
    lambda d: f"{'Mon Tue Wed Thu Fri Sat Sun'.split()[d.weekday()]} {d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"\u00a0{d.day}/{d.month}/{d.year} ",
)
SEPARATORS = ("; ", ", ", " | ", " / ", "\n", "\n• ", ";", ",")
WORDS = {
    1: ("awareness", "Basic", "Beginner"),
    2: ("working", "Intermediate", "working knowledge"),
    3: ("practitioner", "Advanced", "Proficient"),
    4: ("expert", "Expert", "Specialist"),
}
Written = Callable[[str, int, random.Random], str]
LEVELS: tuple[Written, ...] = (
    lambda label, level, _: f"{label} ({level})",
    lambda label, level, _: f"{label} [{level}]",
    lambda label, level, _: f"{label}: {level}",
    lambda label, level, _: f"{label} ({level}/4)",
    lambda label, level, _: f"{label} (Level {level})",
    lambda label, level, dice: f"{label} ({dice.choice(WORDS[level])})",
    lambda label, level, dice: f"{label} - {dice.choice(WORDS[level])}",
    lambda label, level, _: f"{label} {'★' * level}{'☆' * (4 - level)}",
    lambda label, level, _: f"{label} {'✓' * level}" if level > 1 else f"{label} (1)",
)


def skills_cell(somebody: Somebody, dice: random.Random) -> str:
    """Her skills in one cell: one of several separators, one of several ways to write a level."""
    separator, write = dice.choice(SEPARATORS), dice.choice(LEVELS)
    items = [label if level is None else write(label, level, dice) for label, level in somebody.skills.items()]
    return ("• " if "•" in separator and items else "") + separator.join(items)


def number_cell(number: str, dice: random.Random) -> str:
    """A staff number as spreadsheets leave it."""
    return dice.choice([number, number, number, f'="{number}"', number.lstrip("0"), f"{int(number)}.0", f" {number} "])


def email_cell(somebody: Somebody, dice: random.Random) -> str:
    """An address as mail programs leave it."""
    email, name = somebody.email, somebody.full_name
    shapes = [
        email,
        email,
        email,
        email.upper(),
        f"mailto:{email}",
        f"{name} <{email}>",
        f" {email}\u00a0",
        f"{email};",
    ]
    return dice.choice([*shapes, f"<{email}>", f"[{email}](mailto:{email})"])


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "cp1252", delimiter: str = ",", end: str = "\r\n") -> bytes:
    """The table as a CSV file; characters that the encoding lacks make it UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return text.getvalue().encode("utf-8-sig")


LIST_HEADER = [
    "Staff\nNumber", "Name (Surname, Forename)", "E-mail Address*", "Title", "Job Title", "Directorate", "Team",
    "Telephone", "Start Date", "Date of last\nreview", "Skills (with level)", "Notes", "",
]  # fmt: skip


def _list_row(one: Somebody, dice: random.Random) -> list[str]:
    name = f"{one.name[1]}, {one.name[0]}" if one.name[1] else one.name[0]
    if dice.random() < 0.2 and one.name[1]:
        name = f"{one.name[1]},  {one.name[0]}".replace(" ", "\u00a0")
    return [
        number_cell(one.staff_id, dice), name, email_cell(one, dice), dice.choice(["Mr", "Ms", "Dr", "Mx"]),
        one.job_title, one.service, one.team, one.phone, "01/04/2019", dice.choice(DATES)(one.last_reviewed),
        skills_cell(one, dice), dice.choice(["", "", "N/A", "=SUM(A1:A9)", "on leave, back Monday"]), "",
    ]  # fmt: skip


def list_in_a_cell(staff: Sequence[Somebody], seed: int) -> tuple[bytes, int]:
    """A spreadsheet of a skills audit: title, sections, sums, repeated headings, remarks; and how many duplicates."""
    dice = random.Random(seed)
    blank = [""] * len(LIST_HEADER)
    rows = [["Staff list 2026 – OFFICIAL-SENSITIVE", *blank[1:]], blank, LIST_HEADER]
    services = sorted({one.service for one in staff})
    duplicates = 0
    for service in services:
        mine = [one for one in staff if one.service == service]
        rows.append([service, *blank[1:]])
        for number, one in enumerate(mine, 1):
            rows.append(_list_row(one, dice))
            if number % 60 == 0:
                rows += [blank, LIST_HEADER]
            if number == 5:
                rows.append(_list_row(one, dice))
                duplicates += 1
        rows.append(["Total", str(len(mine)), *blank[2:]])
    rows += [["Grand total", str(len(staff)), *blank[2:]], ["* Levels as agreed in the audit", *blank[1:]]]
    return as_csv([*rows, ["Exported from the audit on 1 December 2026", *blank[1:]]]), duplicates


def row_per_skill(staff: Sequence[Somebody], seed: int) -> tuple[bytes, int]:
    """An HR system's report: one skill a row, some with the person's particulars only in the first."""
    dice = random.Random(seed)
    header = [
        "Employee Number", "Surname", "Forename(s)", "Known As", "Work Email Address", "Position Title", "Department",
        "Competency", "Proficiency Level", "Review Date",
    ]  # fmt: skip
    rows = [["Competency report"], ["Parameters: all staff"], [], header]
    duplicates = 0
    for number, one in enumerate(staff):
        first, last = one.name
        who = [one.staff_id, last or first, first if last else "", "", one.email, one.job_title, one.service]
        when = dice.choice(DATES)(one.last_reviewed)
        sparse = dice.random() < 0.3
        for place, (label, level) in enumerate(one.skills.items() or [("", None)]):
            told = "" if level is None else dice.choice([str(level), *WORDS[level], f"Level {level}", f"{level}.0"])
            rows.append(
                [*([""] * len(who) if sparse and place else who), label, told, "" if sparse and place else when]
            )
        if number % 50 == 3 and one.skills:
            rows.append([*who, label, told, when])
            duplicates += 1
    return as_csv(rows, "utf-16", "\t"), duplicates


def column_per_skill(staff: Sequence[Somebody], seed: int, labels: Sequence[str]) -> tuple[bytes, int]:
    """A matrix with two lines of headings, a column for each skill, levels or ticks in the cells."""
    dice = random.Random(seed)
    fields = ["Ref", "Payroll No.", "Employee Name", "Email", "Role", "Base", "Reviewed"]
    upper = [*fields, *["Skills" if place == 0 else "" for place in range(len(labels))]]
    lower = [*[""] * len(fields), *labels]
    rows = [upper, lower]
    for number, one in enumerate(staff, 1):
        ticks = []
        for label in labels:
            if label not in one.skills:
                ticks.append(dice.choice(["", "", "", "0", "-", "N"]))
            else:
                level = one.skills[label]
                ticks.append(dice.choice(["✓", "x", "Y", "Yes"] if level is None else [str(level), WORDS[level][0]]))
        who = [str(number), one.staff_id, one.full_name, one.email, one.job_title, one.team]
        rows.append([*who, dice.choice(DATES)(one.last_reviewed), *ticks])
    return as_csv([*rows, ["", "Total", str(len(staff)), *[""] * (len(upper) - 3)]], "utf-8", ";"), 0
