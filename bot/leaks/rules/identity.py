"""Numbers that identify one person: NHS number and National Insurance number."""

import re

from stdnum.gb import nhs

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict
from bot.leaks.values import compact, digits

# A dialling code before it makes the ten digits the rest of a telephone number.
_DIALLED = re.compile(r"(?:\+|(?<![0-9] )\b00(?=[1-9]))[0-9]{1,3}[ .()\-0]{0,5}\Z")
# Within an address of a page, or a hashtag, ten digits count things and not patients.
_IN_LINK = re.compile(r"[/=#&?]\Z")
_PRINTED = re.compile(r"[0-9]{3}[ .-]{1,2}[0-9]{3}[ .-]{1,2}[0-9]{4}")
_NHS_PATTERN = re.compile(
    r"(?<![\w+£$€@])(?<![0-9][.,-])"
    r"(?:[0-9]{3}[ .-]{1,2}[0-9]{3}[ .-]{1,2}[0-9]{4}"
    r"|[0-9]{10}"
    # In other groups the run must stand alone, so that a longer number is not cut to fit.
    r"|(?<![0-9] )[0-9](?:[ .-]{0,2}[0-9]){9}(?! ?[0-9]))"
    r"(?!\w)(?![.,-][0-9])"
)


# Called by another name it is for another rule.
_OTHER_NUMBER = ("chi", "chi number", "chi no", "uln", "utr")


def _judge_nhs(candidate: Candidate) -> Verdict | None:
    value = digits(candidate.value)
    before = candidate.before(10)
    if len(set(value)) == 1 or _DIALLED.search(before):
        return None
    if candidate.near(_OTHER_NUMBER, 24, 0) and not candidate.named():
        return None
    if not nhs.is_valid(value):
        return Verdict(Severity.MEDIUM, "nhs_number_typo", value) if candidate.named() else None
    if candidate.named():
        return Verdict(Severity.CRITICAL, "nhs_number", value)
    if _IN_LINK.search(before):
        return None
    if candidate.lowered():
        return Verdict(Severity.HIGH, "nhs_number_unsure", value) if candidate.raised() else None
    if (
        candidate.raised()
        or candidate.reading.private_people(*candidate.match.span(), 60)
        or _PRINTED.fullmatch(candidate.value)
    ):
        return Verdict(Severity.CRITICAL, "nhs_number", value)
    return Verdict(Severity.HIGH, "nhs_number_unsure", value) if candidate.value.isdigit() else None


NHS_NUMBER = PatternRule(
    id="nhs-number",
    label="NHS_NUMBER",
    severity=Severity.CRITICAL,
    summary="Ten digits whose last is the check digit of the first nine. Critical when it is named, when "
    "words of care stand near it, or when it is printed 3-3-4; high with nothing but the check digit (one "
    "number in eleven has it by chance); medium when it is called an NHS number and the digit is wrong.",
    source="NHS Data Model and Dictionary, NHS NUMBER (modulus 11)",
    pattern=_NHS_PATTERN,
    judge=_judge_nhs,
    needs="0123456789",
    reasons=("nhs_number", "nhs_number_unsure", "nhs_number_typo"),
    replacement="[NHS number removed]",
    cues=Cues(
        named=("nhs number", "nhs no", "nhs num", "nhs id", "nhs #", "rhif gig", "rhif y gig"),
        up=(
            "nhs",
            "patient",
            "patients",
            "patient's",
            "gp",
            "surgery",
            "ward",
            "clinic",
            "hospital",
            "referral",
            "referred",
            "discharged",
            "discharge",
            "diagnosis",
            "prescription",
            "claf",
            "meddyg",
            "ysbyty",
        ),
        down=(
            "isbn",
            "barcode",
            "meeting id",
            "zoom",
            "webinar",
            "raffle",
            "ticket",
            "tickets",
            "lottery",
            "winner",
            "winning",
            "tel",
            "telephone",
            "phone",
            "mobile",
            "call",
            "fax",
            "whatsapp",
            "ffôn",
            "invoice",
            "tracking",
            "parcel",
            "serial",
            "meter",
            "uprn",
            "charity",
            "votes",
            "population",
            "catalogue",
            "licence",
            "utr",
            "tax reference",
            "account",
            "sort code",
        ),
    ),
    must=(
        Example("Her NHS number is 999 000 0018.", Severity.CRITICAL),
        Example("NHS No: 9990000026", Severity.CRITICAL),
        Example("rhif GIG 999-000-0034", Severity.CRITICAL),
        Example("NHS number 99 90 00 00 42", Severity.CRITICAL),
        Example("Please contact the family of 999 000 0050 before noon", Severity.CRITICAL),
        Example("The patient (9990000069) was discharged.", Severity.CRITICAL),
        Example("Flat 12 999 000 0077 moved out", Severity.CRITICAL),
        Example("See 9990000085 for more.", Severity.HIGH),
        Example("NHS number: 999 000 0019", Severity.MEDIUM),
    ),
    must_not=(
        "See 9990000019 for more.",
        "ISBN 9990000018 is in the library from Monday.",
        "Raffle: first prize goes to 9990000026, well done!",
        "£9990000034 was spent on roads.",
        "Join on Zoom, meeting ID 999 000 0018",
        "Call +44 9990000042 or come in.",
        "https://example.org/event/9990000050",
        "The NHS has 1,500,000 staff in 10,000 places.",
        "000 000 0000",
        "99900000180 visitors",
    ),
)


