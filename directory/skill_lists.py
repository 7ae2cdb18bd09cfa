"""Taking a cell with several skills apart, as the file itself shows that it must be.

Semicolons, bars, line breaks and bullets always separate. Commas and slashes may stand inside a name ("HR casework /
employee relations"): there the words decide. What always stands together is one skill; what is met apart is several.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from directory.levels import BEHIND, EXPIRES, ONLY_LEVEL, WORDS, split_level, styles_of

STRONG = re.compile(r"[;|\n\r\v\f\u2028\u2029•·▪◦●‣∙■](?![●■☆○□])|\s[*o](?=\s)|\t| {3,}")
RARE = (",", "/", "|", " o ", " * ", "   ")  # what a printable text may hold besides semicolons that separates
BULLET = re.compile(r"^\s*(?:[-–—*>+o]\s+|\(?\d{1,2}[.)]\s+|[☑✓✔]\s*)")
WEAK = re.compile(r"[()\[\]{}]|,|\s+/\s+|(?<=[^\W\d_])/(?=[^\W\d_])|/\s+|\s+/")
HEADED = re.compile(rf"(?P<level>{'|'.join(WORDS)})\s*:\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)

# How much more likely each sign is inside a name than between two (natural logarithm of the odds), before anything
# is known of the words: where nothing else separates in this cell, and where something does.
ALONE = {",": -3.0, " / ": 0.5, "/": 2.5}
BESIDE = {",": 0.5, " / ": 3.0, "/": 4.0}
SEVERAL_SLASHES = 1.5  # less likely inside a name where the cell has more of them
KNOWN_WHOLE = 6.0  # somewhere it stands between two certain separators, or in the directory
MET_APART = -4.0  # each part is met without the other
ALWAYS_TOGETHER = 2.0
UNLEVELLED = 4.0  # every other skill of the cell has a level, and this part has none
MOST_JOINED = 4  # parts of one name
MOST_PARTS = 60


def key(label: str) -> str:
    """What two ways of writing the same label share."""
    return " ".join(label.casefold().split())


@dataclass(frozen=True, slots=True)
class Parts:
    """A piece of a cell cut at every sign that may separate: `odds` for each sign that it stands inside a name."""

    whole: str
    spans: Sequence[tuple[int, int]]
    texts: Sequence[str]
    levelled: Sequence[bool]
    odds: Sequence[float]

    def run(self, start: int, end: int) -> str:
        """The parts from `start` up to `end` as they are written."""
        return self.whole[self.spans[start][0] : self.spans[end - 1][1]].strip()


@dataclass(slots=True)
class SkillLists:
    """How one file separates skills; made from a sample of its cells and the labels the directory knows."""

    styles: frozenset[str] = frozenset()
    whole: set[str] = field(default_factory=set)
    alone: Counter[str] = field(default_factory=Counter)
    together: Counter[str] = field(default_factory=Counter)
    between: Counter[str] = field(default_factory=Counter)

    def __call__(self, cell: str) -> list[str]:
        """The skills of a cell, each with its level as written; there may be blank ones."""
        if cell.isascii() and cell.isprintable() and not any(map(cell.__contains__, RARE)):
            return cell.split(";")  # most cells of most files
        pieces = strong_pieces(cell)
        beside = len(pieces) > 1
        found: list[str] = []
        for piece in pieces:
            if "," in piece or "/" in piece:
                found += self._weak(piece, beside)
            else:
                found.append(piece)
        return found

    def _weak(self, piece: str, beside: bool) -> list[str]:
        head = HEADED.fullmatch(piece.strip())
        if head and not beside and "," in head["rest"]:
            return [
                one if BEHIND.fullmatch(one.strip()) else f"{one} ({WORDS[head['level'].casefold()]})"
                for one in self._weak(head["rest"], beside)
            ]
        spans, signs = cut(piece)
        if len(spans) == 1 or len(spans) > MOST_PARTS:
            return [piece[first:last] for first, last in spans]
        texts = [piece[first:last].strip() for first, last in spans]
        levelled = [split_level(text, self.styles)[1] is not None for text in texts]
        parts = Parts(piece, spans, texts, levelled, _odds(signs, beside))
        return [parts.run(first, last) for first, last in self._best(parts)]

    def _best(self, parts: Parts) -> list[tuple[int, int]]:
        """The likeliest way to put the parts together, by dynamic programming over where names end."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(parts.texts) + 1):
            gains = [(start, self._gain(parts, start, end)) for start in range(max(0, end - MOST_JOINED), end)]
            best.append(max((best[start][0] + gain, start) for start, gain in gains if gain is not None))
        found, end = [], len(parts.texts)
        while end:
            start = best[end][1]
            found.append((start, end))
            end = start
        return found[::-1]

    def _gain(self, parts: Parts, start: int, end: int) -> float | None:
        """How much likelier the parts from `start` up to `end` are one skill than several; None: they cannot be."""
        if end - start == 1:
            return 0.0 if start == 0 or not _belongs_to_the_last(parts.texts[start]) else None
        if any(parts.levelled[start : end - 1]):
            # A level ends a skill, unless what follows is only more about it.
            return 20.0 if end - start == 2 and _belongs_to_the_last(parts.texts[end - 1]) else None
        if _belongs_to_the_last(parts.texts[end - 1]):
            return 20.0 if end - start == 2 else self._gain(parts, start, end - 1)
        gain = sum(parts.odds[start : end - 1])
        if parts.levelled[end - 1]:
            gain += UNLEVELLED * (end - start - 1)
        run, *texts = (
            key(split_level(text, self.styles)[0]) for text in (parts.run(start, end), *parts.texts[start:end])
        )
        return gain + self._evidence(run, texts)

    def _evidence(self, run: str, parts: Sequence[str]) -> float:
        if run in self.whole:
            return KNOWN_WHOLE * (len(parts) - 1)
        met = self.together[run]
        if self.between[run] > max(1, met / 2):
            return KNOWN_WHOLE * (len(parts) - 1)
        apart = [self.alone[part] - met for part in parts]
        if min(apart) > 0:
            return MET_APART * (len(parts) - 1)
        if met > 1 and min(apart) <= 0:
            return (ALWAYS_TOGETHER + math.log(met)) * (len(parts) - 1)
        return 0.0


