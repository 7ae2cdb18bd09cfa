"""What a rule is made of: something proposes a place in the text, and a judge says whether and how grave it is."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.leaks.findings import Severity
from bot.leaks.reading import Reading

NEAR_BEFORE = 60
"""How many characters before a candidate its cues are looked for."""
NEAR_AFTER = 30
"""How many characters after it."""
AROUND_ALONE = 6
"""How many letters and digits may stand beside a value that is the whole message."""


@lru_cache(maxsize=512)
def phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of these words or phrases, whole, in any case, however spaced."""
    spelled = (r"[\W_]{0,3}".join(map(re.escape, phrase.split())) for phrase in words)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(spelled)})(?![^\W_])", re.IGNORECASE)


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
    reading: Reading = field(repr=False)

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

    def near(self, words: tuple[str, ...], before: int = NEAR_BEFORE, after: int = NEAR_AFTER) -> bool:
        """Whether one of the words stands within so many characters of it."""
        return self._hears(words, before, after)

    def alone(self) -> bool:
        """Whether it is all there is in the text, or nearly."""
        string = self.match.string
        if len(string) > len(self.value) + 4 * AROUND_ALONE:
            return False
        outside = string[: self.match.start()] + string[self.match.end() :]
        return sum(sign.isalnum() for sign in outside) <= AROUND_ALONE

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
    skip: int = 0
    """How many characters at the head of the match are only its name."""


Judge = Callable[[Candidate], Verdict | None]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stretch of the text in which a context rule sees something about somebody."""

    start: int
    end: int
    severity: Severity
    reason: str
    cues: tuple[str, ...] = ()
    """Codes of what counted, `leaks.cue.<code>`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where something was found already, in the text as given, and whether it stops anything."""

    start: int
    end: int
    label: str
    stops: bool


Found = Sequence[Seen]
Look = Callable[[Reading, Found], Iterable[Sighting]]


@dataclass(frozen=True, slots=True)
class Example:
    """A text a rule must find, and how grave it must find it."""

    text: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of leak, as the reference page tells it."""

    id: str
    label: str
    severity: Severity
    """The gravest verdict it gives."""
    summary: str
    """What it looks for and how it decides, in a sentence or two for the reference page."""
    source: str
    """The standard or page that its figures come from."""
    reasons: tuple[str, ...]
    """Every reason it may give; each has a sentence `leaks.reason.<reason>`."""
    replacement: str
    """What stands in the redacted text instead of the value."""
    must: tuple[Example, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRule(Rule):
    """A value with a shape. `pattern` must be linear: every repetition bounded or unable to give back."""

    pattern: re.Pattern[str]
    judge: Judge
    cues: Cues = Cues()
    as_given: bool = False
    """Whether it reads the text as given and not the plain copy."""
    needs: str = ""
    """Signs of which one must be in the text for the pattern to match at all; any text when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRule(Rule):
    """Words that tell something about somebody, without a value that has a shape."""

    look: Look
