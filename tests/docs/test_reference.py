"""Whatever a reader could look up is named in the reference."""

import os
import subprocess
from collections.abc import Callable

import pytest

from tests.docs import things

pytestmark = pytest.mark.docs
KINDS: dict[str, Callable[[], list[str]]] = {
    "make target": lambda: [f"make {name}" for name in things.targets() if name not in {"help", "lint"}],
    "setting": things.settings,
    "command": lambda: [f"switchboard {name}" for name in things.commands()],
    "event": things.event_classes,
    "error": things.error_classes,
}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_named_in_the_reference(kind: str) -> None:
    names = KINDS[kind]()
    assert names
    text = things.reference()
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_setting_stands_in_the_example() -> None:
    told = things.example()
    wanted = [key for key in things.settings() if not key.startswith("secrets.")]
    assert wanted
    assert sorted(told) == sorted(wanted)


def test_make_tells_every_target_with_its_time() -> None:
    # Under `make test` an inner make would speak of the outer one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    told = subprocess.run(
        ["make", "help"], cwd=things.ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    lines = told.splitlines()
    shown = {line.split()[1]: line for line in lines}
    assert set(shown) == set(things.targets()) - {"help", "lint"}
    assert [line for line in lines if not any(word in line for word in ("second", "minute", "hour"))] == []
