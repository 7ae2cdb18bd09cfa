"""What makes a staff file more than one admin's business: it moves accounts of people with roles, or loses many."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.roles import links
from bot.services import Services
from bot.wording import count, say
from directory import load
from directory.models import ImportBatch


@dataclass(frozen=True, slots=True)
class Reason:
    """Why another admin must confirm a file. `moved`: people with a role; `loses`: people who go and who were here."""

    moved: frozenset[int]
    people: str = ""
    loses: tuple[int, int] | None = None

    def say(self, what: str, **params: str) -> str:
        """The sentences of that kind (`ask`, `second`, `nobody`, `other`) for every reason there is."""
        lines = [say(f"roles.links.{what}", people=self.people, **params)] if self.moved else []
        if self.loses:
            left, before = self.loses
            lines.append(say(f"roles.losing.{what}", left=left, before=count(before, "person", "people"), **params))
        return "\n".join(lines)


async def reason(session: AsyncSession, services: Services, row: ImportBatch) -> Reason | None:
    """Why this load needs another admin than the one who brought it; None when it does not."""
    moved = await links.moved(session, services, row.previous, row.generation)
    loses = (row.left, row.before) if load.loses_many(row) else None
    if not moved and loses is None:
        return None
    return Reason(moved, await links.names_of(session, services, moved), loses)