def strong_pieces(cell: str) -> list[str]:
    """The cell cut where skills surely end; bullets and numbers before them are taken away."""
    if not STRONG.search(cell):
        return [BULLET.sub("", cell)]
    return [piece for piece in (BULLET.sub("", part).strip() for part in STRONG.split(cell)) if piece]


def cut(piece: str) -> tuple[list[tuple[int, int]], list[str]]:
    """Where a piece can be cut outside brackets: the spans of its parts, and the signs between them."""
    spans, signs, start, depth = [], [], 0, 0
    for mark in WEAK.finditer(piece):
        sign = mark[0]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(0, depth - 1)
        elif depth == 0 and mark.start() > start:
            spans.append((start, mark.start()))
            signs.append("," if sign == "," else " / " if sign.strip() != sign else "/")
            start = mark.end()
    return [*spans, (start, len(piece))], signs


def _odds(signs: Sequence[str], beside: bool) -> list[float]:
    odds = [(BESIDE if beside else ALONE)[sign] for sign in signs]
    if not beside and "," in signs:  # then the comma separates, and a slash stands inside
        return [one if sign == "," else BESIDE[sign] for sign, one in zip(signs, odds, strict=True)]
    if not beside and signs.count(" / ") > 1:
        return [one - SEVERAL_SLASHES if sign == " / " else one for sign, one in zip(signs, odds, strict=True)]
    return odds


def _belongs_to_the_last(text: str) -> bool:
    """Whether a part is no skill but says more about the one before it: "expert", "expires 2027", or nothing."""
    return not text or ONLY_LEVEL.fullmatch(text) is not None or EXPIRES.match(text) is not None


def learn(sample: Iterable[str], known: Collection[str] = ()) -> SkillLists:
    """Look at some cells of a file, and at the labels the directory knows."""
    cells = [cell for cell in sample if cell]
    pieces = [(piece, len(found) > 1) for found in map(strong_pieces, cells) for piece in found]
    rough = [piece[a:b].strip() for piece, _ in pieces for a, b in cut(piece)[0]]
    lists = SkillLists(styles_of(rough))
    lists.whole.update(map(key, known))
    for piece, beside in pieces:
        _count(lists, piece, beside)
    return lists


def _count(lists: SkillLists, piece: str, beside: bool) -> None:
    spans, _ = cut(piece)
    label, level = split_level(piece.strip(), lists.styles)
    if len(spans) == 1:
        lists.alone[key(label)] += 1
        return
    texts = [piece[first:last].strip() for first, last in spans]
    parted = [split_level(text, lists.styles) for text in texts]
    for part, _ in parted:
        lists.alone[key(part)] += 1
    for start in range(len(spans)):
        for end in range(start + 2, min(len(spans), start + MOST_JOINED) + 1):
            if any(told is not None for _, told in parted[start : end - 1]):
                break
            run = split_level(piece[spans[start][0] : spans[end - 1][1]].strip(), lists.styles)[0]
            lists.together[key(run)] += 1
    lists.between[key(label)] += beside
    if beside and level is not None and len(spans) == 2 and parted[0][1] is None:
        lists.whole.add(key(label))
