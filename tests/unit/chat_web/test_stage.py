"""Behind the scenes of the demo: to which moment its clock goes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.chat.web.stage import to_tuesday_morning

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("local", "hours"),
    [
        ("2026-11-23 17:00", 17),
        ("2026-11-24 09:59:59", 1 / 3600),
        ("2026-11-24 10:00", 7 * 24),
        ("2026-11-28 10:00", 3 * 24),
        ("2026-03-28 10:00", 3 * 24 - 1),  # the clocks go forward that night
        ("2026-10-24 10:00", 3 * 24 + 1),  # and back
    ],
)
def test_the_clock_goes_to_the_next_tuesday_morning(local: str, hours: float) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=LONDON)
    assert to_tuesday_morning(at).total_seconds() == pytest.approx(hours * 3600)
