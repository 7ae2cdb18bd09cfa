"""What happens by the clock: requests run out and are told; pairs are named in the auditors' room once a week."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.events import AccountRef, CommandInvoked, MessageRef
from bot.access import RoleGrant, RoleRequest
from bot.announcements.tables import AnnouncementRow, VoteRow
from bot.audit import AuditRow
from bot.desk import opened
from bot.encoding import load_content
from bot.identity import Person
from bot.leaks.context import NO_CONTACTS
from bot.outbox import OutboxRow
from bot.protocol.model import Role
from bot.roles import notices, requests
from bot.roles.granting import ends, role_called
from bot.roles.upkeep import EVERY, Upkeep
from bot.services import Services
from bot.turn import Turn
from config.database import Database
from config.keys import Keys
from config.settings import given
from directory.models import Account, DirectoryState, ImportBatch, PersonRecord
from directory.models import Person as PersonRow
from directory.people import Staff

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday
ROOM = {"rooms": {"auditors": "web:audit"}}


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now


@dataclass
class House:
    """Services with a clock to move, over three people: 1 Ama, 2 Jo (an admin), 3 Pat (an admin by the settings)."""

    services: Services
    clock: Clock = field(default_factory=Clock)

    async def said(self) -> list[tuple[str, str]]:
        """Everything in the outbox: where, and the words."""
        async with self.services.database.reading() as session:
            rows = await session.execute(select(OutboxRow).order_by(col(OutboxRow.id)))
            found = [(row.place, row.content) for row in rows.scalars() if row.content]
        return [(place, load_content(content).text) for place, content in found]

    async def ask(self) -> None:
        """Jo asks for a role for Ama."""
        event = CommandInvoked("e", NOW, AccountRef("web", "jo"), MessageRef("web", "general", "1"), "grant", "")
        turn = Turn(self.services, event, Person(event.sender, "Jo", 2, frozenset({Role.ADMIN})), NOW)
        async with opened(self.services, "ask") as desk:
            await requests.ask(turn, desk, requests.Wish("grant", Staff(1, "Ama", None, active=True), "comms"))


async def house(database: Database, **settings: Any) -> House:
    clock = Clock()
    chosen = given({"access": {"admins": ["web:pat"]}, **settings})
    chats: dict[str, Any] = {"web": None}  # nothing is sent here
    async with database.writing() as session:
        session.add(DirectoryState(generation=1, pepper="p"))
        for number, name in enumerate(("ama", "jo", "pat"), 1):
            session.add(PersonRow(id=number))
            await session.flush()
            session.add(PersonRecord(id=number, person_id=number, since=1, name=name.title(), name_key=name))
            session.add(Account(id=number, person_id=number, platform="web", account=name, since=1))
        session.add(RoleGrant(person_id=2, role="admin", granted=NOW))
    return House(Services(database, chosen, Keys(bytes(32)), chats, {}, NO_CONTACTS, clock), clock)


async def approve(database: Database, times: int) -> None:
    """So many announcements of Ama that Jo approved."""
    async with database.writing() as session:
        for number in range(1, times + 1):
            session.add(
                AnnouncementRow(
                    number=number, state="published", author=1, author_account="web:ama", source_platform="web",
                    source_room="general", source_message=str(number), made=NOW, changed=NOW,
                )
            )  # fmt: skip
            await session.flush()
            session.add(
                VoteRow(
                    announcement=number, revision=1, person=2, kind="approve", source="button", account="web:jo",
                    digest="d", message="1", received=NOW,
                )
            )  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize(("hours", "told"), [(23.9, False), (24, True), (300, True)])
async def test_a_request_that_nobody_confirms_runs_out_and_is_told_once(
    database: Database, hours: float, told: bool
) -> None:
    town = await house(database)
    await town.ask()
    before = len(await town.said())
    town.clock.now += timedelta(hours=hours)
    upkeep = Upkeep(town.services)
    assert await upkeep.step() is told
    town.clock.now += EVERY
    assert await upkeep.step() is False or not told
    text = "Nobody confirmed it within 24 hours, so nothing was changed. Request 1 was to give Ama the role “comms”"
    said = (await town.said())[before:]
    assert [(place, words.startswith(text)) for place, words in said[:2]] == (
        [("direct:web:jo", True), ("direct:web:pat", True)] if told else []
    )
    async with database.reading() as session:
        rows = (await session.execute(select(RoleRequest))).scalars().all()
        actions = (await session.execute(select(col(AuditRow.action)).order_by(col(AuditRow.id)))).scalars().all()
    assert [(row.answered is not None, row.answered_by) for row in rows] == [(told, None)]
    assert actions == (["role_asked", "role_request_over"] if told else ["role_asked"])


@pytest.mark.asyncio
async def test_the_evidence_of_roles_names_nobody_outside_its_notes(database: Database) -> None:
    town = await house(database)
    await town.ask()
    async with database.reading() as session:
        row = (await session.execute(select(AuditRow))).scalar_one()
    keys = town.services.keys
    assert (row.actor, row.subject) == (keys.pseudonym("person:2"), f"person:{keys.pseudonym('person:1')}")
    assert "Ama" not in row.details
    assert "Jo" not in row.details


@pytest.mark.asyncio
async def test_a_request_is_shown_to_the_auditors_and_put_to_whoever_can_confirm_it(database: Database) -> None:
    town = await house(database, **ROOM)
    await town.ask()
    places = [place for place, words in await town.said() if "It counts for 24 hours" in words]
    assert places == ["web:audit", "direct:web:pat"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("settings", "places"),
    [(ROOM, ["web:audit"]), ({}, ["direct:web:jo", "direct:web:pat"])],
    ids=["a room", "no room"],
)
async def test_changes_are_shown_to_the_auditors_or_to_the_admins(
    database: Database, settings: dict[str, Any], places: list[str]
) -> None:
    town = await house(database, **settings)
    async with opened(town.services, "show") as desk:
        await notices.show(desk, town.services, "It is so.")
    assert await town.said() == [(place, "It is so.") for place in places]


@pytest.mark.asyncio
async def test_pairs_are_named_once_a_week_whoever_comes_first(database: Database) -> None:
    town = await house(database, **ROOM)
    await approve(database, 5)
    first, second = Upkeep(town.services), Upkeep(town.services)
    assert [await first.step(), await second.step()] == [True, False]
    for days, said in ((6, 1), (7, 2), (13, 2)):
        town.clock.now = NOW + timedelta(days=days)
        await first.step()
        lines = [words for place, words in await town.said() if place == "web:audit"]
        assert len(lines) == said
    assert "Jo approved 5 of the 5 announcements of Ama that were approved in the last 90 days" in lines[0]


@pytest.mark.asyncio
@pytest.mark.parametrize(("settings", "times"), [(ROOM, 4), ({}, 5)], ids=["no pair", "no room"])
async def test_without_a_pair_or_a_room_nothing_is_posted(
    database: Database, settings: dict[str, Any], times: int
) -> None:
    town = await house(database, **settings)
    await approve(database, times)
    assert await Upkeep(town.services).step() is False
    assert await town.said() == []


GONE: list[tuple[str, dict[str, Any], bool]] = [
    ("here", {}, True),
    ("left six days ago", {"left": True, "loaded": 6}, True),
    ("left a week ago", {"left": True, "loaded": 7}, False),
    ("here, by a file of long ago", {"loaded": 70}, True),
    ("last day in the future", {"leaving_date": date(2026, 3, 9)}, True),
    ("last day a week ago", {"leaving_date": date(2026, 2, 23)}, True),
    ("last day longer ago", {"leaving_date": date(2026, 2, 22)}, False),
    ("erased", {"until": 1}, False),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("record", "keeps"), [case[1:] for case in GONE], ids=[case[0] for case in GONE])
async def test_roles_fall_away_a_week_after_the_person(database: Database, record: dict[str, Any], keeps: bool) -> None:
    town = await house(database, **ROOM)
    days = record.get("loaded", 0)
    async with database.writing() as session:
        file: dict[str, Any] = {
            "by": "web:pat",
            "file_name": "staff.csv",
            "digest": "d",
            "generation": 1,
            "previous": 0,
        }
        session.add(ImportBatch(**file, at=NOW - timedelta(days=days), state="applied"))
        found = await session.get(PersonRecord, 2)
        assert found is not None
        for name in record.keys() - {"loaded"}:
            setattr(found, name, record[name])
    upkeep = Upkeep(town.services)
    assert await upkeep.step() is not keeps
    town.clock.now += EVERY
    assert await upkeep.step() is False
    async with database.reading() as session:
        assert [grant.role for grant in (await session.execute(select(RoleGrant))).scalars()] == ["admin"] * keeps
        actions = (await session.execute(select(col(AuditRow.action)))).scalars().all()
    assert actions == ["role_revoked"] * (not keeps)
    assert [place for place, _ in await town.said()] == ["web:audit"] * (not keeps)


ROLES = [
    ("comms", "comms"),
    ("Communications", "comms"),
    ("Information  Governance", "information_governance"),
    ("information-governance", "information_governance"),
    ("duty_officer", "duty_officer"),
    ("ADMIN", "admin"),
    ("auditor", "auditor"),
    ("staff", None),
    ("", None),
    ("archbishop", None),
]


@pytest.mark.parametrize(("words", "role"), ROLES)
def test_roles_as_people_write_them(words: str, role: str | None) -> None:
    assert role_called(words) == role


DAYS = [
    ("31 March", "2026-03-31T23:00Z"),  # summer time has begun
    ("2 March", "2026-03-03T00:00Z"),  # today, to its end
    ("1 March", "2027-03-02T00:00Z"),  # gone this year
    ("31st March 2027", "2027-03-31T23:00Z"),
    ("31/03/2026", "2026-03-31T23:00Z"),
    ("2026-12-31", "2027-01-01T00:00Z"),
    ("1 March 2025", "2025-03-02T00:00Z"),  # over; the caller says so
    ("29 February", None),
    ("31 February", None),
    ("Pancake Day", None),
    ("", None),
]


@pytest.mark.parametrize(("words", "end"), DAYS)
@pytest.mark.asyncio
async def test_last_days_as_people_write_them(database: Database, words: str, end: str | None) -> None:
    services = (await house(database)).services
    assert ends(services, words) == (datetime.fromisoformat(end) if end else None)
