"""What the organisation publishes is no leak, matched by value and kind; a bad file is told fault by fault."""

import json

import pytest

from bot.leaks.context import LARGEST_FILE, Contacts, ContactsRefused, read_contacts
from bot.leaks.scan import scan
from bot.wording import say

FILE = b"""
published_phones = ["01632 960001", { name = "Registrars", number = "+44 20 7946 0018" }, 999]
published_emails = ["jo.bloggs@anytown.gov.uk", "info@anytown.example"]
published_bank = ["GB82 WEST 1234 5698 7654 32", { account = "12345678", sort_code = "20-00-00" }]
published_addresses = ["1 Market Square,\\nAnytown"]
councillors = [{ name = "Ama Example", ward = "North" }, "Jo Example"]
public_officers = []
national_helplines = ["116 123"]
own_notes = "something a later edition will read"
"""


@pytest.fixture
def contacts() -> Contacts:
    return read_contacts(FILE, "contacts.toml")


def test_every_key_is_read_in_its_canonical_form(contacts: Contacts) -> None:
    assert contacts == Contacts(
        published_phones=frozenset({"+441632960001", "+442079460018", "+44999"}),
        published_emails=frozenset({"jo.bloggs@anytown.gov.uk", "info@anytown.example"}),
        published_bank=frozenset({"GB82WEST12345698765432", "20000012345678"}),
        published_addresses=frozenset({"1 market square anytown"}),
        councillors=frozenset({"ama example", "jo example"}),
        national_helplines=frozenset({"+44116123"}),
    )


PUBLISHED = [
    "Ring 01632960001", "Ring +44 (0)1632 960 001", "Ring (020) 7946-0018", "JO.BLOGGS@anytown.gov.uk",
    "newsdesk@anytown.example", "Pay gb82 west 1234 5698 7654 32",
]  # fmt: skip


@pytest.mark.parametrize("text", PUBLISHED)
def test_what_is_published_is_clear(contacts: Contacts, text: str) -> None:
    assert scan(text).findings
    assert scan(text, contacts).findings == ()


PRIVATE = ["Ring 01632 960002", "jo.smith@anytown.gov.uk", "jo@anytown.example", "GB33BUKB20201555555555"]


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_not_published_is_found_all_the_same(contacts: Contacts, text: str) -> None:
    assert len(scan(text, contacts).findings) == 1


def test_a_published_phone_number_is_never_an_nhs_number() -> None:
    contacts = read_contacts(b'published_phones = ["0999 000 0018"]', "c.toml")
    assert scan("our surgery: 999 000 0018", contacts).findings == ()
    assert len(scan("our surgery: 999 000 0026", contacts).findings) == 1


def test_published_under_one_kind_says_nothing_about_another() -> None:
    contacts = read_contacts(b'published_bank = ["07700900123"]', "c.toml")
    assert [finding.label for finding in scan("07700900123", contacts).findings] == ["PHONE"]


@pytest.mark.parametrize("name", ["contacts.json", "contacts"])
def test_json_is_read_alike(name: str) -> None:
    told = {"published_phones": ["01632 960001"], "councillors": "Ama Example"}
    contacts = read_contacts(b"\xef\xbb\xbf" + json.dumps(told).encode(), name)
    assert contacts.published_phones == {"+441632960001"}
    assert contacts.councillors == {"ama example"}


FAULTS = [
    (b"published_phones = ['hello', '01632 960001', '']", ["not_a_phone", "not_a_phone"]),
    (b"published_emails = ['nobody']\npublished_bank = ['?']", ["not_an_email", "not_an_account"]),
    (b"councillors = ['  ', []]", ["not_a_text", "not_a_text"]),
    (b"national_helplines = [true, {}]", ["not_a_phone", "not_a_phone"]),
    (b"published_phone = ['01632 960001']", ["unknown_key"]),
    (b"published_phones = [", ["not_toml"]),
    (b'{"published_phones": [}', ["not_json"]),
    (b"\xff\xfe\x00", ["not_utf8"]),
    (b"{" + b'"a":{' * 100_000, ["too_deep"]),
    (b"#" * (LARGEST_FILE + 1), ["too_large"]),
]


@pytest.mark.parametrize(("data", "codes"), FAULTS, ids=[codes[0] for _, codes in FAULTS])
def test_each_fault_is_told_in_a_sentence_of_its_own(data: bytes, codes: list[str]) -> None:
    with pytest.raises(ContactsRefused) as refused:
        read_contacts(data, "mine")
    assert [fault.code for fault in refused.value.faults] == codes
    for fault in refused.value.faults:
        assert "mine" in say(f"leaks.contacts.{fault.code}", **fault.params)


def test_a_list_is_no_contacts_file() -> None:
    with pytest.raises(ContactsRefused) as refused:
        read_contacts(b"[]", "mine.json")
    assert [fault.code for fault in refused.value.faults] == ["not_a_table"]


def test_nothing_published_is_a_choice() -> None:
    assert read_contacts(b"", "empty.toml") == Contacts()
