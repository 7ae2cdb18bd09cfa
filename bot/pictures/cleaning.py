"""Pictures made safe to publish: opened in a child process under limits, saved anew without any metadata.

The child (`python -m bot.pictures.child`) reads the picture from standard input and answers on standard output:
one line of JSON, then the new picture. It gets no settings and no secrets, and its memory and time are
limited, so that a hostile picture can end only the child.
"""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture and the child that opens it may take."""

    megabytes: int = 20
    """Size of the file, in millions of bytes."""
    megapixels: int = 25
    """Width times height, in millions, looked at before anything is decoded; a phone's photograph has 12."""
    saved: int = 2_000_000
    """Bytes of the new picture: what every channel takes (the least is Bluesky's). A larger one is made smaller."""
    memory: int = 1_500_000_000
    """Address space of the child in bytes; saving 25 million pixels as WebP takes 1.25 thousand million."""
    cpu_seconds: int = 20
    """Processor time of the child."""
    seconds: float = 60
    """Time by the clock, for a machine that is busy with other things."""


LIMITS = Limits()


class PictureRefused(ValueError):
    """A picture that is not taken; the sentence is `leaks.picture.<code>`, filled in with `params`."""

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture saved anew, and what was left behind."""

    data: bytes = field(repr=False)
    media_type: str
    width: int
    """In pixels, as seen: the camera's orientation has been applied."""
    height: int
    """In pixels, as seen."""
    sha256: str
    """Of `data`, in hex."""
    removed: tuple[str, ...]
    """Codes of what the original carried, such as `gps_position`; sentences `leaks.removed.*`."""


def clean(data: bytes, limits: Limits = LIMITS) -> CleanPicture:
    """The picture without metadata. Waits for the child. Raises `PictureRefused`."""
    _check_size(data, limits)
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command("child", limits),
            input=data,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            **surroundings(),
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long(limits) from error
    return _answer(child.returncode, child.stdout, limits)


async def clean_async(data: bytes, limits: Limits = LIMITS) -> CleanPicture:
    """As `clean`, without holding up the event loop; a cancelled call ends its child."""
    _check_size(data, limits)
    child = await asyncio.create_subprocess_exec(
        *command("child", limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        **surroundings(),
    )
    try:
        output, _ = await asyncio.wait_for(child.communicate(data), limits.seconds)
    except TimeoutError as error:
        raise _too_long(limits) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return _answer(child.returncode or 0, output, limits)


def _check_size(data: bytes, limits: Limits) -> None:
    if len(data) > limits.megabytes * 1_000_000:
        raise PictureRefused("too_large_bytes", limit=str(limits.megabytes))


def _too_long(limits: Limits) -> PictureRefused:
    return PictureRefused("took_too_long", seconds=f"{limits.seconds:g}")


def command(module: str, limits: Limits) -> list[str]:
    """What starts a module of this package as a child."""
    return [sys.executable, "-m", f"bot.pictures.{module}", json.dumps(asdict(limits))]


def surroundings() -> dict[str, Any]:
    """Where a child runs: in the project's folder, with nothing of our environment."""
    # The folder that holds this package, so that the child finds it wherever the bot was started.
    home = Path(__file__).resolve().parents[2]
    return {"cwd": home, "env": {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}}


def _answer(status: int, output: bytes, limits: Limits) -> CleanPicture:
    if status == -signal.SIGXCPU:
        raise PictureRefused("took_too_long", seconds=str(limits.cpu_seconds))
    head, _, data = output.partition(b"\n")
    # A child that was ended, or ran out of memory, had a picture that no ordinary program saves.
    if status != 0 or not head:
        raise PictureRefused("damaged")
    told = json.loads(head)
    if "refused" in told:
        raise PictureRefused(told["refused"], **told["params"])
    return CleanPicture(
        data=data,
        media_type=told["media_type"],
        width=told["width"],
        height=told["height"],
        sha256=hashlib.sha256(data).hexdigest(),
        removed=tuple(told["removed"]),
    )
