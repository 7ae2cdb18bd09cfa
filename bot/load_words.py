"""What reading a staff file found, in words that the chat and the command line share."""

import csv
import io
from collections import Counter

from bot.wording import count, known, listed, say
from directory.csv_file import CsvFile
from directory.export import neutral
from directory.load import LoadPlan
from directory.returned import returned
from directory.rows import Fault

MOST_COLUMNS = 12  # columns that are named one by one


def notices(read: CsvFile) -> list[str]:
    """Everything that was not taken as it stands, a line each kind: nothing is dropped or altered silently."""
    lines = []
    if read.skill_columns:
        lines.append(say("load.cli.skill_columns", columns=_some(read.skill_columns)))
    if read.unused:
        lines.append(say("load.cli.unused", columns=_some(read.unused)))
    lines += [
        say("load.cli.unsure", heading=one.heading, example=one.example, guess=guess(one.guess)) for one in read.unsure
    ]
    if read.aside:
        lines.append(say("load.cli.aside", lines=listed(_aside(read))))
    return lines + _remarks(read)


def guess(field: str) -> str:
    """What a column may hold, in words."""
    code = f"load.field.{field}"
    return say(code) if known(code) else field.replace("_", " ")


def fault_words(fault: Fault) -> tuple[str, str]:
    """What is wrong, and what to do."""
    params = {"value": fault.value, **fault.params}
    return say(f"load.{fault.code}.reason", **params), say(f"load.{fault.code}.fix", **params)


def column_of(fault: Fault) -> str:
    """The column of a fault; from the second sheet of a workbook on, with the sheet."""
    return ": ".join(filter(None, (fault.sheet, fault.column)))


def changes_csv(plan: LoadPlan) -> str:
    """Every change a file would make, then everything left out, altered or set aside: a table for a spreadsheet."""
    text = io.StringIO(newline="")
    sheet = csv.writer(text)
    sheet.writerow(say("load.changes.headings").split("|"))
    for one in plan.changes():
        sheet.writerow([one.line or "", *(neutral(str(cell or "")) for cell in one[1:])])
    for fault in (*plan.refused, *plan.duplicates):
        why = " ".join(fault_words(fault))
        sheet.writerow([fault.line, "left_out", "", "", "", neutral(column_of(fault)), neutral(fault.value), why])
    for fault in plan.csv_file.aside:
        what = say(f"load.aside.{fault.code}")
        sheet.writerow([fault.line or "", "no_person", "", "", "", fault.sheet, neutral(fault.value), what])
    for (code, before), after in plan.csv_file.remarks.seen.items():
        sheet.writerow(["", code, "", "", "", "", neutral(before), neutral(after)])
    for heading in plan.csv_file.unused:
        sheet.writerow(["", "not_used", "", "", "", neutral(heading), "", ""])
    return text.getvalue()


def refused_csv(data: bytes, plan: LoadPlan) -> tuple[str, int]:
    """The rows that are left out, each with what is wrong, to be corrected and loaded again; and how many."""
    why: dict[int, list[str]] = {}
    for fault in (*plan.refused, *plan.duplicates):
        if not fault.sheet:
            why.setdefault(fault.line, []).append(" ".join(fault_words(fault)))
    return returned(data, plan.csv_file, {line: " ".join(said) for line, said in why.items()}, say("returned.heading"))


def _some(columns: tuple[str, ...]) -> str:
    more = len(columns) - MOST_COLUMNS
    shown = ", ".join(columns[:MOST_COLUMNS])
    return f"{shown} … (+{more})" if more > 0 else shown


def _aside(read: CsvFile) -> list[str]:
    """Each kind of line with how many there are and where the first is; of whole sheets their names."""
    kinds: dict[str, list[Fault]] = {}
    for fault in read.aside:
        kinds.setdefault(fault.code, []).append(fault)
    return [_kind(say(f"load.aside.{code}"), found) for code, found in kinds.items()]


def _kind(kind: str, found: list[Fault]) -> str:
    first = found[0].line
    if not first:
        return say("load.cli.aside_whole", kind=kind, values=listed([fault.value for fault in found]))
    if len(found) == 1:
        return say("load.cli.aside_kind", kind=kind, first=first)
    return say("load.cli.aside_kinds", kind=kind, first=first, count=len(found))


def _remarks(read: CsvFile) -> list[str]:
    times, example = Counter[str](), dict[str, tuple[str, str]]()
    for (code, before), after in read.remarks.seen.items():
        times[code] += 1
        example.setdefault(code, (before, after))
    return [
        say(
            "load.cli.remark",
            what=say(
                f"load.remark.{code}",
                values=count(number, "value", "values"),
                before=example[code][0],
                after=example[code][1],
            ),
        )
        for code, number in times.items()
    ]
