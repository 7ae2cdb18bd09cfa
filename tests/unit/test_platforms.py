"""Slack is put together from its settings, alone or beside Matrix, and what is missing for it is named."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import NotAuthenticated
from bot.cli.run import _reason
from bot.installation import assemble
from bot.platforms import SLACK, SLACK_SHUT_OUT, NotAssembled, account_of, check_whole, rooms_of, slack_told
from bot.wording import known, say
from config.database import Database
from config.keys import Keys
from config.settings import BadSettings, given

SECRETS = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1", "slack_signing_secret": "s"}
WHOLE: dict[str, Any] = {
    "slack": {"workspace": "T01TEST"},
    "rooms": {"comms": "slack:C01COMMS"},
    "secrets": SECRETS,
}
MATRIX: dict[str, Any] = {
    "matrix": {"homeserver": "http://127.0.0.1:1", "user": "@switchboard:example.org", "device": "ABC"},
    "secrets": SECRETS | {"matrix_token": "t", "matrix_store_key": "k"},
}


def refusal(**changes: Any) -> str:
    with pytest.raises(NotAssembled) as told:
        check_whole(given(WHOLE | changes))
    return say(f"run.{told.value.code}", **told.value.params)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("more", "chats", "account"),
    [
        ({}, ["slack"], "slack:T01TEST"),
        (MATRIX, ["matrix", "slack"], "matrix:@switchboard:example.org+slack:T01TEST"),
    ],
)
async def test_slack_is_put_together(tmp_path: Path, more: dict[str, Any], chats: list[str], account: str) -> None:
    settings = given(WHOLE | more | {"room_channels": {"staff": "slack:C02NEWS"}})
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    made = assemble(settings, database, Keys(b"k" * 32), tmp_path)
    assert list(made.app.services.chats) == chats
    assert sorted(made.app.services.publishers) == ["feed", "staff"]
    assert made.leader.account == account_of(settings) == account
    assert rooms_of(settings, SLACK) == {"rooms.comms": "C01COMMS", "room_channels.staff": "C02NEWS"}
    await made.close()


def test_what_is_missing_is_named() -> None:
    for name in ("slack_bot_token", "slack_app_token"):
        lacking = {key: value for key, value in SECRETS.items() if key != name}
        assert f"SWITCHBOARD_SECRETS__{name.upper()} is missing" in refusal(secrets=lacking)
        assert f"{name.upper()} is missing" in refusal(secrets=SECRETS | {name: ""})
    http = {"workspace": "T01TEST", "mode": "http"}
    without = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
    assert "SLACK_SIGNING_SECRET is missing" in refusal(slack=http, secrets=without)
    assert "rooms.comms is matrix:!a" in refusal(rooms={"comms": "matrix:!a"})
    assert "slack" in refusal(slack={})


def test_each_mode_is_given_its_own_secret_alone() -> None:
    told = slack_told(given(WHOLE))
    assert (told.tokens.bot, told.tokens.app, told.tokens.signing_secret) == ("xoxb-1", "xapp-1", "")
    assert (told.options.http, told.options.listen, told.options.workspace) == (False, "", "T01TEST")
    assert told.address == "https://slack.com/api/"
    for api in ("https://slack-gov.com/api/", "http://127.0.0.1:9/api/", "http://127.0.0.1:9/"):
        assert slack_told(given(WHOLE | {"slack": {"workspace": "T01TEST", "api": api}})).address == api
    http = slack_told(given(WHOLE | {"slack": {"workspace": "T01TEST", "mode": "http", "listen": "127.0.0.1:9"}}))
    assert (http.tokens.app, http.tokens.signing_secret) == ("", "s")
    assert (http.options.http, http.options.listen) == (True, "127.0.0.1:9")
    assert not any(secret in repr(told) + repr(http) for secret in ("xoxb-1", "xapp-1", "signing_secret='s'"))


@pytest.mark.parametrize(
    ("slack", "key"),
    [
        ({"workspace": "council"}, "slack.workspace"),
        ({"workspace": "T01TEST", "mode": "rtm"}, "slack.mode"),
        ({"workspace": "T01TEST", "listen": "8430"}, "slack.listen"),
        ({"workspace": "T01TEST", "api": "http://slack.example/api/"}, "slack.api"),
        ({"workspace": "T01TEST", "api": "http://127.0.0.1.example/api/"}, "slack.api"),
        ({"workspace": "T01TEST", "api": "http://127.0.0.1:80@evil.example/"}, "slack.api"),
        ({"workspace": "T01TEST", "api": "https://slack.com/api"}, "slack.api"),
        ({"workspace": "T01TEST", "token": "xoxb-1"}, "slack.token"),
    ],
)
def test_a_wrong_setting_is_told_by_its_key(slack: dict[str, Any], key: str) -> None:
    with pytest.raises(BadSettings) as told:
        given({"slack": slack})
    assert [fault.key for fault in told.value.faults] == [key]
    assert "xoxb-1" not in str([fault.value for fault in told.value.faults])


def test_whatever_shuts_us_out_has_words(tmp_path: Path) -> None:
    assert SLACK_SHUT_OUT
    assert [code for code in SLACK_SHUT_OUT if not known(f"slack.fault.{code}")] == []
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    told = _reason(ExceptionGroup("", [NotAuthenticated("bot_token_refused")]), database)
    assert "SLACK_BOT_TOKEN" in told


PROBE = """
import sys
sys.modules["{absent}"] = None  # as if it were not installed
from bot.app import part
part("{wanted}")
assert not any(name.split(".")[0] == "{absent}" for name, module in sys.modules.items() if module)
"""


@pytest.mark.parametrize(("wanted", "absent"), [("slack", "nio"), ("matrix", "slack_bolt"), ("matrix", "slack_sdk")])
def test_one_platform_needs_nothing_of_the_other(wanted: str, absent: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(wanted=wanted, absent=absent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
