"""`grant` and `revoke`: a role is given by two admins and taken by one."""

import re
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col

from bot.access import Role, RoleGrant
from bot.announcements.holders import named_in_settings
from bot.announcements.standing import act_of, void_votes
from bot.desk import Commit, Desk
from bot.people import short, today
from bot.protocol.model import APPROVERS
from bot.roles import notices, requests
from bot.roles.who import Unclear, granted_to, meant
from bot.services import Services
from bot.turn import Turn, plain, privately
from bot.wording import say
from directory import cells
from directory.people import Staff
from directory.search import Finder

GIVEN = frozenset(Role) - {Role.STAFF}
"""Roles that people give; `staff` comes from the directory."""

ALSO = {"communications": "comms", "ig": "information_governance", "administrator": "admin"}

LONGEST = 300
"""Characters of a wish that are read."""

_GRANT = re.compile(r"(?P<role>.+?)\s+to\s+(?P<name>.+?)(?:\s+until\s+(?P<until>.+))?", re.IGNORECASE)
_REVOKE = re.compile(r"(?P<role>.+?)\s+from\s+(?P<name>.+)", re.IGNORECASE)


def role_called(words: str) -> Role | None:
    """The role that somebody means: "information governance", "Duty Officer", "communications"."""
    key = "_".join(re.split(r"[\s_-]+", words.strip().casefold()))
    name = ALSO.get(key, key)
    return Role(name) if name in GIVEN else None


def ends(services: Services, words: str) -> datetime | None:
    """The moment (UTC) after the last day written, day first, the year if it is not the coming one; None: no day."""
    now = today(services)
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", words.strip().rstrip("."))
    for candidate in (text, f"{text} {now.year}", f"{text} {now.year + 1}"):
        last = _day(candidate)
        if last is not None and (candidate == text or last >= now):
            midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), services.zone)
            return midnight.astimezone(UTC)
    return None


def _day(text: str) -> date | None:
    try:
        return cells.day(text)
    except cells.BadCell:
        return None


async def grant(turn: Turn, finder: Finder, rest: str) -> Commit:
    """Ask for a role for somebody; a second admin must agree."""
    asked = _GRANT.fullmatch(_plainly(rest))
    if asked is None:
        return privately(turn, say("roles.grant.how"))
    role = role_called(asked["role"])
    if role is None:
        return privately(turn, _no_role(asked["role"]))
    until = ends(turn.services, asked["until"]) if asked["until"] else None
    if asked["until"] and until is None:
        return privately(turn, say("roles.grant.no_day", until=short(asked["until"])))
    if until is not None and until <= turn.now:
        return privately(turn, say("roles.grant.over", day=requests.last_day(turn.services, until)))
    who = await meant(turn, finder, asked["name"])
    return privately(turn, who.told) if isinstance(who, Unclear) else _ask(turn, who, role, until)


def _plainly(rest: str) -> str:
    """Single spaces, and no more words than anybody needs: on a long text the patterns would take seconds."""
    return " ".join(rest[:LONGEST].split())


def _no_role(words: str) -> str:
    code = "roles.grant.staff" if words.strip().casefold() == "staff" else "roles.grant.no_role"
    return say(code, role=short(words))


def _ask(turn: Turn, who: Staff, role: Role, until: datetime | None) -> Commit:
    async def commit(desk: Desk) -> None:
        held = (await granted_to(desk.session, turn.services, who.person_id)).get(role.value)
        if held is not None and held.expires == until:
            words = {"name": who.name, "role": notices.role_name(role.value)}
            turn.confide(desk, plain(say("roles.grant.holds", **words)))
            return
        await requests.ask(turn, desk, requests.Wish("grant", who, role.value, until))

    return commit


async def revoke(turn: Turn, finder: Finder, rest: str) -> Commit:
    """Take a role away, at once."""
    asked = _REVOKE.fullmatch(_plainly(rest))
    if asked is None:
        return privately(turn, say("roles.revoke.how"))
    role = role_called(asked["role"])
    if role is None:
        return privately(turn, _no_role(asked["role"]))
    who = await meant(turn, finder, asked["name"])
    if isinstance(who, Unclear):
        return privately(turn, who.told)
    found = who

    async def commit(desk: Desk) -> None:
        await _take(turn, desk, found, role)

    return commit


async def _take(turn: Turn, desk: Desk, who: Staff, role: Role) -> None:
    services, words = turn.services, {"name": who.name, "role": notices.role_name(role.value)}
    taken = delete(RoleGrant).where(col(RoleGrant.person_id) == who.person_id, col(RoleGrant.role) == role.value)
    gone = (await desk.session.execute(taken.returning(col(RoleGrant.person_id)))).all()
    by_settings = role is Role.ADMIN and who.person_id in await named_in_settings(desk.session, services)
    if not gone:
        turn.confide(desk, plain(say("roles.revoke.settings" if by_settings else "roles.revoke.not_held", **words)))
        return
    notices.note(turn, desk, "role_revoked", who.person_id, who.name, role=role.value)
    if role in APPROVERS:
        await void_votes(desk, who.person_id, act_of(turn.person))
    turn.confide(desk, plain(say("roles.revoke.done", **words)))
    if by_settings:
        turn.confide(desk, plain(say("roles.revoke.settings", **words)))
    words["who"] = turn.person.name
    if who.person_id != turn.person.id:
        await notices.tell(desk, services, who.person_id, say("roles.revoke.you", **words))
    both = frozenset({turn.person.id or 0, who.person_id})
    await notices.show(desk, services, say("roles.revoke.shown", **words), but=both)