# HMRC, National Insurance Manual NIM39110: letters that are not used, and prefixes that are not given out.
_PREFIX = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]")
# HMRC prints its specimens with QQ, which is never given out.
_SPECIMEN = "QQ"
_NINO_PATTERN = re.compile(
    r"(?<![\w@/])([A-Za-z]{2})((?:[\s.-]{0,2}[0-9]){6})(?:[\s.-]{0,2}([A-Da-d]))?(?![\w@])(?!-[0-9])"
)
_NINO_GROUPS = re.compile(r"[\s.-]{0,2}(?:[0-9]{6}|[0-9]{3}[\s.-]{1,2}[0-9]{3}|(?:[0-9]{2}[\s.-]{1,2}){2}[0-9]{2})")
_EXAMPLE = ("looks like", "look like", "for example", "such as", "specimen", "format", "e.g.", "er enghraifft")
# In small letters before spaced digits these are words: "at 10 30 15 a".
_WORDS = frozenset("ah am an as at ax be by ex ha he la ma me my oh or ox pa pm we ye".split())


def _judge_nino(candidate: Candidate) -> Verdict | None:
    prefix, numbers, suffix = candidate.match.groups()
    value = compact(candidate.value)
    named = candidate.named()
    if prefix.upper() == _SPECIMEN:
        if not suffix:
            return None
        # HMRC's own specimen, or one said to be an example; other digits behind QQ are somebody's with a slip in it.
        example = "123456" in value or candidate.near(_EXAMPLE, 30, 20) or not candidate.near(candidate.cues.named, 120)
        return (
            Verdict(Severity.NOTE, "nino_example", value) if example else Verdict(Severity.MEDIUM, "nino_typo", value)
        )
    if not _PREFIX.fullmatch(prefix.upper()):
        return Verdict(Severity.MEDIUM, "nino_typo", value) if named and suffix else None
    if named:
        return Verdict(Severity.CRITICAL, "nino", value)
    if not suffix or not _NINO_GROUPS.fullmatch(numbers):
        return None
    if not candidate.value.isalnum() and not prefix.isupper() and prefix.lower() in _WORDS:
        return None
    if candidate.lowered():
        return Verdict(Severity.HIGH, "nino_unsure", value)
    return Verdict(Severity.CRITICAL, "nino", value)


NINO = PatternRule(
    id="nino",
    label="NINO",
    severity=Severity.CRITICAL,
    summary="Two letters that are given out, six digits, a letter A to D. Without the last letter only when it "
    "is named; medium when it is named and the letters are not ones given out; high beside words of orders "
    "and parts; a note for the specimen prefix QQ.",
    source="HMRC, National Insurance Manual NIM39110",
    pattern=_NINO_PATTERN,
    judge=_judge_nino,
    needs="0123456789",
    reasons=("nino", "nino_unsure", "nino_typo", "nino_example"),
    replacement="[National Insurance number removed]",
    cues=Cues(
        named=(
            "national insurance",
            "ni number",
            "ni no",
            "nino",
            "n i number",
            "ni",
            "nat ins",
            "yswiriant gwladol",
            "rhif yg",
        ),
        down=(
            "order",
            "invoice",
            "part",
            "part no",
            "model",
            "serial",
            "product",
            "catalogue",
            "asset",
            "batch",
            "planning",
            "application",
            "licence",
        ),
    ),
    must=(
        Example("NI number AB 12 34 56 C", Severity.CRITICAL),
        Example("nino: ab123456c", Severity.CRITICAL),
        Example("His is AA 12 34 56 B, please check", Severity.CRITICAL),
        Example("JK-12-34-56-A", Severity.CRITICAL),
        Example("National Insurance: CE 123 456", Severity.CRITICAL),
        Example("Part no AB123456C is on order", Severity.HIGH),
        Example("NI number DF 12 34 56 A", Severity.MEDIUM),
        Example("Her NI number is QQ 21 43 65 B", Severity.MEDIUM),
        Example("It looks like QQ 12 34 56 C.", Severity.NOTE),
    ),
    must_not=(
        "Doors open at 10 30 15 a minute later",
        "GB 12 34 56 A",
        "Reference DA123456C",
        "Bus AB 12 34 56 leaves now",
        "AB123456CD",
        "AB 12 34 56 E",
    ),
)

RULES = (NHS_NUMBER, NINO)
