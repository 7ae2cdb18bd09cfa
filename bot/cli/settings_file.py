"""What `switchboard init` writes: the settings file, what becomes known of a platform in it, and secret files."""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from bot.cli.common import fail
from bot.wording import say


@contextlib.contextmanager
def begun(file: Path) -> Iterator[None]:
    """The settings file is there, commented, with every default; nothing is left of what does not come about."""
    made = _made(file)
    try:
        yield
    except BaseException:  # whatever it was, also Ctrl-C: half a file would be taken for a whole one
        if made:
            file.unlink(missing_ok=True)
        raise


def _made(file: Path) -> bool:
    """Whether the settings file was made now."""
    text = resources.files("config").joinpath("example.toml").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        fail(say("cli.init.not_written", file=file, reason=error.strerror))
    return True


def keep_secrets(folder: Path, files: Mapping[str, str]) -> None:
    """Write secret files, each in one step, for the bot's user alone. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, value in files.items():
        half = folder / f".{name}.new"
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(value + "\n")
        half.replace(folder / name)


def fill(file: Path, values: Mapping[str, Mapping[str, object]]) -> None:
    """Write values, table -> key -> value, into the settings file; everything else stays as it is. Raises OSError."""
    text = file.read_text(encoding="utf-8")
    for table, keys in values.items():
        for key, value in keys.items():
            text = filled(text, table, key, json.dumps(value))
    half = file.with_name(f"{file.name}.new")
    half.write_text(text, encoding="utf-8")
    half.chmod(file.stat().st_mode & 0o777)
    half.replace(file)


def filled(text: str, table: str, key: str, value: str) -> str:
    """The text of a settings file in which one key of one table has that value (as TOML writes it)."""
    lines = text.split("\n")
    begin = next((at for at, line in enumerate(lines) if line.strip() == f"[{table}]"), None)
    if begin is None:
        return filled(f"{text.rstrip()}\n\n[{table}]\n", table, key, value)
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    at = next((at for at in range(begin + 1, end) if re.match(rf"{key}\s*=", lines[at])), None)
    if at is None:
        lines.insert(begin + 1, f"{key} = {value}")
    else:
        lines[at] = f"{key} = {value}"
    made = "\n".join(lines)
    tomllib.loads(made)
    return made
