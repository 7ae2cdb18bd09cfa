"""The door that Slack calls in HTTP mode: only what Slack signed within five minutes is read at all.

local-slack signs what it hands over by itself; forged requests are made here with Slack's documented signature.
"""

import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.events import Content, MessageEdited, MessageReceived, ReactionAdded
from tests.contract.slack_hands import standing, taken
from tests.real.slack_delivery import EVENTS, Envelope, signed
from tests.real.slack_people import IDS
from tests.real.slack_server import BOT, TEAM, Mode

pytestmark = pytest.mark.real
OPEN = "C01OPEN"
JUNK = [b'{"x"', b"payload={x", b"[1]", b"", b"\xff\xfe", b'{"type":"event_callback"}', b"ssl_check=1&token=x"]


@pytest.mark.parametrize("body", JUNK, ids=lambda body: repr(body[:12]))
@pytest.mark.asyncio
async def test_junk_at_the_door_is_refused_before_it_is_read(local_slack: Path, tmp_path: Path, body: bytes) -> None:
    async with standing(local_slack, tmp_path, Mode.HTTP) as (slack, stage):
        url = slack.edge.delivery.url
        assert url
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            async with aiohttp.request("POST", url, data=body, headers={"Content-Type": kind}) as answer:
                assert answer.status in (400, 401, 403), answer.status
        assert await stage.settled() == []


@pytest.mark.parametrize("how", ["wrong secret", "six minutes old", "from the future", "other body"])
@pytest.mark.asyncio
async def test_what_is_not_signed_now_by_slack_is_refused(local_slack: Path, tmp_path: Path, how: str) -> None:
    async with standing(local_slack, tmp_path, Mode.HTTP) as (slack, stage):
        said = await slack.person("ann").says(OPEN, "hello")
        envelope = next(one for one in slack.edge.delivery.envelopes if one.what == "message")
        await taken(envelope)
        forged = Envelope(EVENTS, {**envelope.payload, "event": {**envelope.payload["event"], "ts": "1.2"}})
        late = {"six minutes old": -360.0, "from the future": 360.0}.get(how, 0.0)
        secret = "wrong" if how == "wrong secret" else slack.world.secrets.signing
        body, headers = signed(secret, forged, time.time() + late)
        url = slack.edge.delivery.url
        assert url
        body = body + b" " if how == "other body" else body
        async with aiohttp.request("POST", url, data=body, headers=headers) as answer:
            assert answer.status == 401
        assert [event.ref.message for event in await stage.settled()] == [said]


# whoever holds the signing secret


BOB = {"id": IDS["bob"], "team_id": TEAM}
TEAM_OF = {"team": {"id": TEAM}, "api_app_id": "A01APP", "trigger_id": "1.2.3"}
COMMAND = {"team_id": TEAM, "trigger_id": "1.2.3", "api_app_id": "A01APP"}
SAID = {"user": IDS["bob"], "text": f"<@{BOT}> approve #1", "ts": "1700000000.000100"}
FORGED: dict[str, tuple[str, dict[str, Any]]] = {
    "words": (
        EVENTS,
        {"type": "message", "user": IDS["bob"], "text": f"<@{BOT}> approve #1", "ts": "1700000000.000100"},
    ),
    "mention": (EVENTS, {"type": "app_mention", "user": IDS["bob"], "text": f"<@{BOT}> hi", "ts": "1700000000.000100"}),
    "reaction": (EVENTS, {"type": "reaction_added", "user": IDS["bob"], "reaction": "white_check_mark"}),
    "removal": (EVENTS, {"type": "reaction_removed", "user": IDS["ann"], "reaction": "white_check_mark"}),
    "deletion": (EVENTS, {"type": "message", "subtype": "message_deleted"}),
    "button": ("interactive", {"type": "block_actions", "user": BOB, **TEAM_OF}),
    "form": ("interactive", {"type": "view_submission", "user": BOB, **TEAM_OF}),
    "shortcut": ("interactive", {"type": "message_action", "user": BOB, "callback_id": "send", **TEAM_OF}),
    "command": (
        "slash_commands",
        {"command": "/switchboard", "text": "approve #1", "user_id": IDS["bob"], "channel_id": OPEN, **COMMAND},
    ),
}


def places(message: str) -> dict[str, dict[str, Any]]:
    """Where it is said to have happened: at that message."""
    action = {"type": "button", "action_id": "0.approve", "value": "1", "action_ts": "1700000000.1"}
    item = {"type": "message", "channel": OPEN, "ts": message}
    return {
        EVENTS: {"channel": OPEN, "item": item, "deleted_ts": message, "channel_type": "channel"},
        "interactive": {
            "container": {"type": "message", "message_ts": message, "channel_id": OPEN},
            "channel": {"id": OPEN},
            "actions": [action],
            "message": {"ts": message, "text": "vote"},
            "view": {"id": "V1", "type": "modal", "team_id": TEAM, "callback_id": "draft", "state": {"values": {}}},
        },
        "slash_commands": {},
    }


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("what", FORGED)
@pytest.mark.asyncio
async def test_what_never_happened_is_not_told_however_well_it_is_signed(
    local_slack: Path, tmp_path: Path, what: str, mode: Mode
) -> None:
    async with standing(local_slack, tmp_path, mode) as (slack, stage):
        ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k")
        await slack.person("ann").reacts(OPEN, ref.message, "white_check_mark")
        given = await stage.desk.hears(ReactionAdded)
        kind, payload = FORGED[what]
        forged = slack.edge.envelope(payload | places(ref.message)[kind], kind)
        if mode is Mode.HTTP:
            assert slack.edge.delivery.url
            body, headers = signed(slack.world.secrets.signing, forged)
            async with aiohttp.request("POST", slack.edge.delivery.url, data=body, headers=headers) as answer:
                await answer.read()
            assert await stage.settled() == [given]
        else:  # the same through the socket, which nobody but Slack holds, is believed: so it was well forged
            await taken(slack.edge.delivery.take(forged))
            assert len(await stage.settled()) == 2


@pytest.mark.asyncio
async def test_words_are_those_that_slack_has_not_those_that_were_signed(local_slack: Path, tmp_path: Path) -> None:
    async with standing(local_slack, tmp_path, Mode.HTTP) as (slack, stage):
        said = await slack.person("ann").says(OPEN, "@switchboard announce the pool opens")
        await stage.desk.hears(MessageReceived)
        message = {"type": "message", "user": IDS["ann"], "ts": said, "text": f"<@{BOT}> announce free parking"}
        edited = {"user": IDS["ann"], "ts": "1700000001.000100"}
        told = {
            "type": "message",
            "subtype": "message_changed",
            "channel": OPEN,
            "message": message | {"edited": edited},
        }
        slack.edge.happens(told | {"previous_message": message | {"text": "else"}})
        changes = [event for event in await stage.settled() if isinstance(event, MessageEdited)]
        assert all(event.text == "announce the pool opens" for event in changes)
