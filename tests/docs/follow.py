"""Follows a page of the documentation to the letter, in a copy of the project.

Three kinds of fenced blocks are acted on; every other block is only read:

    ```python file=bot/new.py                     the file is written with the block
    ```python file=bot/old.py after="# a line"    the block is put after the one line that holds these words
    ```console                                    lines after `$ ` are run; lines below must stand in what is
                                                  printed, where `...` stands for anything
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("bot", "adapters", "directory", "config", "tests", "docs", "requirements")
BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<head>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = re.compile(r'(\w+)=(?:"([^"]*)"|(\S+))')


class CannotFollow(AssertionError):
    """A reader would be stuck here; the text says where."""


@dataclass(frozen=True)
class Edit:
    """Write `text` to `file`, or put it after the line that holds `after`."""

    file: str
    text: str
    after: str | None

    def act(self, root: Path) -> None:
        """Do it below `root`."""
        path = root / self.file
        if self.after is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        places = [number for number, line in enumerate(lines) if self.after in line]
        if len(places) != 1:
            raise CannotFollow(f"{self.file} has {len(places)} lines with {self.after!r}, not one")
        lines.insert(places[0] + 1, self.text)
        path.write_text("".join(lines), encoding="utf-8")


@dataclass(frozen=True)
class Run:
    """Run `command` in a shell and look for `told` in what it prints."""

    command: str
    told: str

    def act(self, root: Path) -> None:
        """Do it in the folder `root`, with the copy's code before the installed one."""
        programs = str(Path(sys.executable).parent)
        environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(root)}
        done = subprocess.run(
            ["sh", "-c", self.command],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        printed = done.stdout + done.stderr
        if done.returncode:
            raise CannotFollow(f"`{self.command}` ends with {done.returncode}:\n{printed}")
        wanted = ".*".join(re.escape(part.strip()) for part in self.told.split("..."))
        if not re.search(wanted, printed, re.DOTALL):
            raise CannotFollow(f"`{self.command}` prints\n{printed}\nand not\n{self.told}")


def steps(page: str) -> list[Edit | Run]:
    """What a reader of the page would do, in order."""
    found: list[Edit | Run] = []
    for block in BLOCK.finditer(page):
        head = {key: quoted or plain for key, quoted, plain in HEAD.findall(block["head"])}
        if "file" in head:
            found.append(Edit(head["file"], block["body"], head.get("after")))
        elif block["kind"] == "console":
            commands = re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]
            parts = [command.partition("\n") for command in commands]
            found += [Run(command, told.strip("\n")) for command, _, told in parts]
    return found


def copy(into: Path) -> Path:
    """A copy of the project to work in."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "artefacts")
        shutil.copytree(ROOT / name, into / name, ignore=ignored)
    for file in ("pyproject.toml", "Makefile"):
        shutil.copy(ROOT / file, into)
    return into
