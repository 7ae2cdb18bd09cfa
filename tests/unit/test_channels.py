"""Channels elsewhere are off unless they are set, and check tells what their servers say of our accounts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from adapters.ports import Finding
from adapters.publish import mastodon as mastodon_channel
from adapters.publish import x as x_channel
from adapters.publish.mastodon import MastodonAccount
from bot.channels import TOKENS, accounts_of, channels_of
from bot.platforms import NotAssembled
from bot.wording import say
from config.database import Database
from config.settings import BadSettings, Settings, given
from tests.contract.x_stage import x
from tests.fakes.faults import Fault
from tests.fakes.mastodon import TOKEN, FakeMastodon
from tests.fakes.x import FakeX
from tests.process import call

SECRETS = {"bluesky_password": "p", "mastodon_token": "t", "x_refresh_token": "r", "x_client_secret": "s"}
WHOLE: dict[str, Any] = {
    "bluesky": {"handle": "brynford.example"},
    "mastodon": {"server": "https://social.example/", "visibility": "unlisted", "content_warning": "Elections"},
    "x": {"client_id": "app"},
    "secrets": SECRETS,
}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.asyncio
async def test_nothing_is_switched_on_that_is_not_set(tmp_path: Path) -> None:
    assert accounts_of(given({"secrets": SECRETS}), tmp_path) == {}
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    made = channels_of(given(WHOLE), database, tmp_path, None)
    assert set(made) == {"bluesky", "mastodon", "x"}
    for publisher in made.values():
        await publisher.close()
    await database.close()


def test_the_accounts_are_told_what_is_set(tmp_path: Path) -> None:
    found = accounts_of(given(WHOLE), tmp_path)
    mastodon, on_x, bluesky = found["mastodon"], found["x"], found["bluesky"]
    assert (bluesky.server, bluesky.handle, bluesky.password) == ("https://bsky.social/", "brynford.example", "p")
    assert (mastodon.server, mastodon.visibility, mastodon.warning) == (
        "https://social.example/",
        "unlisted",
        "Elections",
    )
    assert (on_x.client.identity, on_x.client.secret, on_x.tokens) == ("app", "s", tmp_path / TOKENS)


@pytest.mark.parametrize("name", ["bluesky_password", "mastodon_token", "x_refresh_token"])
def test_a_missing_secret_is_named(tmp_path: Path, name: str) -> None:
    settings = given(WHOLE | {"secrets": {key: value for key, value in SECRETS.items() if key != name}})
    with pytest.raises(NotAssembled) as told:
        accounts_of(settings, tmp_path)
    assert f"SWITCHBOARD_SECRETS__{name.upper()} is missing" in say(f"run.{told.value.code}", **told.value.params)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mastodon": {"server": "http://social.example/"}},
        {"mastodon": {"server": "https://social.example"}},
        {"mastodon": {"server": "https://social.example/", "visibility": "direct"}},
        {"bluesky": {"handle": "@brynford.example"}},
        {"bluesky": {"handle": "brynford"}},
        {"bluesky": {"handle": "brynford.example", "server": "http://bsky.example/"}},
        {"x": {"api": "http://api.example/"}},
        {"by_hand": {"x": "matrix:@pat:example.org"}},
        {"room_channels": {"mastodon": "matrix:!news:example.org"}},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSettings):
        given(wrong)


def test_all_are_off_by_default() -> None:
    assert not Settings.model_fields["bluesky"].get_default(call_default_factory=True).is_on
    assert not Settings.model_fields["x"].get_default(call_default_factory=True).is_on
    assert not Settings.model_fields["mastodon"].get_default(call_default_factory=True).is_on


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("token", "scopes", "code"),
    [
        (TOKEN, None, "accepted"),
        (TOKEN, ["read", "write"], "accepted"),
        (TOKEN, ["read:accounts", "read:statuses", "write:media", "write:statuses"], "accepted"),
        (TOKEN, ["read", "write:media"], "scopes_lacking"),
        ("another", None, "token_refused"),
    ],
)
async def test_mastodon_says_whether_the_token_is_good(token: str, scopes: list[str] | None, code: str) -> None:
    fake = FakeMastodon(scopes=scopes)
    async with TestServer(fake.application()) as running:
        found = await mastodon_channel.examine(MastodonAccount(str(running.make_url("/")), token), now)
    assert found == [Finding("server", True, "reached"), Finding("token", code == "accepted", code)]
    assert fake.posts == []


@pytest.mark.asyncio
async def test_a_server_that_is_away_is_told() -> None:
    found = await mastodon_channel.examine(MastodonAccount("http://127.0.0.1:1/", TOKEN), now)
    assert [(one.ok, one.code) for one in found] == [(False, "not_reached")] * 2


@pytest.mark.asyncio
async def test_x_says_whether_it_gives_tokens_and_nothing_is_asked_that_costs(tmp_path: Path) -> None:
    async with x(FakeX(), tmp_path) as stage:
        assert await x_channel.examine(stage.account, now) == [Finding("token", True, "accepted")]
        stage.server.script.always(Fault.LOCALISED)
        stage.account.tokens.chmod(0o644)
        assert await x_channel.examine(stage.account, now) == [Finding("token", False, "unsafe_tokens")]
        stage.account.tokens.unlink()  # the first token is used up
        assert await x_channel.examine(stage.account, now) == [Finding("token", False, "sign_in_again")]
        assert {path for _, path in stage.server.calls} == {"/2/oauth2/token"}


def test_check_tells_it_in_words(tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text('[mastodon]\nserver = "http://127.0.0.1:1/"\n')
    secret = {"SWITCHBOARD_SECRETS__MASTODON_TOKEN": "t"}
    told = {one["part"]: one for one in json.loads(call(tmp_path, "check", "--json", env=secret).stdout)}
    assert told["mastodon server"] == {
        "part": "mastodon server",
        "ok": False,
        "says": say("channels.check.mastodon_not_reached"),
    }
    without = {one["part"]: one for one in json.loads(call(tmp_path, "check", "--json").stdout)}
    assert without["channels"]["says"] == say("run.no_channel_secret", name="MASTODON_TOKEN")
