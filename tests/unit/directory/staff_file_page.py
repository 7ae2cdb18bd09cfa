"""The reference page of the staff file, made from the code: `python -m tests.unit.directory.staff_file_page`."""

import sys
from pathlib import Path

from bot.wording import catalogue
from directory.columns import MOST_COLUMNS, SYNONYMS
from directory.csv_file import MOST_BYTES, MOST_ROWS
from directory.levels import WORDS
from directory.models import LEVELS
from directory.row_reader import MOST_SKILLS
from directory.rows import ROW_CODES, STRUCTURE_CODES

PAGE = Path("docs/reference/staff-file.md")
MEANING = {
    "staff_id": "staff number, kept as text with its zeros",
    "name": "full name; or `first_name` and `last_name`",
    "known_as": "the first name she goes by; without a surname beside it, the whole name",
    "first_name": "with `last_name`, instead of `name`",
    "last_name": "with `first_name`, instead of `name`",
    "email": "work e-mail; a person needs this or a staff number",
    "job_title": "job title",
    "team": "team",
    "service": "service or department",
    "location": "where she works",
    "manager_email": "her manager's e-mail; a manager given by name is not kept",
    "working_days": "when she works, as text",
    "pronouns": "pronouns",
    "last_reviewed": "date on which her skills were looked at",
    "contactable": "no: she is in no answer; empty means yes",
    "opted_out": "the other way round: yes means she is in no answer",
    "left": "yes, or a status such as leaver, or her last day",
    "leaving_date": "her last day; from the day after she is in no answer",
    "skills": "her skills in one cell, see below",
    "level": "the level of the one skill in this row, where a file has a row for each skill",
    "slack_id": "Slack member id, such as U012AB3CD",
    "matrix_id": "Matrix id, such as @ama:brynford.example",
    "web_id": "id in the web chat",
    "accounts": "several accounts in one cell: slack:U012AB3CD; matrix:@ama:brynford.example",
}


def page() -> str:
    """The whole page."""
    columns = "\n".join(f"| `{field}` | {MEANING[field]} | {', '.join(names)} |" for field, names in SYNONYMS.items())
    levels = "\n".join(
        f"| {number} | {name} | {', '.join(word for word, n in WORDS.items() if n == number)} |"
        for number, name in LEVELS.items()
    )
    return f"""# Staff file

<!-- Made from the code: python -m tests.unit.directory.staff_file_page -->

A CSV file or an Excel workbook (.xlsx). Found out without being told: UTF-8, UTF-16, Windows-1252 or Macintosh
encoding; commas, semicolons, tabs or bars; a first line `sep=;`; where the column names stand, in one line or two.
Titles, blank lines, headings between the people, sums, repeated column names and remarks are nobody, and told. At most
{MOST_BYTES // 2**20} MiB, {MOST_ROWS:,} rows and {MOST_COLUMNS} columns.
Of a workbook every sheet with staff is read; hidden sheets and sheets without staff are not, and named. What a cell
shows is read; a formula is never worked out.
`switchboard export` writes a file that loads again unchanged.

## Columns

A name, and an e-mail address or a staff number, are needed. Column names are compared without case, spaces and
punctuation; where several fit, the first in this table counts. Other columns are not used, and named in the summary.

| field | holds | also called |
|---|---|---|
{columns}

A column that the file lacks leaves what is known alone. An empty cell empties the field; only an empty e-mail address
or staff number changes nothing. People are matched on e-mail, then on staff number, never on their name. People who
are not in the file stay, unless it is declared complete; those who left are marked in `left` or `leaving_date`. A
number that lost the zeros in front is the same number.

## Skills

A list in one cell, a row for each skill (with a column `level`, or the person repeated), a column for each skill with
ticks or levels (three such columns or more), or pairs `Skill 1`, `Level 1`. Semicolons, bars, line breaks and bullets
always separate; commas and slashes where the file's own words, or skills the directory has, say so. A level stands
behind the skill or before it: `QGIS (3)`, `QGIS: expert`, `QGIS ★★★☆`. At most {MOST_SKILLS} a person.
“First aid - expires 2027” runs out at the end of that year.

| level | name | words |
|---|---|---|
{levels}

## Dates

`2026-03-31`, `31/03/2026`, `31.3.26`, `31 March 2026`, `31-Mar-26`, `20260331`, Excel's number of the day: the day
first, always. “March 2026” is its first day, and that is told.

## Cells a spreadsheet would run

Nothing is ever evaluated. An export puts an apostrophe before a cell that begins with `=`, `+`, `-`, `@`, a tab or a
carriage return, and loading takes that one apostrophe away.

## Faults that make a file unusable

Nothing is loaded.

{_faults(STRUCTURE_CODES)}

## Faults that refuse a row

The other rows are loaded.

{_faults(ROW_CODES)}
"""


def _faults(codes: tuple[str, ...]) -> str:
    words = catalogue()
    rows = [f"| `{code}` | {words[f'load.{code}.reason']} | {words[f'load.{code}.fix']} |" for code in codes]
    return "\n".join(["| code | reason | what to do |", "|---|---|---|", *rows])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} written\n")
