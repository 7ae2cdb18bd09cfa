"""`switchboard init --matrix` and `switchboard check` on a real Synapse: what is set up, said and found."""

import asyncio
import json
import stat
import subprocess
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.wording import say
from tests.process import PATIENCE, PROGRAM, environment, free_port
from tests.real.matrix_faults import Fault, Faults
from tests.real.matrix_people import Matrix
from tests.real.switchboard_run import STORE_KEY, TOKEN, Running
from tests.real.synapse import CLIENT, Account, Homeserver

pytestmark = pytest.mark.real


@dataclass
class House:
    """The bot's account, Ann, and their room; the folder is where Switchboard is to be set up."""

    server: Homeserver
    folder: Path
    bot: Account
    ann: Account
    room: str

    def call(self, *words: str, told: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """One command to its end; `told` is piped in."""
        return subprocess.run(
            [*PROGRAM, *words],
            cwd=self.folder,
            env=environment(**settings),
            input=told,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def init(self, *words: str, password: str | None = None) -> subprocess.CompletedProcess[str]:
        """Set Matrix up, everything given on the command line but the password."""
        options = ("--homeserver", self.server.url, "--user", self.bot.id, "--room", self.room)
        told = f"{self.bot.password if password is None else password}\n"
        return self.call("init", "--matrix", *options, *words, told=told)

    def check(self, **settings: str) -> dict[str, str]:
        """What `check` finds wrong, by its part."""
        done = self.call("check", "--json", SWITCHBOARD_ACCESS__ADMINS='["matrix:@pat:test.local"]', **settings)
        found = json.loads(done.stdout)
        wrong = {one["part"]: one["says"] for one in found if not one["ok"]}
        assert done.returncode == bool(wrong), done
        return wrong

    @property
    def settings(self) -> dict[str, dict[str, object]]:
        """What stands in the settings file."""
        return tomllib.loads((self.folder / "switchboard.toml").read_text())

    @property
    def store(self) -> Path:
        """The keys of encryption."""
        return self.folder / "switchboard.matrix"


@pytest.fixture(params=[False, True], ids=["plain", "encrypted"])
def house(request: pytest.FixtureRequest, homeserver: Homeserver, tmp_path: Path) -> House:
    bot, ann = homeserver.new_user("switchboard"), homeserver.new_user("ann")
    room = homeserver.new_room(ann, name="comms", encrypted=request.param, invited=[bot])
    return House(homeserver, tmp_path, bot, ann, room)


def test_init_sets_everything_up_and_check_finds_nothing(house: House) -> None:
    done = house.init()
    assert done.returncode == 0, done
    assert done.stderr == ""
    assert house.bot.password not in done.stdout
    assert say("init.joined", room=house.room) in done.stdout
    matrix = house.settings["matrix"]
    assert (matrix["homeserver"], matrix["user"]) == (house.server.url, house.bot.id)
    assert house.settings["rooms"]["comms"] == f"matrix:{house.room}"
    secret = house.folder / "switchboard.secrets"
    private = [secret / TOKEN, secret / STORE_KEY, *house.store.iterdir()]
    assert len(private) >= 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (secret, house.store)} == {0o700}
    everything = [path for path in house.folder.rglob("*") if path.is_file()]
    assert [path for path in everything if house.bot.password.encode() in path.read_bytes()] == []
    assert house.check() == {}


@pytest.mark.parametrize("house", [True], indirect=True, ids=["encrypted"])
@pytest.mark.asyncio
async def test_what_was_set_up_serves(house: House, matrix: Matrix) -> None:
    assert house.init().returncode == 0
    ann = await matrix.nio("ann", house.ann, signed=True)
    row = f"staff_id,name,email,matrix_id,skills\n1,Ann Ahmed,ann@brynford.example,{house.ann.id},Flood mapping (4)\n"
    (house.folder / "staff.csv").write_text(row)
    assert house.call("load", "staff.csv").returncode == 0
    matrix.names["bot"] = house.bot.id
    running = Running(house.folder, env={"SWITCHBOARD_FEED__LISTEN": f"127.0.0.1:{free_port()}"})
    try:
        await running.logs("connected")
        await ann.says(house.room, f"{house.bot.id} who knows about flood mapping?")
        seen = await ann.sees("Ann Ahmed", by=None, within=PATIENCE)
        assert seen.encrypted
        options = ("init", "--matrix", "--again")
        refused = await asyncio.to_thread(house.call, *options, told=f"{house.bot.password}\n")
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
        assert "Stop it first" in refused.stderr
        assert str(running.process.pid) in refused.stderr
        assert (await running.ends())[0] == 0
    finally:
        running.process.kill()


def test_it_can_be_set_up_anew_on_a_new_device(house: House) -> None:
    assert house.init().returncode == 0
    first = house.settings["matrix"]["device"]
    refused = house.init()
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--again" in refused.stderr
    (house.store / "nio.db").unlink()
    (house.store / "cross-signing.json").unlink()
    assert house.check() == {"matrix keys": say("matrix.fault.lost_store")}
    done = house.call("init", "--matrix", "--again", told=f"{house.bot.password}\n")
    assert done.returncode == 0, done
    assert house.settings["matrix"]["device"] != first
    assert house.check() == {}


@pytest.mark.parametrize("house", [True], indirect=True, ids=["encrypted"])
def test_set_up_elsewhere_meanwhile_it_gets_an_identity_of_its_own_again(house: House) -> None:
    assert house.init().returncode == 0
    elsewhere = replace(house, folder=house.folder / "elsewhere")
    elsewhere.folder.mkdir()
    assert elsewhere.init().returncode == 0
    assert house.check() == {"matrix keys": say("matrix.check.not_cross_signed")}
    refused = house.call("init", "--matrix", "--again", told="wrong\n")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert house.check() == {"matrix keys": say("matrix.check.not_cross_signed")}
    done = house.call("init", "--matrix", "--again", told=f"{house.bot.password}\n")
    assert done.returncode == 0, done
    assert house.check() == {}


@pytest.mark.parametrize("house", [True], indirect=True, ids=["encrypted"])
@pytest.mark.asyncio
async def test_what_fails_half_way_leaves_what_was_there(house: House, faults: Faults) -> None:
    assert house.init().returncode == 0
    before = (house.settings["matrix"], {file.name: file.read_bytes() for file in house.store.iterdir()})
    faults.spoil(Fault.BAD_GATEWAY, "/keys/upload")
    options, told = ("--again", "--homeserver", faults.url), f"{house.bot.password}\n"
    done = await asyncio.to_thread(house.call, "init", "--matrix", *options, told=told)
    sentence = say("init.fault.server_fault", homeserver=faults.url, user=house.bot.id)
    assert (done.returncode, done.stderr) == (2, f"{sentence}\n")
    assert (house.settings["matrix"], {file.name: file.read_bytes() for file in house.store.iterdir()}) == before
    assert house.check() == {}


@pytest.mark.parametrize("house", [True], indirect=True, ids=["encrypted"])
@pytest.mark.asyncio
async def test_what_is_lost_or_wrong_is_told_and_never_served_with(house: House) -> None:
    assert house.init().returncode == 0
    kept = (house.store / "nio.db").read_bytes()
    secret = house.folder / "switchboard.secrets" / STORE_KEY
    key = secret.read_text()

    async def both(code: str) -> None:
        assert house.check() == {"matrix keys": say(f"matrix.fault.{code}")}
        ended, _, faults = await Running(house.folder).ends(None)
        assert (ended, faults) == (2, say(f"matrix.fault.{code}") + "\n")

    secret.write_text("another key\n")
    await both("wrong_store_key")
    secret.write_text(key)
    (house.store / "nio.db").unlink()
    await both("lost_store")
    (house.store / "nio.db").write_bytes(b"This is no store, and too long to be taken for an empty one." * 99)
    await both("unsafe_store")
    (house.store / "nio.db").write_bytes(kept)
    identity = (house.store / "cross-signing.json").read_bytes()
    (house.store / "cross-signing.json").write_text("{}")
    await both("unsafe_store")
    (house.store / "cross-signing.json").write_bytes(identity)
    assert house.check() == {}
    token = (house.folder / "switchboard.secrets" / TOKEN).read_text().strip()
    house.server.call(house.bot._replace(token=token), "POST", f"{CLIENT}/logout", {})
    assert house.check() == {"matrix token": say("matrix.fault.unknown_token")}


@pytest.mark.parametrize("house", [False], indirect=True, ids=["plain"])
def test_what_is_missing_in_rooms_is_named(house: House) -> None:
    assert house.init().returncode == 0
    server, room = house.server, house.room
    levels = server.state(house.ann, room, "m.room.power_levels")
    events = levels["events"] | {"m.reaction": 50}
    server.state(house.ann, room, "m.room.power_levels", content=levels | {"events": events})
    other = server.new_room(house.ann, encrypted=True, invited=[house.bot])
    assert house.check(SWITCHBOARD_ROOMS__AUDITORS=f"matrix:{other}") == {
        "matrix rooms.comms": say("matrix.check.no_right_to_react"),
        "matrix rooms.auditors": say("matrix.check.not_in_room"),
    }
    assert house.check(SWITCHBOARD_ROOMS__AUDITORS="slack:C1")["rooms"].startswith("rooms.auditors is slack:C1")
    server.member(house.ann, room, "kick", house.bot)
    assert house.check() == {"matrix rooms.comms": say("matrix.check.not_in_room")}


@pytest.mark.parametrize("house", [False], indirect=True, ids=["plain"])
def test_what_cannot_be_set_up_is_one_line_and_leaves_nothing(house: House) -> None:
    def refused(done: subprocess.CompletedProcess[str]) -> str:
        assert done.returncode == 2, done
        assert done.stderr.count("\n") == 1
        assert done.stdout == ""
        assert list(house.folder.iterdir()) == []
        return done.stderr.strip()

    known = {"homeserver": house.server.url, "user": house.bot.id}
    assert refused(house.init(password="wrong")) == say("init.fault.wrong_password", **known)
    assert refused(house.init(password="")) == say("init.no_password")
    nobody = house.call("init", "--matrix", "--homeserver", house.server.url, "--user", house.bot.id, told="x\n")
    assert refused(nobody) == say("init.missing", option="--room")
    for address, code in {
        "http://127.0.0.1:1": "unreachable",
        f"{house.server.url}/nowhere": "no_homeserver",
        "matrix.example.org": "no_address",
    }.items():
        done = house.init("--homeserver", address)
        assert refused(done) == say(f"init.fault.{code}", homeserver=address, user=house.bot.id)
