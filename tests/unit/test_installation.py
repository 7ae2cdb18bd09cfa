"""What the settings switch on is put together, and what does not make a whole is told before anything starts."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import NotAuthenticated
from bot import leader, migrations
from bot.announcements import delivery
from bot.announcements.delivery import Crew
from bot.app import DELIVERERS, App
from bot.inbox import LeaseLost
from bot.installation import assemble, channels_alone
from bot.leader import Leader
from bot.leases import Owner
from bot.platforms import MATRIX, SHUT_OUT, NotAssembled, rooms_of, store_folder
from bot.wording import known, say
from config.database import Database
from config.keys import Keys
from config.settings import BadSettings, given

ACCOUNT = {"homeserver": "http://127.0.0.1:1", "user": "@switchboard:example.org", "device": "ABC"}
WHOLE: dict[str, Any] = {
    "matrix": ACCOUNT,
    "rooms": {"comms": "matrix:!comms"},
    "secrets": {"matrix_token": "t", "matrix_store_key": "k"},
}


def put_together(tmp_path: Path, **changes: Any) -> Any:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    return assemble(given(WHOLE | changes), database, Keys(b"k" * 32), tmp_path)


def refusal(tmp_path: Path, **changes: Any) -> str:
    with pytest.raises(NotAssembled) as told:
        put_together(tmp_path, **changes)
    return say(f"run.{told.value.code}", **told.value.params)


@pytest.mark.asyncio
async def test_matrix_and_its_rooms_are_put_together(tmp_path: Path) -> None:
    made = put_together(
        tmp_path, room_channels={"staff": "matrix:!news"}, by_hand={"facebook": "matrix:@pat:a.example"}
    )
    services = made.app.services
    assert list(services.chats) == [MATRIX]
    assert sorted(services.publishers) == ["feed", "staff"]
    assert services.publishers["staff"].channel == "staff"
    assert made.leader.account == "matrix:@switchboard:example.org"
    assert made.matrix.store == tmp_path / "switchboard.matrix"
    await made.close()


@pytest.mark.asyncio
async def test_replicas_share_channels_but_not_those_that_are_bound_to_one_machine(tmp_path: Path) -> None:
    made = put_together(
        tmp_path,
        room_channels={"staff": "matrix:!news"},
        bluesky={"handle": "council.example"},
        mastodon={"server": "https://social.example/"},
        x={"client_id": "c"},
        secrets=WHOLE["secrets"] | {"bluesky_password": "p", "mastodon_token": "t", "x_refresh_token": "r"},
    )
    assert sorted(made.app.services.publishers) == ["bluesky", "feed", "mastodon", "staff", "x"]
    assert sorted(made.shared) == ["bluesky", "feed", "mastodon"]
    await migrations.upgrade(made.app.services.database)
    for name, fenced in {"bluesky": False, "staff": True}.items():
        state = made.app.services.publishers[name]._state
        if fenced:
            with pytest.raises(LeaseLost):
                await state.put("a", "b")
        else:
            await state.put("a", "b")
    await made.close()


@pytest.mark.asyncio
async def test_while_another_leads_it_delivers_and_does_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    async def assist(_services: object, crew: Crew) -> bool:
        begun.append(f"assists on {sorted(crew.only or ())}")
        return False

    async def start(_app: App) -> None:
        begun.append("leads")
        raise NotAuthenticated("unknown_token")

    monkeypatch.setattr(delivery, "assist", assist)
    monkeypatch.setattr(App, "start", start)
    monkeypatch.setattr(leader, "LOOK", 0.01)
    made = put_together(tmp_path, matrix=ACCOUNT | {"encryption": False})
    database = made.app.services.database
    await migrations.upgrade(database)
    other = Leader(database, made.leader.account, Owner("elsewhere", 1, "aaaa"))
    await other.take()
    serving = asyncio.create_task(made.serve())
    async with asyncio.timeout(30):
        while len(begun) < 2 * DELIVERERS:  # noqa: ASYNC110 - a double rings no bell
            await asyncio.sleep(0.01)
    assert set(begun) == {"assists on ['feed']"}
    await other.let_go()
    with pytest.raises(ExceptionGroup):
        await serving
    assert begun[-1] == "leads"
    await made.close()


def test_the_command_that_releases_at_the_server_knows_the_same_channels(tmp_path: Path) -> None:
    settings = given(WHOLE | {"room_channels": {"staff": "matrix:!news"}})
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}")
    assert sorted(channels_alone(settings, database, tmp_path).publishers) == ["feed", "staff"]
    assert sorted(channels_alone(given({}), database, tmp_path).publishers) == ["feed"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "switchboard init --matrix" in refusal(tmp_path, matrix={})
    assert "MATRIX_TOKEN" in refusal(tmp_path, secrets={"matrix_store_key": "k"})
    assert "MATRIX_STORE_KEY" in refusal(tmp_path, secrets={"matrix_token": "t"})
    assert "rooms.comms is web:comms" in refusal(tmp_path, rooms={})
    assert "rooms.auditors is slack:C1" in refusal(tmp_path, rooms=WHOLE["rooms"] | {"auditors": "slack:C1"})
    assert "room_channels.staff is web:staff" in refusal(tmp_path, room_channels={"staff": "web:staff"})
    both = {"room_channels": {"staff": "matrix:!news"}, "by_hand": {"staff": "matrix:@pat:a.example"}}
    assert "staff stands under" in refusal(tmp_path, **both)


@pytest.mark.asyncio
async def test_without_encryption_no_key_is_needed(tmp_path: Path) -> None:
    made = put_together(tmp_path, matrix=ACCOUNT | {"encryption": False}, secrets={"matrix_token": "t"})
    assert made.matrix.encryption is False
    await made.close()


@pytest.mark.parametrize(
    ("matrix", "key"),
    [
        ({"user": "@a:example.org"}, "matrix"),
        (ACCOUNT | {"device": ""}, "matrix"),
        (ACCOUNT | {"user": "switchboard"}, "matrix.user"),
        (ACCOUNT | {"homeserver": "matrix.example.org"}, "matrix.homeserver"),
    ],
)
def test_half_an_account_is_a_fault_of_the_settings(matrix: dict[str, str], key: str) -> None:
    with pytest.raises(BadSettings) as told:
        given({"matrix": matrix})
    assert [fault.key for fault in told.value.faults] == [key]


@pytest.mark.parametrize(
    "values", [{"room_channels": {"feed": "matrix:!a"}}, {"by_hand": {"A b": "web:a"}}, {"feed": {"listen": "8420"}}]
)
def test_what_cannot_be_a_channel_or_an_address_is_told(values: dict[str, Any]) -> None:
    with pytest.raises(BadSettings):
        given(values)


def test_rooms_are_looked_at_by_the_names_of_their_settings() -> None:
    settings = given(WHOLE | {"room_channels": {"staff": "matrix:!news"}})
    assert rooms_of(settings, MATRIX) == {"rooms.comms": "!comms", "room_channels.staff": "!news"}


def test_the_store_is_beside_the_key_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert store_folder(given(WHOLE).matrix, tmp_path) == tmp_path / "switchboard.matrix"
    named = given(WHOLE | {"matrix": ACCOUNT | {"store": "/elsewhere"}}).matrix
    assert store_folder(named, tmp_path) == Path("/elsewhere")


def test_whatever_shuts_us_out_has_words() -> None:
    assert SHUT_OUT
    assert [code for code in SHUT_OUT if not known(f"matrix.fault.{code}")] == []
