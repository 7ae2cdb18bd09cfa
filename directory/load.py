"""A staff file into the directory: plan, stage in short transactions, switch in one, undo."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from config.database import Database
from directory.csv_file import CsvFile
from directory.rows import Fault

Progress = Callable[[int, int], None]


class LoadRefused(Exception):
    """The load cannot go on; nothing was changed. `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        """Keep the code; the sentence is in the wording."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One line of the diff. `kind`: added, changed or left; `fields`: (field, before, after)."""

    name: str
    kind: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What a file would do; nothing is written yet. `digest` moves when the file or the directory does."""

    people: int
    added: int
    changed: int
    left: int
    unchanged: int
    kept_out: int
    fields: dict[str, int]
    sample: tuple[PersonChange, ...]
    duplicates: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    digest: str
    csv_file: CsvFile

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to load."""
        return bool(self.added or self.changed or self.left)


async def plan(session: AsyncSession, csv_file: CsvFile, today: date) -> LoadPlan:
    """Compare a file with the directory. Writes nothing. Raises `LoadRefused("structure")` for a file at fault."""
    raise NotImplementedError


async def stage(
    database: Database, agreed: LoadPlan, by: str, file_name: str, at: datetime, progress: Progress | None = None
) -> int:
    """Write the planned records where nobody reads them yet, in short transactions; returns the batch's id.

    Raises `LoadRefused` (`moved_on`, `unchanged`, `overtaken`).
    """
    raise NotImplementedError


async def switch(session: AsyncSession, batch_id: int) -> None:
    """Make a staged batch the directory, inside the caller's write transaction. Raises `LoadRefused`."""
    raise NotImplementedError


async def undo(session: AsyncSession, batch_id: int) -> None:
    """Go back to before the batch, inside the caller's write transaction. Raises `LoadRefused("not_undoable")`."""
    raise NotImplementedError


async def tidy(database: Database) -> int:
    """Delete, in short transactions, rows that neither the directory nor its undo needs; returns how many."""
    raise NotImplementedError
