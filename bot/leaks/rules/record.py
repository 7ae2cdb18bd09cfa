"""Whether a value stands among other details of one person, as in a row of a table that was pasted."""

import re

from bot.leaks.rules.base import Candidate

_REACH = 400
# What only a record of somebody holds.
_HARD = re.compile(
    r"(?P<nino>(?<!\w)[A-CEGHJ-PR-TW-Z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D](?!\w))"
    r"|(?P<sort>(?<![0-9-])[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9-])|\bsort[ _]?code\b[\s\"':=#]{0,6}(?:is )?[0-9])"
    r"|(?P<born>\b(?:d\.?o\.?b\.?|date[ _]of[ _]birth)[\s\"':=#]{1,6}[0-9])"
    r"|(?P<iban>(?<!\w)[A-Z]{2}[0-9]{2} ?[A-Z]{4} ?[0-9]{4})"
    r"|(?P<card>(?<![0-9])(?:[0-9]{4}[ -]?){3}[0-9]{4}(?![0-9]))",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<!\w)(?:full ?|first ?|last ?|sur|customer |client |tenant |resident )?name[\"']?\s?[:="
    r"|]",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?<!\w)(?:e-?mail|phone|mobile|tel(?:ephone)?|address|postcode|nhs|account)\b[\"']?(?: no\.?| "
    r"number)?\s?[:=|]",
    re.IGNORECASE,
)


def in_a_record(candidate: Candidate) -> bool:
    """Whether a National Insurance number, bank details, a date of birth, or a field for the name stand near it."""
    string = candidate.match.string
    start, end = candidate.match.span()
    before, after = string[max(0, start - _REACH) : start], string[end : end + _REACH]
    if _HARD.search(before) or _HARD.search(after):
        return True
    around = before + " " + after
    return _NAME.search(around) is not None and _FIELD.search(around) is not None
