"""Approvers who stand behind nearly everything of one author: figures for whoever watches over the approvals."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.announcements.tables import AnnouncementRow, VoteRow
from bot.protocol.model import Vote

DAYS = 90
"""How far back approvals are looked at."""

LEAST = 5
"""Announcements that one approver must have approved of one author before the two are named."""

SHARE = 0.8
"""The share of that author's approved announcements from which the two are named."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One approver approved `together` of the `approved` announcements of one author."""

    author: int
    approver: int
    together: int
    approved: int


def count_pairs(approvals: Iterable[tuple[int, int, int]]) -> list[Pair]:
    """The pairs to name, most first, from (announcement, author, approver); a person counts once for each."""
    announced: dict[int, set[int]] = defaultdict(set)
    together: Counter[tuple[int, int]] = Counter()
    for number, author, approver in set(approvals):
        announced[author].add(number)
        together[author, approver] += 1
    pairs = [Pair(author, approver, n, len(announced[author])) for (author, approver), n in together.items()]
    named = [pair for pair in pairs if pair.together >= LEAST and pair.together >= SHARE * pair.approved]
    return sorted(named, key=lambda pair: (-pair.together, pair.approved, pair.author, pair.approver))


async def find(session: AsyncSession, now: datetime) -> list[Pair]:
    """The pairs of the last 90 days: approvals that stand, of the wording that was the last."""
    query = select(col(VoteRow.announcement), col(AnnouncementRow.author), col(VoteRow.person)).where(
        col(VoteRow.announcement) == col(AnnouncementRow.number),
        col(VoteRow.revision) == col(AnnouncementRow.revision),
        col(VoteRow.kind) == Vote.APPROVE.value,
        col(VoteRow.withdrawn).is_(None),
        col(VoteRow.void).is_(False),
        col(AnnouncementRow.made) > now - timedelta(days=DAYS),
    )
    return count_pairs([(number, author, approver) for number, author, approver in await session.execute(query)])
