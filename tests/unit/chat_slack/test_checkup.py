"""Which token is wrong, which scope is missing or too much, which room the bot is not in; and the manifest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.slack import AppWords, SlackChat, SlackOptions, SlackTokens, examine, manifest
from adapters.chat.slack.checkup import OPTIONAL, SCOPES, asked_for
from adapters.chat.slack.manifest import COMMAND, EVENTS, OF_SOCKETS
from adapters.errors import NotAuthenticated
from adapters.ports import HealthState
from bot.wording import known
from tests.process import call
from tests.unit.chat_slack.fake import Json, Kept, Reply, serving

ROOT = Path(__file__).parents[3]
TOKENS = SlackTokens("xoxb-1", "xapp-1", "s")
WHO: Json = {"ok": True, "user_id": "U0BOT", "user": "switchboard", "team_id": "T01TEST", "bot_id": "B0BOT"}
SOCKET: Json = {"url": "ws://127.0.0.1:1/"}


def granted(*scopes: str) -> Reply:
    return Reply(200, WHO, headers={"X-OAuth-Scopes": ",".join(scopes)})


def _methods(answers: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "."): told for name, told in answers.items()}


async def found(tokens: SlackTokens = TOKENS, rooms: dict[str, str] | None = None, **answers: Any) -> Json:
    given: dict[str, Any] = {"auth_test": granted(*asked_for(http=False)), "apps_connections_open": SOCKET} | answers
    async with serving() as fake:
        fake.answers |= _methods(given)
        options = SlackOptions(workspace="T01TEST")
        told = await examine(tokens, f"{fake.url}/api/", options, rooms or {})
    for one in told:
        assert known(f"slack.check.{one.code}") or known(f"slack.fault.{one.code}"), one.code
    return {one.part: (one.ok, one.code) for one in told}


@pytest.mark.asyncio
async def test_all_is_well() -> None:
    good = {"bot token": (True, "bot_good"), "app token": (True, "app_good"), "scopes": (True, "scopes_good")}
    assert await found() == good
    assert await found(auth_test=granted(*SCOPES, *OPTIONAL)) == good


@pytest.mark.asyncio
async def test_scopes_are_compared_with_what_the_bot_uses() -> None:
    told = await found(auth_test=granted(*(SCOPES - {"reactions:read"}), "admin"))
    assert told["scope reactions:read"] == (False, "scope_missing")
    assert told["scope admin"] == (False, "scope_too_much")
    assert told["scope commands"] == (False, "scope_missing")
    assert "scopes" not in told


WRONG: list[tuple[SlackTokens, dict[str, Any], str]] = [
    (SlackTokens(""), {}, "no_bot_token"),
    (SlackTokens("xapp-1", "xoxb-1"), {}, "no_bot_token"),
    (SlackTokens("xoxb-1"), {}, "no_app_token"),
    (SlackTokens("xoxb-1", "xoxb-1"), {}, "no_app_token"),
    (TOKENS, {"auth_test": {"ok": False, "error": "invalid_auth"}}, "bot_token_refused"),
    (TOKENS, {"auth_test": {"ok": False, "error": "account_inactive"}}, "bot_token_refused"),
    (TOKENS, {"auth_test": WHO | {"team_id": "T09ELSEWHERE"}}, "other_workspace"),
    (TOKENS, {"apps_connections_open": {"ok": False, "error": "invalid_auth"}}, "app_token_refused"),
    (TOKENS, {"apps_connections_open": {"ok": False, "error": "not_allowed_token_type"}}, "app_token_refused"),
    (TOKENS, {"apps_connections_open": {"ok": False, "error": "missing_scope"}}, "app_token_scope"),
    (TOKENS, {"apps_connections_open": {"ok": False, "error": "something_new"}}, "app_token_refused"),
]


@pytest.mark.parametrize(("tokens", "answers", "code"), WRONG)
@pytest.mark.asyncio
async def test_the_wrong_token_is_named(tokens: SlackTokens, answers: dict[str, Any], code: str) -> None:
    """R20: by check, and by the start itself; no token is in what is said."""
    assert await found(tokens, **answers) == {"tokens": (False, code)}
    given: dict[str, Any] = {"auth_test": granted(), "apps_connections_open": SOCKET} | answers
    async with serving() as fake:
        fake.answers |= _methods(given)
        kept = Kept()
        chat = SlackChat(tokens, kept, kept, f"{fake.url}/api/", SlackOptions(workspace="T01TEST"))
        with pytest.raises(NotAuthenticated) as told:
            await chat.preflight()
        assert str(told.value) == code
        assert (chat.health().state, chat.health().reason) == (HealthState.DOWN, code)
        assert not re.search("xoxb-1|xapp-1", repr(chat.__dict__) + repr(kept.values))
        await chat.close()


@pytest.mark.asyncio
async def test_in_http_mode_the_signing_secret_is_needed_and_no_other() -> None:
    async with serving(auth_test=granted(*SCOPES)) as fake:
        options, kept = SlackOptions(http=True), Kept()
        told = await examine(SlackTokens("xoxb-1", "", "s"), f"{fake.url}/api/", options, {})
        assert [one.code for one in told] == ["bot_good", "signed", "scopes_good"]
        chat = SlackChat(SlackTokens("xoxb-1"), kept, kept, f"{fake.url}/api/", options)
        for wrong in (chat.preflight(), _application(chat)):
            with pytest.raises(NotAuthenticated, match="no_signing_secret"):
                await wrong
        await chat.close()
        assert not chat.capabilities.buttons
        assert chat.screens is None


async def _application(chat: SlackChat) -> None:
    chat.application()


@pytest.mark.asyncio
async def test_nobody_answers() -> None:
    told = await examine(TOKENS, "http://127.0.0.1:1/api/", SlackOptions(), {})
    assert [(one.ok, one.code) for one in told] == [(False, "unreachable")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"channel": {"is_member": True}}, "room_good"),
        ({"channel": {"is_member": False}}, "not_in_room"),
        ({"channel": {"is_member": True, "is_ext_shared": True}}, "shared"),
        ({"ok": False, "error": "channel_not_found"}, "not_in_room"),
        ({}, "not_in_room"),
    ],
)
@pytest.mark.asyncio
async def test_rooms(answer: Json, code: str) -> None:
    told = await found(rooms={"rooms.comms": "C01", "rooms.auditors": "#audit"}, conversations_info=answer)
    assert told["rooms.comms"] == (code == "room_good", code)
    assert told["rooms.auditors"] == (False, "not_in_room")


# the manifest

WORDS = AppWords("Switchboard", "d" * 200, "c", "help", "Send for approval", "s", "Draft", "f")


def test_the_manifest_asks_for_the_least() -> None:
    made = manifest(WORDS)
    assert set(made["oauth_config"]["scopes"]) == {"bot"}
    assert set(made["oauth_config"]["scopes"]["bot"]) == SCOPES | {"commands"}
    assert made["settings"]["event_subscriptions"] == {"bot_events": sorted([*EVENTS, *OF_SOCKETS])}
    assert made["settings"]["socket_mode_enabled"]
    assert not made["settings"]["token_rotation_enabled"]
    assert made["features"]["slash_commands"][0]["command"] == COMMAND
    assert len(made["display_information"]["description"]) == 140
    http = manifest(WORDS, "https://bot.council.example/slack/events")
    assert set(http["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert http["settings"]["event_subscriptions"]["request_url"] == "https://bot.council.example/slack/events"
    assert not http["settings"]["socket_mode_enabled"]
    assert http["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)
    assert not {"slash_commands", "shortcuts"} & set(http["features"])
    assert [one["features"]["app_home"]["home_tab_enabled"] for one in (made, http)] == [True, False]
    shortcuts = made["features"]["shortcuts"]
    assert {one["type"] for one in shortcuts} == {"message", "global"}
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)


def test_every_scope_is_explained() -> None:
    page = (ROOT / "docs/how-to/slack.md").read_text()
    told = set(re.findall(r"^\| `([a-z_]+(?::[a-z.]+)?)` \|", page, re.MULTILINE))
    assert told == SCOPES | OPTIONAL | {"connections:write"}


def test_every_method_that_the_bot_calls_has_its_scope() -> None:
    """What the code asks of Slack, against the scopes that docs.slack.dev names for each method."""
    needs = {
        "auth.test": set(),
        "apps.connections.open": set(),
        "chat.postMessage": {"chat:write"},
        "chat.postEphemeral": {"chat:write"},
        "chat.update": {"chat:write"},
        "chat.delete": {"chat:write"},
        "conversations.open": {"im:write"},
        "conversations.info": {"channels:read", "groups:read", "im:read"},
        "users.conversations": {"channels:read", "groups:read", "im:read"},
        "conversations.history": {"im:history"},
        "conversations.replies": {"im:history"},
        "reactions.add": {"reactions:write"},
        "reactions.remove": {"reactions:write"},
        "reactions.get": {"reactions:read"},
        "users.info": {"users:read", "users:read.email"},
        "files.info": {"files:read"},
        "files.getUploadURLExternal": {"files:write"},
        "files.completeUploadExternal": {"files:write"},
        "files.delete": {"files:write"},
        "views.open": set(),
        "views.publish": set(),
        "views.update": set(),
    }
    source = "".join(path.read_text() for path in (ROOT / "adapters/chat/slack").glob("*.py"))
    called = set(re.findall(r'"((?:apps|auth|chat|conversations|files|reactions|users|views)\.[A-Za-z.]+)"', source))
    assert called - {"users:read.email"} == set(needs)
    events = {"app_mentions:read", "im:history", "reactions:read"}
    assert events.union(*needs.values()) == SCOPES


def test_init_writes_the_manifest_with_the_councils_names(tmp_path: Path) -> None:
    done = call(tmp_path, "init", "--slack", "--name", "Brynford Switchboard")
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "switchboard.slack.json").read_text())
    assert made["display_information"]["name"] == "Brynford Switchboard"
    again = call(tmp_path, "init", "--slack", "--name", "Another")
    assert again.returncode == 2
    assert "there already" in again.stderr
    wrong = call(tmp_path, "init", "--slack", "--address", "http://bot.council.example")
    assert wrong.returncode == 2
    assert "no address" in wrong.stderr
    assert call(tmp_path, "init", "--name", "x").returncode == 2
