"""Texts made by chance from pieces of leaks and of nothing: none breaks the scan, no finding points outside it."""

import json
import random
from pathlib import Path

import pytest

from bot.leaks.findings import Severity
from bot.leaks.rules import RULES
from bot.leaks.scan import OverBudget, scan
from tests.unit.leaks.hostile import HOSTILE

IN_A_RUN = 10_000
IN_SOAK = 1_000_000
CORPUS = Path(__file__).parents[2] / "corpus" / "leaks" / "own.jsonl"
POSTS = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
PIECES = [
    *POSTS,
    *(example.text for rule in RULES for example in rule.must),
    *(text for rule in RULES for text in rule.must_not),
]
ODD = [
    "\u200b", "\u200d", "\u2060", "\u202e", "\u202c", "\ufe0f", "\u20e3", "\U000e0031", "\U000e007f", "\u0430",
    "\u041e", "\uff11",
    "\u0301", "\u0336", "\ud83d", "\U0001f600", "\x00", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\ufdfa", "\u0660", "=",
    "@", "//",
    "-", ".", "[", "](", "<", "&#48;", "double ", "oh ", "at ", "dot ", "1", "0", "O", "l", "GB82", "BEGIN PRIVATE KEY",
    "\\",
]  # fmt: skip
HIDES_IN = ["\u200b", "\u2060", "\u200d", "\U000e0041", "\ufe0f"]


def made(chance: random.Random) -> str:
    """One text."""
    text = " ".join(chance.choices(PIECES, k=chance.randint(0, 3)))
    for _ in range(chance.randint(0, 12)):
        place = chance.randint(0, len(text))
        if chance.random() < 0.5:
            text = text[:place] + chance.choice(ODD) * chance.choice((1, 1, 1, 3, 40)) + text[place:]
        elif chance.random() < 0.5:
            text = text[:place] + text[place + chance.randint(1, 9) :]
        else:
            text = (
                text[:place] + chr(chance.choice((chance.randint(0, 0xFF), chance.randint(0, 0x10FFFF)))) + text[place:]
            )
    return text


def look(chance: random.Random) -> int:
    """Scan one text made by chance; how many findings it had."""
    text = made(chance)
    result = scan(text)
    places = [(finding.start, finding.end) for finding in result.findings]
    assert all(0 <= start < end <= len(text) for start, end in places), ascii(text)
    assert places == sorted(places, key=lambda place: place[0]), ascii(text)
    masked = [finding.excerpt for finding in result.findings if finding.label != "HIDDEN_TEXT"]
    assert all(sum(map(str.isalnum, excerpt)) <= 2 for excerpt in masked), ascii(text)
    assert (result.redacted == text) is not any(finding.severity.stops for finding in result.findings), ascii(text)
    return len(places)


def planted(chance: random.Random) -> None:
    """A number hidden in a text made by chance is found exactly where it stands."""
    number = "999 000 0018"
    place = chance.randint(1, len(number) - 1)
    hidden = number[:place] + chance.choice(HIDES_IN) + number[place:]
    before = f"{made(chance)}\nNHS number "
    text = f"{before}{hidden}\n{made(chance)}"
    found = [finding for finding in scan(text).findings if finding.label == "NHS_NUMBER"]
    assert (len(before), len(before) + len(hidden)) in [(one.start, one.end) for one in found], ascii(text)


def run(seeds: range) -> int:
    """Every seed once; how many findings there were."""
    found = 0
    for seed in seeds:
        chance = random.Random(seed)
        found += look(chance)
        if seed % 10 == 0:
            planted(chance)
    return found


@pytest.mark.parametrize("part", range(10))
def test_no_text_made_by_chance_breaks_the_scan(part: int) -> None:
    each = IN_A_RUN // 10
    assert run(range(part * each, (part + 1) * each)) > each // 2


@pytest.mark.soak
def test_a_million_texts_do_not_break_the_scan() -> None:
    assert run(range(IN_A_RUN, IN_A_RUN + IN_SOAK)) > IN_SOAK // 2


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_within_every_rules_budget(text: str) -> None:
    try:
        scan(text * 3)
    except OverBudget as error:
        pytest.fail(f"the budget of {error} is too small")


def test_a_rule_that_runs_away_is_stopped_and_the_text_is_not_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.leaks.scan._FEWEST_CANDIDATES", -10_000)
    with pytest.raises(OverBudget):
        scan("Ring 07700 900123")
    assert Severity.CRITICAL.stops
