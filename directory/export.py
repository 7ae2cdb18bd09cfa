"""The directory as rows again: what `load` reads, and machines.

A spreadsheet runs cells that begin with = + - @; they get an apostrophe in front, which loading takes away.
People who opted out or were erased are in no export.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from directory import privacy
from directory.cells import RISKY
from directory.compare import FIELDS, Existing, records
from directory.models import Account, Person, PersonRecord
from directory.rows import WrittenSkill

COLUMNS = (
    "staff_id",
    "name",
    "email",
    "job_title",
    "team",
    "service",
    "location",
    "manager_email",
    "working_days",
    "pronouns",
    "last_reviewed",
    "contactable",
    "left",
    "leaving_date",
    "accounts",
    "skills",
)


async def everybody(session: AsyncSession) -> AsyncIterator[tuple[Existing, list[str]]]:
    """Every current record with its accounts (`platform:id`), leavers too; a thousand in memory at a time."""
    generation = (await privacy.state(session)).generation
    hidden = select(col(Person.id)).where(col(Person.hidden))
    shown = privacy.current(PersonRecord, generation) & col(PersonRecord.person_id).not_in(hidden)
    after = 0
    while piece := await records(session, shown, after):
        after = piece[-1].record_id
        wanted = select(col(Account.person_id), col(Account.platform), col(Account.account))
        wanted = wanted.where(
            privacy.current(Account, generation), col(Account.person_id).in_([one.person_id for one in piece])
        )
        accounts: dict[int, list[str]] = {}
        for person, platform, account in await session.execute(wanted.order_by(col(Account.id))):
            accounts.setdefault(person, []).append(f"{platform}:{account}")
        for one in piece:
            yield one, accounts.get(one.person_id, [])


def csv_row(one: Existing, accounts: list[str]) -> list[str]:
    """A record as cells in the order of COLUMNS, harmless in a spreadsheet."""
    cells = [_text(value) for value in one.values]
    return [neutral(cell) for cell in (*cells, "; ".join(accounts), skills_cell(list(one.skills.values())))]


def neutral(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would run it; `cells.text` takes it away again."""
    return f"'{cell}" if RISKY.match(cell) else cell


def skills_cell(skills: list[WrittenSkill]) -> str:
    """Skills as the loader reads them back: "QGIS (3); Excel (2)"."""
    cell = "; ".join(f"{skill.label} ({skill.level})" if skill.level else skill.label for skill in skills)
    # A comma separates skills only in a file without semicolons.
    return f"{cell};" if "," in cell and ";" not in cell else cell


def json_row(one: Existing, today: date) -> dict[str, Any]:
    """A record as `export --json` gives it; dates ISO or null. Her last day being over, she has left."""
    values = dict(zip(FIELDS, one.values, strict=True))
    leaving: date | None = values.pop("leaving_date")
    skills = [
        {"label": skill.label, "level": skill.level, "expires": _iso(skill.expires)} for skill in one.skills.values()
    ]
    left = values["left"] or (leaving is not None and leaving < today)
    return {**values, "last_reviewed": _iso(values["last_reviewed"]), "left": left, "skills": skills}


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
