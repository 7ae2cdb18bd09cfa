"""Dates of birth."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd"
    r"|rhagfyr)"
)
_DATE = re.compile(
    rf"(?<![\w£/.-])(?:[0-9]{{1,2}}(?P<sign>[/.-])[0-9]{{1,2}}(?P=sign)(?:(?:18|19|20)[0-9]{{2}}|[0-9]{{2}})"
    rf"|(?:18|19|20)[0-9]{{2}}(?P<iso>[/.-])[0-9]{{1,2}}(?P=iso)[0-9]{{1,2}}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -](?:(?:18|19|20)[0-9]{{2}}|'?[0-9]{{2}}(?![:.0-9]))"
    rf"|{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?:18|19|20)[0-9]{{2}}"
    r"|[0-9]{2} [0-9]{2} (?:19|20)[0-9]{2})(?!\w)",
    re.IGNORECASE,
)
_LABELLED = ("dob", "d o b", "date of birth", "birth date", "birthdate", "dyddiad geni", "d.o.b")
_BORN = ("born", "born on", "birthday", "ganed", "ganwyd", "b")
_EVENT = (
    "opened", "opening", "established", "founded", "since", "expires", "valid", "event", "closes", "deadline", "built",
    "anniversary", "century", "plaque", "poet", "novelist", "suffragette", "founder", "bandstand",
)  # fmt: skip
# Nobody who was born before is likely to be alive (the oldest person known lived 122 years; few reach 105).
_OLDEST = re.compile(r"1[89][0-9]{2}")
_EARLIEST = 1918


def _judge_date(candidate: Candidate) -> Verdict | None:
    year = _OLDEST.search(candidate.value)
    if year and int(year.group()) < _EARLIEST:
        return None
    value = candidate.value.casefold()
    if candidate.near(_LABELLED, 30, 4):
        return Verdict(Severity.HIGH, "date_of_birth", value)
    if not (candidate.near(_BORN, 16, 0) or candidate.near(("is my birthday", "birthday"), 0, 22)):
        return None
    if candidate.lowered() and not candidate.reading.private_people(*candidate.match.span(), 80):
        return None
    return Verdict(Severity.HIGH, "date_of_birth", value)


DATE_OF_BIRTH = PatternRule(
    id="date-of-birth",
    label="DATE_OF_BIRTH",
    severity=Severity.HIGH,
    summary="A full date that is called a date of birth, or stands behind 'born', of somebody who may be alive. Dates "
            "of "
    "events, and births before 1918, are none.",
    source="ISO 8601 and the ways dates are written in the UK",
    pattern=_DATE,
    judge=_judge_date,
    needs="0123456789",
    reasons=("date_of_birth",),
    replacement="[date of birth removed]",
    cues=Cues(named=_LABELLED, up=_BORN, down=_EVENT),
    must=(
        Example("DOB 03/04/1985", Severity.HIGH),
        Example("Ama Example, born 2 February 1987, has not replied", Severity.HIGH),
        Example("date of birth: 1985-01-01", Severity.HIGH),
        Example("dyddiad geni 3 Mai 1990", Severity.HIGH),
        Example("1985-01-01 is my birthday.", Severity.HIGH),
    ),
    must_not=(
        "Octavia, born 3 December 1838, would agree", "Doors 18:30, 12/12/2025", "Born on 29 February? Come along",
        "The bandstand opened on 11 June 1954", "Consultation closes 3 May 2025",
    ),
)  # fmt: skip

RULES = (DATE_OF_BIRTH,)
