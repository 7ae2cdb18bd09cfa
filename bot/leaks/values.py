"""Values in the one form in which they are compared: with the contacts, and as keyed hashes."""

import re

import phonenumbers

from bot.leaks.normalise import normalise
from bot.leaks.words.names import GIVEN, SOFT, SURNAMES, WORDLIKE

HOME_REGION = "GB"

_NOT_ALNUM = re.compile(r"[\W_]+")
_NOT_DIGIT = re.compile(r"[^0-9]+")


def digits(value: str) -> str:
    """Only its ASCII digits."""
    return _NOT_DIGIT.sub("", value)


def compact(value: str) -> str:
    """Letters and digits only, in capitals."""
    return _NOT_ALNUM.sub("", value).upper()


def loose(value: str) -> str:
    """Words in small letters with single spaces between: for names and addresses."""
    return _NOT_ALNUM.sub(" ", value).strip().casefold()


def phone(value: str) -> str:
    """A telephone number in E.164 (ITU-T), read as one dialled in the UK; its digits when it is none."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(value, HOME_REGION), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return digits(value)


def canonical(label: str, value: str) -> str:
    """The form in which two spellings of the same value of one label are equal."""
    plain = normalise(value).text
    if label == "PHONE":
        return phone(plain)
    if label == "EMAIL":
        return plain.strip().casefold()
    if label in {"NHS_NUMBER", "PAYMENT_CARD", "BANK_ACCOUNT"}:
        return digits(plain)
    if label in {"NINO", "IBAN", "POSTCODE", "VEHICLE_REG", "PASSPORT", "DRIVING_LICENCE", "UPN", "UTR", "CHI", "ULN"}:
        return compact(plain)
    if label == "HIDDEN_TEXT":
        return value
    return " ".join(plain.split())


# Words that make an address one of an office and not of a person, as public bodies name their mailboxes.
_ROLES = frozenset(
    """
    accounts admin admissions adoption appeals archives bins bookings box bursar business care cemeteries
    childrens clerk comms communications complaints consultation consultations contact contactus contracts
    copyright council counciltax crematorium customer customerservice customerservices data democracy
    democratic desk dpo education elections electoral emergency enquiries enquiry environment environmental
    events facilities family feedback finance foi footpaths fostering foundation fraud front governance head
    health hello help helpdesk helpline highways hire housing hr hub info information inspections jobs
    leisure libraries library licensing lifeline mail mailbox market markets media museum museums news
    newsdesk newsletter noise office online parking parks partnership partnerships payments payroll pensions
    planning policy post press privacy procurement property publichealth rates reception recruitment
    recycling registrar registrars registration repairs reporting revenues roads safeguarding safety sales
    school secretary services sports streetlights support switchboard team theatre ticket tickets tourism
    trading transport travel trees visit visitor volunteer volunteering volunteers waste web webmaster
    welfare
    """.split()
)
_ROLE_PREFIXES = ("enquir", "contact", "customer", "council", "planning", "info", "office", "press", "media")
_ROLE_SUFFIXES = ("enquiries", "team", "office", "services", "support", "helpdesk", "desk", "admin")
_BETWEEN_WORDS = re.compile(r"[._+\-0-9]+")


def is_role(address: str) -> bool:
    """Whether the part of an e-mail address before the @ names an office or a service, not a person."""
    local = address.partition("@")[0].casefold()
    words = [word for word in _BETWEEN_WORDS.split(local) if word]
    if any(word in _ROLES for word in words):
        return True
    return len(words) == 1 and (local.startswith(_ROLE_PREFIXES) or local.endswith(_ROLE_SUFFIXES))


_GIVEN = frozenset(GIVEN.split()) | frozenset(f"{WORDLIKE} {SOFT}".split())
_SURNAMES = frozenset(SURNAMES.split())
_SHORTEST_SURNAME = 3


def is_person(address: str) -> bool:
    """Whether the part of an e-mail address before the @ is built as those of persons are: a name, or initial and
    name."""
    local = address.partition("@")[0].casefold()
    words = [word for word in _BETWEEN_WORDS.split(local) if word]
    if not words or is_role(address):
        return False
    if any(word in _GIVEN for word in words):
        return True
    initial_first = len(words) > 1 and len(words[0]) == 1
    return initial_first or (words[0][1:] in _SURNAMES and len(words[0]) > _SHORTEST_SURNAME) or words[-1] in _SURNAMES
