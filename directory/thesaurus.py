"""What things are called: concepts of public bodies with their everyday words, and what else people may ask about.

The two lists in `directory/world` are our own work. A concept joins what is asked in one word with what is written in
another ("rats" with "Pest control"); a concept that nobody here has any skill of lets a question be refused that is
nearer to it than to anything listed.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORLD = Path(__file__).with_name("world")
HERE, ELSEWHERE = WORLD / "council.txt", WORLD / "elsewhere.txt"
LANGUAGES = "Languages"


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Terms, each with the number of its concept.

    From `first_elsewhere` on a term stands for itself alone: it refuses questions and joins nothing. `languages` holds
    the terms of each spoken language: its name and other names of it.
    """

    terms: tuple[str, ...]
    concepts: tuple[int, ...]
    names: tuple[str, ...]
    first_elsewhere: int
    languages: tuple[tuple[str, ...], ...]


@cache
def general() -> Thesaurus:
    """The lists that come with the product."""
    terms: list[str] = []
    concepts: list[int] = []
    names: list[str] = []
    for _, line in _lines(HERE):
        terms += line
        concepts += [len(names)] * len(line)
        names.append(line[0])
    first = len(terms)
    languages = []
    for section, line in _lines(ELSEWHERE):
        terms += line
        concepts += range(len(names), len(names) + len(line))
        names += line
        if section.startswith(LANGUAGES):
            languages.append(tuple(line))
    return Thesaurus(tuple(terms), tuple(concepts), tuple(names), first, tuple(languages))


def _lines(file: Path) -> list[tuple[str, list[str]]]:
    """Each concept's section and terms."""
    found, section = [], ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.strip() and not line.startswith("#"):
            found.append((section, [term.strip() for term in line.split("|")]))
    return found
