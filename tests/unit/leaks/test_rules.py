"""Each rule finds what it must, as gravely as it must, and leaves what it must not find."""

import re

import pytest
from stdnum import iban, numdb

from bot.leaks.findings import Severity
from bot.leaks.rules import DIGEST, PATTERN_RULES, RULES
from bot.leaks.rules.base import Example, Rule
from bot.leaks.rules.money import IBAN_LENGTHS
from bot.leaks.scan import scan
from bot.wording import known, say

MUST = [pytest.param(rule, example, id=f"{rule.id}-{n}") for rule in RULES for n, example in enumerate(rule.must)]
MUST_NOT = [pytest.param(rule, text, id=f"{rule.id}-{n}") for rule in RULES for n, text in enumerate(rule.must_not)]


def test_the_lists_are_not_empty() -> None:
    assert MUST
    assert MUST_NOT
    assert all(rule.must and rule.must_not for rule in RULES)


@pytest.mark.parametrize(("rule", "example"), MUST)
def test_finds_what_it_must(rule: Rule, example: Example) -> None:
    found = [finding for finding in scan(example.text).findings if finding.rule == rule.id]
    assert [finding.severity for finding in found] != []
    assert {finding.severity for finding in found} == {example.severity}
    assert {finding.label for finding in found} == {rule.label}


@pytest.mark.parametrize(("rule", "text"), MUST_NOT)
def test_leaves_what_it_must_not_find(rule: Rule, text: str) -> None:
    assert [finding for finding in scan(text).findings if finding.rule == rule.id] == []


def test_every_reason_is_shown_by_an_example_and_has_a_sentence() -> None:
    for rule in RULES:
        found = [f for example in rule.must for f in scan(example.text).findings if f.rule == rule.id]
        assert {finding.reason_code for finding in found} == {f"leaks.reason.{reason}" for reason in rule.reasons}
        assert all(say(finding.reason_code, **finding.params) for finding in found)
        assert max(found, key=lambda finding: finding.severity.rank).severity is rule.severity


def test_every_label_has_a_name_for_people() -> None:
    assert all(known(f"leaks.label.{rule.label}") for rule in RULES)


def test_ids_are_unique_and_patterns_bounded() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    # An unbounded repetition that can give back is how a text stalls a scanner; `++` cannot give back.
    for rule in PATTERN_RULES:
        inside_classes_dropped = re.sub(r"\[[^\]]*\]", "C", re.sub(r"\\.", "E", rule.pattern.pattern))
        assert not re.search(r"\*(?!\+)|(?<![+}])\+(?!\+)", inside_classes_dropped), rule.id


def test_the_digest_names_the_rules() -> None:
    assert re.fullmatch("[0-9a-f]{64}", DIGEST)


def test_iban_lengths_are_those_of_the_registry() -> None:
    known_lengths = 0
    table = numdb.get("iban")
    for country, length in IBAN_LENGTHS.items():
        structure = table.info(country + "00")[0][1].get("bban")
        if structure is None:
            continue
        known_lengths += 1
        parts = re.findall(r"(\d+)!?[nac]", structure)
        assert length == 4 + sum(map(int, parts)), country
    assert known_lengths > 70


@pytest.mark.parametrize("number", ["GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606"])
def test_specimen_ibans_of_several_countries(number: str) -> None:
    assert iban.is_valid(number)
    assert [finding.label for finding in scan(f"to {number}.").findings] == ["IBAN"]


NHS_CASES = [
    ("999 000 0018", Severity.CRITICAL),
    ("9990000018", Severity.HIGH),
    ("99 90 00 00 18", None),
    ("NHS number 99 90 00 00 18", Severity.CRITICAL),
    ("NHS number 9990000019", Severity.MEDIUM),
    ("patient 9990000019", None),
    ("raffle 9990000018 for a patient", Severity.HIGH),
    ("raffle number 999 000 0018", None),
    ("+44 999 000 0018", None),
    ("0044 999 000 0018", None),
    ("1.9990000018", None),
    ("9990000018.5", None),
    ("#9990000018", None),
    ("NHS number #9990000018", Severity.CRITICAL),
    ("44444444444", None),
    ("NHS number 6666666666", None),
    ("9 9 9 0 0 0 0 0 1 8 7", None),
]


@pytest.mark.parametrize(("text", "severity"), NHS_CASES)
def test_nhs_numbers_are_weighed_by_their_cues(text: str, severity: Severity | None) -> None:
    assert [f.severity for f in scan(text).findings if f.label == "NHS_NUMBER"] == ([severity] if severity else [])


def test_one_wrong_digit_anywhere_is_no_nhs_number() -> None:
    sound = "9990000018"
    for place in range(10):
        for digit in set("0123456789") - {sound[place]}:
            wrong = sound[:place] + digit + sound[place + 1 :]
            assert not [f for f in scan(f"See {wrong}").findings if f.label == "NHS_NUMBER"], wrong


