"""The door that Slack calls in HTTP mode: only what Slack signed within five minutes is read at all.

local-slack signs what it hands over by itself; forged requests are made here with Slack's documented signature.
"""

import time
from pathlib import Path

import aiohttp
import pytest

from tests.contract.slack_hands import standing, taken
from tests.real.slack_delivery import EVENTS, Envelope, signed
from tests.real.slack_server import Mode

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
