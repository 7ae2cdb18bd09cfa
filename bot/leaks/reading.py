"""A text as read once for all rules: its words, the phrases in them, who is named, and where."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from bot.leaks import places
from bot.leaks.context import Contacts
from bot.leaks.lexicon import Mark, Word, words_of
from bot.leaks.normalise import ScanCopy
from bot.leaks.people import Person, people
from bot.leaks.vocabulary import LEXICON

_LINK = re.compile(
    r"https?://[^\s)>]{1,400}|[\w.+-]{1,64}@[\w.-]{1,80}"
    r"|(?<![\w.])(?:[\w-]{1,40}\.){1,4}[a-z]{2,12}(?:/[^\s)>]{0,200})?(?!\w)"
)
_LONG_AGO = re.compile(
    r"(?<![0-9£.,])1[0-8][0-9]{2}(?![0-9])|(?<![0-9£.,])19[0-3][0-9](?![0-9])|(?<![0-9])[0-9]{1,2}th century"
)


_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True)
class Sentences:
    """One copy of a text with its words, its sentences and the phrases of the vocabularies in them."""

    copy: ScanCopy = field(repr=False)
    contacts: Contacts = field(repr=False)

    @property
    def text(self) -> str:
        """The characters that rules look at."""
        return self.copy.text

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, in order."""
        return words_of(self.text)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The phrases of the vocabularies in it, in order of their first words."""
        links = [match.span() for match in _LINK.finditer(self.text)]
        marks = LEXICON.marks(self.words)
        if not links:
            return marks
        starts = [start for start, _ in links]
        return tuple(mark for mark in marks if not self._linked(mark, links, starts))

    def _linked(self, mark: Mark, links: list[tuple[int, int]], starts: list[int]) -> bool:
        """Whether a phrase is only a piece of an address of the web or of mail."""
        position = self.words[mark.first].start
        before = bisect_right(starts, position) - 1
        return before >= 0 and position < links[before][1]

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    def sentence_at(self, position: int) -> int:
        """The number of the sentence that a character stands in."""
        if not self.words:
            return 0
        return self.words[max(0, bisect_right(self._starts, position) - 1)].sentence

    def bounds(self, sentence: int) -> tuple[int, int]:
        """First character of a sentence's words, and one past its last."""
        numbers = self._sentences
        first, last = bisect_left(numbers, sentence), bisect_right(numbers, sentence) - 1
        return self.words[first].start, self.words[last].end

    @cached_property
    def _sentences(self) -> list[int]:
        return [word.sentence for word in self.words]

    def hears(self, tags: frozenset[str], start: int, end: int) -> bool:
        """Whether a phrase of one of the vocabularies stands between two characters."""
        return any(True for _ in self.heard(lambda tag: tag in tags, start, end))

    def heard(self, wanted: Callable[[str], bool], start: int, end: int) -> list[Mark]:
        """The phrases between two characters whose tags are wanted."""
        words = self.words
        return [
            mark
            for mark in self.marks
            if wanted(mark.tag) and words[mark.first].start >= start and words[mark.last].end <= end
        ]


@dataclass(frozen=True)
class Reading(Sentences):
    """What is known besides: who is named, and where; everything is found out when first asked for."""

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Who is named in it."""
        return tuple(people(self.text, self.words, self.contacts.knows_person))

    @cached_property
    def addresses(self) -> tuple[re.Match[str], ...]:
        """Houses told by number and street."""
        return tuple(places.ADDRESS.finditer(self.text))

    @cached_property
    def _memory(self) -> dict[int | str, list[Any]]:
        return {}

    def remembered(self, key: _Key, find: Callable[["Reading", _Key], list[Any]]) -> list[Any]:
        """What `find` finds for a sentence or a family of matters, found out once."""
        if key not in self._memory:
            self._memory[key] = find(self, key)
        return self._memory[key]

    @cached_property
    def _place_names(self) -> list[tuple[int, int]]:
        patterns = (places.STREET, places.ADDRESS, places.SCHOOL)
        return [match.span() for pattern in patterns for match in pattern.finditer(self.text)]

    def in_place_name(self, mark: Mark) -> bool:
        """Whether a phrase is part of the name of a street or a school."""
        start, end = self.words[mark.first].start, self.words[mark.last].end
        return any(first <= start and end <= last for first, last in self._place_names)

    def in_the_past(self, sentence: int) -> bool:
        """Whether a sentence tells of a year in which nobody alive was grown up."""
        start, end = self.bounds(sentence)
        return _LONG_AGO.search(self.text, start, end) is not None

    def private_people(self, start: int, end: int, reach: int) -> list[Person]:
        """Persons named within `reach` characters of a stretch who are not in public life."""
        return [
            person
            for person in self.people
            if not person.public and person.end >= start - reach and person.start <= end + reach
        ]
