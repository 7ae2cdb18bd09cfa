"""The demo as a process: what keeps it from starting, what ends it, and that nothing of it stays behind."""

import asyncio
import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from bot.cli import INTERRUPTED
from tests.chat import Dialogue, Refusal
from tests.process import LINK, PATIENCE, PROGRAM, call, demo, environment, free_port, in_own_mounts, spoilt

pytestmark = pytest.mark.faults

START = Path("docs/tour.txt").read_text(encoding="utf-8").splitlines()[:3]


def left_in(folder: Path) -> list[str]:
    """What a demo whose temporary folder was in there has left."""
    return [path.name for path in folder.iterdir() if path.name.startswith("switchboard")]


def told(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one line on standard error of a demo that did not start."""
    assert done.returncode == code, done
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr.strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order(tmp_path: Path, number: int) -> None:
    with demo(tmp_path) as running:
        assert len(left_in(tmp_path)) == 1
        assert running.ends(number) == (0, "Stopped. Nothing was kept.\n", "")
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_while_it_is_still_starting(tmp_path: Path, number: int) -> None:
    command = [*PROGRAM, "demo", "--no-browser", "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(TMPDIR=str(tmp_path)), stdout=pipe, stderr=pipe, encoding="utf-8"
    ) as process:
        while not list(tmp_path.glob("switchboard-demo-*/switchboard.log*")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        _, faults = process.communicate(timeout=PATIENCE)
    assert (process.returncode, faults) == (0, "")
    assert left_in(tmp_path) == []


def test_the_port_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = told(call(tmp_path, "demo", "--no-browser", "--port", port, env={"TMPDIR": str(tmp_path)}))
    assert f"port {port} is in use" in line
    assert left_in(tmp_path) == []


def test_two_demos_at_once(tmp_path: Path) -> None:
    port = str(free_port())
    with demo(tmp_path, "--no-browser", "--port", port) as first:
        second = call(tmp_path, "demo", "--no-browser", "--port", port, env={"TMPDIR": str(tmp_path)})
        assert "another demo?" in told(second)
        with demo(tmp_path) as third:
            assert first.address != third.address
            assert talks(first.link)
            assert talks(third.link), "on ports of their own they do not disturb each other"
    assert left_in(tmp_path) == []


def test_no_folder_for_what_it_needs(tmp_path: Path) -> None:
    """Every folder for temporary files, and the working folder, on file systems mounted read-only."""
    folders = [folder for folder in ("/tmp", "/var/tmp", "/usr/tmp", str(tmp_path)) if Path(folder).is_dir()]
    mounts = " && ".join(f"mount --bind {at} {at} && mount -o remount,ro,bind {at}" for at in folders)
    prefix = in_own_mounts(f'{mounts} && cd {tmp_path} && exec "$@"')
    line = told(call(tmp_path, "demo", "--no-browser", "--port", "0", env={"TMPDIR": str(tmp_path)}, prefix=prefix))
    assert "temporary folder" in line
    assert "TMPDIR" in line


@pytest.mark.parametrize("size", ["100k", "600k"])
def test_a_disk_that_is_full_from_the_start(tmp_path: Path, size: str) -> None:
    """A real small file system: the smaller one is full while the tables are made, the larger one in the chat."""
    small, left = tmp_path / "small", tmp_path / "left"
    small.mkdir()
    mount = f'mount -t tmpfs -o size={size} none {small} && "$@"; ended=$?; ls -A {small} > {left}; exit $ended'
    prefix = in_own_mounts(mount)
    line = told(call(tmp_path, "demo", "--no-browser", "--port", "0", env={"TMPDIR": str(small)}, prefix=prefix))
    assert "the disk is full" in line
    assert left.read_text(encoding="utf-8") == ""


def test_a_disk_that_fills_up_meanwhile(tmp_path: Path) -> None:
    """Who writes is told, nothing is half-done, and it goes on as soon as there is room again."""
    small = tmp_path / "small"
    small.mkdir()
    prefix = in_own_mounts(f'mount -t tmpfs -o size=4m none {small} && exec "$@"')
    with demo(tmp_path, prefix=prefix, env={"TMPDIR": str(small)}) as running:
        # The process sees the small disk in that place; we see it through the process.
        inside = Path(f"/proc/{running.process.pid}/root{small}")
        asyncio.run(_fill_and_free(running.link, inside / "filling"))
        assert running.ends(signal.SIGTERM) == (0, "Stopped. Nothing was kept.\n", "")


async def _fill_and_free(link: str, filling: Path) -> None:
    async with Dialogue.at(link) as chat:
        ama = chat.person("ama")
        await ama.says("general", "@switchboard help")
        await ama.sees("Here is what you can say", within=30)
        with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        said = asyncio.create_task(ama.says("general", "@switchboard who is Owen Llewellyn " + "." * 9000))
        done, _ = await asyncio.wait([said], timeout=2)
        assert not done, "there is no room for it, so the client tries again"
        filling.unlink()
        await said
        await ama.sees("Owen Llewellyn", within=30)
        assert len([one for one in await ama.reads("general") if "who is Owen" in one.text]) == 1


@pytest.mark.parametrize(
    ("script", "code", "line"),
    [
        ("", 2, "tour.txt cannot be played: it holds no step."),
        ("# A heading alone", 2, "it holds no step"),
        ("ama says in general: hello\nama sings: hello\nno words", 2, "line 2: 'ama sings: hello' is no step; line 3"),
        ("ama says in nowhere: hello", 1, "line 1 did not come true: ama says in nowhere: hello (404"),
        ("nobody says in general: hello", 1, "line 1 did not come true: nobody says in general: hello (404"),
        ("pat drops in direct: ../staff.csv", 1, "there is no file ../staff.csv in config/demo"),
        ("\n\npublic does not show: nothing has been announced", 1, "line 3 did not come true"),
    ],
)
def test_a_tour_that_cannot_be_played(tmp_path: Path, script: str, code: int, line: str) -> None:
    (tmp_path / "tour.txt").write_text(script, encoding="utf-8")
    done = call(tmp_path, "demo", "--script", "tour.txt", env={"TMPDIR": str(tmp_path)})
    assert line in told(done, code)
    assert left_in(tmp_path) == []


def test_a_tour_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    for name in ("nowhere.txt", "picture.txt", str(tmp_path)):
        assert "Give the path of a tour" in told(call(tmp_path, "demo", "--script", name))


def test_what_is_not_seen_is_told_with_what_was(tmp_path: Path) -> None:
    (tmp_path / "tour.txt").write_text("\n".join([*START, "ama sees: three green eggs"]), encoding="utf-8")
    hasty = spoilt("from bot.cli import tour; tour.WITHIN = 5.0")
    done = call(tmp_path, "demo", "--script", "tour.txt", program=hasty, env={"TMPDIR": str(tmp_path)})
    line = told(done, 1)
    assert line.startswith("line 4 did not come true: ama sees: three green eggs (ama did not see it within 5 seconds;")
    assert "Owen Llewellyn" in line
    assert "ama sees: flood mapping" in done.stdout
    assert left_in(tmp_path) == []


def test_a_script_that_is_interrupted_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "tour.txt").write_text("ama sees: what never comes", encoding="utf-8")
    command, pipe = [*PROGRAM, "demo", "--script", "tour.txt"], subprocess.PIPE
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(TMPDIR=str(tmp_path)), stdout=pipe, stderr=pipe, encoding="utf-8"
    ) as process:
        while not list(tmp_path.glob("switchboard-demo-*/chat.db-wal")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, faults = process.communicate(timeout=PATIENCE)
    assert (process.returncode, faults) == (INTERRUPTED, "")
    assert said.endswith("Stopped. Nothing was kept.\n")
    assert left_in(tmp_path) == []


def test_enter_prints_a_fresh_link(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with demo(tmp_path, stdin=theirs) as running:
        os.close(theirs)
        assert talks(running.link)
        assert not talks(running.link), "each lets one browser in, once"
        os.write(ours, b"\n")
        assert running.process.stdout
        fresh = next(found for line in running.process.stdout if (found := LINK.search(line)))
        assert talks(fresh.group())
        assert running.ends(signal.SIGTERM)[0] == 0
    os.close(ours)


def test_a_browser_that_is_a_program_of_the_terminal_does_not_hold_it_up(tmp_path: Path) -> None:
    browser, asked = tmp_path / "browser", tmp_path / "asked"
    browser.write_text(f'#!/bin/sh\necho "$1" > {asked}\nexec sleep 5\n', encoding="ascii")
    browser.chmod(0o700)
    with demo(tmp_path, "--port", "0", env={"BROWSER": f"{browser} %s"}) as running:
        while not (asked.exists() and asked.read_text(encoding="ascii")):
            time.sleep(0.01)
        assert asked.read_text(encoding="ascii").strip() == running.link
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(PATIENCE) == 0
    assert not re.search("demo", " ".join(left_in(tmp_path)))


def test_it_does_not_stay_open_when_its_work_has_ended(tmp_path: Path) -> None:
    """A page on which nobody answers any more would be worse than a line that says why."""
    ending = spoilt(
        """
        from adapters.errors import Unavailable
        from bot.app import App
        async def run(app):
            raise ExceptionGroup("work", [ExceptionGroup("listen", [Unavailable("chat.db cannot be written")])])
        App.run = run
        """
    )
    done = call(tmp_path, "demo", "--no-browser", "--port", "0", program=ending, env={"TMPDIR": str(tmp_path)})
    assert "something it needs failed: chat.db cannot be written" in told(done)
    assert left_in(tmp_path) == []


def talks(link: str) -> bool:
    """Whether a browser is let in by that link."""

    async def tries() -> bool:
        try:
            async with Dialogue.at(link) as chat:
                return "general" in await chat.person("ama").rooms()
        except Refusal:
            return False

    return asyncio.run(tries())


REAL = {
    "slack": """
        from bot import pretend
        made = pretend.services_for
        def more(settings, database, keys, chats, parts):
            return made(settings, database, keys, {**chats, "slack": chats["web"]}, parts)
        pretend.services_for = more
    """,
    "bluesky": """
        from bot import pretend
        from bot.app import Parts
        made = pretend.feed_parts
        def more(*given):
            parts = made(*given)
            return Parts({**parts.publishers, "bluesky": parts.publishers["feed"]}, parts.pages)
        pretend.feed_parts = more
    """,
}


@pytest.mark.parametrize("real", REAL)
def test_it_never_stands_beside_anything_real(tmp_path: Path, real: str) -> None:
    """As if somebody had put more together than the pretend council: the demo says no before anything opens."""
    words = ("demo", "--no-browser", "--port", "0")
    line = told(call(tmp_path, *words, program=spoilt(REAL[real]), env={"TMPDIR": str(tmp_path)}))
    assert real in line
    assert left_in(tmp_path) == []
