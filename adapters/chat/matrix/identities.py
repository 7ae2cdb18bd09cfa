"""Whose cross-signing identity is believed: the first one seen of each person, until another is accepted for them.

A homeserver's administrator can replace anybody's identity, and people reset their own. Which of the two it was no
program can tell, so a person at the server says it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from adapters.ports import AdapterState
from config import logs

log = logs.get("matrix")

CHANGED = "identities-changed"  # user -> the master key seen instead of the one believed, and since when
MOST = 200  # people, of our own homeservers; the newest


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """Somebody's identity that is not believed yet; `since`: when it was first seen (UTC)."""

    user: str
    key: str
    since: datetime


async def is_believed(state: AdapterState, user: str, master: str, now: datetime) -> bool:
    """Whether this is the identity by which we know somebody; the first one seen is, another is noted."""
    first = await state.get(_name(user))
    if not first:
        await state.put(_name(user), master)
        return True
    if first == master:
        return True
    noted = await _noted(state)
    if noted.get(user, [""])[0] != master:
        log.warning("identity_changed")
        newest = {one: told for one, told in noted.items() if one != user} | {user: [master, now.isoformat()]}
        await state.put(CHANGED, json.dumps(dict(list(newest.items())[-MOST:])))
    return False


async def new_identities(state: AdapterState) -> list[NewIdentity]:
    """The identities that were seen and are not believed."""
    found = [NewIdentity(user, key, datetime.fromisoformat(at)) for user, (key, at) in (await _noted(state)).items()]
    return [one for one in found if await state.get(_name(one.user)) != one.key]


async def accept_identity(state: AdapterState, new: NewIdentity) -> None:
    """Believe this one from now on, and the one before no more."""
    await state.put(_name(new.user), new.key)


async def _noted(state: AdapterState) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(await state.get(CHANGED) or "{}")
    return found


def _name(user: str) -> str:
    return f"identity-{user}"
