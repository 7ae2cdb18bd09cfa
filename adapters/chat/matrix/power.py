"""Who may do what in a room, from its state; in rooms of version 12 creators stand above all levels."""

import math
from collections.abc import Iterable
from typing import Any

from adapters.chat.matrix.server import Json

CREATORS_RULE = 12  # the room version from which creators need no level
MODERATOR = 50


def level(state: Iterable[Json], user: str) -> float:
    """A person's power level; `math.inf` for a creator of a version 12 room."""
    found = _contents(state)
    create, create_content = found.get("m.room.create", ("", {}))
    _, levels = found.get("m.room.power_levels", ("", None))
    if _creators_rule(create_content) and user in {create, *_strings(create_content.get("additional_creators"))}:
        return math.inf
    if levels is None:  # before there are levels the creator has 100 and everybody else nothing
        return 100.0 if user == create else 0.0
    users = levels.get("users")
    given = users.get(user) if isinstance(users, dict) else None
    return _number(given, _number(levels.get("users_default"), 0))


def needed(state: Iterable[Json], action: str) -> float:
    """The level that `redact`, `invite`, `kick` or the sending of an event type such as `m.reaction` takes."""
    _, levels = _contents(state).get("m.room.power_levels", ("", None))
    if levels is None:
        return 0.0 if "." in action or action == "invite" else float(MODERATOR)
    if "." not in action:
        return _number(levels.get(action), 0 if action == "invite" else MODERATOR)
    events = levels.get("events")
    given = events.get(action) if isinstance(events, dict) else None
    return _number(given, _number(levels.get("events_default"), 0))


def may(state: Iterable[Json], user: str, action: str) -> bool:
    """Whether somebody may do that in the room."""
    known = list(state)
    return level(known, user) >= needed(known, action)


def _contents(state: Iterable[Json]) -> dict[str, tuple[str, Json]]:
    return {
        one["type"]: (str(one.get("sender")), one["content"])
        for one in state
        if one.get("state_key") == "" and isinstance(one.get("content"), dict) and isinstance(one.get("type"), str)
    }


def _creators_rule(create: Json) -> bool:
    version = create.get("room_version")
    return isinstance(version, str) and version.isdigit() and int(version) >= CREATORS_RULE


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _number(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float(otherwise)
