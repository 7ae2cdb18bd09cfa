"""The scan copy: plain, and every character of it traced back exactly."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.leaks.normalise import normalise
from bot.leaks.scan import scan

ODD = "\u200b\u200d\u2060\ufe0f\u20e3\u00a0\u2011\uff11\u2460\ufdfa\ufb01\u0301é\U000e0031\U0001f468\u202e\u00ad"
TEXTS = st.text(st.one_of(st.sampled_from(ODD), st.characters(), st.sampled_from("0123456789 abc-@.")))


@given(TEXTS)
def test_each_plain_sign_comes_from_where_the_map_says(text: str) -> None:
    copy = normalise(text)
    assert len(copy.origin) == len(copy.text)
    assert list(copy.origin) == sorted(copy.origin)
    for sign, index in zip(copy.text, copy.origin, strict=True):
        own = text[index]
        assert sign == own or sign in unicodedata.normalize("NFKC", own) or sign == "-"


@given(TEXTS)
def test_the_copy_stays_in_proportion_and_is_stable(text: str) -> None:
    copy = normalise(text)
    assert len(copy.text) <= 4 * len(text)
    assert normalise(copy.text).text == copy.text


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_left_alone(text: str) -> None:
    assert normalise(text).text == text


FOLDED = [
    ("\uff10\uff17\uff17", "077"),
    ("1\ufe0f\u20e32\ufe0f\u20e3", "12"),
    ("a\u200bb\u2060c\U000e0041d", "abcd"),
    ("999\u00a0000\u2011001", "999 000-001"),
    ("\ufb01ne", "fine"),
    ("\ufdfa", "\ufdfa"),
]


@pytest.mark.parametrize(("text", "plain"), FOLDED)
def test_what_is_folded(text: str, plain: str) -> None:
    assert normalise(text).text == plain


DISGUISES = [
    "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in "999 000 0018"),
    "\u200b".join("9990000018"),
    "999\u00a0000\u00a00018",
    "999\u2013000\u20130018",
    "".join(f"{sign}\ufe0f\u20e3" for sign in "9990000018"),
    "9\U000e00419\U000e00419 000 0018",
]


@pytest.mark.parametrize("written", DISGUISES)
@pytest.mark.parametrize(
    "before", ["NHS number ", "\u201cNHS number\u201d \U0001f600 ", "\ufeffNHS\u200b number \ufb01 "]
)
def test_a_disguised_number_is_found_exactly_where_it_stands(before: str, written: str) -> None:
    found = [finding for finding in scan(f"{before}{written}, she said").findings if finding.label == "NHS_NUMBER"]
    assert [(finding.start, finding.end) for finding in found] == [(len(before), len(before) + len(written))]


@given(TEXTS, TEXTS)
def test_offsets_hold_within_any_text(before: str, after: str) -> None:
    text = f"{before}\nNHS number 999 000 0018\n{after}"
    places = [(f.start, f.end) for f in scan(text).findings if f.label == "NHS_NUMBER"]
    start = len(before) + len("\nNHS number ")
    assert (start, start + len("999 000 0018")) in places


@given(TEXTS)
def test_no_text_breaks_the_scan(text: str) -> None:
    result = scan(text)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in result.findings)
    assert list(result.findings) == sorted(result.findings, key=lambda finding: finding.start)
