"""A Matrix homeserver of our own for the tests: Synapse on a free port of this machine, gone afterwards.

`homeserver` is the fixture. One server serves a whole session (each xdist worker has its own), so every test
makes its own accounts and rooms: names are made unique, and nothing collides. The helpers are plain HTTP and
block for some milliseconds; people who sit in the rooms are in tests/real/matrix_person.py.
"""

import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.real.needs import found_or_missing, need

NAME = "test.local"
CLIENT = "/_matrix/client/v3"
PATIENCE = 60.0  # seconds until it is healthy; 2 to 5 on an idle machine, seen 8 on a very busy one
FREE = {"per_second": 100_000, "burst_count": 100_000}
# Every limit off: what the adapter does about limits is tested with the fault proxy, which sets its own.
LIMITS: dict[str, Any] = {
    "rc_message": FREE,
    "rc_registration": FREE,
    "rc_login": {"address": FREE, "account": FREE, "failed_attempts": FREE},
    "rc_joins": {"local": FREE, "remote": FREE},
    "rc_joins_per_room": FREE,
    "rc_invites": {"per_room": FREE, "per_user": FREE, "per_issuer": FREE},
    "rc_presence": {"per_user": FREE},
    "rc_media_create": FREE,
}


class Account(NamedTuple):
    """Somebody at the homeserver, logged in on a device; `password` is good for further log-ins."""

    id: str
    token: str
    device: str
    password: str


class MatrixRefused(RuntimeError):
    """The homeserver said no: its status, code and words."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(f"{status} {code}: {words}")
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Homeserver:
    """A running homeserver: its address, its secret for registering accounts, and an account that administers it."""

    url: str
    secret: str
    http: httpx.Client
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def call(self, who: Account | None, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the server answers to one request of somebody's. Raises MatrixRefused."""
        headers = {"Authorization": f"Bearer {who.token}"} if who else {}
        answer = self.http.request(method, self.url + path, json=body, headers=headers)
        if answer.status_code >= 400:
            told = answer.json()
            raise MatrixRefused(answer.status_code, told.get("errcode", ""), told.get("error", ""))
        return answer.json()

    def new_user(self, name: str, *, admin: bool = False) -> Account:
        """A new account with `name` shown; its id has a number added. An `admin` administers the homeserver."""
        path = "/_synapse/admin/v1/register"
        user, password = f"{name}-{next(self.numbers)}", secrets.token_hex(8)
        nonce = self.call(None, "GET", path)["nonce"]
        signed = "\0".join([nonce, user, password, "admin" if admin else "notadmin"])
        mac = hmac.new(self.secret.encode(), signed.encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": user, "displayname": name, "password": password, "admin": admin}
        made = self.call(None, "POST", path, body | {"mac": mac})
        return Account(made["user_id"], made["access_token"], made["device_id"], password)

    def login(self, who: Account) -> Account:
        """The same account on one more device."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": who.id},
            "password": who.password,
        }
        made = self.call(None, "POST", f"{CLIENT}/login", body)
        return Account(who.id, made["access_token"], made["device_id"], who.password)

    def new_room(
        self,
        owner: Account,
        *,
        name: str = "",
        version: str = "11",
        encrypted: bool = False,
        public: bool = False,
        direct: bool = False,
        invited: Sequence[Account] = (),
        members: Sequence[Account] = (),
    ) -> str:
        """The id of a new room: `invited` have an invitation, `members` have followed it."""
        state = [{"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}] if encrypted else []
        body = {
            "name": name,
            "room_version": version,
            "preset": "public_chat" if public else "private_chat",
            "is_direct": direct,
            "initial_state": state,
            "invite": [one.id for one in (*invited, *members)],
        }
        room = str(self.call(owner, "POST", f"{CLIENT}/createRoom", body)["room_id"])
        for one in members:
            self.join(one, room)
        return room

    def join(self, who: Account, room: str) -> None:
        """Go into a room that is open or that one is invited to."""
        self.call(who, "POST", f"{CLIENT}/join/{room}", {})

    def member(self, who: Account, room: str, action: str, user: Account | None = None) -> None:
        """Do `invite`, `kick`, `ban` or `unban` to `user`; `leave` or `forget` oneself."""
        self.call(who, "POST", f"{CLIENT}/rooms/{room}/{action}", {"user_id": user.id} if user else {})

    def state(
        self, who: Account, room: str, kind: str, key: str = "", content: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """A piece of the room's state; with `content` it is set, and the answer names the event."""
        path = f"{CLIENT}/rooms/{room}/state/{kind}/{key}"
        found: dict[str, Any] = self.call(who, "GET" if content is None else "PUT", path, content)
        return found

    def power(self, who: Account, room: str, user: Account, level: int) -> None:
        """Set somebody's power level in a room. In version 12 the creator is above all levels and has none."""
        levels = self.state(who, room, "m.room.power_levels")
        users = levels.get("users", {}) | {user.id: level}
        self.state(who, room, "m.room.power_levels", content=levels | {"users": users})

    def send(self, who: Account, room: str, content: str | Mapping[str, Any], kind: str = "m.room.message") -> str:
        """Put an event into a room as it is, unencrypted; plain words are a text message. The event's id."""
        body = {"msgtype": "m.text", "body": content} if isinstance(content, str) else content
        path = f"{CLIENT}/rooms/{room}/send/{kind}/{secrets.token_hex(8)}"
        return str(self.call(who, "PUT", path, body)["event_id"])

    def redact(self, who: Account, room: str, event: str) -> str:
        """Take an event's content away; the id of the event that does so."""
        return str(
            self.call(who, "PUT", f"{CLIENT}/rooms/{room}/redact/{event}/{secrets.token_hex(8)}", {})["event_id"]
        )

    def events(self, who: Account, room: str) -> list[dict[str, Any]]:
        """The newest 100 events of a room as somebody may read them, oldest first."""
        found = self.call(who, "GET", f"{CLIENT}/rooms/{room}/messages?dir=b&limit=100")["chunk"]
        return list(reversed(found))


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(folder: Path, port: int, secret: str) -> dict[str, Any]:
    """The homeserver's settings: everything in `folder`, no federation, no limits."""
    client = {"names": ["client"], "compress": False}
    listener = {"port": port, "bind_addresses": ["127.0.0.1"], "type": "http", "tls": False, "resources": [client]}
    return {
        "server_name": NAME,
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "hs.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "log_config": str(folder / "log.yaml"),
        "pid_file": str(folder / "hs.pid"),
        "registration_shared_secret": secret,
        "macaroon_secret_key": secrets.token_hex(16),
        "form_secret": secrets.token_hex(16),
        "report_stats": False,
        "allow_guest_access": True,
        "suppress_key_server_warning": True,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "bcrypt_rounds": 4,  # the default makes each log-in by password slow
        **LIMITS,
    }


def log_settings(folder: Path) -> dict[str, Any]:
    """Warnings into a file of the folder; without it they land in the working directory."""
    return {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "formatter": "plain", "filename": str(folder / "hs.log")}
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }


