"""Numbers that lead to money: payment cards and bank accounts."""

import re

from stdnum import iban, luhn

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict
from bot.leaks.values import compact, digits

# First digits and lengths as the schemes publish them: Visa, Mastercard, American Express, Diners Club,
# Discover, JCB, UnionPay and the Maestro ranges. All check with Luhn (ISO/IEC 7812-1, annex B).
_ISSUED = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12,15}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12,15}"
    r"|62[0-9]{14,17}"
    r"|(?:5018|5020|5038|5893|6304|67[0-9]{2})[0-9]{8,15}"
)
_CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1)}
# Shorter numbers that pass are mostly bar codes, so they need to be named.
_SURE_LENGTHS = {15, 16, 19}
_CARD_PATTERN = re.compile(
    r"(?<![\w+£$€@/=])(?<![0-9][.,-])(?<![0-9] )[0-9](?:[ -]?[0-9]){11,18}(?! ?[0-9])(?!\w)(?![.,-][0-9])"
)


def _judge_card(candidate: Candidate) -> Verdict | None:
    value = digits(candidate.value)
    if not _ISSUED.fullmatch(value):
        return _unknown_issuer(candidate, value)
    solid = candidate.value.isdigit()
    grouped = tuple(map(len, re.split("[ -]", candidate.value))) in _CARD_GROUPS
    named = candidate.named()
    if not luhn.is_valid(value):
        return Verdict(Severity.MEDIUM, "payment_card_typo", value) if named and (solid or grouped) else None
    if named:
        return Verdict(Severity.CRITICAL, "payment_card", value)
    if len(value) not in _SURE_LENGTHS or not (solid or grouped):
        return None
    if candidate.lowered():
        return Verdict(Severity.HIGH, "payment_card_unsure", value) if grouped else None
    if grouped or candidate.raised():
        return Verdict(Severity.CRITICAL, "payment_card", value)
    return Verdict(Severity.HIGH, "payment_card_unsure", value)


def _unknown_issuer(candidate: Candidate, value: str) -> Verdict | None:
    """Ranges are given out anew each year, but library and travel cards pass Luhn too."""
    if len(set(value)) > 1 and luhn.is_valid(value) and candidate.named() and not candidate.lowered():
        return Verdict(Severity.HIGH, "payment_card_unsure", value)
    return None


PAYMENT_CARD = PatternRule(
    id="payment-card",
    label="PAYMENT_CARD",
    severity=Severity.CRITICAL,
    summary="12 to 19 digits that begin as an issuer's do and pass Luhn's check. Critical when named or "
    "printed as on a card; high in one run of digits with nothing near it, and when it is called a card but no "
    "scheme is known to issue it; medium when it is called a card number and the check fails.",
    source="ISO/IEC 7812-1 (annex B, Luhn) and the schemes' published ranges",
    pattern=_CARD_PATTERN,
    judge=_judge_card,
    needs="0123456789",
    reasons=("payment_card", "payment_card_unsure", "payment_card_typo"),
    replacement="[card number removed]",
    cues=Cues(
        named=(
            "card",
            "card number",
            "card no",
            "credit card",
            "debit card",
            "cc",
            "visa",
            "mastercard",
            "amex",
            "american express",
            "maestro",
            "long number",
            "cerdyn",
        ),
        up=("cvv", "cvc", "expiry", "expires", "exp", "payment", "paid", "refund"),
        down=(
            "barcode",
            "tracking",
            "parcel",
            "consignment",
            "serial",
            "imei",
            "meter",
            "mpan",
            "isbn",
            "order",
            "invoice",
            "library",
            "bus pass",
            "smartcard",
            "membership",
            "loyalty",
        ),
    ),
    must=(
        Example("Pay with 4111 1111 1111 1111 today", Severity.CRITICAL),
        Example("card number: 5555555555554444", Severity.CRITICAL),
        Example("amex 3782-822463-10005", Severity.CRITICAL),
        Example("4111111111111111", Severity.HIGH),
        Example("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", Severity.HIGH),
        Example("my card 180000000000002", Severity.HIGH),
        Example("Library tickets: 4111 1111 1111 1111", Severity.HIGH),
        Example("card number 4111 1111 1111 1112", Severity.MEDIUM),
    ),
    must_not=(
        "4111 1111 1111 1112",
        "tracking 4111111111111111",
        "Your library card 20000000000006 is ready",
        "9111 1111 1111 1111",
        "Ref 41111111111111110000000",
        "https://example.org/p/4111111111111111",
    ),
)


# Lengths of the SWIFT IBAN registry (ISO 13616), release 99; a test holds them against python-stdnum.
IBAN_LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20
    EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30
    KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23
    PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26
    UA29 VA22 VG24 XK20 YE30
    """.split()
}
_IBAN_PATTERN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}")


def _judge_iban(candidate: Candidate) -> Verdict | None:
    text = candidate.value
    length = IBAN_LENGTHS.get(text[:2].upper())
    if length is None:
        return None
    end = _end_of(text, length)
    rest = text[end : end + 1] or candidate.after(1)
    if end == 0 or rest.isalnum():
        return None
    value = compact(text[:end])
    if iban.is_valid(value):
        return Verdict(Severity.CRITICAL, "iban", value, length=end)
    return Verdict(Severity.MEDIUM, "iban_typo", value, length=end) if candidate.named() else None


def _end_of(text: str, signs: int) -> int:
    """Where the first `signs` letters and digits of a text end; 0 when it has fewer."""
    seen = 0
    for index, sign in enumerate(text):
        seen += sign.isalnum()
        if seen == signs:
            return index + 1
    return 0


IBAN = PatternRule(
    id="iban",
    label="IBAN",
    severity=Severity.CRITICAL,
    summary="A country's two letters, two check digits and an account as long as that country's are, which "
    "pass modulus 97. Medium when it is called an IBAN and they do not. The council's own published account "
    "is no finding.",
    source="ISO 13616, SWIFT IBAN registry (modulus 97)",
    pattern=_IBAN_PATTERN,
    judge=_judge_iban,
    needs="0123456789",
    reasons=("iban", "iban_typo"),
    replacement="[bank account removed]",
    cues=Cues(named=("iban", "bank account", "account number", "account no", "cyfrif banc")),
    must=(
        Example("Pay GB82 WEST 1234 5698 7654 32 by Friday", Severity.CRITICAL),
        Example("gb82west12345698765432", Severity.CRITICAL),
        Example("IBAN DE89 3704 0044 0532 0130 00", Severity.CRITICAL),
        Example("IBAN: GB83 WEST 1234 5698 7654 32", Severity.MEDIUM),
    ),
    must_not=(
        "GB83 WEST 1234 5698 7654 32",
        "GB82 WEST 1234",
        "UK82 WEST 1234 5698 7654 32",
        "GB82WEST123456987654321",
    ),
)

RULES = (PAYMENT_CARD, IBAN)
