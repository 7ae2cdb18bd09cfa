"""How well somebody knows something, in words, numbers, ticks and stars; and one skill with its level.

Levels are those of the Government Digital and Data framework: 1 awareness, 2 working, 3 practitioner, 4 expert.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date

from directory import cells
from directory.cells import BadCell
from directory.dates import parse
from directory.rows import WrittenSkill

WORDS = {
    "awareness": 1, "aware": 1, "basic": 1, "basics": 1, "beginner": 1, "foundation": 1, "novice": 1, "learning": 1,
    "basic awareness": 1, "basic knowledge": 1, "entry": 1,
    "working": 2, "working knowledge": 2, "working level": 2, "intermediate": 2, "competent": 2,
    "practitioner": 3, "advanced": 3, "proficient": 3, "experienced": 3,
    "expert": 4, "specialist": 4, "mastery": 4,
}  # fmt: skip
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
HOLLOW = "☆○◯□-–"
_TICKED = r"[✓✔☑✅★⭐●⬤■]{1,5}\ufe0f?[☆○◯□]{0,4}|\*{1,5}|\+{2,4}"
_OF = r"(?:\s*/\s*[45]| of [45]| out of [45])?"

# Behind or before the label, whatever file it is: "QGIS (3)", "QGIS [3/4]", "QGIS: 3", "QGIS - expert", "Expert: QGIS".
_INSIDE = (
    rf"(?:level |lvl |lev\.? )?(?P<in>\d){_OF}(?: ?[-–:] ?(?:{_WORD}))?"
    rf"|(?P<inword>{_WORD})(?: ?[-–:(]? ?\d\)?)?|(?P<inticks>{_TICKED})"
)
BEHIND = re.compile(
    rf"(?P<label>.*\S)\s*(?:[(\[{{]\s*(?:{_INSIDE})\s*[)\]}}]"
    rf"|(?:\s*[:=]|\s[-–—]|\s*->|\s*→)\s*(?:level |lvl |L)?(?P<after>\d{_OF}|{_WORD}|{_TICKED})"
    rf"|\s+(?P<ticks>{_TICKED}))",
    re.IGNORECASE,
)
BEFORE = re.compile(
    rf"(?:[(\[]\s*(?P<in>\d|{_WORD})\s*[)\]]|(?P<word>{_WORD})\s*(?:[:=]|\s[-–—])|(?P<digit>[1-4])\s*(?:[:=]|\s?[-–—](?=\s)))"
    r"\s*(?P<label>\S.*)",
    re.IGNORECASE,
)
# Only where the file as a whole writes levels so: "(L2)" may be part of a name, and so may "level 3" or a bare digit.
LOOSE = {
    "marked": re.compile(r"(?P<label>.*\S)\s*\(\s*L(?P<level>\d)\s*\)", re.IGNORECASE),
    "named": re.compile(r"(?P<label>.*\S)\s*[,\-–]?\s+(?:level|lvl|lev)\.?\s*(?P<level>\d)", re.IGNORECASE),
    "short": re.compile(r"(?P<label>.*\S)\s*[,\-–]?\s+L(?P<level>\d)", re.IGNORECASE),
    "bare": re.compile(r"(?P<label>.*[^\W\d]\S*)\s+(?P<level>[1-4])", re.IGNORECASE),
    "word": re.compile(rf"(?P<label>.*\S)\s+(?P<level>{_WORD})", re.IGNORECASE),
}
STYLE_SHARE = 0.3  # of the skills of a file, from which on a loose way of writing is taken for its levels
EXPIRES = re.compile(
    r"\b(?:expir(?:es|ed|y)|exp|valid (?:until|to)|until)\b[.:]?\s*(?P<when>\d[\d/.\-]*(?: [a-z]+ \d+)?)", re.IGNORECASE
)
ONLY_LEVEL = re.compile(rf"(?:level |lvl |L)?[1-4](?:\s*/\s*[45])?|{_WORD}|{_TICKED}", re.IGNORECASE)

# What a cell holds where a column is a skill.
HAS = frozenset("yes y true t x ✓ ✔ ☑ ✅ • ● tick ticked trained qualified".split())
HAS_NOT = cells.NOTHING | cells.NO | frozenset("0 ○ ☐ none no- not untrained".split())

Styles = Collection[str]


def number_of(written: str) -> int | None:
    """The number a level stands for, not yet between 1 and 4; None for what is no level. A single tick is none."""
    value = " ".join(written.split()).casefold()
    if value in WORDS:
        return WORDS[value]
    if found := re.search(r"\d", value):
        return int(found[0])
    full = sum(value.count(mark) for mark in "✓✔☑✅*★⭐●⬤■+")
    return full if full > 1 or any(mark in value for mark in HOLLOW) or "★" in value else None


def styles_of(items: Sequence[str]) -> frozenset[str]:
    """Which loose ways of writing a level this file uses, from its skills as written."""
    plain = [item for item in items if item and not BEHIND.fullmatch(item)]
    found = set()
    for style, shape in LOOSE.items():
        if sum(shape.fullmatch(item) is not None for item in plain) > STYLE_SHARE * max(len(items), 1):
            found.add(style)
    if sum(bool(re.fullmatch(rf".*\s(?:{_TICKED})", item)) for item in items) and any(
        re.search(r"[✓✔★⭐●*]{2}", item) for item in items
    ):
        found.add("ticks")
    return frozenset(found)


def split_level(item: str, styles: Styles = ()) -> tuple[str, str | None]:
    """The label, and the level as written behind or before it; None where there is none."""
    if found := BEHIND.fullmatch(item):
        groups = ("in", "inword", "inticks", "after", "ticks")
        return found["label"].rstrip(" -–—:,"), next(filter(None, map(found.__getitem__, groups)))
    for style, shape in LOOSE.items():
        if style in styles and (found := shape.fullmatch(item)):
            return found["label"].rstrip(" -–—:,"), found["level"]
    if found := BEFORE.fullmatch(item):
        return found["label"], found["in"] or found["word"] or found["digit"]
    return item, None


def skill(item: str, styles: Styles = ()) -> WrittenSkill | None:
    """One skill with its level: "QGIS (3)", "QGIS: expert". Raises `BadCell` (`bad_level`, `too_long`)."""
    written = cells.text(item)
    if written is None or written.casefold() in cells.NOTHING:
        return None
    label, told = split_level(written, styles)
    level = None
    if told is not None:
        level = number_of(told)
        if level is None and "ticks" in styles:
            level = 1
        if level is not None and not 1 <= level <= 4:
            raise BadCell("bad_level", {"skill": label})
    return WrittenSkill(label, level, expiry(label))


def expiry(label: str) -> date | None:
    """When a skill runs out: "First aid at work - expires 2027" at the end of that year."""
    found = EXPIRES.search(label)
    if not found:
        return None
    when = found["when"].strip(" -/.")
    return parse(f"31/12/{when}" if len(when) == 4 else when)  # "expires 3 years after training" is no date


def of_cell(cell: str) -> tuple[bool, int | None]:
    """Whether somebody has the skill of a column, and how well. Raises `BadCell` (`bad_level`, or `no_tick`)."""
    value = " ".join(cell.split()).casefold()
    if not value or value in HAS_NOT:
        return False, None
    if value in HAS:
        return True, None
    if ONLY_LEVEL.fullmatch(value) or re.fullmatch(r"\d(?:\.0)?", value):
        level = number_of(value)
        if level is not None and not 0 <= level <= 4:
            raise BadCell("bad_level", {"skill": ""})
        return level != 0, level
    if found := BEHIND.fullmatch(f"x {value}"):
        return True, number_of(next(filter(None, map(found.__getitem__, ("in", "inword", "after", "ticks"))), ""))
    raise BadCell("no_tick")
