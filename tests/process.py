"""Switchboard as the process that people start: its command line, and a demo that is left running for a while."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "bot")
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?key=\S+")
PATIENCE = 60.0
"""Seconds after which a process that should have ended is a failure; generous, for a busy machine."""


def environment(**extra: str) -> dict[str, str]:
    """What the process is given: nothing of ours that is a setting, and this tree's own code.

    It may keep what it compiled, or each of many processes would compile everything anew.
    """
    unwanted = ("SWITCHBOARD_", "PYTHONDONTWRITEBYTECODE")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**ours, "PYTHONPATH": str(ROOT), **extra}


def call(
    folder: Path,
    *words: str | Path,
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    program: Sequence[str] = PROGRAM,
    patience: float = PATIENCE,
) -> subprocess.CompletedProcess[str]:
    """Run one command in `folder` to its end; `prefix` is a program that starts it under harder conditions."""
    return subprocess.run(
        [*prefix, *program, *map(str, words)],
        cwd=folder,
        env=environment(**(env or {})),
        capture_output=True,
        encoding="utf-8",
        timeout=patience,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def spoilt(code: str) -> list[str]:
    """The program with something of it changed beforehand, as `code` says."""
    return [sys.executable, "-c", f"{textwrap.dedent(code)}\nfrom bot.cli import main\nmain()"]


def without_special_rights() -> list[str]:
    """What starts a process that the rights of files hold for, as they do for everybody but root.

    Giving root another name would not do: that user may not read root's own Python.
    """
    if os.geteuid() != 0:
        return []
    program = shutil.which("setpriv")
    if program is None:
        pytest.skip("NOT TESTED: root may do everything, and without setpriv it cannot be told not to")
    taken = "-dac_override,-dac_read_search"
    return [program, f"--bounding-set={taken}", f"--inh-caps={taken}"]


def in_own_mounts(script: str) -> list[str]:
    """What starts a process after `script`, a line for the shell that mounts; nobody else sees these mounts."""
    unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("NOT TESTED: this machine lets nobody mount a file system of their own")
    return [*unshare, "sh", "-c", script, "sh"]


def on_a_small_disk(folder: Path, size: str, then: str = "true") -> list[str]:
    """What starts a process for which `folder` is an empty disk of that size; `then` is run in it at the end."""
    mount = f"mount -t tmpfs -o size={size} none {folder}"
    return in_own_mounts(f'{mount} && cd "$PWD" && "$@"; ended=$?; {then}; exit $ended')


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo at work: its process, and the link that it printed."""

    process: subprocess.Popen[str]
    link: str

    @property
    def address(self) -> str:
        """Where the page is, without the key."""
        return self.link.partition("/?")[0]

    def ends(self, number: int) -> tuple[int, str, str]:
        """Send a signal; the exit, and what it still said on standard output and error."""
        self.process.send_signal(number)
        said, faults = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said, faults


@contextlib.contextmanager
def demo(
    folder: Path, *words: str, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None, **options: Any
) -> Iterator[Demo]:
    """A demo that runs until the end of the block, with `folder` for its temporary files."""
    process = subprocess.Popen(
        [*prefix, *PROGRAM, "demo", *(words or ("--no-browser", "--port", "0"))],
        cwd=folder,
        env=environment(**{"TMPDIR": str(folder), **(env or {})}),
        encoding="utf-8",
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )
    with process:
        try:
            yield Demo(process, _link(process))
        finally:
            process.terminate()
            with contextlib.suppress(ValueError):  # a test has read it to its end
                process.communicate(timeout=PATIENCE)


def _link(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    assert process.stderr
    for line in process.stdout:
        if found := LINK.search(line):
            return found.group()
    raise AssertionError(f"the demo did not start: {process.stderr.read()}")
