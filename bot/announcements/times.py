"""Times for people: told in full, refused with a reason, and taken out of an announcement's text."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.protocol.schedule import NotATime, scheduled, told
from bot.wording import say

_PUBLISH = re.compile(r"[ \t]*publish[ \t]*[:：](.*)", re.IGNORECASE)


def in_full(due: datetime, until: datetime | None, zone: ZoneInfo) -> str:
    """A schedule in words that can be meant in one way only, such as "Friday 27 November 2026 at 09:00 (GMT)"."""
    parts = told(scheduled(due, until, zone), zone)
    code = "times.until" if parts.any_time else "times.at"
    return say(code, date=_date(parts.day), clock=parts.clock, zone=parts.zone)


def to_the_second(local: datetime) -> str:
    """A local time that was, such as "27 November 2026 at 09:00:12"."""
    month = say(f"times.month.{local.month}")
    return say("times.moment", day=local.day, month=month, year=local.year, clock=f"{local:%H:%M:%S}")


def refusal(fault: NotATime) -> str:
    """Why words are no time, and what to write instead."""
    return say(f"times.refusal.{fault.code}", **{name: _shown(value) for name, value in fault.params.items()})


def take_time(text: str) -> tuple[str, str | None]:
    """A line such as `publish: Friday 9am`, the first or the last of a text, taken out; and what it says, or None.

    To be called after `media.take_descriptions`, whose lines may stand around it. Where the first and the last line
    both give a time, both are taken and told as one that nobody understands, so that neither is published or chosen.
    """
    lines = text.strip().split("\n")
    found = {
        place: match.group(1).strip() for place in (0, len(lines) - 1) if (match := _PUBLISH.fullmatch(lines[place]))
    }
    kept = "\n".join(line for place, line in enumerate(lines) if place not in found)
    return kept.strip(), " / ".join(found.values()) if found else None


def _date(day: date) -> str:
    weekday, month = say(f"times.weekday.{day.isoweekday()}"), say(f"times.month.{day.month}")
    return say("times.date", weekday=weekday, day=day.day, month=month, year=day.year)


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return say("times.wall", date=_date(value), clock=f"{value:%H:%M}")
    if isinstance(value, date):
        return _date(value)
    return f"{value:%H:%M}" if isinstance(value, time) else value