def start(packages: Path, folder: Path, port: int, secret: str) -> subprocess.Popen[bytes]:
    """Write the settings (JSON is YAML too) and serve; the machine's own Python, as ours knows other packages."""
    (folder / "hs.yaml").write_text(json.dumps(settings(folder, port, secret)))
    (folder / "log.yaml").write_text(json.dumps(log_settings(folder)))
    # Written by ourselves: Synapse's own step for it takes seconds.
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {seed}\n")
    python = getattr(sys, "_base_executable", sys.executable)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(packages)}
    command = [python, "-m", "synapse.app.homeserver", "-c", str(folder / "hs.yaml")]
    with (folder / "out").open("wb") as out:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)


def wait(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Return once the server is healthy."""
    end = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False, timeout=5) as http:
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if http.get(f"{url}/health").status_code == 200:
                    return
            time.sleep(0.05)
    logs = [path.read_text()[-2000:] for path in (folder / "out", folder / "hs.log") if path.exists()]
    raise RuntimeError(f"Synapse did not start: {' '.join(logs)}")


@contextlib.contextmanager
def serving(packages: Path) -> Iterator[Homeserver]:
    """A homeserver with nobody on it yet; at the end it and all its data are gone."""
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    port, secret = free_port(), secrets.token_hex(16)
    process = start(packages, folder, port, secret)
    url = f"http://127.0.0.1:{port}"
    try:
        wait(url, process, folder)
        # Of the environment's proxies none leads to this machine.
        with httpx.Client(trust_env=False, timeout=60) as http:
            yield Homeserver(url, secret, http)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def synapse_server() -> Iterator[Homeserver]:
    """One server for the session (for each xdist worker); tests ask for `homeserver`, which counts them."""
    with serving(found_or_missing("Synapse")) as server:
        yield server


@pytest.fixture
def homeserver(request: pytest.FixtureRequest) -> Homeserver:
    """A real homeserver. It is shared: make accounts and rooms of your own."""
    need(request, "Synapse")
    server: Homeserver = request.getfixturevalue("synapse_server")
    return server
