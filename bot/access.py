"""Who may do what: one table, role by action, used to decide, to print help and to write the documentation.

Default deny: an action that is not in the table, or a person without a role, may nothing.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from bot.protocol.model import Role
from config.database import Base

__all__ = [
    "TABLE",
    "Action",
    "Role",
    "RoleGrant",
    "RoleRequest",
    "Suspension",
    "as_markdown",
    "grants_that_hold",
    "may",
    "roles_of",
]


class Action(StrEnum):
    """What somebody may want to do."""

    ASK = "ask"
    DRAFT = "draft"
    CHANGE_ANY = "change_any"
    APPROVE = "approve"
    RECALL = "recall"
    DECIDE_INCIDENT = "decide_incident"
    EXPLAIN = "explain"
    LOAD = "load"
    READ_AUDIT = "read_audit"
    SUSPEND = "suspend"
    RESTORE = "restore"
    GRANT = "grant"
    REVOKE = "revoke"
    SEE_ROLES = "see_roles"
    SEE_PAIRS = "see_pairs"
    GLOSSARY = "glossary"


TABLE: dict[Action, frozenset[Role]] = {
    Action.ASK: frozenset({Role.STAFF}),
    Action.DRAFT: frozenset({Role.STAFF}),
    Action.CHANGE_ANY: frozenset({Role.COMMS}),
    Action.APPROVE: frozenset({Role.COMMS, Role.INFORMATION_GOVERNANCE}),
    Action.RECALL: frozenset({Role.COMMS, Role.DUTY_OFFICER}),
    Action.DECIDE_INCIDENT: frozenset({Role.INFORMATION_GOVERNANCE}),
    Action.EXPLAIN: frozenset({Role.STAFF}),
    Action.LOAD: frozenset({Role.ADMIN}),
    Action.READ_AUDIT: frozenset({Role.AUDITOR, Role.INFORMATION_GOVERNANCE}),
    Action.SUSPEND: frozenset({Role.STAFF}),
    Action.RESTORE: frozenset({Role.COMMS, Role.ADMIN}),
    Action.GRANT: frozenset({Role.ADMIN}),
    Action.REVOKE: frozenset({Role.ADMIN}),
    Action.SEE_ROLES: frozenset({Role.COMMS, Role.ADMIN, Role.AUDITOR}),
    Action.SEE_PAIRS: frozenset({Role.AUDITOR, Role.INFORMATION_GOVERNANCE}),
    Action.GLOSSARY: frozenset({Role.ADMIN}),
}


class RoleGrant(Base, table=True):
    """A role held by a person, until it expires or is taken away. It means nothing once the person has left."""

    __tablename__ = "role_grant"

    person_id: int = Field(primary_key=True)
    role: str = Field(primary_key=True)
    granted: datetime
    expires: datetime | None = None


class Suspension(Base, table=True):
    """Somebody whose roles mean nothing until it is lifted: a lost telephone, an account in wrong hands."""

    __tablename__ = "suspension"

    person_id: int = Field(primary_key=True)
    at: datetime
    by: int


class RoleRequest(Base, table=True):
    """A change of roles that waits for a second person: `kind` is grant or restore.

    `answered` without `answered_by`: nobody confirmed it in time, or who asked was suspended.
    """

    __tablename__ = "role_request"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    person_id: int
    role: str = ""
    until: datetime | None = Field(default=None, description="when a granted role ends by itself")
    asked: datetime
    asked_by: int
    answered: datetime | None = None
    answered_by: int | None = None


_KNOWN = frozenset(role.value for role in Role)


def may(roles: frozenset[Role], action: Action) -> bool:
    """Whether somebody holding `roles` may do `action`."""
    return bool(roles & TABLE.get(action, frozenset()))


GRANTED = select(col(RoleGrant.role)).where(
    col(RoleGrant.person_id) == bindparam("person"),
    or_(col(RoleGrant.expires).is_(None), col(RoleGrant.expires) > bindparam("now")),
    ~exists().where(col(Suspension.person_id) == bindparam("person")),
)
"""The roles of a person at a time; built once, because it is asked for every message."""


async def roles_of(session: AsyncSession, person: int, now: datetime) -> frozenset[Role]:
    """The roles granted to a person that hold at `now`: none while suspended.

    Whether the person is active staff is identity's matter.
    """
    found = (await session.execute(GRANTED, {"person": person, "now": now})).scalars()
    # A role that this version does not know gives nothing, and takes nothing away from the others.
    return frozenset(Role(role) for role in found if role in _KNOWN)


def grants_that_hold(now: datetime) -> Select[RoleGrant]:
    """Every grant that has not ended, whether its holder is suspended, gone, or neither."""
    return select(RoleGrant).where(or_(col(RoleGrant.expires).is_(None), col(RoleGrant.expires) > now))


def as_markdown() -> str:
    """The table as the documentation shows it."""
    lines = [
        "| action | " + " | ".join(role.value for role in Role) + " |",
        "| --- |" + " --- |" * len(Role),
    ]
    for action in Action:
        cells = " | ".join("yes" if role in TABLE[action] else "" for role in Role)
        lines.append(f"| {action.value} | {cells} |")
    return "\n".join(lines) + "\n"
