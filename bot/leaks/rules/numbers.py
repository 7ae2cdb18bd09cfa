"""Numbers by which the state knows a person: CHI, taxpayer, pupil and learner numbers."""

import re

from stdnum.gb import upn, utr

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict
from bot.leaks.values import compact, digits

_TEN = re.compile(r"(?<![\w+£$€@/=#&?])(?<![0-9][.,-])[0-9](?:[ -]?[0-9]){9}(?!\w)(?![.,-][0-9])")
_CHI_DATE = re.compile(r"(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}")


def _chi_sound(value: str) -> bool:
    """NHS National Services Scotland: day, month and year of birth, two digits, sex, then modulus 11."""
    weighed = sum(int(digit) * weight for digit, weight in zip(value, range(10, 1, -1), strict=False))
    check = (11 - weighed % 11) % 11
    return bool(_CHI_DATE.match(value)) and str(check) == value[9]


def _judge_chi(candidate: Candidate) -> Verdict | None:
    if not candidate.named():
        return None
    value = digits(candidate.value)
    if _chi_sound(value):
        return Verdict(Severity.CRITICAL, "chi", value)
    return Verdict(Severity.MEDIUM, "chi_typo", value)


CHI = PatternRule(
    id="chi",
    label="CHI",
    severity=Severity.CRITICAL,
    summary="Ten digits that are called a CHI number: date of birth first, a check digit (modulus 11) last. Medium "
    "when "
    "it is called so and does not check.",
    source="NHS National Services Scotland, Community Health Index (modulus 11)",
    pattern=_TEN,
    judge=_judge_chi,
    needs="0123456789",
    reasons=("chi", "chi_typo"),
    replacement="[CHI number removed]",
    cues=Cues(named=("chi", "chi number", "chi no", "community health index")),
    must=(
        Example("CHI 0101995512 has moved to the ward", Severity.CRITICAL),
        Example("chi number: 010199 5512", Severity.CRITICAL),
        Example("CHI 0101995513", Severity.MEDIUM),
    ),
    must_not=("0101995512 visitors", "Tai chi at 10, room 12", "CHI 99", "ISBN 0101995512"),
)


def _judge_utr(candidate: Candidate) -> Verdict | None:
    value = digits(candidate.value)
    if not candidate.named():
        return None
    if utr.is_valid(value):
        return Verdict(Severity.HIGH, "utr", value)
    return Verdict(Severity.MEDIUM, "utr_typo", value)


UTR = PatternRule(
    id="utr",
    label="UTR",
    severity=Severity.HIGH,
    summary="Ten digits that are called a taxpayer reference, with HMRC's check digit. Medium when it does not check.",
    source="HMRC, Unique Taxpayer Reference (check digit as in python-stdnum)",
    pattern=_TEN,
    judge=_judge_utr,
    needs="0123456789",
    reasons=("utr", "utr_typo"),
    replacement="[taxpayer reference removed]",
    cues=Cues(
        named=(
            "utr", "unique taxpayer", "unique tax reference", "tax reference", "taxpayer reference", "tax ref",
            "self assessment", "cis return", "cyfeirnod treth",
        )
    ),
    must=(
        Example("HMRC rejected the return for UTR 1955839661.", Severity.HIGH),
        Example("tax reference 19558 39661", Severity.HIGH),
        Example("UTR: 1955839662", Severity.MEDIUM),
    ),
    must_not=("1955839661 steps", "Send your tax return by 31 January", "UTR 19558", "Order 1955839661"),
)  # fmt: skip


_TEMPORARY = re.compile(r"(?<![\w-])[0-9]{2} ?[A-Z] ?(?:[0-9]{5}|[0-9]{3} [0-9]{2})(?!\w)")


def _judge_temporary(candidate: Candidate) -> Verdict | None:
    return Verdict(Severity.MEDIUM, "temporary_reference", compact(candidate.value)) if candidate.named() else None


