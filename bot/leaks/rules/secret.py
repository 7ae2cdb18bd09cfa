"""Things no reader was meant to see: private keys, and characters that are written but not shown."""

import re
import unicodedata

from bot.leaks.disguises import ENCODED, reads
from bot.leaks.findings import Severity
from bot.leaks.lookalikes import TWINS
from bot.leaks.normalise import HIDDEN_CHARACTERS
from bot.leaks.rules.base import Candidate, Example, PatternRule, Verdict

_KEY_NAME = r"(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?"
_KEY_PATTERN = re.compile(
    rf"-{{4,5}} ?BEGIN {_KEY_NAME} ?-{{4,5}}"
    # To its end; of a key that is cut off, the lines of base64 that follow.
    rf"(?:(?:[^-]|-(?!---)){{0,10000}}+-{{4,5}} ?END {_KEY_NAME} ?-{{4,5}}"
    r"|(?:(?:\s|\\n){1,4}[A-Za-z0-9+/=]{16,80}){0,400})"
)


def _judge_key(candidate: Candidate) -> Verdict:
    return Verdict(Severity.CRITICAL, "private_key", " ".join(candidate.value.split()))


PRIVATE_KEY = PatternRule(
    id="private-key",
    label="SECRET",
    severity=Severity.CRITICAL,
    summary="A block that begins as a private key does, to its end, or the part of it that is there.",
    source="RFC 7468, sections 10 and 11; RFC 4716; RFC 9580, section 6.2",
    pattern=_KEY_PATTERN,
    judge=_judge_key,
    reasons=("private_key",),
    replacement="[private key removed]",
    must=(
        Example("-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5IGF0IGFsbA==\n-----END PRIVATE KEY-----", Severity.CRITICAL),
        Example("see -----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5IGF0IGFsbA== and", Severity.CRITICAL),
        Example("-----BEGIN PGP PRIVATE KEY BLOCK-----", Severity.CRITICAL),
        Example("-----BEGIN OPENSSH PRIVATE KEY----- bm90IGEga2V5IGF0IGFsbA==", Severity.CRITICAL),
    ),
    must_not=(
        "-----BEGIN PUBLIC KEY-----\nbm90IGEga2V5IGF0IGFsbA==\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "The private key to the allotments hangs by the door.",
    ),
)


_WAVING_BLACK_FLAG = "\U0001f3f4"
_CANCEL_TAG = "\U000e007f"
_HIDDEN_PATTERN = re.compile(
    rf"{_WAVING_BLACK_FLAG}[\U000e0020-\U000e007e]{{2,8}}{_CANCEL_TAG}|[{HIDDEN_CHARACTERS}]++"
)
# The three flags recommended for general interchange (Unicode Technical Standard 51, annex C).
_NATIONS = frozenset(
    _WAVING_BLACK_FLAG + "".join(chr(0xE0000 + ord(sign)) for sign in code) + _CANCEL_TAG
    for code in ("gbeng", "gbsct", "gbwls")
)
_TAG = re.compile("[\U000e0000-\U000e007f]")
# They turn the order of what is shown around, so that a reader sees another text than a machine does.
_OVERRIDE = re.compile("[\u202d\u202e]")
_SOFT_HYPHEN = "\u00ad"
# Latin, Greek and Cyrillic need no hidden signs between letters; scripts beyond do, to join or to break.
_LAST_PLAIN_LETTER = "\u052f"


def _judge_hidden(candidate: Candidate) -> Verdict | None:
    run = candidate.value
    if run in _NATIONS:
        return None
    if not (_TAG.search(run) or _OVERRIDE.search(run) or _splits_a_word(candidate)):
        return None
    shown = "U+E0000 to U+E007F" if _TAG.search(run) else f"U+{ord(run[0]):04X}"
    count = str(len(run))
    return Verdict(Severity.MEDIUM, "hidden_text", run, {"count": count}, excerpt=f"{shown} × {count}")


def _splits_a_word(candidate: Candidate) -> bool:
    sides = (candidate.before(1), candidate.after(1))
    if not all(_is_plain(side) for side in sides):
        return False
    # Word processors leave soft hyphens in copied words, but never in numbers.
    return candidate.value.strip(_SOFT_HYPHEN) != "" or any(side.isdigit() for side in sides)


