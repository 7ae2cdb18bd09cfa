"""Times as people write them: "Friday 9am" into an instant. Pure: now and the zone are handed in.

The libraries for this (dateparser, parsedatetime) guess: they read 1/12 in American order, fill in what is missing and
skip words they do not know. An announcement that goes out at a guessed time cannot be taken back, so this is a small
grammar of its own: every word must be understood, and whatever has two meanings is refused with both.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = 200
"""Characters of a time; nobody needs more, and the work on any text stays bounded."""
AHEAD = timedelta(days=366)
"""No announcement is planned further ahead than a year."""
ROLLS = timedelta(days=335)
"""A date that has passed this year means next year's only within eleven months: "20 November" on the 23rd is a slip."""
EVENING = time(17)
"""When "tonight" begins."""
LAST_UNCLEAR = 7
"""Hours from 1 to this one may be meant in the afternoon when neither am nor pm nor a leading zero is written."""


class NotATime(Exception):
    """The words give no time: `code` and `params` (texts, dates and times) of the sentence that says why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep both."""
        super().__init__(code)
        self.code: str = code
        self.params: dict[str, object] = params


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an announcement may go out: `due` (UTC) and, for "any time until", `until` (UTC): it may start between them.

    Without `until` the tolerance of the settings counts from `due`. `wall` is the time as understood, local, with its
    zone: "2026-11-27T09:00 Europe/London", "until 2026-11-27T17:00 Europe/London"; `understand` reads it as itself.
    """

    due: datetime
    until: datetime | None
    wall: str


@dataclass(frozen=True, slots=True)
class Told:
    """The parts of a schedule for wording: `any_time` until then or just then; `zone` is its abbreviation, "GMT"."""

    any_time: bool
    day: date
    clock: str
    zone: str


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_ENDS = r"(?: |$)"
# One of these must match at every place, the first that does. No group may be filled twice, so that nobody gives two
# days or two hours. No repeat is unbounded but that of a word, which is tried last: the work grows with the length.
_PIECES = tuple(
    re.compile(piece, re.ASCII)
    for piece in (
        rf"{_YEAR}-(?P<month>\d{{1,2}})-{_DAY}(?:t(?=\d)|{_ENDS})",
        rf"{_DAY}/(?P<month>\d{{1,2}})(?:/(?P<year>\d{{4}}|\d\d))?{_ENDS}",
        rf"(?:at )?{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH}\.?(?: {_YEAR})?{_ENDS}",
        rf"{_MONTH}\.? {_DAY}(?:st|nd|rd|th)?(?: {_YEAR})?{_ENDS}",
        rf"(?P<day>today|tonight|tomorrow){_ENDS}",
        rf"(?:(?P<which>next|this) )?(?P<weekday>{_WEEKDAY}){_ENDS}",
        rf"(?:at )?(?:12 )?(?P<hour>noon|midday|midnight){_ENDS}",
        rf"(?:at )?(?P<hour>\d{{1,2}})(?:[:.](?P<minute>[0-5]\d))? ?(?P<half>[ap])\.?m\.?{_ENDS}",
        rf"(?:at )?(?P<hour>\d{{1,2}})[:.](?P<minute>[0-5]\d){_ENDS}",
        rf"(?:at )?(?P<hour>\d{{1,2}})(?P<sure> ?o'?clock){_ENDS}",
        rf"(?P<sure>at )(?P<hour>\d{{1,2}}){_ENDS}",
        rf"(?P<hour>\d{{1,2}}){_ENDS}",
        rf"(?:on|at|the){_ENDS}",
        rf"(?P<word>\S+){_ENDS}",
    )
)
_SPAN = re.compile(
    r"in (?:(?P<half>half an hour)|(?:(?:an?|one) |(?P<number>\d{1,6}) ?)(?:(?P<hours>h(?:ou)?rs?)|min(?:ute)?s?))",
    re.ASCII,
)
_UNTIL = re.compile(r"(?:(?:at )?any ?time )?(?:until|till|before|by) ")
# Signs that NFKC keeps apart: hyphens and dashes, curly apostrophes; commas and brackets only part words.
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’`", "'") | dict.fromkeys(",()", " "))


def understand(words: str, now: datetime, zone: ZoneInfo) -> Schedule:
    """What is meant by a time written at `now` (aware) by somebody who lives in `zone`. Raises `NotATime`."""
    now = now.astimezone(UTC)
    text = _plain(words)
    if span := _SPAN.fullmatch(text):
        return scheduled(_after(span, now), None, zone)
    if opening := _UNTIL.match(text):
        return scheduled(now, _moment(f"at {text[opening.end() :]}", now, zone), zone)
    return scheduled(_moment(text, now, zone), None, zone)


def scheduled(due: datetime, until: datetime | None, zone: ZoneInfo) -> Schedule:
    """The schedule of two instants, as `understand` gives it."""
    local = (until or due).astimezone(zone)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    said = local.replace(tzinfo=None).isoformat(timespec="minutes")
    wall = f"{said} {local.tzname()} {zone.key}" if twice else f"{said} {zone.key}"
    return Schedule(due, until, f"until {wall}" if until else wall)


def told(schedule: Schedule, zone: ZoneInfo) -> Told:
    """The parts in which a person is told the time that was understood."""
    local = (schedule.until or schedule.due).astimezone(zone)
    return Told(schedule.until is not None, local.date(), f"{local:%H:%M}", str(local.tzname()))


def _plain(words: str) -> str:
    """One spelling: plain digits and signs, small letters, single spaces, no stop at the end."""
    if len(words) > LONGEST:
        raise NotATime("not_understood")
    return " ".join(unicodedata.normalize("NFKC", words).translate(_SIGNS).lower().split()).rstrip(".")


def _after(span: re.Match[str], now: datetime) -> datetime:
    """So long after now, on the next whole minute: never sooner than asked."""
    unit = 60 if span["hours"] else 1
    wait = timedelta(minutes=30 if span["half"] else unit * int(span["number"] or 1))
    if not wait:
        raise NotATime("not_understood")
    if wait > AHEAD:
        raise NotATime("too_far")
    exact = now + wait
    whole = exact.replace(second=0, microsecond=0)
    return whole if whole == exact else whole + timedelta(minutes=1)


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    said = _read(text, now, zone)
    clock = _clock(said)
    day = _day(said, clock, now, zone)
    today = now.astimezone(zone).date()
    if day - today > AHEAD:
        raise NotATime("too_far")
    if day < today:
        raise NotATime("past", day=day)
    return _instant(datetime.combine(day, clock), said.get("zone"), now, zone)


def _read(text: str, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """What each piece of the text gives, by the name of its group."""
    names = {datetime(now.year, month, 1, tzinfo=zone).tzname() for month in range(1, 13)}
    zones = {str(name).lower() for name in names}
    said: dict[str, str] = {}
    position = 0
    while position < len(text):
        piece = next(match for pattern in _PIECES if (match := pattern.match(text, position)))
        position = piece.end()
        given = {name: value for name, value in piece.groupdict().items() if value}
        word = given.pop("word", None)
        if word in zones and "zone" not in said:
            given["zone"] = word
        elif word and word != zone.key.lower():
            raise NotATime("not_understood")
        if given.keys() & said.keys():
            raise NotATime("not_understood")
        said |= given
    if not said:
        raise NotATime("not_understood")
    return said


def _clock(said: dict[str, str]) -> time:
    """The time of day."""
    if "hour" not in said:
        raise NotATime("no_time_of_day")
    if said["hour"] in {"noon", "midday"}:
        hour = 12
    elif said["hour"] == "midnight":
        raise NotATime("midnight")
    else:
        hour = _of_twelve(said) if "half" in said else _of_twenty_four(said)
    clock = time(hour, int(said.get("minute", "0")))
    if said.get("day") == "tonight" and clock < EVENING:
        raise NotATime("not_tonight", clock=clock)
    return clock


def _of_twelve(said: dict[str, str]) -> int:
    hour = int(said["hour"])
    if not 1 <= hour <= 12:
        raise NotATime("not_understood")
    if said["half"] == "p":
        return hour % 12 + 12
    if hour == 12 and said.get("minute", "00") == "00":
        raise NotATime("midnight")
    return hour % 12


def _of_twenty_four(said: dict[str, str]) -> int:
    hour = int(said["hour"])
    if hour > 23:
        raise NotATime("not_understood")
    if "minute" not in said and "sure" not in said:
        raise NotATime("bare_hour", hour=said["hour"])
    if said["hour"].startswith("0") or hour >= 12:
        return hour
    if said.get("day") == "tonight" and hour + 12 >= EVENING.hour:
        return hour + 12
    if hour <= LAST_UNCLEAR:
        minutes = f":{said['minute']}" if "minute" in said else ""
        raise NotATime("am_or_pm", clock=f"{hour}{minutes}")
    return hour


def _day(said: dict[str, str], clock: time, now: datetime, zone: ZoneInfo) -> date:
    today = now.astimezone(zone).date()
    if "month" in said:
        day = _dated(said, clock, now, zone)
    elif "day" not in said and "weekday" in said:
        return _coming(said, clock, now, zone)
    else:
        day = today + timedelta(days=1 if said.get("day") == "tomorrow" else 0)
    if "weekday" in said and _weekday(said) != day.weekday():
        raise NotATime("wrong_weekday", day=day)
    return day


def _weekday(said: dict[str, str]) -> int:
    return _WEEKDAYS.index(said["weekday"][:3])


def _coming(said: dict[str, str], clock: time, now: datetime, zone: ZoneInfo) -> date:
    """The coming day of that name: today if the time is still to come."""
    today = now.astimezone(zone).date()
    ahead = (_weekday(said) - today.weekday()) % 7
    week = timedelta(days=7)
    if said.get("which") == "next":
        first = today + timedelta(days=ahead or 7)
        raise NotATime("ambiguous_date", first=first, second=first + week)
    day = today + timedelta(days=ahead)
    return day + week if "which" not in said and _passed(datetime.combine(day, clock), now, zone) else day


def _dated(said: dict[str, str], clock: time, now: datetime, zone: ZoneInfo) -> date:
    """A day of the calendar; without a year this year's, or next year's if that has passed."""
    today = now.astimezone(zone).date()
    years = (_year(said["year"]),) if "year" in said else (today.year, today.year + 1)
    days = [day for year in years if (day := _calendar(year, said["month"], said["day"]))]
    if not days:
        raise NotATime("no_such_date")
    if "year" in said:
        return days[0]
    day = days[-1] if _passed(datetime.combine(days[0], clock), now, zone) else days[0]
    if day.year > today.year and day - today > ROLLS:
        raise NotATime("next_year", day=day)
    return day


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _calendar(year: int, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    try:
        return date(year, number, int(day))
    except ValueError:
        return None


def _passed(local: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a local time lies behind us; one that comes twice does only after its second time."""
    return local.replace(tzinfo=zone, fold=1).astimezone(UTC) <= now


def _instant(local: datetime, name: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """The one instant that a local time means; `name` chooses between the two of an hour that comes twice."""
    both = [local.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    instants = [moment.astimezone(UTC) for moment in both]
    after, before = (instant.astimezone(zone).replace(tzinfo=None) for instant in instants)
    if after != local:
        raise NotATime("nonexistent", clock=local.time(), before=before, after=after)
    names = [str(moment.tzname()) for moment in both]
    meant = [instant for instant, own in zip(instants, names, strict=True) if own.lower() == name]
    if not meant and name not in {None, zone.key.lower()}:
        raise NotATime("other_zone", said=str(name).upper(), zone=names[0])
    to_come = sorted({instant for instant in meant or instants if instant > now})
    if not to_come:
        raise NotATime("past_today", clock=local.time())
    if len(to_come) > 1:
        raise NotATime("twice", clock=local.time(), first=names[0], second=names[1])
    return to_come[0]
