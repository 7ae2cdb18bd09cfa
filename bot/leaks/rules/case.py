"""References of cases about people: social care, housing, courts, crime, complaints."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict

_SHAPE = (
    r"(?:[A-Z]{1,6}[/ .-]?[0-9]{2,10}(?:[/-][A-Z0-9]{1,10}){0,3}|[0-9]{2,6}[/-][0-9]{2,9}(?:[/-][0-9A-Z]{1,6}){0,2}"
    r"|[A-Z]{2,8}(?:[/-][A-Z]{1,5}){0,2}[/-][0-9]{2,10}(?:[/-][0-9A-Z]{1,8}){0,2}"
    r"|[0-9]{5,10}|[A-Z]{2}[0-9]{2}[A-Z][0-9]{5})"
)
_REFERENCE = re.compile(rf"(?<![\w£/.@#-])#?(?P<ref>{_SHAPE})(?![\w])(?![/.-]\w)(?!,[0-9]{{3}})")
_FAMILY_COURT = re.compile(r"[A-Z]{2}[0-9]{2}[CPFZ][0-9]{5}")
_CASES = (
    "case", "case number", "case no", "case ref", "case reference", "social care", "social services",
    "children's services", "adult services",
    "homelessness application", "homeless application", "housing application", "housing register",
    "housing register number", "care order",
    "family court", "safeguarding", "mosaic", "mosaic id", "lcs", "lcs number", "liquidlogic", "mash", "lado",
    "referral", "complaint", "complaint ref",
    "stage 2 complaint", "grievance", "disciplinary", "claim", "claim ref", "claim number", "benefit claim",
    "client id", "client ref", "client number", "person id",
    "tenancy ref", "tenancy number", "rent account", "service user", "ehcp", "ehc plan", "court of protection",
    "care proceedings", "adoption", "placement",
    "achos", "rhif achos", "atgyfeiriad", "employee number", "payroll number", "staff number", "blue badge",
)  # fmt: skip
_CRIME = (
    "crime reference",
    "crime ref",
    "crime number",
    "crime no",
    "custody record",
    "log number",
    "occurrence",
    "urn",
    "rhif trosedd",
)
_VICTIM = (
    "victim", "suspect", "complainant", "witness", "tenant", "resident", "lady", "woman", "girl", "boy", "son",
    "daughter", "mother", "mum", "address",
    "arrested", "charged", "assault", "domestic", "harassment", "restraining order",
)  # fmt: skip
_PUBLIC = (
    "planning", "application for", "premises", "licence", "licensing", "tro", "traffic", "foi",
    "freedom of information", "appeal", "tender", "contract", "notice",
    "tpo", "enforcement notice", "isbn", "object", "accession", "photograph", "grid ref", "item", "agenda", "minute",
    "order no", "version", "charity",
    "registered charity", "company", "vat", "code", "voucher", "ticket", "raffle", "flight", "bus", "route", "room",
    "model", "unit", "policy", "act",
    "regulation", "regulations", "job ref", "vacancy ref", "vacancy", "post ref", "job", "petition", "consultation",
    "road", "scheme", "for example",
    "e.g.", "such as", "looks like", "population", "visitors", "people", "cases of", "cynllunio", "trwydded", "tel",
    "phone", "call on",
)  # fmt: skip


def _judge_reference(candidate: Candidate) -> Verdict | None:
    written = candidate.match["ref"]
    value = written.casefold()
    skip = candidate.match.start("ref") - candidate.match.start()
    contacts = candidate.reading.contacts
    if contacts.is_public_reference(written):
        return None
    if contacts.is_case_reference(written):
        return Verdict(Severity.HIGH, "case_reference", value, skip=skip)
    if _FAMILY_COURT.fullmatch(written) and not candidate.near(("isbn", "code"), 20, 10):
        return Verdict(Severity.HIGH, "case_reference", value, skip=skip)
    plain_number = written.isdigit()
    if candidate.near(_CRIME, 30, 6):
        return Verdict(Severity.HIGH, "case_reference", value, skip=skip) if candidate.near(_VICTIM, 160, 110) else None
    reach = 24 if plain_number else 48
    if not candidate.near(_CASES, reach, 0 if plain_number else 22):
        return None
    if candidate.lowered() and not candidate.near(
        ("social care", "family court", "safeguarding", "homelessness application", "care order", "mosaic", "lcs"),
        60,
        30,
    ):
        return None
    if plain_number and not candidate.near(("ref", "reference", "number", "no", "id", "case", "rhif", "cyf"), 14, 0):
        return None
    if re.fullmatch(
        r"(?:19|20)[0-9]{2}(?:[/-][0-9]{2,4})?|[A-Z] ?[0-9]{1,3}|[0-9]{1,2}[/-][0-9]{1,2}(?:[/-][0-9]{2,4})?|COVID.?19"
        r"|S(?:ection)? ?[0-9]{2}",
        written,
    ):
        return None
    return Verdict(Severity.HIGH, "case_reference", value, skip=skip)


CASE_REFERENCE = PatternRule(
    id="case-reference",
    label="CASE_REF",
    severity=Severity.HIGH,
    summary="A reference beside words of social care, homelessness, family courts, complaints or personnel; numbers of "
            "the family "
    "court; a crime reference beside a victim or suspect; and the council's own patterns. Planning, licensing, traffic "
    "orders, "
    "freedom of information and the patterns the council names as public are none.",
    source="HM Courts and Tribunals Service, family case numbers; the council's own patterns",
    pattern=_REFERENCE,
    judge=_judge_reference,
    needs="0123456789",
    reasons=("case_reference",),
    replacement="[case reference removed]",
    cues=Cues(up=_CASES, down=_PUBLIC),
    must=(
        Example("It is with Children's Social Care under CSC/24/007719.", Severity.HIGH),
        Example("the lady on homelessness application HOM-0031864", Severity.HIGH),
        Example("Great result today, XX24C50187!", Severity.HIGH),
        Example("quote crime reference 42/88317/24. The victim is the tenant.", Severity.HIGH),
        Example("Mosaic ID 1234567 has a new social worker", Severity.HIGH),
    ),
    must_not=(
        "Application 24/01187/FUL goes to committee", "TRO 2024/17: no waiting", "FOI-8812 asked how many",
        "quote incident 388 of 9 June",
        "Vacancy: case worker, ref JOB-0042", "1,204 complaints in 2024/25",
        "Witnesses? Quote crime reference 42/88317/24.",
    ),
)  # fmt: skip

RULES = (CASE_REFERENCE,)
