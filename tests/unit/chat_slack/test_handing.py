"""Events reach the product once and in order, and how far they go is told with them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from adapters.chat.slack.asked import MOST_TRIGGERS
from adapters.chat.slack.confirming import Confirmation, NotConfirmed
from adapters.chat.slack.handing import CARRIED, REMEMBERED, Handing
from adapters.chat.slack.interactive import Interaction, commander
from adapters.chat.slack.looking import Looker
from adapters.errors import Refused, Unavailable
from adapters.events import (
    AccountRef,
    AnyEvent,
    Attachment,
    ButtonPressed,
    CommandInvoked,
    Disconnected,
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
)
from adapters.ports import Health, HealthState
from bot.encoding import dump, load_event
from tests.unit.chat_slack.fake import ME, NAMES, NOW, Json, Kept, asking, serving

ANN = AccountRef("slack", "U01ANN")
BASE = {"event_id": "e", "at": NOW, "sender": ANN, "ref": MessageRef("slack", "C01", "1.2")}


class Product:
    """What takes events; `refusals` times it fails."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.events: list[AnyEvent] = []
        self.checkpoint = ""
        self.health: list[Health] = []

    async def receive(self, batch: Sequence[AnyEvent], checkpoint: str) -> None:
        """Keep a batch."""
        if self.refusals:
            self.refusals -= 1
            raise OSError
        self.events += batch
        self.checkpoint = checkpoint

    def handing(self) -> Handing:
        """A way to it."""
        return Handing(self.receive, self.health.append, begun="1.0", connected=True)


def message(number: int) -> MessageReceived:
    ref = MessageRef("slack", "C01", f"{number}.000100")
    return MessageReceived(f"message-C01-{number}", datetime.now(UTC), ANN, ref, "x", addressed=True, direct=False)


@pytest.mark.asyncio
async def test_a_repeat_is_not_told_again_also_in_the_next_life() -> None:
    """R1, R3: the same event, in one batch, later, and after a restart."""
    product = Product()
    handing = product.handing()
    await handing.over([message(1), message(1)])
    await handing.over([message(1), message(2)])
    assert [event.event_id for event in product.events] == ["message-C01-1", "message-C01-2"]
    again = product.handing()
    await again.recall(Kept({"checkpoint": product.checkpoint}))
    await again.over([message(1), message(2), message(3)])
    assert [event.event_id for event in product.events[2:]] == ["message-C01-3"]
    assert all(health.state is HealthState.OK for health in product.health)


@pytest.mark.asyncio
async def test_what_cannot_be_taken_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    product = Product(refusals=2)
    await product.handing().over([message(1)])
    assert len(product.events) == 1
    assert [health.reason for health in product.health] == ["not_received", "not_received", ""]


@pytest.mark.asyncio
async def test_what_is_remembered_is_bounded() -> None:
    product = Product()
    handing = product.handing()
    for first in range(0, REMEMBERED + 200, 100):
        await handing.over([message(number) for number in range(first, first + 100)])
    assert len(handing.known) == REMEMBERED
    assert len(handing.carried) == CARRIED
    assert len(product.checkpoint) < 4000


@pytest.mark.asyncio
async def test_catching_up_begins_before_the_newest_and_never_before_the_first_life() -> None:
    handing = Product().handing()
    for latest, since in [("", 1.0), ("100.5", 1.0), ("1000.5", 700.5)]:
        handing.latest = latest
        assert float(handing.since) == since


@pytest.mark.parametrize("kept", ["", "x", "{}", "[]", '{"begun": "x", "latest": "", "carried": []}'])
@pytest.mark.asyncio
async def test_a_first_life_begins_now(kept: str) -> None:
    handing = Product().handing()
    await handing.recall(Kept({"checkpoint": kept} if kept else {}))
    assert 0 < datetime.now(UTC).timestamp() - float(handing.begun) < 60
    assert json.loads(handing._checkpoint())["carried"] == []


@pytest.mark.asyncio
async def test_a_loss_is_told_once() -> None:
    product = Product()
    handing = product.handing()
    for number in range(2):
        await handing.lost(Disconnected(f"d{number}", "slack", NOW, "gone"))
    assert len(product.events) == 1


# what a signature alone vouches for

MESSAGE: Json = {"user": "U01ANN", "ts": "1.2", "text": "<@U0BOT> help", "files": [{"id": "F1"}]}
MESSAGE |= {"reactions": [{"name": "+1", "users": ["U01ANN"], "count": 1}]}
SAID = MessageReceived(**BASE, text="help", addressed=True, direct=False, proven=True)  # type: ignore[arg-type]
FORGED: list[tuple[RoomEvent, Json | None, bool]] = [
    (SAID, MESSAGE, True),
    (SAID, None, False),
    (SAID, MESSAGE | {"user": "U02BOB"}, False),
    (SAID, MESSAGE | {"bot_id": "B99"}, False),
    (SAID, MESSAGE | {"app_id": "A99"}, False),
    (MessageEdited(**BASE, text="help", addressed=True, direct=False), MESSAGE, True),  # type: ignore[arg-type]
    (MessageEdited(**BASE, text="help", addressed=True, direct=False), None, False),  # type: ignore[arg-type]
    (FileShared(**BASE, file=Attachment("F1", "a", "b/c", 1), direct=True), MESSAGE, True),  # type: ignore[arg-type]
    (FileShared(**BASE, file=Attachment("F2", "a", "b/c", 1), direct=True), MESSAGE, False),  # type: ignore[arg-type]
    (ReactionAdded(**BASE, emoji="👍"), MESSAGE, True),  # type: ignore[arg-type]
    (ReactionAdded(**BASE, emoji="✅"), MESSAGE, False),  # type: ignore[arg-type]
    (ReactionAdded(**BASE, emoji="👍"), MESSAGE | {"reactions": None}, False),  # type: ignore[arg-type]
    (ReactionRemoved(**BASE, emoji="✅"), MESSAGE, True),  # type: ignore[arg-type]
    (ReactionRemoved(**BASE, emoji="👍"), MESSAGE, False),  # type: ignore[arg-type]
    (ReactionRemoved(**BASE, emoji="👍"), None, False),  # type: ignore[arg-type]
    (MessageDeleted(**BASE), None, True),  # type: ignore[arg-type]
    (MessageDeleted(**BASE), MESSAGE, False),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("event", "stands", "believed"), FORGED)
