"""Figures of business that would spoil a deal: bids, scores, limits, before they are public."""

import re
from collections.abc import Iterator

from bot.leaks.findings import Severity
from bot.leaks.reading import Reading
from bot.leaks.rules.base import ContextRule, Example, Found, Sighting

_FIGURE = re.compile(
    r"[£€$]\s?[0-9][0-9,.]*\s?(?:m|k|bn|million|thousand)?\b|\b[0-9]{1,3}(?:\.[0-9])?\s?(?:%|per cent|points|out of|to "
    r"[A-Z])|\b[0-9]{2}\s(?:to|for)\s[A-Z]\w+",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"cheapest|lowest bid|highest bid|bidder|scores? (?:are|is|so far|close)|evaluation score|ceiling|walk away"
    r"|reserve price|our (?:limit|maximum|opening offer|offer)|most we|"
    r"owner's agent|open at|have bid|has bid|if pushed|they've offered|go to £|preferred bidder|bids in|shortlisted"
    r"|best and final|standstill|margin|day rate"
    r"|undercut|settle for|sealed bid|counter offer|heads of terms",
    re.IGNORECASE,
)
_PUBLIC = frozenset({"done", "jobs", "scam", "heritage"})
_BUYING = re.compile(
    r"\b(?:firms?|bid(?:s|der|ders)?|tenders?|suppliers?|contracts?|shortlisted|agent|offers?|ceiling|quoted)\b|£",
    re.IGNORECASE,
)


def _look(reading: Reading, found: Found) -> Iterator[Sighting]:
    del found
    last = reading.words[-1].sentence if reading.words else -1
    for sentence in range(last + 1):
        start, end = reading.bounds(sentence)
        deals = reading.heard(lambda tag: tag == "deal+", start, end)
        if not deals:
            continue
        figure = _FIGURE.search(reading.text, start, end)
        strong = _STRONG.search(reading.text, start, end)
        buying = _BUYING.search(reading.text, start, end) is not None
        if not buying or figure is None or reading.hears(_PUBLIC, start, end) or (strong is None and len(deals) < 2):
            continue
        words = reading.words
        first = min(figure.start(), words[deals[0].first].start)
        yield Sighting(first, end, Severity.HIGH, "deal", ("figure", "matter"))


COMMERCIAL = ContextRule(
    id="commercial",
    label="COMMERCIAL",
    severity=Severity.HIGH,
    summary="A figure joined to bids, scores, limits or offers in a sentence that does not say they were published or "
    "awarded.",
    source="Local Government Act 1972, Schedule 12A, paragraph 3; Procurement Act 2023, section 94",
    look=_look,
    reasons=("deal",),
    replacement="[commercial figures removed]",
    must=(
        Example("Three bids in and Aquavale are cheapest at £4.12m.", Severity.HIGH),
        Example("To the two firms: scores are close, 71 to Greenline, 69 to Hollis.", Severity.HIGH),
        Example("Our ceiling is £610k and the owner's agent has no idea.", Severity.HIGH),
    ),
    must_not=(
        "Contract awarded: Hollis will look after our parks, £1.86m over four years.",
        "Tender open: roof of the hall, estimated value £240,000. Bids by noon.",
        "We spent £4,112 on postage.",
    ),
)

RULES = (COMMERCIAL,)
