"""Instants as people and programmes read them."""

from datetime import UTC, date, datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

# strftime would follow the machine's locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(at: date) -> str:
    """The day in words: 4 March 2026."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def local_day(at: datetime, zone: ZoneInfo) -> str:
    """The day in words, as the clock on the town hall has it."""
    return day(at.astimezone(zone).date())


def local_moment(at: datetime, zone: ZoneInfo) -> str:
    """Day and time in words, as the clock on the town hall has them: 4 March 2026 at 14:05."""
    here = at.astimezone(zone)
    return f"{day(here.date())} at {here:%H:%M}"


def rfc3339(at: datetime) -> str:
    """The instant as Atom and JSON Feed want it (RFC 3339), to the second, UTC."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def rfc5322(at: datetime) -> str:
    """The instant as RSS wants it (RFC 5322), UTC."""
    return format_datetime(at.astimezone(UTC), usegmt=True)
