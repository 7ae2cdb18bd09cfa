"""What the clock does to an announcement: grace, its time, lateness, expiry. All times are UTC and handed in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.protocol.model import Facts, State, Trigger

EXPIRES_AFTER = 3
"""Working days that something may wait for approval (PROTOCOL section 2)."""

SPACING = timedelta(minutes=2)
"""Between two starts when many are taken up again at once: no burst after a pause."""

SATURDAY = 5
OFFICE = (7, 20)
"""Hours of the day between which it is not out of hours (PROTOCOL section 7, quiet hours)."""


def begins(facts: Facts) -> datetime | None:
    """When it may start: the time asked for, or the later one that a person gave it leave for; None: at once."""
    times = [at for at in (facts.due, facts.starts) if at is not None]
    return max(times, default=None)


def latest(facts: Facts) -> datetime | None:
    """The last moment at which it may start by itself; None when it has no time of its own."""
    if facts.until is not None and (facts.starts is None or facts.starts < facts.until):
        return facts.until
    start = begins(facts)
    return None if start is None else start + facts.tolerance


def closes(facts: Facts) -> datetime | None:
    """When it is too late to approve it: the time asked for, or the end of the window asked for."""
    return facts.until or facts.due


def is_over(facts: Facts, now: datetime) -> bool:
    """Whether its time has passed, and nobody has taken it up again since (which puts `starts` past that time)."""
    last = closes(facts)
    return last is not None and last <= now and (facts.starts is None or facts.starts < last)


def is_late(facts: Facts, now: datetime) -> bool:
    """Whether its time passed without approval: from then on no approval lets it out by itself.

    However it came back to review: an approval taken away, or an objection, after its time is no new time.
    """
    return facts.state is State.IN_REVIEW and is_over(facts, now)


def expires(facts: Facts, zone: ZoneInfo) -> datetime:
    """When it has waited for approval too long: the same hour, three working days on."""
    day = facts.changed.astimezone(zone)
    left = EXPIRES_AFTER
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def ticked(facts: Facts, now: datetime, zone: ZoneInfo) -> Trigger | None:
    """What the clock alone changes now; an announcement that is due is the guard's matter."""
    if is_late(facts, now):
        return Trigger.LATE
    if facts.state is State.IN_REVIEW and now >= expires(facts, zone):
        return Trigger.EXPIRE
    if facts.state is State.APPROVED and now >= facts.changed + facts.grace:
        return Trigger.GRACE_OVER
    if facts.state is State.SCHEDULED and facts.paused:
        return Trigger.PAUSE
    return None


def is_due(facts: Facts, now: datetime) -> bool:
    """Whether the guard must decide now."""
    start = begins(facts)
    return facts.state is State.SCHEDULED and (start is None or now >= start)


def wakes(facts: Facts, zone: ZoneInfo) -> datetime | None:
    """When the clock changes something next; None when only people can."""
    if facts.state is State.IN_REVIEW:
        last = closes(facts)
        end = expires(facts, zone)
        return end if last is None or not is_over(facts, last) else min(last, end)
    if facts.state is State.APPROVED:
        return facts.changed + facts.grace
    if facts.state is State.SCHEDULED:
        return begins(facts) or facts.changed
    return None


def is_out_of_hours(at: datetime | None, zone: ZoneInfo) -> bool:
    """Whether a time asked for lies at night or on a weekend."""
    if at is None:
        return False
    local = at.astimezone(zone)
    return local.weekday() >= SATURDAY or not OFFICE[0] <= local.hour < OFFICE[1]


def spaced(dues: list[datetime | None], now: datetime) -> list[datetime | None]:
    """New starts for announcements taken up again together, in their order: those whose time has passed go one
    after another, the others keep their time (None).
    """
    starts: list[datetime | None] = []
    overdue = 0
    for due in dues:
        if due is not None and due > now:
            starts.append(None)
            continue
        starts.append(now + overdue * SPACING)
        overdue += 1
    return starts