TEMPORARY_REFERENCE = PatternRule(
    id="temporary-reference",
    label="UTR",
    severity=Severity.MEDIUM,
    summary="Two digits, a letter and five digits that are called a temporary reference number of HMRC.",
    source="HMRC, National Insurance Manual NIM39110 (temporary reference numbers)",
    pattern=_TEMPORARY,
    judge=_judge_temporary,
    needs="0123456789",
    reasons=("temporary_reference",),
    replacement="[tax reference removed]",
    cues=Cues(
        named=(
            "trn", "temporary reference", "temporary reference number", "temp number", "paye temp",
            "national insurance",
            "payslip", "p60", "p45",
        )
    ),
    must=(Example("The TRN is 63T12345 for now", Severity.MEDIUM), Example("temp number 63 T 12345", Severity.MEDIUM)),
    must_not=("Room 63 T 12345", "TRN 63T1234", "flight 63T12345"),
)  # fmt: skip


_UPN = re.compile(r"(?<![\w-])[A-HJ-NP-RT-Z] ?(?:[0-9] ?){11}[0-9A-HJ-NP-RT-Z](?!\w)", re.IGNORECASE)


def _judge_upn(candidate: Candidate) -> Verdict | None:
    value = compact(candidate.value)
    named = candidate.named()
    # The authority's number is not looked up: schools close and authorities merge, and the number stays.
    if upn.calc_check_digit(value[1:]) == value[0]:
        return Verdict(Severity.HIGH, "upn", value)
    if named or (candidate.value.isalnum() and candidate.raised()):
        return Verdict(Severity.MEDIUM, "upn_typo", value)
    return None


UPN = PatternRule(
    id="upn",
    label="UPN",
    severity=Severity.HIGH,
    summary="A letter, eleven digits and a digit or letter whose first letter is the check letter of the rest. Medium "
    "when "
    "it is called a pupil number, or words of school stand near it, and it does not check.",
    source="Department for Education, Unique pupil numbers: guide (check letter)",
    pattern=_UPN,
    judge=_judge_upn,
    needs="0123456789",
    reasons=("upn", "upn_typo"),
    replacement="[pupil number removed]",
    cues=Cues(
        named=("upn", "unique pupil number", "pupil number", "pupil no", "pupil ref", "rhif disgybl"),
        up=("pupil", "school", "class", "year", "teacher", "exam", "sats", "ysgol", "pe bag", "lost property", "label"),
    ),
    must=(
        Example("UPN H801200001001", Severity.HIGH),
        Example("the label says h801200001001", Severity.HIGH),
        Example("UPN A801200001001", Severity.MEDIUM),
    ),
    must_not=("A801200001001 on order", "UPN H80120000", "Model T801200001001"),
)


def _uln_sound(value: str) -> bool:
    """Learning Records Service: ten digits, the last is ten less the remainder of modulus 11, which is not 0."""
    rest = sum(int(digit) * weight for digit, weight in zip(value, range(10, 1, -1), strict=False)) % 11
    return rest != 0 and str(10 - rest) == value[9]


def _judge_uln(candidate: Candidate) -> Verdict | None:
    value = digits(candidate.value)
    if not candidate.named():
        return None
    if _uln_sound(value):
        return Verdict(Severity.HIGH, "uln", value)
    return Verdict(Severity.MEDIUM, "uln_typo", value) if candidate.near(("uln", "unique learner"), 30, 30) else None


ULN = PatternRule(
    id="uln",
    label="ULN",
    severity=Severity.HIGH,
    summary="Ten digits beside words of learners whose last is ten less the remainder of modulus 11. Medium when it is "
    "called a unique learner number and does not check.",
    source="Learning Records Service, Unique Learner Number validation",
    pattern=_TEN,
    judge=_judge_uln,
    needs="0123456789",
    reasons=("uln", "uln_typo"),
    replacement="[learner number removed]",
    cues=Cues(named=("uln", "unique learner", "learner", "learner number", "candidate number", "rhif dysgwr")),
    must=(
        Example("Learner 9000000105 passed!", Severity.HIGH),
        Example("ULN: 9000 000 105", Severity.HIGH),
        Example("ULN 9000000107", Severity.MEDIUM),
    ),
    must_not=("9000000105 learners", "Learner of the year: room 9000000107", "ISBN 9000000105"),
)

RULES = (CHI, UTR, TEMPORARY_REFERENCE, UPN, ULN)
