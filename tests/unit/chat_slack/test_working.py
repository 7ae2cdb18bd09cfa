"""👀 while an answer takes long, and no longer."""

import asyncio

import pytest

from adapters.chat.slack.working import Working
from adapters.events import AccountRef, MessageReceived, MessageRef, RoomRef
from tests.unit.chat_slack.fake import NOW, Fake, Json, asking, serving

pytestmark = pytest.mark.asyncio
ANN, BOB = AccountRef("slack", "U01ANN"), AccountRef("slack", "U02BOB")
ROOM, DIRECT = RoomRef("slack", "C01"), RoomRef("slack", "D01")
LONG = 3600.0
EYES = {"channel": "C01", "timestamp": "1.2", "name": "eyes"}


def message(room: str = "C01", thread: str | None = None, *, addressed: bool = True) -> MessageReceived:
    return MessageReceived("m", NOW, ANN, MessageRef("slack", room, "1.2", thread), "x", addressed, room == "D01")


async def asked(fake: Fake, method: str) -> list[Json]:
    """What was asked of a method, once anything was."""
    async with asyncio.timeout(30):
        while not fake.asked(method):  # noqa: ASYNC110 - the fake tells nobody
            await asyncio.sleep(0.01)
    return fake.asked(method)


async def test_eyes_come_and_go_with_the_answer() -> None:
    async with serving(reactions_add={}, reactions_remove={}) as fake, asking(fake) as api:
        working = Working(api, slow=0.0)
        working.begins(message())
        assert await asked(fake, "reactions.add") == [EYES]
        assert fake.asked("reactions.remove") == []
        working.answers(ROOM, "1.2")
        assert await asked(fake, "reactions.remove") == [EYES]
        await working.end()
        assert working.waiting == {}


@pytest.mark.parametrize(
    ("room", "thread", "answer"),
    [
        ("C01", None, (ROOM, "1.2", None)),
        ("C01", "1.0", (ROOM, "1.0", None)),
        ("C01", None, (ROOM, None, ANN)),
        ("D01", None, (DIRECT, None, None)),
    ],
)
async def test_a_quick_answer_needs_none(
    room: str, thread: str | None, answer: tuple[RoomRef, str | None, AccountRef | None]
) -> None:
    async with serving() as fake, asking(fake) as api:
        working = Working(api, slow=LONG)
        working.begins(message(room, thread))
        working.answers(*answer)
        await asyncio.gather(*working.tasks)
        assert (fake.calls, working.waiting) == ([], {})


async def test_answers_to_others_are_none_and_at_the_end_nothing_is_left() -> None:
    async with serving() as fake, asking(fake) as api:
        working = Working(api, slow=LONG)
        working.begins(message())
        working.begins(message("C02", addressed=False))
        for other in ((ROOM, "9.9", None), (ROOM, None, BOB), (ROOM, None, None), (DIRECT, None, None)):
            working.answers(*other)
        assert not any(answered.is_set() for _, answered in working.waiting.values())
        assert len(working.waiting) == 1
        await working.end()
        assert (fake.calls, working.tasks) == ([], set())


async def test_what_slack_refuses_is_let_be() -> None:
    refused = {"ok": False, "error": "message_not_found"}
    async with serving(reactions_add=refused) as fake, asking(fake) as api:
        working = Working(api, slow=0.0)
        working.begins(message())
        await asyncio.gather(*working.tasks)
        assert (working.waiting, fake.asked("reactions.remove")) == ({}, [])
