"""Times as people write them: each phrase is the one instant it can mean, or is refused with the reason."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.protocol.schedule import LONGEST, NotATime, Schedule, Told, scheduled, told, understand

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)  # a Monday
BEFORE_SPRING = datetime(2026, 3, 20, 10, tzinfo=UTC)  # a Friday; the clocks go forward on the 29th
BEFORE_AUTUMN = datetime(2026, 10, 20, 10, tzinfo=UTC)  # a Tuesday; the clocks go back on the 25th
ZONES = [
    *map(ZoneInfo, ["Europe/London", "Europe/Dublin", "America/New_York", "America/Santiago", "Australia/Lord_Howe"]),
    *map(ZoneInfo, ["Pacific/Auckland", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Chatham", "CET", "UTC"]),
]

UNDERSTOOD = {
    # weekdays
    "Friday 9am": "2026-11-27T09:00",
    "on Friday at 9": "2026-11-27T09:00",
    "9am Friday": "2026-11-27T09:00",
    "at 9 on Friday": "2026-11-27T09:00",
    "this Friday 9am": "2026-11-27T09:00",
    "this Monday 10:01": "2026-11-23T10:01",
    "Monday 10:01": "2026-11-23T10:01",
    "Monday 10:00": "2026-11-30T10:00",
    "Monday 9am": "2026-11-30T09:00",
    "Sunday noon": "2026-11-29T12:00",
    "Tuesday noon": "2026-11-24T12:00",
    # days beside today
    "tomorrow at noon": "2026-11-24T12:00",
    "tomorrow 8:15": "2026-11-24T08:15",
    "tomorrow at 00:00": "2026-11-24T00:00",
    "tomorrow Tuesday 9am": "2026-11-24T09:00",
    "today 17:00": "2026-11-23T17:00",
    "today 10:01": "2026-11-23T10:01",
    "Monday today 17:00": "2026-11-23T17:00",
    "tonight at 8": "2026-11-23T20:00",
    "tonight at 8:30": "2026-11-23T20:30",
    "tonight at 5": "2026-11-23T17:00",
    "tonight at 11": "2026-11-23T23:00",
    "tonight 17:00": "2026-11-23T17:00",
    "tonight 7pm": "2026-11-23T19:00",
    "tonight 23:59": "2026-11-23T23:59",
    "14:30": "2026-11-23T14:30",
    "14.30": "2026-11-23T14:30",
    "midday": "2026-11-23T12:00",
    "12 noon": "2026-11-23T12:00",
    "at 12 midday": "2026-11-23T12:00",
    # so long from now
    "in 20 minutes": "2026-11-23T10:20",
    "in 20 mins": "2026-11-23T10:20",
    "in 20min": "2026-11-23T10:20",
    "in 1 minute": "2026-11-23T10:01",
    "in a minute": "2026-11-23T10:01",
    "in 2 hours": "2026-11-23T12:00",
    "in 2 hrs": "2026-11-23T12:00",
    "in 2 hr": "2026-11-23T12:00",
    "in an hour": "2026-11-23T11:00",
    "in one hour": "2026-11-23T11:00",
    "in half an hour": "2026-11-23T10:30",
    "in 8784 hours": "2027-11-24T10:00",
    # dates
    "1 Dec 14:30": "2026-12-01T14:30",
    "1 December at 2.30pm": "2026-12-01T14:30",
    "the 1st of December at 2:30 pm": "2026-12-01T14:30",
    "Dec 1 2pm": "2026-12-01T14:00",
    "Dec. 1st 2026, 2pm": "2026-12-01T14:00",
    "December 1 2pm": "2026-12-01T14:00",
    "14:30, 1 Dec": "2026-12-01T14:30",
    "1/12 14:30": "2026-12-01T14:30",
    "at 14:30 on 1/12": "2026-12-01T14:30",
    "1/12/2026 14:30": "2026-12-01T14:30",
    "01/12/26 14:30": "2026-12-01T14:30",
    "2026-12-01 14:30": "2026-12-01T14:30",
    "2026-12-01T14:30": "2026-12-01T14:30",
    "2026-12-01T14:30 Europe/London": "2026-12-01T14:30",
    "Tuesday 1 December 2026 at 14:30 (GMT)": "2026-12-01T14:30",
    "next Tuesday 1 December 2pm": "2026-12-01T14:00",
    "23 November 10:01": "2026-11-23T10:01",
    "23 November 2026 10:01": "2026-11-23T10:01",
    "31 Dec 9am": "2026-12-31T09:00",
    "2 May 9am": "2027-05-02T09:00",
    "1 March 9am": "2027-03-01T09:00",
    "24 Oct 9am": "2027-10-24T09:00",
    "24 November 2027 9am": "2027-11-24T09:00",
    # hours
    "Friday at 08": "2026-11-27T08:00",
    "Friday at 8": "2026-11-27T08:00",
    "Friday at 12": "2026-11-27T12:00",
    "Friday at 13": "2026-11-27T13:00",
    "Friday at 23": "2026-11-27T23:00",
    "Friday at 07": "2026-11-27T07:00",
    "Friday 02:30": "2026-11-27T02:30",
    "Friday 0:05": "2026-11-27T00:05",
    "Friday 9 o'clock": "2026-11-27T09:00",
    "at 9 o’clock on Friday": "2026-11-27T09:00",
    "Friday 9oclock": "2026-11-27T09:00",
    "Friday 9 a.m.": "2026-11-27T09:00",
    "9 A.M. Friday.": "2026-11-27T09:00",
    "Friday 1pm": "2026-11-27T13:00",
    "Friday 1am": "2026-11-27T01:00",
    "Friday 12pm": "2026-11-27T12:00",
    "Friday 12:30pm": "2026-11-27T12:30",
    "Friday 12:30am": "2026-11-27T00:30",
    "Friday 11:59 p.m": "2026-11-27T23:59",
    "Friday 9am GMT": "2026-11-27T09:00",
    "Friday 9am gmt europe/london": "2026-11-27T09:00",
    # as it comes out of keyboards and documents
    "FRIDAY  9AM": "2026-11-27T09:00",
    " \tFriday,\u00a09\u202fam\n": "2026-11-27T09:00",
    "Ｆｒｉｄａｙ ９：３０": "2026-11-27T09:30",
    "2026‑12‑01 14:30": "2026-12-01T14:30",
    "2026–12—01 14:30": "2026-12-01T14:30",
}
UNTIL = {
    "any time until 17:00": "2026-11-23T17:00",
    "Any time till 17:00": "2026-11-23T17:00",
    "at anytime before 17:00": "2026-11-23T17:00",
    "until 17": "2026-11-23T17:00",
    "by Friday noon": "2026-11-27T12:00",
    "any time before Friday noon": "2026-11-27T12:00",
    "any time until 5pm on Friday": "2026-11-27T17:00",
    "any time until Friday at 5 pm": "2026-11-27T17:00",
    "any time until 1 Dec 14:30": "2026-12-01T14:30",
    "any time until the 1st of December at noon": "2026-12-01T12:00",
    "until 1/12 14:30": "2026-12-01T14:30",
    "any time until 17:00 on Friday 27 November 2026 (GMT)": "2026-11-27T17:00",
    "until 2026-11-27T17:00 Europe/London": "2026-11-27T17:00",
}
NONSENSE = [
    "", " ", ".", ". .", ",", "()", "soon", "on", "at", "the", "Fryday 9am", "Friday 9am please", "Friday 9am Saturday",
    "Friday 9am 10am", "9am 9am", "9am noon", "tomorrow today 9am", "1 Dec 2 Dec 9am", "1 Dec tomorrow 9am",
    "Friday 9 14:30", "Friday 24:00", "at 24", "Friday at 99", "Friday 13pm", "Friday 0am", "Friday 0:30pm",
    "Friday 13:00pm", "9:60", "9:5", "9:005", "12:00:00", "123", "at 123", "1430", "Friday9am", "Friday 9ampm",
    "9am-5pm", "half past nine", "half past 9", "between 9 and 17:00 tomorrow", "after 17:00", "next week",
    "next tomorrow 9am",
    "in 0 minutes", "in minutes", "in 20", "in a", "in an hour and a half", "in 1234567 minutes", "in 2 days",
    "in half a day", "in half an minute", "in  -5 minutes", "in 1.5 hours", "20 minutes", "within an hour",
    "any time", "any time until", "until", "until until 17:00", "any time until in 2 hours", "any time 17:00",
    "Friday 9am UTC", "Friday 9am CET", "Friday 9am GMT GMT", "Friday 9am Europe/Paris", "2026-12-01T", "T14:30",
    "2026-12-01T14:30Z", "2026/12/01 14:30", "1-12-2026 14:30", "1/12/026 14:30", "1//12 14:30", "1st 9am",
    "Decem 1 9am", "1stof Dec 9am", "١٤:٣٠", "Ⅸam", "\ud800", "Friday 9am\x00", "\u200bFriday 9am",
    "9 oo'clock", "9 am pm",
    "Friday a 9", "-1:30", "+9", "next", "this", "next 9am", "thisFriday 9am", "yesterday 9am", "Friday/9am",
]  # fmt: skip


def fault(words: str, now: datetime = NOW, zone: ZoneInfo = LONDON) -> tuple[str, dict[str, object]]:
    """How a time is refused."""
    with pytest.raises(NotATime) as raised:
        understand(words, now, zone)
    assert str(raised.value) == raised.value.code
    return raised.value.code, raised.value.params


def instant(wall: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(("words", "wall"), UNDERSTOOD.items())
def test_a_time_is_understood(words: str, wall: str) -> None:
    found = understand(words, NOW, LONDON)
    assert found == Schedule(instant(wall), None, f"{wall} Europe/London")
    assert found.due.tzinfo is UTC


@pytest.mark.parametrize(("words", "wall"), UNTIL.items())
def test_any_time_until_begins_now(words: str, wall: str) -> None:
    now = NOW + timedelta(seconds=7)
    found = understand(words, now, LONDON)
    assert found == Schedule(now, instant(wall), f"until {wall} Europe/London")
    assert found.due.tzinfo is UTC


def _spelt(short: str, *more: str) -> list[str]:
    return [short, short.capitalize(), *more]


MONTHS = [
    _spelt("jan", "January"), _spelt("feb", "February"), _spelt("mar", "March"), _spelt("apr", "April"), _spelt("may"),
    _spelt("jun", "June"), _spelt("jul", "July"), _spelt("aug", "August"), _spelt("sep", "sept", "September"),
    _spelt("oct", "October"), _spelt("nov", "November"), _spelt("dec", "December"),
]  # fmt: skip
WEEKDAYS = [
    _spelt("mon", "Monday"), _spelt("tue", "tues", "Tuesday"), _spelt("wed", "weds", "Wednesday"),
    _spelt("thu", "thur", "thurs", "Thursday"), _spelt("fri", "Friday"), _spelt("sat", "Saturday"),
    _spelt("sun", "Sunday"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "name"), [(i + 1, name) for i, names in enumerate(MONTHS) for name in names])
def test_every_month_has_its_spellings(number: int, name: str) -> None:
    now = datetime(2026, 1, 1, 10, tzinfo=UTC)
    due = datetime(2026, number, 9, 9, tzinfo=LONDON).astimezone(UTC)
    for words in (
        f"9 {name} 9am",
        f"{name} 9th 9am",
        f"9/{number} 9am",
        f"9/{number:02}/26 9am",
        f"9th of {name}. 9am",
    ):
        assert understand(words, now, LONDON).due == due


@pytest.mark.parametrize(("number", "name"), [(i, name) for i, names in enumerate(WEEKDAYS) for name in names])
def test_every_weekday_has_its_spellings(number: int, name: str) -> None:
    found = understand(f"{name} 9:30", NOW, LONDON)
    day = NOW.date() + timedelta(days=number or 7)
    assert found.due == datetime.combine(day, time(9, 30), tzinfo=UTC)
    assert date.weekday(day) == number


@pytest.mark.parametrize("words", NONSENSE)
def test_what_is_no_time_is_not_understood(words: str) -> None:
    assert fault(words) == ("not_understood", {})


@pytest.mark.parametrize("words", ["Friday", "tomorrow", "1 December", "until Friday", "2026-12-01", "1/12", "GMT"])
def test_a_day_alone_is_no_time(words: str) -> None:
    assert fault(words) == ("no_time_of_day", {})


@pytest.mark.parametrize(
    ("words", "code", "params"),
    [
        ("today 10:00", "past_today", {"clock": time(10)}),
        ("09:30", "past_today", {"clock": time(9, 30)}),
        ("at 9", "past_today", {"clock": time(9)}),
        ("any time until 10:00", "past_today", {"clock": time(10)}),
        ("this Monday 10am", "past_today", {"clock": time(10)}),
        ("23/11/2026 10:00", "past_today", {"clock": time(10)}),
        ("22/11/2026 10:00", "past", {"day": date(2026, 11, 22)}),
        ("1 Dec 2025 10:00", "past", {"day": date(2025, 12, 1)}),
        ("0001-01-01 00:00", "past", {"day": date(1, 1, 1)}),
        ("0026-12-01 09:00", "past", {"day": date(26, 12, 1)}),
        ("25 November 2027 9am", "too_far", {}),
        ("9999-12-31 23:59", "too_far", {}),
        ("in 8785 hours", "too_far", {}),
        ("in 999999 hours", "too_far", {}),
        ("in 527041 minutes", "too_far", {}),
        ("25 Oct 9am", "next_year", {"day": date(2027, 10, 25)}),
        ("20 Nov 9am", "next_year", {"day": date(2027, 11, 20)}),
        ("23 Nov 10:00", "next_year", {"day": date(2027, 11, 23)}),
        ("12/25 9am", "no_such_date", {}),
        ("31/11 9am", "no_such_date", {}),
        ("0/12 9am", "no_such_date", {}),
        ("1/0 9am", "no_such_date", {}),
        ("29 Feb 9am", "no_such_date", {}),
        ("29/2/2027 9am", "no_such_date", {}),
        ("0000-01-01 9am", "no_such_date", {}),
        ("next Friday 14:30", "ambiguous_date", {"first": date(2026, 11, 27), "second": date(2026, 12, 4)}),
        ("next Monday 14:30", "ambiguous_date", {"first": date(2026, 11, 30), "second": date(2026, 12, 7)}),
        ("next Tuesday 14:30", "ambiguous_date", {"first": date(2026, 11, 24), "second": date(2026, 12, 1)}),
        ("Friday 1 December 9am", "wrong_weekday", {"day": date(2026, 12, 1)}),
        ("tomorrow Monday 9am", "wrong_weekday", {"day": date(2026, 11, 24)}),
        ("today Tuesday 5pm", "wrong_weekday", {"day": date(2026, 11, 23)}),
        ("midnight", "midnight", {}),
        ("Friday at midnight", "midnight", {}),
        ("12 midnight", "midnight", {}),
        ("tonight 12am", "midnight", {}),
        ("Friday 12:00 a.m.", "midnight", {}),
        ("tonight 16:59", "not_tonight", {"clock": time(16, 59)}),
        ("tonight 08:00", "not_tonight", {"clock": time(8)}),
        ("tonight at 12", "not_tonight", {"clock": time(12)}),
        ("tonight at 1am", "not_tonight", {"clock": time(1)}),
        ("tonight noon", "not_tonight", {"clock": time(12)}),
        ("tonight at 4", "am_or_pm", {"clock": "4"}),
        ("Friday at 1", "am_or_pm", {"clock": "1"}),
        ("until 5", "am_or_pm", {"clock": "5"}),
        ("Friday at 7", "am_or_pm", {"clock": "7"}),
        ("7 o'clock", "am_or_pm", {"clock": "7"}),
        ("Friday 2:30", "am_or_pm", {"clock": "2:30"}),
        ("Friday 7.05", "am_or_pm", {"clock": "7:05"}),
        ("9", "bare_hour", {"hour": "9"}),
        ("Friday 05", "bare_hour", {"hour": "05"}),
        ("Friday 23", "bare_hour", {"hour": "23"}),
        ("1 July 2027 9am GMT", "other_zone", {"said": "GMT", "zone": "BST"}),
        ("Friday 9am BST", "other_zone", {"said": "BST", "zone": "GMT"}),
    ],
)  # fmt: skip
def test_a_time_with_a_flaw_is_refused_for_it(words: str, code: str, params: dict[str, object]) -> None:
    assert fault(words) == (code, params)


def test_nobody_needs_a_longer_text() -> None:
    words = "Friday 9am"
    assert understand(words.ljust(LONGEST), NOW, LONDON) == understand(words, NOW, LONDON)
    assert fault(words.ljust(LONGEST + 1)) == ("not_understood", {})


def test_so_long_from_now_is_never_sooner_and_on_a_whole_minute() -> None:
    for moment in (NOW + timedelta(microseconds=1), NOW + timedelta(seconds=1), NOW + timedelta(seconds=59)):
        assert understand("in 20 minutes", moment, LONDON).due == NOW + timedelta(minutes=21)


def test_so_long_from_now_counts_real_hours_when_the_clocks_change() -> None:
    now = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert understand("in an hour", now, LONDON).wall == "2026-03-29T02:30 Europe/London"


def test_now_may_be_told_in_any_zone() -> None:
    now = NOW.astimezone(timezone(timedelta(hours=14)))
    assert now.day == 24
    found = understand("any time until 17:00", now, LONDON)
    assert found == understand("any time until 17:00", NOW, LONDON)
    assert found.due.tzinfo is UTC


def test_today_is_the_day_of_the_zone() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    late = datetime(2026, 11, 23, 12, tzinfo=UTC)  # Tuesday, one in the morning
    assert understand("09:00", late, auckland).wall == "2026-11-24T09:00 Pacific/Auckland"
    assert understand("tomorrow 09:00", late, auckland).wall == "2026-11-25T09:00 Pacific/Auckland"
    assert understand("Tuesday 09:00", late, auckland).wall == "2026-11-24T09:00 Pacific/Auckland"
    assert understand("Monday 09:00", late, auckland).wall == "2026-11-30T09:00 Pacific/Auckland"
    assert understand("this Monday 23:30", late, auckland).wall == "2026-11-30T23:30 Pacific/Auckland"
    assert fault("23/11/2026 23:00", late, auckland) == ("past", {"day": date(2026, 11, 23)})
    new_year = datetime(2026, 12, 31, 12, tzinfo=UTC)  # one in the morning of 2027
    assert understand("31 Dec 9am", new_year, auckland).wall == "2027-12-31T09:00 Pacific/Auckland"


def test_what_has_passed_has_passed_in_the_zone() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    ten = datetime(2026, 11, 23, 21, tzinfo=UTC)  # Tuesday, ten in the morning
    assert understand("Tuesday 09:00", ten, auckland).wall == "2026-12-01T09:00 Pacific/Auckland"
    assert fault("24 Nov 09:00", ten, auckland) == ("next_year", {"day": date(2027, 11, 24)})


def test_late_in_a_year_is_not_far_from_the_next() -> None:
    january = datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert understand("31 Dec 9am", january, LONDON).wall == "2026-12-31T09:00 Europe/London"
    december = datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert understand("1 Jan 9am", december, LONDON).wall == "2027-01-01T09:00 Europe/London"


def test_a_leap_day_is_this_years_or_next_years() -> None:
    assert understand("29 Feb 9am", NOW.replace(year=2027), LONDON).wall == "2028-02-29T09:00 Europe/London"
    after = datetime(2028, 3, 1, 10, tzinfo=UTC)
    assert fault("29 Feb 9am", after) == ("past", {"day": date(2028, 2, 29)})
    early = datetime(2027, 1, 10, 10, tzinfo=UTC)
    assert fault("29 Feb 9am", early) == ("next_year", {"day": date(2028, 2, 29)})


@pytest.mark.parametrize("words", ["29 March 01:30", "Sunday 29 March 2026 1:30am", "29/3 01:30 GMT", "29/3 01:30 BST"])
def test_a_time_that_the_clocks_skip_is_refused_with_its_neighbours(words: str) -> None:
    before, after = datetime.fromisoformat("2026-03-29T00:30"), datetime.fromisoformat("2026-03-29T02:30")
    assert fault(words, BEFORE_SPRING) == ("nonexistent", {"clock": time(1, 30), "before": before, "after": after})


def test_the_hour_that_is_skipped_begins_and_ends_sharply() -> None:
    for clock, due in (
        ("00:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("02:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ):
        assert understand(f"29 March {clock}", BEFORE_SPRING, LONDON).due == due
    assert fault("29 March 01:00", BEFORE_SPRING)[0] == "nonexistent"
    assert fault("29 March 01:59", BEFORE_SPRING)[0] == "nonexistent"


def test_a_time_that_comes_twice_is_asked_about_and_can_be_answered() -> None:
    assert fault("25 October 01:30", BEFORE_AUTUMN) == (
        "twice",
        {"clock": time(1, 30), "first": "BST", "second": "GMT"},
    )
    first = understand("25 October 01:30 BST", BEFORE_AUTUMN, LONDON)
    second = understand("1:30am GMT on 25 October", BEFORE_AUTUMN, LONDON)
    assert first == Schedule(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), None, "2026-10-25T01:30 BST Europe/London")
    assert second == Schedule(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None, "2026-10-25T01:30 GMT Europe/London")


def test_in_the_hour_that_comes_twice_a_third_name_is_told_the_first() -> None:
    """Portugal had Western European Summer Time in 1992, and Central European time when clocks went back in 1993."""
    before, lisbon = datetime(1992, 11, 1, tzinfo=UTC), ZoneInfo("Europe/Lisbon")
    assert fault("26 September 1993 2:30am", before, lisbon)[0] == "twice"
    told = ("other_zone", {"said": "WEST", "zone": "CEST"})
    assert fault("26 September 1993 2:30am WEST", before, lisbon) == told


def test_the_hour_that_comes_twice_begins_and_ends_sharply() -> None:
    for clock, due in (
        ("00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("02:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ):
        found = understand(f"25 October {clock}", BEFORE_AUTUMN, LONDON)
        assert (found.due, found.wall) == (due, f"2026-10-25T{clock} Europe/London")
    assert fault("25 October 01:00", BEFORE_AUTUMN)[0] == "twice"
    assert fault("25 October 01:59", BEFORE_AUTUMN)[0] == "twice"


def test_within_the_hour_that_comes_twice_only_what_is_to_come_counts() -> None:
    once = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 01:45 BST
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for words in ("01:30", "today 01:30 GMT", "Sunday 01:30", "25 Oct 01:30"):
        assert understand(words, once, LONDON).due == second
    assert fault("01:30 BST", once) == ("past_today", {"clock": time(1, 30)})
    assert fault("01:50", once)[0] == "twice"
    assert fault("01:30", second) == ("past_today", {"clock": time(1, 30)})
    assert understand("Sunday 01:30", second, LONDON).wall == "2026-11-01T01:30 Europe/London"


def test_a_zone_named_as_its_abbreviation_can_be_answered_too() -> None:
    zone = ZoneInfo("CET")
    assert understand("1 July 2027 09:00 CET", NOW, zone).wall == "2027-07-01T09:00 CET"
    assert fault("25 October 02:30", BEFORE_AUTUMN, zone)[1] == {"clock": time(2, 30), "first": "CEST", "second": "CET"}
    second = understand("25 October 02:30 CET", BEFORE_AUTUMN, zone)
    assert second.due == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert second.wall == "2026-10-25T02:30 CET CET"
    assert understand(second.wall, BEFORE_AUTUMN, zone) == second


def test_a_zone_without_letters_can_be_answered_too() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")  # half an hour, at the beginning of April
    assert fault("5 April 01:45", BEFORE_SPRING, zone)[1] == {"clock": time(1, 45), "first": "+11", "second": "+1030"}
    first, second = (understand(f"5 April 01:45 {name}", BEFORE_SPRING, zone).due for name in ("+11", "+1030"))
    assert second - first == timedelta(minutes=30)


def test_a_time_is_told_in_parts() -> None:
    at = scheduled(instant("2026-07-01T09:05"), None, LONDON)
    assert told(at, LONDON) == Told(any_time=False, day=date(2026, 7, 1), clock="09:05", zone="BST")
    until = scheduled(NOW, instant("2026-11-27T17:00"), LONDON)
    assert told(until, LONDON) == Told(any_time=True, day=date(2026, 11, 27), clock="17:00", zone="GMT")


MINUTES_OF_A_YEAR = 365 * 24 * 60


@given(st.sampled_from(ZONES), st.integers(1, MINUTES_OF_A_YEAR), st.booleans())
@example(LONDON, 1, False)
def test_a_time_in_iso_form_is_understood_as_itself(zone: ZoneInfo, minutes: int, any_time: bool) -> None:
    moment = NOW + timedelta(minutes=minutes)
    written = scheduled(NOW, moment, zone) if any_time else scheduled(moment, None, zone)
    assert understand(written.wall, NOW, zone) == written


DAYS = [
    "today",
    "tonight",
    "tomorrow",
    "Friday",
    "Monday",
    "next Friday",
    "this Tue",
    "1 Dec",
    "25 Oct 2027",
    "29/3",
    "2027-03-28",
]
HOURS = ["9am", "at 9", "14:30", "noon", "midnight", "12am", "01:30", "1:30 pm", "2", "11 o'clock", "25:00"]
PARTS = st.sampled_from(
    [*DAYS, *HOURS, "on", "at", "until", "any time until", "in 20 minutes", "GMT", "BST", "EST", ","]
)
MOMENTS = st.integers(0, 17 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
WRITTEN = st.one_of(
    st.lists(PARTS, max_size=5).map(" ".join),
    st.tuples(st.sampled_from(DAYS), st.sampled_from(HOURS)).map(" ".join),
    st.text(max_size=2000),
    st.text(alphabet="0123456789:./-apm to", max_size=30),
)


@given(WRITTEN, MOMENTS, st.sampled_from(ZONES))
@example("Friday 9am", NOW, LONDON)
@example("until Friday 9am", NOW, LONDON)
@example("9" * 2000, NOW, LONDON)
@example("a." * 1000, NOW, LONDON)
def test_any_text_is_a_time_to_come_or_refused(words: str, now: datetime, zone: ZoneInfo) -> None:
    try:
        found = understand(words, now, zone)
    except NotATime:
        return
    assert now < (found.until or found.due) <= now + timedelta(days=368)
    assert now <= found.due
    assert understand(found.wall, now, zone) == found
