"""The page on times shows what the bot understands, and every way in which it refuses."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.announcements.times import in_full, refusal
from bot.protocol.schedule import NotATime, understand
from tests.docs.follow import ROOT
from tests.unit.spoken import first_arguments

pytestmark = pytest.mark.docs
ROWS = re.findall(r"^\| `(.+?)` \| (.+) \|$", (ROOT / "docs/reference/times.md").read_text(encoding="utf-8"), re.M)
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def answer(words: str) -> tuple[str, str]:
    """The code of a refusal, or none, and what is told."""
    try:
        found = understand(words, NOW, LONDON)
    except NotATime as fault:
        return fault.code, refusal(fault)
    return "", in_full(found.due, found.until, LONDON)


@pytest.mark.parametrize(("words", "told"), ROWS)
def test_a_phrase_on_the_page_is_answered_so(words: str, told: str) -> None:
    assert answer(words)[1] == told


def test_every_way_to_refuse_stands_on_the_page() -> None:
    codes = {answer(words)[0] for words, _ in ROWS}
    assert len(codes) > 10
    assert codes - {""} == first_arguments("bot/protocol", "NotATime")
