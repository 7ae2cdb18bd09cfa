"""Where a web address leads in the end: asked in a child process that has no secret and little time."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from adapters.errors import Unavailable

SECONDS = 15.0
"""For one address, with everything on its way."""

MOST_AT_ONCE = 4
"""Children at the same time: a text full of addresses shall not fill a small machine."""

LONGEST_ANSWER = 20_000
"""Bytes; a target of 2,000 characters in JSON is shorter."""

# Isolated (-I) from the settings and packages of whoever starts the bot; the script needs the standard library only.
COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("follow.py")))


def follower() -> Callable[[str], Awaitable[str]]:
    """What finds out the address at the end of all redirects.

    It raises `Unavailable` with a code when that cannot be found out.
    """
    turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def final_target(address: str) -> str:
        async with turns:
            told = await _child(address)
        target = told.get("target")
        if not isinstance(target, str):
            raise Unavailable(f"link_{told.get('fault', 'fault')}")
        return target

    return final_target


async def _child(address: str) -> dict[str, object]:
    child = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        limit=LONGEST_ANSWER,
        cwd="/",
        env={"PATH": os.defpath},
    )
    try:
        output, _ = await asyncio.wait_for(child.communicate(address.encode("utf-8", "replace")), SECONDS)
        told = json.loads(output)
    except (TimeoutError, ValueError) as error:
        raise Unavailable("link_no_answer") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return told if isinstance(told, dict) else {}
