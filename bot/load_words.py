"""What reading a staff file found, in words that the chat and the command line share."""

from collections import Counter

from bot.wording import count, known, listed, say
from directory.csv_file import CsvFile
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
