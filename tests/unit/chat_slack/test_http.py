"""The door of HTTP mode: the raw bytes are judged first, and nothing else is read of what Slack did not sign."""

import asyncio
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncBoltRequest

from adapters.chat.slack.http import LARGEST_BODY, PATH, Door
from adapters.chat.slack.intake import Intake
from adapters.chat.slack.settings import SlackTokens
from tests.unit.chat_slack.fake import ME, Json

SECRET = "a signing secret"
EVENT = {"type": "event_callback", "team_id": "T01TEST", "event": {"type": "message"}, "event_id": "Ev1"}


async def nothing_more(_body: Json) -> Json:
    return {}


@asynccontextmanager
async def door() -> AsyncIterator[tuple[str, Door, Intake]]:
    made = Door(SECRET)
    intake = Intake(SlackTokens("xoxb-1", signing_secret=SECRET), ME, nothing_more)
    made.app = intake.app
    runner = web.AppRunner(made.application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}", made, intake
    finally:
        intake.give_up()
        await runner.cleanup()


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256").hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


async def knock(url: str, body: bytes, headers: dict[str, str], kind: str = "application/json") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=headers | {"Content-Type": kind}) as answer,
    ):
        return answer.status, await answer.text()


async def kept(intake: Intake) -> list[Any]:
    """Take what comes, as the product does once it has it."""
    told = await intake.next()
    for one in told:
        one.kept.set_result(True)
    return [(one.body, one.signed) for one in told]


@pytest.mark.asyncio
async def test_what_slack_signed_is_acknowledged_once_it_is_kept() -> None:
    body = json.dumps(EVENT).encode()
    async with door() as (url, _, intake):
        asked = asyncio.create_task(knock(url, body, signed(body)))
        await asyncio.wait({asked}, timeout=0.1)
        assert not asked.done()
        assert await kept(intake) == [(EVENT, True)]
        assert (await asked)[0] == 200


JUNK = [b'{"x"', b"payload={x", b"[1]", b"", b"\xff\xfe", json.dumps(EVENT).encode()]


@pytest.mark.parametrize("body", JUNK)
@pytest.mark.asyncio
async def test_what_slack_did_not_sign_is_not_even_parsed(body: bytes) -> None:
    now = time.time()
    good = signed(body)
    wrong: list[dict[str, str]] = [
        {},
        signed(body, secret="another"),
        signed(body, now - 360),
        signed(body, now + 360),
        signed(body + b" "),
        good | {"X-Slack-Request-Timestamp": str(int(now) - 1)},
        good | {"X-Slack-Request-Timestamp": "soon"},
        good | {"X-Slack-Request-Timestamp": "9" * 30},
        good | {"X-Slack-Request-Timestamp": ""},
        good | {"X-Slack-Signature": ""},
        good | {"X-Slack-Signature": "v0="},
        good | {"X-Slack-Signature": good["X-Slack-Signature"].replace("v0", "v1")},
        {"X-Slack-Signature": good["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": good["X-Slack-Request-Timestamp"]},
    ]
    async with door() as (url, _, intake):
        for headers in wrong:
            for kind in ("application/json", "application/x-www-form-urlencoded"):
                assert await knock(url, body, headers, kind) == (401, "")
        assert intake.waiting.empty()


@pytest.mark.parametrize("body", [b'{"x"', b"[1]", b"", b"payload={x", b"payload=1", b"\xff\xfe", b"ssl_check=1"])
@pytest.mark.asyncio
async def test_signed_nonsense_is_refused_without_a_word(body: bytes) -> None:
    async with door() as (url, _, intake):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            status, text = await knock(url, body, signed(body), kind)
            assert status >= 400
            assert "Traceback" not in text
        assert intake.waiting.empty()


@pytest.mark.asyncio
async def test_what_is_too_large_is_not_read() -> None:
    body = b"x" * (LARGEST_BODY + 1)
    async with door() as (url, _, intake):
        assert (await knock(url, body, signed(body)))[0] == 413
        assert intake.waiting.empty()


@pytest.mark.asyncio
async def test_slack_looks_whether_the_address_is_ours() -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c4a11e"}).encode()
    async with door() as (url, _, _):
        status, text = await knock(url, body, signed(body))
        assert (status, json.loads(text)) == (200, {"challenge": "c4a11e"})
        assert (await knock(url, body, {}))[0] == 401


@pytest.mark.asyncio
async def test_while_nobody_listens_slack_is_asked_to_come_again() -> None:
    body = json.dumps(EVENT).encode()
    async with door() as (url, made, intake):
        intake.closed = True
        assert (await knock(url, body, signed(body)))[0] == 500
        made.app = None
        assert (await knock(url, body, signed(body)))[0] == 503


@pytest.mark.asyncio
async def test_what_nobody_will_take_any_more_is_let_go() -> None:
    body = json.dumps(EVENT).encode()
    async with door() as (url, _, intake):
        asked = asyncio.create_task(knock(url, body, signed(body)))
        await intake.next()
        intake.give_up()
        assert (await asked)[0] == 500


EVERYTHING: list[dict[str, Any]] = [
    EVENT,
    EVENT | {"event": {"type": "a_new_kind"}},
    EVENT | {"event": {"type": "app_uninstalled"}},
    EVENT | {"event": {"type": "message", "subtype": "message_changed", "user": "U0BOT"}},
    EVENT | {"event": {"type": "message", "subtype": "message_deleted", "previous_message": {"user": "U0BOT"}}},
    {"type": "block_actions", "actions": [{"action_id": "unknown", "type": "button"}], "user": {"id": "U1"}},
    {"type": "view_submission", "view": {"type": "modal", "callback_id": "unknown"}, "user": {"id": "U1"}},
    {"type": "view_closed", "view": {"type": "modal", "callback_id": "unknown"}, "user": {"id": "U1"}},
    {"type": "shortcut", "callback_id": "unknown", "user": {"id": "U1"}},
    {"type": "message_action", "callback_id": "unknown", "user": {"id": "U1"}},
    {"command": "/unknown", "text": "", "user_id": "U1", "team_id": "T01TEST"},
]


@pytest.mark.parametrize("payload", EVERYTHING, ids=lambda payload: str(payload.get("type", "command")))
@pytest.mark.asyncio
async def test_nothing_stays_without_an_answer(payload: dict[str, Any]) -> None:
    """R21: whatever Slack tells has a listener."""
    intake = Intake(SlackTokens("xoxb-1", "xapp-1"), ME, nothing_more)
    request = AsyncBoltRequest(mode="socket_mode", body=payload)
    asked = asyncio.create_task(intake.app.async_dispatch(request))
    assert await kept(intake) == [(payload, False)]
    assert (await asked).status == 200


@pytest.mark.asyncio
async def test_a_list_of_options_is_answered_at_once() -> None:
    intake = Intake(SlackTokens("xoxb-1", "xapp-1"), ME, nothing_more)
    payload = {"type": "block_suggestion", "action_id": "unknown", "block_id": "b", "user": {"id": "U1"}}
    answer = await intake.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
    assert (answer.status, json.loads(answer.body)) == (200, {"options": []})


@pytest.mark.asyncio
async def test_whoever_has_gone_meanwhile_disturbs_nobody() -> None:
    intake = Intake(SlackTokens("xoxb-1", "xapp-1"), ME, nothing_more)
    asked = asyncio.create_task(intake.take(EVENT, signed=False))
    [told] = await intake.next()
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    for kept_now in (False, True):
        told.answer(kept=kept_now)
    assert told.kept.cancelled()
