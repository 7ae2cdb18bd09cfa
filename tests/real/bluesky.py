"""`bluesky`, the fixture with a real Bluesky server (PDS) of our own on this machine, gone afterwards.

It is the network's own program (npm, pinned by checksums), with its directory of accounts. Rate limits are on, as in
the open: 30 log-ins in five minutes for an account. It is shared by a session's tests: make accounts of your own.
"""

import contextlib
import itertools
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.real.needs import found_or_missing, need
from tests.real.parts import BLUESKY, node
from tests.real.synapse import free_port

PATIENCE = 180.0  # seconds until it answers; 5 to 12 on a busy machine
POSTS = "app.bsky.feed.post"


@dataclass(frozen=True, slots=True)
class Person:
    """An account: its id, its handle, its password and an app password that the bot may have."""

    did: str
    handle: str
    password: str = field(repr=False)
    app_password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pds:
    """A running server."""

    url: str
    http: httpx.Client
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def call(self, method: str, name: str, token: str = "", **what: Any) -> Any:
        """What the server answers to one request."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.http.request(method, f"{self.url}/xrpc/{name}", headers=headers, **what)
        assert answer.status_code == 200, (name, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def person(self, name: str = "news") -> Person:
        """A new account with an app password."""
        handle, password = f"{name}{next(self.numbers)}.test", secrets.token_hex(8)
        body = {"handle": handle, "email": f"{handle}@example.org", "password": password}
        made = self.call("POST", "com.atproto.server.createAccount", json=body)
        app = self.call("POST", "com.atproto.server.createAppPassword", made["accessJwt"], json={"name": "switchboard"})
        return Person(made["did"], handle, password, app["password"], made["accessJwt"])

    def records(self, person: Person) -> list[Mapping[str, Any]]:
        """The posts of an account as anybody reads them: `uri`, `cid` and `value`, in the order of their keys."""
        asked = {"repo": person.did, "collection": POSTS, "limit": 100, "reverse": "true"}
        found: list[Mapping[str, Any]] = self.call("GET", "com.atproto.repo.listRecords", params=asked)["records"]
        return found

    def commit(self, person: Person) -> str:
        """The account's last change."""
        told = self.call("GET", "com.atproto.sync.getLatestCommit", params={"did": person.did})
        return str(told["cid"])

    def picture(self, person: Person, cid: str) -> bytes:
        """The bytes of a picture as anybody is given them."""
        asked = {"did": person.did, "cid": cid}
        return self.http.get(f"{self.url}/xrpc/com.atproto.sync.getBlob", params=asked).content


def _wait(process: subprocess.Popen[bytes], url: str, out: Path) -> None:
    end = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False, timeout=5) as http:
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if http.get(f"{url}/xrpc/_health").status_code == 200:
                    return
            time.sleep(0.1)
    raise RuntimeError(f"the Bluesky server did not start: {out.read_text()[-2000:]}")


@contextlib.contextmanager
def serving(module: Path) -> Iterator[Pds]:
    """A server with nobody on it yet; at the end it and all its data are gone."""
    folder = Path(tempfile.mkdtemp(prefix="pds-"))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words: list[str | Path] = [
        node() / "bin/node",
        BLUESKY / "pds.mjs",
        module.parents[3],
        folder,
        str(port),
        str(free_port()),
    ]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(words, cwd=folder, env={"HOME": str(folder)}, stdout=out, stderr=out)
    try:
        _wait(process, url, folder / "out")
        # Of the environment's proxies none leads to this machine.
        with httpx.Client(trust_env=False, timeout=60) as http:
            yield Pds(url, http)
    finally:
        process.kill()  # asked politely it stays for minutes
        process.wait()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def bluesky_server() -> Iterator[Pds]:
    """One server for the session (for each xdist worker); tests ask for `bluesky`, which counts them."""
    with serving(found_or_missing("Bluesky PDS")) as server:
        yield server


@pytest.fixture
def bluesky(request: pytest.FixtureRequest) -> Pds:
    """A real Bluesky server. It is shared: make accounts of your own."""
    need(request, "Bluesky PDS")
    server: Pds = request.getfixturevalue("bluesky_server")
    return server
