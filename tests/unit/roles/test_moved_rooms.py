"""Of a room that was replaced by another only those are told who can do something about it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.events import AccountRef, MessageRef, RoomReplaced
from bot.desk import nothing
from bot.roles import moved_rooms
from config.settings import given

SETTINGS = given({"rooms": {"comms": "matrix:!a"}, "room_channels": {"staff": "matrix:!b"}})


class Settled:
    """As much of a turn as is asked for."""

    def __init__(self) -> None:
        self.services: Any = self
        self.settings = SETTINGS


@pytest.mark.parametrize(("room", "matters"), [("!a", True), ("!b", True), ("!c", False)])
def test_rooms_that_the_settings_do_not_name_are_nobodys_business(room: str, *, matters: bool) -> None:
    turn: Any = Settled()
    at, sender = datetime(2026, 3, 2, tzinfo=UTC), AccountRef("matrix", "@ann:example.org")
    event = RoomReplaced("$1", at, sender, MessageRef("matrix", room, "$1"), "!new", joined=True)
    assert (moved_rooms.told(turn, event) is not nothing) is matters


def test_every_room_that_is_named_is_known_by_its_setting() -> None:
    assert SETTINGS.named_rooms == {"rooms.comms": "matrix:!a", "room_channels.staff": "matrix:!b"}
