"""Who is meant: by a pill, by the list of mentions, and by plain words."""

import time
from typing import Any

import pytest

from adapters.chat.matrix.mentions import Names
from tests.unit.chat_matrix.world import ME

NAMES = Names(ME, "Switchboard (council)")
LIST = {"m.mentions": {"user_ids": [ME]}}


def pill(shown: str, target: str = ME) -> dict[str, Any]:
    return {"formatted_body": f'<p><a class="x" href="https://matrix.to/#/{target}">{shown}</a>: hello</p>'}


@pytest.mark.parametrize(
    ("content", "body", "expected"),
    [
        ({}, "@switchboard who knows", "who knows"),
        ({}, "@Switchboard: who knows", "who knows"),
        ({}, "@switchboard:council.example who knows", "who knows"),
        ({}, "@switchboard:council.example: who knows", "who knows"),
        ({}, "please @switchboard, who knows", "please who knows"),
        ({}, "@switchboard: follow @switchboard", "follow @switchboard"),
        (LIST, "Switchboard (council): who knows", "who knows"),
        (LIST, "who knows, bot?", "who knows, bot?"),
        (LIST, "ask Switchboard (council) who knows", "ask Switchboard (council) who knows"),
        (pill("The Desk"), "The Desk: who knows", "who knows"),
        (pill("A &amp; B"), "hey A & B, who knows", "hey who knows"),
        (pill("Switchboard", "%40switchboard%3Acouncil.example"), "Switchboard: who knows", "who knows"),
    ],
)
def test_mentioned(content: dict[str, Any], body: str, expected: str) -> None:
    assert NAMES.heard(content, body) == (True, expected)


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({}, "switchboard who knows"),
        ({}, "Switchboard (council): who knows"),
        ({}, "mail switchboard@council.example"),
        ({}, "a@switchboard"),
        ({}, "@switchboarding"),
        ({}, "@switchboard-2 who knows"),
        ({}, "@switchboard:elsewhere.example who knows"),
        ({}, "https://council.example/@switchboard"),
        ({"m.mentions": {"user_ids": ["@jo:council.example"]}}, "jo: who knows"),
        ({"m.mentions": {"user_ids": ME}}, "who knows"),
        ({"m.mentions": {"room": True}}, "@room who knows"),
        (pill("Switchboard", "@jo:council.example"), "Switchboard: who knows"),
    ],
)
def test_not_mentioned(content: dict[str, Any], body: str) -> None:
    assert NAMES.heard(content, body) == (False, body)


def cpu(formatted: str) -> float:
    """CPU seconds to look at it, at least a little: what is measured must be more than the clock's grain."""
    begun = time.process_time()
    for _ in range(3):
        assert NAMES.heard({"formatted_body": formatted}, "hello") == (False, "hello")
    return max(time.process_time() - begun, 0.02)


@pytest.mark.parametrize(
    "made", ['<a href="https://matrix.to/#/' + "a" * 4000, "<a " * 4000, '<a href="https://matrix.to/#/x">' * 400]
)
def test_no_formatting_is_looked_at_for_long(made: str) -> None:
    # Quadratic time would be sixteen times as long.
    assert cpu(made * 4) < 9 * cpu(made)
