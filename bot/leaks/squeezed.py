"""Words as a reader of pictures gives them: without the spaces between them."""

import re

from bot.leaks.context import NO_CONTACTS, Contacts
from bot.leaks.findings import Finding
from bot.leaks.scan import fingerprint, scan

# Where a space was: between a small letter and a capital, a letter and a digit, and behind a colon.
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=:)(?=\S)")
# Names of identifiers of which small letters alone are left; the space tells rules that hear words what they hear.
_NAMES = """
nhs no|nhs number|ni no|ni number|national insurance|insurance number|sort code|account number|account no|
date of birth|card number|card no|passport number|passport no|driving licence|hospital number|my mobile|my number
""".replace("\n", "").split("|")
_NAMED = re.compile("|".join(name.replace(" ", " ?") for name in sorted(_NAMES, key=len, reverse=True)), re.IGNORECASE)
_SPACED = {name.replace(" ", ""): name for name in _NAMES}
_KEY = b"one reading, two spacings"


def spaced(text: str) -> str:
    """The text with spaces where they most likely were: "NHSNo:9990104727" is "NHS No: 9990104727"."""
    named = _NAMED.sub(lambda match: f" {_as_written(match.group())} ", text)
    return re.sub(" {2,}", " ", _SEAM.sub(" ", named))


def _as_written(name: str) -> str:
    """A name of an identifier with its spaces, in the letters that it was written in."""
    letters = iter(name.replace(" ", ""))
    known = _SPACED[name.replace(" ", "").lower()]
    return "".join(" " if sign == " " else next(letters) for sign in known)


def scan_squeezed(text: str, contacts: Contacts = NO_CONTACTS) -> tuple[Finding, ...]:
    """Findings in words without spaces, as they stand and with spaces put in; a value is told once, as its gravest.

    Where a finding stands is counted in one or the other, so `start` and `end` are for nobody to read.
    """
    best: dict[str, Finding] = {}
    for copy in (spaced(text), text):
        for finding in scan(copy, contacts).findings:
            value = fingerprint(finding, copy, _KEY)
            if value not in best or best[value].severity.rank < finding.severity.rank:
                best[value] = finding
    return tuple(best.values())
