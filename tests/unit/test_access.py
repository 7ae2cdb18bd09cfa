"""Who may do what, written out role by role; roles that expire, are unknown, or are nobody's give nothing."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot.access import TABLE, Action, Role, RoleGrant, Suspension, as_markdown, grants_that_hold, may, roles_of
from config.database import Base, Database

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)

# Written by hand from DESIGN section 4 and PROTOCOL section 2.
EXPECTED: dict[str, set[str]] = {
    "ask": {"staff"},
    "draft": {"staff"},
    "change_any": {"comms"},
    "approve": {"comms", "information_governance"},
    "recall": {"comms", "duty_officer"},
    "decide_incident": {"information_governance"},
    "explain": {"staff"},
    "load": {"admin"},
    "read_audit": {"auditor", "information_governance"},
    "suspend": {"staff"},
    "restore": {"comms", "admin"},
    "grant": {"admin"},
    "revoke": {"admin"},
    "see_roles": {"comms", "admin", "auditor"},
    "see_pairs": {"auditor", "information_governance"},
    "glossary": {"admin"},
}
ROLES = ["staff", "comms", "information_governance", "duty_officer", "admin", "auditor"]
PAIRS = list(itertools.product(EXPECTED, ROLES))


def test_every_action_and_every_role_is_written_out_here() -> None:
    assert EXPECTED.keys() == {action.value for action in Action} == {action.value for action in TABLE}
    assert [role.value for role in Role] == ROLES


@pytest.mark.parametrize(("action", "role"), PAIRS)
def test_each_role_may_what_is_written_and_no_more(action: str, role: str) -> None:
    expected = role in EXPECTED[action]
    assert may(frozenset({Role(role)}), Action(action)) is expected
    assert may(frozenset({Role(role), Role.STAFF}), Action(action)) is (expected or "staff" in EXPECTED[action])


@pytest.mark.parametrize("action", list(Action))
def test_without_a_role_nobody_may_anything(action: Action) -> None:
    assert not may(frozenset(), action)
    assert may(frozenset(Role), action)


@pytest.mark.parametrize("action", ["", "everything", "APPROVE", "publish"])
def test_what_is_not_in_the_table_nobody_may(action: str) -> None:
    assert not may(frozenset(Role), cast("Action", action))


def test_the_printed_table_says_the_same() -> None:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in as_markdown().splitlines()]
    assert lines[0] == ["action", *ROLES]
    assert lines[1] == ["---"] * (1 + len(ROLES))
    printed = {line[0]: {role for role, cell in zip(ROLES, line[1:], strict=True) if cell} for line in lines[2:]}
    assert printed == EXPECTED
    assert {cell for line in lines[2:] for cell in line[1:]} == {"yes", ""}
    assert as_markdown().startswith("| action | staff |")
    assert as_markdown().endswith("|\n")


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return database


async def held(
    database: Database, *grants: RoleGrant, person: int = 1, now: datetime = NOW, suspended: tuple[int, ...] = ()
) -> set[str]:
    """The roles of a person when these grants stand, and these people are suspended."""
    try:
        async with database.writing() as session:
            session.add_all(grants)
            session.add_all(Suspension(person_id=one, at=NOW, by=9) for one in suspended)
        async with database.reading() as session:
            return {role.value for role in await roles_of(session, person, now)}
    finally:
        await database.close()


def grant(role: str, person: int = 1, expires: datetime | None = None) -> RoleGrant:
    return RoleGrant(person_id=person, role=role, granted=NOW - timedelta(days=9), expires=expires)


@pytest.mark.asyncio
async def test_a_person_holds_what_was_granted_to_that_person(database: Database) -> None:
    assert await held(database, grant("comms"), grant("admin"), grant("auditor", person=2)) == {"comms", "admin"}


@pytest.mark.asyncio
async def test_somebody_without_grants_holds_nothing(database: Database) -> None:
    assert await held(database, grant("comms", person=2)) == set()


EXPIRY = [(-timedelta(days=1), False), (-TICK, False), (timedelta(), False), (TICK, True), (timedelta(days=1), True)]


@pytest.mark.asyncio
@pytest.mark.parametrize(("left", "holds"), EXPIRY)
async def test_a_role_falls_away_at_the_moment_it_expires(database: Database, left: timedelta, holds: bool) -> None:
    assert await held(database, grant("comms", expires=NOW + left)) == ({"comms"} if holds else set())


@pytest.mark.asyncio
async def test_a_role_that_nobody_knows_gives_nothing_and_takes_nothing(database: Database) -> None:
    """Left by a newer version, say: the person goes on with the roles that are known."""
    assert await held(database, grant("archbishop"), grant("comms"), grant("")) == {"comms"}


SUSPENDED = [((1,), set()), ((2,), {"comms", "admin"}), ((), {"comms", "admin"}), ((1, 2), set())]


@pytest.mark.asyncio
@pytest.mark.parametrize(("suspended", "roles"), SUSPENDED)
async def test_whoever_is_suspended_holds_nothing(
    database: Database, suspended: tuple[int, ...], roles: set[str]
) -> None:
    assert await held(database, grant("comms"), grant("admin"), suspended=suspended) == roles


@pytest.mark.asyncio
async def test_the_roles_of_a_person_are_one_question_to_the_database(database: Database) -> None:
    """It is asked for every message."""
    asked: list[str] = []
    async with database.reading() as session:
        connection = await session.connection()
        event.listen(
            connection.sync_connection,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: asked.append(statement),
        )
        await roles_of(session, 1, NOW)
    await database.close()
    assert len(asked) == 1


@pytest.mark.asyncio
async def test_every_grant_that_has_not_ended_is_found_whoever_holds_it(database: Database) -> None:
    grants = [
        grant("comms"),
        grant("admin", expires=NOW),
        grant("auditor", expires=NOW + TICK),
        grant("comms", 2),
        grant("admin", 3, NOW - TICK),
    ]
    async with database.writing() as session:
        session.add_all(grants)
        session.add(Suspension(person_id=2, at=NOW, by=9))
    async with database.reading() as session:
        found = (await session.execute(grants_that_hold(NOW))).scalars().all()
    await database.close()
    assert {(one.person_id, one.role) for one in found} == {(1, "comms"), (1, "auditor"), (2, "comms")}
