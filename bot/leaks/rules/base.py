"""What a rule is made of: a pattern finds candidates, a judge checks each and says how grave it is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.leaks.findings import Severity

NEAR_BEFORE = 60
"""How many characters before a candidate its cues are looked for."""
NEAR_AFTER = 30
"""How many characters after it."""


@lru_cache(maxsize=256)
def phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of these words or phrases, whole, in any case, however spaced."""
    spelled = (r"[\W_]{0,3}".join(map(re.escape, phrase.split())) for phrase in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelled)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cues:
    """Words beside a value that say what it is: by name, more likely, or something else."""

    named: tuple[str, ...] = ()
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a rule's pattern matched, and the text around it."""

    match: re.Match[str] = field(repr=False)
    cues: Cues

    @property
    def value(self) -> str:
        """What the pattern matched."""
        return self.match.group()

    def before(self, reach: int) -> str:
        """Up to `reach` characters that stand before it."""
        start = self.match.start()
        return self.match.string[max(0, start - reach) : start]

    def after(self, reach: int) -> str:
        """Up to `reach` characters that stand after it."""
        end = self.match.end()
        return self.match.string[end : end + reach]

    def named(self) -> bool:
        """Whether it is called by its name close by ("NHS number: ...")."""
        return self._hears(self.cues.named, NEAR_BEFORE // 2, NEAR_AFTER)

    def raised(self) -> bool:
        """Whether words near it make it more likely."""
        return self._hears(self.cues.up, NEAR_BEFORE, NEAR_AFTER)

    def lowered(self) -> bool:
        """Whether words near it say it is something else."""
        return self._hears(self.cues.down, NEAR_BEFORE, NEAR_AFTER // 2)

    def _hears(self, words: tuple[str, ...], before: int, after: int) -> bool:
        if not words:
            return False
        pattern = phrases(words)
        return bool(pattern.search(self.before(before)) or pattern.search(self.after(after)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A candidate is a finding: how grave, for which reason, and its value in the form that is compared."""

    severity: Severity
    reason: str
    value: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """How many characters of the match belong to it; all when None."""
    excerpt: str | None = None
    """What may be shown of it, where stars would tell nothing; the value masked when None."""


Judge = Callable[[Candidate], Verdict | None]


@dataclass(frozen=True, slots=True)
class Example:
    """A text a rule must find, and how grave it must find it."""

    text: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of leak. `pattern` must be linear: every repetition bounded or unable to give back."""

    id: str
    label: str
    severity: Severity
    """The gravest verdict it gives."""
    summary: str
    """What it looks for and how it decides, in a sentence or two for the reference page."""
    source: str
    """The standard or page that its figures come from."""
    pattern: re.Pattern[str]
    judge: Judge
    reasons: tuple[str, ...]
    """Every reason it may give; each has a sentence `leaks.reason.<reason>`."""
    replacement: str
    """What stands in the redacted text instead of the value."""
    must: tuple[Example, ...]
    must_not: tuple[str, ...]
    cues: Cues = Cues()
    as_given: bool = False
    """Whether it reads the text as given and not the plain copy."""
