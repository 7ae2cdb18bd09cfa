"""Who is named for approving nearly everything of one author: counted by hand."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.announcements.pairs import DAYS, Pair, count_pairs, find
from bot.announcements.tables import AnnouncementRow, VoteRow
from config.database import Database

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AMA, JO, SAM, DEE = 1, 2, 3, 4
Approvals = list[tuple[int, int, int]]


def by(author: int, *approvers: int, times: int = 1, since: int = 0) -> Approvals:
    """So many announcements of an author, numbered from `since`, each approved by all of these."""
    return [(since + number, author, approver) for number in range(times) for approver in approvers]


COUNTS: list[tuple[str, Approvals, list[Pair]]] = [
    ("nothing", [], []),
    ("four are too few", by(AMA, JO, times=4), []),
    ("five of five", by(AMA, JO, times=5), [Pair(AMA, JO, 5, 5)]),
    ("eight of ten are four in five", by(AMA, JO, times=8) + by(AMA, SAM, times=2, since=8), [Pair(AMA, JO, 8, 10)]),
    ("seven of nine are fewer", by(AMA, JO, times=7) + by(AMA, SAM, times=2, since=7), []),
    ("five of six", by(AMA, JO, times=5) + by(AMA, SAM, times=1, since=5), [Pair(AMA, JO, 5, 6)]),
    ("both of two approvers", by(AMA, JO, SAM, times=5), [Pair(AMA, JO, 5, 5), Pair(AMA, SAM, 5, 5)]),
    ("twice on one counts once", by(AMA, JO, times=4) * 2, []),
    ("five of five authors are nobody", [(n, 10 + n, JO) for n in range(5)], []),
    (
        "each author is counted alone, most first",
        by(AMA, JO, times=5) + by(SAM, JO, times=6, since=5) + by(DEE, JO, times=4, since=20),
        [Pair(SAM, JO, 6, 6), Pair(AMA, JO, 5, 5)],
    ),
    (
        "the narrower share first",
        by(AMA, JO, times=5) + by(AMA, SAM, since=5) + by(DEE, JO, times=5, since=9),
        [Pair(DEE, JO, 5, 5), Pair(AMA, JO, 5, 6)],
    ),
]


@pytest.mark.parametrize(("approvals", "named"), [case[1:] for case in COUNTS], ids=[case[0] for case in COUNTS])
def test_who_is_named(approvals: Approvals, named: list[Pair]) -> None:
    assert count_pairs(approvals) == named
    assert count_pairs(reversed(approvals)) == named


async def announce(database: Database, number: int, **other: Any) -> None:
    """An announcement of Ama that Jo approved, with what differs."""
    values: dict[str, Any] = {"revision": 2, "kind": "approve", "withdrawn": None, "void": False} | other
    made = values.pop("made", NOW)
    where: dict[str, Any] = {"source_platform": "web", "source_room": "general", "source_message": str(number)}
    async with database.writing() as session:
        session.add(
            AnnouncementRow(
                number=number, state="published", revision=2, author=AMA, author_account="web:ama", made=made,
                changed=made, **where,
            )
        )  # fmt: skip
        await session.flush()
        given: dict[str, Any] = {
            "announcement": number,
            "person": JO,
            "account": "web:jo",
            "digest": "d",
        }
        session.add(VoteRow(**given, source="button", message="1", received=made, **values))


OTHERS: list[dict[str, Any]] = [
    {"withdrawn": NOW},
    {"void": True},
    {"revision": 1},
    {"kind": "hold"},
    {"made": NOW - timedelta(days=DAYS)},
]


@pytest.mark.asyncio
async def test_only_approvals_that_stand_on_the_last_wording_of_late_count(database: Database) -> None:
    for number in range(1, 6):
        await announce(database, number, made=NOW - timedelta(days=DAYS - 1))
    for number, other in zip(itertools.count(6), OTHERS, strict=False):
        await announce(database, number, **other)
    assert OTHERS
    async with database.reading() as session:
        assert await find(session, NOW) == [Pair(AMA, JO, 5, 5)]
