"""Ways to reach one person: telephone numbers and e-mail addresses."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Example, PatternRule, Verdict
from bot.leaks.rules.record import in_a_record
from bot.leaks.values import HOME_REGION, digits, is_person, is_role

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


# Whose number it is: somebody's own, said beside it.
_OWN = (
    "my", "his", "her", "he", "she", "he'll", "she'll", "he's", "she's", "own", "home", "at home", "personal",
    "private", "mum", "mum's", "mam", "mother", "mother's", "dad", "dad's", "father", "father's", "wife", "wife's",
    "husband", "husband's", "partner", "partner's", "son", "son's", "daughter", "daughter's", "sister", "sister's",
    "brother", "brother's", "gran", "nan", "auntie", "uncle", "next of kin", "off duty", "ex directory",
    "after hours only", "evenings only", "personol", "preifat", "gartref", "cartref",
)  # fmt: skip
_OTHERS = (
    "applicant", "carer", "claimant", "client", "complainant", "neighbour", "neighbour's", "owner's", "patient",
    "pupil", "resident", "resident's", "tenant", "tenant's", "victim", "witness",
)  # fmt: skip
# What the public is meant to ring, as notices say it; and words that stand before any number.
_PUBLIC = (
    "contact us", "call us", "ring us", "phone us", "text us", "contact centre", "helpline", "hotline", "enquiries",
    "enquiry", "information", "info", "details", "to book", "booking", "bookings", "tickets", "ticket", "box office",
    "office", "reception", "switchboard", "out of hours", "customer services", "press office", "freephone", "report",
    "repairs", "appointments", "surgery", "opening hours", "clerk", "rsvp", "to hire", "our number", "our team",
    "venue", "club", "society", "town ranger", "cysylltwch", "archebu", "am fwy o wybodaeth",
)  # fmt: skip
_CALLING = (
    "contact", "call", "ring", "tel", "telephone", "phone", "fax", "text", "line", "open", "front door", "team",
    "emergency", "advice", "support", "questions", "whatsapp", "website", "visit", "book", "hire", "register", "hall",
    "free", "ffoniwch", "ffôn",
)  # fmt: skip
_CALLER = (
    "call",
    "tel",
    "telephone",
    "phone",
    "dial",
    "line",
    "mobile",
    "desk",
    "ops",
    "backup",
    "ring",
    "contact",
    "emergency",
    "office hours",
    "cell",
    "callback",
    "number",
    "fax",
)
_FAKE = (
    "scam",
    "fake",
    "spoofed",
    "fraud",
    "fraudsters",
    "they come from",
    "don't call",
    "do not call",
    "not from us",
    "withheld",
)


def _judge_phone(candidate: Candidate) -> Verdict | None:
    if _DATE.match(candidate.value):
        return None
    # Whatever follows a number in digits ("9 to 5") is given back, group by group.
    for group in reversed(list(_GROUP_END.finditer(candidate.value))):
        number = _valid(candidate.value[: group.end()])
        if number is None:
            continue
        value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        return _weighed(candidate, value, _kind(number), group.end())
    return None


def _weighed(candidate: Candidate, value: str, kind: str, length: int) -> Verdict | None:
    """How grave a valid number is, by whose it seems to be."""
    params = {"kind": kind}
    start = candidate.match.start()
    own = candidate.near(_OWN, 40, 24) or candidate.near(_OTHERS, 18, 12)
    named = bool(candidate.reading.private_people(start, start + length, 28))
    private = Verdict(Severity.MEDIUM, "phone", value, params, length=length)
    if _ORGANISATION.match(value):
        return private if in_a_record(candidate) else None
    if own or candidate.alone() or in_a_record(candidate):
        return private
    if candidate.near(_FAKE, 90, 60):
        return Verdict(Severity.NOTE, "phone_public", value, params, length=length)
    # An organisation that has said what it publishes publishes no other mobile.
    unlisted = kind == "mobile" and (named or bool(candidate.reading.contacts.published_phones))
    public = candidate.near(_PUBLIC, 60, 16) or (kind == "landline" and candidate.near(_CALLING, 120, 16))
    if public and not unlisted:
        return Verdict(Severity.NOTE, "phone_public", value, params, length=length)
    return private


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


PHONE = PatternRule(
    id="phone",
    label="PHONE",
    severity=Severity.MEDIUM,
    summary="A UK number, or one with a country code, that is valid by the numbering plans. A note where notices tell "
    "the public whom to ring; but a mobile that the organisation has not listed always asks for a look. No finding "
    "when "
    "the council has published it, for national helplines and short codes (999, 111, 101, 105), and for the "
    "ranges of organisations (03, 080, 084, 087, 09), unless it stands among somebody's other details.",
    source="Ofcom, National Telephone Numbering Plan; ITU-T E.164 by the phonenumbers library",
    pattern=_PHONE_PATTERN,
    judge=_judge_phone,
    needs="0123456789",
    reasons=("phone", "phone_public"),
    replacement="[phone number removed]",
    must=(
        Example("Ring me on 07700 900123", Severity.MEDIUM),
        Example("(020) 7946 0018", Severity.MEDIUM),
        Example("To book a table call the office on 01632 960123", Severity.NOTE),
        Example("jo@example.com, AB123456C, 0808 157 0123", Severity.MEDIUM),
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


_PROVIDERS = re.compile(
    r"@(?:gmail|googlemail|hotmail|outlook|live|yahoo|ymail|icloud|me|mac|aol|btinternet|btopenworld|sky|talktalk"
    r"|virginmedia|ntlworld|"
    r"protonmail|proton|gmx|msn|tiscali|fastmail|zoho|blueyonder|(?:free|home|post|quick|web|fast|my)?(?:mail|post))\."
)
_OWN_MAIL = (*_OWN, *_OTHERS, "own address", "his own", "her own", "whistle blower", "longest came from", "came from")
_PUBLIC_MAIL = (
    "contact", "email", "e-mail", "enquiries", "info", "information", "details", "book", "bookings", "tickets", "rsvp",
    "write to", "press",
    "register", "apply", "send", "entries", "join", "club", "group", "secretary", "clerk", "councillor", "cllr",
    "surgery", "e-bost", "ebost",
)  # fmt: skip


def _judge_email(candidate: Candidate) -> Verdict:
    value = candidate.value.casefold()
    if is_role(value) and value.endswith(_ORGANISATIONS):
        return Verdict(Severity.NOTE, "email_role", value)
    personal = bool(_PROVIDERS.search(value)) or is_person(value)
    own = candidate.near(_OWN_MAIL, 50, 30) or in_a_record(candidate)
    if not personal and not own and not candidate.alone() and candidate.near(_PUBLIC_MAIL, 50, 10):
        return Verdict(Severity.NOTE, "email_public", value)
    return Verdict(Severity.MEDIUM, "email", value)


EMAIL = PatternRule(
    id="email",
    label="EMAIL",
    severity=Severity.MEDIUM,
    summary="An e-mail address. A note when it names an office or a service at an organisation's domain "
    "(enquiries@, planning@), or names nobody and stands where notices tell the public where to write; no finding when "
    "the council has published it, or when it is an office's at a "
    "domain of which the council has published an address.",
    source="RFC 5321, section 4.5.3.1; RFC 5890",
    pattern=_EMAIL_PATTERN,
    judge=_judge_email,
    needs="@",
    reasons=("email", "email_role", "email_public"),
    replacement="[e-mail address removed]",
    must=(
        Example("Write to jo.bloggs@example.com.", Severity.MEDIUM),
        Example("mailto:j.o'neil+home@mail.example.org", Severity.MEDIUM),
        Example("<ama@example.net>", Severity.MEDIUM),
        Example("https://example.org/?mail=ama@example.net&go=1", Severity.MEDIUM),
        Example("ama@b\u00fccher.example", Severity.MEDIUM),
        Example("enquiries@anytown.gov.uk", Severity.NOTE),
        Example("For details write to hello@anytownchoir.com", Severity.NOTE),
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


_AMERICAN = re.compile(
    r"(?<![\w+(-])(?:\+1[ .-]?)?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-]?)[0-9]{3}[ .-]?[0-9]{4}(?![\w])(?!-\w)"
)


def _judge_american(candidate: Candidate) -> Verdict | None:
    written = candidate.value
    if written[0] not in "(+" and not candidate.near(_CALLER, 24, 18):
        return None
    return Verdict(Severity.MEDIUM, "phone_abroad", digits(written)[-10:])


PHONE_ABROAD = PatternRule(
    id="phone-north-america",
    label="PHONE",
    severity=Severity.MEDIUM,
    summary="A number as it is written in North America, with its area in brackets or beside words of calling.",
    source="North American Numbering Plan",
    pattern=_AMERICAN,
    judge=_judge_american,
    needs="0123456789",
    reasons=("phone_abroad",),
    replacement="[phone number removed]",
    must=(
        Example("Call me at (555) 123-4567 tomorrow", Severity.MEDIUM),
        Example("Main line 555-123-4567", Severity.MEDIUM),
        Example("+1-555-123-4567", Severity.MEDIUM),
    ),
    must_not=("Part number: 555-123-4567-A", "From 555 to 123 4567", "999-000-0019", "Order 5551234567"),
)

RULES = (PHONE, PHONE_ABROAD, EMAIL)