@pytest.mark.asyncio
async def test_only_what_slack_tells_too_is_believed(event: RoomEvent, stands: Json | None, believed: bool) -> None:
    """SECURITY attack 2: whoever has the signing secret can write anything; none of it counts."""
    answer = {"message": stands} if stands else {"ok": False, "error": "message_not_found"}
    async with serving(reactions_get=answer) as fake, asking(fake) as api:
        confirmation = Confirmation(Looker(api, ME, NAMES))
        if believed:
            assert await confirmation.checked(event) == event
        else:
            with pytest.raises(NotConfirmed):
                await confirmation.checked(event)


@pytest.mark.asyncio
async def test_what_slack_tells_now_beats_what_the_request_says() -> None:
    now = {"message": MESSAGE | {"text": "other words"}}
    async with serving(reactions_get=now) as fake, asking(fake) as api:
        told = await Confirmation(Looker(api, ME, NAMES)).checked(SAID)
    assert isinstance(told, MessageReceived)
    assert (told.text, told.addressed) == ("other words", False)


# buttons, forms, commands

PRESSED: Json = {
    "type": "block_actions",
    "trigger_id": "t1",
    "team": {"id": "T01TEST"},
    "user": {"id": "U01ANN"},
    "channel": {"id": "C01"},
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C01", "thread_ts": "1.0"},
    "actions": [{"type": "button", "action_id": "1.vote", "value": "approve/12/1", "action_ts": "1795428001.5"}],
}


def interaction() -> Interaction:
    return Interaction(ME, NAMES, lambda: NOW)


def test_a_pressed_button() -> None:
    made = interaction()
    [event] = made.told(PRESSED)
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.value, event.sender) == ("vote", "approve/12/1", ANN)
    assert event.ref == MessageRef("slack", "C01", "1.2", "1.0")
    assert made.asked.trigger(event.event_id) == "t1"
    assert interaction().told(PRESSED)[0].event_id == event.event_id


def test_a_command_and_a_shortcut() -> None:
    command = {"command": "/switchboard", "text": "who knows <@U0BOT> &amp; :balloon:", "trigger_id": "t2"}
    [event] = interaction().told(command | {"user_id": "U01ANN", "channel_id": "C01", "team_id": "T01TEST"})
    assert isinstance(event, CommandInvoked)
    assert (event.command, event.text) == ("switchboard", "who knows @switchboard & 🎈")
    message = {"ts": "1.2", "text": "words", "user": "U10COLIN", "files": [{"id": "F1", "name": "a.png", "size": 3}]}
    [shortcut] = interaction().told(PRESSED | {"type": "message_action", "callback_id": "announce", "message": message})
    assert isinstance(shortcut, CommandInvoked)
    assert (shortcut.command, shortcut.text) == ("announce", "announce: words")
    assert (shortcut.writer, shortcut.files) == (
        AccountRef("slack", "U10COLIN"),
        (Attachment("F1", "a.png", "image/png", 3),),
    )
    assert load_event("CommandInvoked", dump(shortcut)) == shortcut
    assert commander(event.ref.message) == commander(shortcut.ref.message) == ANN
    assert [commander(thread) for thread in (None, "", "1.2", "command.x.1")] == [None] * 4


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "block_actions"},
        {"type": "view_closed"},
        {"type": "a_new_kind"},
        PRESSED | {"team": {"id": "T09ELSEWHERE"}},
        PRESSED | {"actions": [{"type": "static_select"}]},
        PRESSED | {"actions": [5]},
        PRESSED | {"container": None},
        {"command": "/x", "team_id": "T09ELSEWHERE"},
        {"command": "/x"},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {}},
    ],
)
def test_what_is_another_workspaces_or_malformed_is_skipped(payload: Json) -> None:
    assert interaction().told(payload) == []


def test_triggers_are_bounded_and_end() -> None:
    made = interaction()
    for number in range(MOST_TRIGGERS + 1):
        made.told(PRESSED | {"trigger_id": f"t{number}"})
    assert len(made.asked.triggers) == MOST_TRIGGERS
    with pytest.raises(Refused, match="too_late"):
        made.asked.trigger("press-t0-1.vote")


@pytest.mark.asyncio
async def test_a_list_of_reactors_that_is_not_complete_is_not_believed() -> None:
    message = MESSAGE | {"reactions": [{"name": "x", "users": ["U01ANN"], "count": 2}]}
    async with serving(reactions_get={"message": message}) as fake, asking(fake) as api:
        with pytest.raises(Unavailable):
            await Looker(api, ME, NAMES).reactions(MessageRef("slack", "C01", "1.2"))
        assert fake.asked("reactions.get") == [{"channel": "C01", "timestamp": "1.2", "full": "true"}]
