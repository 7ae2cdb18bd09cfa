"""What an edit changed, as those who had approved are told: nothing that any scan marked is among it (I14)."""

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.announcements.changes import MOST, between, differing, masked, told
from bot.announcements.judging import Judged
from bot.announcements.tables import RevisionRow
from bot.leaks.rules import RULES
from bot.leaks.scan import scan
from bot.wording import say

HIDDEN = "[hidden]"
# What each rule is known to find, in a sentence of its own.
LEAKS = [example.text for rule in RULES for example in rule.must]


def revision(text: str, *, stopped: bool = False) -> RevisionRow:
    """The wording before, with what its scan found."""
    return RevisionRow(
        announcement=1,
        revision=1,
        text=text,
        language="en-GB",
        digest="d",
        fingerprint="f",
        findings=json.dumps(found(text)),
        rules="r",
        stopped=stopped,
        made=datetime(2026, 1, 1, tzinfo=UTC),
    )


def found(text: str) -> list[dict[str, Any]]:
    """The findings in a text as a revision keeps them."""
    return [dataclasses.asdict(finding) | {"where": 0} for finding in scan(text).findings]


def judged(text: str) -> Judged:
    """The wording after, with what its scan found."""
    return Judged(text, (), tuple(found(text)), "r", False, "f")


def change(before: str, after: str) -> str:
    return told(revision(before), judged(after))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("It opens at nine.", "It opens at nine.", ""),
        ("It opens at nine.", "It opens at ten.", "• “nine.” became “ten.”"),
        ("It opens at nine.", "It opens.", "• “opens at nine.” became “opens.”"),
        ("It opens at nine today.", "It opens at nine.", "• “nine today.” became “nine.”"),
        ("It opens today at nine.", "It opens at nine.", "• “today” was taken out"),
        ("It opens at nine.", "It opens today at nine.", "• “today” was put in"),
        ("", "New words.", "• “New words.” was put in"),
    ],
)
def test_changes_are_told_word_by_word(before: str, after: str, line: str) -> None:
    assert change(before, after) == line


def test_many_changes_are_counted() -> None:
    old = " ".join(f"w{number} same{number}" for number in range(20))
    lines = between(old, old.replace("w", "v"))
    assert len(lines) == MOST + 1
    assert lines[-1] == f"• … and {20 - MOST} more changes."
    assert len(between(" ".join(["a b"] * MOST), " ".join(["c b"] * MOST))) == MOST


def test_what_only_hidden_words_changed_is_said_without_them() -> None:
    line = change("Ring 07700 900123.", "Ring 07700 900456.")
    assert line == "• something that is hidden here was changed"


@pytest.mark.parametrize(
    ("before", "after"), [("Ring 07700 900123 now.", "Ring us now."), ("Ring us.", "Ring 07700 900123.")]
)
def test_what_one_scan_marked_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    line = change(before, after)
    assert HIDDEN in line
    assert "900123" not in line


def test_a_value_that_an_older_scan_marked_is_hidden_in_the_newer_words_too() -> None:
    before = revision("The code is sesame.")
    before.findings = json.dumps([{"where": 0, "start": 12, "end": 18}])
    assert told(before, judged("Say sesame twice: sesame, sesame.")).count("sesame") == 0


def test_what_a_description_held_is_no_place_in_the_text() -> None:
    before = revision("It opens at nine.")
    before.findings = json.dumps([{"where": 1, "start": 0, "end": 17}])
    assert told(before, judged("It opens at ten.")) == "• “nine.” became “ten.”"


def test_of_a_wording_that_was_stopped_nothing_is_told() -> None:
    assert told(revision("It opens at [removed].", stopped=True), judged("It opens at ten.")) == ""


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        (["one two", "two three"], f"{HIDDEN} four"),
        (["one two three", "two"], f"{HIDDEN} four"),
        (["one", "two"], f"{HIDDEN} {HIDDEN} three four"),
        (["five"], "one two three four"),
        ([], "one two three four"),
    ],
)
def test_where_values_overlap_both_go(marked: list[str], shown: str) -> None:
    assert masked("one two three four", marked) == shown


def test_a_value_that_overlaps_itself_goes_whole() -> None:
    assert masked("aXaXa", ["aXa"]) == HIDDEN


def test_there_are_leaks_to_try() -> None:
    assert len(LEAKS) > 50


WORDS = st.lists(st.sampled_from([*LEAKS, "It opens", "at nine", "for Ama", "(today)"]), min_size=0, max_size=5)


@given(before=WORDS, after=WORDS)
def test_nothing_that_any_scan_marked_is_ever_told(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), " ".join(after)
    said = change(old, new)
    marks = {text[item["start"] : item["end"]] for text in (old, new) for item in found(text)}
    frame = "• “” became “” was taken out was put in … and more changes. something that is hidden here was changed"
    assert [mark for mark in marks if mark in said and mark not in frame] == []


def test_long_texts_are_compared_where_they_differ_and_not_beyond_a_bound() -> None:
    # Word by word, this took ten seconds of the only thread there is.
    assert between("a " * 3_500, "a " * 1_700 + "b " + "a " * 1_799 + "b") == [say("changes.long")]
    assert between("a " * 3_000 + "open " + "b " * 3_000, "a " * 3_000 + "shut " + "b " * 3_000) == [
        say("changes.replace", before="open", after="shut")
    ]


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_what_both_share_at_the_ends_is_no_change(old: list[str], new: list[str]) -> None:
    first, second = differing(old, new)
    shared = len(old) - len(first)
    around = [(old[:start], old[len(old) - (shared - start) :]) for start in range(shared + 1)]
    assert any(one + first + other == old and one + second + other == new for one, other in around)
    assert not (first and second) or (first[0] != second[0] and first[-1] != second[-1])
