"""A person's skills out of her row, however the file holds them: a list in a cell, one a row, or a column for each."""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TypeVar

from directory import cells
from directory.cells import BadCell
from directory.columns import Header
from directory.levels import number_of, of_cell, skill
from directory.rows import Remarks, WrittenSkill
from directory.skill_lists import BULLET, SkillLists

MOST_SKILLS = 200
LONGEST_SKILLS = 20_000
SCALE = re.compile(r"\s*[(\[]\s*\d\s*(?:-|–|to|/)\s*\d\s*[)\]]$")

LABEL = itemgetter(0)
T = TypeVar("T")

Skills = tuple[WrittenSkill, ...]


class Memo(dict[str, T]):
    """What a parser made of each cell it has met; a cell that it refuses is met again."""

    def __init__(self, parse: Callable[[str], T]) -> None:
        """Keep the parser."""
        super().__init__()
        self.parse = parse

    def __missing__(self, cell: str) -> T:
        value = self[cell] = self.parse(cell)
        return value


class SkillCells:
    """Reads the skills of the rows of one file."""

    def __init__(self, header: Header, lists: SkillLists, remarks: Remarks) -> None:
        """Prepare for the columns of `header`."""
        self._lists = lists
        self._remarks = remarks
        self._one = Memo(self._parse)
        self.at = header.places.get("skills")
        self.level_at = header.places.get("level")
        self._matrix = [(place, SCALE.sub("", label)) for place, label in header.matrix]
        self._numbered = header.numbered
        self.any = self.at is not None or bool(self._matrix or self._numbered)

    def _parse(self, item: str) -> WrittenSkill | None:
        one = skill(BULLET.sub("", item), self._lists.styles)
        if one is None and item.strip():
            self._remarks.add("no_value", item)
        return one

    def column(self, rows: Sequence[Sequence[str]], columns: Sequence[Sequence[str]]) -> Sequence[Skills]:
        """The skills of each row. Raises `BadCell`."""
        if not self.any:
            return [()] * len(rows)
        if self.at is not None and self.level_at is None and not self._matrix and not self._numbered:
            return [*map(self._listed, columns[self.at])]
        return [self._of_row(row) for row in rows]

    def _listed(self, cell: str) -> Skills:
        if not cell:
            return ()
        items = self._lists(cell) if len(cell) <= LONGEST_SKILLS else []
        if len(cell) > LONGEST_SKILLS or len(items) > MOST_SKILLS:
            raise BadCell("too_many_skills", {"most": MOST_SKILLS})
        return self._distinct(tuple(filter(None, map(self._one.__getitem__, items))))

    def _distinct(self, found: Sequence[WrittenSkill]) -> Skills:
        """Said twice, the higher level counts, and that is remarked."""
        if len(set(map(LABEL, found))) == len(found):
            return tuple(found)
        by_label: dict[str, WrittenSkill] = {}
        for one in found:
            if one.label in by_label:
                self._remarks.add("skill_twice", one.label)
            if one.label not in by_label or (by_label[one.label].level or 0) < (one.level or 0):
                by_label[one.label] = one
        return tuple(by_label.values())

    def _of_row(self, row: Sequence[str]) -> Skills:
        found: list[WrittenSkill] = []
        if self.at is not None:
            found += self._listed(row[self.at]) if self.level_at is None else self._levelled(row[self.at], row)
        for place, label in self._matrix:
            found += self._ticked(label, row[place])
        for place, level_at in self._numbered:
            found += self._pair(row[place], None if level_at is None else row[level_at])
        if len(found) > MOST_SKILLS:
            raise BadCell("too_many_skills", {"most": MOST_SKILLS})
        return self._distinct(found)

    def _levelled(self, cell: str, row: Sequence[str]) -> list[WrittenSkill]:
        """The skill of a row whose level stands in a column of its own. With one skill a row, nothing is separated."""
        level = row[self.level_at] if self.level_at is not None else None
        return [one for part in re.split(r"[;|\n]", cell) for one in self._pair(part, level)]

    def _pair(self, cell: str, level: str | None) -> list[WrittenSkill]:
        one = self._one[cell]
        if one is None:
            return []
        told = None if level is None or not level.strip() else self._level(one.label, level)
        return [one if told is None else one._replace(level=told)]

    def _level(self, label: str, cell: str) -> int | None:
        value = cells.text(cell) or ""
        level = number_of(value)
        if level is None and value.casefold() not in cells.NOTHING:
            self._remarks.add("no_level", f"{label}: {value}")
        if level is not None and not 0 <= level <= 4:
            raise BadCell("bad_level", {"skill": label})
        return level or None

    def _ticked(self, label: str, cell: str) -> list[WrittenSkill]:
        try:
            has, level = of_cell(cell)
        except BadCell as bad:
            if bad.code == "bad_level":
                raise BadCell("bad_level", {"skill": label}) from bad
            self._remarks.add("no_tick", f"{label}: {cell}")
            return []
        if not has:
            return []
        one = self._one[label]
        return [WrittenSkill(label if one is None else one.label, level, None)]

    def explain(self, row: Sequence[str]) -> list[tuple[str, BadCell]]:
        """Every skill of a row that cannot be read, and why."""
        faults: list[tuple[str, BadCell]] = []
        if self.at is not None and self.level_at is None:
            for item in self._lists(row[self.at][:LONGEST_SKILLS]):
                try:
                    self._one[item]
                except BadCell as bad:
                    faults.append((item, bad))
        if not faults and self.any:
            try:
                self._of_row(row)
            except BadCell as bad:
                faults.append((self._at_fault(row, bad.params), bad))
        return faults

    def _at_fault(self, row: Sequence[str], params: Mapping[str, str | int]) -> str:
        named = [row[place] for place, label in self._matrix if label == params.get("skill")]
        if named:
            return named[0]
        return row[self.at] if self.at is not None and self.level_at is None else row[self.level_at or 0]
