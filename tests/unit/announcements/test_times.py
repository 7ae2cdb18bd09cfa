"""Times for people: told in full and in one way only, refused with a reason, taken out of a text."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.announcements.media import take_descriptions
from bot.announcements.times import in_full, refusal, take_time, to_the_second
from bot.protocol.schedule import NotATime, scheduled, understand
from tests.unit.spoken import texts

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
NAMED = [  # the months and weekdays of a year, as a calendar shows them
    (1, 5, "Monday 5 January 2026 at 09:00 (GMT)"),
    (2, 3, "Tuesday 3 February 2026 at 09:00 (GMT)"),
    (3, 4, "Wednesday 4 March 2026 at 09:00 (GMT)"),
    (4, 2, "Thursday 2 April 2026 at 10:00 (BST)"),
    (5, 1, "Friday 1 May 2026 at 10:00 (BST)"),
    (6, 6, "Saturday 6 June 2026 at 10:00 (BST)"),
    (7, 5, "Sunday 5 July 2026 at 10:00 (BST)"),
    (8, 3, "Monday 3 August 2026 at 10:00 (BST)"),
    (9, 1, "Tuesday 1 September 2026 at 10:00 (BST)"),
    (10, 7, "Wednesday 7 October 2026 at 10:00 (BST)"),
    (11, 5, "Thursday 5 November 2026 at 09:00 (GMT)"),
    (12, 4, "Friday 4 December 2026 at 09:00 (GMT)"),
]


@pytest.mark.parametrize(("month", "day", "told"), NAMED)
def test_a_time_is_told_in_full(month: int, day: int, told: str) -> None:
    assert in_full(datetime(2026, month, day, 9, tzinfo=UTC), None, LONDON) == told


def test_any_time_until_tells_its_end() -> None:
    until = FRIDAY + timedelta(hours=8)
    assert in_full(NOW, until, LONDON) == "any time until 17:00 on Friday 27 November 2026 (GMT)"


@given(st.integers(1, 365 * 24 * 60), st.booleans())
def test_what_is_told_in_full_is_understood_as_itself(minutes: int, any_time: bool) -> None:
    moment = NOW + timedelta(minutes=minutes)
    schedule = scheduled(NOW, moment, LONDON) if any_time else scheduled(moment, None, LONDON)
    assert understand(in_full(schedule.due, schedule.until, LONDON), NOW, LONDON) == schedule


def test_what_was_is_told_to_the_second() -> None:
    assert to_the_second(FRIDAY.replace(second=7).astimezone(LONDON)) == "27 November 2026 at 09:00:07"


def test_no_name_of_a_day_or_month_hangs_on_the_locale_of_the_process() -> None:
    written = texts("bot/announcements") | texts("bot/protocol")
    assert "%H:%M:%S" in written
    assert [text for text in written if re.search("%[aAbBcxXp]", text)] == []


def test_a_refusal_tells_dates_and_clocks_in_words() -> None:
    first = NotATime("ambiguous_date", first=date(2026, 11, 27), second=date(2026, 12, 4))
    assert refusal(first) == (
        "“Next” can mean Friday 27 November 2026 or Friday 4 December 2026. Write the one you mean with its date."
    )
    before, after = datetime.fromisoformat("2026-03-29T00:30"), datetime.fromisoformat("2026-03-29T02:30")
    skipped = NotATime("nonexistent", clock=time(1, 30), before=before, after=after)
    assert refusal(skipped) == (
        "The clocks go forward that night, so there is no 01:30. "
        "Write Sunday 29 March 2026 at 00:30 or Sunday 29 March 2026 at 02:30 instead."
    )
    assert refusal(NotATime("bare_hour", hour="9")).startswith("“9” may be an hour or a day.")


TAKEN = [
    ("publish: Friday 9am\nThe library opens.", "The library opens.", "Friday 9am"),
    ("The library opens.\npublish: Friday 9am", "The library opens.", "Friday 9am"),
    ("The library opens.\n\n  PUBLISH :  Friday 9am  \n\n", "The library opens.", "Friday 9am"),
    ("Publish： Friday 9am\r\n\r\nThe library\r\nopens.", "The library\r\nopens.", "Friday 9am"),
    ("publish: Friday 9am", "", "Friday 9am"),
    ("publish:", "", ""),
    ("publish:Friday 9am\n\nOne.\n\nTwo.", "One.\n\nTwo.", "Friday 9am"),
    ("publish: Friday\nThe library opens.\npublish: 9am", "The library opens.", "Friday / 9am"),
    ("Library\npublish: Friday 9am\nwhere: here", "Library\npublish: Friday 9am\nwhere: here", None),
    ("The library opens publish: Friday 9am", "The library opens publish: Friday 9am", None),
    ("Publisher: Friday 9am", "Publisher: Friday 9am", None),
    ("publish Friday 9am", "publish Friday 9am", None),
    (" The library opens. ", "The library opens.", None),
    ("", "", None),
]


@pytest.mark.parametrize(("text", "kept", "said"), TAKEN)
def test_a_line_that_gives_the_time_is_taken_out(text: str, kept: str, said: str | None) -> None:
    assert take_time(text) == (kept, said)


def test_two_times_are_none() -> None:
    _, said = take_time("publish: Friday\nThe library opens.\npublish: 9am")
    assert said is not None
    with pytest.raises(NotATime, match="not_understood"):
        understand(said, NOW, LONDON)


def test_descriptions_may_stand_around_the_time() -> None:
    text, alts = take_descriptions("The library opens.\npublish: Friday 9am\nalt: A door")
    assert alts == ["A door"]
    assert take_time(text) == ("The library opens.", "Friday 9am")


@given(st.text(max_size=2000))
def test_any_text_without_a_line_for_the_time_stays(text: str) -> None:
    kept, said = take_time(text)
    assert (kept == text.strip()) if said is None else ("when" in text.lower())
