"""Ways to reach one person: telephone numbers and e-mail addresses."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Example, Rule, Verdict
from bot.leaks.values import HOME_REGION, digits, is_role

_PHONE_PATTERN = re.compile(
    r"(?<![\w£$€=@&#/])(?<![0-9][.,-])(?:\+[0-9]|\(\+[0-9]|\(?0[0-9])(?:[ ().-]{0,3}[0-9]){7,14}(?!\w)(?!-[0-9])"
)
_HOME_CODE = 44
_GROUP_END = re.compile(r"[0-9](?=[ ().-]|\Z)")
# Lengths of numbers dialled in the UK, with the leading 0 (Ofcom, National Telephone Numbering Plan).
_DIALLED_LENGTHS = {10, 11}
_ABROAD_LENGTHS = range(8, 16)
# Numbers kept for drama (Ofcom, "Telephone numbers for drama use") that metadata call unassigned. People
# write them where a true number would stand, so they are judged like one.
_DRAMA = re.compile(r"\+44(?:7700900|1632960)[0-9]{3}")
# Numbers of organisations (the same plan): 03, freephone 080, service numbers 084, 087 and 09.
_ORGANISATION = re.compile(r"\+44(?:3|80|84|87|9)")
_DATE = re.compile(r"\(?0[1-9][ .-](?:0[1-9]|1[0-2])[ .-](?:19|20)[0-9]{2}(?![0-9])")


def _judge_phone(candidate: Candidate) -> Verdict | None:
    if _DATE.match(candidate.value):
        return None
    # Whatever follows a number in digits ("9 to 5") is given back, group by group.
    for group in reversed(list(_GROUP_END.finditer(candidate.value))):
        number = _valid(candidate.value[: group.end()])
        if number is None:
            continue
        value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if _ORGANISATION.match(value):
            return None
        return Verdict(Severity.MEDIUM, "phone", value, {"kind": _kind(number)}, length=group.end())
    return None


def _valid(written: str) -> PhoneNumber | None:
    count = len(digits(written))
    dialled = "+" not in written and not written.startswith("00")
    if count not in (_DIALLED_LENGTHS if dialled else _ABROAD_LENGTHS):
        return None
    try:
        number = phonenumbers.parse(written, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(number):
        return number
    return number if _DRAMA.fullmatch(phonenumbers.format_number(number, PhoneNumberFormat.E164)) else None


def _kind(number: PhoneNumber) -> str:
    # The metadata know no type for the drama range of mobiles.
    drama = number.country_code == _HOME_CODE and str(number.national_number).startswith("7")
    return "mobile" if drama or phonenumbers.number_type(number) == PhoneNumberType.MOBILE else "landline"


PHONE = Rule(
    id="phone",
    label="PHONE",
    severity=Severity.MEDIUM,
    summary="A UK number, or one with a country code, that is valid by the numbering plans. No finding when "
    "the council has published it, for national helplines and short codes (999, 111, 101, 105), and for the "
    "ranges of organisations (03, 080, 084, 087, 09).",
    source="Ofcom, National Telephone Numbering Plan; ITU-T E.164 by the phonenumbers library",
    pattern=_PHONE_PATTERN,
    judge=_judge_phone,
    reasons=("phone",),
    replacement="[phone number removed]",
    must=(
        Example("Ring me on 07700 900123", Severity.MEDIUM),
        Example("(020) 7946 0018", Severity.MEDIUM),
        Example("mum's number is 01632960123.", Severity.MEDIUM),
        Example("+44 (0)20 7946 0991", Severity.MEDIUM),
        Example("+44 7700 900 456", Severity.MEDIUM),
        Example("0044 20 7946 0018", Severity.MEDIUM),
        Example("0113-496-0018 9-5 weekdays", Severity.MEDIUM),
        Example("07700 900123 07700 900456", Severity.MEDIUM),
    ),
    must_not=(
        "In an emergency dial 999, otherwise 101, 111 or 105.",
        "Childline 0800 1111",
        "Samaritans 116 123",
        "Call us on 0300 123 4567 or 0808 157 0123",
        "0345 600 0000 and 0871 200 0000",
        "01-02-2024 10 30 12",
        "We planted 01632 trees in 960 places",
        "ISBN 0 306 40615 2",
        "From 2020 to 2024",
    ),
)


# The parts and lengths of RFC 5321 (4.5.3.1) and, for other scripts, RFC 5890; only forms people use, so no
# quoted local parts. An @ before it makes it a handle (@user@host), a slash the user of a link.
_EMAIL_PATTERN = re.compile(
    r"(?<![\w.+%@/-])\w[\w.+%'-]{0,63}@(?:[\w-]{1,63}\.){1,6}(?:xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,24})(?![\w@-])"
)
# Registries that serve organisations; a .com may be anybody's.
_ORGANISATIONS = (".uk", ".wales", ".cymru", ".scot", ".org")


def _judge_email(candidate: Candidate) -> Verdict:
    value = candidate.value.casefold()
    if is_role(value) and value.endswith(_ORGANISATIONS):
        return Verdict(Severity.NOTE, "email_role", value)
    return Verdict(Severity.MEDIUM, "email", value)


EMAIL = Rule(
    id="email",
    label="EMAIL",
    severity=Severity.MEDIUM,
    summary="An e-mail address. A note when it names an office or a service at an organisation's domain "
    "(enquiries@, planning@); no finding when the council has published it, or when it is an office's at a "
    "domain of which the council has published an address.",
    source="RFC 5321, section 4.5.3.1; RFC 5890",
    pattern=_EMAIL_PATTERN,
    judge=_judge_email,
    reasons=("email", "email_role"),
    replacement="[e-mail address removed]",
    must=(
        Example("Write to jo.bloggs@example.com.", Severity.MEDIUM),
        Example("mailto:j.o'neil+home@mail.example.org", Severity.MEDIUM),
        Example("<ama@example.net>", Severity.MEDIUM),
        Example("https://example.org/?mail=ama@example.net&go=1", Severity.MEDIUM),
        Example("ama@b\u00fccher.example", Severity.MEDIUM),
        Example("enquiries@anytown.gov.uk", Severity.NOTE),
        Example("planning.appeals@anytown.gov.uk", Severity.NOTE),
    ),
    must_not=(
        "Follow us @anytown@social.example",
        "See you @ the park. Tomorrow",
        "a@b",
        "@anytowncouncil on every network",
        "jo@example.c0m1",
        "git clone https://git@code.example.org/bot",
    ),
)

RULES = (PHONE, EMAIL)