NINO_CASES = [
    ("AB123456C", True),
    ("ab 12 34 56 c", True),
    ("At 12 34 56 a", False),
    ("AT 12 34 56 A", True),
    ("at123456a", True),
    *((f"{prefix}123456A", False) for prefix in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")),
    *((f"{letter}A123456A", False) for letter in "DFIQUV"),
    *((f"A{letter}123456A", False) for letter in "DFIOQUV"),
    ("AB123456E", False),
    ("AB 1 23 456 C", False),
    ("NI number AB 1 23 456 C", True),
    ("NI number AB123456", True),
    ("XAB123456C", False),
    ("AB123456C@example", False),
]


@pytest.mark.parametrize(("text", "found"), NINO_CASES)
def test_nino_letters_and_groups(text: str, found: bool) -> None:
    assert any(f.label == "NINO" and f.severity is Severity.CRITICAL for f in scan(text).findings) is found


CARD_CASES = [
    ("4111 1111 1111 1111", Severity.CRITICAL),
    ("4111111111111111 cvv 123", Severity.CRITICAL),
    ("2223003122003222", Severity.HIGH),
    ("6011000990139424", Severity.HIGH),
    ("3530111333300000", Severity.HIGH),
    ("41 11 11 11 11 11 11 11", None),
    ("4222222222222", None),
    ("visa 4222222222222", Severity.CRITICAL),
    ("30569309025904", None),
    ("diners card 30569309025904", Severity.CRITICAL),
    ("7000 0000 0000 0000 5", None),
    ("card 000000000000", None),
]


@pytest.mark.parametrize(("text", "severity"), CARD_CASES)
def test_cards_need_an_issuer_and_luhn(text: str, severity: Severity | None) -> None:
    found = [f.severity for f in scan(text).findings if f.label == "PAYMENT_CARD"]
    assert found == ([severity] if severity else [])


def test_an_iban_ends_where_its_country_ends() -> None:
    text = "IBAN GB82 WEST 1234 5698 7654 32 AND THEN"
    (finding,) = scan(text).findings
    assert text[finding.start : finding.end] == "GB82 WEST 1234 5698 7654 32"


PHONE_CASES = [
    ("07700 900123", "07700 900123"),
    ("Tel:07700900123.", "07700900123"),
    ("0113 496 0018 or 0113 496 0991", "0113 496 0018"),
    ("020 7946 0018 9 to 5", "020 7946 0018"),
    ("(01632) 960001", "(01632) 960001"),
    ("+33 1 70 18 99 00", "+33 1 70 18 99 00"),
    ("07700 900123/4", "07700 900123"),
]


@pytest.mark.parametrize(("text", "value"), PHONE_CASES)
def test_a_phone_number_is_found_to_its_last_digit(text: str, value: str) -> None:
    first = scan(text).findings[0]
    assert (first.label, text[first.start : first.end]) == ("PHONE", value)


NO_PHONES = [
    "0300 123 4567", "+44 300 123 4567", "0800 123 4567", "0808 157 0123", "0845 600 0000", "0909 879 0123",
    "01 02 2024 1030", "0161 496 00", "00000 000000", "01632 96000", "ref 2/01632960001", "£07700900123",
    "http://example.org/07700900123", "10.07700 900123",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_PHONES)
def test_what_is_no_private_phone_number(text: str) -> None:
    assert scan(text).findings == ()


def test_mobiles_and_landlines_are_told_apart() -> None:
    kinds = [finding.params["kind"] for finding in scan("07700 900123, 020 7946 0018, +33 6 12 34 56 78").findings]
    assert kinds == ["mobile", "landline", "mobile"]


ROLES = [
    ("enquiries@anytown.gov.uk", Severity.NOTE),
    ("customerservices@anytown.gov.uk", Severity.NOTE),
    ("info2024@village-hall.org.uk", Severity.NOTE),
    ("housing.repairs@anytown.gov.uk", Severity.NOTE),
    ("jo.bloggs@anytown.gov.uk", Severity.MEDIUM),
    ("jbloggs@anytown.gov.uk", Severity.MEDIUM),
    ("info@example.com", Severity.MEDIUM),
]


@pytest.mark.parametrize(("text", "severity"), ROLES)
def test_addresses_of_offices_are_only_mentioned(text: str, severity: Severity) -> None:
    assert [finding.severity for finding in scan(text).findings] == [severity]


def test_a_key_is_taken_whole_and_what_follows_stays() -> None:
    key = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nbm90IGEga2V5\n-----END EC PRIVATE KEY-----"
    assert scan(f"before {key} after").redacted == "before [private key removed] after"
    cut = "-----BEGIN EC PRIVATE KEY-----\n" + "QUJD" * 16 + "\n" + "QUJD" * 16 + "\nand words after"
    assert scan(cut).redacted == "[private key removed]\nand words after"
