"""What the organisation publishes itself: values that are no leak, matched by kind and normalised value."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import re2

from bot.leaks.helplines import HELPLINES
from bot.leaks.values import canonical, compact, digits, is_role, loose, phone

LARGEST_FILE = 5_000_000
"""Bytes of the largest contacts file that is read; some hundred thousand entries."""


@dataclass(frozen=True)
class Contacts:
    """The published contacts in the form in which values are compared; the fields are the keys of the file."""

    published_phones: frozenset[str] = frozenset()
    published_emails: frozenset[str] = frozenset()
    published_bank: frozenset[str] = frozenset()
    published_addresses: frozenset[str] = frozenset()
    councillors: frozenset[str] = frozenset()
    public_officers: frozenset[str] = frozenset()
    national_helplines: frozenset[str] = frozenset()
    own_domains: frozenset[str] = frozenset()
    case_references: frozenset[str] = frozenset()
    """Patterns (RE2) of references that must not be published."""
    public_references: frozenset[str] = frozenset()
    """Patterns (RE2) of references that may."""

    def publishes(self, label: str, value: str) -> bool:
        """Whether a value, in its canonical form for the label, is one the organisation gives out itself."""
        if label == "PHONE":
            return value in self.published_phones or value in self.national_helplines or value in NATIONAL
        if label == "EMAIL":
            return value in self.published_emails or (is_role(value) and _domain(value) in self._domains)
        if label in {"IBAN", "BANK_ACCOUNT"}:
            return value in self.published_bank or (label == "BANK_ACCOUNT" and value in self._bank_parts)
        if label in {"POSTCODE", "ADDRESS"}:
            return loose(value).replace(" ", "") in self._places if value else False
        # A published phone number is not somebody's NHS or card number because its digits add up.
        return value.isdigit() and value in self._phone_digits

    def knows_person(self, name: str) -> bool:
        """Whether a name is one of the organisation's people in public life, whole or with the first name left out."""
        return bool(name) and loose(name) in self._public_names

    def is_case_reference(self, written: str) -> bool:
        """Whether a reference has the form of one of the organisation's cases."""
        return any(pattern.fullmatch(written) for pattern in self._case_patterns)

    def is_public_reference(self, written: str) -> bool:
        """Whether a reference has the form of one that the organisation publishes."""
        return any(pattern.fullmatch(written) for pattern in self._public_patterns)

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hex of everything in it."""
        lines = [f"{field.name}\x1f" + "\x1f".join(sorted(getattr(self, field.name))) for field in fields(self)]
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()

    @cached_property
    def _domains(self) -> frozenset[str]:
        return frozenset(map(_domain, self.published_emails)) | self.own_domains

    @cached_property
    def _bank_parts(self) -> frozenset[str]:
        whole = [account for account in self.published_bank if account.isdigit()]
        return frozenset(part for account in whole for part in (account[:6], account[6:]))

    @cached_property
    def _places(self) -> frozenset[str]:
        """Postcodes and lines of the published addresses, without spaces."""
        found: set[str] = set()
        for address in self.published_addresses:
            words = address.split()
            runs = (words[first:last] for first in range(len(words)) for last in range(first + 1, len(words) + 1))
            found.update("".join(run) for run in runs if any(sign.isdigit() for sign in "".join(run)))
        return frozenset(found)

    @cached_property
    def _public_names(self) -> frozenset[str]:
        found: set[str] = set()
        for entry in self.councillors | self.public_officers:
            words = entry.split()
            found.add(entry)
            # "Ama Example" and "Mrs Example" of "Ama Example, Head of Planning" as well.
            found.update(" ".join(words[:length]) for length in (2, 3))
        return frozenset(found)

    @cached_property
    def _case_patterns(self) -> tuple[Any, ...]:
        return tuple(re2.compile(pattern) for pattern in sorted(self.case_references))

    @cached_property
    def _public_patterns(self) -> tuple[Any, ...]:
        return tuple(re2.compile(pattern) for pattern in sorted(self.public_references))

    @cached_property
    def _phone_digits(self) -> frozenset[str]:
        plain = [digits(number) for number in self.published_phones | self.national_helplines]
        home = [number.removeprefix("44") for number in plain]
        return frozenset([*plain, *home, *(f"0{number}" for number in home)])


NATIONAL = frozenset(phone(re.split(r" {2,}", line)[1].split("  ")[0]) for line in HELPLINES.strip().splitlines())
"""The national helplines that come with the product, in E.164."""

NO_CONTACTS = Contacts()
"""Nothing is known to be published."""


@dataclass(frozen=True, slots=True)
class ContactsFault:
    """One thing wrong with a contacts file; the sentence is `leaks.contacts.<code>`."""

    code: str
    params: dict[str, str]


class ContactsRefused(ValueError):
    """The contacts file cannot be used; every fault is told at once."""

    def __init__(self, faults: Iterable[ContactsFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(fault.code for fault in self.faults))


def read_contacts(data: bytes, name: str) -> Contacts:
    """Contacts from the bytes of a TOML or JSON file (`name` tells which). Raises `ContactsRefused`."""
    return contacts_of(_parsed(data, name), name)


def contacts_of(table: dict[str, Any], name: str) -> Contacts:
    """Contacts from a table that was read from the file called `name`. Raises `ContactsRefused`."""
    faults = [
        ContactsFault("unknown_key", {"file": name, "key": key, "near": near[0]})
        for key in table
        if key not in _READERS and (near := get_close_matches(key, _READERS, n=1, cutoff=0.75))
    ]
    found: dict[str, frozenset[str]] = {}
    for key, read in _READERS.items():
        values: list[str] = []
        for position, entry in enumerate(_entries(table.get(key, [])), start=1):
            value = read(entry)
            if value:
                values += value
            else:
                where = {"file": name, "key": key, "position": str(position), "entry": str(entry)[:40]}
                faults.append(ContactsFault(_WRONG[key], where))
        found[key] = frozenset(values)
    if faults:
        raise ContactsRefused(faults)
    return Contacts(**found)


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > LARGEST_FILE:
        raise _refused("too_large", name, limit=str(LARGEST_FILE // 1_000_000))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("not_utf8", name, position=str(error.start)) from error
    is_json = name.casefold().endswith(".json") or text.lstrip().startswith("{")
    try:
        table = json.loads(text) if is_json else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise _refused("not_json", name, line=str(error.lineno), column=str(error.colno)) from error
    except tomllib.TOMLDecodeError as error:
        raise _refused("not_toml", name, detail=str(error)) from error
    except RecursionError as error:
        raise _refused("too_deep", name) from error
    if not isinstance(table, dict):
        raise _refused("not_a_table", name)
    return table


def _refused(code: str, name: str, **params: str) -> ContactsRefused:
    return ContactsRefused([ContactsFault(code, {"file": name, **params})])


Entry = dict[str, str]
"""One entry of a list; a plain one has its text under the empty name."""


def _entries(value: Any) -> Iterable[Entry]:
    """The entries of a key: a list of texts or of tables, or a single one of either."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield {str(key).casefold(): str(part) for key, part in item.items() if isinstance(part, str | int)}
        else:
            yield {"": str(item) if isinstance(item, str | int) else ""}


