"""From an account to a person: only who the platform vouches for and the directory lists now is anybody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.chat.web import WebAccount, WebChat, WebChatSettings
from adapters.errors import AdapterError
from adapters.events import AccountRef, Profile
from bot.access import RoleGrant, Suspension
from bot.announcements.media import Pictures
from bot.identity import Person, identify, observe, trusted
from bot.leaks.context import NO_CONTACTS
from bot.services import Services
from config.database import Database
from config.keys import Keys
from config.settings import given
from directory.models import Account, DirectoryState, PersonRecord
from directory.models import Person as PersonRow
from tests.contract.chat_stage import Desk

NOW = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # already the 2nd of July in London
TODAY, YESTERDAY = date(2026, 7, 2), date(2026, 7, 1)
JO = AccountRef("web", "jo")
GENERATION = 7


def services(database: Database, **chats: WebChat) -> Services:
    settings = given({"access": {"admins": ["web:pat", "web:nobody"]}})
    return Services(database, settings, Keys(bytes(32)), chats, {}, NO_CONTACTS, lambda: NOW)


async def listed(database: Database, account: dict[str, Any] | None = None, **record: Any) -> None:
    """Jo, person 2, in the directory of generation 7, with what differs."""
    async with database.writing() as session:
        if await session.get(DirectoryState, 1) is None:
            session.add(DirectoryState(generation=GENERATION, pepper="p"))
    values: dict[str, Any] = {"id": 2, "person_id": 2, "since": 1, "name": "Jo Example", "name_key": "jo example"}
    values |= record
    held: dict[str, Any] = {"id": 2, "person_id": 2, "platform": "web", "account": "jo", "since": 1}
    async with database.writing() as session:
        if await session.get(PersonRow, values["person_id"]) is None:
            session.add(PersonRow(id=values["person_id"]))
            await session.flush()
        session.add(PersonRecord(**values))
        session.add(Account(**(held | (account or {}))))


async def found(database: Database, account: AccountRef = JO, profile: Profile | None = None) -> Person:
    """Who that is to the bot; the platform vouches for the account unless it says otherwise."""
    profile = profile or Profile(account, "Jo (she/her)", guest=False, external=False, active=True, bot=False)
    async with database.reading() as session:
        return await identify(session, services(database), account, profile)


async def roles(database: Database, account: AccountRef = JO) -> set[str]:
    return {role.value for role in (await found(database, account)).roles}


@pytest.mark.asyncio
async def test_a_listed_person_is_staff_under_the_name_of_the_directory(database: Database) -> None:
    await listed(database)
    jo = await found(database)
    assert (jo.id, jo.name, jo.account, jo.key) == (2, "Jo Example", JO, "person:2")
    assert {role.value for role in jo.roles} == {"staff"}


@pytest.mark.asyncio
async def test_roles_that_were_granted_are_held_beside_staff(database: Database) -> None:
    await listed(database)
    async with database.writing() as session:
        session.add(RoleGrant(person_id=2, role="comms", granted=NOW))
        session.add(RoleGrant(person_id=2, role="auditor", granted=NOW, expires=NOW))
        session.add(RoleGrant(person_id=3, role="duty_officer", granted=NOW))
    assert await roles(database) == {"staff", "comms"}


@pytest.mark.asyncio
async def test_an_admin_of_the_settings_is_one_only_while_in_the_directory(database: Database) -> None:
    pat = AccountRef("web", "pat")
    assert await roles(database, pat) == set()
    await listed(database, {"account": "pat"})
    assert await roles(database, pat) == {"staff", "admin"}
    assert await roles(database, AccountRef("slack", "pat")) == set()
    assert await roles(database, AccountRef("web", "nobody")) == set()


@pytest.mark.asyncio
@pytest.mark.parametrize("account", ["jo", "pat"])
async def test_whoever_is_suspended_is_known_and_holds_nothing_not_even_by_the_settings(
    database: Database, account: str
) -> None:
    await listed(database, {"account": account})
    async with database.writing() as session:
        session.add(RoleGrant(person_id=2, role="comms", granted=NOW))
        session.add(Suspension(person_id=2, at=NOW, by=3))
    suspended = await found(database, AccountRef("web", account))
    assert suspended == Person(AccountRef("web", account), "Jo Example", 2, frozenset(), NOW)


@pytest.mark.asyncio
async def test_somebody_elses_suspension_takes_nothing(database: Database) -> None:
    await listed(database)
    async with database.writing() as session:
        session.add(Suspension(person_id=3, at=NOW, by=2))
    jo = await found(database)
    assert (jo.suspended, {role.value for role in jo.roles}) == (None, {"staff"})


OUTSIDE: list[dict[str, Any]] = [{"guest": True}, {"external": True}, {"bot": True}, {"active": False}]


@pytest.mark.asyncio
@pytest.mark.parametrize("doubt", OUTSIDE)
async def test_whom_the_platform_does_not_vouch_for_is_an_outsider_though_listed(
    database: Database, doubt: dict[str, Any]
) -> None:
    await listed(database)
    profile = replace(Profile(JO, "Jo", guest=False, external=False, active=True, bot=False), **doubt)
    assert not trusted(profile)
    outsider = await found(database, profile=profile)
    assert outsider == Person(JO, "Jo")
    assert (outsider.id, outsider.roles, outsider.key) == (None, frozenset(), "account:web:jo")


@pytest.mark.asyncio
async def test_an_account_the_platform_does_not_know_is_an_outsider_by_its_id(database: Database) -> None:
    await listed(database)
    async with database.reading() as session:
        assert await identify(session, services(database), JO, None) == Person(JO, "jo")
    assert not trusted(None)


# What the directory says, and whether that is a colleague now.
RECORDS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("left", {"left": True}, {}, False),
    ("last day was yesterday", {"leaving_date": YESTERDAY}, {}, False),
    ("last day is today, where the organisation is", {"leaving_date": TODAY}, {}, True),
    ("wishes not to be found", {"contactable": False}, {}, True),
    ("record from this generation on", {"since": GENERATION}, {}, True),
    ("record of the next generation", {"since": GENERATION + 1}, {}, False),
    ("record ends after this generation", {"until": GENERATION + 1}, {}, True),
    ("record ended with this generation", {"until": GENERATION}, {}, False),
    ("account from this generation on", {}, {"since": GENERATION}, True),
    ("account of the next generation", {}, {"since": GENERATION + 1}, False),
    ("account ends after this generation", {}, {"until": GENERATION + 1}, True),
    ("account ended with this generation", {}, {"until": GENERATION}, False),
    ("account on another platform", {}, {"platform": "slack"}, False),
    ("account of another id", {}, {"account": "jo2"}, False),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("record", "account", "known"), [case[1:] for case in RECORDS], ids=[one[0] for one in RECORDS]
)
async def test_what_the_directory_must_say(
    database: Database, record: dict[str, Any], account: dict[str, Any], known: bool
) -> None:
    await listed(database, account, **record)
    assert ((await found(database)).id == 2) is known


@pytest.mark.asyncio
async def test_a_switch_of_generations_moves_the_account_and_an_undo_moves_it_back(database: Database) -> None:
    await listed(database, {"until": GENERATION + 1}, until=GENERATION + 1)
    newer: dict[str, Any] = {"id": 3, "person_id": 3, "since": GENERATION + 1}
    await listed(database, newer, **newer, name="Sam Example", name_key="sam example")
    seen = []
    for generation in (GENERATION, GENERATION + 1, GENERATION):
        async with database.writing() as session:
            state = await session.get(DirectoryState, 1)
            assert state is not None
            state.generation = generation
        seen.append((await found(database)).name)
    assert seen == ["Jo Example", "Sam Example", "Jo Example"]


@pytest.mark.asyncio
async def test_without_a_directory_everybody_is_an_outsider(database: Database) -> None:
    assert (await found(database)).id is None


@pytest_asyncio.fixture
async def chat(tmp_path: Path, database: Database) -> AsyncIterator[WebChat]:
    """A real chat with one of each."""
    accounts = (
        WebAccount("jo", "Jo"),
        WebAccount("gil", "Gil", guest=True),
        WebAccount("ext", "Ext", external=True),
        WebAccount("gone", "Gone", active=False),
        WebAccount("robot", "Robot", bot=True),
    )
    settings = WebChatSettings(tmp_path / "chat.db", accounts, (), port=0)
    chat = WebChat(settings, Desk(), Pictures(database))
    await chat.preflight()
    yield chat
    await chat.close()


@pytest.mark.asyncio
async def test_what_a_real_chat_says_of_each_account(chat: WebChat, database: Database) -> None:
    parts = services(database, web=chat)
    seen = {}
    for account in ("jo", "gil", "ext", "gone", "robot", "stranger", "switchboard", ""):
        profile = await observe(parts, AccountRef("web", account))
        seen[account] = trusted(profile)
        assert (profile is None) == (account in {"stranger", ""})
    assert [account for account, vouched in seen.items() if vouched] == ["jo"]


@pytest.mark.asyncio
async def test_an_account_of_a_platform_that_is_not_switched_on_is_an_error(database: Database) -> None:
    with pytest.raises(AdapterError, match="slack is not switched on"):
        await observe(services(database), AccountRef("slack", "U1"))