def _is_plain(sign: str) -> bool:
    if sign.isascii():
        return sign.isalnum()
    folded = unicodedata.normalize("NFKC", sign)[:1]
    return folded.isalnum() and (folded <= _LAST_PLAIN_LETTER or folded.isdigit())


HIDDEN_TEXT = PatternRule(
    id="hidden-text",
    label="HIDDEN_TEXT",
    severity=Severity.MEDIUM,
    summary="A character nobody sees between two letters or digits; tag characters outside the flags of England, "
    "Scotland and Wales; and marks that reverse the order of reading. Joiners and selectors of emoji are none.",
    source="The Unicode Standard 15, general category Cf; Unicode Technical Standard 51",
    pattern=_HIDDEN_PATTERN,
    judge=_judge_hidden,
    reasons=("hidden_text",),
    replacement="",
    as_given=True,
    must=(
        Example("pass\u200bword", Severity.MEDIUM),
        Example("07700 9\u20600\u200d0123", Severity.MEDIUM),
        Example("12\u00ad34", Severity.MEDIUM),
        Example("Hello\U000e0068\U000e0069", Severity.MEDIUM),
        Example("\u202eabc", Severity.MEDIUM),
        Example("\U0001f3f4\U000e0064\U000e0065\U000e007f", Severity.MEDIUM),
    ),
    must_not=(
        "Family day \U0001f468\u200d\U0001f469\u200d\U0001f467 and \u2764\ufe0f",
        "Come on \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f!",
        "Press 1\ufe0f\u20e3 for bins",
        "infor\u00admation",
        "\ufeffWelcome",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "a \u200b b",
    ),
)


_MIXED_WORD = re.compile(r"[^\W\d_]{2,60}")
_SCRIPTS = re.compile("(?P<latin>[A-Za-z])|(?P<other>[\u0370-\u03ff\u0400-\u052f\u0531-\u0587])")


def _judge_scripts(candidate: Candidate) -> Verdict | None:
    scripts = {match.lastgroup for match in _SCRIPTS.finditer(candidate.value)}
    other = next((sign for sign in candidate.value if ord(sign) > _LAST_LATIN and ord(sign) in TWINS), None)
    if other is None or len(scripts) < 2:
        return None
    return Verdict(Severity.MEDIUM, "mixed_scripts", candidate.value, {"sign": f"U+{ord(other):04X}"})


_LAST_LATIN = 0x24F

MIXED_SCRIPTS = PatternRule(
    id="mixed-scripts",
    label="HIDDEN_TEXT",
    severity=Severity.MEDIUM,
    summary="A word in which letters of another script stand among Latin ones that they cannot be told from.",
    source="Unicode Technical Standard 39, mixed-script detection",
    pattern=_MIXED_WORD,
    judge=_judge_scripts,
    reasons=("mixed_scripts",),
    replacement="[disguised word removed]",
    as_given=True,
    must=(Example("\u041eFFI\u0421IAL business", Severity.MEDIUM), Example("p\u0430ssword", Severity.MEDIUM)),
    must_not=("\u041f\u0440\u0438\u0432\u0456\u0442, neighbours", "5 \u03bcg a day", "caf\u00e9", "naïve"),
)


def _judge_encoded(candidate: Candidate) -> Verdict | None:
    return Verdict(Severity.HIGH, "encoded_text", candidate.value) if reads(candidate.value) else None


ENCODED_TEXT = PatternRule(
    id="encoded-text",
    label="HIDDEN_TEXT",
    severity=Severity.HIGH,
    summary="Letters and figures that are base64 of words or long numbers. Addresses of pages and keys are none.",
    source="RFC 4648, section 4",
    pattern=ENCODED,
    judge=_judge_encoded,
    reasons=("encoded_text",),
    replacement="[encoded text removed]",
    must=(Example("Ignore bGVhaCB0ZWwgMDc3MDAgOTAwNDE4 please", Severity.HIGH),),
    must_not=("internationalisation", "https://example.org/bGVhaCB0ZWwgMDc3MDAgOTAwNDE4", "QUJDQUJDQUJDQUJDQUJDQUJD"),
)

RULES = (PRIVATE_KEY, HIDDEN_TEXT, MIXED_SCRIPTS, ENCODED_TEXT)
