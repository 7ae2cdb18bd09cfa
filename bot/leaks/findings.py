"""What a scan finds: how grave, where, why, and what could stand there instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What a finding does to an announcement: stop it, ask about it, mention it, or nothing."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"
    CLEAR = "clear"


class Severity(StrEnum):
    """How grave a finding is; what each needs before publishing is ruled by the protocol."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    NOTE = "note"

    @property
    def level(self) -> Level:
        """What it does: critical blocks, high and medium warn, a note is mentioned."""
        return _LEVELS[self]

    @property
    def rank(self) -> int:
        """Its place in order of gravity: 0 for a note to 3 for critical."""
        return _RANKS[self]

    @property
    def stops(self) -> bool:
        """Whether somebody has to do something about it; false for a note."""
        return self is not Severity.NOTE


_LEVELS = {
    Severity.CRITICAL: Level.BLOCK,
    Severity.HIGH: Level.WARN,
    Severity.MEDIUM: Level.WARN,
    Severity.NOTE: Level.NOTE,
}
_RANKS = {Severity.NOTE: 0, Severity.MEDIUM: 1, Severity.HIGH: 2, Severity.CRITICAL: 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a text that should not be published as it stands. It never holds the value itself."""

    start: int
    """First character, counted in the text as given."""
    end: int
    """One past the last character."""
    label: str
    """What kind of thing it is, such as `NHS_NUMBER`; for people `leaks.label.*` in the wording."""
    severity: Severity
    rule: str
    """The rule that found it, such as `nhs-number`."""
    reason_code: str
    """The sentence that says why, such as `leaks.reason.nhs_number`, filled in with `params`."""
    params: Mapping[str, str] = field(hash=False)
    excerpt: str
    """The value masked: its shape and at most its last two characters."""
    suggestion: str
    """What stands in its place in the redacted text."""
    cues: tuple[str, ...] = ()
    """What counted for it or against it, as codes: `leaks.cue.<code>`. Never words of the text."""

    @property
    def level(self) -> Level:
        """What it does to the announcement."""
        return self.severity.level


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All findings in a text, in its order, and the text with those that stop it taken out."""

    findings: tuple[Finding, ...]
    level: Level
    redacted: str = field(repr=False)
    """The text without what blocks or warns; notes stay as they are."""
    digest: str
    """SHA-256 in hex of the rules and the contacts that were used: the same digest judges alike."""


def worst(findings: tuple[Finding, ...]) -> Level:
    """The gravest level among findings; clear when there are none."""
    if not findings:
        return Level.CLEAR
    return max(findings, key=lambda finding: finding.severity.rank).level


_SHOWN = 2
# A value as short as this would be half told by its last two characters.
_SHORTEST_WITH_END = 8
_LONGEST_EXCERPT = 32
_SHAPE = frozenset(" -.,@+()/:")


def mask(value: str) -> str:
    """A value with its letters and digits starred out: shape, and the last two characters of long ones."""
    signs = sum(1 for letter in value if letter.isalnum())
    hidden = signs - _SHOWN if signs >= _SHORTEST_WITH_END else signs
    masked: list[str] = []
    for letter in value:
        if letter.isalnum():
            masked.append("*" if hidden > 0 else letter)
            hidden -= 1
        else:
            masked.append(letter if letter in _SHAPE else " " if letter.isspace() else "*")
    shape = "".join(masked)
    if len(shape) <= _LONGEST_EXCERPT:
        return shape
    half = _LONGEST_EXCERPT // 2
    return f"{shape[:half]}…{shape[1 - half :]}"
