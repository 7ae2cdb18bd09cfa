"""Switchboard as the process that people start: its command line, and a demo that is left running for a while."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "bot")
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?key=\S+")
PATIENCE = 60.0
"""Seconds after which a process that should have ended is a failure; generous, for a busy machine."""


def environment(**extra: str) -> dict[str, str]:
    """What the process is given: nothing of ours that is a setting, and this tree's own code."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHBOARD_")}
    return {**ours, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **extra}


def call(
    folder: Path, *words: str, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run one command in `folder` to its end."""
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=folder,
        env=environment(**(env or {})),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        **options,
    )


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
def demo(folder: Path, words: Sequence[str] = ("--port", "0"), **options: Any) -> Iterator[Demo]:
    """A demo that runs until the end of the block, with `folder` for its temporary files."""
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--no-browser", *words],
        cwd=folder,
        env=environment(TMPDIR=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **options,
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
