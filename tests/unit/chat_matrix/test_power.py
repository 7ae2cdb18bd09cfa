"""Who may do what, in rooms of old and new versions."""

import math
from typing import Any

import pytest

from adapters.chat.matrix.power import level, may, needed
from tests.unit.chat_matrix.world import AMA, JO, ME


def state(version: str, levels: Any, creators: Any = None) -> list[dict[str, Any]]:
    create: dict[str, Any] = {"room_version": version}
    if creators is not None:
        create["additional_creators"] = creators
    events = [{"type": "m.room.create", "state_key": "", "sender": AMA, "content": create}]
    if levels is not None:
        events.append({"type": "m.room.power_levels", "state_key": "", "sender": AMA, "content": levels})
    return events


def test_creators_of_version_12_stand_above_all() -> None:
    for version, expected in (("11", 0), ("12", math.inf), ("13", math.inf), ("org.example.12", 0)):
        assert level(state(version, {"users": {}}), AMA) == expected
    assert level(state("12", {"users": {}}, [JO]), JO) == math.inf
    assert level(state("11", {"users": {}}, [JO]), JO) == 0
    assert level(state("12", {"users": {}}, "all"), JO) == 0
    assert may(state("12", {"redact": 100}), AMA, "redact")


def test_levels_as_they_are_set() -> None:
    found = state("11", {"users": {ME: 50, JO: "100"}, "users_default": 5, "redact": 60, "events": {"m.reaction": 10}})
    assert [level(found, one) for one in (ME, JO, AMA)] == [50, 5, 5]
    actions = ("redact", "invite", "kick", "m.reaction", "m.room.message")
    assert [needed(found, one) for one in actions] == [60, 0, 50, 10, 0]
    assert [may(found, ME, action) for action in ("redact", "kick", "m.reaction")] == [False, True, True]


def test_before_there_are_levels() -> None:
    assert [level(state("11", None), one) for one in (AMA, JO)] == [100, 0]
    assert [needed(state("11", None), one) for one in ("redact", "m.room.message")] == [50, 0]


@pytest.mark.parametrize("levels", [{"users": [], "events": 3}, {"users_default": True}, {}])
def test_malformed_levels_give_nobody_power(levels: Any) -> None:
    assert level(state("11", levels), JO) == 0
    assert not may(state("11", levels), JO, "redact")
