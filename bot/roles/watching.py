"""`pairs`: who always approves whom, on demand and once a week in the auditors' room."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements import pairs
from bot.desk import Commit
from bot.roles.who import name_of
from bot.services import Services
from bot.turn import Turn, privately
from bot.wording import say
from directory.search import Finder


async def told(turn: Turn, _finder: Finder, _rest: str) -> Commit:
    """Name the pairs of the last 90 days."""
    async with turn.services.database.reading() as session:
        lines = await in_words(session, turn.services)
    nobody = say("roles.pairs.none", days=pairs.DAYS, least=pairs.LEAST, share=round(100 * pairs.SHARE))
    return privately(turn, lines or nobody)


async def in_words(session: AsyncSession, services: Services) -> str:
    """The pairs, a line for each; empty when there is none."""
    found = await pairs.find(session, services.clock())
    lines = [
        say(
            "roles.pairs.line",
            approver=await name_of(session, services, pair.approver),
            author=await name_of(session, services, pair.author),
            together=pair.together,
            all=pair.approved,
            days=pairs.DAYS,
        )
        for pair in found
    ]
    return "\n".join([say("roles.pairs.head"), *lines]) if lines else ""