def _phones(entry: Entry) -> list[str]:
    return [phone(text) for text in entry.values() if re.fullmatch(r"[\s+()./0-9-]*[0-9]{3}[\s()./0-9-]*", text)]


def _emails(entry: Entry) -> list[str]:
    return [canonical("EMAIL", text) for text in entry.values() if re.fullmatch(r"\s*[^\s@]*@[^\s@]+\.\w+\s*", text)]


def _accounts(entry: Entry) -> list[str]:
    """An IBAN, or the digits of sort code and account together, also when a table holds them apart."""
    ibans = [compact(text) for text in entry.values() if re.match(r"\s*[A-Za-z]{2}[0-9]{2}[\sA-Za-z0-9]{11,}", text)]
    # A sort code goes before its account, whichever the table names first.
    parts = sorted((digits(text) for text in entry.values()), key=len)
    joined = "".join(part for part in parts if len(part) >= len("200000"))
    return ibans or ([joined] if joined else [])


def _names(entry: Entry) -> list[str]:
    text = entry.get("name") or entry.get("address") or " ".join(entry.values())
    return [loose(text)] if loose(text) else []


def _own_domains(entry: Entry) -> list[str]:
    return [
        text.strip().casefold().removeprefix("@")
        for text in entry.values()
        if re.fullmatch(r"\s*@?[\w-]+(?:\.[\w-]+)+\s*", text)
    ]


def _patterns(entry: Entry) -> list[str]:
    found = []
    for text in filter(None, entry.values()):
        try:
            re2.compile(text)
        except re2.error:
            continue
        found.append(text)
    return found


_READERS: dict[str, Callable[[Entry], list[str]]] = {
    "published_phones": _phones,
    "published_emails": _emails,
    "published_bank": _accounts,
    "published_addresses": _names,
    "councillors": _names,
    "public_officers": _names,
    "national_helplines": _phones,
    "own_domains": _own_domains,
    "case_references": _patterns,
    "public_references": _patterns,
}
_WRONG = {
    "published_phones": "not_a_phone",
    "published_emails": "not_an_email",
    "published_bank": "not_an_account",
    "published_addresses": "not_a_text",
    "councillors": "not_a_text",
    "public_officers": "not_a_text",
    "national_helplines": "not_a_phone",
    "own_domains": "not_a_domain",
    "case_references": "not_a_pattern",
    "public_references": "not_a_pattern",
}


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
