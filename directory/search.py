"""A question in, colleagues with reasons out; or a choice, or an honest nobody."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from directory.answers import Found, NoSuchPerson, NoSuchTeam, OnePerson, OneTeam, SeveralPeople

LIMIT = 5


class Finder:
    """Answers questions; keeps one index of the visible skills in memory, rebuilt when the directory changes."""

    async def answer(self, session: AsyncSession, question: str, today: date, limit: int = LIMIT) -> Found:
        """Who knows about what `question` asks for; at most `limit` people."""
        raise NotImplementedError

    async def who_is(
        self, session: AsyncSession, name: str, today: date, limit: int = LIMIT
    ) -> OnePerson | SeveralPeople | NoSuchPerson:
        """The visible person called `name` (case, accents and apostrophes do not matter)."""
        raise NotImplementedError

    async def team(self, session: AsyncSession, name: str, today: date, limit: int = 20) -> OneTeam | NoSuchTeam:
        """The team or service called `name`, with its visible people."""
        raise NotImplementedError
