"""A case of the ChatAdapter contract: a function of a fresh `Stage` that listens already; and what cases share."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.errors import Refused
from adapters.events import RoomRef
from tests.contract.chat_stage import Shown, Stage

Case = Callable[[Stage], Awaitable[None]]
CASES: list[Case] = []


def case(function: Case) -> Case:
    """Put a case on the list."""
    CASES.append(function)
    return function


async def seen(stage: Stage, who: str, message: str, room: RoomRef | None = None) -> Shown | None:
    """What that person sees of that message."""
    shown = await stage.hands.sees(who, room or stage.room)
    return next((one for one in shown if one.id == message), None)


async def refuses(what: Awaitable[Any], code: str | None = None) -> None:
    """It must be refused, with that code where one is promised."""
    with pytest.raises(Refused) as refused:
        await what
    assert code in (None, refused.value.code)
