"""The page that each person has to themselves, where a platform has such pages: to ask, my own, what waits for me."""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.canonical import canonical_json
from adapters.errors import AdapterError, Refused
from adapters.events import Button, Field, Section
from bot import audit
from bot.access import Action, may
from bot.announcements import scheduling, standing, store
from bot.announcements.form import FORM
from bot.announcements.tables import AnnouncementRow
from bot.desk import Commit, nothing
from bot.identity import Person, identify, observe
from bot.protocol import review
from bot.protocol.model import State, Vote, Voter
from bot.protocol.requirement import counting, missing
from bot.protocol.table import BEFORE_PUBLISHING
from bot.services import Services
from bot.turn import Turn
from bot.wording import say
from config import logs

log = logs.get("announcements")

ASK = "ask"
"""The field in which a question is asked."""

OPEN_FORM = "form"
"""What the button does that opens a form."""

MOST = 5
"""Announcements in a list; a page is to be taken in at a glance."""

MOST_SEEN = 200
"""Pages that are kept up to date: those opened last."""


async def opened(turn: Turn) -> Commit:
    """Somebody looks at their page."""
    await _show(turn.services, turn.person)
    return nothing


async def step(services: Services) -> bool:
    """Bring the pages that people have opened up to date with what has happened since; whether there was anything."""
    if not services.pages.shown:
        return False
    async with services.database.reading() as session:
        tip = (await audit.tip(session)).last
    if tip == services.pages.tip:
        return False
    services.pages.tip = tip
    for account in list(services.pages.shown):
        try:
            profile = await observe(services, account)
            async with services.database.reading() as session:
                person = await identify(session, services, account, profile)
            await _show(services, person)
        except AdapterError as error:  # the next look finds it as it is
            log.warning("page_not_shown", platform=account.platform, error=type(error).__name__)
    return True


async def _show(services: Services, person: Person) -> None:
    """Show a page, unless that is what it shows already."""
    screens = services.chat(person.account.platform).screens
    if screens is None:
        return
    async with services.database.reading() as session:
        page = await made(session, services, person)
    digest = hashlib.sha256(canonical_json([asdict(section) for section in page])).hexdigest()
    if services.pages.shown.get(person.account) != digest:
        services.pages.shown.pop(person.account, None)
        with contextlib.suppress(Refused):  # they are gone, or have no such page
            await screens.keep(person.account, page)
            services.pages.note(person.account, digest, MOST_SEEN)


async def made(session: AsyncSession, services: Services, person: Person) -> Sequence[Section]:
    """Somebody's page; whoever is no colleague is told so, and what is kept of them."""
    privacy = Section(say("screens.page.privacy"), say("screens.page.privacy_text"))
    if person.id is None or person.suspended is not None:
        told = say("screens.page.suspended") if person.suspended else say("refuse.outsider")
        return [Section(say("screens.page.outsider"), told), privacy]
    found = [
        Section(say("screens.page.welcome", who=person.name), say("screens.page.intro")),
        Section(say("screens.page.search"), say("screens.page.search_about"), field=_question()),
    ]
    if may(person.roles, Action.APPROVE):
        found.append(await _waiting(session, services, person))
    if may(person.roles, Action.DRAFT):
        found.append(await _mine(session, services, person))
    return [*found, privacy]


def _question() -> Field:
    return Field(ASK, say("screens.page.search_field"), say("screens.page.search_hint"))


async def _mine(session: AsyncSession, services: Services, person: Person) -> Section:
    """What somebody drafted and is not out yet, with what it waits for."""
    states = [state.value for state in BEFORE_PUBLISHING]
    query = select(col(AnnouncementRow.number)).where(
        col(AnnouncementRow.author) == person.id, col(AnnouncementRow.state).in_(states)
    )
    numbers = (await session.execute(query.order_by(col(AnnouncementRow.number).desc()))).scalars().all()
    lines = [await _line(session, services, number or 0) for number in numbers[:MOST]]
    button = Button(OPEN_FORM, say("screens.page.draft_button"), FORM)
    text = _list(lines, len(numbers), say("screens.page.mine_none"))
    return Section(say("screens.page.mine"), text, (button,))


async def _waiting(session: AsyncSession, services: Services, person: Person) -> Section:
    """What this person may approve, is still needed for, and has not approved."""
    numbers = []
    for row in await store.in_state(session, State.IN_REVIEW):
        stored = await store.load(session, row.number or 0)
        if stored is not None and await _is_for(session, services, stored, person):
            numbers.append(stored.number)
    lines = [await _line(session, services, number) for number in numbers[:MOST]]
    text = _list(lines, len(numbers), say("screens.page.waiting_none"))
    return Section(say("screens.page.waiting"), f"{text}\n{say('screens.page.waiting_where')}" if lines else text)


async def _is_for(session: AsyncSession, services: Services, stored: store.Stored, person: Person) -> bool:
    now = await standing.facts(session, services, stored)
    if review.ruling(now, Voter(person.key, person.roles), Vote.APPROVE, stored.row.revision):
        return False
    want = standing.needed(services, stored)
    counted = counting(now, want)
    return person.key not in {voter.person for voter in counted} and any(
        slot.roles & person.roles for slot in missing(want, counted)
    )


async def _line(session: AsyncSession, services: Services, number: int) -> str:
    stored = await store.load(session, number)
    return await scheduling.line(session, services, stored) if stored else ""


def _list(lines: Sequence[str], total: int, none: str) -> str:
    more = [say("screens.page.more", count=total - len(lines))] if total > len(lines) else []
    return "\n".join([*lines, *more]) or none
