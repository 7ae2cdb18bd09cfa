"""What a file would do to the directory, before anything is written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from directory.csv_file import CsvFile
from directory.rows import Fault

# Every code that LoadRefused may carry; the wording has a sentence for each.
REFUSALS = ("structure", "unchanged", "moved_on", "overtaken", "not_staged", "not_undoable", "not_complete")
SAMPLE = 12  # people named in the diff


class LoadRefused(Exception):
    """The load cannot go on; the directory stays as it was. `code` is one of REFUSALS."""

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


class Listed(NamedTuple):
    """One line of the full list of changes: a person, what happens (added, changed, left), and one field of it."""

    line: int
    kind: str
    staff_id: str | None
    name: str
    email: str | None
    field: str
    before: str
    after: str


@dataclass(slots=True)
class Steps:
    """The work: rows (by their place in the file) to add, (row, record, person) to change, (record, person) to end."""

    added: list[int] = field(default_factory=list)
    changed: list[tuple[int, int, int]] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)

    def places(self) -> Iterator[int]:
        """The places of all rows that are written."""
        yield from self.added
        yield from (place for place, _, _ in self.changed)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What a file would do; nothing is written yet. `digest` moves when the file or the directory does.

    `before` are the people who were here, `absent` those of them who are not in the file.
    `people` counts the rows that can be used; `kept_out` those of them that were erased and stay out;
    `fields` how many people change in each field; `sample` names a few.
    """

    people: int
    added: int
    changed: int
    left: int
    unchanged: int
    kept_out: int
    fields: Mapping[str, int]
    sample: tuple[PersonChange, ...]
    duplicates: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    digest: str
    generation: int
    revision: int
    csv_file: CsvFile
    steps: Steps
    before: int = 0
    absent: int = 0
    changes: Callable[[], Iterator[Listed]] = field(default=lambda: iter(()), compare=False)

    @property
    def loses_many(self) -> bool:
        """Whether more than a fifth of the people would go: an export that broke off looks just like that."""
        return self.left > self.before / 5

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to load."""
        return bool(self.added or self.changed or self.left)
